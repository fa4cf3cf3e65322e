// Functions of money: hundredths in an int64.
#include <cmath>

#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "functions/type_families.h"
#include "types/numeric.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

constexpr int64_t kCentsPerUnit = 100;

bool Equal(int64_t a, int64_t b) { return a == b; }
bool NotEqual(int64_t a, int64_t b) { return a != b; }
bool Less(int64_t a, int64_t b) { return a < b; }
bool LessEqual(int64_t a, int64_t b) { return a <= b; }
bool Greater(int64_t a, int64_t b) { return a > b; }
bool GreaterEqual(int64_t a, int64_t b) { return a >= b; }
int32_t Compare(int64_t a, int64_t b) { return a < b ? -1 : (a > b ? 1 : 0); }
int64_t Smaller(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t Larger(int64_t a, int64_t b) { return a > b ? a : b; }

// PostgreSQL's sums and products of money wrap around, and clients may see it.
[[noreturn]] void ThrowMoneyOutOfRange() {
  throw SqlError(SqlState::kNumericValueOutOfRange, "money out of range");
}

int64_t Plus(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) ThrowMoneyOutOfRange();
  return sum;
}
int64_t Minus(int64_t a, int64_t b) {
  int64_t difference;
  if (__builtin_sub_overflow(a, b, &difference)) ThrowMoneyOutOfRange();
  return difference;
}
template <typename T>
int64_t TimesInteger(int64_t a, T b) {
  int64_t product;
  if (__builtin_mul_overflow(a, b, &product)) ThrowMoneyOutOfRange();
  return product;
}
template <typename T>
int64_t IntegerTimes(T b, int64_t a) {
  return TimesInteger<T>(a, b);
}
template <typename T>
int64_t OverInteger(int64_t a, T b) {
  if (b == 0) types::ThrowDivisionByZero();
  return b == -1 ? Minus(0, a) : a / b;
}

// Half to even, as rint() has it.
int64_t Rounded(double cents) {
  const double rounded = std::rint(cents);
  if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) ThrowMoneyOutOfRange();
  return static_cast<int64_t>(rounded);
}
template <typename T>
int64_t TimesFloat(int64_t a, T b) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  if (std::isinf(product) && !std::isinf(static_cast<double>(b))) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "value out of range: overflow");
  }
  return Rounded(product);
}
template <typename T>
int64_t FloatTimes(T b, int64_t a) {
  return TimesFloat<T>(a, b);
}
template <typename T>
int64_t OverFloat(int64_t a, T b) {
  if (b == 0) types::ThrowDivisionByZero();
  return Rounded(static_cast<double>(a) / static_cast<double>(b));
}
double Ratio(int64_t a, int64_t b) {
  if (b == 0) types::ThrowDivisionByZero();
  return static_cast<double>(a) / static_cast<double>(b);
}

// ---- casts ----
template <typename T>
int64_t FromInteger(T value) {
  int64_t cents;
  if (__builtin_mul_overflow(static_cast<int64_t>(value), kCentsPerUnit, &cents)) {
    types::ThrowTypeOutOfRange("bigint");
  }
  return cents;
}
StringRef ToNumeric(FunctionContext& context, int64_t cents) {
  return types::NumericFromInt128(cents, 2, *context.result_heap);
}
int64_t FromNumeric(const StringRef& value) {
  Arena arena;
  const types::NumericRef number(value);
  if (number.is_special()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot convert {} to bigint",
                               number.is_nan() ? "NaN" : "infinity"));
  }
  const StringRef hundred = types::NumericFromInt8(kCentsPerUnit, arena);
  const StringRef cents = types::NumericMultiply(number, types::NumericRef(hundred), arena);
  return types::NumericToInt8(types::NumericRef(cents));
}

// ---- in words ----
constexpr const char* kSmallWords[] = {
    "zero",     "one",     "two",       "three",    "four",     "five",    "six",
    "seven",    "eight",   "nine",      "ten",      "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen",   "seventeen", "eighteen", "nineteen"};
constexpr const char* kTensWords[] = {"", "", "twenty", "thirty", "forty", "fifty", "sixty",
                                      "seventy", "eighty", "ninety"};
constexpr const char* kGroupWords[] = {"", " thousand ", " million ", " billion ", " trillion ",
                                       " quadrillion "};
constexpr int kGroups = 6;

