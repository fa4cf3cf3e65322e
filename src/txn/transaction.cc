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
  writes.Open(tracker, &options.write_memory_bytes);
  command = 0;
  id = TransactionId();
  active = true;
}

Transaction::State::Savepoint Transaction::State::Here() const {
  return {writes.position(),       manager.locks.MarkPosition(owner),
          commit_actions.size(),   rollback_actions.size(),
          commit_drops.size(),     rollback_drops.size(),
          noted == nullptr ? 0 : manager.serializable.WritePosition(*noted)};
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
  if (noted != nullptr) manager.serializable.UndoWritesTo(*noted, place.noted_writes);
  manager.locks.ReleaseAfter(owner, place.locks);
  DropWritten(manager.store, dropped);
  for (const KeyRange& range : dropped) manager.row_ids.Forget(range.from);
}

void Transaction::State::End() {
  active = false;
  if (noted != nullptr) manager.serializable.RolledBack(*noted);
  noted = nullptr;
  keeps_snapshot = false;
  young_heads.clear();
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
  if (state_->snapshot == nullptr) {
    state_->ShowKeptSnapshot();
    if (state_->options.isolation == IsolationLevel::kSerializable) {
      state_->BeginSerializable();
    } else {
      state_->snapshot = state_->manager.TakeSnapshot();
    }
    state_->keeps_snapshot = true;
  }
  if (state_->manager.planted_fault == PlantedFault::kSnapshot) [[unlikely]] {
    state_->snapshot = state_->manager.TakeSnapshot();
  }
  return {state_->snapshot, state_->command};
}

bool Transaction::RefusesStaleRows() const {
  return state_->options.isolation >= IsolationLevel::kRepeatableRead &&
         state_->manager.planted_fault != PlantedFault::kStaleRow;
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
  if (state_->keeps_snapshot && view.snapshot != nullptr) state_->OnKeptSnapshotRead(key, view);
  row->own_command_ = 0;
  row->kept_.reset();
  row->found_ = state_->manager.store.Get(view.snapshot.get(), key, &row->pinned_);
  row->value_ = row->pinned_.view();
}

void Transaction::GetLatest(std::string_view key, RowRead* row) {
  Get({nullptr, kSeesAll}, key, row);
}

std::unique_ptr<RangeScan> Transaction::Scan(const ReadView& view, std::string_view from,
                                             std::string_view to, ScanDirection direction,
                                             bool fill_cache) {
  if (state_->keeps_snapshot && view.snapshot != nullptr) {
    state_->manager.young_ranges.Check(from, view.snapshot->sequence());
    if (state_->noted != nullptr) state_->NoteRangeRead(from, to);
  }
  return NewRangeScan(state_->manager.store, state_->writes, view, from, to, direction, fill_cache);
}

std::unique_ptr<RangeScan> Transaction::ScanLatest(std::string_view from, std::string_view to) {
  return Scan({nullptr, kSeesAll}, from, to);
}

// ---- serializable ----

void Transaction::State::BeginSerializable() {
  SerializationGuard& serializable = manager.serializable;
  SerializationGuard::Start start =
      options.read_only && options.deferrable
          ? serializable.BeginDeferred(options.session, *cancel)
          : serializable.Begin(options.session, options.read_only);
  snapshot = std::move(start.snapshot);
  noted = start.transaction;
}

void Transaction::State::PublishYoung() {
  for (std::string& head : young_heads) {
    manager.young_ranges.Add(std::move(head), manager.store.LatestSequence());
  }
  young_heads.clear();
}

void Transaction::State::OnKeptSnapshotRead(std::string_view key, const ReadView& view) {
  manager.young_ranges.Check(key, view.snapshot->sequence());
  if (noted != nullptr) NoteRead(key);
}

void Transaction::State::NoteRead(std::string_view key) {
  if (!IsNoted(key) || manager.planted_fault == PlantedFault::kReadTracking) return;
  manager.serializable.NoteRead(*noted, key);
}

void Transaction::State::NoteRangeRead(std::string_view from, std::string_view to) {
  if (!IsNoted(from) || manager.planted_fault == PlantedFault::kReadTracking) return;
  manager.serializable.NoteRangeRead(*noted, from, to);
}

void Transaction::State::NoteWrite(std::string_view key) {
  if (IsNoted(key)) manager.serializable.NoteWrite(*noted, key);
}

void Transaction::NoteKeyTaken(std::string_view key, bool is_error) {
  if (state_->noted == nullptr) return;
  // As PostgreSQL: a duplicate key that comes of a conflict is reported as that.
  if (is_error) state_->NoteWrite(key);
  if (!is_error || !state_->savepoints.empty()) state_->NoteRead(key);
}

