// to_char() of numbers, and to_number().
#include <cmath>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/formatting/number_format.h"
#include "functions/formatting/ordinal.h"
#include "functions/kernel.h"
#include "types/numeric.h"
#include "types/text.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

// The digits to lay out.
struct Digits {
  bool negative = false;
  std::string text;  // without sign: digits, perhaps a point and more
};

// Lays digits out by a format.
class Layout {
 public:
  Layout(const NumberFormat& format, const Digits& digits)
      : f_(format), number_(digits.text), negative_(digits.negative) {
    const size_t point = number_.find('.');
    const int integers = static_cast<int>(point == std::string::npos ? number_.size() : point);
    const int places = f_.before + f_.shift;
    if (integers < places) {
      blanks_ = places - integers;
    } else if (integers > places) {
      number_.assign(static_cast<size_t>(places + f_.after + 1), '#');
      number_[static_cast<size_t>(places)] = '.';
      overflow_ = true;
    }
    total_ = places + f_.after + (f_.has_point ? 1 : 0);
    DecideSign();
    DecideLastShown();
  }

  std::string Run() {
    for (const NumberNode& node : f_.nodes) Write(node);
    return std::move(out_);
  }

 private:
  void DecideSign() {
    brackets_ = f_.brackets;
    sign_ = f_.sign;
    if (f_.plus || f_.minus) {
      sign_written_ = f_.minus;
      return;
    }
    if (!negative_ && f_.fill) brackets_ = false;
    sign_written_ = !negative_ && f_.fill && f_.sign == SignPlace::kNone;
    if (sign_ == SignPlace::kBefore && f_.before == f_.digits_before_sign) {
      sign_ = SignPlace::kAfter;
    }
  }

  // FM drops zeros at the end: the last digit that matters, or the point.
  void DecideLastShown() {
    if (!f_.fill || !f_.has_point) return;
    const size_t point = number_.find('.');
    if (point == std::string::npos) return;
    size_t last = point;
    for (size_t i = point + 1; i < number_.size(); ++i) {
      if (number_[i] != '0') last = i;
    }
    if (f_.zero_end > blanks_) {
      const auto kept = std::min(number_.size() - 1, static_cast<size_t>(f_.zero_end - blanks_));
      last = std::max(last, kept);
    }
    last_shown_ = last;
  }

  bool LastIsPoint() const {
    return last_shown_.has_value() && number_[*last_shown_] == '.';
  }
  // The lone zero before the point of 0.5 is blank under a 9.
  bool IsBlankZero() const {
    return !f_.has_zero && at_ == 0 && !number_.empty() && number_[0] == '0' && f_.after != 0;
  }

  void Write(const NumberNode& node) {
    switch (node.field) {
      case NumberField::kNine:
      case NumberField::kZero:
      case NumberField::kPoint: return Digit(node.field);
      case NumberField::kGroup:
        if (in_number_) {
          out_ += ',';
        } else if (!f_.fill) {
          out_ += ' ';
        }
        return;
      case NumberField::kCurrency: out_ += ' '; return;
      case NumberField::kMinus:
        if (negative_) {
          out_ += '-';
        } else if (!f_.fill) {
          out_ += ' ';
        }
        return;
      case NumberField::kPlus:
        if (!negative_) {
          out_ += '+';
        } else if (!f_.fill) {
          out_ += ' ';
        }
        return;
      case NumberField::kSign: out_ += negative_ ? '-' : '+'; return;
      case NumberField::kOrdinal:
        if (!f_.roman && !overflow_ && !negative_ && !f_.has_point) {
          if (number_.back() < '0' || number_.back() > '9') {
            throw SqlError(SqlState::kInvalidTextRepresentation,
                           fmt::format("\"{}\" is not a number", number_));
          }
          std::string ending;
          AppendOrdinal(number_, node.lower ? 't' : 'T', ending);
          out_ += ending.substr(number_.size());
        }
        return;
      case NumberField::kLiteral: out_ += node.text; return;
      default: return;
    }
  }

  void WriteSign() {
    const bool starts = place_ >= blanks_ || (f_.has_zero && f_.zero_start == place_);
    if (sign_written_ || !starts || (IsBlankZero() && !LastIsPoint())) return;
    if (sign_ != SignPlace::kNone) {
      if (sign_ == SignPlace::kBefore) out_ += negative_ ? '-' : '+';
      sign_written_ = true;
    } else if (brackets_) {
      out_ += negative_ ? '<' : ' ';
      sign_written_ = true;
    } else if (!negative_) {
      if (!f_.fill) out_ += ' ';
      sign_written_ = true;
    } else {
      out_ += '-';
      sign_written_ = true;
    }
  }

