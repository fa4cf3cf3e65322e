#include "commands/type/composites.h"

#include <algorithm>

#include "catalog/record.h"
#include "commands/alter/add_column.h"
#include "commands/alter/alter_children.h"
#include "commands/alter/column_type.h"
#include "commands/alter/renamed_definitions.h"
#include "commands/drop/drop_closure.h"
#include "commands/table/table_elements.h"
#include "commands/table/typed_table.h"
#include "commands/type/type_parts.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

[[noreturn]] void ThrowNoAttribute(const Relation& type, std::string_view name) {
  throw SqlError(SqlState::kUndefinedColumn,
                 fmt::format("column \"{}\" of relation \"{}\" does not exist", name, type.name));
}

catalog::Column ReadAttribute(CommandInput& input, const PgQuery__ColumnDef& definition) {
  catalog::Column column = ReadAttributeType(input, definition);
  column.name = TextOf(definition.colname);
  return column;
}

}  // namespace

void RefuseSelfMember(CommandInput& input, const Relation& type, Oid attribute) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const TypePtr found = snapshot->FindType(attribute);
  if (found == nullptr) return;
  if (found->oid == type.row_type) {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("composite type {} cannot be made a member of itself",
                               TypeText(input, type.row_type)));
  }
  if (found->category == 'A' && found->element != kInvalidOid) {
    return RefuseSelfMember(input, type, found->element);
  }
  if (found->typtype == 'r') return RefuseSelfMember(input, type, found->range_subtype);
  if (found->typtype == 'd') return RefuseSelfMember(input, type, found->base);
  const RelationPtr relation =
      found->typtype == 'c' ? snapshot->FindRelation(found->relation) : nullptr;
  if (relation == nullptr) return;
  for (const catalog::Column& column : relation->columns) {
    if (!column.dropped) RefuseSelfMember(input, type, column.type.oid);
  }
}

namespace {

void AddAttribute(CommandInput& input, const Relation& type, const PgQuery__ColumnDef& definition) {
  if (type.FindColumn(TextOf(definition.colname)) != nullptr) {
    throw SqlError(SqlState::kDuplicateColumn,
                   fmt::format("column \"{}\" of relation \"{}\" already exists",
                               TextOf(definition.colname), type.name));
  }
  catalog::Column column = ReadAttribute(input, definition);
  RefuseSelfMember(input, type, column.type.oid);
  column.attnum = static_cast<AttributeNumber>(type.columns.size() + 1);
  Relation changed = type;
  changed.columns.push_back(std::move(column));
  input.editor.PutRelation(std::move(changed));
}

void DropAttribute(CommandInput& input, const Relation& type,
                   const PgQuery__AlterTableCmd& command) {
  const catalog::Column* column = type.FindColumn(TextOf(command.name));
  if (column == nullptr) {
    if (!command.missing_ok) ThrowNoAttribute(type, TextOf(command.name));
    return SendNotice(input, fmt::format("column \"{}\" of relation \"{}\" does not exist, skipping",
                                         TextOf(command.name), type.name));
  }
  const catalog::SnapshotPtr before = input.editor.Current();
  DropObjects(input, {{catalog::kRelationClass, type.oid, column->attnum}},
              command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  // A stored ROW(...) of the type loses the field.
  const catalog::ObjectAddress changed[] = {{catalog::kTypeClass, type.row_type}};
  RewriteDefinitions(input, before, changed);
}

void AlterAttribute(CommandInput& input, const Relation& type,
                    const PgQuery__AlterTableCmd& command) {
  const catalog::Column* column = type.FindColumn(TextOf(command.name));
  if (column == nullptr) ThrowNoAttribute(type, TextOf(command.name));
  const catalog::Column read = ReadAttribute(input, *command.def->column_def);
  RefuseSelfMember(input, type, read.type.oid);
  RefuseStoredUses(input, type.row_type, type.name);
  Relation changed = type;
  catalog::Column& target = changed.columns[column->attnum - 1];
  target.type = read.type;
  target.dimensions = read.dimensions;
  target.storage = read.storage;
  input.editor.PutRelation(std::move(changed));
}

void RunAction(CommandInput& input, const Relation& type, const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      return AddAttribute(input, type, *command.def->column_def);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: return DropAttribute(input, type, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
      return AlterAttribute(input, type, command);
    default: ThrowNotSupported("this ALTER TYPE action");
  }
}

// What a typed table gets with its type.
void RunInTable(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      return AddColumn(input, table, *command.def->column_def, /*if_not_exists=*/false, Reach::kTree);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
      if (table->FindColumn(TextOf(command.name)) == nullptr) return;  // IF EXISTS
      return DropColumnOfTree(input, *table, std::string(TextOf(command.name)), /*cascade=*/true, Reach::kTree);
    default: break;
  }
  const PgQuery__AlterTableCmd* const commands[] = {&command};
  AlterColumnTypes(input, table, commands);
  for (const Oid descendant : LockDescendants(input, *table, Reach::kTree)) {
    AlterColumnTypes(input, Reread(input, descendant), commands);
  }
}

// Attributes go before others take their places, and types change before names come.
int PassOf(const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: return 0;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType: return 1;
    default: return 2;
  }
}

}  // namespace

