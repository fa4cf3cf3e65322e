#include "commands/partition/partitions.h"

#include <algorithm>

#include "catalog/error_fields.h"
#include "catalog/inheritance.h"
#include "catalog/partition_text.h"
#include "commands/alter/inherit.h"
#include "commands/constraint/partition_keys.h"
#include "commands/evaluation.h"
#include "commands/partition/partition_clauses.h"
#include "commands/partition/partition_indexes.h"
#include "commands/relation_lookup.h"
#include "commands/table/create_table.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::PartitionBound;
using catalog::Relation;
using catalog::RelationPtr;

// Throws 23514 with the message when some row of the table's tree does not meet the condition.
void CheckRows(CommandInput& input, const RelationPtr& root, const catalog::Definition& condition,
               const std::string& message) {
  if (condition.empty()) return;
  for (const RelationPtr& member : catalog::TreeOf(*input.editor.Current(), root)) {
    if (!member->HasRows()) continue;
    const expr::ExprPtr check = OverRow(
        BindStored(input, condition, member.get(), planner::ExpressionPlace::kCheck));
    try {
      CheckStoredRows(input, *member, {}, "partition", check.get());
    } catch (const SqlError& error) {
      if (error.state() != SqlState::kCheckViolation) throw;
      throw catalog::OfTable(
          SqlError(SqlState::kCheckViolation, fmt::format(fmt::runtime(message), member->name)),
          *input.editor.Current(), *member);
    }
  }
}

RelationPtr DefaultPartition(CommandInput& input, const Relation& parent) {
  for (const RelationPtr& child : catalog::ChildrenOf(*input.editor.Current(), parent.oid)) {
    if (child->IsPartition() && child->partition_bound->is_default) return child;
  }
  return nullptr;
}

// Rows that wait in the default partition are not moved: there must be none for the new one.
void CheckDefaultPartition(CommandInput& input, const Relation& parent,
                           const PartitionBound& bound) {
  if (bound.is_default) return;
  RelationPtr found = DefaultPartition(input, parent);
  if (found == nullptr) return;
  LockRelationByOid(input, found->oid, txn::RelationLockMode::kAccessExclusive);
  found = Reread(input, found->oid);
  catalog::Definition condition =
      catalog::BoundConstraint(*input.editor.Current(), parent, bound);
  condition.sql = fmt::format("NOT {}", condition.sql);
  CheckRows(input, found, condition,
            "updated partition constraint for default partition \"{}\" would be violated by some "
            "row");
}

[[noreturn]] void ThrowKind(std::string message) {
  throw SqlError(SqlState::kWrongObjectType, std::move(message));
}

void RequireAttachable(CommandInput& input, const Relation& parent, const RelationPtr& table) {
  if (table->kind != catalog::RelationKind::kTable && !table->IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("ALTER action ATTACH PARTITION cannot be performed on relation "
                               "\"{}\"",
                               table->name))
        .Detail(NotSupportedDetail(table->kind));
  }
  RequireOwner(input, *table);
  if (table->IsPartition()) ThrowKind(fmt::format("\"{}\" is already a partition", table->name));
  if (table->of_type != kInvalidOid) ThrowKind("cannot attach a typed table as partition");
  if (!table->inherits.empty()) ThrowKind("cannot attach inheritance child as partition");
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  if (!table->IsPartitioned() && catalog::HasChildren(*snapshot, table->oid)) {
    ThrowKind("cannot attach inheritance parent as partition");
  }
  for (const RelationPtr& member : catalog::TreeOf(*snapshot, table)) {
    if (member->oid != parent.oid) continue;
    throw SqlError(SqlState::kDuplicateTable, "circular inheritance not allowed")
        .Detail(fmt::format("\"{}\" is already a child of \"{}\".", parent.name, table->name));
  }
  if (parent.persistence != 't' && table->persistence == 't') {
    ThrowKind(fmt::format("cannot attach a temporary relation as partition of permanent relation "
                          "\"{}\"",
                          parent.name));
  }
  if (parent.persistence == 't' && table->persistence != 't') {
    ThrowKind(fmt::format("cannot attach a permanent relation as partition of temporary relation "
                          "\"{}\"",
                          parent.name));
  }
  for (const catalog::Column& column : table->columns) {
    if (column.dropped || parent.FindColumn(column.name) != nullptr) continue;
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("table \"{}\" contains column \"{}\" not found in parent \"{}\"",
                               table->name, column.name, parent.name))
        .Detail("The new partition may contain only the columns present in parent.");
  }
}

void RequirePartitioned(const Relation& table) {
  if (table.IsPartitioned()) return;
  throw SqlError(SqlState::kInvalidObjectDefinition,
                 fmt::format("table \"{}\" is not partitioned", table.name));
}

}  // namespace

