// SERIALIZABLE: finds, among transactions that each see a snapshot, those that no serial order explains.
//
// Every read of a serializable transaction is noted (by key, by range), every write too. Where one did
// not see what another wrote, the reader comes before the writer. An anomaly needs T0 -> P -> T2 of such
// steps with T2 the first to commit (T0 and T2 may be one): then P fails with 40001, or who else can.
// Transactions of other levels take no part, as in PostgreSQL.
//
// MEMORY   bounded: SerializableLimits. What does not fit is remembered more coarsely, which fails more
//          transactions than needed and never fewer.
// READ ONLY  such a transaction need not be noted once all writers that ran beside it at its start have
//          ended well (a safe snapshot); DEFERRABLE waits for one.
// THREADS  any. One mutex; nothing of the store is called under it but snapshot and sequence.
// ERRORS   40001 "could not serialize access due to read/write dependencies among transactions".
// SOURCE   PostgreSQL 15 docs, "Serializable Isolation Level"; Ports, Grittner (2012), section 4 and 6
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "storage/kv/store.h"
#include "txn/serializable/read_registry.h"
#include "txn/serializable/serializable_image.h"
#include "txn/serializable/serializable_transaction.h"
#include "txn/serializable/write_registry.h"

namespace grizzly::txn {

struct SerializableLimits {
  size_t reads_per_index_max = 1024;   // of one transaction; beyond: the whole index
  size_t reads_max = 512 * 1024;       // of all, some 64 bytes each; beyond: whole indexes only
  size_t writes_per_index_max = 4096;  // of one transaction; beyond: the whole index
  size_t committed_max = 1024;         // remembered one by one; beyond: the oldest as one
};

// What pg_locks shows of a read.
struct NotedRead {
  enum class Extent : uint8_t { kIndex, kPart, kRow };
  SessionId session;
  TenantId tenant;
  StorageId storage;
  IndexId index;
  Extent extent = Extent::kIndex;
  uint64_t hash = 0;  // of the key or of its prefix; 0 for a range and a whole index
};

class SerializationGuard {
 public:
  using SnapshotSource = std::function<std::shared_ptr<const storage::StoreSnapshot>()>;

  SerializationGuard(storage::Store& store, SnapshotSource take_snapshot,
                      const SerializableLimits& limits = {});
  ~SerializationGuard();
  SerializationGuard(const SerializationGuard&) = delete;
  SerializationGuard& operator=(const SerializationGuard&) = delete;

  struct Start {
    std::shared_ptr<const storage::StoreSnapshot> snapshot;
    SerializableTransaction* transaction = nullptr;  // null: its snapshot is safe, nothing to note
  };
  Start Begin(SessionId session, bool read_only);
  // READ ONLY DEFERRABLE: waits for a safe snapshot, in a BlockingSection; throws what the token says.
  Start BeginDeferred(SessionId session, CancelToken& cancel);

  // ---- while it runs: each throws 40001 when the transaction has to fail ----
  void NoteRead(SerializableTransaction& reader, std::string_view key);
  void NoteRangeRead(SerializableTransaction& reader, std::string_view from, std::string_view to);
  void NoteWrite(SerializableTransaction& writer, std::string_view key);
  // Every key that starts with `head` (12 bytes: an index; 8 bytes: a storage) goes.
  void NoteDrop(SerializableTransaction& writer, std::string_view head);
  size_t WritePosition(const SerializableTransaction& writer) const;
  void UndoWritesTo(SerializableTransaction& writer, size_t position);
  // A commit, or PREPARE TRANSACTION: from here on it can not be made to fail.
  void Prepare(SerializableTransaction& transaction);

  // ---- over a restart: one that PREPARE TRANSACTION has prepared ----
  // It belongs to no session from now on.
  SerializableImage LeaveSession(SerializableTransaction& transaction);
  // Its edges are not known: whoever finds one to what it wrote fails, as in PostgreSQL. Before others begin.
  SerializableTransaction& Restore(const SerializableImage& image);

  // ---- its end; the pointer is gone ----
  void Committed(SerializableTransaction& transaction);  // after the store has written
  void RolledBack(SerializableTransaction& transaction);

  // Whoever ran it: rows read below `old_head` are now below `new_head`.
  void MoveReads(std::string_view old_head, std::string_view new_head);

  std::vector<NotedRead> ListReads() const;
  // Writers that a DEFERRABLE transaction of the session waits for.
  std::vector<SessionId> SafetyBlockers(SessionId session) const;
  std::vector<SessionId> WaitingForSafety() const;
  size_t remembered_count() const;  // committed ones

 private:
  using Records = std::list<std::unique_ptr<SerializableTransaction>>;
  using Lock = std::unique_lock<std::mutex>;

  // ---- serialization_guard.cc ----
  void CheckNotDoomed(const SerializableTransaction& transaction, const char* during) const;
  void ForgetCommitted();
  void SummarizeOldest();
  void DropEdges(SerializableTransaction& transaction);
  bool IsBeside(const SerializableTransaction& writer, const SerializableTransaction& reader) const;

  // ---- conflict_rules.cc ----
  // `self` is the one of the two that runs in this thread.
  void AddEdge(SerializableTransaction& reader, SerializableTransaction& writer,
               const SerializableTransaction& self);
  void RefuseAnomaly(SerializableTransaction& reader, SerializableTransaction& writer,
                     const SerializableTransaction& self);
  void OnWriterFound(SerializableTransaction& reader, SerializableTransaction& writer);

  // ---- safe_snapshot.cc ----
  void WatchWriters(SerializableTransaction& reader);
  void DecideWatchers(SerializableTransaction& writer);
  void StopWatching(SerializableTransaction& reader);
  void BecomeSafe(SerializableTransaction& reader);
  SnapshotSafety AwaitSafety(SerializableTransaction& reader, CancelToken& cancel);

  storage::Store& store_;
  const SnapshotSource take_snapshot_;
  const SerializableLimits limits_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable safety_decided_;
  CommitOrder last_order_ = 0;
  uint32_t last_number_ = 0;
  Records active_;
  Records committed_;            // in commit order, while one runs that ran beside them
  SerializableTransaction old_;  // the oldest committed ones, as one
  ReadRegistry reads_;
  WriteRegistry writes_;
};

}  // namespace grizzly::txn
