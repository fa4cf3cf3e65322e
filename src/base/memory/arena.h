// Bump allocation: many small objects, freed all at once.
//
// Blocks grow from kArenaBlockBytesMin to kArenaBlockBytesMax and are charged to the tracker, if one
// is given, as they are made. Reset() keeps the first block, so a reused arena does not allocate.
//
// THREADS  one at a time; the arena belongs to one statement, vector or plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/memory/memory_tracker.h"

namespace grizzly {

inline constexpr size_t kArenaBlockBytesMin = 1024;
inline constexpr size_t kArenaBlockBytesMax = 256 * 1024;

class Arena {
 public:
  explicit Arena(MemoryTracker* tracker = nullptr) : tracker_(tracker) {}
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Never null; throws SqlError 53200 when the tracker refuses.
  char* Allocate(size_t bytes, size_t alignment = 8) {
    const uintptr_t aligned = (next_ + alignment - 1) & ~(alignment - 1);
    if (aligned + bytes <= end_) [[likely]] {
      next_ = aligned + bytes;
      return reinterpret_cast<char*>(aligned);
    }
    return AllocateSlow(bytes, alignment);
  }

  template <typename T>
  T* AllocateArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return reinterpret_cast<T*>(Allocate(count * sizeof(T), alignof(T)));
  }

  // The destructor of T never runs.
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return ::new (Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }

  std::string_view CopyString(std::string_view text) {
    char* copy = Allocate(text.size(), 1);
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  void Reset();
  size_t allocated_bytes() const { return allocated_bytes_; }

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    size_t bytes;
  };
  char* AllocateSlow(size_t bytes, size_t alignment);

  MemoryTracker* const tracker_;
  uintptr_t next_ = 0;
  uintptr_t end_ = 0;
  std::vector<Block> blocks_;
  size_t allocated_bytes_ = 0;
};

}  // namespace grizzly
