// Shows: numeric's text, result scales, limits and errors are PostgreSQL 15's; equal values hash
// equal; one value has one byte form.
#include "types/numeric.h"

#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"

namespace grizzly::types {
namespace {

TEST(NumericTest, Text) {
  const IoCase kCases[] = {
      {facts::kNumericOid, "1.e3", "1000"},
      {facts::kNumericOid, ".5e-3", "0.0005"},
      {facts::kNumericOid, " +1.50 ", "1.50"},
      {facts::kNumericOid, "-inf", "-Infinity"},
      {facts::kNumericOid, "1e-16384", "22003 value overflows numeric format"},
      {facts::kNumericOid, "1e131072", "22003 value overflows numeric format"},
      {facts::kNumericOid, "1e2147483647", "22003 value overflows numeric format"},
      {facts::kNumericOid, "+nan", "22P02 invalid input syntax for type numeric: \"+nan\""},
      {facts::kNumericOid, "1e", "22P02 invalid input syntax for type numeric: \"1e\""},
      {facts::kNumericOid, "1_000", "22P02 invalid input syntax for type numeric: \"1_000\""},
      {facts::kNumericOid, "-0.00", "0.00"},
      {facts::kNumericOid, "123456789012345678901234567890.10", "123456789012345678901234567890.10"},
      {facts::kNumericOid, "12345", "12000", NumericTypmod(3, -3)},
      {facts::kNumericOid, "0.05", "0.050", NumericTypmod(2, 3)},
      {facts::kNumericOid, "999.995",
       "22003 numeric field overflow | A field with precision 5, scale 2 must round to an absolute "
       "value less than 10^3.", NumericTypmod(5, 2)},
      {facts::kNumericOid, "99.9",
       "22003 numeric field overflow | A field with precision 3, scale 3 must round to an absolute "
       "value less than 1.", NumericTypmod(3, 3)},
      {facts::kNumericOid, "inf",
       "22003 numeric field overflow | A field with precision 5, scale 2 cannot hold an infinite "
       "value.", NumericTypmod(5, 2)},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

using Operation = StringRef (*)(NumericRef, NumericRef, Arena&);

std::string Apply(Operation operation, std::string_view a, std::string_view b) {
  Arena arena;
  try {
    const StringRef left = ParseNumeric(a, kNoTypmod, arena);
    const StringRef right = ParseNumeric(b, kNoTypmod, arena);
    const StringRef result = operation(left, right, arena);
    return NumericText(result);
  } catch (const SqlError& error) {
    return error.what();
  }
}

TEST(NumericTest, Operations) {
  const auto sqrt = [](NumericRef a, NumericRef, Arena& arena) { return NumericSqrt(a, arena); };
  const auto exp = [](NumericRef a, NumericRef, Arena& arena) { return NumericExp(a, arena); };
  const auto ln = [](NumericRef a, NumericRef, Arena& arena) { return NumericLn(a, arena); };
  struct Case {
    Operation operation;
    std::string_view a, b, expected;
  };
  const Case kCases[] = {
      {NumericAdd, "0.1", "0.20", "0.30"},
      {NumericAdd, "999999999999999999", "1", "1000000000000000000"},
      {NumericSubtract, "inf", "inf", "NaN"},
      {NumericMultiply, "0", "inf", "NaN"},
      {NumericDivide, "1", "3", "0.33333333333333333333"},
      {NumericDivide, "10", "3", "3.3333333333333333"},
      {NumericDivide, "9999", "10000", "0.99990000000000000000"},
      {NumericDivide, "0", "3", "0.00000000000000000000"},
      {NumericDivide, "1e-30", "3", "0.000000000000000000000000000000333333333333333333"},
      {NumericDivide, "nan", "0", "NaN"},
      {NumericDivide, "inf", "0", "division by zero"},
      {NumericModulo, "-5.5", "2", "-1.5"},
      {NumericModulo, "5", "inf", "5"},
      {NumericDivideTruncated, "7.7", "2", "3"},
      {NumericPower, "2", "0.5", "1.4142135623730950"},
      {NumericPower, "5.0", "2", "25.0000000000000000"},
      {NumericPower, "5", "2.00000000000000000001", "25.00000000000000000040"},
      {NumericPower, "1.1", "100", "13780.6123398222701841"},
      {NumericPower, "1.0000001", "1000000", "1.1051709125497934"},
      {NumericPower, "3", "-100", "0.0000000000000000"},
      {NumericPower, "0", "-1.5", "zero raised to a negative power is undefined"},
      {NumericPower, "-1", "0.5",
       "a negative number raised to a non-integer power yields a complex result"},
      {NumericPower, "-0.5", "-inf", "Infinity"},
      {NumericPower, "1", "nan", "1"},
      {NumericPower, "10", "131072", "value overflows numeric format"},
      {NumericLog, "2", "1024", "10.0000000000000000"},
      {NumericLog, "2.5", "1.00001", "0.000010913512111903300"},
      {NumericLog, "1", "5", "division by zero"},
      {NumericGcd, "12.5", "2.50", "2.50"},
      {NumericLcm, "-3.5", "2", "14.0"},
      {sqrt, "2", "0", "1.414213562373095"},
      {sqrt, "1e-10", "0", "0.000010000000000000000"},
      {exp, "-10", "0", "0.00004539992976248485"},
      {exp, "100", "0", "26881171418161354484126255515800135873611119"},
      {exp, "6000", "0", "value overflows numeric format"},
      {ln, "1.0000001", "0", "0.00000009999999500000033"},
      {ln, "12345678901234567890.123", "0", "43.959837789202521"},
      {ln, "0", "0", "cannot take logarithm of zero"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(Apply(c.operation, c.a, c.b), c.expected) << c.a << ", " << c.b;
  }
}

TEST(NumericTest, OrderAndHashIgnoreScale) {
  const std::string_view kSorted[] = {"-inf", "-1e30", "-2", "-1.99", "0", "1e-40", "0.5", "1",
                                      "1.0000000000000000000000000000000000000001", "999999999999999999",
                                      "1000000000000000000", "1e40", "inf", "nan"};
  Arena arena;
  for (size_t i = 0; i < std::size(kSorted); ++i) {
    const StringRef a = ParseNumeric(kSorted[i], kNoTypmod, arena);
    for (size_t j = 0; j < std::size(kSorted); ++j) {
      const StringRef b = ParseNumeric(kSorted[j], kNoTypmod, arena);
      EXPECT_EQ(NumericCompare(a, b), i < j ? -1 : (i > j ? 1 : 0)) << kSorted[i] << kSorted[j];
    }
  }
  for (const auto& [x, y] : {std::pair{"1", "1.0000000000000000000000000000000000000000000"},
                             {"0", "0.0000000000000000000000000000000000000000000"},
                             {"-123.4500", "-123.45"}, {"1e17", "100000000000000000.0000000000"}}) {
    const StringRef a = ParseNumeric(x, kNoTypmod, arena);
    const StringRef b = ParseNumeric(y, kNoTypmod, arena);
    EXPECT_EQ(NumericHash(a), NumericHash(b)) << x;
  }
}

TEST(NumericTest, CanonicalBytes) {
  Arena arena;
  const StringRef big = ParseNumeric("1000000000000000000.5", kNoTypmod, arena);
  const StringRef half = ParseNumeric("1000000000000000000.0", kNoTypmod, arena);
  const StringRef difference = NumericSubtract(big, half, arena);
  EXPECT_EQ(difference, ParseNumeric("0.5", kNoTypmod, arena));
  EXPECT_TRUE(difference.is_inline());
}

}  // namespace
}  // namespace grizzly::types
