// What is remembered of one serializable transaction, while it runs and for as long as another runs
// that was there at the same time. Internal to txn/serializable.
//
// EDGES    reader -> writer: the reader did not see what the writer wrote, so it comes before it in any
//          serial order (an rw-conflict). `in` are those before this one, `out` those behind it.
// ORDER    one counter numbers preparations and commits. A snapshot has the number of its moment.
// GUARDED  everything by the mutex of the SerializationGuard, but for `safety`.
// SOURCE   Cahill, Roehm, Fekete: Serializable Isolation for Snapshot Databases (2008); Ports, Grittner:
//          Serializable Snapshot Isolation in PostgreSQL (2012)
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids/ids.h"

namespace grizzly::txn {

struct SerializableTransaction;

using CommitOrder = uint64_t;
inline constexpr CommitOrder kNeverCommitted = UINT64_MAX;

// Of a READ ONLY transaction: can what it sees still be made wrong by those that run beside it?
enum class SnapshotSafety : uint8_t { kUnknown, kSafe, kUnsafe };

// What a transaction has read of one index (or of the rows, index 0).
struct IndexReads {
  struct Prefix {
    uint64_t hash;
    uint32_t bytes;  // of the prefix
    bool is_row;     // a whole key, read by key
  };
  bool whole = false;
  std::vector<Prefix> prefixes;
  uint32_t range_count = 0;
};

using WriterMap = std::map<std::string, std::vector<SerializableTransaction*>, std::less<>>;

struct SerializableTransaction {
  SessionId session;
  uint32_t number = 0;  // what error details call it
  bool read_only = false;
  bool doomed = false;   // fails at its next step, so that another can commit
  bool wrote = false;
  bool is_old = false;   // stands for many that have committed
  bool is_restored = false;  // prepared before the server was restarted: nobody knows its edges

  uint64_t snapshot_sequence = 0;                  // the store's
  uint64_t committed_sequence = UINT64_MAX;        // snapshots from here on see its writes
  CommitOrder snapshot_order = 0;
  CommitOrder prepare_order = kNeverCommitted;     // when it could no longer be failed
  CommitOrder commit_order = kNeverCommitted;
  CommitOrder earliest_out = kNeverCommitted;      // preparation of the first of `out` to commit
  bool follows_old = false;                        // one that is forgotten comes before this one

  std::vector<SerializableTransaction*> in;
  std::vector<SerializableTransaction*> out;

  std::atomic<SnapshotSafety> safety{SnapshotSafety::kUnknown};
  std::vector<SerializableTransaction*> undecided;  // READ ONLY: writers that decide its safety
  std::vector<SerializableTransaction*> watchers;   // READ ONLY ones whose safety this one decides
  bool waits_for_safety = false;

  std::unordered_map<std::string, IndexReads> reads;  // by key head
  std::unordered_set<uint64_t> read_hashes;
  std::vector<WriterMap::iterator> written_keys;      // in order
  std::vector<std::string> written_prefixes;
  std::unordered_map<std::string, uint32_t> written_counts;  // by key head

  std::list<std::unique_ptr<SerializableTransaction>>::iterator place;  // in the manager's list

  bool is_prepared() const { return prepare_order != kNeverCommitted; }
  bool is_committed() const { return commit_order != kNeverCommitted; }
};

}  // namespace grizzly::txn
