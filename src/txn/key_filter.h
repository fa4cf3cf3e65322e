// A Bloom filter over key hashes, a cache line for each key: 1 % of other keys pass.
//
// MEMORY  ten bits a key, charged to the tracker.
// SOURCE  Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters (2007)
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/memory/memory_tracker.h"

namespace grizzly::txn {

class KeyFilter {
 public:
  // `memory` may be null.
  KeyFilter(size_t key_count, MemoryTracker* memory);
  ~KeyFilter();
  KeyFilter(const KeyFilter&) = delete;
  KeyFilter& operator=(const KeyFilter&) = delete;

  void Add(uint64_t hash);
  bool MayContain(uint64_t hash) const;

 private:
  static constexpr int kProbes = 6;
  static constexpr size_t kBitsPerKey = 10;
  struct alignas(64) Block {
    std::array<uint64_t, 8> words{};
  };
  size_t BlockOf(uint64_t hash) const {
    return static_cast<size_t>((static_cast<unsigned __int128>(hash) * blocks_.size()) >> 64);
  }

  MemoryTracker* const memory_;
  std::vector<Block> blocks_;
};

}  // namespace grizzly::txn
