#include "planner/binder/row_subquery.h"

namespace grizzly::planner {

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
