// Utility statements: everything that is neither a query nor the session's own business.
//
// The session calls RunCommand inside a transaction, with a fresh command id, for statements that
// IsCommand takes; BEGIN, SET, PREPARE, DECLARE and their like it runs itself.
//
// ERRORS   PostgreSQL's SQLSTATEs and wording; 0A000 naming what is not there.
// THREADS  the statement's.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/error/sql_error.h"
#include "base/memory/memory_tracker.h"
#include "catalog/catalog.h"
#include "catalog/search_path.h"
#include "catalog/sequence.h"
#include "commands/copy/copy_channel.h"
#include "commands/query_runner.h"
#include "executor/exec_context.h"
#include "functions/session_services.h"
#include "parser/parse.h"
#include "txn/transaction.h"
#include "types/io_settings.h"

namespace grizzly::commands {

// What a command may use. References and pointers outlive the call.
struct CommandInput {
  txn::Transaction& transaction;
  txn::TransactionManager& transactions;
  catalog::CatalogEditor& editor;
  catalog::SharedCatalog& shared;
  catalog::Catalog& catalog;             // statistics
  catalog::Sequences& sequences;
  const catalog::SearchPath& search_path;
  Oid creation_schema = kInvalidOid;     // where unqualified names are made; 0: nowhere (3F000)
  TenantId tenant;
  Oid current_role = kInvalidOid;
  bool is_superuser = true;
  std::string_view source_text;          // the whole text that locations count in
  functions::SessionServices* services = nullptr;
  types::IoSettings io;
  MemoryTracker* memory = nullptr;
  const CancelToken* cancel = nullptr;
  std::function<void(Diagnostic)> notice;
  // Takes the rows of commands that have some (CommandColumns); valid during the call.
  std::function<void(const types::Batch&)> receive_rows;
  CopyChannel* copy_channel = nullptr;
  QueryRunner* queries = nullptr;
  const executor::VirtualTableLookup* virtual_tables = nullptr;
  // Sessions in a database besides this one; ends them first when asked to.
  std::function<size_t(Oid database, bool terminate)> other_sessions;
  bool in_transaction_block = false;     // BEGIN, or several statements in one message
  bool in_savepoint = false;             // a savepoint or exception block is open
  // The session's temporary schema, made when it has none yet. Throws 42501.
  std::function<Oid()> make_temporary_schema;
  // Temporary tables with ON COMMIT DELETE ROWS or DROP, for RunOnCommitActions; kept by the session.
  std::vector<Oid>* on_commit_tables = nullptr;
  // Tables whose storage was made in this transaction: nobody else can see their rows. Commands add
  // to it; the session keeps it with the transaction and cuts it back with savepoints.
  std::vector<Oid>* uncontended_relations = nullptr;
  executor::TransactionChecks* checks = nullptr;  // constraints to be checked at commit
  catalog::RowChangesByRelation* row_changes = nullptr;  // the transaction's, for the statistics
  // What this command's expressions were bound under: they point at types' input and output there.
  std::vector<catalog::SnapshotPtr> bound_under;
};

// The same, where unqualified names are looked up along another path, which outlives it.
CommandInput UnderSearchPath(const CommandInput& input, const catalog::SearchPath& path);
// The same in another transaction, with that one's editor.
CommandInput InTransaction(const CommandInput& input, txn::Transaction& transaction,
                           catalog::CatalogEditor& editor);

// Runs one utility statement; returns its command tag ("CREATE TABLE", "COPY 3").
std::string RunCommand(const parser::RawStatement& statement, CommandInput& input);
// Whether RunCommand takes it.
bool IsCommand(const parser::ast::Node& statement);
// Columns of the rows a command answers with (EXPLAIN); empty: none.
std::vector<plan::PlanColumn> CommandColumns(const parser::ast::Node& statement);
// CREATE DATABASE, VACUUM ...: 25001 inside a transaction block.
bool RunsOutsideTransactionBlock(const parser::ast::Node& statement);

}  // namespace grizzly::commands
