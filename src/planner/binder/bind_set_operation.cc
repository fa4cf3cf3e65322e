// UNION, INTERSECT, EXCEPT; and ORDER BY, LIMIT above them (and above VALUES).
#include <fmt/format.h>

#include "planner/binder/locking.h"
#include "planner/binder/query_binder.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

std::string_view OperationName(PgQuery__SetOperation op) {
  if (op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT) return "INTERSECT";
  return op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT ? "EXCEPT" : "UNION";
}

SetOperationType OperationType(PgQuery__SetOperation op) {
  if (op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT) return SetOperationType::kIntersect;
  return op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT ? SetOperationType::kExcept
                                                     : SetOperationType::kUnion;
}

// The untyped literal that output i still is; null when it is none.
ExprPtr* UntypedOutput(BoundQuery& query, size_t i) {
  if (query.projection == nullptr) return nullptr;
  for (size_t at = 0; at < query.projection->outputs.size(); ++at) {
    if (query.projection->outputs[at] != query.outputs[i].id) continue;
    ExprPtr& expression = query.projection->expressions[at];
    return IsUntypedLiteral(*expression) ? &expression : nullptr;
  }
  return nullptr;
}

// The expression behind an output, as far as it is known.
ExprPtr OutputOf(BindState& state, const BoundQuery& query, size_t i, int location) {
  if (query.projection != nullptr) {
    for (size_t at = 0; at < query.projection->outputs.size(); ++at) {
      if (query.projection->outputs[at] != query.outputs[i].id) continue;
      return query.projection->expressions[at]->Clone();
    }
  }
  return state.Mention(query.outputs[i].id, location);
}

}  // namespace

void ResolveUnknownOutputs(BindState& state, BoundQuery& query) {
  for (size_t i = 0; i < query.outputs.size(); ++i) {
    ExprPtr* literal = UntypedOutput(query, i);
    if (literal == nullptr) continue;
    *literal = ResolveUnknown(state, std::move(*literal));
    state.columns[query.outputs[i].id].type = (*literal)->type;
  }
}

void CoerceOutputs(BindState& state, BoundQuery& query, const std::vector<SqlType>& types,
                   std::string_view construct, QueryLevel* owner) {
  bool needs_cast = false;
  for (size_t i = 0; i < query.outputs.size(); ++i) {
    const ColumnId id = query.outputs[i].id;
    if (ExprPtr* literal = UntypedOutput(query, i)) {
      *literal = CoerceToCommon(state, std::move(*literal), types[i].oid, construct);
      state.columns[id].type = (*literal)->type;
    }
    needs_cast = needs_cast || state.columns[id].type.oid != types[i].oid;
  }
  if (!needs_cast) return;
  auto project = std::make_unique<LogicalProject>();
  for (size_t i = 0; i < query.outputs.size(); ++i) {
    OutputColumn& output = query.outputs[i];
    ExprPtr value = state.Mention(output.id, -1);
    if (value->type.oid != types[i].oid) {
      value = CoerceToCommon(state, std::move(value), types[i].oid, construct);
      output.id = state.AddColumn({output.name, value->type}, owner);
    }
    project->outputs.push_back(output.id);
    project->expressions.push_back(std::move(value));
  }
  project->children.push_back(std::move(query.plan));
  query.plan = std::move(project);
  query.projection = nullptr;
}

BoundQuery QueryBinder::BindSetOperation(const PgQuery__SelectStmt& select, QueryLevel& level) {
  // One that reaches into a view of this kind locks nothing.
  const auto inherited = state_.view_locking.contains(&select)
                             ? std::vector<const PgQuery__LockingClause*>()
                             : InheritedLocking(state_, select, level);
  if (select.n_locking_clause > 0 || !inherited.empty()) {
    const PgQuery__LockingClause& clause =
        select.n_locking_clause > 0 ? *select.locking_clause[0]->locking_clause : *inherited[0];
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("{} is not allowed with UNION/INTERSECT/EXCEPT",
                               LockingName(clause)));
  }
  return FinishSetOperation(select, level, BindSetTree(select, level));
}

// A branch with clauses of its own is a query of its own.
BoundQuery QueryBinder::BindSetBranch(const PgQuery__SelectStmt& select, QueryLevel& level) {
  const bool plain_tree = select.op != PG_QUERY__SET_OPERATION__SETOP_NONE &&
                          select.n_sort_clause == 0 && select.limit_count == nullptr &&
                          select.limit_offset == nullptr && select.n_locking_clause == 0 &&
                          select.with_clause == nullptr;
  if (plain_tree) return BindSetTree(select, level);
  return QueryBinder(state_, &level).Bind(select, /*keep_unknown=*/true);
}

