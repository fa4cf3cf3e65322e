// Entries in any order, out again in the order of their keys; beyond its memory through sorted runs in temporary
// files. Of entries with the same key the one put last comes out.
//
// FORMAT   of a run, in one process only: key bytes u32, value bytes u32, key, value; again and again.
// THREADS  one at a time.
// ERRORS   53400 temp_file_limit, 53200, 58030, 53100.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory/memory_tracker.h"
#include "executor/spill/spill_space.h"

namespace grizzly::commands {

class EntrySorter {
 public:
  // `spill` null: everything stays in memory.
  EntrySorter(MemoryTracker* memory, executor::SpillSpace* spill);
  ~EntrySorter();
  EntrySorter(const EntrySorter&) = delete;
  EntrySorter& operator=(const EntrySorter&) = delete;

  void Put(std::string_view key, std::string_view value);
  // Hands out all entries, keys ascending, and is empty then.
  void TakeSorted(const std::function<void(std::string_view key, std::string_view value)>& take);

 private:
  struct Run;
  struct Entry {
    uint64_t prefix;  // of the key behind its head: most comparisons need no more
    uint64_t place;   // in bytes_
  };
  std::string_view KeyAt(uint64_t place) const;
  std::string_view ValueAt(uint64_t place) const;
  void Charge(int64_t bytes);  // what is held now
  void Sort();
  void WriteRun();
  void Merge(const std::function<void(std::string_view, std::string_view)>& take);

  MemoryTracker* const memory_;
  executor::SpillSpace* const spill_;
  int64_t charged_bytes_ = 0;
  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<std::unique_ptr<Run>> runs_;
};

}  // namespace grizzly::commands
