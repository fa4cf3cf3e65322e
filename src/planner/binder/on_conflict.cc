#include "planner/binder/on_conflict.h"

#include <fmt/format.h>

#include <set>

#include "catalog/error_fields.h"
#include "facts/access_methods.h"
#include "planner/binder/assignment.h"
#include "planner/binder/bind_type_name.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

namespace {

std::vector<ColumnId> NewRow(BindState& state, QueryLevel& level,
                             const catalog::Relation& relation) {
  std::vector<ColumnId> ids;
  for (const catalog::Column& column : relation.columns) {
    ids.push_back(column.dropped ? expr::kNoColumn
                                 : state.AddColumn({column.name, column.type, relation.oid,
                                                    column.attnum},
                                                   &level));
  }
  return ids;
}

// What the conflict target says, to be found again in a unique index.
struct Inference {
  std::set<AttributeNumber> columns;
  std::vector<ExprPtr> expressions;
  // Of an element that names a collation or an operator class: some key part must have both.
  struct Detail {
    AttributeNumber column = 0;        // 0: an expression
    size_t expression = 0;
    Oid collation = kInvalidOid;       // 0: any
    const facts::OpclassFact* opclass = nullptr;
  };
  std::vector<Detail> details;
  std::vector<ExprPtr> predicate;
};

class ArbiterFinder {
 public:
  ArbiterFinder(BindState& state, const ChangeTarget& target, const std::vector<ColumnId>& row,
                bool updates)
      : state_(state), target_(target), relation_(*target.table()), row_(row), updates_(updates) {}

  std::vector<Oid> Find(const PgQuery__InferClause& clause) {
    if (*clause.conname != '\0') return {FindConstraint(clause)};
    Read(clause);
    std::vector<Oid> found;
    std::string deferrable;  // the one that matches
    for (const Oid oid : relation_.indexes) {
      const catalog::RelationPtr index = state_.catalog().FindRelation(oid);
      if (index == nullptr || !index->index || !index->index->unique || !index->index->valid) {
        continue;
      }
      if (!Matches(*index->index)) continue;
      if (!index->index->immediate) {
        deferrable = index->name;
        continue;
      }
      found.push_back(oid);
    }
    if (!found.empty()) return found;
    if (!deferrable.empty()) ThrowDeferrable(deferrable);
    throw SqlError(SqlState::kInvalidColumnReference,
                   "there is no unique or exclusion constraint matching the ON CONFLICT "
                   "specification");
  }

 private:
  [[noreturn]] void ThrowDeferrable(const std::string& constraint) const {
    throw catalog::OfConstraint(
        SqlError(SqlState::kObjectNotInPrerequisiteState,
                 "ON CONFLICT does not support deferrable unique constraints/exclusion "
                 "constraints as arbiters"),
        state_.catalog(), relation_, constraint);
  }

  Oid FindConstraint(const PgQuery__InferClause& clause) {
    for (const catalog::Constraint& constraint : relation_.constraints) {
      if (constraint.name != clause.conname) continue;
      if (constraint.index == kInvalidOid ||
          constraint.kind == catalog::ConstraintKind::kForeignKey) {
        throw SqlError(SqlState::kWrongObjectType,
                       "constraint in ON CONFLICT clause has no associated index");
      }
      if (updates_ && constraint.kind == catalog::ConstraintKind::kExclusion) {
        throw SqlError(SqlState::kWrongObjectType,
                       "ON CONFLICT DO UPDATE not supported with exclusion constraints");
      }
      if (constraint.deferrable) {
        ThrowDeferrable(constraint.name);
      }
      return constraint.index;
    }
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("constraint \"{}\" for table \"{}\" does not exist", clause.conname,
                               relation_.name));
  }

  void Read(const PgQuery__InferClause& clause) {
    for (size_t i = 0; i < clause.n_index_elems; ++i) {
      const PgQuery__IndexElem& element = *clause.index_elems[i]->index_elem;
      Inference::Detail detail = DetailOf(element, clause.location);
      const bool has_detail = detail.collation != kInvalidOid || detail.opclass != nullptr;
      if (element.expr != nullptr) {
        inference_.expressions.push_back(BindOver(*element.expr, Place::kIndexExpression));
        detail.expression = inference_.expressions.size() - 1;
        if (has_detail) inference_.details.push_back(detail);
        continue;
      }
      const catalog::Column* column =
          target_.is_view() ? &target_.RequireColumn(element.name, clause.location)
                            : relation_.FindColumn(element.name);
      if (column == nullptr) {
        throw SqlError(SqlState::kUndefinedColumn,
                       fmt::format("column \"{}\" does not exist", element.name))
            .At(clause.location);
      }
      inference_.columns.insert(column->attnum);
      detail.column = column->attnum;
      if (has_detail) inference_.details.push_back(detail);
    }
    if (clause.where_clause != nullptr) {
      inference_.predicate = Conjuncts(BindOver(*clause.where_clause, Place::kIndexPredicate));
    }
  }

  // An expression of the clause: over the columns of what the statement names.
  ExprPtr BindOver(const ast::Node& node, Place place) {
    if (!target_.is_view()) return BindOverTable(state_, node, &relation_, row_, place);
    QueryLevel& level = NewLevel(state_, nullptr);
    level.names.push_back({level.AddItem(target_.Over(target_.named()->name, row_).item)});
    ExpressionBinder binder(state_, level);
    ExprPtr bound = binder.BindAt(node, place);
    return place == Place::kIndexPredicate ? CoerceToBoolean(state_, std::move(bound), "WHERE")
                                           : ResolveUnknown(state_, std::move(bound));
  }

