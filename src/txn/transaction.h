// Transactions: a snapshot, a private write set ordered by command, locks, one atomic commit.
//
// VISIBILITY  A read made with command id c sees the newest own write with an id < c, else the store
//             at its snapshot. So a statement never sees its own writes, a cursor never sees later
//             ones, and a failed statement or a savepoint is undone by dropping the newest writes.
//             (PostgreSQL's CommandId, kept outside the store.)
// ROWS        The first eight bytes of every value are the commit timestamp, filled in at commit.
// ISOLATION   READ COMMITTED takes a snapshot per statement (ReadView); REPEATABLE READ one per
//             transaction. Who wants to change a row locks it first (LockRow), then compares the
//             commit timestamp it saw with the latest one (GetLatest). SERIALIZABLE is REPEATABLE READ
//             with every read and write noted (txn/serializable/).
// THREADS     one at a time; the owner is a session. Waiting for a lock or the log is inside a
//             BlockingSection. Cancel reaches waits through the token.
// ERRORS      40001 serialization_failure, 40P01 deadlock_detected, 55P03 lock_not_available,
//             25006 read_only_sql_transaction, 53200, and those of storage::Store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "base/memory/memory_tracker.h"
#include "storage/kv/store.h"
#include "txn/lock/lock_manager.h"
#include "txn/lock/lock_settings.h"

namespace grizzly::txn {

enum class IsolationLevel : uint8_t {
  kReadUncommitted,  // behaves as READ COMMITTED
  kReadCommitted,
  kRepeatableRead,
  kSerializable,
};

// Orders the commands of one transaction, starting at 1.
using CommandId = uint32_t;
inline constexpr CommandId kSeesAll = UINT32_MAX;

// Storages below it (the second word of a key) hold the catalog: SERIALIZABLE notes nothing of them.
inline constexpr uint32_t kFirstNotedStorage = 64;

inline constexpr size_t kRowTimestampBytes = 8;  // head of each stored value, little-endian

class PreparedTransactions;
class RowIds;
class Transaction;
class TransactionManager;
class SerializationGuard;
struct PreparedTransaction;

// What one statement sees: a store snapshot and a command id. Cheap to copy; a cursor keeps its own.
// Valid while the transaction lives (a WITH HOLD cursor is materialised before commit).
struct ReadView {
  std::shared_ptr<const storage::StoreSnapshot> snapshot;
  CommandId command = kSeesAll;
};

// Ordered rows of [from, to): the store at a snapshot with the transaction's own writes on top.
class RangeScan {
 public:
  virtual ~RangeScan() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;  // in the direction the scan was made with
  virtual std::string_view key() const = 0;    // valid until Next
  virtual std::string_view value() const = 0;  // commit timestamp and the rest; own writes have 0
};

enum class ScanDirection : uint8_t { kForward, kBackward };

// Result of a read by key; the view is valid until the next read through the same object.
class RowRead {
 public:
  bool found() const { return found_; }
  std::string_view value() const { return value_; }
  CommitTimestamp commit_timestamp() const;  // 0 for own uncommitted writes
  // The command of this transaction that wrote (or deleted) the row last; 0 when it is a committed
  // version. Set when not found, too, if that is by an own delete.
  CommandId own_command() const { return own_command_; }

 private:
  friend class Transaction;
  bool found_ = false;
  CommandId own_command_ = 0;
  std::string_view value_;
  storage::PinnedValue pinned_;
  std::shared_ptr<const void> kept_;  // what an own write's value lies in
};

struct TransactionOptions {
  IsolationLevel isolation = IsolationLevel::kReadCommitted;
  bool read_only = false;
  bool deferrable = false;
  storage::SyncMode commit_sync = storage::SyncMode::kSync;  // synchronous_commit
  SessionId session;  // whom pg_locks and deadlock reports name
  TenantId tenant;    // whose rows it reads
  size_t write_memory_bytes = 64u << 20;  // of uncommitted writes; what is beyond goes to disk
};

class Transaction {
 public:
  ~Transaction();  // rolls back if neither committed nor rolled back

  const TransactionOptions& options() const;
  TransactionOptions& mutable_options();
  TransactionId id();  // given at the first call
  bool has_writes() const;

  // ---- commands ----
  // Begins the next command: later views see the writes of the ones before. Returns its id, to be
  // passed to Put and Delete.
  CommandId NextCommand();
  CommandId current_command() const;
  // What a statement starting now sees. The first one of a SERIALIZABLE READ ONLY DEFERRABLE transaction
  // waits for a safe snapshot; take it before locks.
  ReadView View();
  // Whether a row that somebody changed after the snapshot cannot be changed any more (40001).
  bool RefusesStaleRows() const;

