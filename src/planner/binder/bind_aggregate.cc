// Aggregates: which query they belong to, and GROUPING. A bound aggregate is a column of that query's
// aggregate node.
#include <fmt/format.h>

#include "facts/aggregates.h"
#include "planner/binder/function_call.h"
#include "planner/binder/set_functions.h"
#include "planner/deparse/written_shape.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// Columns that the aggregates or window calls of a level make.
bool Contains(const std::vector<ColumnId>& ids, ColumnId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

int LocationOfColumn(const expr::Expr& root, ColumnId id) {
  if (root.kind == ExprKind::kColumn && static_cast<const expr::ColumnExpr&>(root).id == id) {
    return root.location;
  }
  int found = -1;
  expr::ForEachChild(root, [&](const expr::Expr& child) {
    if (found < 0) found = LocationOfColumn(child, id);
  });
  return found;
}

bool AllowsAggregates(Place place) {
  switch (place) {
    case Place::kNone:
    case Place::kOther:
    case Place::kSelectTarget:
    case Place::kHaving:
    case Place::kOrderBy:
    case Place::kDistinctOn:
    case Place::kWindowPartition:
    case Place::kWindowOrder:
      return true;
    default:
      return false;
  }
}

// What was written, before it was made what the function takes.
const expr::Expr& WithoutImplicitCasts(const expr::Expr& expression) {
  if (CastSyntaxOf(expression) != expr::CallSyntax::kImplicitCast) return expression;
  return WithoutImplicitCasts(CastArgument(expression));
}

void RequireSortable(BindState& state, const expr::Expr& argument) {
  if (OrderingOperator(state.types(), argument.type.oid, /*descending=*/false) != kInvalidOid) return;
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("could not identify an ordering operator for type {}",
                             state.types().Name(argument.type.oid)))
      .Detail("Aggregates with DISTINCT must be able to sort their inputs.")
      .At(argument.location);
}

// DISTINCT needs equality and an order, and ORDER BY may only sort by what is distinct.
void CheckDistinct(BindState& state, expr::AggregateExpr& aggregate) {
  for (const ExprPtr& argument : aggregate.arguments) {
    RequireEqualityOperator(state, argument->type.oid, argument->location);
    RequireSortable(state, *argument);
    RequireCollationOf(*argument);
  }
  for (expr::SortKey& key : aggregate.order_by) {
    const auto argument =
        std::find_if(aggregate.arguments.begin(), aggregate.arguments.end(), [&](const ExprPtr& a) {
          return expr::Equals(*a, *key.expression) ||
                 expr::Equals(WithoutImplicitCasts(*a), *key.expression);
        });
    if (argument != aggregate.arguments.end()) {
      key.expression = (*argument)->Clone();
      continue;
    }
    throw SqlError(SqlState::kInvalidColumnReference,
                   "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument "
                   "list")
        .At(key.expression->location);
  }
}

}  // namespace

// The innermost level whose columns the aggregate mentions; the current one when it mentions none.
QueryLevel& ExpressionBinder::LevelOfAggregate(const expr::Expr& aggregate) {
  QueryLevel* innermost = nullptr;
  for (const ColumnId id : expr::FreeColumns(aggregate)) {
    QueryLevel* owner = state_.OwnerOf(id);
    if (owner == nullptr) continue;
    if (innermost == nullptr || owner->Depth() > innermost->Depth()) innermost = owner;
  }
  return innermost == nullptr ? level_ : *innermost;
}

void ExpressionBinder::CheckAggregateAllowed(QueryLevel& level, int location) {
  if (AllowsAggregates(level.place) && level.takes_aggregates) return;
  if (level.place == Place::kFromSubselect) {
    throw SqlError(SqlState::kGroupingError,
                   "aggregate functions are not allowed in FROM clause of their own query level")
        .At(location);
  }
  throw SqlError(SqlState::kGroupingError,
                 fmt::format("aggregate functions are not allowed in {}", PlaceName(level.place)))
      .At(location);
}

