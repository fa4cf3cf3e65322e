// PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED.
//
// SOURCE  PostgreSQL 15 docs, PREPARE TRANSACTION: what a transaction may not have done before it
#include <algorithm>

#include "catalog/schema_lookup.h"
#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {
namespace {

[[noreturn]] void ThrowCannotPrepare(std::string_view because) {
  throw SqlError(SqlState::kFeatureNotSupported, fmt::format("cannot PREPARE {}", because));
}

bool IsTemporary(const catalog::CatalogSnapshot& catalog, Oid relation) {
  const auto found = catalog.FindRelation(relation);
  const catalog::Schema* schema =
      found == nullptr ? nullptr : catalog.FindSchema(found->schema);
  return schema != nullptr && schema->name.starts_with(catalog::kTemporarySchemaPrefix);
}

}  // namespace

// Whatever it has touched is locked, so its locks say what it has touched.
void ClientSession::CheckMayPrepare() {
  for (const auto& [name, portal] : portals_) {
    if (portal->is_cursor && portal->hold && portal->execution != nullptr) {
      ThrowCannotPrepare("a transaction that has created a cursor WITH HOLD");
    }
  }
  const txn::LockImage held = instance_.locks().ImageOf(transaction_->lock_owner());
  const catalog::SnapshotPtr now = Snapshot();
  const catalog::SnapshotPtr before = tenant_->catalog->Latest();
  for (const txn::LockImage::Lock& lock : held.locks) {
    if (lock.tag.kind == txn::LockKind::kRelation) {
      const Oid relation = static_cast<Oid>(lock.tag.a);
      if (IsTemporary(*now, relation) || IsTemporary(*before, relation)) {
        ThrowCannotPrepare("a transaction that has operated on temporary objects");
      }
    }
    if (lock.tag.kind == txn::LockKind::kAdvisory && services_->HoldsAdvisory(lock.tag)) {
      ThrowCannotPrepare(
          "while holding both session-level and transaction-level locks on the same object");
    }
  }
}

void ClientSession::PrepareTransaction(const std::string& name) {
  txn::PreparedTransactions& prepared = instance_.prepared_transactions();
  try {
    if (checks_.owes_any()) RunOwedChecks(/*only_immediate=*/false);
    CheckMayPrepare();
    prepared.Reserve(name);
  } catch (...) {
    RollbackTransaction();
    throw;
  }
  txn::PreparedTransaction description;
  description.name = name;
  description.owner = role().oid;
  description.database = tenant_->database->oid;
  description.tenant = tenant_->database->tenant;
  description.prepared_us = NowUs();
  description.changes_catalog = editor_ != nullptr && editor_->has_changes();
  for (auto& [portal_name, portal] : portals_) portal->execution.reset();
  editor_.reset();
  TransactionNumber();
  try {
    prepared.Prepare(std::move(transaction_), std::move(description));
  } catch (...) {
    settings_.Rollback();
    EndTransactionState(/*committed=*/false);
    throw;
  }
  settings_.Commit();
  instance_.running_ids().Add(transaction_number_);  // it runs on, without the session
  transaction_number_ = TransactionId();
  EndTransactionState(/*committed=*/false);
}

// Outside of a transaction of the session's own.
void ClientSession::EndPrepared(const PgQuery__TransactionStmt& statement, bool commit) {
  const std::string_view command = commit ? "COMMIT PREPARED" : "ROLLBACK PREPARED";
  if (block_ != BlockState::kNone) {
    throw SqlError(SqlState::kActiveSqlTransaction,
                   fmt::format("{} cannot run inside a transaction block", command));
  }
  const auto claim = instance_.prepared_transactions().Find(statement.gid);
  const txn::PreparedTransaction& prepared = claim->transaction();
  if (!role().superuser && role().oid != prepared.owner) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   "permission denied to finish prepared transaction")
        .Hint("Must be superuser or the user that prepared the transaction.");
  }
  if (prepared.database != tenant_->database->oid) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "prepared transaction belongs to another database")
        .Hint("Connect to the database where the transaction was prepared to finish it.");
  }
  const TransactionId number = prepared.id;
  if (commit) {
    claim->Commit([&] {
      if (prepared.changes_catalog) tenant_->catalog->Reload();
      if (prepared.changes_server) instance_.shared_catalog().ReloadRoles();
    });
  } else {
    claim->Rollback();
  }
  instance_.running_ids().End(number, commit);
}

void ClientSession::RunTwoPhaseStatement(const PgQuery__TransactionStmt& statement,
                                         std::string* tag) {
  if (statement.kind != PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE) {
    const bool commit =
        statement.kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED;
    EndPrepared(statement, commit);
    *tag = commit ? "COMMIT PREPARED" : "ROLLBACK PREPARED";
    return;
  }
  if (block_ == BlockState::kExplicit) {
    PrepareTransaction(statement.gid);
    *tag = "PREPARE TRANSACTION";
    return;
  }
  if (block_ != BlockState::kFailed) WarnNoTransaction();
  RollbackTransaction();
  *tag = "ROLLBACK";
}

void ClientSession::CheckNotUsedByPrepared(const catalog::Database& database) {
  const auto all = instance_.prepared_transactions().List();
  const auto count = std::count_if(all.begin(), all.end(), [&](const auto& prepared) {
    return prepared.database == database.oid;
  });
  if (count == 0) return;
  throw SqlError(SqlState::kObjectInUse,
                 fmt::format("database \"{}\" is being used by prepared transactions", database.name))
      .Detail(count == 1
                  ? "There is 1 prepared transaction using the database."
                  : fmt::format("There are {} prepared transactions using the database.", count));
}

}  // namespace grizzly::session
