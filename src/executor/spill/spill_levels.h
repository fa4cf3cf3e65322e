// Partitions of partitions: what hashing operators share when rows go to files more than once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "executor/spill/spill_file.h"

namespace grizzly::executor {

inline constexpr uint32_t kSpillBits = 4;  // of the hash, at each level
inline constexpr uint32_t kSpillPartitions = 1 << kSpillBits;
inline constexpr uint32_t kSpillDepthMax = 6;  // what is still too large then stays in memory
inline constexpr uint32_t kSpillFirstBit = 36;  // hash tables use the lower ones

inline constexpr uint32_t SpillShift(uint32_t depth) { return kSpillFirstBit + depth * kSpillBits; }

// A file of rows, and how many times they have been spilled.
struct SpilledPart {
  std::unique_ptr<SpillFile> file;
  uint32_t depth = 0;
};

// Ends writing; the files that have rows.
std::vector<std::unique_ptr<SpillFile>> TakeFiles(SpillPartitions& partitions);

}  // namespace grizzly::executor
