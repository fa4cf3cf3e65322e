#include "commands/alter/alter_table.h"

#include <algorithm>

#include "catalog/record.h"
#include "commands/alter/add_column.h"
#include "commands/drop/drop_closure.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/relation_lookup.h"
#include "commands/role/roles.h"
#include "commands/table/access_method.h"
#include "commands/table/create_table.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationPtr;

int PassOf(PgQuery__AlterTableType type) {
  switch (type) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull: return 0;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn: return 1;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault: return 2;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint: return 3;
    default: return 4;
  }
}

std::string_view ActionName(PgQuery__AlterTableType type) {
  switch (type) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn: return "ADD COLUMN";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: return "DROP COLUMN";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint: return "ADD CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint: return "DROP CONSTRAINT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: return "ALTER COLUMN ... SET NOT NULL";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull: return "ALTER COLUMN ... DROP NOT NULL";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault: return "ALTER COLUMN ... SET DEFAULT";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod: return "SET ACCESS METHOD";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions: return "SET";
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions: return "RESET";
    default: return "";
  }
}

std::string_view PluralOf(RelationKind kind) {
  switch (kind) {
    case RelationKind::kIndex: return "indexes";
    case RelationKind::kSequence: return "sequences";
    case RelationKind::kView: return "views";
    default: return "this kind of relation";
  }
}

void RequireAlterable(const Relation& relation, PgQuery__AlterTableType type) {
  if (relation.kind == RelationKind::kTable) return;
  if (type == PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner) return;
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("ALTER action {} cannot be performed on relation \"{}\"",
                             ActionName(type), relation.name))
      .Detail(fmt::format("This operation is not supported for {}.", PluralOf(relation.kind)));
}

// ---- subcommands; each leaves the catalog as its result is ----

void DropColumn(CommandInput& input, const Relation& table, const PgQuery__AlterTableCmd& command) {
  const std::string_view name = TextOf(command.name);
  const catalog::Column* column = table.FindColumn(name);
  if (column == nullptr) {
    if (!command.missing_ok) RequireColumn(table, name);
    return SendNotice(input, fmt::format("column \"{}\" of relation \"{}\" does not exist, skipping",
                                         name, table.name));
  }
  DropObjects(input, {{catalog::kRelationClass, table.oid, column->attnum}},
              command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
}

void DropConstraint(CommandInput& input, const Relation& table,
                    const PgQuery__AlterTableCmd& command) {
  const std::string_view name = TextOf(command.name);
  for (const catalog::Constraint& constraint : table.constraints) {
    if (constraint.name != name) continue;
    return DropObjects(input, {{catalog::kConstraintClass, constraint.oid, 0}},
                       command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  if (!command.missing_ok) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("constraint \"{}\" of relation \"{}\" does not exist", name,
                               table.name));
  }
  SendNotice(input, fmt::format("constraint \"{}\" of relation \"{}\" does not exist, skipping",
                                name, table.name));
}

void SetNotNull(CommandInput& input, const Relation& table, const PgQuery__AlterTableCmd& command) {
  const AttributeNumber attnum = RequireColumn(table, TextOf(command.name)).attnum;
  if (table.columns[attnum - 1].not_null) return;
  CheckStoredRows(input, table, {attnum}, "", nullptr);
  Relation changed = table;
  changed.columns[attnum - 1].not_null = true;
  input.editor.PutRelation(std::move(changed));
}

void DropNotNull(CommandInput& input, const Relation& table,
                 const PgQuery__AlterTableCmd& command) {
  const catalog::Column& column = RequireColumn(table, TextOf(command.name));
  if (column.identity != '\0') {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("column \"{}\" of relation \"{}\" is an identity column",
                               column.name, table.name));
  }
  for (const catalog::Constraint& constraint : table.constraints) {
    const auto& columns = constraint.columns;
    if (constraint.kind != catalog::ConstraintKind::kPrimaryKey) continue;
    if (std::find(columns.begin(), columns.end(), column.attnum) == columns.end()) continue;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("column \"{}\" is in a primary key", column.name));
  }
  Relation changed = table;
  changed.columns[column.attnum - 1].not_null = false;
  input.editor.PutRelation(std::move(changed));
}

void SetColumnDefault(CommandInput& input, const Relation& table,
                      const PgQuery__AlterTableCmd& command) {
  const catalog::Column& column = RequireColumn(table, TextOf(command.name));
  if (column.identity != '\0') {
    SqlError error(SqlState::kSyntaxError,
                   fmt::format("column \"{}\" of relation \"{}\" is an identity column",
                               column.name, table.name));
    if (command.def != nullptr) throw error;
    throw std::move(error).Hint("Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.");
  }
  if (column.generated != '\0') {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("column \"{}\" of relation \"{}\" is a generated column",
                               column.name, table.name));
  }
  Relation changed = table;
  catalog::Column& target = changed.columns[column.attnum - 1];
  if (column.default_oid != kInvalidOid) {
    input.editor.DropDependenciesOf(catalog::kDefaultClass, column.default_oid);
  }
  target.default_value = {};
  target.default_oid = kInvalidOid;
  if (command.def != nullptr) {
    const expr::ExprPtr bound = BindNewDefault(input, column, *command.def);
    target.default_value = MakeDefaultDefinition(input, column, *command.def, *bound);
  }
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  AddDefaultDependencies(input, *after, {column.attnum});
}

