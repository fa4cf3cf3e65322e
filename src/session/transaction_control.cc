// BEGIN, COMMIT, ROLLBACK, savepoints; what an error does to the block.
//
// SOURCE  PostgreSQL 15 docs, "Multiple Statements in a Simple Query" and SAVEPOINT
#include <algorithm>

#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {

txn::Transaction& ClientSession::EnsureTransaction() {
  if (transaction_ != nullptr) {
    // SET may have changed it since.
    transaction_->mutable_options().write_memory_bytes =
        settings_.effective().transaction_defaults.write_memory_bytes;
    return *transaction_;
  }
  if (block_ == BlockState::kNone) block_ = BlockState::kImplicit;
  txn::TransactionOptions options = settings_.effective().transaction_defaults;
  options.session = id_;
  options.tenant = tenant_->database->tenant;
  transaction_ = instance_.transactions().Begin(options, cancel_token(), &memory_,
                                                &settings_.effective().locks);
  settings_.BeginTransaction();
  transaction_time_us_ = statement_time_us_;
  settings_.effective().io.transaction_time_us = transaction_time_us_;
  return *transaction_;
}

catalog::CatalogEditor& ClientSession::Editor() {
  if (editor_ == nullptr) {
    editor_ = tenant_->catalog->NewEditor(EnsureTransaction());
    for (const Savepoint& savepoint : savepoints_) editor_->PushSavepoint(savepoint.depth);
  }
  return *editor_;
}

TransactionId ClientSession::TransactionNumber() {
  transaction_number_ = instance_.running_ids().IdOf(EnsureTransaction(), id_);
  return transaction_number_;
}

TransactionId ClientSession::AssignedNumber() {
  const bool has_written = transaction_ != nullptr && transaction_->has_writes();
  return has_written ? TransactionNumber() : transaction_number_;
}

const VisibleIds& ClientSession::VisibleNumbers() {
  EnsureTransaction();
  if (!has_looked_) LookAtRunning();
  return visible_ids_;
}

void ClientSession::LookAtRunning() {
  const bool keeps_snapshot = transaction_->options().isolation >= txn::IsolationLevel::kRepeatableRead;
  if (has_looked_ && keeps_snapshot) return;
  instance_.running_ids().Look(&visible_ids_);
  has_looked_ = true;
}

void ClientSession::EndTransactionState(bool committed) {
  DropPortals(/*keep_held=*/true);
  editor_.reset();
  transaction_.reset();
  if (transaction_number_.value != 0) instance_.running_ids().End(transaction_number_, committed);
  transaction_number_ = TransactionId();
  has_looked_ = false;
  statistics_read_us_ = 0;
  savepoints_.clear();
  uncontended_relations_.clear();
  checks_.Clear();
  if (committed) ReportChanges();
  row_changes_.clear();
  for (auto& [name, portal] : portals_) portal->savepoint_depth = 0;
  block_ = BlockState::kNone;
}

void ClientSession::CommitTransaction() {
  if (checks_.owes_any()) {
    try {
      RunOwedChecks(/*only_immediate=*/false);
    } catch (...) {
      RollbackTransaction();
      throw;
    }
  }
  // WITH HOLD cursors outlive the transaction with their rows.
  for (auto& [name, portal] : portals_) {
    if (portal->is_cursor && portal->hold) FillCursorTo(*portal, UINT64_MAX);
  }
  for (auto& [name, portal] : portals_) portal->execution.reset();
  if (transaction_ != nullptr) {
    try {
      RunOnCommit();
      transaction_->mutable_options().commit_sync =
          settings_.effective().transaction_defaults.commit_sync;
      transaction_->Commit();
    } catch (...) {
      settings_.Rollback();
      DropPortals(false);
      EndTransactionState(/*committed=*/false);
      throw;
    }
  }
  settings_.Commit();
  EndTransactionState(/*committed=*/true);
}

void ClientSession::RollbackTransaction() {
  DropPortals(/*keep_held=*/true);
  for (auto& [name, portal] : portals_) portal->execution.reset();
  editor_.reset();
  if (transaction_ != nullptr && transaction_->is_active()) transaction_->Rollback();
  settings_.Rollback();
  EndTransactionState(/*committed=*/false);
}

// What an error leaves: nothing of an implicit block; of an explicit one, the chance to end it or to go
// back to a savepoint.
void ClientSession::AbortAfterError() {
  if (block_ == BlockState::kNone || block_ == BlockState::kFailed) return;
  if (block_ == BlockState::kImplicit) {
    RollbackTransaction();
    return;
  }
  block_ = BlockState::kFailed;
  if (!savepoints_.empty()) {
    // Cursors of before the savepoint can be read again once the block is back there.
    DropPortalsMadeUnder(savepoints_.size());
  } else {
    DropPortals(/*keep_held=*/true);
    for (auto& [name, portal] : portals_) portal->execution.reset();
    editor_.reset();
    if (transaction_ != nullptr && transaction_->is_active()) transaction_->Rollback();
    return;
  }
  const Savepoint& last = savepoints_.back();
  if (editor_ != nullptr) editor_->RollbackToSavepoint(last.depth);
  transaction_->RollbackToSavepoint(last.depth);
}

