// Functions of bit and varbit.
#include <algorithm>
#include <bit>

#include "base/error/sql_error.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/bit_string.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

using types::BitStringRef;
using types::kBitsMax;
using types::StringRef;
using View = std::string_view;

// ---- building ----

class Bits {
 public:
  explicit Bits(uint32_t count) : count_(count), bytes_((count + 7) / 8, '\0') {}
  explicit Bits(BitStringRef from) : count_(from.bit_count()), bytes_(from.bits()) {}

  uint32_t count() const { return count_; }
  void Set(uint32_t i, bool on) {
    const auto mask = static_cast<uint8_t>(0x80 >> (i % 8));
    auto byte = static_cast<uint8_t>(bytes_[i / 8]);
    byte = on ? byte | mask : byte & static_cast<uint8_t>(~mask);
    bytes_[i / 8] = static_cast<char>(byte);
  }
  std::string& bytes() { return bytes_; }
  std::string Finish() const {
    std::string made(reinterpret_cast<const char*>(&count_), 4);
    made += bytes_;
    if (count_ % 8 != 0) {
      made.back() = static_cast<char>(static_cast<uint8_t>(made.back()) & (0xFF << (8 - count_ % 8)));
    }
    return made;
  }

 private:
  uint32_t count_;
  std::string bytes_;
};

// ---- comparing ----
int Order(View a, View b) { return types::CompareBitStrings(BitStringRef(a), BitStringRef(b)); }
bool Equal(View a, View b) { return Order(a, b) == 0; }
bool NotEqual(View a, View b) { return Order(a, b) != 0; }
bool Less(View a, View b) { return Order(a, b) < 0; }
bool LessEqual(View a, View b) { return Order(a, b) <= 0; }
bool Greater(View a, View b) { return Order(a, b) > 0; }
bool GreaterEqual(View a, View b) { return Order(a, b) >= 0; }
int32_t Compare(View a, View b) { return Order(a, b); }

// ---- logic ----
enum class Logic : uint8_t { kAnd, kOr, kXor };
constexpr const char* kLogicNames[] = {"AND", "OR", "XOR"};
template <Logic kLogic>
std::string Combine(View a, View b) {
  Bits left{BitStringRef(a)};
  const BitStringRef right(b);
  if (left.count() != right.bit_count()) {
    throw SqlError(SqlState::kStringDataLengthMismatch,
                   fmt::format("cannot {} bit strings of different sizes",
                               kLogicNames[static_cast<int>(kLogic)]));
  }
  for (size_t i = 0; i < left.bytes().size(); ++i) {
    char& byte = left.bytes()[i];
    const char other = right.bits()[i];
    if constexpr (kLogic == Logic::kAnd) byte = static_cast<char>(byte & other);
    if constexpr (kLogic == Logic::kOr) byte = static_cast<char>(byte | other);
    if constexpr (kLogic == Logic::kXor) byte = static_cast<char>(byte ^ other);
  }
  return left.Finish();
}
std::string Not(View a) {
  Bits bits{BitStringRef(a)};
  for (char& byte : bits.bytes()) byte = static_cast<char>(~byte);
  return bits.Finish();
}

// Bits [from, from + count) of a value, zeros beyond it.
std::string Slice(BitStringRef value, int64_t from, uint32_t count) {
  Bits bits(count);
  for (uint32_t i = 0; i < count; ++i) {
    const int64_t at = from + i;
    if (at >= 0 && at < value.bit_count() && value.bit(static_cast<uint32_t>(at))) bits.Set(i, true);
  }
  return bits.Finish();
}
std::string Shifted(View a, int64_t left) {
  const BitStringRef value(a);
  const int64_t count = value.bit_count();
  return Slice(value, std::clamp<int64_t>(left, -count, count), value.bit_count());
}
std::string ShiftLeft(View a, int32_t by) { return Shifted(a, by); }
std::string ShiftRight(View a, int32_t by) { return Shifted(a, -static_cast<int64_t>(by)); }

// ---- parts ----
int32_t Length(View a) { return static_cast<int32_t>(BitStringRef(a).bit_count()); }
int32_t OctetLength(View a) { return static_cast<int32_t>((BitStringRef(a).bit_count() + 7) / 8); }
int64_t CountOnes(View a) {
  int64_t ones = 0;
  for (const char byte : BitStringRef(a).bits()) ones += std::popcount(static_cast<uint8_t>(byte));
  return ones;
}

