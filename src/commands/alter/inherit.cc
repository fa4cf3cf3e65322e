#include "commands/alter/inherit.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "commands/relation_lookup.h"
#include "commands/table/inherit_columns.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::Constraint;
using catalog::Relation;
using catalog::RelationPtr;

[[noreturn]] void ThrowMismatch(std::string message) {
  throw SqlError(SqlState::kDatatypeMismatch, std::move(message));
}

void MergeColumn(const Column& of_parent, const Relation& parent, Relation* child) {
  const Column* there = child->FindColumn(of_parent.name);
  const std::string& name = of_parent.name;
  if (there == nullptr) ThrowMismatch(fmt::format("child table is missing column \"{}\"", name));
  if (there->type.oid != of_parent.type.oid || there->type.typmod != of_parent.type.typmod) {
    ThrowMismatch(fmt::format("child table \"{}\" has different type for column \"{}\"",
                              child->name, name));
  }
  if (there->type.collation != of_parent.type.collation) {
    throw SqlError(SqlState::kCollationMismatch,
                   fmt::format("child table \"{}\" has different collation for column \"{}\"",
                               child->name, name));
  }
  if (of_parent.not_null && !there->not_null) {
    ThrowMismatch(fmt::format("column \"{}\" in child table must be marked NOT NULL", name));
  }
  if (of_parent.generated != '\0' && there->generated == '\0') {
    ThrowMismatch(fmt::format("column \"{}\" in child table must be a generated column", name));
  }
  if (of_parent.generated != '\0' && there->default_value.sql != of_parent.default_value.sql) {
    ThrowMismatch(fmt::format("column \"{}\" in child table has a conflicting generation expression",
                              name));
  }
  Column& changed = child->columns[there->attnum - 1];
  ++changed.inherited_count;
  if (parent.IsPartitioned()) changed.is_local = false;
}

void MergeCheck(CommandInput& input, const Constraint& of_parent, const Relation& parent,
                Relation* child) {
  const auto there = std::find_if(
      child->constraints.begin(), child->constraints.end(), [&](const Constraint& other) {
        return other.kind == catalog::ConstraintKind::kCheck && other.name == of_parent.name;
      });
  if (there == child->constraints.end()) {
    ThrowMismatch(fmt::format("child table is missing constraint \"{}\"", of_parent.name));
  }
  const Constraint wanted = CheckForChild(of_parent, parent, *child);
  if (!SameCheck(input, *child, there->check, wanted.check)) {
    ThrowMismatch(fmt::format("child table \"{}\" has different definition for check constraint "
                              "\"{}\"",
                              child->name, of_parent.name));
  }
  const auto refuse = [&](std::string_view which) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("constraint \"{}\" conflicts with {} constraint on child table \"{}\"",
                               of_parent.name, which, child->name));
  };
  if (there->no_inherit) refuse("non-inherited");
  if (of_parent.validated && !there->validated) refuse("NOT VALID");
  ++there->inherited_count;
  if (parent.IsPartitioned()) there->is_local = false;
}

void RefuseCircle(CommandInput& input, const RelationPtr& child, const Relation& parent) {
  for (const RelationPtr& member : catalog::TreeOf(*input.editor.Current(), child)) {
    if (member->oid != parent.oid) continue;
    throw SqlError(SqlState::kDuplicateTable, "circular inheritance not allowed")
        .Detail(fmt::format("\"{}\" is already a child of \"{}\".", parent.name, child->name));
  }
}

void RequireParent(CommandInput& input, const Relation& parent, const Relation& child) {
  if (parent.kind != catalog::RelationKind::kTable && !parent.IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("ALTER action INHERIT cannot be performed on relation \"{}\"",
                               parent.name));
  }
  RequireOwner(input, parent);
  if (parent.persistence == 't' && child.persistence != 't') {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot inherit from temporary relation \"{}\"", parent.name));
  }
  if (parent.IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot inherit from partitioned table \"{}\"", parent.name));
  }
  if (parent.IsPartition()) {
    throw SqlError(SqlState::kWrongObjectType, "cannot inherit from a partition");
  }
}

void RefusePartition(const Relation& child) {
  if (child.IsPartition()) {
    throw SqlError(SqlState::kWrongObjectType, "cannot change inheritance of a partition");
  }
}

void RefuseTypedOrPartitioned(const Relation& child) {
  if (child.of_type != kInvalidOid) {
    throw SqlError(SqlState::kWrongObjectType, "cannot change inheritance of typed table");
  }
  RefusePartition(child);
  if (child.IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType, "cannot change inheritance of partitioned table");
  }
}

}  // namespace

void MergeIntoExisting(CommandInput& input, const Relation& parent, Relation* child) {
  for (const Column& column : parent.columns) {
    if (!column.dropped) MergeColumn(column, parent, child);
  }
  for (const Constraint& check : parent.constraints) {
    if (check.kind != catalog::ConstraintKind::kCheck || check.no_inherit) continue;
    MergeCheck(input, check, parent, child);
  }
}

void LeaveParent(const Relation& parent, Relation* child) {
  const auto leave = [](auto& inherited) {
    if (inherited.inherited_count == 0) return;
    if (--inherited.inherited_count == 0) inherited.is_local = true;
  };
  for (Column& column : child->columns) {
    if (!column.dropped && parent.FindColumn(column.name) != nullptr) leave(column);
  }
  for (Constraint& constraint : child->constraints) {
    if (constraint.kind != catalog::ConstraintKind::kCheck) continue;
    const bool of_parent = std::any_of(
        parent.constraints.begin(), parent.constraints.end(), [&](const Constraint& other) {
          return other.kind == constraint.kind && other.name == constraint.name;
        });
    if (of_parent) leave(constraint);
  }
  std::erase(child->inherits, parent.oid);
}

void AlterInherit(CommandInput& input, const RelationPtr& child, const PgQuery__RangeVar& name) {
  RefuseTypedOrPartitioned(*child);
  const RelationPtr parent =
      LockRelation(input, name, txn::RelationLockMode::kShareUpdateExclusive);
  RequireParent(input, *parent, *child);
  RefuseCircle(input, child, *parent);
  Relation changed = *Reread(input, child->oid);
  if (std::find(changed.inherits.begin(), changed.inherits.end(), parent->oid) !=
      changed.inherits.end()) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" would be inherited from more than once",
                               parent->name));
  }
  MergeIntoExisting(input, *parent, &changed);
  changed.inherits.push_back(parent->oid);
  input.editor.PutRelation(std::move(changed));
}

void AlterNoInherit(CommandInput& input, const RelationPtr& child, const PgQuery__RangeVar& name) {
  RefusePartition(*child);
  const RelationPtr parent = LockRelation(input, name, txn::RelationLockMode::kAccessShare);
  Relation changed = *Reread(input, child->oid);
  if (std::find(changed.inherits.begin(), changed.inherits.end(), parent->oid) ==
      changed.inherits.end()) {
    throw SqlError(SqlState::kUndefinedTable,
                   fmt::format("relation \"{}\" is not a parent of relation \"{}\"", parent->name,
                               changed.name));
  }
  LeaveParent(*parent, &changed);
  input.editor.PutRelation(std::move(changed));
}

}  // namespace grizzly::commands
