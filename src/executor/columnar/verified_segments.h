// Segments whose checksum this process has seen to be right: they never change, so once is enough.
//
// A table of fixed size by the hash of the segment's key; who is displaced is checked again.
// THREADS  any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace grizzly::executor {

class VerifiedSegments {
 public:
  static VerifiedSegments& Instance() {
    static VerifiedSegments segments;
    return segments;
  }
  bool Has(uint64_t key_hash) const {
    return key_hash != 0 && Slot(key_hash).load(std::memory_order_relaxed) == key_hash;
  }
  void Add(uint64_t key_hash) { Slot(key_hash).store(key_hash, std::memory_order_relaxed); }

 private:
  static constexpr size_t kSlots = size_t{1} << 16;
  std::atomic<uint64_t>& Slot(uint64_t hash) { return slots_[hash % kSlots]; }
  const std::atomic<uint64_t>& Slot(uint64_t hash) const { return slots_[hash % kSlots]; }

  std::array<std::atomic<uint64_t>, kSlots> slots_{};
};

}  // namespace grizzly::executor
