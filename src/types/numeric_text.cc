// numeric from and to text and the wire.
#include <fmt/format.h>

#include <charconv>

#include "base/error/sql_error.h"
#include "types/binary_format.h"
#include "types/integer.h"
#include "types/numeric.h"
#include "types/numeric_decimal.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr int kExponentMax = 1'073'741'823;  // INT_MAX / 2

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]) != lower[i]) return false;
  }
  return true;
}

std::optional<StringRef> ParseSpecial(std::string_view word) {
  if (EqualsIgnoringCase(word, "nan")) return NumericNan();
  const bool signed_word = !word.empty() && (word[0] == '-' || word[0] == '+');
  const bool negative = signed_word && word[0] == '-';
  if (signed_word) word.remove_prefix(1);
  if (EqualsIgnoringCase(word, "infinity") || EqualsIgnoringCase(word, "inf")) {
    return NumericInfinity(negative);
  }
  return std::nullopt;
}

// [+-] digits [. digits] [e [+-] digits], taken apart.
struct NumberParts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;
  bool exponent_too_big = false;
};

std::string_view TakeDigits(std::string_view& rest) {
  size_t count = 0;
  while (count < rest.size() && IsDigit(rest[count])) ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

bool SplitNumber(std::string_view rest, NumberParts& parts) {
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    parts.negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  parts.whole = TakeDigits(rest);
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    parts.fraction = TakeDigits(rest);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return false;
  if (!rest.empty() && (rest[0] == 'e' || rest[0] == 'E')) {
    rest.remove_prefix(1);
    const bool negative = !rest.empty() && rest[0] == '-';
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
    const std::string_view digits = TakeDigits(rest);
    if (digits.empty()) return false;
    for (const char c : digits) {
      if (parts.exponent < kExponentMax) parts.exponent = parts.exponent * 10 + (c - '0');
    }
    if (parts.exponent >= kExponentMax) parts.exponent_too_big = true;
    if (negative) parts.exponent = -parts.exponent;
  }
  return rest.empty();
}

// The value of the parts when it is small; the road of nearly every literal.
bool ToSmall(const NumberParts& parts, int64_t* unscaled, int* scale) {
  if (parts.exponent != 0 || parts.fraction.size() > kNumericSmallScaleMax) return false;
  int64_t value = 0;
  int digits = 0;
  for (const std::string_view run : {parts.whole, parts.fraction}) {
    for (const char c : run) {
      if (digits == 18) return false;
      value = value * 10 + (c - '0');
      digits += value != 0;
    }
  }
  *unscaled = parts.negative ? -value : value;
  *scale = static_cast<int>(parts.fraction.size());
  return true;
}

Decimal ToDecimal(const NumberParts& parts) {
  std::string digits(parts.whole);
  digits += parts.fraction;
  const size_t first = std::min(digits.find_first_not_of('0'), digits.size());
  Decimal value;
  const int64_t scale = static_cast<int64_t>(parts.fraction.size()) - parts.exponent;
  if (scale > kNumericScaleMax) ThrowNumericOverflow();
  if (first < digits.size()) {
    const int64_t before_point = static_cast<int64_t>(digits.size() - first) - scale;
    if (before_point > (kNumericWeightMax + 1) * 4) ThrowNumericOverflow();
    value.unscaled.set_str(digits.substr(first), 10);
    if (scale < 0) value.unscaled *= PowerOfTen(static_cast<unsigned>(-scale));
    if (parts.negative) value.unscaled = -value.unscaled;
  }
  value.scale = static_cast<int>(std::max<int64_t>(scale, 0));
  return value;
}

}  // namespace

StringRef ParseNumeric(std::string_view text, int32_t typmod, Arena& arena) {
  const std::string_view word = TrimBlanks(text);
  NumberParts parts;
  StringRef value;
  if (SplitNumber(word, parts)) [[likely]] {
    if (parts.exponent_too_big) ThrowNumericOverflow();
    int64_t unscaled;
    int scale;
    value = ToSmall(parts, &unscaled, &scale) ? MakeSmallNumeric(unscaled, scale)
                                              : PackNumeric(ToDecimal(parts), arena);
  } else {
    const std::optional<StringRef> special = ParseSpecial(word);
    if (!special) ThrowInvalidSyntax("numeric", text);
    value = *special;
  }
  return typmod < 4 ? value : ApplyNumericTypmod(value, typmod, arena);
}

