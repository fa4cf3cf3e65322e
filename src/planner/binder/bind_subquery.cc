// Subqueries in expressions.
#include "planner/binder/query_binder.h"
#include "planner/binder/query_record.h"
#include "planner/binder/row_subquery.h"

namespace grizzly::planner {

using expr::ExprKind;
using expr::SubqueryKind;

namespace {

bool ForbidsSubqueries(Place place) {
  switch (place) {
    case Place::kDefault:
    case Place::kCheck:
    case Place::kDomainCheck:
    case Place::kGenerated:
    case Place::kIndexExpression:
    case Place::kIndexPredicate:
    case Place::kAlterUsing:
    case Place::kExecuteParameter:
    case Place::kPartitionBound:
    case Place::kPartitionKey:
      return true;
    default:
      return false;
  }
}

std::string_view SingularPlace(Place place) {
  switch (place) {
    case Place::kDefault: return "DEFAULT expression";
    case Place::kGenerated: return "column generation expression";
    case Place::kIndexExpression: return "index expression";
    case Place::kIndexPredicate: return "index predicate";
    case Place::kAlterUsing: return "transform expression";
    case Place::kExecuteParameter: return "EXECUTE parameter";
    case Place::kPartitionBound: return "partition bound";
    case Place::kPartitionKey: return "partition key expression";
    default: return "check constraint";
  }
}

std::unique_ptr<expr::SubqueryExpr> MakeSubquery(SubqueryKind kind, const SqlType& type,
                                                 BoundQuery query, int location) {
  auto made = std::make_unique<expr::SubqueryExpr>(type);
  made->subquery_kind = kind;
  made->location = location;
  for (const OutputColumn& output : query.outputs) made->body_columns.push_back(output.id);
  auto body = std::make_unique<LogicalSubquery>();
  body->plan = std::move(query.plan);
  made->body = std::move(body);
  return made;
}

void RequireOneColumn(const BoundQuery& query, int location) {
  if (query.outputs.size() == 1) return;
  throw SqlError(SqlState::kSyntaxError, "subquery must return only one column").At(location);
}

}  // namespace

void AdmitSubquery(ExpressionBinder& binder, const PgQuery__SubLink& link, int location) {
  const Place place = binder.level().place;
  if (ForbidsSubqueries(place)) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "cannot use subquery in " + std::string(SingularPlace(place)))
        .At(location);
  }
  const BindState& state = binder.state();
  if (state.record != nullptr && !state.in_definition()) {
    state.record->subqueries[link.location] = &link;
  }
}

ExprPtr ExpressionBinder::BindSubquery(const PgQuery__SubLink& link) {
  AdmitSubquery(*this, link, link.location);
  TypeLookup& types = state_.types();
  if (link.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK ||
      link.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK) {
    return BindAnySubquery(link);
  }
  BoundQuery query = QueryBinder(state_, &level_).Bind(*link.subselect->select_stmt);
  switch (link.sub_link_type) {
    case PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK:
      return MakeSubquery(SubqueryKind::kExists, types.Make(facts::kBoolOid), std::move(query),
                          link.location);
    case PG_QUERY__SUB_LINK_TYPE__ARRAY_SUBLINK: {
      RequireOneColumn(query, link.location);
      const SqlType element = state_.columns[query.outputs[0].id].type;
      // int2vector and oidvector count as scalars here.
      const bool is_array = types.IsArray(element.oid) && element.oid != facts::kInt2vectorOid &&
                            element.oid != facts::kOidvectorOid;
      const Oid array = is_array ? element.oid : types.ArrayOf(element.oid);
      if (array == kInvalidOid) {
        throw SqlError(SqlState::kUndefinedObject,
                       "could not find array type for data type " + types.Name(element.oid))
            .At(link.location);
      }
      return MakeSubquery(SubqueryKind::kArray, types.Make(array), std::move(query), link.location);
    }
    default: {
      RequireOneColumn(query, link.location);
      const SqlType type = state_.columns[query.outputs[0].id].type;
      return MakeSubquery(SubqueryKind::kScalar, type, std::move(query), link.location);
    }
  }
}

