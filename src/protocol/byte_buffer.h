// A growing byte buffer whose new room is not initialised; integers go in network byte order.
//
// OWNS     its bytes (malloc/realloc: large ones grow without copying). Movable, not copyable.
// LIMITS   what it holds above kUntrackedBytes is charged to the tracker, if one is set; a refusal
//          throws SqlError 53200 and leaves the buffer as it was.
// THREADS  one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/memory/memory_tracker.h"

namespace grizzly::protocol {

inline uint16_t ToNetwork(uint16_t value) { return __builtin_bswap16(value); }
inline uint32_t ToNetwork(uint32_t value) { return __builtin_bswap32(value); }
inline uint64_t ToNetwork(uint64_t value) { return __builtin_bswap64(value); }

template <typename Unsigned>
inline void StoreNetwork(char* to, Unsigned value) {
  const Unsigned swapped = ToNetwork(value);
  std::memcpy(to, &swapped, sizeof(swapped));
}

template <typename Unsigned>
inline Unsigned LoadNetwork(const char* from) {
  Unsigned value;
  std::memcpy(&value, from, sizeof(value));
  return ToNetwork(value);
}

class ByteBuffer {
 public:
  static constexpr size_t kUntrackedBytes = 64 * 1024;

  ByteBuffer() = default;
  explicit ByteBuffer(MemoryTracker* tracker) : tracker_(tracker) {}
  ~ByteBuffer() { Free(); }
  ByteBuffer(ByteBuffer&& other) noexcept { Swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    Swap(other);
    return *this;
  }

  const char* data() const { return data_; }
  char* data() { return data_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }

  // Room for at least `bytes` more; returns where they go. They count after Commit.
  char* Extend(size_t bytes) {
    if (capacity_ - size_ < bytes) [[unlikely]] Grow(size_ + bytes);
    return data_ + size_;
  }
  void Commit(size_t bytes) { size_ += bytes; }

  void Append(std::string_view bytes) {
    char* to = Extend(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  // With a closing NUL.
  void AppendCString(std::string_view text) {
    char* to = Extend(text.size() + 1);
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    to[text.size()] = '\0';
    size_ += text.size() + 1;
  }
  void AppendByte(char byte) {
    *Extend(1) = byte;
    ++size_;
  }
  void AppendInt16(int16_t value) { AppendUnsigned(static_cast<uint16_t>(value)); }
  void AppendInt32(int32_t value) { AppendUnsigned(static_cast<uint32_t>(value)); }
  void PatchInt32(size_t offset, int32_t value) {
    StoreNetwork(data_ + offset, static_cast<uint32_t>(value));
  }

  void Truncate(size_t size) { size_ = size; }
  void Clear() { size_ = 0; }
  // Drops the first `bytes`, moving the rest to the front.
  void EraseFront(size_t bytes);
  // For a buffer that holds at most kUntrackedBytes: who pays when it grows.
  void SetTracker(MemoryTracker* tracker) { tracker_ = tracker; }
  // Empty, and the memory given back.
  void Free();
  void Swap(ByteBuffer& other) noexcept;

 private:
  template <typename Unsigned>
  void AppendUnsigned(Unsigned value) {
    StoreNetwork(Extend(sizeof(value)), value);
    size_ += sizeof(value);
  }
  void Grow(size_t bytes_min);

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  MemoryTracker* tracker_ = nullptr;
};

}  // namespace grizzly::protocol
