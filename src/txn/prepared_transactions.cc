#include "txn/prepared_transactions.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "storage/key/ordered_key.h"
#include "txn/prepared_record.h"
#include "txn/transaction_state.h"

namespace grizzly::txn {
namespace {

constexpr uint64_t kBatchBytesMax = 64u << 20;  // beyond, sorted files

void Apply(storage::Store& store, StoreChange change, bool in_files, const CancelToken& cancel) {
  if (in_files) return ApplyInFiles(store, std::move(change), cancel);
  const auto batch = store.NewBatch();
  GatherChange(change, *batch);
  store.Write(*batch, storage::SyncMode::kSync);
}

bool IsServerKey(std::string_view key) {
  return storage::ReadBigEndian<uint32_t>(key.data()) == kServerTenant.value;
}

}  // namespace

PreparedTransactions::PreparedTransactions(TransactionManager& transactions, MemoryTracker* memory,
                                           int count_max)
    : transactions_(transactions), memory_(memory), count_max_(count_max) {
  Recover();
}

// They stay in the store; only their locks go with the server.
PreparedTransactions::~PreparedTransactions() = default;

void PreparedTransactions::Recover() {
  storage::Store& store = transactions_.store();
  const KeyRange range = HeaderRange();
  const auto rows = store.NewIterator(nullptr, range.from, range.to);
  for (rows->Seek(range.from); rows->Valid(); rows->Next()) {
    const PreparedHeader header = DecodeHeader(IdOfHeaderKey(rows->key()), rows->value());
    Entry entry;
    entry.description = header.description;
    entry.transaction = transactions_.Begin(TransactionOptions(), no_cancel_, memory_, nullptr);
    LockOwner& owner = entry.transaction->lock_owner();
    transactions_.locks().Restore(owner, header.locks);
    transactions_.locks().LeaveSession(owner, header.description.id, no_cancel_, memory_);
    if (header.noted.has_value()) {
      entry.transaction->state_->noted = &transactions_.serializable().Restore(*header.noted);
    }
    entry.busy = false;
    entries_.emplace(header.description.name, std::move(entry));
  }
}

void PreparedTransactions::Reserve(std::string_view name) {
  if (name.size() > kPreparedNameBytesMax) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("transaction identifier \"{}\" is too long", name));
  }
  if (count_max_ == 0) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState, "prepared transactions are disabled")
        .Hint("Set max_prepared_transactions to a nonzero value.");
  }
  std::lock_guard lock(mutex_);
  if (entries_.contains(name)) {
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("transaction identifier \"{}\" is already in use", name));
  }
  if (entries_.size() >= static_cast<size_t>(count_max_)) {
    throw SqlError(SqlState::kOutOfMemory, "maximum number of prepared transactions reached")
        .Hint(fmt::format("Increase max_prepared_transactions (currently {}).", count_max_));
  }
  entries_.emplace(name, Entry());
}

void PreparedTransactions::GiveUp(std::string_view name) { Remove(std::string(name)); }

void PreparedTransactions::Prepare(std::unique_ptr<Transaction> transaction,
                                   PreparedTransaction prepared) {
  try {
    prepared.id = transaction->id();
    transaction->Prepare(prepared, no_cancel_, memory_);
  } catch (...) {
    GiveUp(prepared.name);
    transaction->Rollback();
    throw;
  }
  std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(prepared.name);
  entry.description = std::move(prepared);
  entry.transaction = std::move(transaction);
  entry.busy = false;
}

std::vector<PreparedTransaction> PreparedTransactions::List() const {
  std::vector<PreparedTransaction> list;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, entry] : entries_) {
      if (entry.transaction != nullptr) list.push_back(entry.description);
    }
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return list;
}

std::unique_ptr<PreparedTransactions::Claim> PreparedTransactions::Find(std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.transaction == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("prepared transaction with identifier \"{}\" does not exist", name));
  }
  if (found->second.busy) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("prepared transaction with identifier \"{}\" is busy", name));
  }
  found->second.busy = true;
  return std::unique_ptr<Claim>(new Claim(*this, found->first));
}

void PreparedTransactions::Release(const std::string& name) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found != entries_.end()) found->second.busy = false;
}

void PreparedTransactions::Remove(const std::string& name) {
  std::unique_ptr<Transaction> ended;  // after the mutex: it gives its locks back
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  ended = std::move(found->second.transaction);
  entries_.erase(found);
}