ExprPtr ExpressionBinder::FinishAggregate(Call& call) {
  const PgQuery__FuncCall& node = *call.node;
  const facts::AggregateFact* kind = facts::FindAggregate(call.function->oid);
  if (kind != nullptr && kind->aggkind == 'h' && !call.node->agg_within_group) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("WITHIN GROUP is required for ordered-set aggregate {}",
                               call.Written()))
        .At(call.location);
  }
  if (kind != nullptr && kind->aggkind == 'h') return FinishHypotheticalSet(call);
  auto made = std::make_unique<expr::AggregateExpr>(call.result);
  made->location = call.location;
  made->name = call.function->proname;
  made->distinct = node.agg_distinct;
  made->star = node.agg_star;
  if (!node.agg_star && call.arguments.empty() && !node.agg_within_group) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("{}(*) must be used to call a parameterless aggregate function",
                               call.Written()))
        .At(call.location);
  }
  const functions::Implementation* found =
      RequireImplementation(state_, *call.function, call.location);
  if (found != nullptr) made->function = found->aggregate;
  auto site = MakeCallSite(state_, *call.function, call.result, call.arguments, call.location);
  site->variadic_array = call.variadic_array;
  if (made->type.collation != kInvalidOid && site->collation != kInvalidOid) {
    made->type.collation = site->collation;
  }
  made->call = std::move(site);
  made->arguments = std::move(call.arguments);
  for (const ExprPtr& argument : made->arguments) {
    RefuseSetFunctions(*argument,
                       "aggregate function calls cannot contain set-returning function calls");
  }

  const facts::AggregateFact* fact = facts::FindAggregate(call.function->oid);
  const bool ordered_set = fact != nullptr && fact->aggkind != 'n';
  if (ordered_set != node.agg_within_group) {
    throw SqlError(SqlState::kWrongObjectType,
                   ordered_set
                       ? fmt::format("WITHIN GROUP is required for ordered-set aggregate {}",
                                     call.Written())
                       : fmt::format("{} is not an ordered-set aggregate, so it cannot have WITHIN "
                                     "GROUP",
                                     call.Written()))
        .At(call.location);
  }
  if (ordered_set) {
    FinishOrderedSet(call, *made);
  } else {
    for (size_t i = 0; i < node.n_agg_order; ++i) {
      const PgQuery__SortBy& sort = *node.agg_order[i]->sort_by;
      made->order_by.push_back(
          MakeSortKey(state_, ResolveUnknown(state_, Bind(*sort.node)), sort));
    }
  }
  if (made->distinct) CheckDistinct(state_, *made);
  if (node.agg_filter != nullptr) {
    made->filter = MakeBoolOperation(expr::BoolOperation::kAnd,
                                     BindCondition(node.agg_filter, Place::kFilter));
  }

  return AddAggregate(std::move(made));
}

ExprPtr ExpressionBinder::AddAggregate(std::unique_ptr<expr::AggregateExpr> made) {
  const int location = made->location;
  QueryLevel& level = LevelOfAggregate(*made);
  CheckAggregateAllowed(level, location);
  for (const ColumnId id : expr::FreeColumns(*made)) {
    if (Contains(level.aggregate_columns, id)) {
      throw SqlError(SqlState::kGroupingError, "aggregate function calls cannot be nested")
          .At(LocationOfColumn(*made, id));
    }
    if (Contains(level.window_columns, id)) {
      throw SqlError(SqlState::kGroupingError,
                     "aggregate function calls cannot contain window function calls")
          .At(LocationOfColumn(*made, id));
    }
  }
  for (size_t i = 0; i < level.aggregates.size(); ++i) {
    if (expr::Equals(*level.aggregates[i], *made) && !expr::IsVolatile(*made)) {
      return state_.Mention(level.aggregate_columns[i], location);
    }
  }
  const ColumnId id = state_.AddColumn({made->name, made->type}, &level);
  level.aggregates.push_back(std::move(made));
  level.aggregate_columns.push_back(id);
  return state_.Mention(id, location);
}

// The first arguments are direct, the rest are what WITHIN GROUP sorts by.
void ExpressionBinder::FinishOrderedSet(Call& call, expr::AggregateExpr& aggregate) {
  const PgQuery__FuncCall& node = *call.node;
  const size_t sorted = node.n_agg_order;
  const size_t direct = aggregate.arguments.size() - std::min(sorted, aggregate.arguments.size());
  std::vector<ExprPtr> all = std::move(aggregate.arguments);
  aggregate.arguments.clear();
  for (size_t i = 0; i < all.size(); ++i) {
    if (i < direct) {
      aggregate.direct_arguments.push_back(std::move(all[i]));
      continue;
    }
    const PgQuery__SortBy& sort = *node.agg_order[i - direct]->sort_by;
    aggregate.arguments.push_back(all[i]->Clone());
    aggregate.order_by.push_back(MakeSortKey(state_, std::move(all[i]), sort));
  }
  // The function sees the direct ones behind the sorted ones.
  for (const ExprPtr& argument : aggregate.direct_arguments) {
    aggregate.arguments.push_back(argument->Clone());
  }
}

ExprPtr ExpressionBinder::BindGroupingCall(const PgQuery__GroupingFunc& node) {
  auto call = std::make_unique<expr::ListExpr>(ExprKind::kGrouping,
                                               state_.types().Make(facts::kInt4Oid));
  call->location = node.location;
  constexpr size_t kGroupingArgumentsMax = 31;
  if (node.n_args > kGroupingArgumentsMax) {
    throw SqlError(SqlState::kTooManyArguments, "GROUPING must have fewer than 32 arguments")
        .At(node.location);
  }
  for (size_t i = 0; i < node.n_args; ++i) call->children.push_back(Bind(*node.args[i]));
  QueryLevel& level = LevelOfAggregate(*call);
  if (!AllowsAggregates(level.place) || !level.takes_aggregates) {
    throw SqlError(SqlState::kGroupingError,
                   fmt::format("grouping operations are not allowed in {}", PlaceName(level.place)))
        .At(node.location);
  }
  const ColumnId id = state_.AddColumn({"grouping", call->type}, &level);
  level.group_calls.push_back(std::move(call));
  level.group_call_columns.push_back(id);
  return state_.Mention(id, node.location);
}

}  // namespace grizzly::planner