BoundQuery QueryBinder::BindSetTree(const PgQuery__SelectStmt& select, QueryLevel& level) {
  CheckStackDepth();
  const std::string_view name = OperationName(select.op);
  BoundQuery left = BindSetBranch(*select.larg, level);
  BoundQuery right = BindSetBranch(*select.rarg, level);
  if (left.outputs.size() != right.outputs.size()) {
    const int location =
        select.rarg->n_target_list > 0 ? LocationOf(select.rarg->target_list[0]) : -1;
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("each {} query must have the same number of columns", name))
        .At(location);
  }
  auto node = std::make_unique<LogicalSetOperation>();
  node->operation = OperationType(select.op);
  node->all = select.all;
  std::vector<SqlType> types;
  for (size_t i = 0; i < left.outputs.size(); ++i) {
    const SqlType a = state_.columns[left.outputs[i].id].type;
    const SqlType b = state_.columns[right.outputs[i].id].type;
    const std::vector<Oid> both = {a.oid, b.oid};
    ExprPtr* right_literal = UntypedOutput(right, i);
    std::vector<int> locations = {-1, right_literal == nullptr ? -1 : (*right_literal)->location};
    if (right_literal == nullptr && i < select.rarg->n_target_list) {
      locations[1] = LocationOf(select.rarg->target_list[i]->res_target->val);
    }
    const Oid common = SelectCommonTypeOf(state_, both, locations, name);
    const bool same_typmod = a.oid == b.oid && a.typmod == b.typmod;
    types.push_back(state_.types().Make(common, same_typmod ? a.typmod : types::kNoTypmod));
    if (types.back().collation != kInvalidOid) {
      const ExprPtr sides[] = {OutputOf(state_, left, i, -1), OutputOf(state_, right, i, locations[1])};
      types.back().collation = CombinedCollation(sides);
      if (!node->all) RequireCommonCollation(sides);
    }
    if (!node->all) RequireEqualityOperator(state_, common, locations[1]);
  }
  CoerceOutputs(state_, left, types, name, &level);
  CoerceOutputs(state_, right, types, name, &level);
  BoundQuery query;
  for (size_t i = 0; i < types.size(); ++i) {
    const std::string& column = left.outputs[i].name;
    query.outputs.push_back({column, state_.AddColumn({column, types[i]}, &level)});
    node->outputs.push_back(query.outputs.back().id);
  }
  node->children.push_back(std::move(left.plan));
  node->children.push_back(std::move(right.plan));
  query.plan = std::move(node);
  return query;
}

namespace {

// Where the first ORDER BY item stands that is none of the outputs.
int LocationOfFirstNew(const std::vector<SortTarget>& order, size_t width,
                       const PgQuery__SelectStmt& select) {
  for (size_t i = 0; i < order.size() && i < select.n_sort_clause; ++i) {
    if (order[i].target >= width) return LocationOf(select.sort_clause[i]->sort_by->node);
  }
  return -1;
}

}  // namespace

BoundQuery QueryBinder::FinishSetOperation(const PgQuery__SelectStmt& select, QueryLevel& level,
                                           BoundQuery query) {
  if (select.n_sort_clause > 0) {
    RangeItem item;
    std::vector<Target> targets;
    for (const OutputColumn& output : query.outputs) {
      item.columns.push_back({output.name, output.id, nullptr});
      targets.push_back({state_.Mention(output.id, -1), output.name});
    }
    level.names.push_back({level.AddItem(std::move(item)), /*by_name=*/false});
    ExpressionBinder binder(state_, level);
    const size_t width = targets.size();
    std::vector<SortTarget> order =
        BindOrderBy(binder, select.sort_clause, select.n_sort_clause, targets, Place::kOrderBy);
    if (targets.size() > width) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
          .Detail("Only result column names can be used, not expressions or functions.")
          .Hint("Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
          .At(LocationOfFirstNew(order, width, select));
    }
    auto sort = std::make_unique<LogicalSort>();
    for (SortTarget& wanted : order) {
      wanted.key.expression = state_.Mention(query.outputs[wanted.target].id, -1);
      sort->keys.push_back(std::move(wanted.key));
    }
    sort->children.push_back(std::move(query.plan));
    query.plan = std::move(sort);
    level.names.pop_back();
  }
  query.plan = AddLimit(state_, level, select, std::move(query.plan));
  return query;
}

}  // namespace grizzly::planner