  // ---- reads ----
  void Get(const ReadView& view, std::string_view key, RowRead* row);
  // The latest committed version, or the own write on top: for checks under a lock.
  void GetLatest(std::string_view key, RowRead* row);
  std::unique_ptr<RangeScan> Scan(const ReadView& view, std::string_view from, std::string_view to,
                                  ScanDirection direction = ScanDirection::kForward,
                                  bool fill_cache = true);
  // As Scan, over latest committed and own writes.
  std::unique_ptr<RangeScan> ScanLatest(std::string_view from, std::string_view to);

  // From the commit on, keys that start with `head` (a storage or an index) are copies of older rows: kept
  // snapshots of before cannot use them (txn/young_ranges.h).
  void MarkYoungAtCommit(std::string head);

  // ---- for SERIALIZABLE; nothing at other levels ----
  // Somebody has the unique key that a statement wants for its row. `is_error`: it fails for that;
  // otherwise it has read the key.
  void NoteKeyTaken(std::string_view key, bool is_error);
  // Nobody has it. 40001 if the transaction's snapshot knows of one: who took that away comes before this
  // transaction, and after what it sees.
  void NoteKeyFree(std::string_view key);
  // What anybody has read below `old_head` (a storage or an index that goes) is below `new_head` now.
  void MoveNotedReads(std::string_view old_head, std::string_view new_head);

  // ---- writes: into the write set under the current command ----
  // `value` starts with kRowTimestampBytes of zeros.
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  // Run when the transaction commits (after the write, before locks go; the timestamp is 0 if nothing
  // was written) or rolls back, to a savepoint too; in order of registration. They must not throw.
  void OnCommit(std::function<void(CommitTimestamp)> action);
  void OnRollback(std::function<void()> action);
  // Removes a range behind the commit (TRUNCATE, DROP: the old storage).
  void DropRangeAtCommit(std::string from, std::string to);
  // ... behind a rollback (storage of a table created here).
  void DropRangeAtRollback(std::string from, std::string to);

  // ---- locks, held to the end of the transaction or the savepoint they were taken under ----
  LockOutcome LockRow(std::string_view key, RowLockMode mode, LockWait wait = LockWait::kBlock);
  LockOutcome LockRelation(TenantId tenant, Oid relation, RelationLockMode mode,
                           LockWait wait = LockWait::kBlock);
  // A name, an advisory key, ...: exclusive or shared.
  LockOutcome LockTag(const txn::LockTag& tag, bool exclusive, LockWait wait = LockWait::kBlock);
  // Waits for the transactions that hold, now, what `mode` conflicts with; takes nothing.
  void AwaitRelationHolders(TenantId tenant, Oid relation, RelationLockMode mode);
  // ... for those of the database that keep a snapshot (REPEATABLE READ and above) taken before now.
  void AwaitKeptSnapshots(TenantId tenant);
  LockOwner& lock_owner();

  // ---- savepoints: a stack; also used to undo a failed statement ----
  size_t PushSavepoint();              // returns its depth
  void RollbackToSavepoint(size_t depth);  // undoes writes and releases locks; the savepoint stays
  void ReleaseSavepoint(size_t depth);     // this one and all above it

  // ---- the end ----
  // Returns after the log is on disk (unless synchronous_commit is off). On a throw the transaction
  // is rolled back.
  void Commit();
  void Rollback();
  bool is_active() const;

  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

 private:
  friend class PreparedTransactions;
  friend class TransactionManager;
  struct State;
  // PREPARE TRANSACTION: writes the record; on a throw the transaction is to be rolled back. Afterwards the
  // locks are all that is left here (prepared_transactions.cc).
  void Prepare(PreparedTransaction& prepared, CancelToken& cancel, MemoryTracker* memory);
  void EndPrepared(bool committed);
  explicit Transaction(std::unique_ptr<State> state);
  void PrepareNoted();
  std::unique_ptr<State> state_;
};

enum class PlantedFault : uint8_t {
  kNone,
  kRowLock,       // rows are not locked
  kStaleRow,      // a row that changed after the snapshot is changed all the same
  kSnapshot,      // each statement has a snapshot of its own at any level
  kReadTracking,  // SERIALIZABLE notes no reads
};

class TransactionManager {
 public:
  TransactionManager(storage::Store& store, LockManager& locks);
  ~TransactionManager();

  // The token, the tracker and the settings must outlive the transaction; settings may change.
  std::unique_ptr<Transaction> Begin(const TransactionOptions& options, CancelToken& cancel,
                                     MemoryTracker* memory, const LockSettings* lock_settings);
  // One beside `other`, of the same session: it pays and waits as that one does, and commits on its own. A lock
  // that one of them holds keeps the other out. Without `heeds_cancel` only errors end it.
  std::unique_ptr<Transaction> BeginBeside(Transaction& other, const TransactionOptions& options,
                                           bool heeds_cancel = true);
  CommitTimestamp NextTimestamp();
  storage::Store& store();
  LockManager& locks();
  SerializationGuard& serializable();
  RowIds& row_ids();

  // Switches one check of isolation off, for tests that must notice.
  void PlantFaultForTest(PlantedFault fault);

 private:
  friend class Transaction;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace grizzly::txn
