// Columns become positions or cells; subqueries become subplans.
#include <algorithm>

#include "planner/physical/conversion.h"
#include "planner/physical/repeatable.h"

namespace grizzly::planner {

using expr::ExprKind;

uint32_t Conversion::CellOf(ColumnId id) {
  const auto [found, inserted] = cells_.try_emplace(id, plan_.cell_count);
  if (inserted) ++plan_.cell_count;
  return found->second;
}

uint32_t Conversion::CteSlot(uint32_t cte_id) {
  const auto [found, inserted] = cte_slots_.try_emplace(cte_id, plan_.cte_count);
  if (inserted) ++plan_.cte_count;
  return found->second;
}

uint32_t Conversion::WorkTableSlot(uint32_t cte_id) {
  const auto [found, inserted] = work_table_slots_.try_emplace(cte_id, plan_.cte_count);
  if (inserted) ++plan_.cte_count;
  return found->second;
}

std::vector<std::string> Conversion::NamesOf(const std::vector<ColumnId>& ids) const {
  std::vector<std::string> names;
  names.reserve(ids.size());
  for (const ColumnId id : ids) names.push_back(columns_[id].name);
  return names;
}

void Conversion::ResolveInPlace(ExprPtr& expression, const std::vector<ColumnId>& inputs) {
  if (expression == nullptr) return;
  if (expression->kind == ExprKind::kColumn) {
    const auto& column = static_cast<const expr::ColumnExpr&>(*expression);
    const auto found = std::find(inputs.begin(), inputs.end(), column.id);
    ExprPtr resolved;
    if (found != inputs.end()) {
      resolved = std::make_unique<expr::InputExpr>(column.type,
                                                   static_cast<uint32_t>(found - inputs.begin()));
    } else {
      resolved = std::make_unique<expr::OuterExpr>(column.type, CellOf(column.id));
    }
    resolved->location = expression->location;
    expression = std::move(resolved);
    return;
  }
  if (expression->kind == ExprKind::kSubquery) {
    expression = ConvertSubquery(static_cast<expr::SubqueryExpr&>(*expression), inputs);
    return;
  }
  // What is checked or cast inside these refers to the value itself, not to columns.
  expression->VisitChildren([&](ExprPtr& child) { ResolveInPlace(child, inputs); });
}

ExprPtr Conversion::Resolve(ExprPtr expression, const std::vector<ColumnId>& inputs) {
  ResolveInPlace(expression, inputs);
  return expression;
}

std::vector<ExprPtr> Conversion::ResolveAll(std::vector<ExprPtr>& list,
                                            const std::vector<ColumnId>& inputs) {
  std::vector<ExprPtr> resolved;
  for (ExprPtr& expression : list) {
    resolved.push_back(expression == nullptr ? nullptr : Resolve(std::move(expression), inputs));
  }
  return resolved;
}

plan::Plan::SubplanTraits Conversion::TraitsOf(const LogicalNode& subquery) {
  plan::Plan::SubplanTraits traits;
  std::vector<const LogicalCteScan*> ctes;
  traits.is_repeatable = IsRepeatable(subquery, &ctes);
  for (const LogicalCteScan* scan : ctes) {
    const bool is_round = scan->kind == LogicalKind::kWorkTable;
    traits.ctes.push_back(is_round ? WorkTableSlot(scan->cte_id) : CteSlot(scan->cte_id));
  }
  return traits;
}

ExprPtr Conversion::ConvertSubquery(expr::SubqueryExpr& subquery,
                                    const std::vector<ColumnId>& inputs) {
  auto& body = static_cast<LogicalSubquery&>(*subquery.body);
  auto subplan = std::make_unique<expr::SubplanExpr>(subquery.type);
  subplan->location = subquery.location;
  subplan->subquery_kind = subquery.subquery_kind;
  subplan->comparisons = subquery.comparisons;
  for (ColumnId id : planner::FreeColumns(*body.plan)) {
    subplan->cells.push_back(CellOf(id));
    subplan->arguments.push_back(
        Resolve(std::make_unique<expr::ColumnExpr>(columns_[id].type, id), inputs));
  }
  for (ExprPtr& left : subquery.left) subplan->left.push_back(Resolve(std::move(left), inputs));
  plan::Plan::SubplanTraits traits = TraitsOf(*body.plan);
  const bool is_correlated = !subplan->cells.empty();
  Converted converted = [&] {
    const RerunScope scope(*this, is_correlated, is_correlated ? runs_ * rows_here_ : 1);
    return Convert(*body.plan);
  }();
  if (!subquery.body_columns.empty()) {
    converted = Shape(std::move(converted), subquery.body_columns);
  }
  subplan->subplan = static_cast<uint32_t>(plan_.subplans.size());
  plan_.subplans.push_back(std::move(converted.node));
  plan_.subplan_traits.push_back(std::move(traits));
  return subplan;
}

Converted Conversion::Shape(Converted from, const std::vector<ColumnId>& wanted) {
  if (from.columns == wanted) return from;
  auto project = std::make_unique<plan::ProjectNode>();
  for (ColumnId id : wanted) {
    project->expressions.push_back(
        Resolve(std::make_unique<expr::ColumnExpr>(columns_[id].type, id), from.columns));
  }
  Finish(*project, wanted, from.node->estimated_rows);
  project->total_cost = from.node->total_cost;
  project->children.push_back(std::move(from.node));
  return {std::move(project), wanted};
}

}  // namespace grizzly::planner
