#include "commands/beside_transaction.h"

namespace grizzly::commands {
namespace {

std::unique_ptr<txn::Transaction> BeginBesideStatement(const CommandInput& outer,
                                                       BesideTransaction::Use use) {
  txn::TransactionOptions options = outer.transaction.options();
  options.isolation = txn::IsolationLevel::kReadCommitted;
  if (!use.is_synced) options.commit_sync = storage::SyncMode::kNone;
  auto beside = outer.transactions.BeginBeside(outer.transaction, options, use.heeds_cancel);
  beside->NextCommand();
  return beside;
}

}  // namespace

BesideTransaction::BesideTransaction(const CommandInput& outer, Use use)
    : transaction_(BeginBesideStatement(outer, use)),
      editor_(outer.catalog.NewEditor(*transaction_)),
      input_(InTransaction(outer, *transaction_, *editor_)) {
  if (!use.heeds_cancel) input_.cancel = nullptr;
}

}  // namespace grizzly::commands
