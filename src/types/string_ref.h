// A string of up to 4 GiB in 16 bytes: short ones inside, long ones by pointer with a prefix.
//
// FORMAT   size:u32, then either 12 bytes inline (size <= kInlineBytes, rest zero) or
//          4 bytes of prefix and a pointer. In memory only; never on disk.
// OWNS     nothing: a long string lives in some Arena, block or buffer that must outlive the ref.
// SOURCE   Neumann, Freitag: Umbra (CIDR 2020), section 3.1
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/memory/arena.h"

namespace grizzly::types {

class StringRef {
 public:
  static constexpr uint32_t kInlineBytes = 12;

  StringRef() : size_(0) { std::memset(inlined_, 0, sizeof(inlined_)); }
  // Points at `text` if it does not fit inline.
  explicit StringRef(std::string_view text) : size_(static_cast<uint32_t>(text.size())) {
    if (size_ <= kInlineBytes) {
      std::memset(inlined_, 0, sizeof(inlined_));
      if (size_ != 0) std::memcpy(inlined_, text.data(), size_);
    } else {
      std::memcpy(inlined_, text.data(), 4);
      const char* pointer = text.data();
      std::memcpy(inlined_ + 4, &pointer, sizeof(pointer));
    }
  }
  // Copies a long string into the arena first.
  static StringRef Copy(std::string_view text, Arena& arena) {
    return StringRef(text.size() <= kInlineBytes ? text : arena.CopyString(text));
  }

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool is_inline() const { return size_ <= kInlineBytes; }
  const char* data() const {
    if (is_inline()) return inlined_;
    const char* pointer;
    std::memcpy(&pointer, inlined_ + 4, sizeof(pointer));
    return pointer;
  }
  // Valid while this StringRef object itself lives, too: a short string is inside it.
  std::string_view view() const& { return {data(), size_}; }
  std::string_view view() const&& = delete;

  friend bool operator==(const StringRef& a, const StringRef& b) {
    uint64_t head_a, head_b;
    std::memcpy(&head_a, &a, 8);
    std::memcpy(&head_b, &b, 8);
    if (head_a != head_b) return false;  // size and first four bytes
    if (a.is_inline()) return std::memcmp(a.inlined_ + 4, b.inlined_ + 4, 8) == 0;
    return std::memcmp(a.data(), b.data(), a.size_) == 0;
  }
  // As memcmp over the bytes, a prefix first.
  static int Compare(const StringRef& a, const StringRef& b) {
    const uint32_t common = a.size_ < b.size_ ? a.size_ : b.size_;
    const int order = std::memcmp(a.data(), b.data(), common);
    if (order != 0) return order;
    return a.size_ < b.size_ ? -1 : (a.size_ > b.size_ ? 1 : 0);
  }

 private:
  uint32_t size_;
  char inlined_[kInlineBytes];
};
static_assert(sizeof(StringRef) == 16);

}  // namespace grizzly::types
