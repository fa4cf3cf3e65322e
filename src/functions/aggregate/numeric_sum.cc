#include "functions/aggregate/numeric_sum.h"

#include <algorithm>
#include <cstring>

namespace grizzly::functions {
namespace {

using types::Int128;
using types::NumericRef;
using types::StringRef;

Int128 Join(uint64_t low, int64_t high) {
  return (static_cast<Int128>(high) << 64) | static_cast<Int128>(low);
}

// Multiplies by 10^places; false on overflow.
bool ScaleUp(Int128* value, int places) {
  if (places > types::kNumericSmallScaleMax) return false;
  return !__builtin_mul_overflow(*value, types::kInt128PowersOfTen[places], value);
}

Arena& ScratchArena() {
  thread_local Arena arena;
  arena.Reset();
  return arena;
}

}  // namespace

void NumericSum::AddSlow(NumericRef value, Arena& arena) {
  if (value.is_small()) {
    AddExact(value.small_value(), value.scale(), arena);
    return;
  }
  switch (value.kind()) {
    case types::NumericKind::kNan: ++nan_count_; return;
    case types::NumericKind::kInfinity: ++positive_count_; return;
    case types::NumericKind::kNegativeInfinity: ++negative_count_; return;
    default: break;
  }
  Int128 unscaled;
  int scale;
  if (types::NumericToInt128(value, &unscaled, &scale)) {
    AddExact(unscaled, scale, arena);
  } else {
    AddBig(value, arena);
  }
}

void NumericSum::AddExact(Int128 unscaled, int scale, Arena& arena) {
  Int128 sum = Join(small_low_, small_high_);
  const Int128 given = unscaled;
  bool fits = true;
  if (scale < scale_) {
    fits = ScaleUp(&unscaled, scale_ - scale);
  } else if (scale > scale_) {
    fits = ScaleUp(&sum, scale - scale_);
  }
  if (!fits || __builtin_add_overflow(sum, unscaled, &sum)) {
    Arena scratch;
    const StringRef value = types::NumericFromInt128(given, scale, scratch);
    AddBig(value, arena);
    return;
  }
  scale_ = std::max(scale_, scale);
  small_low_ = static_cast<uint64_t>(sum);
  small_high_ = static_cast<int64_t>(sum >> 64);
}

void NumericSum::AddBig(NumericRef value, Arena& arena) {
  if (big_bytes_ == 0) {
    const StringRef zero = types::MakeSmallNumeric(0, 0);
    big_capacity_ = 64;
    big_ = arena.Allocate(big_capacity_);
    big_bytes_ = zero.size();
    std::memcpy(big_, zero.data(), zero.size());
  }
  const StringRef sum =
      types::NumericAdd(NumericRef(std::string_view(big_, big_bytes_)), value, ScratchArena());
  if (sum.size() > big_capacity_) {
    big_capacity_ = sum.size() * 2;
    big_ = arena.Allocate(big_capacity_);
  }
  big_bytes_ = sum.size();
  std::memcpy(big_, sum.data(), sum.size());
}

void NumericSum::Combine(const NumericSum& other, Arena& arena) {
  nan_count_ += other.nan_count_;
  positive_count_ += other.positive_count_;
  negative_count_ += other.negative_count_;
  AddExact(Join(other.small_low_, other.small_high_), other.scale_, arena);
  if (other.big_bytes_ != 0) {
    Arena copy;
    AddBig(NumericRef(copy.CopyString({other.big_, other.big_bytes_})), arena);
  }
}

StringRef NumericSum::Total(Arena& arena) const {
  if (nan_count_ > 0 || (positive_count_ > 0 && negative_count_ > 0)) return types::NumericNan();
  if (positive_count_ > 0) return types::NumericInfinity(false);
  if (negative_count_ > 0) return types::NumericInfinity(true);
  const StringRef small =
      types::NumericFromInt128(Join(small_low_, small_high_), scale_, arena);
  if (big_bytes_ == 0) return small;
  return types::NumericAdd(NumericRef(std::string_view(big_, big_bytes_)), small, arena);
}

}  // namespace grizzly::functions
