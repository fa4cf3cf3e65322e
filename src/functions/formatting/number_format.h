// The patterns of to_char() and to_number() for numbers: a format text taken apart once.
//
// ERRORS  42601 for patterns that contradict each other
// SOURCE  PostgreSQL 15 docs, table 9.28 "Template Patterns for Numeric Formatting"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grizzly::functions {

enum class NumberField : uint8_t {
  kLiteral, kNine, kZero, kPoint, kGroup, kCurrency, kMinus, kPlus, kSign, kAnchoredSign, kRoman,
  kOrdinal,
};

enum class SignPlace : uint8_t { kNone, kBefore, kAfter };  // of S

struct NumberNode {
  NumberField field = NumberField::kLiteral;
  std::string text;      // of literals
  bool lower = false;    // rn, th
};

struct NumberFormat {
  std::vector<NumberNode> nodes;
  int before = 0;        // digits before the point
  int after = 0;
  int shift = 0;         // digits after V
  bool has_point = false;
  bool has_zero = false;
  int zero_start = 0;    // the first 0 before the point, by digit from the left
  int zero_end = 0;      // digits up to and with the last 0
  bool blank = false;    // B
  bool fill = false;     // FM
  bool brackets = false; // PR
  bool minus = false;    // MI, SG
  bool plus = false;     // PL, SG
  bool roman = false;
  bool exponent = false; // EEEE
  bool shifted = false;  // V
  SignPlace sign = SignPlace::kNone;
  int digits_before_sign = 0;
};

NumberFormat ParseNumberFormat(std::string_view format);

}  // namespace grizzly::functions
