// Logical plans as text: one node a line, children indented, subqueries below their node.
#include <fmt/format.h>

#include "planner/logical/free_columns.h"
#include "planner/logical/logical_plan.h"
#include "types/type_name.h"

namespace grizzly::planner {
namespace {

class Printer {
 public:
  explicit Printer(const StatementColumns& columns) : columns_(columns) {}

  void Print(const LogicalNode& node, size_t depth) {
    text_.append(depth * 2, ' ');
    text_ += Line(node);
    if (!node.outputs.empty()) text_ += " -> " + Outputs(node.outputs);
    text_ += '\n';
    PrintRules(node, depth + 2);
    PrintSubqueries(node, depth + 2);
    for (const LogicalPtr& child : node.children) Print(*child, depth + 1);
  }

  std::string Take() { return std::move(text_); }

 private:
  std::string Name(ColumnId id) const {
    return id == expr::kNoColumn ? "-" : fmt::format("{}#{}", columns_[id].name, id);
  }

  std::string Outputs(const std::vector<ColumnId>& ids) const {
    std::string list;
    for (ColumnId id : ids) {
      if (!list.empty()) list += ", ";
      const SqlType& type = columns_[id].type;
      list += fmt::format("{} {}", Name(id), types::TypeName(type.oid, type.typmod));
    }
    return "(" + list + ")";
  }

  static std::string List(const std::vector<ExprPtr>& expressions,
                          std::string_view separator = ", ") {
    std::string list;
    for (const ExprPtr& expression : expressions) {
      if (!list.empty()) list += separator;
      list += expression == nullptr ? "-" : expr::ToString(*expression);
    }
    return list;
  }

  static std::string Keys(const std::vector<expr::SortKey>& keys) {
    std::string list;
    for (const expr::SortKey& key : keys) {
      if (!list.empty()) list += ", ";
      list += expr::ToString(*key.expression);
      if (key.descending) list += " desc";
      if (key.nulls_first != key.descending) list += key.nulls_first ? " nulls first" : " nulls last";
    }
    return list;
  }

  static std::string Where(std::string line, const std::vector<ExprPtr>& conditions) {
    if (!conditions.empty()) line += " [" + List(conditions, " and ") + "]";
    return line;
  }

  static std::string ScanLine(const LogicalScan& scan) {
    std::string line = "scan " + scan.relation->name;
    if (scan.alias != scan.relation->name) line += " as " + scan.alias;
    if (scan.is_target) line += " target";
    return Where(std::move(line), scan.filters);
  }

  static std::string ValuesLine(const LogicalValues& values) {
    std::string line = "values";
    for (const auto& row : values.rows) line += " (" + List(row) + ")";
    return line;
  }

  static std::string FunctionScanLine(const LogicalFunctionScan& scan) {
    std::string line = "function scan";
    for (const auto& function : scan.functions) line += " " + expr::ToString(*function.call);
    if (scan.ordinality) line += " with ordinality";
    return line;
  }

  static std::string JoinLine(const LogicalJoin& join) {
    static constexpr const char* kTypes[] = {"inner", "left", "right", "full", "semi", "anti"};
    std::string line = fmt::format("{} join", kTypes[static_cast<int>(join.type)]);
    if (join.lateral) line += " lateral";
    if (join.null_aware) line += " null aware";
    return Where(std::move(line), join.conditions);
  }

  static std::string AggregateLine(const LogicalAggregate& aggregate) {
    std::string line = fmt::format("aggregate [{}] [{}]", List(aggregate.groups),
                                   List(aggregate.aggregates));
    for (const auto& set : aggregate.grouping_sets) {
      line += fmt::format(" set({})", fmt::join(set, ","));
    }
    for (const auto& call : aggregate.grouping_calls) {
      line += fmt::format(" grouping({})", fmt::join(call, ","));
    }
    return line;
  }

  static std::string LimitLine(const LogicalLimit& limit) {
    std::string line = "limit";
    if (limit.count != nullptr) line += " " + expr::ToString(*limit.count);
    if (limit.with_ties) line += " with ties";
    if (limit.offset != nullptr) line += " offset " + expr::ToString(*limit.offset);
    return line;
  }

