// JOIN: conditions, USING and NATURAL with their merged columns, aliases of joins.
#include <fmt/format.h>

#include <span>

#include "planner/binder/from_binder.h"
#include "planner/binder/query_record.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::ExprKind;

namespace {

JoinType JoinTypeOf(PgQuery__JoinType type) {
  switch (type) {
    case PG_QUERY__JOIN_TYPE__JOIN_LEFT: return JoinType::kLeft;
    case PG_QUERY__JOIN_TYPE__JOIN_RIGHT: return JoinType::kRight;
    case PG_QUERY__JOIN_TYPE__JOIN_FULL: return JoinType::kFull;
    default: return JoinType::kInner;
  }
}

int PositionInSide(const RangeItem& row, std::string_view name, std::string_view side) {
  int found = -1;
  for (size_t i = 0; i < row.columns.size(); ++i) {
    if (row.columns[i].nameless || row.columns[i].name != name) continue;
    if (found >= 0) {
      throw SqlError(SqlState::kAmbiguousColumn,
                     fmt::format("common column name \"{}\" appears more than once in {} table", name,
                                 side));
    }
    found = static_cast<int>(i);
  }
  if (found < 0) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" specified in USING clause does not exist in {} table",
                               name, side));
  }
  return found;
}

std::vector<std::string> CommonNames(const PgQuery__JoinExpr& node, const RangeItem& left,
                                     const RangeItem& right) {
  std::vector<std::string> names;
  if (!node.is_natural) {
    for (size_t i = 0; i < node.n_using_clause; ++i) {
      const std::string name(StringOf(node.using_clause[i]));
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        throw SqlError(SqlState::kDuplicateColumn,
                       fmt::format("column name \"{}\" appears more than once in USING clause",
                                   name));
      }
      names.push_back(name);
    }
    return names;
  }
  for (const ScopeColumn& column : left.columns) {
    for (const ScopeColumn& other : right.columns) {
      if (!column.nameless && !other.nameless && column.name == other.name) {
        names.push_back(column.name);
        break;
      }
    }
  }
  return names;
}

// From now on the items of a side that the join may not find have rows of NULLs.
void NoteNulled(std::span<const NamespaceEntry> side, LogicalJoin& join, size_t number) {
  const JoinType nulls_side = number == 0 ? JoinType::kRight : JoinType::kLeft;
  if (join.type != JoinType::kFull && join.type != nulls_side) return;
  for (const NamespaceEntry& entry : side) {
    if (entry.item->nulled_by != nullptr) continue;
    entry.item->nulled_by = &join;
    entry.item->nulled_side = number;
  }
}

ScopeColumn CopyColumn(const ScopeColumn& column) {
  return {column.name, column.id,
          column.expression == nullptr ? nullptr : column.expression->Clone(), column.nameless};
}

}  // namespace

FromBinder::Item FromBinder::BindJoin(const PgQuery__JoinExpr& node) {
  Item left = Bind(*node.larg);
  const JoinType type = JoinTypeOf(node.jointype);
  // The right side may be LATERAL and then sees the left one.
  const size_t before = level_.names.size();
  for (NamespaceEntry entry : left.names) {
    entry.lateral_only = true;
    entry.lateral_ok = type == JoinType::kInner || type == JoinType::kLeft;
    level_.names.push_back(entry);
  }
  Item right = Bind(*node.rarg);
  level_.names.resize(before);
  CheckConflicts(left.names, right.names);

  auto join = std::make_unique<LogicalJoin>();
  join->type = type;
  join->lateral = DependsOn(*right.plan, *left.plan);
  RangeItem row;
  row.is_join = true;
  const size_t left_count = left.names.size();
  BindUsing(node, left, right, *join, row);
  if (node.quals != nullptr) {
    // ON sees only its own two sides (and outer queries).
    Namespace siblings = std::move(level_.names);
    level_.names = left.names;
    level_.names.insert(level_.names.end(), right.names.begin(), right.names.end());
    ExpressionBinder binder(state_, level_);
    std::vector<ExprPtr> conditions = binder.BindCondition(node.quals, Place::kJoinOn);
    for (ExprPtr& condition : conditions) join->conditions.push_back(std::move(condition));
    level_.names = std::move(siblings);
  }
  join->children.push_back(std::move(left.plan));
  join->children.push_back(std::move(right.plan));
  NoteNulled(std::span(left.names).first(left_count), *join, 0);
  NoteNulled(right.names, *join, 1);

  Item made;
  made.plan = std::move(join);
  if (node.alias != nullptr) row.alias = node.alias->aliasname;
  made.row = level_.AddItem(std::move(row));
  if (node.alias != nullptr) {
    RenameColumns(*made.row, node.alias, "join expression");
    made.names.push_back({made.row});
    return made;
  }
  for (const Namespace& side : {left.names, right.names}) {
    for (NamespaceEntry entry : side) {
      entry.by_column = false;
      if (entry.by_name) made.names.push_back(entry);
    }
  }
  made.names.push_back({made.row, /*by_name=*/false, /*by_column=*/true});
  return made;
}