RelationPtr LockPartitioned(CommandInput& input, const PgQuery__RangeVar& name, char persistence) {
  const RelationPtr parent =
      LockRelation(input, name, txn::RelationLockMode::kShareUpdateExclusive);
  if (!parent->IsPartitioned()) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("\"{}\" is not partitioned", parent->name));
  }
  RequireOwner(input, *parent);
  if (persistence != 't' && parent->persistence == 't') {
    ThrowKind(fmt::format("cannot create a permanent relation as partition of temporary relation "
                          "\"{}\"",
                          parent->name));
  }
  if (persistence == 't' && parent->persistence != 't') {
    ThrowKind(fmt::format("cannot create a temporary relation as partition of permanent relation "
                          "\"{}\"",
                          parent->name));
  }
  return parent;
}

PartitionBound CheckedBound(CommandInput& input, const Relation& parent, const std::string& name,
                            const PgQuery__PartitionBoundSpec& spec) {
  std::vector<int> locations;
  PartitionBound bound = ReadPartitionBound(input, parent, spec, &locations);
  CheckNewBound(input, parent, name, bound, locations);
  CheckDefaultPartition(input, parent, bound);
  return bound;
}

void AttachPartition(CommandInput& input, const RelationPtr& parent,
                     const PgQuery__PartitionCmd& command) {
  RequirePartitioned(*parent);
  const RelationPtr table =
      LockRelation(input, *command.name, txn::RelationLockMode::kAccessExclusive);
  RequireAttachable(input, *parent, table);
  for (const RelationPtr& member : catalog::TreeOf(*input.editor.Current(), table)) {
    LockRelationByOid(input, member->oid, txn::RelationLockMode::kAccessExclusive);
  }
  std::vector<int> locations;
  PartitionBound bound = ReadPartitionBound(input, *parent, *command.bound, &locations);
  CheckNewBound(input, *parent, table->name, bound, locations);
  Relation attached = *Reread(input, table->oid);
  MergeIntoExisting(input, *parent, &attached);
  attached.inherits = {parent->oid};
  attached.partition_bound = bound;
  const RelationPtr after = input.editor.PutRelation(std::move(attached));
  CheckRows(input, after, catalog::PartitionConstraint(*input.editor.Current(), *after),
            "partition constraint of relation \"{}\" is violated by some row");
  CheckDefaultPartition(input, *parent, bound);
  AddParentIndexes(input, *parent, table->oid);
  AddParentForeignKeys(input, *parent, table->oid, /*is_new_table=*/false);
}

namespace {

// DETACH CONCURRENTLY leaves the partition's bounds as a check: statements that still take it for a
// partition rely on them.
void KeepBoundsAsCheck(CommandInput& input, const Relation& table, const catalog::Definition& bounds) {
  const auto says_so = [&](const catalog::Constraint& other) { return other.check.sql == bounds.sql; };
  if (bounds.empty() || std::any_of(table.constraints.begin(), table.constraints.end(), says_so)) return;
  CheckElement element;
  element.definition = bounds;
  const catalog::Constraint check = MakeCheck(input, table, element, /*is_new_table=*/true);
  Relation changed = table;
  changed.constraints.push_back(check);
  AddCheckDependencies(input, *input.editor.PutRelation(std::move(changed)), check);
}

}  // namespace

void DetachPartition(CommandInput& input, const RelationPtr& parent,
                     const PgQuery__PartitionCmd& command) {
  RequirePartitioned(*parent);
  if (command.concurrent) {
    RefuseInTransactionBlock(input, "ALTER TABLE ... DETACH CONCURRENTLY");
    if (DefaultPartition(input, *parent) != nullptr) {
      throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                     "cannot detach partitions concurrently when a default partition exists");
    }
  }
  const RelationPtr table =
      LockRelation(input, *command.name, txn::RelationLockMode::kAccessExclusive);
  if (!table->IsPartition() || table->inherits.front() != parent->oid) {
    throw SqlError(SqlState::kUndefinedTable,
                   fmt::format("relation \"{}\" is not a partition of relation \"{}\"", table->name,
                               parent->name));
  }
  // Whoever relies on the default partition's condition waits: it takes these rows from now on.
  if (const RelationPtr other = DefaultPartition(input, *parent); other != nullptr) {
    LockRelationByOid(input, other->oid, txn::RelationLockMode::kAccessExclusive);
  }
  const catalog::Definition bounds = catalog::PartitionConstraint(*input.editor.Current(), *table);
  RequireUnreferenced(input, *table);
  DetachIndexes(input, table->oid);
  Relation detached = *Reread(input, table->oid);
  LeaveParent(*parent, &detached);
  detached.partition_bound.reset();
  input.editor.PutRelation(std::move(detached));
  DetachForeignKeys(input, table->oid);
  // What says which rows a hash partition has names its parent, which may go.
  const bool may_stand_alone = parent->partition_key->strategy != 'h';
  if (command.concurrent && may_stand_alone) KeepBoundsAsCheck(input, *Reread(input, table->oid), bounds);
}

}  // namespace grizzly::commands