  static std::string SetOperationLine(const LogicalSetOperation& set) {
    static constexpr const char* kOperations[] = {"union", "intersect", "except"};
    return fmt::format("{}{}", kOperations[static_cast<int>(set.operation)], set.all ? " all" : "");
  }

  static std::string WithLine(const LogicalWith& with) {
    std::string line = "with";
    for (const auto& cte : with.ctes) {
      line += fmt::format(" {}@{}", cte.name, cte.cte_id);
      if (cte.materialized == 'a') line += " materialized";
      if (cte.materialized == 'n') line += " not materialized";
    }
    return line;
  }

  std::string LockLine(const LogicalLockRows& lock) const {
    static constexpr const char* kModes[] = {"key share", "share", "no key update", "update"};
    static constexpr const char* kWaits[] = {"", " nowait", " skip locked"};
    std::string line = "lock rows";
    for (const auto& mark : lock.marks) {
      line += fmt::format(" {} {}{}", Name(mark.row_key), kModes[static_cast<int>(mark.mode)],
                          kWaits[static_cast<int>(mark.wait)]);
    }
    return line;
  }

  std::string Line(const LogicalNode& node) const {
    switch (node.kind) {
      case LogicalKind::kScan: return ScanLine(static_cast<const LogicalScan&>(node));
      case LogicalKind::kValues: return ValuesLine(static_cast<const LogicalValues&>(node));
      case LogicalKind::kFunctionScan:
        return FunctionScanLine(static_cast<const LogicalFunctionScan&>(node));
      case LogicalKind::kOneRow: return "one row";
      case LogicalKind::kFilter:
        return Where("filter", static_cast<const LogicalFilter&>(node).conjuncts);
      case LogicalKind::kProject:
        return "project [" + List(static_cast<const LogicalProject&>(node).expressions) + "]";
      case LogicalKind::kProjectSet:
        return "project set [" + List(static_cast<const LogicalProject&>(node).expressions) + "]";
      case LogicalKind::kJoin: return JoinLine(static_cast<const LogicalJoin&>(node));
      case LogicalKind::kAggregate:
        return AggregateLine(static_cast<const LogicalAggregate&>(node));
      case LogicalKind::kWindow:
        return "window [" + List(static_cast<const LogicalWindow&>(node).calls) + "]";
      case LogicalKind::kSort:
        return "sort [" + Keys(static_cast<const LogicalSort&>(node).keys) + "]";
      case LogicalKind::kLimit: return LimitLine(static_cast<const LogicalLimit&>(node));
      case LogicalKind::kDistinct: {
        const auto& distinct = static_cast<const LogicalDistinct&>(node);
        return distinct.on.empty() ? "distinct" : "distinct on [" + List(distinct.on) + "]";
      }
      case LogicalKind::kSetOperation:
        return SetOperationLine(static_cast<const LogicalSetOperation&>(node));
      case LogicalKind::kWith: return WithLine(static_cast<const LogicalWith&>(node));
      case LogicalKind::kCteScan:
        return fmt::format("cte scan @{}", static_cast<const LogicalCteScan&>(node).cte_id);
      case LogicalKind::kWorkTable:
        return fmt::format("work table @{}", static_cast<const LogicalCteScan&>(node).cte_id);
      case LogicalKind::kRecursiveUnion: {
        const auto& recursive = static_cast<const LogicalRecursiveUnion&>(node);
        return fmt::format("recursive union{} @{}", recursive.all ? " all" : "", recursive.cte_id);
      }
      case LogicalKind::kLockRows: return LockLine(static_cast<const LogicalLockRows&>(node));
      case LogicalKind::kInsert:
        return "insert " + static_cast<const LogicalInsert&>(node).rules.relation->name;
      case LogicalKind::kUpdate:
        return "update " + static_cast<const LogicalModify&>(node).rules.relation->name;
      case LogicalKind::kDelete:
        return "delete " + static_cast<const LogicalModify&>(node).rules.relation->name;
      case LogicalKind::kMerge:
        return "merge " + static_cast<const LogicalMerge&>(node).relation->name;
    }
    return "";
  }

  void Detail(size_t depth, std::string_view what) {
    text_.append(depth * 2, ' ');
    text_ += what;
    text_ += '\n';
  }

  void PrintAssignments(const catalog::Relation& relation, size_t depth,
                        const std::vector<OnConflict::Assignment>& assignments) {
    for (const auto& assignment : assignments) {
      Detail(depth, fmt::format("set {} = {}", relation.columns[assignment.attnum - 1].name,
                                expr::ToString(*assignment.value)));
    }
  }