namespace {

txn::IsolationLevel IsolationNamed(std::string_view value) {
  if (value == "serializable") return txn::IsolationLevel::kSerializable;
  if (value == "repeatable read") return txn::IsolationLevel::kRepeatableRead;
  if (value == "read uncommitted") return txn::IsolationLevel::kReadUncommitted;
  return txn::IsolationLevel::kReadCommitted;
}

}  // namespace

void ClientSession::SetTransactionCharacteristic(std::string_view name, std::string_view value) {
  txn::TransactionOptions& options = EnsureTransaction().mutable_options();
  const bool has_run = transaction_->current_command() > 0;
  const bool is_nested = !savepoints_.empty();
  const auto refuse_if = [](bool refused, std::string_view message) {
    if (refused) throw SqlError(SqlState::kActiveSqlTransaction, std::string(message));
  };
  if (name == "transaction_isolation") {
    const txn::IsolationLevel level = IsolationNamed(value);
    if (level != options.isolation) {
      refuse_if(has_run, "SET TRANSACTION ISOLATION LEVEL must be called before any query");
      refuse_if(is_nested, "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction");
    }
    options.isolation = level;
  } else if (name == "transaction_read_only") {
    const bool read_only = value == "on" || value == "1";
    if (options.read_only && !read_only) {
      refuse_if(is_nested, "cannot set transaction read-write mode inside a read-only transaction");
      refuse_if(has_run, "transaction read-write mode must be set before any query");
    }
    options.read_only = read_only;
  } else if (name == "transaction_deferrable") {
    refuse_if(is_nested, "SET TRANSACTION [NOT] DEFERRABLE cannot be called within a subtransaction");
    refuse_if(has_run, "SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
    options.deferrable = value == "on" || value == "1";
  }
}

std::string ClientSession::ShowTransactionSetting(std::string_view name) {
  const txn::TransactionOptions& options = transaction_ != nullptr && transaction_->is_active()
                                               ? transaction_->options()
                                               : settings_.effective().transaction_defaults;
  if (name == "transaction_read_only") return options.read_only ? "on" : "off";
  if (name == "transaction_deferrable") return options.deferrable ? "on" : "off";
  switch (options.isolation) {
    case txn::IsolationLevel::kReadUncommitted: return "read uncommitted";
    case txn::IsolationLevel::kReadCommitted: return "read committed";
    case txn::IsolationLevel::kRepeatableRead: return "repeatable read";
    case txn::IsolationLevel::kSerializable: return "serializable";
  }
  return "read committed";
}

namespace {

// A DefElem's constant as text.
std::string ConstantText(const PgQuery__Node* node) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_A_CONST) return "";
  const PgQuery__AConst& constant = *node->a_const;
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_SVAL: return constant.sval->sval;
    case PG_QUERY__A__CONST__VAL_IVAL: return constant.ival->ival != 0 ? "on" : "off";
    case PG_QUERY__A__CONST__VAL_BOOLVAL: return constant.boolval->boolval ? "on" : "off";
    default: return "";
  }
}

}  // namespace

void ClientSession::BeginBlock(const PgQuery__TransactionStmt& statement) {
  if (block_ == BlockState::kExplicit) {
    Diagnostic warning;
    warning.severity = Severity::kWarning;
    warning.state = SqlState::kActiveSqlTransaction;
    warning.message = "there is already a transaction in progress";
    Notify(std::move(warning));
  }
  EnsureTransaction();
  block_ = BlockState::kExplicit;
  for (size_t i = 0; i < statement.n_options; ++i) {
    const PgQuery__DefElem& option = *statement.options[i]->def_elem;
    SetTransactionCharacteristic(option.defname, ConstantText(option.arg));
  }
}

void ClientSession::BeginChained(const txn::TransactionOptions& options) {
  txn::TransactionOptions& chained = EnsureTransaction().mutable_options();
  chained.isolation = options.isolation;
  chained.read_only = options.read_only;
  chained.deferrable = options.deferrable;
  block_ = BlockState::kExplicit;
}

void ClientSession::WarnNoTransaction() {
  Diagnostic warning;
  warning.severity = Severity::kWarning;
  warning.state = SqlState::kNoActiveSqlTransaction;
  warning.message = "there is no transaction in progress";
  Notify(std::move(warning));
}