void Transaction::NoteKeyFree(std::string_view key) {
  if (state_->noted == nullptr || !State::IsNoted(key)) return;
  FoundWrite own;
  if (state_->writes.Find(key, kSeesAll, &own)) return;  // this transaction took it away
  storage::PinnedValue seen;
  if (!state_->manager.store.Get(state_->snapshot.get(), key, &seen)) return;
  throw SqlError(SqlState::kTRSerializationFailure,
                 "could not serialize access due to concurrent delete");
}

void Transaction::MoveNotedReads(std::string_view old_head, std::string_view new_head) {
  state_->manager.serializable.MoveReads(old_head, new_head);
}

// ---- writes ----

void Transaction::Put(std::string_view key, std::string_view value) {
  state_->CheckWritable();
  GRIZZLY_CHECK(value.size() >= kRowTimestampBytes);
  if (state_->noted != nullptr) [[unlikely]] state_->NoteWrite(key);
  state_->writes.Put(key, value, state_->command);
}

void Transaction::Delete(std::string_view key) {
  state_->CheckWritable();
  if (state_->noted != nullptr) [[unlikely]] state_->NoteWrite(key);
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
  if (state_->noted != nullptr) state_->manager.serializable.NoteDrop(*state_->noted, from);
  state_->commit_drops.push_back({std::move(from), std::move(to)});
}

void Transaction::MarkYoungAtCommit(std::string head) {
  state_->young_heads.push_back(std::move(head));
}

void Transaction::DropRangeAtRollback(std::string from, std::string to) {
  state_->rollback_drops.push_back({std::move(from), std::move(to)});
}

// ---- locks ----

LockOutcome Transaction::LockRow(std::string_view key, RowLockMode mode, LockWait wait) {
  GRIZZLY_CHECK(key.size() >= sizeof(uint32_t));
  if (state_->manager.planted_fault == PlantedFault::kRowLock) [[unlikely]] {
    return LockOutcome::kGranted;
  }
  const TenantId tenant(storage::ReadBigEndian<uint32_t>(key.data()));
  return state_->manager.locks.LockRow(state_->owner, LockTag::Row(tenant, key), mode, wait);
}

LockOutcome Transaction::LockRelation(TenantId tenant, Oid relation, RelationLockMode mode,
                                      LockWait wait) {
  return state_->manager.locks.LockRelation(state_->owner, LockTag::Relation(tenant, relation),
                                            mode, wait);
}

// Before the snapshot is taken, and to the end of the transaction whatever the savepoint it is in.
void Transaction::State::ShowKeptSnapshot() {
  if (options.tenant == TenantId()) return;
  manager.locks.LockExclusiveOrShared(owner, LockTag::Snapshots(options.tenant),
                                      /*exclusive=*/false, LockWait::kBlock);
  manager.locks.MoveLastToFront(owner);
  for (Savepoint& savepoint : savepoints) ++savepoint.locks;
}

void Transaction::AwaitRelationHolders(TenantId tenant, Oid relation, RelationLockMode mode) {
  state_->manager.locks.AwaitRelationHolders(state_->owner, LockTag::Relation(tenant, relation),
                                             mode);
}

void Transaction::AwaitKeptSnapshots(TenantId tenant) {
  state_->manager.locks.AwaitSharers(state_->owner, LockTag::Snapshots(tenant));
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

// Fails the transaction if its commit would leave no serial order.
void Transaction::PrepareNoted() {
  try {
    state_->manager.serializable.Prepare(*state_->noted);
  } catch (...) {
    Rollback();
    throw;
  }
}

void Transaction::Commit() {
  GRIZZLY_CHECK(state_->active);
  CommitTimestamp timestamp;
  if (state_->noted != nullptr) PrepareNoted();
  if (has_writes()) {
    try {
      timestamp = state_->manager.clock.Next();
      state_->Publish(timestamp);
    } catch (...) {
      Rollback();
      throw;
    }
  }
  if (state_->noted != nullptr) {
    state_->manager.serializable.Committed(*std::exchange(state_->noted, nullptr));
  }
  state_->PublishYoung();  // before the catalog's change, that lets others find them
  for (const auto& action : state_->commit_actions) action(timestamp);
  const std::vector<KeyRange> dropped = std::move(state_->commit_drops);
  for (const KeyRange& range : dropped) state_->manager.row_ids.Forget(range.from);
  state_->End();
  Reclaim(state_->manager.store, dropped);
}

void Transaction::Rollback() {
  if (!state_->active) return;
  state_->UndoTo(State::Savepoint{});
  state_->End();
}

}  // namespace grizzly::txn
