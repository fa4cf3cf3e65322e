#include "functions/formatting/datetime_format.h"

#include "types/text.h"

namespace grizzly::functions {
namespace {

struct Pattern {
  std::string_view word;  // in upper case; lower case works, too
  DateField field;
  int digits;
};

// Longer words before their prefixes.
constexpr Pattern kPatterns[] = {
    {"A.D.", DateField::kBcAdDots, 0},  {"A.M.", DateField::kAmPmDots, 0},
    {"AD", DateField::kBcAd, 0},        {"AM", DateField::kAmPm, 0},
    {"B.C.", DateField::kBcAdDots, 0},  {"BC", DateField::kBcAd, 0},
    {"CC", DateField::kCentury, 2},     {"DAY", DateField::kDayName, 0},
    {"DDD", DateField::kDayOfYear, 3},  {"DD", DateField::kDay, 2},
    {"DY", DateField::kDayShort, 0},    {"D", DateField::kWeekday, 1},
    {"FF1", DateField::kFraction, 1},   {"FF2", DateField::kFraction, 2},
    {"FF3", DateField::kFraction, 3},   {"FF4", DateField::kFraction, 4},
    {"FF5", DateField::kFraction, 5},   {"FF6", DateField::kFraction, 6},
    {"HH24", DateField::kHour24, 2},    {"HH12", DateField::kHour12, 2},
    {"HH", DateField::kHour12, 2},      {"IDDD", DateField::kIsoDayOfYear, 3},
    {"ID", DateField::kIsoWeekday, 1},  {"IW", DateField::kIsoWeek, 2},
    {"IYYY", DateField::kIsoYear, 4},   {"IYY", DateField::kIsoYear, 3},
    {"IY", DateField::kIsoYear, 2},     {"I", DateField::kIsoYear, 1},
    {"J", DateField::kJulian, 0},       {"MI", DateField::kMinute, 2},
    {"MM", DateField::kMonth, 2},       {"MONTH", DateField::kMonthName, 0},
    {"MON", DateField::kMonthShort, 0}, {"MS", DateField::kMilliseconds, 3},
    {"OF", DateField::kZoneOffset, 0},  {"P.M.", DateField::kAmPmDots, 0},
    {"PM", DateField::kAmPm, 0},        {"Q", DateField::kQuarter, 1},
    {"RM", DateField::kRomanMonth, 0},  {"SSSSS", DateField::kSecondsOfDay, 5},
    {"SSSS", DateField::kSecondsOfDay, 5}, {"SS", DateField::kSecond, 2},
    {"TZH", DateField::kZoneHours, 2},  {"TZM", DateField::kZoneMinutes, 2},
    {"TZ", DateField::kZone, 0},        {"US", DateField::kMicroseconds, 6},
    {"WW", DateField::kWeek, 2},        {"W", DateField::kWeekOfMonth, 1},
    {"Y,YYY", DateField::kYearComma, 0}, {"YYYY", DateField::kYear, 4},
    {"YYY", DateField::kYear, 3},       {"YY", DateField::kYear, 2},
    {"Y", DateField::kYear, 1},
};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool IsAlnum(char c) {
  return (Lower(c) >= 'a' && Lower(c) <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

// Whether `text` starts with the word in one of the spellings that count.
bool SpelledAs(std::string_view text, const Pattern& pattern, LetterCase* letters) {
  const std::string_view word = pattern.word;
  if (text.size() < word.size()) return false;
  bool upper = true, lower = true, capital = text[0] == word[0];
  for (size_t i = 0; i < word.size(); ++i) {
    upper = upper && text[i] == word[i];
    lower = lower && text[i] == Lower(word[i]);
    capital = capital && (i == 0 || text[i] == Lower(word[i]));
  }
  const bool is_name = pattern.field == DateField::kMonthName ||
                       pattern.field == DateField::kMonthShort ||
                       pattern.field == DateField::kDayName || pattern.field == DateField::kDayShort;
  *letters = upper ? LetterCase::kUpper : (lower ? LetterCase::kLower : LetterCase::kCapital);
  return upper || lower || (capital && is_name);
}

class FormatParser {
 public:
  explicit FormatParser(std::string_view text) : text_(text) {}

  DateFormat Run() {
    while (at_ < text_.size()) {
      FormatNode node;
      Prefixes(node);
      if (at_ >= text_.size()) break;
      if (Keyword(node)) {
        Push(std::move(node));
      } else {
        Other();
      }
    }
    return std::move(format_);
  }

 private:
  std::string_view Rest() const { return text_.substr(at_); }
  void Push(FormatNode node) {
    node.exact = exact_;
    format_.nodes.push_back(std::move(node));
  }

  void Prefixes(FormatNode& node) {
    while (true) {
      const std::string_view two = text_.substr(at_, 2);
      if (two == "FM" || two == "fm") {
        node.fill = true;
      } else if (two == "TM" || two == "tm") {
        node.translated = true;
      } else if (two == "FX" || two == "fx") {
        exact_ = true;
      } else {
        return;
      }
      at_ += 2;
    }
  }

  bool Keyword(FormatNode& node) {
    for (const Pattern& pattern : kPatterns) {
      if (!SpelledAs(Rest(), pattern, &node.letters)) continue;
      node.field = pattern.field;
      node.digits = pattern.digits;
      node.text = std::string(Rest().substr(0, pattern.word.size()));
      at_ += pattern.word.size();
      Suffixes(node);
      return true;
    }
    return false;
  }

  void Suffixes(FormatNode& node) {
    const std::string_view two = text_.substr(at_, 2);
    if (two == "TH" || two == "th") {
      node.ordinal = two[0];
      at_ += 2;
    } else if (two == "SP" || two == "sp") {
      at_ += 2;  // spelled-out numbers: accepted and without effect, as in PostgreSQL
    }
  }

  void Other() {
    if (text_[at_] == '"') {
      Quoted();
      return;
    }
    if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') ++at_;
    const size_t bytes = types::Utf8CharBytes(text_[at_]);
    FormatNode node;
    node.field = IsAlnum(text_[at_]) ? DateField::kLiteral : DateField::kSeparator;
    node.text = std::string(Rest().substr(0, bytes));
    at_ += bytes;
    Push(std::move(node));
  }

  void Quoted() {
    ++at_;
    FormatNode node;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      node.text += text_[at_++];
    }
    ++at_;
    node.quoted = true;
    if (!node.text.empty()) Push(std::move(node));
  }

  const std::string_view text_;
  size_t at_ = 0;
  bool exact_ = false;
  DateFormat format_;
};

}  // namespace

DateFormat ParseDateFormat(std::string_view format) { return FormatParser(format).Run(); }

}  // namespace grizzly::functions
