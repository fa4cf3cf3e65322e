#include "types/numeric_decimal.h"

#include "base/error/sql_error.h"

namespace grizzly::types {
namespace {

constexpr int kBaseDigits = 4;  // decimal digits in a base-10000 digit

int FloorDivide(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

void ThrowNumericOverflow() {
  throw SqlError(SqlState::kNumericValueOutOfRange, "value overflows numeric format");
}

mpz_class PowerOfTen(unsigned exponent) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, exponent);
  return power;
}

mpz_class Int128ToBig(Int128 value) {
  const bool negative = value < 0;
  const auto magnitude = negative ? -static_cast<unsigned __int128>(value)
                                  : static_cast<unsigned __int128>(value);
  mpz_class big;
  mpz_import(big.get_mpz_t(), 1, -1, sizeof(magnitude), 0, 0, &magnitude);
  return negative ? mpz_class(-big) : big;
}

int DecimalDigits(const mpz_class& value) {
  if (value == 0) return 0;
  // At most one too many.
  const size_t digits = mpz_sizeinbase(value.get_mpz_t(), 10);
  const mpz_class limit = PowerOfTen(static_cast<unsigned>(digits - 1));
  return static_cast<int>(mpz_cmpabs(value.get_mpz_t(), limit.get_mpz_t()) < 0 ? digits - 1
                                                                               : digits);
}

int BaseWeight(const Decimal& value) {
  return value.sign() == 0 ? 0 : FloorDivide(LeadingExponent(value), kBaseDigits);
}

Decimal UnpackNumeric(NumericRef value) {
  Decimal decimal;
  if (value.is_special()) {
    decimal.kind = value.kind();
    return decimal;
  }
  decimal.scale = value.scale();
  if (value.is_small()) {
    decimal.unscaled = static_cast<long>(value.small_value());
    return decimal;
  }
  const std::string_view bytes = value.bytes();
  int16_t weight;
  std::memcpy(&weight, bytes.data() + 4, 2);
  const size_t digit_count = (bytes.size() - 6) / 2;
  std::string text;
  text.reserve(digit_count * kBaseDigits);
  for (size_t i = 0; i < digit_count; ++i) {
    uint16_t digit;
    std::memcpy(&digit, bytes.data() + 6 + 2 * i, 2);
    const char four[] = {static_cast<char>('0' + digit / 1000),
                         static_cast<char>('0' + digit / 100 % 10),
                         static_cast<char>('0' + digit / 10 % 10),
                         static_cast<char>('0' + digit % 10)};
    text.append(four, 4);
  }
  if (text.empty()) return decimal;
  decimal.unscaled.set_str(text, 10);
  // The digits end at 10000^(weight - digit_count + 1); bring that to 10^-scale.
  const int shift = (weight - static_cast<int>(digit_count) + 1) * kBaseDigits + decimal.scale;
  if (shift >= 0) {
    decimal.unscaled *= PowerOfTen(shift);
  } else {
    decimal.unscaled /= PowerOfTen(-shift);  // exact: only zeros go
  }
  if (value.kind() == NumericKind::kNegativeBig) decimal.unscaled = -decimal.unscaled;
  return decimal;
}

StringRef PackNumeric(const Decimal& value, Arena& arena) {
  if (value.kind == NumericKind::kNan) return NumericNan();
  if (!value.is_finite()) return NumericInfinity(value.kind == NumericKind::kNegativeInfinity);
  if (value.scale <= kNumericSmallScaleMax && value.unscaled.fits_slong_p() &&
      FitsSmallNumeric(value.unscaled.get_si())) {
    return MakeSmallNumeric(value.unscaled.get_si(), value.scale);
  }
  if (value.scale > kNumericScaleMax) ThrowNumericOverflow();
  // Digits padded so that groups of four meet at the decimal point.
  std::string text = mpz_class(abs(value.unscaled)).get_str();
  const int right_padding = (kBaseDigits - value.scale % kBaseDigits) % kBaseDigits;
  text.append(right_padding, '0');
  const int groups_right = (value.scale + right_padding) / kBaseDigits;
  const size_t left_padding = (kBaseDigits - text.size() % kBaseDigits) % kBaseDigits;
  text.insert(0, left_padding, '0');
  const int groups = static_cast<int>(text.size()) / kBaseDigits;
  int first = 0;
  int last = groups;
  const auto group_is_zero = [&](int i) { return text.compare(i * 4, 4, "0000") == 0; };
  while (first < last && group_is_zero(first)) ++first;
  while (last > first && group_is_zero(last - 1)) --last;
  const int weight = first == last ? 0 : groups - groups_right - 1 - first;
  if (weight > kNumericWeightMax) ThrowNumericOverflow();
  char* const bytes = arena.Allocate(6 + 2 * (last - first));
  bytes[0] = static_cast<char>(value.sign() < 0 ? NumericKind::kNegativeBig : NumericKind::kBig);
  bytes[1] = 0;
  const auto scale = static_cast<uint16_t>(value.scale);
  const auto short_weight = static_cast<int16_t>(weight);
  std::memcpy(bytes + 2, &scale, 2);
  std::memcpy(bytes + 4, &short_weight, 2);
  for (int i = first; i < last; ++i) {
    const char* const four = text.data() + i * 4;
    const auto digit = static_cast<uint16_t>((four[0] - '0') * 1000 + (four[1] - '0') * 100 +
                                             (four[2] - '0') * 10 + (four[3] - '0'));
    std::memcpy(bytes + 6 + 2 * (i - first), &digit, 2);
  }
  return StringRef(std::string_view(bytes, 6 + 2 * (last - first)));
}

mpz_class DivideRounded(const mpz_class& dividend, const mpz_class& divisor) {
  // |quotient| = floor((2 |dividend| + |divisor|) / (2 |divisor|))
  const mpz_class magnitude = (2 * abs(dividend) + abs(divisor)) / (2 * abs(divisor));
  return sgn(dividend) * sgn(divisor) < 0 ? mpz_class(-magnitude) : magnitude;
}

void RoundDecimal(Decimal& value, int scale) {
  if (!value.is_finite()) return;
  if (scale >= value.scale) {
    value.unscaled *= PowerOfTen(scale - value.scale);
  } else {
    value.unscaled = DivideRounded(value.unscaled, PowerOfTen(value.scale - scale));
  }
  value.scale = scale;
}

void TruncateDecimal(Decimal& value, int scale) {
  if (!value.is_finite()) return;
  if (scale >= value.scale) {
    value.unscaled *= PowerOfTen(scale - value.scale);
  } else {
    value.unscaled /= PowerOfTen(value.scale - scale);
  }
  value.scale = scale;
}

void AlignScales(Decimal& a, Decimal& b) {
  if (a.scale < b.scale) RoundDecimal(a, b.scale);
  if (b.scale < a.scale) RoundDecimal(b, a.scale);
}

}  // namespace grizzly::types
