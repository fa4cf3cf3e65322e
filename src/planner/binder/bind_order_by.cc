// ORDER BY, sort keys, LIMIT and OFFSET.
#include <fmt/format.h>

#include "facts/access_methods.h"
#include "planner/binder/query_binder.h"
#include "planner/binder/query_record.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// ORDER BY ... USING operator: which direction of some btree family it is.
void FillUsing(BindState& state, const SqlType& type, const PgQuery__SortBy& sort, int location,
               expr::SortKey& key) {
  const auto name = NamesOf(sort.use_op, sort.n_use_op);
  Choice choice = Choice::kNone;
  const facts::OperatorFact* op = ChooseOperator(state, name, type.oid, type.oid, &choice);
  if (op == nullptr) ThrowNoOperator(state, name.back(), type.oid, type.oid, choice, location);
  for (const facts::AmopFact* place : facts::FindAmopsOfOperator(op->oid)) {
    if (place->amopmethod != facts::kBtreeMethodOid) continue;
    if (place->amopstrategy != facts::kBtreeLess && place->amopstrategy != facts::kBtreeGreater) {
      continue;
    }
    key.operator_oid = op->oid;
    key.descending = place->amopstrategy == facts::kBtreeGreater;
    return;
  }
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("operator {} is not a valid ordering operator", name.back()))
      .Hint("Ordering operators must be \"<\" or \">\" members of btree operator families.")
      .At(location);
}

}  // namespace

void FillSortKey(BindState& state, const SqlType& type, const PgQuery__SortBy& sort, int location,
                 expr::SortKey& key) {
  if (sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_USING) {
    FillUsing(state, type, sort, sort.location, key);
  } else {
    key.descending = sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
    key.operator_oid = RequireOrderingOperator(state, type.oid, key.descending, location);
  }
  switch (sort.sortby_nulls) {
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST: key.nulls_first = true; break;
    case PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST: key.nulls_first = false; break;
    default: key.nulls_first = key.descending;
  }
}

expr::SortKey MakeSortKey(BindState& state, ExprPtr expression, const PgQuery__SortBy& sort) {
  expr::SortKey key;
  RequireCollationOf(*expression);
  FillSortKey(state, expression->type, sort, expression->location, key);
  key.expression = std::move(expression);
  return key;
}

namespace {

size_t AddJunk(std::vector<Target>& targets, ExprPtr expression) {
  for (size_t i = 0; i < targets.size(); ++i) {
    if (expr::Equals(*targets[i].expression, *expression)) return i;
  }
  targets.push_back({std::move(expression), "?column?", /*junk=*/true});
  return targets.size() - 1;
}

// A bare name: an output column's. -1 when there is none; GROUP BY prefers input columns.
int FindByName(ExpressionBinder& binder, const PgQuery__ColumnRef& reference,
               const std::vector<Target>& targets, Place place) {
  if (reference.n_fields != 1) return -1;
  const std::string_view name = StringOf(reference.fields[0]);
  if (name.empty()) return -1;
  if (place == Place::kGroupBy) {
    const Namespace& names = binder.level().names;
    for (const NamespaceEntry& entry : names) {
      if (!entry.by_column) continue;
      for (const ScopeColumn& column : entry.item->columns) {
        if (!column.nameless && column.name == name) return -1;
      }
    }
  }
  int found = -1;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].junk || targets[i].name != name) continue;
    if (found >= 0 && !expr::Equals(*targets[found].expression, *targets[i].expression)) {
      throw SqlError(SqlState::kAmbiguousColumn,
                     fmt::format("{} \"{}\" is ambiguous", PlaceName(place), name))
          .At(reference.location);
    }
    if (found < 0) found = static_cast<int>(i);
  }
  return found;
}

size_t FindByPosition(const PgQuery__AConst& constant, const std::vector<Target>& targets,
                      Place place) {
  if (constant.isnull || constant.val_case != PG_QUERY__A__CONST__VAL_IVAL) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("non-integer constant in {}", PlaceName(place)))
        .At(constant.location);
  }
  const int wanted = constant.ival->ival;
  int position = 0;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!targets[i].junk && ++position == wanted) return i;
  }
  throw SqlError(SqlState::kInvalidColumnReference,
                 fmt::format("{} position {} is not in select list", PlaceName(place), wanted))
      .At(constant.location);
}

}  // namespace

size_t FindSortTarget(ExpressionBinder& binder, const ast::Node& node, std::vector<Target>& targets,
                      Place place) {
  if (node.node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
    const int named = FindByName(binder, *node.column_ref, targets, place);
    if (named >= 0) return static_cast<size_t>(named);
  }
  if (node.node_case == PG_QUERY__NODE__NODE_A_CONST) {
    return FindByPosition(*node.a_const, targets, place);
  }
  return AddJunk(targets, ResolveUnknown(binder.state(), binder.BindAt(node, place)));
}

std::vector<SortTarget> BindOrderBy(ExpressionBinder& binder, ast::Node* const* nodes, size_t count,
                                    std::vector<Target>& targets, Place place) {
  BindState& state = binder.state();
  std::vector<SortTarget> order;
  for (size_t i = 0; i < count; ++i) {
    const PgQuery__SortBy& sort = *nodes[i]->sort_by;
    SortTarget made;
    made.target = FindSortTarget(binder, *sort.node, targets, place);
    Target& target = targets[made.target];
    target.expression = ResolveUnknown(state, std::move(target.expression));
    const bool repeated = std::any_of(order.begin(), order.end(), [&](const SortTarget& other) {
      return other.target == made.target;
    });
    if (repeated) continue;
    RequireCollationOf(*target.expression);
    FillSortKey(state, target.expression->type, sort, LocationOf(sort.node), made.key);
    order.push_back(std::move(made));
  }
  return order;
}

namespace {

ExprPtr BindCount(ExpressionBinder& binder, const ast::Node* node, Place place) {
  if (node == nullptr) return nullptr;
  const std::string_view name = PlaceName(place);
  ExprPtr count =
      CoerceToSpecific(binder.state(), binder.BindAt(*node, place), facts::kInt8Oid, name);
  if (binder.state().record != nullptr) {
    binder.state().record->expressions[node] = count->Clone();
  }
  for (const ColumnId id : expr::FreeColumns(*count)) {
    if (binder.state().OwnerOf(id) != &binder.level()) continue;
    throw SqlError(SqlState::kInvalidColumnReference,
                   fmt::format("argument of {} must not contain variables", name))
        .At(LocationOf(node));
  }
  return count;
}

}  // namespace

LogicalPtr AddLimit(BindState& state, QueryLevel& level, const PgQuery__SelectStmt& select,
                    LogicalPtr child) {
  if (select.limit_count == nullptr && select.limit_offset == nullptr) return child;
  ExpressionBinder binder(state, level);
  auto limit = std::make_unique<LogicalLimit>();
  limit->offset = BindCount(binder, select.limit_offset, Place::kOffset);
  limit->count = BindCount(binder, select.limit_count, Place::kLimit);
  limit->with_ties = select.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
  if (limit->with_ties && limit->count != nullptr && limit->count->kind == ExprKind::kConst &&
      static_cast<const expr::ConstExpr&>(*limit->count).value.is_null()) {
    throw SqlError(SqlState::kInvalidRowCountInLimitClause,
                   "row count cannot be null in FETCH FIRST ... WITH TIES clause");
  }
  // LIMIT NULL and LIMIT ALL are no limit.
  limit->children.push_back(std::move(child));
  return limit;
}

}  // namespace grizzly::planner
