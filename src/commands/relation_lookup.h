// Finding, locking and protecting the objects a command names.
//
// LOCKS    names being made: LockTag::Name "r:<schema>.<name>" exclusive, and "s:<schema>" shared so
//          that the schema stays; relations by oid in PostgreSQL's modes.
// ERRORS   42P01, 3F000, 42809 (wrong kind), 42501 (not the owner), 42P07, 0A000
#pragma once

#include <string>
#include <string_view>

#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

// Schema, name and persistence of a relation to be made.
struct CreationTarget {
  Oid schema = kInvalidOid;
  std::string name;
  char persistence = 'p';  // as Relation::persistence
};
// What is made has a type of its rows of the same name, or not (sequences).
enum class NewRelation : uint8_t { kWithRowType, kWithoutRowType };
// Locks the name and keeps the schema from being dropped. What is made in the session's temporary
// schema is temporary, however it was written. Throws 3F000, 42501, 42P16 (temporary elsewhere), 23505 when
// somebody else has made one of this name meanwhile.
CreationTarget LockNewName(CommandInput& input, const PgQuery__RangeVar& target,
                           NewRelation made = NewRelation::kWithRowType);
// The same for one that is temporary although not written so (a view over temporary tables).
CreationTarget LockNewName(CommandInput& input, const PgQuery__RangeVar& target, char persistence,
                           NewRelation made = NewRelation::kWithRowType);
// For names chosen by us, in a schema known to stay.
void LockChosenName(CommandInput& input, Oid schema, std::string_view name);
void LockSchemaName(CommandInput& input, std::string_view name);
void LockSchema(CommandInput& input, Oid schema, bool exclusive);

// The relation as it is once the lock is held (the name is looked up again after a wait). With
// missing_ok null when there is none.
catalog::RelationPtr LockRelation(CommandInput& input, const PgQuery__RangeVar& name,
                                  txn::RelationLockMode mode, bool missing_ok = false);
catalog::RelationPtr LockRelation(CommandInput& input, const QualifiedName& name,
                                  txn::RelationLockMode mode, bool missing_ok = false,
                                  int location = -1);
void LockRelationByOid(CommandInput& input, Oid relation, txn::RelationLockMode mode);

// The relation under its latest definition.
catalog::RelationPtr Reread(CommandInput& input, Oid relation);

// 42501 must be owner of table t; 42501 permission denied: "pg_class" is a system catalog.
void RequireOwner(CommandInput& input, const catalog::Relation& relation);
void RequireSchemaOwner(CommandInput& input, const catalog::Schema& schema);
void RequireSuperuser(CommandInput& input, std::string_view message);
// 55006 cannot TRUNCATE "t" because it has pending trigger events (PostgreSQL's words for deferred
// checks).
void RequireNothingOwed(CommandInput& input, const catalog::Relation& relation,
                        std::string_view command);
// 42809 "t" is not a table.
void RequireTable(const catalog::Relation& relation);
// Throws 25001 CREATE INDEX CONCURRENTLY cannot run inside a transaction block.
void RefuseInTransactionBlock(const CommandInput& input, std::string_view statement);
// "This operation is not supported for views."
std::string NotSupportedDetail(catalog::RelationKind kind);
// 42703 column "a" of relation "t" does not exist.
const catalog::Column& RequireColumn(const catalog::Relation& relation, std::string_view name);

// The relation's key range of one index; IndexId{0}: its rows.
struct KeyRange {
  std::string from;
  std::string to;
};
KeyRange RangeOfStorage(TenantId tenant, StorageId storage);
KeyRange RangeOfIndex(TenantId tenant, StorageId storage, IndexId index);
// A new storage, removed again should the transaction roll back.
StorageId NewStorage(CommandInput& input);
// The storage of a relation that is dropped, or has another one already.
void DropStorageAtCommit(CommandInput& input, const catalog::Relation& relation);
void DropIndexAtCommit(CommandInput& input, const catalog::Relation& table, IndexId index);

void SendNotice(CommandInput& input, std::string message, std::string detail = "",
                Severity severity = Severity::kNotice,
                SqlState state = SqlState::kSuccessfulCompletion);

}  // namespace grizzly::commands
