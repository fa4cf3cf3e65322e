// Which integers may be among the keys of a hash join's right side: one bit for each of their range where it is
// small, else a Bloom filter.
//
// A scan below the join's left side leaves out rows whose key cannot meet any.
// THREADS  built by one; read by any number afterwards.
// SOURCE   Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters (WEA 2007): both bits
//          of a key lie in one word
#pragma once

#include <cstdint>
#include <vector>

#include "types/hash_bytes.h"

namespace grizzly::executor {

class KeyFilter {
 public:
  // For keys from `low` to `high`; low > high: there are none.
  KeyFilter(int64_t low, int64_t high, uint64_t key_count) : low_(low), high_(high) {
    const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
    constexpr uint64_t kSmallRange = uint64_t{1} << 18;  // 32 KiB, a first-level cache
    constexpr uint64_t kBitsPerKeyMax = 64;
    if (low > high) {
      words_.assign(1, 0);
    } else if (range < kSmallRange || range / kBitsPerKeyMax < key_count) {
      is_exact_ = true;
      words_.assign(range / 64 + 1, 0);
    } else {
      constexpr uint64_t kKeysPerWord = 4;  // 16 bits a key: one in 40 passes wrongly
      uint64_t words = 1;
      while (words * kKeysPerWord < key_count) words *= 2;
      words_.assign(words, 0);
    }
  }
  void Add(int64_t key) {
    if (is_exact_) {
      const uint64_t place = static_cast<uint64_t>(key) - static_cast<uint64_t>(low_);
      words_[place >> 6] |= uint64_t{1} << (place & 63);
      return;
    }
    const uint64_t hash = types::SpreadHash(static_cast<uint64_t>(key));
    words_[hash & (words_.size() - 1)] |= BitsOf(hash);
  }
  bool MayContain(int64_t key) const {
    if (key < low_ || key > high_) return false;
    if (is_exact_) {
      const uint64_t place = static_cast<uint64_t>(key) - static_cast<uint64_t>(low_);
      return (words_[place >> 6] >> (place & 63) & 1) != 0;
    }
    const uint64_t hash = types::SpreadHash(static_cast<uint64_t>(key));
    const uint64_t bits = BitsOf(hash);
    return (words_[hash & (words_.size() - 1)] & bits) == bits;
  }
  // Writes to `rows` the numbers of the values that may be among the keys; returns how many.
  template <typename T>
  uint32_t Keep(const T* values, uint32_t count, uint32_t* rows) const {
    uint32_t kept = 0;
    if (!is_exact_) {
      for (uint32_t row = 0; row < count; ++row) {
        rows[kept] = row;
        kept += MayContain(values[row]) ? 1 : 0;
      }
      return kept;
    }
    const uint64_t* const words = words_.data();
    const auto low = static_cast<uint64_t>(low_);
    const uint64_t range = static_cast<uint64_t>(high_) - low;
    for (uint32_t row = 0; row < count; ++row) {
      const uint64_t place = static_cast<uint64_t>(int64_t{values[row]}) - low;
      const uint64_t is_within = place <= range ? 1 : 0;
      rows[kept] = row;
      kept += static_cast<uint32_t>(is_within & (words[is_within * (place >> 6)] >> (place & 63)));
    }
    return kept;
  }
  // Some key may be in [least, greatest].
  bool MayOverlap(int64_t least, int64_t greatest) const {
    return low_ <= high_ && least <= high_ && greatest >= low_;
  }
  int64_t byte_count() const { return static_cast<int64_t>(words_.size() * sizeof(uint64_t)); }

 private:
  static uint64_t BitsOf(uint64_t hash) {
    return (uint64_t{1} << (hash >> 58)) | (uint64_t{1} << ((hash >> 52) & 63));
  }

  const int64_t low_;
  const int64_t high_;
  bool is_exact_ = false;
  std::vector<uint64_t> words_;
};

}  // namespace grizzly::executor
