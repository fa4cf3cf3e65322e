#include "commands/constraint/alter_constraint.h"

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

}  // namespace

void AlterConstraint(CommandInput& input, const Relation& table,
                     const PgQuery__Constraint& change) {
  const std::string_view name = TextOf(change.conname);
  const size_t place = RequireConstraint(table, name);
  if (table.constraints[place].kind != ConstraintKind::kForeignKey) {
    ThrowWrongKind(table, name, "foreign key");
  }
  LockRelationByOid(input, table.constraints[place].foreign_relation,
                    txn::RelationLockMode::kAccessExclusive);
  Relation changed = table;
  changed.constraints[place].deferrable = change.deferrable;
  changed.constraints[place].initially_deferred = change.initdeferred;
  input.editor.PutRelation(std::move(changed));
}

void ValidateConstraint(CommandInput& input, const catalog::RelationPtr& table,
                        std::string_view name) {
  const size_t place = RequireConstraint(*table, name);
  const Constraint& constraint = table->constraints[place];
  if (constraint.kind != ConstraintKind::kForeignKey &&
      constraint.kind != ConstraintKind::kCheck) {
    ThrowWrongKind(*table, name, "foreign key or check");
  }
  if (constraint.validated) return;
  if (constraint.kind == ConstraintKind::kForeignKey) {
    LockRelationByOid(input, constraint.foreign_relation, txn::RelationLockMode::kRowShare);
    CheckForeignKeyRows(input, table, constraint);
  } else {
    const expr::ExprPtr condition = OverRow(
        BindStored(input, constraint.check, table.get(), planner::ExpressionPlace::kCheck));
    CheckStoredRows(input, *table, {}, constraint.name, condition.get());
  }
  Relation changed = *table;
  changed.constraints[place].validated = true;
  input.editor.PutRelation(std::move(changed));
}

}  // namespace grizzly::commands