std::string CreateComposite(const PgQuery__CompositeTypeStmt& statement, CommandInput& input) {
  const CreationTarget target = LockNewName(input, *statement.typevar);
  RefuseTakenTypeName(input, target.schema, target.name);
  if (input.editor.Current()->FindRelation(target.schema, target.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" already exists", target.name));
  }
  Relation relation;
  relation.kind = catalog::RelationKind::kCompositeType;
  relation.schema = target.schema;
  relation.name = target.name;
  relation.owner = input.current_role;
  relation.tenant = input.tenant;
  for (const ast::Node* node : ListOf(statement.coldeflist, statement.n_coldeflist)) {
    catalog::Column column = ReadAttribute(input, *node->column_def);
    column.attnum = static_cast<AttributeNumber>(relation.columns.size() + 1);
    if (relation.FindColumn(column.name) != nullptr) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", column.name));
    }
    relation.columns.push_back(std::move(column));
  }
  relation.oid = input.editor.NewOid();
  relation.row_type = input.editor.NewOid();
  catalog::Type type;
  type.oid = relation.row_type;
  type.schema = target.schema;
  type.name = target.name;
  type.owner = input.current_role;
  type.typtype = 'c';
  type.category = 'C';
  type.relation = relation.oid;
  PutTypeWithArray(input, std::move(type));
  input.editor.PutRelation(std::move(relation));
  return "CREATE TYPE";
}

std::string AlterComposite(const PgQuery__AlterTableStmt& statement, CommandInput& input) {
  const RelationPtr relation =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return "ALTER TYPE";
  }
  if (relation->kind != catalog::RelationKind::kCompositeType) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a composite type", relation->name));
  }
  LockType(input, relation->row_type, /*exclusive=*/true);
  RequireTypeOwner(input, *input.editor.Current()->FindType(relation->row_type));
  std::vector<const PgQuery__AlterTableCmd*> commands;
  for (const ast::Node* node : ListOf(statement.cmds, statement.n_cmds)) {
    commands.push_back(node->alter_table_cmd);
  }
  std::stable_sort(commands.begin(), commands.end(),
                   [](const auto* a, const auto* b) { return PassOf(*a) < PassOf(*b); });
  std::vector<RelationPtr> typed;
  for (const PgQuery__AlterTableCmd* command : commands) {
    const bool cascade = command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    typed = LockTypedTables(input, *relation, cascade);
  }
  for (const PgQuery__AlterTableCmd* command : commands) {
    RunAction(input, *Reread(input, relation->oid), *command);
    for (const RelationPtr& table : typed) RunInTable(input, Reread(input, table->oid), *command);
  }
  return "ALTER TYPE";
}

}  // namespace grizzly::commands