std::string Concat(View a, View b) {
  const BitStringRef left(a);
  const BitStringRef right(b);
  const int64_t count = int64_t{left.bit_count()} + right.bit_count();
  if (count > kBitsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("bit string length exceeds the maximum allowed ({})", kBitsMax));
  }
  Bits bits(static_cast<uint32_t>(count));
  std::copy(left.bits().begin(), left.bits().end(), bits.bytes().begin());
  for (uint32_t i = 0; i < right.bit_count(); ++i) bits.Set(left.bit_count() + i, right.bit(i));
  return bits.Finish();
}

// As substring of text: from 1, parts outside are left out.
std::string Part(View a, int64_t start, std::optional<int32_t> length) {
  const BitStringRef value(a);
  if (length.has_value() && *length < 0) {
    throw SqlError(SqlState::kSubstringError, "negative substring length not allowed");
  }
  const int64_t count = value.bit_count();
  const int64_t from = std::max<int64_t>(start, 1);
  const int64_t end = length.has_value() ? std::min(start + *length, count + 1) : count + 1;
  if (from >= end) return Bits(0).Finish();
  return Slice(value, from - 1, static_cast<uint32_t>(end - from));
}
std::string Substring(View a, int32_t start, int32_t length) { return Part(a, start, length); }
std::string SubstringFrom(View a, int32_t start) { return Part(a, start, std::nullopt); }

std::string OverlayAt(View a, View b, int64_t start, int64_t length) {
  if (start <= 0) {
    throw SqlError(SqlState::kSubstringError, "negative substring length not allowed");
  }
  if (start + length > INT32_MAX) types::ThrowTypeOutOfRange("integer");
  const std::string head = Part(a, 1, static_cast<int32_t>(start - 1));
  const std::string tail = Part(a, start + length, std::nullopt);
  return Concat(Concat(head, b), tail);
}
std::string Overlay(View a, View b, int32_t start, int32_t length) {
  return OverlayAt(a, b, start, length);
}
std::string OverlayWhole(View a, View b, int32_t start) {
  return OverlayAt(a, b, start, BitStringRef(b).bit_count());
}

int32_t Position(View a, View b) {
  const BitStringRef whole(a);
  const BitStringRef part(b);
  if (whole.bit_count() == 0 || part.bit_count() > whole.bit_count()) return 0;
  if (part.bit_count() == 0) return 1;
  for (uint32_t at = 0; at + part.bit_count() <= whole.bit_count(); ++at) {
    uint32_t i = 0;
    while (i < part.bit_count() && whole.bit(at + i) == part.bit(i)) ++i;
    if (i == part.bit_count()) return static_cast<int32_t>(at) + 1;
  }
  return 0;
}

void CheckIndex(BitStringRef value, int32_t index) {
  if (index >= 0 && static_cast<uint32_t>(index) < value.bit_count()) return;
  throw SqlError(SqlState::kArraySubscriptError,
                 fmt::format("bit index {} out of valid range (0..{})", index,
                             static_cast<int64_t>(value.bit_count()) - 1));
}
int32_t GetBit(View a, int32_t index) {
  CheckIndex(BitStringRef(a), index);
  return BitStringRef(a).bit(static_cast<uint32_t>(index)) ? 1 : 0;
}
std::string SetBit(View a, int32_t index, int32_t bit) {
  CheckIndex(BitStringRef(a), index);
  if (bit != 0 && bit != 1) {
    throw SqlError(SqlState::kInvalidParameterValue, "new bit must be 0 or 1");
  }
  Bits bits{BitStringRef(a)};
  bits.Set(static_cast<uint32_t>(index), bit != 0);
  return bits.Finish();
}

// ---- casts ----
std::string FromInteger(int64_t value, int width, int32_t typmod) {
  const int32_t count = typmod <= 0 || typmod > kBitsMax ? 1 : typmod;
  Bits bits(static_cast<uint32_t>(count));
  for (int32_t i = 0; i < count; ++i) {
    // Bit i from the right; the sign fills what is longer than the integer.
    const bool on = i < width ? ((value >> i) & 1) != 0 : value < 0;
    bits.Set(static_cast<uint32_t>(count - 1 - i), on);
  }
  return bits.Finish();
}
std::string FromInt4(int32_t value, int32_t typmod) { return FromInteger(value, 32, typmod); }
std::string FromInt8(int64_t value, int32_t typmod) { return FromInteger(value, 64, typmod); }