  void PrintRowRules(const RowRules& rules, size_t depth) {
    for (const auto& generated : rules.generated) {
      Detail(depth, fmt::format("generated {} = {}",
                                rules.relation->columns[generated.attnum - 1].name,
                                expr::ToString(*generated.value)));
    }
    for (const auto& check : rules.checks) {
      Detail(depth, fmt::format("check {} {}", check.name, expr::ToString(*check.condition)));
    }
    for (const auto& index : rules.indexes) {
      Detail(depth, fmt::format("index {} [{}]{}", index.index->name, List(index.key_parts),
                                index.predicate == nullptr
                                    ? ""
                                    : " where " + expr::ToString(*index.predicate)));
    }
    for (const auto& check : rules.view_checks) {
      Detail(depth, fmt::format("view check {} {}", check.view_name,
                                expr::ToString(*check.condition)));
    }
  }

  void PrintOnConflict(const LogicalInsert& insert, size_t depth) {
    const OnConflict& conflict = *insert.on_conflict;
    Detail(depth, fmt::format("on conflict [{}] do {}", fmt::join(conflict.arbiters, ", "),
                              conflict.do_nothing ? "nothing" : "update"));
    PrintAssignments(*insert.rules.relation, depth, conflict.assignments);
    if (conflict.where != nullptr) Detail(depth, "where " + expr::ToString(*conflict.where));
  }

  void PrintMerge(const LogicalMerge& merge, size_t depth) {
    static constexpr const char* kActions[] = {"nothing", "insert", "update", "delete"};
    for (const LogicalMerge::Action& action : merge.actions) {
      std::string line = fmt::format("when {}matched", action.matched ? "" : "not ");
      if (action.condition != nullptr) line += " and " + expr::ToString(*action.condition);
      Detail(depth, line + " then " + kActions[static_cast<int>(action.kind)]);
      PrintAssignments(*merge.relation, depth + 1, action.assignments);
      if (!action.values.empty()) Detail(depth + 1, "values [" + List(action.values) + "]");
    }
    for (const RowRules& rules : merge.tables) PrintRowRules(rules, depth);
  }

  void PrintRules(const LogicalNode& node, size_t depth) {
    if (node.kind == LogicalKind::kInsert) {
      const auto& insert = static_cast<const LogicalInsert&>(node);
      Detail(depth, "values [" + List(insert.values) + "]");
      PrintRowRules(insert.rules, depth);
      if (insert.on_conflict) PrintOnConflict(insert, depth);
      if (!insert.returning.empty()) Detail(depth, "returning [" + List(insert.returning) + "]");
    } else if (node.kind == LogicalKind::kMerge) {
      PrintMerge(static_cast<const LogicalMerge&>(node), depth);
    } else if (node.kind == LogicalKind::kUpdate || node.kind == LogicalKind::kDelete) {
      const auto& modify = static_cast<const LogicalModify&>(node);
      PrintAssignments(*modify.rules.relation, depth, modify.assignments);
      PrintRowRules(modify.rules, depth);
      if (!modify.returning.empty()) Detail(depth, "returning [" + List(modify.returning) + "]");
    }
  }

  void PrintSubqueries(const LogicalNode& node, size_t depth) {
    ForEachExpression(node, [&](const expr::Expr& expression) { FindSubqueries(expression, depth); });
  }

  void FindSubqueries(const expr::Expr& expression, size_t depth) {
    if (expression.kind == expr::ExprKind::kSubquery) {
      const auto& subquery = static_cast<const expr::SubqueryExpr&>(expression);
      if (const auto* body = dynamic_cast<const LogicalSubquery*>(subquery.body.get())) {
        Detail(depth, "subquery:");
        Print(*body->plan, depth + 1);
      }
    }
    expr::ForEachChild(expression, [&](const expr::Expr& child) { FindSubqueries(child, depth); });
  }

  const StatementColumns& columns_;
  std::string text_;
};

}  // namespace

std::string ToString(const LogicalNode& node, const StatementColumns& columns) {
  Printer printer(columns);
  printer.Print(node, 0);
  return printer.Take();
}

}  // namespace grizzly::planner
