// numeric: exact decimals, and their display scale; the arithmetic has PostgreSQL's result scales.
//
// FORMAT  bytes of a StringRef, little-endian; canonical: one value and scale, one byte string
//         small     0x00 scale:u8 unscaled:i64   |unscaled| < 10^18, scale <= 38; value is
//                                                unscaled / 10^scale; 10 bytes, always inline
//         big       0x01 (positive) or 0x02 (negative), 0x00, scale:u16 weight:i16 digit:u16*
//                   base-10000 digits from 10000^weight down, no zero first or last (zero has none)
//         special   0x03 NaN, 0x04 Infinity, 0x05 -Infinity
// OWNS    a result that is not small is copied into the arena given.
// LIMITS  131072 digits before the point, 16383 after it.
// ERRORS  22003 "value overflows numeric format" and what each function says.
// SOURCE  PostgreSQL 15's behaviour; the wide arithmetic is GMP's.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/memory/arena.h"
#include "types/datum.h"
#include "types/string_ref.h"

namespace grizzly::types {

using Int128 = __int128;

inline constexpr int kNumericScaleMax = 16383;
inline constexpr int kNumericWeightMax = 32767;        // of base-10000 digits
inline constexpr int kNumericSmallScaleMax = 38;
inline constexpr int64_t kNumericSmallLimit = 1'000'000'000'000'000'000;  // 10^18, exclusive

// 10^0 .. 10^38.
inline constexpr auto kInt128PowersOfTen = [] {
  std::array<Int128, 39> powers{};
  Int128 power = 1;
  for (int i = 0; i < 39; ++i) {
    powers[i] = power;
    if (i < 38) power *= 10;
  }
  return powers;
}();

enum class NumericKind : uint8_t {
  kSmall = 0,
  kBig = 1,
  kNegativeBig = 2,
  kNan = 3,
  kInfinity = 4,
  kNegativeInfinity = 5,
};

// A view of a numeric's bytes; what it was made from must outlive it.
class NumericRef {
 public:
  explicit NumericRef(std::string_view bytes) : bytes_(bytes) {}
  NumericRef(const StringRef& ref) : bytes_(ref.view()) {}  // NOLINT: reads like the value
  NumericRef(StringRef&&) = delete;
  static NumericRef Of(const Datum& datum) { return NumericRef(datum.AsString()); }
  static NumericRef Of(Datum&&) = delete;

