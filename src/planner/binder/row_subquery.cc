#include "planner/binder/row_subquery.h"

#include "planner/binder/query_record.h"

namespace grizzly::planner {

namespace {

ExprPtr FirstOperand(const expr::Expr& operation) {
  ExprPtr first;
  operation.Clone()->VisitChildren([&first](ExprPtr& operand) {
    if (first == nullptr) first = std::move(operand);
  });
  return first;
}

std::vector<ExprPtr> LeftOperands(const expr::Expr& comparison) {
  std::vector<ExprPtr> left;
  if (comparison.kind == expr::ExprKind::kRowCompare) {
    const auto& row =
        static_cast<const expr::ListExpr&>(*static_cast<const expr::ComparisonExpr&>(comparison).left);
    for (const ExprPtr& field : row.children) left.push_back(field->Clone());
    return left;
  }
  for (const ExprPtr& term : static_cast<const expr::ListExpr&>(comparison).children) {
    left.push_back(FirstOperand(*term));
  }
  return left;
}

}  // namespace

void RecordRowSubquery(BindState& state, const expr::Expr& comparison, std::string_view operator_name,
                       const PgQuery__SubLink& link, int location) {
  const bool compares_rows = comparison.kind == expr::ExprKind::kRowCompare ||
                             comparison.kind == expr::ExprKind::kBool;
  if (state.record == nullptr || state.in_definition() || !compares_rows) return;
  RowSubquery row;
  row.left = LeftOperands(comparison);
  row.operator_name = operator_name;
  row.link = &link;
  state.record->row_subqueries[location] = std::move(row);
}

ExprPtr BindRowSubqueryColumn(ExpressionBinder& binder, const PgQuery__SubLink& link, size_t index,
                              size_t* count) {
  BindState& state = binder.state();
  BoundQuery query = QueryBinder(state, &binder.level()).Bind(*link.subselect->select_stmt);
  *count = query.outputs.size();
  if (index >= *count) return nullptr;
  auto project = std::make_unique<LogicalProject>();
  const ColumnId id = query.outputs[index].id;
  project->outputs.push_back(id);
  project->expressions.push_back(state.Mention(id, -1));
  project->children.push_back(std::move(query.plan));
  auto scalar = std::make_unique<expr::SubqueryExpr>(state.columns[id].type);
  scalar->location = link.location;
  scalar->body_columns.push_back(id);
  auto body = std::make_unique<LogicalSubquery>();
  body->plan = std::move(project);
  scalar->body = std::move(body);
  if (expr::IsVolatile(*scalar)) {
    ThrowNotSupported("a row from a subquery with a volatile function", link.location);
  }
  return scalar;
}

std::vector<ExprPtr> BindRowSubquery(ExpressionBinder& binder, const PgQuery__SubLink& link) {
  std::vector<ExprPtr> columns;
  size_t count = 1;
  for (size_t i = 0; i < count; ++i) {
    columns.push_back(BindRowSubqueryColumn(binder, link, i, &count));
  }
  return columns;
}

}  // namespace grizzly::planner
