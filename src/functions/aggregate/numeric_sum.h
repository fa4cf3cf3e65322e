// An exact sum of numerics: an int128 while it fits, PostgreSQL's big format beyond.
//
// The display scale of the sum is the largest of its inputs'. NaN and the infinities are counted
// apart. State of aggregates: plain memory, the buffer belongs to the operator's arena.
#pragma once

#include <cstdint>

#include "types/numeric.h"

namespace grizzly::functions {

class NumericSum {
 public:
  void Add(types::NumericRef value, Arena& arena) {
    // A column's values have one scale; the sum of fewer than 2^64 of them fits.
    if (value.is_small() && value.scale() == scale_ && small_high_ < kHighMax &&
        small_high_ > -kHighMax) [[likely]] {
      const auto sum = ((static_cast<types::Int128>(small_high_) << 64) |
                        static_cast<types::Int128>(small_low_)) + value.small_value();
      small_low_ = static_cast<uint64_t>(sum);
      small_high_ = static_cast<int64_t>(sum >> 64);
      return;
    }
    AddSlow(value, arena);
  }
  // unscaled / 10^scale
  void AddExact(types::Int128 unscaled, int scale, Arena& arena);
  void Combine(const NumericSum& other, Arena& arena);
  // With NaN and infinities: NaN if there is one or both infinities met.
  types::StringRef Total(Arena& arena) const;
  bool is_special() const { return rare_ != nullptr && rare_->has_special(); }

 private:
  static constexpr int64_t kHighMax = int64_t{1} << 62;
  void AddSlow(types::NumericRef value, Arena& arena);
  void AddBig(types::NumericRef value, Arena& arena);

  // What few sums meet, in the operator's arena: there may be millions of states.
  struct Rare {
    char* big = nullptr;  // a numeric, to which small_ is still to be added
    uint32_t big_bytes = 0;
    uint32_t big_capacity = 0;
    int64_t nan_count = 0;
    int64_t positive_count = 0;
    int64_t negative_count = 0;
    bool has_special() const { return nan_count + positive_count + negative_count > 0; }
    types::NumericRef big_value() const;
  };
  Rare& MakeRare(Arena& arena);

  // 16-byte alignment is more than states have: kept in two halves.
  uint64_t small_low_ = 0;
  int64_t small_high_ = 0;
  Rare* rare_ = nullptr;
  int32_t scale_ = 0;
};

}  // namespace grizzly::functions
