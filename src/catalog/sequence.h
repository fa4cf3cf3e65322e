// The values of sequences: not transactional, given out once, logged ahead.
//
// STORED   under the sequence's own storage (tenant | storage | index 0): 8 zero bytes, version:u8,
//          is_called:u8, last_value:i64 little-endian. What is stored runs up to kValuesLogged
//          values ahead of what was given out, and is written without sync: the commit that uses a
//          value syncs it (SequenceValues::logged says that one should). A crash skips values, never
//          repeats one; Flush before a clean shutdown skips none.
// UNDO     ALTER SEQUENCE RESTART and TRUNCATE RESTART IDENTITY give the sequence a new storage in
//          their transaction; a storage without a record starts at the definition's start.
// THREADS  any.
// ERRORS   2200H sequence_generator_limit_exceeded, 22003, as PostgreSQL words them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "catalog/relation.h"
#include "storage/kv/store.h"

namespace grizzly::catalog {

inline constexpr int64_t kValuesLogged = 32;  // PostgreSQL's SEQ_LOG_VALS

// What SELECT FROM the sequence shows.
struct SequenceState {
  int64_t last_value = 0;
  int64_t log_count = 0;
  bool is_called = false;
};

// A run of values for one session: first, first + increment, ... last.
struct SequenceValues {
  int64_t first = 0;
  int64_t last = 0;
  bool logged = false;  // the stored record moved: a synchronous commit must follow
};

class Sequences {
 public:
  explicit Sequences(storage::Store& store);
  ~Sequences();  // flushes

  // Takes the next definition.cache values (fewer at the limit).
  SequenceValues Next(const Relation& sequence);
  // setval(). Throws 22003 outside the limits.
  void Set(const Relation& sequence, int64_t value, bool is_called);
  SequenceState Read(const Relation& sequence);
  // A new storage (ALTER SEQUENCE, copied from `from` when it keeps its position) before anybody
  // else sees it.
  void Copy(const Relation& from, const Relation& to);
  // Dropped, or another storage took its place (after the commit): its state is not written again.
  void Forget(TenantId tenant, StorageId storage);
  void ForgetTenant(TenantId tenant);
  // Writes what was given out instead of what was logged ahead.
  void Flush();

 private:
  struct Entry;
  static uint64_t EntryNumber(TenantId tenant, StorageId storage);
  std::shared_ptr<Entry> Open(const Relation& sequence);
  void Write(const Entry& entry, int64_t last_value, bool is_called);

  storage::Store& store_;
  std::mutex mutex_;
  std::unordered_map<uint64_t, std::shared_ptr<Entry>> entries_;  // by tenant << 32 | storage
};

}  // namespace grizzly::catalog