void AddConstraint(CommandInput& input, const RelationPtr& table,
                   const PgQuery__Constraint& constraint) {
  if (constraint.skip_validation) ThrowNotSupported("NOT VALID", constraint.location);
  TableElements elements;
  elements.table_name = table->name;
  ReadTableConstraint(constraint, &elements);
  AddConstraints(input, table, elements);
}

void ChangeOwner(CommandInput& input, const Relation& relation,
                 const PgQuery__AlterTableCmd& command) {
  SetRelationOwner(input, relation, ResolveRole(input, *command.newowner)->oid);
}

void SetOptions(CommandInput& input, const Relation& table, const PgQuery__AlterTableCmd& command,
                bool reset) {
  Relation changed = table;
  const auto nodes = ListOf(command.def->list->items, command.def->list->n_items);
  std::vector<std::pair<std::string, std::string>> given;
  if (reset) {
    for (const Option& option : OptionsOf(nodes)) given.emplace_back(option.name, "");
  } else {
    given = ReadStorageOptions(nodes);
  }
  for (const auto& [name, value] : given) {
    std::erase_if(changed.options, [&, &n = name](const auto& kept) { return kept.first == n; });
    if (!reset) changed.options.emplace_back(name, value);
  }
  input.editor.PutRelation(std::move(changed));
}

void RunSubcommand(CommandInput& input, const PgQuery__AlterTableCmd& command, Oid oid) {
  const RelationPtr relation = Reread(input, oid);
  RequireAlterable(*relation, command.subtype);
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      return AddColumn(input, relation, *command.def->column_def, command.missing_ok);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: return DropColumn(input, *relation, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      return AddConstraint(input, relation, *command.def->constraint);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
      return DropConstraint(input, *relation, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: return SetNotNull(input, *relation, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull: return DropNotNull(input, *relation, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
      return SetColumnDefault(input, *relation, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod:
      return SetAccessMethod(input, *relation, TextOf(command.name));
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner: return ChangeOwner(input, *relation, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
      return SetOptions(input, *relation, command, /*reset=*/false);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
      return SetOptions(input, *relation, command, /*reset=*/true);
    default: ThrowNotSupported("this ALTER TABLE action");
  }
}

// ALTER VIEW and the like name the kind they mean.
void RequireKindOf(const Relation& relation, PgQuery__ObjectType type) {
  const auto require = [&](RelationKind kind, std::string_view name) {
    if (relation.kind == kind) return;
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not {}", relation.name, name));
  };
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW) require(RelationKind::kView, "a view");
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) require(RelationKind::kIndex, "an index");
  if (type == PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE) {
    require(RelationKind::kSequence, "a sequence");
  }
}

std::string TagOf(PgQuery__ObjectType type) {
  switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW: return "ALTER VIEW";
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX: return "ALTER INDEX";
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE: return "ALTER SEQUENCE";
    default: return "ALTER TABLE";
  }
}

}  // namespace

void SetRelationOwner(CommandInput& input, const Relation& relation, Oid owner) {
  const auto set = [&](Oid oid) {
    Relation changed = *Reread(input, oid);
    changed.owner = owner;
    input.editor.PutRelation(std::move(changed));
  };
  set(relation.oid);
  for (const Oid index : relation.indexes) set(index);
  for (const catalog::Column& column : relation.columns) {
    if (column.owned_sequence != kInvalidOid) set(column.owned_sequence);
  }
}

std::string AlterTable(const PgQuery__AlterTableStmt& statement, CommandInput& input) {
  const RelationPtr relation =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return TagOf(statement.objtype);
  }
  RequireOwner(input, *relation);
  RequireKindOf(*relation, statement.objtype);
  std::vector<const PgQuery__AlterTableCmd*> commands;
  for (const ast::Node* node : ListOf(statement.cmds, statement.n_cmds)) {
    commands.push_back(node->alter_table_cmd);
  }
  std::stable_sort(commands.begin(), commands.end(), [](const auto* a, const auto* b) {
    return PassOf(a->subtype) < PassOf(b->subtype);
  });
  for (const PgQuery__AlterTableCmd* command : commands) {
    RunSubcommand(input, *command, relation->oid);
  }
  return TagOf(statement.objtype);
}

}  // namespace grizzly::commands