  void Digit(NumberField field) {
    WriteSign();
    if (place_ < blanks_ && (!f_.has_zero || f_.zero_start > place_)) {
      if (!f_.fill) out_ += ' ';
    } else if (f_.has_zero && place_ < blanks_ && f_.zero_start <= place_) {
      out_ += '0';
      in_number_ = true;
    } else {
      NumberDigit(field);
    }
    ++place_;
    const bool ends_with_point = f_.has_point && f_.after == 0;
    if (place_ == total_ && !ends_with_point) Close();
  }

  void NumberDigit(NumberField field) {
    if (field == NumberField::kPoint) {
      if (at_ >= number_.size()) return;  // no decimals: PostgreSQL writes no point either
      if (!LastIsPoint() || f_.fill) out_ += '.';
      if (at_ < number_.size() && number_[at_] == '.') ++at_;
      return;
    }
    if (last_shown_.has_value() && at_ > *last_shown_ && field != NumberField::kZero) {
      // a zero that does not matter
    } else if (IsBlankZero()) {
      if (!f_.fill) {
        out_ += ' ';
      } else if (LastIsPoint()) {
        out_ += '0';
      }
    } else if (at_ < number_.size()) {
      out_ += number_[at_];
      in_number_ = true;
    }
    if (at_ < number_.size()) ++at_;
  }

  void Close() {
    if (brackets_ && sign_written_) {
      out_ += negative_ ? '>' : ' ';
    } else if (f_.sign != SignPlace::kNone && sign_ == SignPlace::kAfter) {
      out_ += negative_ ? '-' : '+';
    }
  }

  const NumberFormat& f_;
  std::string number_;
  const bool negative_;
  bool overflow_ = false;
  bool brackets_ = false;
  bool sign_written_ = false;
  SignPlace sign_ = SignPlace::kNone;
  int blanks_ = 0;  // places before the number's first digit
  int place_ = 0;   // digit or point of the format
  int total_ = 0;
  size_t at_ = 0;   // in number_
  bool in_number_ = false;
  std::optional<size_t> last_shown_;
  std::string out_;
};