  Inference::Detail DetailOf(const PgQuery__IndexElem& element, int location) {
    Inference::Detail detail;
    if (element.n_collation > 0) {
      detail.collation = ResolveCollation(
          state_, NamesOf(element.collation, element.n_collation), location);
    }
    if (element.n_opclass > 0) {
      const std::string name = Dotted(NamesOf(element.opclass, element.n_opclass));
      detail.opclass = facts::FindOpclassByName(
          facts::kBtreeMethodOid, NamesOf(element.opclass, element.n_opclass).back());
      if (detail.opclass == nullptr) {
        throw SqlError(SqlState::kUndefinedObject,
                       fmt::format("operator class \"{}\" does not exist for access method "
                                   "\"btree\"",
                                   name));
      }
    }
    return detail;
  }

  bool PartFits(const catalog::IndexDefinition::Part& part, const Inference::Detail& detail) {
    if (detail.collation != kInvalidOid && detail.collation != part.collation) return false;
    if (detail.opclass != nullptr) {
      const facts::OpclassFact* own = facts::FindOpclass(part.opclass);
      if (own == nullptr || own->opcfamily != detail.opclass->opcfamily ||
          own->opcintype != detail.opclass->opcintype) {
        return false;
      }
    }
    if (detail.column != 0) return part.column == detail.column;
    return part.column == 0 &&
           expr::Equals(*BindOverTable(state_, part.expression, &relation_, row_,
                                       Place::kIndexExpression),
                        *inference_.expressions[detail.expression]);
  }

  static std::vector<ExprPtr> Conjuncts(ExprPtr condition) {
    std::vector<ExprPtr> list;
    auto* bool_list = condition->kind == expr::ExprKind::kBool
                          ? static_cast<expr::ListExpr*>(condition.get())
                          : nullptr;
    if (bool_list != nullptr &&
        bool_list->choice == static_cast<uint8_t>(expr::BoolOperation::kAnd)) {
      return std::move(bool_list->children);
    }
    list.push_back(std::move(condition));
    return list;
  }

  static bool Contains(const std::vector<ExprPtr>& list, const expr::Expr& wanted) {
    return std::any_of(list.begin(), list.end(),
                       [&](const ExprPtr& each) { return expr::Equals(*each, wanted); });
  }

  bool Matches(const catalog::IndexDefinition& index) {
    std::set<AttributeNumber> columns;
    std::vector<ExprPtr> expressions;
    for (const catalog::IndexDefinition::Part& part : index.parts) {
      if (part.column != 0) {
        columns.insert(part.column);
      } else {
        expressions.push_back(
            BindOverTable(state_, part.expression, &relation_, row_, Place::kIndexExpression));
      }
    }
    if (columns != inference_.columns || expressions.size() != inference_.expressions.size()) {
      return false;
    }
    for (const ExprPtr& expression : expressions) {
      if (!Contains(inference_.expressions, *expression)) return false;
    }
    for (const Inference::Detail& detail : inference_.details) {
      const bool fits = std::any_of(index.parts.begin(), index.parts.end(),
                                    [&](const auto& part) { return PartFits(part, detail); });
      if (!fits) return false;
    }
    if (index.predicate.empty()) return true;
    // A partial index is meant when the clause says at least what its predicate says.
    for (const ExprPtr& needed : Conjuncts(BindOverTable(state_, index.predicate, &relation_, row_,
                                                         Place::kIndexPredicate))) {
      if (!Contains(inference_.predicate, *needed)) return false;
    }
    return true;
  }

  BindState& state_;
  const ChangeTarget& target_;
  const catalog::Relation& relation_;
  const std::vector<ColumnId>& row_;
  const bool updates_;
  Inference inference_;
};

}  // namespace

OnConflict BindOnConflict(BindState& state, QueryLevel& statement,
                          const PgQuery__OnConflictClause& clause,
                          const ChangeTarget& target, std::string_view alias, bool updates) {
  // The conflict target must match stored definitions: its constants stay constants.
  ++state.keep_constants;
  QueryLevel& level = NewLevel(state, nullptr);
  OnConflict conflict;
  conflict.do_nothing = !updates;
  conflict.existing = NewRow(state, level, *target.table());
  conflict.excluded = NewRow(state, level, *target.table());
  if (clause.infer != nullptr) {
    conflict.arbiters =
        ArbiterFinder(state, target, conflict.existing, updates).Find(*clause.infer);
  } else if (updates) {
    throw SqlError(SqlState::kSyntaxError,
                   "ON CONFLICT DO UPDATE requires inference specification or constraint name")
        .Hint("For example, ON CONFLICT (column_name).")
        .At(clause.location);
  }
  --state.keep_constants;
  if (!updates) return conflict;
  level.names.push_back({level.AddItem(target.Over(alias, conflict.existing).item)});
  level.names.push_back({level.AddItem(target.Over("excluded", conflict.excluded).item),
                         /*by_name=*/true, /*by_column=*/false});
  level.ctes.swap(statement.ctes);
  ExpressionBinder binder(state, level);
  conflict.assignments = BindAssignments(
      binder, *target.face(), conflict.existing,
      target.Renamed(clause.target_list, clause.n_target_list).data(), clause.n_target_list);
  if (clause.where_clause != nullptr) {
    conflict.where = MakeBoolOperation(expr::BoolOperation::kAnd,
                                       binder.BindCondition(clause.where_clause, Place::kWhere));
  }
  level.ctes.swap(statement.ctes);
  return conflict;
}

}  // namespace grizzly::planner