void ClientSession::RunTransactionStatement(const PgQuery__TransactionStmt& statement,
                                            std::string* tag) {
  const bool in_block = block_ == BlockState::kExplicit || block_ == BlockState::kFailed;
  const bool is_failed = block_ == BlockState::kFailed;
  const auto chain_from = [&](std::string_view command) {
    if (!statement.chain) return std::optional<txn::TransactionOptions>();
    if (!in_block) {
      throw SqlError(SqlState::kNoActiveSqlTransaction,
                     fmt::format("{} AND CHAIN can only be used in transaction blocks", command));
    }
    // A block that failed outside of savepoints has lost what was set for it.
    const bool is_lost = transaction_ == nullptr || (is_failed && savepoints_.empty());
    return std::optional(is_lost ? settings_.effective().transaction_defaults
                                 : transaction_->options());
  };
  switch (statement.kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
      BeginBlock(statement);
      *tag = "BEGIN";
      return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
      BeginBlock(statement);
      *tag = "START TRANSACTION";
      return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT: {
      const auto next = chain_from("COMMIT");
      if (!in_block) WarnNoTransaction();
      is_failed ? RollbackTransaction() : CommitTransaction();
      *tag = is_failed ? "ROLLBACK" : "COMMIT";
      if (next.has_value()) BeginChained(*next);
      return;
    }
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK: {
      const auto next = chain_from("ROLLBACK");
      if (!in_block) WarnNoTransaction();
      RollbackTransaction();
      *tag = "ROLLBACK";
      if (next.has_value()) BeginChained(*next);
      return;
    }
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
      DefineSavepoint(statement.savepoint_name);
      *tag = "SAVEPOINT";
      return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
      ReleaseSavepoint(statement.savepoint_name);
      *tag = "RELEASE";
      return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
      RollbackToSavepoint(statement.savepoint_name);
      *tag = "ROLLBACK";
      return;
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED:
      return RunTwoPhaseStatement(statement, tag);
    default: ThrowNotSupported("this transaction statement");
  }
}

void ClientSession::DefineSavepoint(const std::string& name) {
  if (block_ != BlockState::kExplicit) {
    throw SqlError(SqlState::kNoActiveSqlTransaction,
                   "SAVEPOINT can only be used in transaction blocks");
  }
  const size_t depth = transaction_->PushSavepoint();
  if (editor_ != nullptr) editor_->PushSavepoint(depth);
  savepoints_.push_back({name, depth, settings_.Position(), uncontended_relations_.size(),
                         checks_.Here(), transaction_->options().read_only});
}

void ClientSession::ReleaseSavepoint(const std::string& name) {
  if (block_ != BlockState::kExplicit) {
    throw SqlError(SqlState::kNoActiveSqlTransaction,
                   "RELEASE SAVEPOINT can only be used in transaction blocks");
  }
  while (!savepoints_.empty()) {
    const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                    [&](const Savepoint& s) { return s.name == name; });
    if (found == savepoints_.rend()) break;
    const size_t depth = found->depth;
    transaction_->ReleaseSavepoint(depth);
    if (editor_ != nullptr) editor_->ReleaseSavepoint(depth);
    transaction_->mutable_options().read_only = found->read_only;
    savepoints_.erase(found.base() - 1, savepoints_.end());
    for (auto& [portal_name, portal] : portals_) {
      portal->savepoint_depth = std::min(portal->savepoint_depth, savepoints_.size());
    }
    return;
  }
  throw SqlError(SqlState::kSEInvalidSpecification,
                 fmt::format("savepoint \"{}\" does not exist", name));
}

void ClientSession::RollbackToSavepoint(const std::string& name) {
  if (block_ != BlockState::kExplicit && block_ != BlockState::kFailed) {
    throw SqlError(SqlState::kNoActiveSqlTransaction,
                   "ROLLBACK TO SAVEPOINT can only be used in transaction blocks");
  }
  const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                  [&](const Savepoint& s) { return s.name == name; });
  if (found == savepoints_.rend()) {
    throw SqlError(SqlState::kSEInvalidSpecification,
                   fmt::format("savepoint \"{}\" does not exist", name));
  }
  const Savepoint savepoint = *found;
  savepoints_.erase(found.base(), savepoints_.end());  // the savepoint itself stays
  DropPortalsMadeUnder(savepoints_.size());
  transaction_->mutable_options().read_only = savepoint.read_only;
  if (editor_ != nullptr) editor_->RollbackToSavepoint(savepoint.depth);
  transaction_->RollbackToSavepoint(savepoint.depth);
  settings_.UndoTo(savepoint.settings_position);
  uncontended_relations_.resize(savepoint.uncontended_count);
  checks_.UndoTo(savepoint.checks);
  block_ = BlockState::kExplicit;
}

}  // namespace grizzly::session
