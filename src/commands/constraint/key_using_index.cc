#include "commands/constraint/key_using_index.h"

#include <algorithm>

#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

constexpr std::string_view kCannotBeKey =
    "Cannot create a primary key or unique constraint using such an index.";

void RefuseParts(CommandInput& input, const Relation& table, const Relation& index, int location) {
  const auto refuse = [location](std::string message) {
    throw SqlError(SqlState::kWrongObjectType, std::move(message))
        .Detail(std::string(kCannotBeKey))
        .At(location);
  };
  const catalog::IndexDefinition& definition = *index.index;
  if (!definition.unique) refuse(fmt::format("\"{}\" is not a unique index", index.name));
  for (const catalog::IndexDefinition::Part& part : definition.parts) {
    if (part.column == 0) refuse(fmt::format("index \"{}\" contains expressions", index.name));
  }
  if (!definition.predicate.empty()) refuse(fmt::format("\"{}\" is a partial index", index.name));
  for (size_t i = 0; i < definition.parts.size(); ++i) {
    const catalog::IndexDefinition::Part& part = definition.parts[i];
    const facts::OpclassFact* usual =
        facts::DefaultOpclass(facts::kBtreeMethodOid,
                              OpclassInputType(*input.editor.Current(), part.type.oid));
    const bool is_default = !part.descending && !part.nulls_first && usual != nullptr &&
                            usual->oid == part.opclass &&
                            part.collation == table.columns[part.column - 1].type.collation;
    if (is_default) continue;
    refuse(fmt::format("index \"{}\" column number {} does not have default sorting behavior",
                       index.name, i + 1));
  }
}

RelationPtr FindIndex(CommandInput& input, const Relation& table, const std::string& name,
                      int location) {
  const auto refuse = [location](std::string message, SqlState state) {
    throw SqlError(state, std::move(message)).At(location);
  };
  const RelationPtr index = input.editor.Current()->FindRelation(table.schema, name);
  if (index == nullptr) {
    refuse(fmt::format("index \"{}\" does not exist", name), SqlState::kUndefinedObject);
  }
  if (!index->index.has_value()) {
    refuse(fmt::format("\"{}\" is not an index", name), SqlState::kWrongObjectType);
  }
  const RelationPtr owner = Reread(input, index->index->table);
  for (const catalog::Constraint& constraint : owner->constraints) {
    if (constraint.index != index->oid || constraint.kind == catalog::ConstraintKind::kForeignKey) {
      continue;
    }
    refuse(fmt::format("index \"{}\" is already associated with a constraint", name),
           SqlState::kObjectNotInPrerequisiteState);
  }
  if (index->index->table != table.oid) {
    refuse(fmt::format("index \"{}\" does not belong to table \"{}\"", name, table.name),
           SqlState::kObjectNotInPrerequisiteState);
  }
  if (!index->index->valid) {
    refuse(fmt::format("index \"{}\" is not valid", name), SqlState::kObjectNotInPrerequisiteState);
  }
  return index;
}

void SetNotNull(CommandInput& input, const Relation& index, Relation* table) {
  std::vector<AttributeNumber> columns;
  for (const catalog::IndexDefinition::Part& part : index.index->parts) {
    catalog::Column& column = table->columns[part.column - 1];
    if (column.not_null) continue;
    columns.push_back(part.column);
    column.not_null = true;
  }
  if (!columns.empty()) CheckStoredRows(input, *table, columns, "", nullptr);
}

// Entries of a key that is checked later have another form.
void MakeDeferrable(CommandInput& input, const RelationPtr& table, Relation index) {
  const IndexId old_index = index.index->index_id;
  index.index->immediate = false;
  index.storage = input.editor.NewStorage();
  index.index->index_id = IndexId{index.storage.value};
  KeyRange entries = RangeOfIndex(table->tenant, table->storage, index.index->index_id);
  input.transaction.MarkYoungAtCommit(entries.from);
  input.transaction.DropRangeAtRollback(std::move(entries.from), std::move(entries.to));
  FillIndex(input, table, input.editor.PutRelation(std::move(index)));
  DropIndexAtCommit(input, *table, old_index);
}

}  // namespace

RelationPtr AddKeyUsingIndex(CommandInput& input, const RelationPtr& table, const KeyElement& key) {
  if (table->IsPartitioned()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables");
  }
  const RelationPtr found = FindIndex(input, *table, key.index_name, key.location);
  RefuseParts(input, *table, *found, key.location);
  Relation index = *found;
  Relation changed = *table;
  if (!key.name.empty() && key.name != index.name) {
    SendNotice(input, fmt::format("ALTER TABLE / ADD CONSTRAINT USING INDEX will rename index "
                                  "\"{}\" to \"{}\"",
                                  index.name, key.name));
    LockChosenName(input, table->schema, key.name);
    if (input.editor.Current()->FindRelation(table->schema, key.name) != nullptr) {
      throw SqlError(SqlState::kDuplicateTable,
                     fmt::format("relation \"{}\" already exists", key.name));
    }
    index.name = key.name;
  }
  catalog::Constraint constraint;
  constraint.oid = input.editor.NewOid();
  constraint.name = index.name;
  constraint.kind =
      key.primary ? catalog::ConstraintKind::kPrimaryKey : catalog::ConstraintKind::kUnique;
  constraint.index = index.oid;
  constraint.deferrable = key.timing.deferrable;
  constraint.initially_deferred = key.timing.initially_deferred;
  for (const catalog::IndexDefinition::Part& part : index.index->parts) {
    constraint.columns.push_back(part.column);
  }
  if (key.primary) SetNotNull(input, index, &changed);
  index.index->primary = key.primary;
  changed.constraints.push_back(std::move(constraint));
  input.editor.PutRelation(index);
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  if (key.timing.deferrable) MakeDeferrable(input, after, std::move(index));
  return Reread(input, after->oid);
}

}  // namespace grizzly::commands