uint64_t AsInteger(View a) {
  const BitStringRef value(a);
  uint64_t number = 0;
  for (uint32_t i = 0; i < value.bit_count(); ++i) number = number << 1 | (value.bit(i) ? 1 : 0);
  return number;
}
int32_t ToInt4(View a) {
  if (BitStringRef(a).bit_count() > 32) types::ThrowTypeOutOfRange("integer");
  return static_cast<int32_t>(AsInteger(a));
}
int64_t ToInt8(View a) {
  if (BitStringRef(a).bit_count() > 64) types::ThrowTypeOutOfRange("bigint");
  return static_cast<int64_t>(AsInteger(a));
}
template <bool kVarying>
StringRef ApplyLength(FunctionContext& context, const StringRef& value, int32_t typmod,
                      bool is_explicit) {
  return types::ApplyBitTypmod(value, kVarying, typmod, is_explicit, *context.result_heap);
}

// ---- aggregates ----
template <Logic kLogic>
struct BitAggregate {
  using Argument = std::string_view;
  std::string bits;
  bool any = false;
  void Add(const AggregateInput&, std::string_view next) {
    bits = any ? functions::Combine<kLogic>(bits, next) : std::string(next);
    any = true;
  }
  void Combine(const AggregateInput& input, const BitAggregate& other) {
    if (other.any) Add(input, other.bits);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    return any ? Datum::OfString(bits, *context.result_heap) : Datum::Null();
  }
};

void RegisterBitOrder(Registry& registry) {
  registry.AddScalar("biteq", Cold<&Equal>);
  registry.AddScalar("bitne", Cold<&NotEqual>);
  registry.AddScalar("bitlt", Cold<&Less>);
  registry.AddScalar("bitle", Cold<&LessEqual>);
  registry.AddScalar("bitgt", Cold<&Greater>);
  registry.AddScalar("bitge", Cold<&GreaterEqual>);
  registry.AddScalar("bitcmp", Cold<&Compare>);
}

}  // namespace

void RegisterBitStrings(Registry& registry) {
  RegisterBitOrder(registry);
  registry.AddScalar("bit_and", Cold<&Combine<Logic::kAnd>>);
  registry.AddScalar("bit_or", Cold<&Combine<Logic::kOr>>);
  registry.AddScalar("bitxor", Cold<&Combine<Logic::kXor>>);
  registry.AddScalar("bitnot", Cold<&Not>);
  registry.AddScalar("bitshiftleft", Cold<&ShiftLeft>);
  registry.AddScalar("bitshiftright", Cold<&ShiftRight>);
  registry.AddScalar("bitlength", Cold<&Length>);
  registry.AddScalar("bitoctetlength", Cold<&OctetLength>);
  registry.AddScalar("bit_bit_count", Cold<&CountOnes>);
  registry.AddScalar("bitcat", Cold<&Concat>);
  registry.AddScalar("bitsubstr", Cold<&Substring>);
  registry.AddScalar("bitsubstr_no_len", Cold<&SubstringFrom>);
  registry.AddScalar("bitoverlay", Cold<&Overlay>);
  registry.AddScalar("bitoverlay_no_len", Cold<&OverlayWhole>);
  registry.AddScalar("bitposition", Cold<&Position>);
  registry.AddScalar("bitgetbit", Cold<&GetBit>);
  registry.AddScalar("bitsetbit", Cold<&SetBit>);
  registry.AddScalar("bitfromint4", Cold<&FromInt4>);
  registry.AddScalar("bitfromint8", Cold<&FromInt8>);
  registry.AddScalar("bittoint4", Cold<&ToInt4>);
  registry.AddScalar("bittoint8", Cold<&ToInt8>);
  registry.AddScalar("bit", Cold<&ApplyLength<false>>);
  registry.AddScalar("varbit", Cold<&ApplyLength<true>>);
  registry.AddAggregate(2242, AggregateOf<BitAggregate<Logic::kAnd>>());
  registry.AddAggregate(2243, AggregateOf<BitAggregate<Logic::kOr>>());
  registry.AddAggregate(6167, AggregateOf<BitAggregate<Logic::kXor>>());
}

}  // namespace grizzly::functions
