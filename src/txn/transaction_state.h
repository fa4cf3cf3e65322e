// What stands behind Transaction and TransactionManager. Internal to txn.
#pragma once

#include <mutex>
#include <vector>

#include "storage/key/ordered_key.h"
#include "txn/commit_clock.h"
#include "txn/pending_writes.h"
#include "txn/row_ids.h"
#include "txn/serializable/serialization_guard.h"
#include "txn/store_change.h"
#include "txn/transaction.h"
#include "txn/young_ranges.h"

namespace grizzly::txn {

// Pooled: everything here is reused by the next transaction, whoever's it is.
struct Transaction::State {
  // Where everything that grows was when the savepoint was made.
  struct Savepoint {
    size_t writes;
    size_t locks;
    size_t commit_actions;
    size_t rollback_actions;
    size_t commit_drops;
    size_t rollback_drops;
    size_t noted_writes;
  };

  explicit State(TransactionManager::State& manager);

  void Begin(const TransactionOptions& options, CancelToken& cancel, MemoryTracker* memory,
             const LockSettings* lock_settings);
  Savepoint Here() const;
  void UndoTo(const Savepoint& place);
  // Ends the transaction: drops what is left and gives the locks back.
  void End();
  void GatherWrites(CommitTimestamp timestamp);
  // After a prepare: only the locks are left.
  void ForgetWhatIsStored();
  // Makes the writes durable and visible.
  void Publish(CommitTimestamp timestamp);
  void CheckWritable() const;
  void ShowKeptSnapshot();
  // SERIALIZABLE: takes the snapshot, and what is noted from then on.
  void BeginSerializable();
  // Rows of users are; the catalog has locks of its own.
  static bool IsNoted(std::string_view key) {
    return storage::ReadBigEndian<uint32_t>(key.data() + sizeof(uint32_t)) >= kFirstNotedStorage;
  }
  void PublishYoung();
  void OnKeptSnapshotRead(std::string_view key, const ReadView& view);
  void NoteRead(std::string_view key);
  void NoteRangeRead(std::string_view from, std::string_view to);
  void NoteWrite(std::string_view key);

  TransactionManager::State& manager;
  TransactionOptions options;
  CancelToken no_cancel;  // for the owner between two transactions
  LockOwner owner;
  MemoryTracker* memory = nullptr;
  CancelToken* cancel = &no_cancel;
  PendingWrites writes;
  std::unique_ptr<storage::StoreBatch> batch;  // reused while small
  std::shared_ptr<const storage::StoreSnapshot> snapshot;  // of REPEATABLE READ and above
  std::vector<std::string> young_heads;
  bool keeps_snapshot = false;  // it has one, for all its statements
  SerializableTransaction* noted = nullptr;  // what is noted of it: SERIALIZABLE, once it has a snapshot
  CommandId command = 0;
  TransactionId id;
  bool active = false;
  std::vector<Savepoint> savepoints;
  std::vector<std::function<void(CommitTimestamp)>> commit_actions;
  std::vector<std::function<void()>> rollback_actions;
  std::vector<KeyRange> commit_drops;
  std::vector<KeyRange> rollback_drops;
};

struct TransactionManager::State {
  State(storage::Store& store, LockManager& locks)
      : store(store),
        locks(locks),
        clock(store),
        serializable(store, [this] { return TakeSnapshot(); }),
        row_ids(store) {}

  // The store as it is now; statements that nothing was written between share one.
  std::shared_ptr<const storage::StoreSnapshot> TakeSnapshot();
  std::unique_ptr<Transaction::State> TakeTransaction();
  void GiveBack(std::unique_ptr<Transaction::State> transaction);

  storage::Store& store;
  LockManager& locks;
  CommitClock clock;
  SerializationGuard serializable;
  RowIds row_ids;
  YoungRanges young_ranges;
  PlantedFault planted_fault = PlantedFault::kNone;

  std::mutex snapshot_mutex;
  std::shared_ptr<const storage::StoreSnapshot> shared_snapshot;  // guarded by snapshot_mutex

  std::mutex pool_mutex;
  std::vector<std::unique_ptr<Transaction::State>> pool;  // guarded by pool_mutex
};

}  // namespace grizzly::txn
