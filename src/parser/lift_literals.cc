// The literal lifter: one pass over the text, no allocation but the outputs'.
//
// Whatever it is not sure to read as PostgreSQL's lexer does (escapes, dollar quotes, bit strings,
// $n, adjacent strings, control characters) makes it give up; the parser then does the work.
// TESTS    tests/unit/parser/lift_literals_test.cc compares it with libpg_query's scanner
#include <charconv>

#include "parser/parse.h"
#include "parser/scan.h"

namespace grizzly::parser {
namespace {

constexpr char kMarks[] = {'\x01', '\x02', '\x03', '\x04'};  // by LiteralKind

// |INT32_MIN| and |INT64_MIN|: a sign in front changes the constant's type.
constexpr std::string_view kAmbiguousMagnitudes[] = {"2147483648", "9223372036854775808"};

class Lifter {
 public:
  Lifter(std::string_view sql, std::string* shape, std::vector<Literal>* literals)
      : sql_(sql), shape_(*shape), literals_(*literals) {}

  bool Run() {
    shape_.clear();
    literals_.clear();
    shape_.reserve(sql_.size());
    while (true) {
      const size_t next = scan::SkipBlanks(sql_, at_);
      const bool blank = next != at_;
      at_ = next;
      if (at_ == sql_.size()) return true;
      if (ended_) return false;  // something behind the semicolon
      if (blank && !shape_.empty()) shape_ += ' ';
      if (!Token()) return false;
    }
  }

 private:
  bool Token() {
    const char c = sql_[at_];
    if (scan::IsIdentifierStart(c)) return Identifier();
    if (scan::IsDigit(c)) return Number();
    if (c == '.' && at_ + 1 < sql_.size() && scan::IsDigit(sql_[at_ + 1])) return Number();
    switch (c) {
      case '\'': return String();
      case '"': return QuotedIdentifier();
      case '.':
        if (at_ + 1 < sql_.size() && sql_[at_ + 1] == '.') return false;
        Plain(1);
        return true;
      case '(': case ')': case '[': case ']': case ',': case ':':
        Plain(1);
        return true;
      case ';':
        ended_ = true;
        ++at_;
        after_string_ = false;
        while (!shape_.empty() && shape_.back() == ' ') shape_.pop_back();
        return !shape_.empty();
      default:
        return scan::IsOperatorCharacter(c) && Operator();
    }
  }

  void Plain(size_t bytes) {
    shape_.append(sql_.substr(at_, bytes));
    at_ += bytes;
    sign_location_ = -1;
    after_string_ = false;
  }

  bool Identifier() {
    size_t end = at_ + 1;
    while (end < sql_.size() && scan::IsIdentifierPart(sql_[end])) ++end;
    if (end < sql_.size()) {
      // E'', B'', X'', N'', U&'' and U&"" are other kinds of constants and names.
      if (sql_[end] == '\'' && end == at_ + 1) return false;
      if (sql_[end] == '&' && end == at_ + 1 && (sql_[at_] == 'u' || sql_[at_] == 'U')) return false;
    }
    Plain(end - at_);
    return true;
  }

  bool QuotedIdentifier() {
    const size_t end = scan::SkipQuoted(sql_, at_, '"', /*backslashes=*/false);
    if (end == sql_.size() && sql_[end - 1] != '"') return false;
    Plain(end - at_);
    return true;
  }

  bool Operator() {
    const size_t begin = at_;
    while (at_ < sql_.size() && scan::IsOperatorCharacter(sql_[at_])) {
      const char next = at_ + 1 < sql_.size() ? sql_[at_ + 1] : '\0';
      if (at_ != begin && ((sql_[at_] == '-' && next == '-') || (sql_[at_] == '/' && next == '*'))) {
        break;  // a comment begins here
      }
      ++at_;
    }
    const size_t length = at_ - begin;
    at_ = begin;
    const bool is_sign = length == 1 && sql_[begin] == '-';
    Plain(length);
    if (is_sign) sign_location_ = static_cast<int>(begin);
    return true;
  }

  size_t SkipDigits(size_t at) const {
    while (at < sql_.size() && scan::IsDigit(sql_[at])) ++at;
    return at;
  }

  bool Number() {
    const size_t begin = at_;
    size_t end = SkipDigits(at_);
    bool is_integer = true;
    if (end < sql_.size() && sql_[end] == '.') {
      if (end + 1 < sql_.size() && sql_[end + 1] == '.') return false;
      is_integer = false;
      end = SkipDigits(end + 1);
    }
    if (end < sql_.size() && (sql_[end] == 'e' || sql_[end] == 'E')) {
      size_t exponent = end + 1;
      if (exponent < sql_.size() && (sql_[exponent] == '+' || sql_[exponent] == '-')) ++exponent;
      if (exponent >= sql_.size() || !scan::IsDigit(sql_[exponent])) return false;
      is_integer = false;
      end = SkipDigits(exponent);
    }
    if (end < sql_.size() && scan::IsIdentifierPart(sql_[end])) return false;
    const std::string_view text = sql_.substr(begin, end - begin);
    if (is_integer && IsAmbiguous(text)) return false;
    Add(is_integer ? IntegerKind(text) : LiteralKind::kNumeric, text);
    at_ = end;
    return true;
  }

  static bool IsAmbiguous(std::string_view digits) {
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return digits == kAmbiguousMagnitudes[0] || digits == kAmbiguousMagnitudes[1];
  }

  static LiteralKind IntegerKind(std::string_view digits) {
    int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc()) return LiteralKind::kNumeric;
    return value <= INT32_MAX ? LiteralKind::kInt4 : LiteralKind::kInt8;
  }

  bool String() {
    if (after_string_) return false;  // 'a' <newline> 'b' is one constant
    bool doubled = false;
    size_t end = at_ + 1;
    for (;; ++end) {
      if (end >= sql_.size()) return false;
      if (sql_[end] == '\\') return false;  // standard_conforming_strings may be off
      if (sql_[end] != '\'') continue;
      if (end + 1 >= sql_.size() || sql_[end + 1] != '\'') break;
      doubled = true;
      ++end;
    }
    sign_location_ = -1;
    Literal& literal = Add(LiteralKind::kString, sql_.substr(at_ + 1, end - at_ - 1));
    if (doubled) Unescape(literal, sql_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    after_string_ = true;
    return true;
  }

  static void Unescape(Literal& literal, std::string_view text) {
    literal.plain = false;
    for (size_t i = 0; i < text.size(); ++i) {
      literal.unescaped += text[i];
      if (text[i] == '\'') ++i;
    }
  }

  Literal& Add(LiteralKind kind, std::string_view text) {
    shape_ += kMarks[static_cast<size_t>(kind)];
    Literal& literal = literals_.emplace_back();
    literal.kind = kind;
    literal.location = static_cast<int>(at_);
    literal.sign_location = sign_location_;
    literal.text = text;
    sign_location_ = -1;
    after_string_ = false;
    return literal;
  }

  const std::string_view sql_;
  std::string& shape_;
  std::vector<Literal>& literals_;
  size_t at_ = 0;
  int sign_location_ = -1;
  bool after_string_ = false;
  bool ended_ = false;
};

}  // namespace

bool LiftLiterals(std::string_view sql, std::string* shape, std::vector<Literal>* literals) {
  return Lifter(sql, shape, literals).Run();
}

}  // namespace grizzly::parser
