#include "commands/schema/schemas.h"

#include "commands/relation_lookup.h"
#include "commands/role/roles.h"

namespace grizzly::commands {

std::string CreateSchema(const PgQuery__CreateSchemaStmt& statement, CommandInput& input) {
  if (statement.n_schema_elts > 0) ThrowNotSupported("CREATE SCHEMA with elements");
  Oid owner = input.current_role;
  std::string name(TextOf(statement.schemaname));
  if (statement.authrole != nullptr) {
    const auto role = ResolveRole(input, *statement.authrole);
    owner = role->oid;
    if (name.empty()) name = role->name;
  }
  const auto database = input.shared.FindDatabase(input.services->CurrentDatabase());
  if (!input.is_superuser && database->owner != input.current_role) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied for database {}", database->name));
  }
  if (name.starts_with("pg_")) {
    throw SqlError(SqlState::kReservedName, fmt::format("unacceptable schema name \"{}\"", name))
        .Detail("The prefix \"pg_\" is reserved for system schemas.");
  }
  LockSchemaName(input, name);
  if (input.editor.Current()->FindSchema(name) != nullptr) {
    if (!statement.if_not_exists) {
      throw SqlError(SqlState::kDuplicateSchema,
                     fmt::format("schema \"{}\" already exists", name));
    }
    SendNotice(input, fmt::format("schema \"{}\" already exists, skipping", name), "",
               Severity::kNotice, SqlState::kDuplicateSchema);
    return "CREATE SCHEMA";
  }
  catalog::Schema schema;
  schema.oid = input.editor.NewOid();
  schema.name = name;
  schema.owner = owner;
  input.editor.PutSchema(std::move(schema));
  return "CREATE SCHEMA";
}

}  // namespace grizzly::commands