std::string Roman(int64_t value) {
  if (value < 1 || value > 3999) return std::string(15, '#');
  constexpr std::pair<int, View> kParts[] = {
      {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
      {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
  std::string text;
  for (const auto& [size, letters] : kParts) {
    for (; value >= size; value -= size) text += letters;
  }
  return text;
}

// 15 characters wide, unless FM.
std::string RomanText(const NumberFormat& format, int64_t value) {
  std::string text = Roman(value);
  for (const NumberNode& node : format.nodes) {
    if (node.field != NumberField::kRoman || !node.lower) continue;
    for (char& c : text) c = c == '#' ? c : static_cast<char>(c + 32);
  }
  if (!format.fill && text.size() < 15) text.insert(0, 15 - text.size(), ' ');
  std::string out;
  for (const NumberNode& node : format.nodes) {
    if (node.field == NumberField::kRoman) out += text;
    if (node.field == NumberField::kLiteral) out += node.text;
  }
  return out;
}

const NumberFormat& CachedFormat(View format) {
  thread_local std::string cached_text;
  thread_local std::unique_ptr<NumberFormat> cached;
  if (cached == nullptr || cached_text != format) {
    cached = std::make_unique<NumberFormat>(ParseNumberFormat(format));
    cached_text = format;
  }
  return *cached;
}

Digits SplitSign(std::string text) {
  Digits digits;
  digits.negative = text.starts_with('-');
  digits.text = digits.negative ? text.substr(1) : std::move(text);
  return digits;
}

// d.ddde+dd of a numeric, with `places` digits after the point.
std::string Scientific(const types::NumericRef& value, int places) {
  Arena scratch;
  if (value.is_zero()) return fmt::format("{:.{}e}", 0.0, places);
  const std::string text = types::NumericText(value);
  const bool negative = text[0] == '-';
  std::string digits;
  int exponent = -1;
  bool seen_point = false;
  for (char c : text.substr(negative ? 1 : 0)) {
    if (c == '.') {
      seen_point = true;
      continue;
    }
    if (digits.empty() && c == '0') {
      if (seen_point) --exponent;
      continue;
    }
    digits += c;
    if (!seen_point) ++exponent;
  }
  digits.resize(std::max<size_t>(digits.size(), static_cast<size_t>(places) + 2), '0');
  const bool up = digits[static_cast<size_t>(places) + 1] >= '5';
  digits.resize(static_cast<size_t>(places) + 1);
  if (up) {
    size_t i = digits.size();
    while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
    if (i == 0) {
      digits.insert(0, "1");  // 9.99 rounds to 10.0, and PostgreSQL 15 leaves it there
    } else {
      ++digits[i - 1];
    }
  }
  const size_t whole = digits.size() - static_cast<size_t>(places);
  std::string mantissa = digits.substr(0, whole);
  if (places > 0) mantissa += "." + digits.substr(whole);
  return fmt::format("{}{}e{}{:02}", negative ? "-" : "", mantissa, exponent < 0 ? '-' : '+',
                     std::abs(exponent));
}

// The exponent form takes the place of the digits; other patterns stay.
std::string ExponentText(const NumberFormat& format, std::string number) {
  if (!number.starts_with('-')) number.insert(0, " ");
  std::string out;
  bool written = false;
  for (const NumberNode& node : format.nodes) {
    if (node.field == NumberField::kLiteral) {
      out += node.text;
    } else if (!written) {
      out += number;
      written = true;
    }
  }
  return out;
}
std::string ExponentOverflow(const NumberFormat& format) {
  std::string hashes(static_cast<size_t>(format.before + format.after + 6), '#');
  hashes[0] = ' ';
  hashes[static_cast<size_t>(format.before) + 1] = '.';
  return hashes;
}

std::string NumericToText(const types::NumericRef& value, View format_text) {
  const NumberFormat& format = CachedFormat(format_text);
  Arena scratch;
  if (format.roman) {
    return RomanText(format, types::NumericToInt4(value));
  }
  if (format.exponent) {
    if (value.is_special()) return ExponentOverflow(format);
    return ExponentText(format, Scientific(value, format.after));
  }
  StringRef scaled = StringRef(value.bytes());
  if (format.shifted) {
    const StringRef ten = types::MakeSmallNumeric(10, 0);
    const StringRef power = types::MakeSmallNumeric(format.shift, 0);
    const StringRef factor = types::NumericPower(ten, power, scratch);
    scaled = types::NumericMultiply(scaled, factor, scratch);
  }
  const StringRef rounded = types::NumericRound(scaled, format.after, scratch);
  return Layout(format, SplitSign(types::NumericText(rounded))).Run();
}

Datum NumericToChar(FunctionContext& context, const StringRef& value, View format) {
  if (format.empty()) return Datum::OfString("", *context.result_heap);
  return Datum::OfString(NumericToText(value, format), *context.result_heap);
}

template <typename T>
Datum IntegerToChar(FunctionContext& context, T value, View format) {
  if (format.empty()) return Datum::OfString("", *context.result_heap);
  const NumberFormat& parsed = CachedFormat(format);
  if (sizeof(T) == 4 && parsed.exponent) {  // through a float, as PostgreSQL does for int4
    return Datum::OfString(
        ExponentText(parsed, fmt::format("{:.{}e}", static_cast<double>(value), parsed.after)),
        *context.result_heap);
  }
  if (parsed.roman && static_cast<int32_t>(value) != value) types::ThrowTypeOutOfRange("integer");
  Arena scratch;
  const StringRef number = types::NumericFromInt8(value, scratch);
  return Datum::OfString(NumericToText(number, format), *context.result_heap);
}

// Floats keep their own digits: all that fit the type's precision.
template <typename T>
Datum FloatToChar(FunctionContext& context, T value, View format_text) {
  if (format_text.empty()) return Datum::OfString("", *context.result_heap);
  NumberFormat format = CachedFormat(format_text);
  auto answer = [&](const std::string& text) {
    return Datum::OfString(text, *context.result_heap);
  };
  if (format.roman) {
    const double rounded = std::rint(static_cast<double>(value));
    return answer(RomanText(format, rounded >= 1 && rounded <= 3999 ? static_cast<int64_t>(rounded)
                                                                    : 0));
  }
  if (format.exponent) {
    if (!std::isfinite(value)) return answer(ExponentOverflow(format));
    return answer(ExponentText(format, fmt::format("{:.{}e}", value, format.after)));
  }
  double scaled = static_cast<double>(value);
  if (format.shifted) scaled *= std::pow(10.0, format.shift);
  if (!std::isfinite(scaled)) {
    return answer(Layout(format, SplitSign(std::isnan(scaled) ? "NaN"
                                           : scaled < 0       ? "-Infinity"
                                                              : "Infinity"))
                      .Run());
  }
  constexpr int kPrecision = sizeof(T) == 4 ? 6 : 15;
  const std::string whole = fmt::format("{:.0f}", std::fabs(scaled));
  if (static_cast<int>(whole.size()) >= kPrecision) {
    format.after = 0;
  } else if (static_cast<int>(whole.size()) + format.after > kPrecision) {
    format.after = kPrecision - static_cast<int>(whole.size());
  }
  return answer(Layout(format, SplitSign(fmt::format("{:.{}f}", scaled, format.after))).Run());
}

// ---- to_number ----

// Reads a number out of `text` as the format says where its parts are.
class NumberReader {
 public:
  NumberReader(const NumberFormat& format, View text) : f_(format), text_(text) {}

  std::string Read() {
    if (f_.roman) ThrowNotSupported("\"RN\" in to_number()");
    for (const NumberNode& node : f_.nodes) {
      if (at_ >= text_.size()) break;
      Step(node);
    }
    if (at_ < text_.size()) TrailingSign();
    if (digits_.empty()) types::ThrowInvalidSyntax("numeric", negative_ ? "-" : " ");
    return negative_ ? "-" + digits_ : digits_;
  }

 private:
  bool IsDigit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  void LeadingSign() {
    if (signed_ || !digits_.empty()) return;
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ >= text_.size()) return;
    const char c = text_[at_];
    if (c == '-' || (c == '<' && f_.brackets)) negative_ = true;
    if (c == '-' || c == '+' || (c == '<' && f_.brackets)) {
      ++at_;
      signed_ = true;
    }
  }
  void TrailingSign() {
    if (signed_ && !f_.brackets) return;
    const char c = text_[at_];
    if (f_.sign != SignPlace::kNone || f_.minus || f_.plus) {
      if (c == '-') negative_ = true;
    }
  }

  void Step(const NumberNode& node) {
    switch (node.field) {
      case NumberField::kNine:
      case NumberField::kZero:
        LeadingSign();
        if (at_ < text_.size() && text_[at_] == ' ') ++at_;
        if (IsDigit()) {
          digits_ += text_[at_++];
        } else if (at_ < text_.size() && text_[at_] == '.' && f_.has_point && !point_) {
          Point();
          if (IsDigit()) digits_ += text_[at_++];
        }
        return;
      case NumberField::kPoint:
        LeadingSign();
        if (at_ < text_.size() && text_[at_] == '.') Point();
        return;
      case NumberField::kGroup:
        LeadingSign();
        if (at_ < text_.size() && text_[at_] == ',') ++at_;
        return;
      case NumberField::kCurrency:
        if (!IsDigit() && text_[at_] != '-' && text_[at_] != '+') ++at_;
        return;
      case NumberField::kMinus:
      case NumberField::kPlus:
      case NumberField::kSign:
        if (text_[at_] == '-') negative_ = true;
        if (text_[at_] == '-' || text_[at_] == '+') {
          ++at_;
          signed_ = true;
        }
        return;
      case NumberField::kAnchoredSign:
        if (text_[at_] == '-') negative_ = true;
        if (text_[at_] == '-' || text_[at_] == '+') {
          ++at_;
          signed_ = true;
        }
        return;
      case NumberField::kOrdinal: at_ += 2; return;
      case NumberField::kLiteral:
        at_ += std::min(types::Utf8Length(node.text), text_.size() - at_);
        return;
      default: return;
    }
  }

  void Point() {
    if (point_) return;
    point_ = true;
    digits_ += digits_.empty() ? "0." : ".";
    ++at_;
  }

  const NumberFormat& f_;
  const View text_;
  size_t at_ = 0;
  bool negative_ = false;
  bool signed_ = false;
  bool point_ = false;
  std::string digits_;
};

Datum ToNumber(FunctionContext& context, View text, View format_text) {
  if (format_text.empty()) return Datum::Null();
  const NumberFormat& format = CachedFormat(format_text);
  if (format.exponent) {
    throw SqlError(SqlState::kFeatureNotSupported, "\"EEEE\" not supported for input");
  }
  Arena scratch;
  StringRef number =
      types::ParseNumeric(NumberReader(format, text).Read(), types::kNoTypmod, scratch);
  if (format.shifted) {
    const StringRef ten = types::MakeSmallNumeric(10, 0);
    const StringRef power = types::MakeSmallNumeric(-format.shift, 0);
    const StringRef factor = types::NumericPower(ten, power, scratch);
    number = types::NumericMultiply(number, factor, scratch);
  }
  return Datum::OfString(number.view(), *context.result_heap);
}

}  // namespace

void RegisterNumberToChar(Registry& registry) {
  registry.AddScalar("numeric_to_char", Cold<&NumericToChar>);
  registry.AddScalar("int4_to_char", Cold<&IntegerToChar<int32_t>>);
  registry.AddScalar("int8_to_char", Cold<&IntegerToChar<int64_t>>);
  registry.AddScalar("float4_to_char", Cold<&FloatToChar<float>>);
  registry.AddScalar("float8_to_char", Cold<&FloatToChar<double>>);
  registry.AddScalar("numeric_to_number", Cold<&ToNumber>);
}

}  // namespace grizzly::functions
