// What all commands on objects of the smaller classes share: collations, extended statistics, text search
// dictionaries and configurations, operators, aggregates, casts.
//
// LOCKS    names being made as relations' are; objects being changed by LockTag::Name "o:<class>.<oid>".
// ERRORS   42704 none of the name, 42710 there is one already, 42501, 3F000
#pragma once

#include <optional>
#include <span>
#include <string>

#include "catalog/schema_object.h"
#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

void LockSchemaObject(CommandInput& input, Oid object_class, Oid oid);

// Where an object of the name is to be made: the name locked, the schema kept. The object has class, oid,
// schema, name and owner.
catalog::SchemaObject NewSchemaObject(CommandInput& input, Oid object_class,
                                      const QualifiedName& name);
// Throws 42710 x "name" already exists; with `if_not_exists` says so and returns true.
bool ExistsAlready(CommandInput& input, const catalog::SchemaObject& object, bool if_not_exists);

// The class of objects a kind of the grammar means; 0: none of those here.
Oid ClassOfObjectType(PgQuery__ObjectType type);
// Locked for a change. Throws 42704 or, for a schema that is not there, 3F000; null when `missing_ok`, which has
// been said then.
catalog::SchemaObjectPtr RequireSchemaObject(CommandInput& input, Oid object_class,
                                             const std::vector<std::string>& name,
                                             bool missing_ok = false);
void RequireObjectOwner(CommandInput& input, const catalog::SchemaObject& object);
// 42501: only superusers give things to roles they are no member of.
void RequireMemberOf(CommandInput& input, Oid role);
std::string MissingObjectMessage(Oid object_class, const std::vector<std::string>& name);

std::string DropSchemaObjects(const PgQuery__DropStmt& statement, CommandInput& input);
std::string RenameSchemaObject(const PgQuery__RenameStmt& statement, CommandInput& input);
std::string MoveSchemaObject(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input);
std::string ChangeObjectOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input,
                              Oid owner);

}  // namespace grizzly::commands
