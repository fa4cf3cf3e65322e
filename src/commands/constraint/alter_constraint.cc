#include "commands/constraint/alter_constraint.h"

#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/constraint/foreign_key.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Relation;

size_t RequireConstraint(const Relation& table, std::string_view name) {
  for (size_t i = 0; i < table.constraints.size(); ++i) {
    if (table.constraints[i].name == name) return i;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("constraint \"{}\" of relation \"{}\" does not exist", name,
                             table.name));
}

[[noreturn]] void ThrowWrongKind(const Relation& table, std::string_view name,
                                 std::string_view wanted) {
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("constraint \"{}\" of relation \"{}\" is not a {} constraint", name,
                             table.name, wanted));
}

struct Place {
  catalog::RelationPtr table;
  const Constraint* constraint = nullptr;
};

Place FindByOid(CommandInput& input, Oid oid) {
  const catalog::RelationPtr table =
      catalog::OwningRelation(*input.editor.Current(), {catalog::kConstraintClass, oid, 0});
  for (const Constraint& constraint : table->constraints) {
    if (constraint.oid == oid) return {table, &constraint};
  }
  return {table, nullptr};
}

// What a partition has of its table's is altered there.
void RefusePart(CommandInput& input, const Relation& table, const Constraint& constraint) {
  if (constraint.parent == kInvalidOid) return;
  Place whole = FindByOid(input, constraint.parent);
  while (whole.constraint->parent != kInvalidOid) whole = FindByOid(input, whole.constraint->parent);
  throw SqlError(SqlState::kInternalError,
                 fmt::format("cannot alter constraint \"{}\" on relation \"{}\"", constraint.name,
                             table.name))
      .Detail(fmt::format("Constraint \"{}\" is derived from constraint \"{}\" of relation \"{}\".",
                          constraint.name, whole.constraint->name, whole.table->name))
      .Hint("You may alter the constraint it derives from, instead.");
}

// Of the constraint and its parts.
void SetTiming(CommandInput& input, Oid table, Oid oid, const PgQuery__Constraint& change) {
  LockRelationByOid(input, table, txn::RelationLockMode::kShareRowExclusive);
  Relation changed = *Reread(input, table);
  for (Constraint& constraint : changed.constraints) {
    if (constraint.oid != oid) continue;
    constraint.deferrable = change.deferrable;
    constraint.initially_deferred = change.initdeferred;
  }
  input.editor.PutRelation(std::move(changed));
  for (const Oid part : catalog::PartsOfConstraint(*input.editor.Current(), oid)) {
    SetTiming(input, FindByOid(input, part).table->oid, part, change);
  }
}

}  // namespace

void AlterConstraint(CommandInput& input, const Relation& table,
                     const PgQuery__Constraint& change) {
  const std::string_view name = TextOf(change.conname);
  const size_t place = RequireConstraint(table, name);
  if (table.constraints[place].kind != ConstraintKind::kForeignKey) {
    ThrowWrongKind(table, name, "foreign key");
  }
  RefusePart(input, table, table.constraints[place]);
  LockRelationByOid(input, table.constraints[place].foreign_relation,
                    txn::RelationLockMode::kAccessExclusive);
  SetTiming(input, table.oid, table.constraints[place].oid, change);
}

namespace {

void ValidateCheck(CommandInput& input, const catalog::RelationPtr& table, size_t place) {
  const Constraint& constraint = table->constraints[place];
  if (constraint.validated) return;
  const expr::ExprPtr condition = OverRow(
      BindStored(input, constraint.check, table.get(), planner::ExpressionPlace::kCheck));
  CheckStoredRows(input, *table, {}, constraint.name, condition.get());
  Relation changed = *table;
  changed.constraints[place].validated = true;
  input.editor.PutRelation(std::move(changed));
}

// Those of the descendants that have it, too.
void ValidateChecksBelow(CommandInput& input, const Relation& table, const Constraint& constraint,
                         Reach reach) {
  if (constraint.no_inherit) return;
  if (reach == Reach::kOnly) {
    if (LockChildren(input, table.oid).empty()) return;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "constraint must be validated on child tables too");
  }
  for (const Oid descendant : LockDescendants(input, table, reach)) {
    const catalog::RelationPtr child = Reread(input, descendant);
    ValidateCheck(input, child, RequireConstraint(*child, constraint.name));
  }
}

}  // namespace

void ValidateConstraint(CommandInput& input, const catalog::RelationPtr& table,
                        std::string_view name, Reach reach) {
  const size_t place = RequireConstraint(*table, name);
  const Constraint& constraint = table->constraints[place];
  if (constraint.kind != ConstraintKind::kForeignKey &&
      constraint.kind != ConstraintKind::kCheck) {
    ThrowWrongKind(*table, name, "foreign key or check");
  }
  if (constraint.validated) return;
  if (constraint.kind == ConstraintKind::kCheck) {
    ValidateChecksBelow(input, *table, constraint, reach);
    return ValidateCheck(input, table, place);
  }
  LockRelationByOid(input, constraint.foreign_relation, txn::RelationLockMode::kRowShare);
  CheckForeignKeyRows(input, table, constraint);
  Relation changed = *table;
  changed.constraints[place].validated = true;
  input.editor.PutRelation(std::move(changed));
}

}  // namespace grizzly::commands