std::string BelowHundred(int number) {
  if (number <= 20) return number == 20 ? kTensWords[2] : kSmallWords[number];
  if (number % 10 == 0) return kTensWords[number / 10];
  return std::string(kTensWords[number / 10]) + " " + kSmallWords[number % 10];
}
std::string BelowThousand(int number) {
  if (number < 100) return BelowHundred(number);
  const std::string hundreds = std::string(kSmallWords[number / 100]) + " hundred";
  const int rest = number % 100;
  if (rest == 0) return hundreds;
  return hundreds + (rest < 20 ? " and " : " ") + BelowHundred(rest);
}

// The blank behind a group's word stays even when nothing follows.
std::string Words(int64_t cents) {
  const uint64_t amount = cents < 0 ? uint64_t{0} - static_cast<uint64_t>(cents)
                                    : static_cast<uint64_t>(cents);
  const uint64_t units = amount / kCentsPerUnit;
  std::string text = cents < 0 ? "minus " : "";
  int groups[kGroups];
  uint64_t rest = units;
  for (int& group : groups) {
    group = static_cast<int>(rest % 1000);
    rest /= 1000;
  }
  for (int i = kGroups - 1; i >= 0; --i) {
    if (groups[i] != 0) text += BelowThousand(groups[i]) + kGroupWords[i];
  }
  if (units == 0) text += "zero";
  text += units == 1 ? " dollar and " : " dollars and ";
  const int left = static_cast<int>(amount % kCentsPerUnit);
  text += BelowHundred(left) + (left == 1 ? " cent" : " cents");
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

void RegisterMoneyArithmetic(Registry& registry) {
  registry.AddScalar("cash_pl", Cold<&Plus>);
  registry.AddScalar("cash_mi", Cold<&Minus>);
  registry.AddScalar("cash_mul_int2", Cold<&TimesInteger<int16_t>>);
  registry.AddScalar("cash_mul_int4", Cold<&TimesInteger<int32_t>>);
  registry.AddScalar("cash_mul_int8", Cold<&TimesInteger<int64_t>>);
  registry.AddScalar("cash_mul_flt4", Cold<&TimesFloat<float>>);
  registry.AddScalar("cash_mul_flt8", Cold<&TimesFloat<double>>);
  registry.AddScalar("int2_mul_cash", Cold<&IntegerTimes<int16_t>>);
  registry.AddScalar("int4_mul_cash", Cold<&IntegerTimes<int32_t>>);
  registry.AddScalar("int8_mul_cash", Cold<&IntegerTimes<int64_t>>);
  registry.AddScalar("flt4_mul_cash", Cold<&FloatTimes<float>>);
  registry.AddScalar("flt8_mul_cash", Cold<&FloatTimes<double>>);
  registry.AddScalar("cash_div_int2", Cold<&OverInteger<int16_t>>);
  registry.AddScalar("cash_div_int4", Cold<&OverInteger<int32_t>>);
  registry.AddScalar("cash_div_int8", Cold<&OverInteger<int64_t>>);
  registry.AddScalar("cash_div_flt4", Cold<&OverFloat<float>>);
  registry.AddScalar("cash_div_flt8", Cold<&OverFloat<double>>);
  registry.AddScalar("cash_div_cash", Cold<&Ratio>);
}

}  // namespace

void RegisterMoney(Registry& registry) {
  RegisterMoneyArithmetic(registry);
  registry.AddScalar("cash_eq", Cold<&Equal>);
  registry.AddScalar("cash_ne", Cold<&NotEqual>);
  registry.AddScalar("cash_lt", Cold<&Less>);
  registry.AddScalar("cash_le", Cold<&LessEqual>);
  registry.AddScalar("cash_gt", Cold<&Greater>);
  registry.AddScalar("cash_ge", Cold<&GreaterEqual>);
  registry.AddScalar("cash_cmp", Cold<&Compare>);
  registry.AddScalar("cashsmaller", Cold<&Smaller>);
  registry.AddScalar("cashlarger", Cold<&Larger>);
  registry.AddScalar("int4_cash", Cold<&FromInteger<int32_t>>);
  registry.AddScalar("int8_cash", Cold<&FromInteger<int64_t>>);
  registry.AddScalar("numeric_cash", Cold<&FromNumeric>);
  registry.AddScalar("cash_numeric", Cold<&ToNumeric>);
  registry.AddScalar("cash_words", Cold<&Words>);
}

}  // namespace grizzly::functions
