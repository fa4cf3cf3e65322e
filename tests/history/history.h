// One random history: what sessions planned to do, and what they saw.
//
// LISTS     a row per key, values appended to its text: a read shows the order of all writes before it.
// REGISTERS a row per key, a value that is replaced; each write tells which value it replaced.
// BUCKETS   rows of (bucket, value), only inserted and read by a range of buckets: predicates.
// Every value is written once in a history, so a value names its writer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace grizzly::history {

inline constexpr int kListCount = 3;
inline constexpr int kRegisterCount = 3;
inline constexpr int kBucketCount = 6;

enum class OpKind : uint8_t {
  kAppend,        // value to list `key`
  kReadList,      // list `key`
  kReadAllLists,  // one query over all lists
  kWriteRegister,
  kReadRegister,
  kReadAllRegisters,
  kInsert,        // value into bucket `key`
  kReadBuckets,   // buckets [key, key_end)
  kSavepoint,
  kRollbackToSavepoint,
  kDdl,           // statement `key` of the DDL there is
};

struct Op {
  OpKind kind;
  int key = 0;
  int key_end = 0;
  int value = 0;  // what it writes

  // ---- what came of it ----
  bool done = false;
  bool undone = false;                  // by a savepoint
  int replaced = 0;                     // kWriteRegister: the value before
  std::vector<std::vector<int>> lists = {};  // by key: what a read saw of each list it looked at
  std::vector<int> values = {};              // registers by key; of buckets: all values seen
};

enum class Outcome : uint8_t { kUnknown, kCommitted, kAborted };

struct Txn {
  int session = 0;
  bool read_only = false;
  std::vector<Op> ops;
  Outcome outcome = Outcome::kUnknown;
  std::string error;  // SQLSTATE it failed with
};

enum class Level : uint8_t { kReadCommitted, kRepeatableRead, kSerializable };

struct History {
  uint64_t seed = 0;
  Level level = Level::kSerializable;
  std::vector<Txn> txns;  // a session's in the order it runs them
  int session_count = 0;
  // ---- the state at the end ----
  std::vector<std::vector<int>> final_lists;
  std::vector<int> final_registers;
  std::vector<int> final_values;  // of all buckets
};

std::string LevelName(Level level);  // as BEGIN takes it
// As lines of text, for a report.
std::string Describe(const History& history);

}  // namespace grizzly::history