// Merged columns first, then the rest of the left and of the right side.
void FromBinder::BindUsing(const PgQuery__JoinExpr& node, Item& left, Item& right,
                           LogicalJoin& join, RangeItem& row) {
  const std::vector<std::string> names = CommonNames(node, *left.row, *right.row);
  if (state_.record != nullptr) state_.record->merged_columns[&node] = names;
  for (const std::string& name : names) MergeColumn(node, name, left, right, join, row);
  for (const RangeItem* side : {left.row, right.row}) {
    for (const ScopeColumn& column : side->columns) {
      const bool may_be_merged = !column.nameless;
      if (may_be_merged && std::find(names.begin(), names.end(), column.name) != names.end()) {
        continue;
      }
      row.columns.push_back(CopyColumn(column));
    }
  }
  if (node.join_using_alias == nullptr) return;
  RangeItem merged;
  merged.is_join = true;
  merged.alias = node.join_using_alias->aliasname;
  for (size_t i = 0; i < names.size(); ++i) merged.columns.push_back(CopyColumn(row.columns[i]));
  const NamespaceEntry entry{level_.AddItem(std::move(merged)), /*by_name=*/true,
                             /*by_column=*/false};
  CheckConflicts({entry}, left.names);
  CheckConflicts({entry}, right.names);
  left.names.push_back(entry);
}

void FromBinder::MergeColumn(const PgQuery__JoinExpr& node, std::string_view name, Item& left,
                             Item& right, LogicalJoin& join, RangeItem& row) {
  const int at_left = PositionInSide(*left.row, name, "left");
  const int at_right = PositionInSide(*right.row, name, "right");
  (void)node;
  std::vector<ExprPtr> sides;
  sides.push_back(MentionColumn(state_, *left.row, at_left, -1));
  sides.push_back(MentionColumn(state_, *right.row, at_right, -1));
  ExpressionBinder binder(state_, level_);
  join.conditions.push_back(binder.MakeOperator("=", sides[0]->Clone(), sides[1]->Clone(), -1));

  const Oid common = SelectCommonType(state_, sides, "JOIN/USING");
  const bool same_left = sides[0]->type.oid == common;
  const bool same_right = sides[1]->type.oid == common;
  ScopeColumn merged;
  merged.name = name;
  if (join.type == JoinType::kFull) {
    auto either = std::make_unique<expr::ListExpr>(ExprKind::kCoalesce, state_.types().Make(common));
    for (ExprPtr& side : sides) {
      either->children.push_back(CoerceToCommon(state_, std::move(side), common, "JOIN/USING"));
    }
    merged.expression = std::move(either);
  } else {
    const bool take_right =
        join.type == JoinType::kRight || (join.type == JoinType::kInner && !same_left && same_right);
    const RangeItem& side = take_right ? *right.row : *left.row;
    const ScopeColumn& column = side.columns[take_right ? at_right : at_left];
    merged.id = column.id;
    if (column.expression != nullptr || !(take_right ? same_right : same_left)) {
      merged.expression =
          CoerceToCommon(state_, std::move(sides[take_right ? 1 : 0]), common, "JOIN/USING");
    }
  }
  row.columns.push_back(std::move(merged));
}

}  // namespace grizzly::planner