void PreparedTransactions::End(const Entry& entry, bool commit,
                               const std::function<void()>& publish) {
  storage::Store& store = transactions_.store();
  const TransactionId id = entry.description.id;
  storage::PinnedValue stored;
  const bool found = store.Get(nullptr, HeaderKey(id), &stored);
  GRIZZLY_CHECK(found);
  PreparedHeader header = DecodeHeader(id, stored.view());
  stored.Reset();
  std::vector<KeyRange> drops = commit ? header.commit_drops : header.rollback_drops;
  drops.push_back({HeaderKey(id), HeaderKey(id) + '\0'});
  drops.push_back(WriteRangeOf(id));
  if (commit) {
    const auto writes = WritesOfRecord(store, id);
    Apply(store, {*writes, std::move(drops), transactions_.NextTimestamp()},
          header.written_bytes > kBatchBytesMax, no_cancel_);
    publish();
  } else {
    const auto nothing = NewMemoryCursor(std::make_shared<WriteSet>(), {});
    Apply(store, {*nothing, std::move(drops), std::nullopt}, /*in_files=*/false, no_cancel_);
  }
  entry.transaction->EndPrepared(commit);
  Reclaim(store, commit ? header.commit_drops : header.rollback_drops);
}

// ---- the transaction's side ----

void Transaction::Prepare(PreparedTransaction& prepared, CancelToken& cancel,
                          MemoryTracker* memory) {
  State& state = *state_;
  if (state.noted != nullptr) state.manager.serializable.Prepare(*state.noted);
  PreparedHeader header;
  const auto writes = state.writes.All();
  prepared.changes_server = writes->Valid() && IsServerKey(writes->key());
  header.description = prepared;
  header.written_bytes = state.writes.has_runs() ? UINT64_MAX : state.writes.byte_count();
  header.commit_drops = state.commit_drops;
  header.rollback_drops = state.rollback_drops;
  if (state.keeps_snapshot) {  // it reads no more
    state.manager.locks.Unlock(state.owner, LockTag::Snapshots(state.options.tenant), false);
  }
  header.locks = state.manager.locks.ImageOf(state.owner);
  if (state.noted != nullptr) {
    header.noted = state.manager.serializable.LeaveSession(*state.noted);
  }
  state.manager.locks.LeaveSession(state.owner, prepared.id, cancel, memory);
  const auto record = RecordToStore(header, state.writes.All());
  Apply(state.manager.store, {*record, {}, std::nullopt}, state.writes.has_runs(), *state.cancel);
  state.ForgetWhatIsStored();
  state.cancel = &cancel;
  state.memory = memory;
}

void Transaction::State::ForgetWhatIsStored() {
  // What only this process knows of the transaction goes, as with a restart.
  for (const auto& action : rollback_actions) action();
  rollback_actions.clear();
  rollback_drops.clear();
  commit_actions.clear();
  commit_drops.clear();
  savepoints.clear();
  snapshot.reset();
  keeps_snapshot = false;
  writes.Clear();
}

void Transaction::EndPrepared(bool committed) {
  if (committed) state_->PublishYoung();
  if (committed && state_->noted != nullptr) {
    state_->manager.serializable.Committed(*std::exchange(state_->noted, nullptr));
  }
  state_->End();
}

// ---- Claim ----

PreparedTransactions::Claim::Claim(PreparedTransactions& all, std::string name)
    : all_(all), name_(std::move(name)) {}

PreparedTransactions::Claim::~Claim() { all_.Release(name_); }

const PreparedTransaction& PreparedTransactions::Claim::transaction() const {
  std::lock_guard lock(all_.mutex_);
  return all_.entries_.at(name_).description;
}

void PreparedTransactions::Claim::Commit(const std::function<void()>& publish) {
  const Entry* entry;
  {
    std::lock_guard lock(all_.mutex_);
    entry = &all_.entries_.at(name_);
  }
  all_.End(*entry, /*commit=*/true, publish);
  all_.Remove(name_);
}

void PreparedTransactions::Claim::Rollback() {
  const Entry* entry;
  {
    std::lock_guard lock(all_.mutex_);
    entry = &all_.entries_.at(name_);
  }
  all_.End(*entry, /*commit=*/false, [] {});
  all_.Remove(name_);
}

}  // namespace grizzly::txn
