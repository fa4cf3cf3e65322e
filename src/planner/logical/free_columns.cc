#include "planner/logical/free_columns.h"

#include <algorithm>
#include <iterator>

namespace grizzly::planner {
namespace {

void AddAll(const std::vector<ColumnId>& ids, const std::function<void(ColumnId)>& add) {
  for (ColumnId id : ids) add(id);
}

class Collector {
 public:
  void Take(const LogicalNode& node) {
    for (const LogicalPtr& child : node.children) Take(*child);
    ForEachExpression(node, [this](const expr::Expr& expression) {
      const std::vector<ColumnId> ids = expr::FreeColumns(expression);
      mentioned_.insert(mentioned_.end(), ids.begin(), ids.end());
    });
    ForEachProducedColumn(node, [this](ColumnId id) { produced_.push_back(id); });
  }

  std::vector<ColumnId> Free() {
    SortUnique(mentioned_);
    SortUnique(produced_);
    std::vector<ColumnId> free;
    std::set_difference(mentioned_.begin(), mentioned_.end(), produced_.begin(), produced_.end(),
                        std::back_inserter(free));
    return free;
  }

 private:
  static void SortUnique(std::vector<ColumnId>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }

  std::vector<ColumnId> mentioned_;
  std::vector<ColumnId> produced_;
};

}  // namespace

void ForEachExpression(const LogicalNode& node,
                       const std::function<void(const expr::Expr&)>& visit) {
  // VisitExpressions hands out mutable references for rewriting; here nothing is replaced.
  const_cast<LogicalNode&>(node).VisitExpressions([&](ExprPtr& expression) { visit(*expression); });
}

void ForEachProducedColumn(const LogicalNode& node, const std::function<void(ColumnId)>& add) {
  AddAll(node.outputs, add);
  switch (node.kind) {
    case LogicalKind::kInsert: {
      const auto& insert = static_cast<const LogicalInsert&>(node);
      AddAll(insert.rules.row_columns, add);
      if (!insert.on_conflict) break;
      AddAll(insert.on_conflict->existing, add);
      AddAll(insert.on_conflict->excluded, add);
      break;
    }
    case LogicalKind::kUpdate:
    case LogicalKind::kDelete:
      AddAll(static_cast<const LogicalModify&>(node).rules.row_columns, add);
      break;
    case LogicalKind::kMerge:
      for (const RowRules& rules : static_cast<const LogicalMerge&>(node).tables) {
        AddAll(rules.row_columns, add);
      }
      break;
    default:
      break;
  }
}

std::vector<ColumnId> FreeColumns(const LogicalNode& node) {
  Collector collector;
  collector.Take(node);
  return collector.Free();
}

}  // namespace grizzly::planner
