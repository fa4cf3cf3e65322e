// Decides what each field of a date/time text is. For datetime_parse.cc.
//
// The rules are PostgreSQL's, from its documentation's appendix "Date/Time Support" and from asking
// the server: what a field means depends on its shape, on the fields before it, and on DateStyle.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"

namespace grizzly::types {

// Which parts of a point in time have been said; a part said twice is a format error.
using TimePartMask = uint32_t;
enum TimePart : TimePartMask {
  kPartYear = 1 << 0,
  kPartMonth = 1 << 1,
  kPartDay = 1 << 2,
  kPartHour = 1 << 3,
  kPartMinute = 1 << 4,
  kPartSecond = 1 << 5,
  kPartMillisecond = 1 << 6,
  kPartMicrosecond = 1 << 7,
  kPartZone = 1 << 8,
  kPartDaylight = 1 << 9,
  kPartDayOfYear = 1 << 10,
  kPartWeekday = 1 << 11,
  kPartAmPm = 1 << 12,
  kPartEra = 1 << 13,
  kPartReserved = 1 << 14,  // epoch, infinity
  kPartDaylightModifier = 1 << 15,  // "dst"

  kPartsDate = kPartYear | kPartMonth | kPartDay,
  kPartsSeconds = kPartSecond | kPartMillisecond | kPartMicrosecond,
  kPartsTime = kPartHour | kPartMinute | kPartsSeconds,
};

class DateTimeDecoder {
 public:
  explicit DateTimeDecoder(const IoSettings& settings) : settings_(settings) {}

  TimeInputError DecodeDateTime(std::string_view text);
  TimeInputError DecodeTimeOfDay(std::string_view text);
  const DecodedDateTime& decoded() const { return decoded_; }

 private:
  using Error = TimeInputError;
  enum class Meridiem : uint8_t { kNone, kAm, kPm };

  // One field each, by its kind.
  Error TakeDateField(const TimeField& field);
  Error TakeTimeField(const TimeField& field);
  Error TakeZoneField(const TimeField& field);
  Error TakeNumberField(const TimeField& field, size_t index);
  Error TakeWordField(const TimeField& field, size_t index);
  Error TakeDateFieldOfTime(const TimeField& field, size_t index);
  Error TakePlainNumberOfTime(const TimeField& field, size_t index);

  Error TakeLabelled(const std::string& text);
  Error TakeJulianDay(const std::string& text, int64_t value, std::string_view rest);
  Error TakeReserved(const TimeMeaning& meaning);
  Error TakeZoneWord(const TimeMeaning& meaning, const std::string& text);
  Error TakeNamedZone(const std::string& text, bool must_exist);
  Error TakeTimeWithZone(std::string_view text);  // hhmmss-zz

  // Pieces of fields. They set the parts they found in *parts.
  Error DecodeDate(std::string_view text, TimePartMask* parts);
  Error DecodeNumber(std::string_view text, TimePartMask known, TimePartMask* parts);
  Error DecodeRunTogether(std::string_view text, TimePartMask known, TimePartMask* parts);
  Error DecodeClock(std::string_view text, TimePartMask* parts);

  Error CheckDate();
  Error ApplyMeridiem();
  bool ClockOverflows() const;
  Error ResolveZone();
  Error Run(std::string_view text);
  void SetDateFromDay(int64_t day);
  DateTimeFields NowLocal() const;

  const IoSettings& settings_;
  DecodedDateTime decoded_;
  DateTimeFields& tm_ = decoded_.fields;
  std::vector<TimeField> fields_;
  TimePartMask known_ = 0;       // parts of the fields so far
  TimePartMask parts_ = 0;       // parts of the field at hand
  TimeUnit label_ = TimeUnit::kNone;  // a unit word whose number comes next
  bool time_only_ = false;
  bool has_text_month_ = false;
  bool is_julian_ = false;
  bool two_digit_year_ = false;
  bool before_christ_ = false;
  Meridiem meridiem_ = Meridiem::kNone;
  const TimeZone* named_zone_ = nullptr;
  const TimeZone* abbreviation_zone_ = nullptr;
  std::string abbreviation_;
};

}  // namespace grizzly::types
