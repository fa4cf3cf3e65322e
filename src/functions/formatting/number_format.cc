#include "functions/formatting/number_format.h"

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

[[noreturn]] void Refuse(const char* message) { throw SqlError(SqlState::kSyntaxError, message); }

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  NumberFormat Run() {
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        Quoted();
      } else if (!Pattern()) {
        if (text_[at_] == '\\' && text_.substr(at_ + 1, 1) == "\"") ++at_;
        const size_t bytes = types::Utf8CharBytes(text_[at_]);
        Literal(text_.substr(at_, bytes));
        at_ += bytes;
      }
    }
    return std::move(f_);
  }

 private:
  // The word at the cursor, all upper or all lower case.
  bool Take(std::string_view word) {
    if (text_.size() - at_ < word.size()) return false;
    bool upper = true, lower = true;
    for (size_t i = 0; i < word.size(); ++i) {
      const char c = text_[at_ + i];
      if (Upper(c) != word[i]) return false;
      const bool is_letter = Upper(c) >= 'A' && Upper(c) <= 'Z';
      upper = upper && (!is_letter || c == word[i]);
      lower = lower && (!is_letter || c != word[i]);
    }
    if (!upper && !lower) return false;
    lower_ = lower && !upper;
    at_ += word.size();
    return true;
  }
  void Add(NumberField field) {
    if (f_.exponent && field != NumberField::kLiteral) {
      Refuse("\"EEEE\" must be the last pattern used");
    }
    f_.nodes.push_back({field, {}, lower_});
  }
  void Literal(std::string_view text) {
    NumberNode node;
    node.text = std::string(text);
    f_.nodes.push_back(std::move(node));
  }
  void Quoted() {
    ++at_;
    std::string text;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      text += text_[at_++];
    }
    ++at_;
    if (!text.empty()) Literal(text);
  }

  bool Pattern() {
    if (Take("9")) return Nine(), true;
    if (Take("0")) return Zero(), true;
    if (Take(".") || Take("D")) return Point(), true;
    if (Take(",") || Take("G")) return Add(NumberField::kGroup), true;
    if (Take("EEEE")) return Exponent(), true;
    if (Take("FM")) return f_.fill = true, true;
    if (Take("L")) return Add(NumberField::kCurrency), true;
    if (Take("MI")) return Minus(), true;
    if (Take("PL")) return Plus(), true;
    if (Take("PR")) return Brackets(), true;
    if (Take("RN")) return f_.roman = true, Add(NumberField::kRoman), true;
    if (Take("SG")) return BothSigns(), true;
    if (Take("SP")) return true;
    if (Take("S")) return Sign(), true;
    if (Take("TH")) return Add(NumberField::kOrdinal), true;
    if (Take("B")) return Blank(), true;
    if (Take("C")) return true;  // reserved: writes nothing
    if (Take("V")) return Shift(), true;
    return false;
  }

  void Nine() {
    if (f_.brackets) Refuse("\"9\" must be ahead of \"PR\"");
    Add(NumberField::kNine);
    if (f_.shifted) {
      ++f_.shift;
    } else {
      ++(f_.has_point ? f_.after : f_.before);
    }
  }
  void Zero() {
    if (f_.brackets) Refuse("\"0\" must be ahead of \"PR\"");
    Add(NumberField::kZero);
    if (!f_.has_zero && !f_.has_point) {
      f_.has_zero = true;
      f_.zero_start = f_.before;
    }
    ++(f_.has_point ? f_.after : f_.before);
    f_.zero_end = f_.before + f_.after;
  }
  void Blank() {
    if (f_.before == 0 && f_.after == 0 && !f_.has_zero) f_.blank = true;
  }
  void Point() {
    if (f_.has_point) Refuse("multiple decimal points");
    if (f_.shifted) Refuse("cannot use \"V\" and decimal point together");
    Add(NumberField::kPoint);
    f_.has_point = true;
  }
  void Sign() {
    if (f_.sign != SignPlace::kNone) Refuse("cannot use \"S\" twice");
    if (f_.plus || f_.minus || f_.brackets) {
      Refuse("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
    }
    Add(NumberField::kAnchoredSign);
    f_.sign = f_.has_point ? SignPlace::kAfter : SignPlace::kBefore;
    f_.digits_before_sign = f_.before;
  }
  void Minus() {
    if (f_.sign != SignPlace::kNone) Refuse("cannot use \"S\" and \"MI\" together");
    Add(NumberField::kMinus);
    f_.minus = true;
  }
  void Plus() {
    if (f_.sign != SignPlace::kNone) Refuse("cannot use \"S\" and \"PL\" together");
    Add(NumberField::kPlus);
    f_.plus = true;
  }
  void BothSigns() {
    if (f_.sign != SignPlace::kNone) Refuse("cannot use \"S\" and \"SG\" together");
    Add(NumberField::kSign);
    f_.plus = f_.minus = true;
  }
  void Brackets() {
    if (f_.sign != SignPlace::kNone || f_.plus || f_.minus) {
      Refuse("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together");
    }
    f_.brackets = true;
  }
  void Shift() {
    if (f_.has_point) Refuse("cannot use \"V\" and decimal point together");
    f_.shifted = true;
  }
  void Exponent() {
    if (f_.exponent) Refuse("cannot use \"EEEE\" twice");
    if (f_.blank || f_.fill || f_.sign != SignPlace::kNone || f_.brackets || f_.minus || f_.plus ||
        f_.roman || f_.shifted) {
      throw SqlError(SqlState::kSyntaxError, "\"EEEE\" is incompatible with other formats")
          .Detail("\"EEEE\" may only be used together with digit and decimal point patterns.");
    }
    f_.exponent = true;
  }

  const std::string_view text_;
  size_t at_ = 0;
  bool lower_ = false;
  NumberFormat f_;
};

}  // namespace

NumberFormat ParseNumberFormat(std::string_view format) { return Parser(format).Run(); }

}  // namespace grizzly::functions
