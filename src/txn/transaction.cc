#include "txn/transaction.h"

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "storage/key/ordered_key.h"
#include "txn/range_scan.h"
#include "txn/transaction_state.h"

namespace grizzly::txn {
namespace {

constexpr size_t kBatchBytesKept = 64 * 1024;

template <typename T>
void ShrinkTo(std::vector<T>& vector, size_t size) {
  vector.erase(vector.begin() + static_cast<ptrdiff_t>(size), vector.end());
}

}  // namespace

CommitTimestamp RowRead::commit_timestamp() const {
  GRIZZLY_CHECK(found_ && value_.size() >= kRowTimestampBytes);
  uint64_t timestamp;
  std::memcpy(&timestamp, value_.data(), sizeof(timestamp));
  return CommitTimestamp(timestamp);
}

// ---- State ----

Transaction::State::State(TransactionManager::State& manager)
    : manager(manager),
      owner(manager.locks, SessionId(), no_cancel, nullptr),
      writes(manager.store) {}

void Transaction::State::Begin(const TransactionOptions& new_options, CancelToken& cancel_token,
                               MemoryTracker* tracker, const LockSettings* lock_settings) {
  options = new_options;
  cancel = &cancel_token;
  memory = tracker;
  owner.Rebind(options.session, cancel_token, lock_settings, tracker);
  writes.Open(tracker, options.write_memory_bytes);
  command = 0;
  id = TransactionId();
  active = true;
}

Transaction::State::Savepoint Transaction::State::Here() const {
  return {writes.position(),       manager.locks.MarkPosition(owner),
          commit_actions.size(),   rollback_actions.size(),
          commit_drops.size(),     rollback_drops.size()};
}

void Transaction::State::UndoTo(const Savepoint& place) {
  writes.UndoTo(place.writes);
  for (size_t i = place.rollback_actions; i < rollback_actions.size(); ++i) rollback_actions[i]();
  const std::vector<KeyRange> dropped(
      rollback_drops.begin() + static_cast<ptrdiff_t>(place.rollback_drops), rollback_drops.end());
  ShrinkTo(commit_actions, place.commit_actions);
  ShrinkTo(rollback_actions, place.rollback_actions);
  ShrinkTo(commit_drops, place.commit_drops);
  ShrinkTo(rollback_drops, place.rollback_drops);
  manager.locks.ReleaseAfter(owner, place.locks);
  Reclaim(manager.store, dropped);
}

void Transaction::State::End() {
  active = false;
  writes.Clear();
  snapshot.reset();
  savepoints.clear();
  commit_actions.clear();
  rollback_actions.clear();
  commit_drops.clear();
  rollback_drops.clear();
  if (batch != nullptr) {
    if (batch->byte_count() > kBatchBytesKept) {
      batch.reset();
    } else {
      batch->Clear();
    }
  }
  manager.locks.ReleaseAll(owner);
  owner.Rebind(SessionId(), no_cancel, nullptr, nullptr);
  cancel = &no_cancel;
  memory = nullptr;
}

void Transaction::State::GatherWrites(CommitTimestamp timestamp) {
  char stamp[kRowTimestampBytes];
  std::memcpy(stamp, &timestamp.value, sizeof(stamp));
  if (batch == nullptr) batch = manager.store.NewBatch();
  const WriteSet& recent = writes.recent();
  for (const WriteSet::Node* node = recent.First(); node != nullptr; node = WriteSet::Next(node)) {
    const WriteSet::Version* const version = WriteSet::VersionOf(node, kSeesAll);
    if (version == nullptr) continue;
    if (version->is_deleted()) {
      batch->Delete(WriteSet::KeyOf(node));
    } else {
      batch->PutParts(WriteSet::KeyOf(node), {stamp, sizeof(stamp)},
                      version->bytes().substr(kRowTimestampBytes));
    }
  }
  // Last: a dropped storage may have got rows in this transaction, too.
  for (const KeyRange& range : commit_drops) batch->DeleteRange(range.from, range.to);
}

void Transaction::State::Publish(CommitTimestamp timestamp) {
  const auto batch_bytes = static_cast<int64_t>(writes.byte_count());
  // The batch is a second copy of the writes.
  const bool fits = !writes.has_runs() && (memory == nullptr || memory->TryReserve(batch_bytes));
  if (!fits) {
    ApplyInFiles(manager.store, {*writes.All(), commit_drops, timestamp}, *cancel);
    return;
  }
  try {
    GatherWrites(timestamp);
    manager.store.Write(*batch, options.commit_sync);
  } catch (...) {
    if (memory != nullptr) memory->Release(batch_bytes);
    throw;
  }
  if (memory != nullptr) memory->Release(batch_bytes);
}

void Transaction::State::CheckWritable() const {
  GRIZZLY_CHECK(active);
  if (options.read_only) [[unlikely]] {
    throw SqlError(SqlState::kReadOnlySqlTransaction, "cannot write in a read-only transaction");
  }
}

// ---- Transaction ----

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}

Transaction::~Transaction() {
  if (state_->active) Rollback();
  TransactionManager::State& manager = state_->manager;
  manager.GiveBack(std::move(state_));
}

const TransactionOptions& Transaction::options() const { return state_->options; }
TransactionOptions& Transaction::mutable_options() { return state_->options; }
bool Transaction::is_active() const { return state_->active; }
bool Transaction::has_writes() const {
  return !state_->writes.empty() || !state_->commit_drops.empty();
}
LockOwner& Transaction::lock_owner() { return state_->owner; }

