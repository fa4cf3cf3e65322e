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
    case types::NumericKind::kNan: ++MakeRare(arena).nan_count; return;
    case types::NumericKind::kInfinity: ++MakeRare(arena).positive_count; return;
    case types::NumericKind::kNegativeInfinity: ++MakeRare(arena).negative_count; return;
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

types::NumericRef NumericSum::Rare::big_value() const {
  return NumericRef(std::string_view(big, big_bytes));
}

NumericSum::Rare& NumericSum::MakeRare(Arena& arena) {
  if (rare_ == nullptr) rare_ = arena.New<Rare>();
  return *rare_;
}

void NumericSum::AddBig(NumericRef value, Arena& arena) {
  Rare& rare = MakeRare(arena);
  if (rare.big_bytes == 0) {
    const StringRef zero = types::MakeSmallNumeric(0, 0);
    rare.big_capacity = 64;
    rare.big = arena.Allocate(rare.big_capacity);
    rare.big_bytes = zero.size();
    std::memcpy(rare.big, zero.data(), zero.size());
  }
  const StringRef sum = types::NumericAdd(rare.big_value(), value, ScratchArena());
  if (sum.size() > rare.big_capacity) {
    rare.big_capacity = sum.size() * 2;
    rare.big = arena.Allocate(rare.big_capacity);
  }
  rare.big_bytes = sum.size();
  std::memcpy(rare.big, sum.data(), sum.size());
}

void NumericSum::Combine(const NumericSum& other, Arena& arena) {
  AddExact(Join(other.small_low_, other.small_high_), other.scale_, arena);
  if (other.rare_ == nullptr) return;
  Rare& rare = MakeRare(arena);
  rare.nan_count += other.rare_->nan_count;
  rare.positive_count += other.rare_->positive_count;
  rare.negative_count += other.rare_->negative_count;
  if (other.rare_->big_bytes != 0) {
    Arena copy;
    AddBig(NumericRef(copy.CopyString({other.rare_->big, other.rare_->big_bytes})), arena);
  }
}

StringRef NumericSum::Total(Arena& arena) const {
  if (rare_ != nullptr) {
    const Rare& rare = *rare_;
    if (rare.nan_count > 0 || (rare.positive_count > 0 && rare.negative_count > 0)) {
      return types::NumericNan();
    }
    if (rare.positive_count > 0) return types::NumericInfinity(false);
    if (rare.negative_count > 0) return types::NumericInfinity(true);
  }
  const StringRef small =
      types::NumericFromInt128(Join(small_low_, small_high_), scale_, arena);
  if (rare_ == nullptr || rare_->big_bytes == 0) return small;
  return types::NumericAdd(rare_->big_value(), small, arena);
}

}  // namespace grizzly::functions
