#include "planner/physical/repeatable.h"

#include <algorithm>

#include "planner/logical/free_columns.h"

namespace grizzly::planner {
namespace {

class RepeatableCheck {
 public:
  explicit RepeatableCheck(std::vector<const LogicalCteScan*>* outside_ctes) : outside_ctes_(outside_ctes) {}

  // Looks at the whole tree whatever it finds: outside_ctes is then complete.
  bool Holds(const LogicalNode& node) {
    bool holds = true;
    switch (node.kind) {
      case LogicalKind::kLockRows:
      case LogicalKind::kInsert:
      case LogicalKind::kUpdate:
      case LogicalKind::kDelete:
      case LogicalKind::kMerge: holds = false; break;
      case LogicalKind::kScan: {
        const auto& scan = static_cast<const LogicalScan&>(node);
        const bool is_random = scan.sample && scan.sample->repeatable == nullptr;
        holds = !is_random && scan.current_of.empty();
        break;
      }
      case LogicalKind::kWith:
        for (const auto& cte : static_cast<const LogicalWith&>(node).ctes) own_ctes_.push_back(cte.cte_id);
        break;
      case LogicalKind::kCteScan:
      case LogicalKind::kWorkTable: return TakesCte(static_cast<const LogicalCteScan&>(node));
      default: break;
    }
    ForEachExpression(node, [&](const expr::Expr& expression) { holds &= Holds(expression); });
    for (const LogicalPtr& child : node.children) holds &= Holds(*child);
    return holds;
  }

 private:
  bool TakesCte(const LogicalCteScan& scan) {
    if (IsOwnCte(scan.cte_id)) return true;
    if (outside_ctes_ != nullptr) outside_ctes_->push_back(&scan);
    return outside_ctes_ != nullptr;
  }

  bool IsOwnCte(uint32_t id) const {
    return std::find(own_ctes_.begin(), own_ctes_.end(), id) != own_ctes_.end();
  }

  bool Holds(const expr::Expr& expression) {
    bool holds = !expr::IsVolatile(expression);
    if (expression.kind == expr::ExprKind::kSubquery) {
      const auto& subquery = static_cast<const expr::SubqueryExpr&>(expression);
      holds &= Holds(*static_cast<const LogicalSubquery&>(*subquery.body).plan);
    }
    expr::ForEachChild(expression, [&](const expr::Expr& child) { holds &= Holds(child); });
    return holds;
  }

  std::vector<const LogicalCteScan*>* const outside_ctes_;
  std::vector<uint32_t> own_ctes_;
};

}  // namespace

bool IsRepeatable(const LogicalNode& node, std::vector<const LogicalCteScan*>* outside_ctes) {
  return RepeatableCheck(outside_ctes).Holds(node);
}

bool IsFixed(const LogicalNode& node) { return FreeColumns(node).empty() && IsRepeatable(node); }

}  // namespace grizzly::planner