namespace {

// Makes the comparison of a row with each of its rows the query's only output.
void ProjectComparison(BindState& state, QueryLevel& level, BoundQuery& query, ExprPtr comparison) {
  auto project = std::make_unique<LogicalProject>();
  const ColumnId id = state.AddColumn({"?column?", comparison->type}, &level);
  project->outputs.push_back(id);
  project->expressions.push_back(std::move(comparison));
  project->children.push_back(std::move(query.plan));
  query.plan = std::move(project);
  query.projection = nullptr;
  query.values = nullptr;
  query.outputs = {{"?column?", id}};
}

}  // namespace

ExprPtr ExpressionBinder::BindAnySubquery(const PgQuery__SubLink& link) {
  const bool all = link.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ALL_SUBLINK;
  std::vector<ExprPtr> left;
  ExprPtr test = Bind(*link.testexpr);
  if (link.testexpr->node_case == PG_QUERY__NODE__NODE_ROW_EXPR) {
    left = std::move(static_cast<expr::ListExpr&>(*test).children);
  } else {
    left.push_back(std::move(test));
  }
  BoundQuery query = QueryBinder(state_, &level_).Bind(*link.subselect->select_stmt);
  if (left.size() != query.outputs.size()) {
    throw SqlError(SqlState::kSyntaxError, left.size() < query.outputs.size()
                                               ? "subquery has too many columns"
                                               : "subquery has too few columns")
        .At(link.location);
  }
  std::vector<std::string_view> name = NamesOf(link.oper_name, link.n_oper_name);
  if (name.empty()) name.push_back("=");
  if (left.size() > 1 && name.back() != "=" && name.back() != "<>") {
    // (a, b) < ANY (SELECT x, y) is true = ANY (SELECT (a, b) < (x, y)).
    std::vector<ExprPtr> columns;
    for (const OutputColumn& output : query.outputs) {
      columns.push_back(state_.Mention(output.id, -1));
    }
    ExprPtr comparison = CompareRows(name, std::move(left), std::move(columns), link.location);
    RecordRowSubquery(state_, *comparison, name.back(), link, link.location);
    ProjectComparison(state_, level_, query, std::move(comparison));
    left.clear();
    left.push_back(MakeBool(true));
    name = {"="};
  }
  std::vector<expr::ComparisonExpr::Comparison> comparisons;
  std::vector<ExprPtr> right;
  bool needs_cast = false;
  for (size_t i = 0; i < left.size(); ++i) {
    right.push_back(state_.Mention(query.outputs[i].id, -1));
    SqlType result;
    comparisons.push_back(MakeComparison(name, left[i], right[i], link.location, &result));
    if (result.oid != facts::kBoolOid) {
      throw SqlError(SqlState::kDatatypeMismatch,
                     "operator " + Dotted(name) + " must return type boolean, not type " +
                         state_.types().Name(result.oid))
          .At(link.location);
    }
    needs_cast = needs_cast || right[i]->kind != ExprKind::kColumn;
  }
  if (needs_cast) {
    auto project = std::make_unique<LogicalProject>();
    for (size_t i = 0; i < right.size(); ++i) {
      if (right[i]->kind != ExprKind::kColumn) {
        query.outputs[i].id = state_.AddColumn({query.outputs[i].name, right[i]->type}, &level_);
      }
      project->outputs.push_back(query.outputs[i].id);
      project->expressions.push_back(std::move(right[i]));
    }
    project->children.push_back(std::move(query.plan));
    query.plan = std::move(project);
  }
  auto made = MakeSubquery(all ? SubqueryKind::kAll : SubqueryKind::kAny,
                           state_.types().Make(facts::kBoolOid), std::move(query), link.location);
  made->left = std::move(left);
  made->comparisons = std::move(comparisons);
  return made;
}

}  // namespace grizzly::planner