  NumericKind kind() const { return static_cast<NumericKind>(bytes_[0]); }
  bool is_small() const { return bytes_[0] == 0; }
  bool is_nan() const { return kind() == NumericKind::kNan; }
  bool is_infinite() const {
    return kind() == NumericKind::kInfinity || kind() == NumericKind::kNegativeInfinity;
  }
  bool is_special() const { return kind() >= NumericKind::kNan; }
  // Digits shown after the point. Finite values only.
  int scale() const {
    if (is_small()) return static_cast<uint8_t>(bytes_[1]);
    uint16_t scale;
    std::memcpy(&scale, bytes_.data() + 2, 2);
    return scale;
  }
  // Small values only.
  int64_t small_value() const {
    int64_t value;
    std::memcpy(&value, bytes_.data() + 2, 8);
    return value;
  }
  // -1, 0 or 1; NaN counts as 1.
  int sign() const;
  bool is_zero() const { return sign() == 0; }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

// Requires |unscaled| < kNumericSmallLimit and 0 <= scale <= kNumericSmallScaleMax.
inline StringRef MakeSmallNumeric(int64_t unscaled, int scale) {
  char bytes[10];
  bytes[0] = 0;
  bytes[1] = static_cast<char>(scale);
  std::memcpy(bytes + 2, &unscaled, 8);
  return StringRef(std::string_view(bytes, sizeof(bytes)));
}
inline bool FitsSmallNumeric(Int128 unscaled) {
  return unscaled < kNumericSmallLimit && unscaled > -kNumericSmallLimit;
}

StringRef NumericNan();
StringRef NumericInfinity(bool negative);
StringRef NumericFromInt8(int64_t value, Arena& arena);
// unscaled / 10^scale; for sums and averages that gather in an int128.
StringRef NumericFromInt128(Int128 unscaled, int scale, Arena& arena);
// False when it is special or its unscaled value needs more than 38 digits.
bool NumericToInt128(NumericRef value, Int128* unscaled, int* scale);

// ---- text and binary (numeric_text.cc) ----
// 22P02 for what is no number. Applies `typmod`.
StringRef ParseNumeric(std::string_view text, int32_t typmod, Arena& arena);
void AppendNumeric(std::string& out, NumericRef value);
std::string NumericText(NumericRef value);
StringRef ReceiveNumeric(std::string_view bytes, int32_t typmod, Arena& arena);
void SendNumeric(std::string& out, NumericRef value);

// ---- arithmetic (numeric_arithmetic.cc) ----
StringRef NumericAdd(NumericRef a, NumericRef b, Arena& arena);
StringRef NumericSubtract(NumericRef a, NumericRef b, Arena& arena);
StringRef NumericMultiply(NumericRef a, NumericRef b, Arena& arena);
StringRef NumericDivide(NumericRef a, NumericRef b, Arena& arena);           // 22012
StringRef NumericDivideTruncated(NumericRef a, NumericRef b, Arena& arena);  // div(): 22012
StringRef NumericModulo(NumericRef a, NumericRef b, Arena& arena);           // 22012
StringRef NumericNegate(NumericRef a, Arena& arena);
StringRef NumericAbs(NumericRef a, Arena& arena);
StringRef NumericSign(NumericRef a);

// ---- order (numeric.cc): NaN equals itself and is above everything; the scale does not count ----
int NumericCompare(NumericRef a, NumericRef b);
inline bool NumericEqual(NumericRef a, NumericRef b) {
  return a.bytes() == b.bytes() || NumericCompare(a, b) == 0;
}
// Equal values hash equal, whatever their scale.
uint64_t NumericHash(NumericRef value);

// ---- rounding and scale (numeric_rounding.cc) ----
// Half away from zero; a negative scale rounds left of the point.
StringRef NumericRound(NumericRef value, int32_t scale, Arena& arena);
StringRef NumericTruncate(NumericRef value, int32_t scale, Arena& arena);
StringRef NumericCeil(NumericRef value, Arena& arena);
StringRef NumericFloor(NumericRef value, Arena& arena);
int NumericMinScale(NumericRef value);  // finite values only
StringRef NumericTrimScale(NumericRef value, Arena& arena);
// numeric(p,s): 22003 "numeric field overflow" with PostgreSQL's detail.
StringRef ApplyNumericTypmod(NumericRef value, int32_t typmod, Arena& arena);
constexpr int32_t NumericTypmod(int precision, int scale) {
  return ((precision << 16) | (scale & 0x7ff)) + 4;
}
constexpr int NumericTypmodPrecision(int32_t typmod) { return ((typmod - 4) >> 16) & 0xffff; }
constexpr int NumericTypmodScale(int32_t typmod) {
  return (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
}

// ---- casts (numeric_cast.cc): round half away; 22003, and 0A000 for NaN and infinities ----
int16_t NumericToInt2(NumericRef value);
int32_t NumericToInt4(NumericRef value);
int64_t NumericToInt8(NumericRef value);
// The integer part for those that want no error; nullopt when it does not fit or is special.
std::optional<int64_t> NumericToInt8Checked(NumericRef value);
double NumericToFloat8(NumericRef value);
float NumericToFloat4(NumericRef value);
// Infinite instead of an error where float8 overflows; for estimates.
double NumericToFloat8Lossy(NumericRef value);
StringRef NumericFromFloat8(double value, Arena& arena);
StringRef NumericFromFloat4(float value, Arena& arena);

// ---- functions (numeric_math.cc) ----
StringRef NumericSqrt(NumericRef value, Arena& arena);                    // 2201F
StringRef NumericExp(NumericRef value, Arena& arena);
StringRef NumericLn(NumericRef value, Arena& arena);                      // 2201E
StringRef NumericLog(NumericRef base, NumericRef value, Arena& arena);    // 2201E, 22012
StringRef NumericPower(NumericRef base, NumericRef exponent, Arena& arena);  // 2201F
StringRef NumericGcd(NumericRef a, NumericRef b, Arena& arena);
StringRef NumericLcm(NumericRef a, NumericRef b, Arena& arena);
StringRef NumericFactorial(int64_t n, Arena& arena);
// The bucket of width_bucket(), 0 to count + 1; 2201G for bad bounds or count.
int32_t NumericWidthBucket(NumericRef operand, NumericRef low, NumericRef high, int32_t count);

}  // namespace grizzly::types