void AppendNumeric(std::string& out, NumericRef value) {
  if (value.is_nan()) {
    out += "NaN";
    return;
  }
  if (value.is_infinite()) {
    out += value.sign() < 0 ? "-Infinity" : "Infinity";
    return;
  }
  const auto scale = static_cast<size_t>(value.scale());
  char buffer[24];
  std::string big;
  std::string_view digits;
  if (value.is_small()) {
    const int64_t unscaled = value.small_value();
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer),
                                   unscaled < 0 ? -unscaled : unscaled).ptr;
    digits = std::string_view(buffer, end - buffer);
  } else {
    big = mpz_class(abs(UnpackNumeric(value).unscaled)).get_str();
    digits = big;
  }
  if (value.sign() < 0) out += '-';
  if (scale == 0) {
    out += digits;
    return;
  }
  if (digits.size() <= scale) {
    out += "0.";
    out.append(scale - digits.size(), '0');
    out += digits;
    return;
  }
  out += digits.substr(0, digits.size() - scale);
  out += '.';
  out += digits.substr(digits.size() - scale);
}

std::string NumericText(NumericRef value) {
  std::string text;
  AppendNumeric(text, value);
  return text;
}

// ---- binary: ndigits, weight, sign, dscale, then base-10000 digits, all 16-bit ----

namespace {

constexpr uint16_t kSignNegative = 0x4000;
constexpr uint16_t kSignNan = 0xC000;
constexpr uint16_t kSignInfinity = 0xD000;
constexpr uint16_t kSignNegativeInfinity = 0xF000;

[[noreturn]] void ThrowBadExternal(const char* part) {
  throw SqlError(SqlState::kInvalidBinaryRepresentation,
                 fmt::format("invalid {} in external \"numeric\" value", part));
}

}  // namespace

StringRef ReceiveNumeric(std::string_view bytes, int32_t typmod, Arena& arena) {
  BinaryReader reader(bytes);
  const auto count = reader.Read<uint16_t>();
  const auto weight = reader.Read<int16_t>();
  const auto sign = reader.Read<uint16_t>();
  const auto scale = reader.Read<uint16_t>();
  Decimal value;
  switch (sign) {
    case 0:
    case kSignNegative: break;
    case kSignNan: value.kind = NumericKind::kNan; break;
    case kSignInfinity: value.kind = NumericKind::kInfinity; break;
    case kSignNegativeInfinity: value.kind = NumericKind::kNegativeInfinity; break;
    default: ThrowBadExternal("sign");
  }
  if (scale > kNumericScaleMax) ThrowBadExternal("scale");
  std::string text;
  for (uint16_t i = 0; i < count; ++i) {
    const auto digit = reader.Read<int16_t>();
    if (digit < 0 || digit > 9999) ThrowBadExternal("digit");
    fmt::format_to(std::back_inserter(text), "{:04}", digit);
  }
  reader.Finish();
  if (value.is_finite() && count > 0) {
    value.unscaled.set_str(text, 10);
    if (sign == kSignNegative) value.unscaled = -value.unscaled;
    // The last digit stands at 10000^(weight - count + 1); hidden digits are cut, not rounded.
    value.scale = (count - 1 - weight) * 4;
    TruncateDecimal(value, scale);
  }
  value.scale = scale;
  const StringRef result = PackNumeric(value, arena);
  return typmod < 4 ? result : ApplyNumericTypmod(result, typmod, arena);
}

void SendNumeric(std::string& out, NumericRef value) {
  if (value.is_special()) {
    AppendBinary<uint16_t>(out, 0);
    AppendBinary<uint16_t>(out, 0);
    AppendBinary<uint16_t>(out, value.is_nan() ? kSignNan
                                : value.sign() > 0 ? kSignInfinity : kSignNegativeInfinity);
    AppendBinary<uint16_t>(out, value.is_nan() ? 0 : 32);
    return;
  }
  const Decimal decimal = UnpackNumeric(value);
  std::string text = mpz_class(abs(decimal.unscaled)).get_str();
  const int padding = (4 - decimal.scale % 4) % 4;
  text.append(padding, '0');
  text.insert(0, (4 - text.size() % 4) % 4, '0');
  int weight = static_cast<int>(text.size() / 4) - (decimal.scale + padding) / 4 - 1;
  size_t first = 0;
  size_t last = text.size();
  while (first < last && text.compare(first, 4, "0000") == 0) {
    first += 4;
    --weight;
  }
  while (last > first && text.compare(last - 4, 4, "0000") == 0) last -= 4;
  if (first == last) weight = 0;
  AppendBinary(out, static_cast<uint16_t>((last - first) / 4));
  AppendBinary(out, static_cast<int16_t>(weight));
  AppendBinary(out, decimal.sign() < 0 ? kSignNegative : uint16_t{0});
  AppendBinary(out, static_cast<uint16_t>(decimal.scale));
  for (size_t i = first; i < last; i += 4) {
    int digit = 0;
    std::from_chars(text.data() + i, text.data() + i + 4, digit);
    AppendBinary(out, static_cast<uint16_t>(digit));
  }
}

}  // namespace grizzly::types
