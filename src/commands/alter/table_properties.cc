#include "commands/alter/table_properties.h"

#include "commands/alter/alter_table.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/role/roles.h"
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

void SetPersistence(CommandInput& input, const Relation& table, char persistence) {
  if (table.persistence == 't') {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("cannot change logged status of table \"{}\" because it is temporary",
                               table.name))
        .Table(table.name);
  }
  const auto set = [&](Oid oid) {
    Relation changed = *Reread(input, oid);
    changed.persistence = persistence;
    input.editor.PutRelation(std::move(changed));
  };
  set(table.oid);
  for (const Oid index : table.indexes) set(index);
  for (const catalog::Column& column : table.columns) {
    if (column.owned_sequence != kInvalidOid && !column.dropped) set(column.owned_sequence);
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

void SetLogged(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd&) {
  SetPersistence(input, *table, 'p');
}

void SetUnlogged(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd&) {
  SetPersistence(input, *table, 'u');
}

}  // namespace grizzly::commands
