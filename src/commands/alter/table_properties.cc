#include "commands/alter/table_properties.h"

#include "catalog/error_fields.h"
#include "commands/alter/alter_table.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/role/roles.h"
#include "commands/sequence/owned_sequences.h"
#include "commands/view/create_view.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationPtr;

ParameterOwner OwnerOf(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kView: return ParameterOwner::kView;
    case RelationKind::kMaterializedView: return ParameterOwner::kMaterializedView;
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex: return ParameterOwner::kIndex;
    default: return ParameterOwner::kTable;
  }
}

RelationPtr RequireIndexOf(CommandInput& input, const Relation& table, std::string_view name) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const Oid oid : table.indexes) {
    RelationPtr index = snapshot->FindRelation(oid);
    if (index != nullptr && index->name == name) return index;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("index \"{}\" for table \"{}\" does not exist", name, table.name));
}

bool RefersTo(const Relation& referrer, Oid table) {
  return std::any_of(referrer.constraints.begin(), referrer.constraints.end(),
                     [table](const catalog::Constraint& constraint) {
                       return constraint.kind == catalog::ConstraintKind::kForeignKey &&
                              constraint.foreign_relation == table;
                     });
}

// A permanent table refers to permanent ones only.
void RefuseMixedReferences(CommandInput& input, const Relation& table, char persistence) {
  input.editor.Current()->ForEachRelation([&](const RelationPtr& other) {
    if (other->oid == table.oid || other->persistence == persistence) return;
    if (persistence == 'p' ? !RefersTo(table, other->oid) : !RefersTo(*other, table.oid)) return;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("could not change table \"{}\" to {} because it references {} table \"{}\"",
                               table.name, persistence == 'p' ? "logged" : "unlogged",
                               persistence == 'p' ? "unlogged" : "logged", other->name));
  });
}

void SetPersistence(CommandInput& input, const Relation& table, char persistence) {
  if (table.persistence == 't') {
    throw catalog::OfTable(
        SqlError(SqlState::kInvalidTableDefinition,
                 fmt::format("cannot change logged status of table \"{}\" because it is temporary",
                             table.name)),
        *input.editor.Current(), table);
  }
  RefuseMixedReferences(input, table, persistence);
  const auto set = [&](Oid oid) {
    Relation changed = *Reread(input, oid);
    changed.persistence = persistence;
    input.editor.PutRelation(std::move(changed));
  };
  set(table.oid);
  for (const Oid index : table.indexes) set(index);
  for (const Oid sequence : OwnedSequences(input, table)) set(sequence);
}

// What an index must be to tell rows apart for logical decoding.
void RequireIdentifying(const Relation& table, const Relation& index) {
  const catalog::IndexDefinition& definition = *index.index;
  const auto refuse = [&](SqlState state, std::string_view kind) {
    throw SqlError(state, fmt::format("cannot use {} index \"{}\" as replica identity", kind,
                                      index.name));
  };
  if (!definition.unique) refuse(SqlState::kWrongObjectType, "non-unique");
  if (!definition.immediate) refuse(SqlState::kWrongObjectType, "non-immediate");
  for (const auto& part : definition.parts) {
    if (part.column == 0) refuse(SqlState::kFeatureNotSupported, "expression");
  }
  if (!definition.predicate.empty()) refuse(SqlState::kFeatureNotSupported, "partial");
  for (const auto& part : definition.parts) {
    const catalog::Column& column = table.columns[part.column - 1];
    if (column.not_null) continue;
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("index \"{}\" cannot be used as replica identity because column "
                               "\"{}\" is nullable",
                               index.name, column.name));
  }
}

}  // namespace

void ApplyOptions(const std::vector<std::pair<std::string, std::string>>& options,
                  Relation* relation) {
  relation->options = options;
  if (!relation->view.has_value() || relation->kind != RelationKind::kView) return;
  catalog::ViewDefinition& view = *relation->view;
  view.security_barrier = StorageParameterIsOn(options, "security_barrier");
  view.security_invoker = StorageParameterIsOn(options, "security_invoker");
  const std::string* check = FindStorageParameter(options, "check_option");
  view.check_option = check == nullptr ? '\0' : strcasecmp(check->c_str(), "local") == 0 ? 'l' : 'c';
}

void ChangeOwner(CommandInput& input, const RelationPtr& relation,
                 const PgQuery__AlterTableCmd& command) {
  SetRelationOwner(input, *relation, ResolveRole(input, *command.newowner)->oid);
}

void SetOptions(CommandInput& input, const RelationPtr& relation,
                const PgQuery__AlterTableCmd& command) {
  Relation changed = *relation;
  ApplyOptions(SetStorageParameters(OwnerOf(*relation), relation->options,
                                    ListOf(command.def->list->items, command.def->list->n_items)),
               &changed);
  RequireCheckable(input, input.editor.PutRelation(std::move(changed)));
}

void ResetOptions(CommandInput& input, const RelationPtr& relation,
                  const PgQuery__AlterTableCmd& command) {
  Relation changed = *relation;
  ApplyOptions(ResetStorageParameters(relation->options, ListOf(command.def->list->items,
                                                                command.def->list->n_items)),
               &changed);
  input.editor.PutRelation(std::move(changed));
}

RelationPtr RequireClusterIndex(CommandInput& input, const Relation& table,
                                std::string_view name) {
  RelationPtr index = RequireIndexOf(input, table, name);
  if (!index->index->predicate.empty()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot cluster on partial index \"{}\"", name));
  }
  if (index->index->access_method != "btree") {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot cluster on index \"{}\" because access method does not "
                               "support clustering",
                               name));
  }
  if (!index->index->valid) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot cluster on invalid index \"{}\"", name));
  }
  return index;
}

void MarkClustered(CommandInput& input, const Relation& table, Oid marked) {
  for (const Oid oid : table.indexes) {
    const RelationPtr index = Reread(input, oid);
    if (index->index->clustered_on == (oid == marked)) continue;
    Relation changed = *index;
    changed.index->clustered_on = oid == marked;
    input.editor.PutRelation(std::move(changed));
  }
}

void ClusterOn(CommandInput& input, const RelationPtr& table,
               const PgQuery__AlterTableCmd& command) {
  MarkClustered(input, *table, RequireClusterIndex(input, *table, TextOf(command.name))->oid);
}

void SetWithoutCluster(CommandInput& input, const RelationPtr& table,
                       const PgQuery__AlterTableCmd&) {
  MarkClustered(input, *table, kInvalidOid);
}

void SetLogged(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd&) {
  SetPersistence(input, *table, 'p');
}

void SetUnlogged(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd&) {
  SetPersistence(input, *table, 'u');
}

void SetReplicaIdentity(CommandInput& input, const RelationPtr& table,
                        const PgQuery__AlterTableCmd& command) {
  const PgQuery__ReplicaIdentityStmt& statement = *command.def->replica_identity_stmt;
  const char kind = TextOf(statement.identity_type).empty() ? 'd' : statement.identity_type[0];
  Oid chosen = kInvalidOid;
  if (kind == 'i') {
    const RelationPtr index = RequireIndexOf(input, *table, TextOf(statement.name));
    RequireIdentifying(*table, *index);
    chosen = index->oid;
  }
  Relation changed = *table;
  changed.replica_identity = kind;
  input.editor.PutRelation(std::move(changed));
  for (const Oid oid : table->indexes) {
    Relation index = *Reread(input, oid);
    if (index.index->replica_identity == (oid == chosen)) continue;
    index.index->replica_identity = oid == chosen;
    input.editor.PutRelation(std::move(index));
  }
}

}  // namespace grizzly::commands
