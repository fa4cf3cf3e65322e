#include "base/error/sql_error.h"
#include "txn/transaction_state.h"

namespace grizzly::txn {
namespace {

constexpr size_t kPooledTransactionsMax = 256;  // a few kilobytes each

}  // namespace

TransactionManager::TransactionManager(storage::Store& store, LockManager& locks)
    : state_(std::make_unique<State>(store, locks)) {}

TransactionManager::~TransactionManager() = default;

std::unique_ptr<Transaction> TransactionManager::Begin(const TransactionOptions& options,
                                                       CancelToken& cancel, MemoryTracker* memory,
                                                       const LockSettings* lock_settings) {
  std::unique_ptr<Transaction::State> transaction = state_->TakeTransaction();
  transaction->Begin(options, cancel, memory, lock_settings);
  return std::unique_ptr<Transaction>(new Transaction(std::move(transaction)));
}

std::unique_ptr<Transaction> TransactionManager::BeginBeside(Transaction& other,
                                                             const TransactionOptions& options,
                                                             bool heeds_cancel) {
  std::unique_ptr<Transaction::State> beside = state_->TakeTransaction();
  Transaction::State& first = *other.state_;
  beside->Begin(options, heeds_cancel ? *first.cancel : beside->no_cancel, first.memory,
                first.owner.settings());
  return std::unique_ptr<Transaction>(new Transaction(std::move(beside)));
}

CommitTimestamp TransactionManager::NextTimestamp() { return state_->clock.Next(); }
storage::Store& TransactionManager::store() { return state_->store; }
LockManager& TransactionManager::locks() { return state_->locks; }
SerializationGuard& TransactionManager::serializable() { return state_->serializable; }
RowIds& TransactionManager::row_ids() { return state_->row_ids; }

void TransactionManager::PlantFaultForTest(PlantedFault fault) { state_->planted_fault = fault; }

std::shared_ptr<const storage::StoreSnapshot> TransactionManager::State::TakeSnapshot() {
  const uint64_t latest = store.LatestSequence();
  std::lock_guard lock(snapshot_mutex);
  if (shared_snapshot == nullptr || shared_snapshot->sequence() < latest) {
    shared_snapshot = store.GetSnapshot();
  }
  return shared_snapshot;
}

std::unique_ptr<Transaction::State> TransactionManager::State::TakeTransaction() {
  {
    std::lock_guard lock(pool_mutex);
    if (!pool.empty()) {
      std::unique_ptr<Transaction::State> transaction = std::move(pool.back());
      pool.pop_back();
      return transaction;
    }
  }
  return std::make_unique<Transaction::State>(*this);
}

void TransactionManager::State::GiveBack(std::unique_ptr<Transaction::State> transaction) {
  std::lock_guard lock(pool_mutex);
  if (pool.size() < kPooledTransactionsMax) pool.push_back(std::move(transaction));
}

}  // namespace grizzly::txn
