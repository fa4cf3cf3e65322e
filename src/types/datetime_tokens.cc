#include "types/datetime_tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "facts/time_zones.h"

namespace grizzly::types {
namespace {

constexpr size_t kFieldsMax = 25;
constexpr size_t kWordLettersMax = 10;  // longer words are compared by their beginning

struct WordRow {
  std::string_view text;
  TimeWord word;
  int32_t value = 0;
};

constexpr int32_t Unit(TimeUnit unit) { return static_cast<int32_t>(unit); }

// Both tables sorted by text.
constexpr WordRow kDateWords[] = {
    {"-infinity", TimeWord::kNegativeInfinity},
    {"ad", TimeWord::kEra, 0},
    {"allballs", TimeWord::kZulu},
    {"am", TimeWord::kAmPm, 0},
    {"apr", TimeWord::kMonth, 4},
    {"april", TimeWord::kMonth, 4},
    {"at", TimeWord::kIgnore},
    {"aug", TimeWord::kMonth, 8},
    {"august", TimeWord::kMonth, 8},
    {"bc", TimeWord::kEra, 1},
    {"d", TimeWord::kUnit, Unit(TimeUnit::kDay)},
    {"dec", TimeWord::kMonth, 12},
    {"december", TimeWord::kMonth, 12},
    {"dow", TimeWord::kUnit, Unit(TimeUnit::kDayOfWeek)},
    {"doy", TimeWord::kUnit, Unit(TimeUnit::kDayOfYear)},
    {"dst", TimeWord::kDaylight, 3600},
    {"epoch", TimeWord::kEpoch},
    {"feb", TimeWord::kMonth, 2},
    {"february", TimeWord::kMonth, 2},
    {"fri", TimeWord::kWeekday, 5},
    {"friday", TimeWord::kWeekday, 5},
    {"h", TimeWord::kUnit, Unit(TimeUnit::kHour)},
    {"infinity", TimeWord::kInfinity},
    {"isodow", TimeWord::kUnit, Unit(TimeUnit::kIsoDayOfWeek)},
    {"isoyear", TimeWord::kUnit, Unit(TimeUnit::kIsoYear)},
    {"j", TimeWord::kUnit, Unit(TimeUnit::kJulian)},
    {"jan", TimeWord::kMonth, 1},
    {"january", TimeWord::kMonth, 1},
    {"jd", TimeWord::kUnit, Unit(TimeUnit::kJulian)},
    {"jul", TimeWord::kMonth, 7},
    {"julian", TimeWord::kUnit, Unit(TimeUnit::kJulian)},
    {"july", TimeWord::kMonth, 7},
    {"jun", TimeWord::kMonth, 6},
    {"june", TimeWord::kMonth, 6},
    {"m", TimeWord::kUnit, Unit(TimeUnit::kMonth)},
    {"mar", TimeWord::kMonth, 3},
    {"march", TimeWord::kMonth, 3},
    {"may", TimeWord::kMonth, 5},
    {"mm", TimeWord::kUnit, Unit(TimeUnit::kMinute)},
    {"mon", TimeWord::kWeekday, 1},
    {"monday", TimeWord::kWeekday, 1},
    {"nov", TimeWord::kMonth, 11},
    {"november", TimeWord::kMonth, 11},
    {"now", TimeWord::kNow},
    {"oct", TimeWord::kMonth, 10},
    {"october", TimeWord::kMonth, 10},
    {"on", TimeWord::kIgnore},
    {"pm", TimeWord::kAmPm, 1},
    {"s", TimeWord::kUnit, Unit(TimeUnit::kSecond)},
    {"sat", TimeWord::kWeekday, 6},
    {"saturday", TimeWord::kWeekday, 6},
    {"sep", TimeWord::kMonth, 9},
    {"sept", TimeWord::kMonth, 9},
    {"september", TimeWord::kMonth, 9},
    {"sun", TimeWord::kWeekday, 0},
    {"sunday", TimeWord::kWeekday, 0},
    {"t", TimeWord::kIsoTime, Unit(TimeUnit::kTime)},
    {"thu", TimeWord::kWeekday, 4},
    {"thur", TimeWord::kWeekday, 4},
    {"thurs", TimeWord::kWeekday, 4},
    {"thursday", TimeWord::kWeekday, 4},
    {"today", TimeWord::kToday},
    {"tomorrow", TimeWord::kTomorrow},
    {"tue", TimeWord::kWeekday, 2},
    {"tues", TimeWord::kWeekday, 2},
    {"tuesday", TimeWord::kWeekday, 2},
    {"wed", TimeWord::kWeekday, 3},
    {"wednesday", TimeWord::kWeekday, 3},
    {"weds", TimeWord::kWeekday, 3},
    {"y", TimeWord::kUnit, Unit(TimeUnit::kYear)},
    {"yesterday", TimeWord::kYesterday},
};

struct UnitRow {
  std::string_view text;
  TimeUnit unit;
  bool in_intervals = true;  // otherwise only extract() and its kin know it
};

constexpr UnitRow kUnits[] = {
    {"c", TimeUnit::kCentury},
    {"cent", TimeUnit::kCentury},
    {"centuries", TimeUnit::kCentury},
    {"century", TimeUnit::kCentury},
    {"d", TimeUnit::kDay},
    {"day", TimeUnit::kDay},
    {"days", TimeUnit::kDay},
    {"dec", TimeUnit::kDecade},
    {"decade", TimeUnit::kDecade},
    {"decades", TimeUnit::kDecade},
    {"decs", TimeUnit::kDecade},
    {"h", TimeUnit::kHour},
    {"hour", TimeUnit::kHour},
    {"hours", TimeUnit::kHour},
    {"hr", TimeUnit::kHour},
    {"hrs", TimeUnit::kHour},
    {"m", TimeUnit::kMinute},
    {"microsecon", TimeUnit::kMicrosecond},
    {"mil", TimeUnit::kMillennium},
    {"millennia", TimeUnit::kMillennium},
    {"millennium", TimeUnit::kMillennium},
    {"millisecon", TimeUnit::kMillisecond},
    {"mils", TimeUnit::kMillennium},
    {"min", TimeUnit::kMinute},
    {"mins", TimeUnit::kMinute},
    {"minute", TimeUnit::kMinute},
    {"minutes", TimeUnit::kMinute},
    {"mon", TimeUnit::kMonth},
    {"mons", TimeUnit::kMonth},
    {"month", TimeUnit::kMonth},
    {"months", TimeUnit::kMonth},
    {"ms", TimeUnit::kMillisecond},
    {"msec", TimeUnit::kMillisecond},
    {"msecond", TimeUnit::kMillisecond},
    {"mseconds", TimeUnit::kMillisecond},
    {"msecs", TimeUnit::kMillisecond},
    {"qtr", TimeUnit::kQuarter, false},
    {"quarter", TimeUnit::kQuarter, false},
    {"s", TimeUnit::kSecond},
    {"sec", TimeUnit::kSecond},
    {"second", TimeUnit::kSecond},
    {"seconds", TimeUnit::kSecond},
    {"secs", TimeUnit::kSecond},
    {"timezone", TimeUnit::kTimezone, false},
    {"timezone_h", TimeUnit::kTimezoneHour, false},
    {"timezone_m", TimeUnit::kTimezoneMinute, false},
    {"us", TimeUnit::kMicrosecond},
    {"usec", TimeUnit::kMicrosecond},
    {"usecond", TimeUnit::kMicrosecond},
    {"useconds", TimeUnit::kMicrosecond},
    {"usecs", TimeUnit::kMicrosecond},
    {"w", TimeUnit::kWeek},
    {"week", TimeUnit::kWeek},
    {"weeks", TimeUnit::kWeek},
    {"y", TimeUnit::kYear},
    {"year", TimeUnit::kYear},
    {"years", TimeUnit::kYear},
    {"yr", TimeUnit::kYear},
    {"yrs", TimeUnit::kYear},
};

template <typename Row, size_t count>
const Row* FindRow(const Row (&rows)[count], std::string_view word) {
  word = word.substr(0, kWordLettersMax);
  const Row* at = std::lower_bound(std::begin(rows), std::end(rows), word,
                                   [](const Row& row, std::string_view w) { return row.text < w; });
  return at != std::end(rows) && at->text == word ? at : nullptr;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsBlankChar(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  bool Run(std::vector<TimeField>& fields) {
    while (at_ < text_.size()) {
      if (IsBlankChar(text_[at_])) {
        ++at_;
        continue;
      }
      field_.clear();
      TimeFieldKind kind;
      if (IsDigit(text_[at_])) {
        kind = TakeNumeric();
      } else if (text_[at_] == '.') {
        Take();
        TakeWhile(IsDigit);
        kind = TimeFieldKind::kNumber;
      } else if (IsLetter(text_[at_])) {
        kind = TakeWord();
      } else if (text_[at_] == '+' || text_[at_] == '-') {
        const std::optional<TimeFieldKind> taken = TakeSigned();
        if (!taken) return false;
        kind = *taken;
      } else if (std::ispunct(static_cast<unsigned char>(text_[at_]))) {
        ++at_;  // separates, and says nothing
        continue;
      } else {
        return false;
      }
      if (fields.size() == kFieldsMax) return false;
      fields.push_back({kind, field_});
    }
    return true;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Take() { field_ += Lower(text_[at_++]); }
  template <typename Predicate>
  void TakeWhile(Predicate predicate) {
    while (at_ < text_.size() && predicate(text_[at_])) Take();
  }

  TimeFieldKind TakeNumeric() {
    TakeWhile(IsDigit);
    if (Peek() == ':') {
      TakeWhile([](char c) { return IsDigit(c) || c == ':' || c == '.'; });
      return TimeFieldKind::kTime;
    }
    if (Peek() != '-' && Peek() != '/' && Peek() != '.') return TimeFieldKind::kNumber;
    const char delimiter = Peek();
    Take();
    if (!IsDigit(Peek())) {
      TakeWhile([&](char c) { return IsDigit(c) || IsLetter(c) || c == delimiter; });
      return TimeFieldKind::kDate;
    }
    TakeWhile(IsDigit);
    if (Peek() == delimiter) {  // the same delimiter again: three parts, a date
      Take();
      TakeWhile([&](char c) { return IsDigit(c) || c == delimiter; });
      return TimeFieldKind::kDate;
    }
    return delimiter == '.' ? TimeFieldKind::kNumber : TimeFieldKind::kDate;
  }

  TimeFieldKind TakeWord() {
    TakeWhile(IsLetter);
    const char next = Peek();
    bool is_date = next == '-' || next == '/' || next == '.';
    if (next == '+' || IsDigit(next)) is_date = FindRow(kDateWords, field_) == nullptr;
    if (!is_date) return TimeFieldKind::kText;
    TakeWhile([](char c) {
      return c == '+' || c == '-' || c == '/' || c == '_' || c == '.' || c == ':' || IsDigit(c) ||
             IsLetter(c);
    });
    return TimeFieldKind::kDate;
  }

  std::optional<TimeFieldKind> TakeSigned() {
    Take();
    while (at_ < text_.size() && IsBlankChar(text_[at_])) ++at_;
    if (IsDigit(Peek())) {
      TakeWhile([](char c) { return IsDigit(c) || c == ':' || c == '.' || c == '-'; });
      return TimeFieldKind::kZone;
    }
    if (IsLetter(Peek())) {
      TakeWhile(IsLetter);
      return TimeFieldKind::kSpecial;
    }
    return std::nullopt;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string field_;
};

}  // namespace

std::optional<std::vector<TimeField>> SplitTimeText(std::string_view text) {
  std::vector<TimeField> fields;
  Splitter splitter(text);
  if (!splitter.Run(fields)) return std::nullopt;
  return fields;
}

TimeMeaning FindDateWord(std::string_view word) {
  const WordRow* row = FindRow(kDateWords, word);
  if (row == nullptr) return {};
  return {row->word, row->value};
}

TimeMeaning FindZoneAbbreviation(std::string_view word) {
  std::string upper(word.substr(0, kWordLettersMax));
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  const facts::TimezoneAbbreviationFact* fact = facts::FindTimezoneAbbreviation(upper);
  if (fact == nullptr) return {};
  if (!fact->zone.empty()) return {TimeWord::kDynamicZone, 0, fact->is_dst, fact->zone};
  return {TimeWord::kZone, fact->utc_offset_seconds, fact->is_dst, {}};
}

TimeMeaning FindIntervalWord(std::string_view word) {
  if (word == "@") return {TimeWord::kIgnore};
  if (word == "ago") return {TimeWord::kAgo};
  const UnitRow* row = FindRow(kUnits, word);
  if (row == nullptr || !row->in_intervals) return {};
  return {TimeWord::kUnit, Unit(row->unit)};
}

TimeUnit FindTimeUnit(std::string_view word) {
  std::string lower;
  for (const char c : word) lower += Lower(c);
  if (const UnitRow* row = FindRow(kUnits, lower)) return row->unit;
  const WordRow* row = FindRow(kDateWords, lower);
  if (row == nullptr) return TimeUnit::kNone;
  if (row->word == TimeWord::kUnit) return static_cast<TimeUnit>(row->value);
  return row->word == TimeWord::kEpoch ? TimeUnit::kEpoch : TimeUnit::kNone;
}

}  // namespace grizzly::types