TransactionId Transaction::id() {
  if (state_->id.value == 0) state_->id = TransactionId(state_->manager.clock.Next().value);
  return state_->id;
}

CommandId Transaction::current_command() const { return state_->command; }

CommandId Transaction::NextCommand() {
  if (state_->command == kSeesAll - 1) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   "cannot have more than 2^32-2 commands in a transaction");
  }
  return ++state_->command;
}

ReadView Transaction::View() {
  GRIZZLY_CHECK(state_->active);
  if (state_->options.isolation < IsolationLevel::kRepeatableRead) {
    return {state_->manager.TakeSnapshot(), state_->command};
  }
  if (state_->options.isolation == IsolationLevel::kSerializable) {
    ThrowNotSupported("isolation level SERIALIZABLE");
  }
  if (state_->snapshot == nullptr) state_->snapshot = state_->manager.TakeSnapshot();
  return {state_->snapshot, state_->command};
}

// ---- reads ----

void Transaction::Get(const ReadView& view, std::string_view key, RowRead* row) {
  if (!state_->writes.empty()) {
    FoundWrite own;
    if (state_->writes.Find(key, view.command, &own)) {
      row->found_ = !own.deleted;
      row->own_command_ = own.command;
      row->value_ = own.value;
      row->kept_ = std::move(own.kept);
      return;
    }
  }
  row->own_command_ = 0;
  row->found_ = state_->manager.store.Get(view.snapshot.get(), key, &row->pinned_);
  row->value_ = row->pinned_.view();
}

void Transaction::GetLatest(std::string_view key, RowRead* row) {
  Get({nullptr, kSeesAll}, key, row);
}

std::unique_ptr<RangeScan> Transaction::Scan(const ReadView& view, std::string_view from,
                                             std::string_view to, ScanDirection direction,
                                             bool fill_cache) {
  return NewRangeScan(state_->manager.store, state_->writes, view, from, to, direction, fill_cache);
}

std::unique_ptr<RangeScan> Transaction::ScanLatest(std::string_view from, std::string_view to) {
  return Scan({nullptr, kSeesAll}, from, to);
}

// ---- writes ----

void Transaction::Put(std::string_view key, std::string_view value) {
  state_->CheckWritable();
  GRIZZLY_CHECK(value.size() >= kRowTimestampBytes);
  state_->writes.Put(key, value, state_->command);
}

void Transaction::Delete(std::string_view key) {
  state_->CheckWritable();
  state_->writes.Delete(key, state_->command);
}

void Transaction::OnCommit(std::function<void(CommitTimestamp)> action) {
  state_->commit_actions.push_back(std::move(action));
}

void Transaction::OnRollback(std::function<void()> action) {
  state_->rollback_actions.push_back(std::move(action));
}

void Transaction::DropRangeAtCommit(std::string from, std::string to) {
  state_->CheckWritable();
  state_->commit_drops.push_back({std::move(from), std::move(to)});
}

void Transaction::DropRangeAtRollback(std::string from, std::string to) {
  state_->rollback_drops.push_back({std::move(from), std::move(to)});
}

// ---- locks ----

LockOutcome Transaction::LockRow(std::string_view key, RowLockMode mode, LockWait wait) {
  GRIZZLY_CHECK(key.size() >= sizeof(uint32_t));
  const TenantId tenant(storage::ReadBigEndian<uint32_t>(key.data()));
  return state_->manager.locks.LockRow(state_->owner, LockTag::Row(tenant, key), mode, wait);
}

LockOutcome Transaction::LockRelation(TenantId tenant, Oid relation, RelationLockMode mode,
                                      LockWait wait) {
  return state_->manager.locks.LockRelation(state_->owner, LockTag::Relation(tenant, relation),
                                            mode, wait);
}

LockOutcome Transaction::LockTag(const txn::LockTag& tag, bool exclusive, LockWait wait) {
  return state_->manager.locks.LockExclusiveOrShared(state_->owner, tag, exclusive, wait);
}

// ---- savepoints ----

size_t Transaction::PushSavepoint() {
  state_->savepoints.push_back(state_->Here());
  return state_->savepoints.size();
}

void Transaction::RollbackToSavepoint(size_t depth) {
  GRIZZLY_CHECK(depth >= 1 && depth <= state_->savepoints.size());
  state_->savepoints.resize(depth);
  state_->UndoTo(state_->savepoints.back());
}

void Transaction::ReleaseSavepoint(size_t depth) {
  GRIZZLY_CHECK(depth >= 1 && depth <= state_->savepoints.size());
  state_->savepoints.resize(depth - 1);
}

// ---- the end ----

void Transaction::Commit() {
  GRIZZLY_CHECK(state_->active);
  CommitTimestamp timestamp;
  if (has_writes()) {
    try {
      timestamp = state_->manager.clock.Next();
      state_->Publish(timestamp);
    } catch (...) {
      Rollback();
      throw;
    }
  }
  for (const auto& action : state_->commit_actions) action(timestamp);
  const std::vector<KeyRange> dropped = std::move(state_->commit_drops);
  state_->End();
  Reclaim(state_->manager.store, dropped);
}

void Transaction::Rollback() {
  if (!state_->active) return;
  state_->UndoTo(State::Savepoint{});
  state_->End();
}

}  // namespace grizzly::txn
