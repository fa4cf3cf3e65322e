// Which integers may be among the keys of a hash join's right side: their range and a Bloom filter.
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
  explicit KeyFilter(uint64_t key_count) {
    constexpr uint64_t kKeysPerWord = 4;  // 16 bits a key: one in 40 passes wrongly
    uint64_t words = 1;
    while (words * kKeysPerWord < key_count) words *= 2;
    words_.assign(words, 0);
  }
  void Add(int64_t key) {
    const uint64_t hash = types::SpreadHash(static_cast<uint64_t>(key));
    words_[hash & (words_.size() - 1)] |= BitsOf(hash);
    low_ = key < low_ ? key : low_;
    high_ = key > high_ ? key : high_;
  }
  bool MayContain(int64_t key) const {
    if (key < low_ || key > high_) return false;
    const uint64_t hash = types::SpreadHash(static_cast<uint64_t>(key));
    const uint64_t bits = BitsOf(hash);
    return (words_[hash & (words_.size() - 1)] & bits) == bits;
  }
  int64_t byte_count() const { return static_cast<int64_t>(words_.size() * sizeof(uint64_t)); }

 private:
  static uint64_t BitsOf(uint64_t hash) {
    return (uint64_t{1} << (hash >> 58)) | (uint64_t{1} << ((hash >> 52) & 63));
  }

  std::vector<uint64_t> words_;
  int64_t low_ = INT64_MAX;
  int64_t high_ = INT64_MIN;
};

}  // namespace grizzly::executor
