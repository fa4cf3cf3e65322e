// Shows: dates, times and intervals are read and printed as PostgreSQL 15 does in each DateStyle,
// IntervalStyle and time zone, with its errors.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/interval.h"
#include "types/time_zone.h"
#include "types/timestamp.h"

namespace grizzly::types {
namespace {

using namespace facts;

struct Style {
  DateStyle style;
  DateOrder order;
};
constexpr Style kIso{DateStyle::kIso, DateOrder::kMdy};
constexpr Style kIsoYmd{DateStyle::kIso, DateOrder::kYmd};
constexpr Style kSqlMdy{DateStyle::kSql, DateOrder::kMdy};
constexpr Style kSqlDmy{DateStyle::kSql, DateOrder::kDmy};
constexpr Style kPostgres{DateStyle::kPostgres, DateOrder::kMdy};
constexpr Style kGerman{DateStyle::kGerman, DateOrder::kDmy};

TEST(DateTimeTest, Text) {
  struct Case {
    Oid oid;
    std::string_view text;
    Style style;
    std::string_view zone;
    std::string_view expected;
  };
  const Case kCases[] = {
      {kDateOid, "January 8, 1999", kIso, "UTC", "1999-01-08"},
      {kDateOid, "1/18/1999", kIso, "UTC", "1999-01-18"},
      {kDateOid, "1/18/1999", kSqlDmy, "UTC",
       "22008 date/time field value out of range: \"1/18/1999\""},
      {kDateOid, "99-Jan-08", kIsoYmd, "UTC", "1999-01-08"},
      {kDateOid, "08-Jan-99", kIso, "UTC", "1999-01-08"},
      {kDateOid, "19990108", kIso, "UTC", "1999-01-08"},
      {kDateOid, "1999.008", kIso, "UTC", "1999-01-08"},
      {kDateOid, "J2451187", kIso, "UTC", "1999-01-08"},
      {kDateOid, "January 8, 99 BC", kIso, "UTC", "0099-01-08 BC"},
      {kDateOid, "2001-02-30", kIso, "UTC",
       "22008 date/time field value out of range: \"2001-02-30\""},
      {kDateOid, "2001-13-01", kIso, "UTC",
       "22008 date/time field value out of range: \"2001-13-01\""},
      {kDateOid, "4714-11-24 BC", kIso, "UTC", "4714-11-24 BC"},
      {kDateOid, "4714-11-23 BC", kIso, "UTC", "22008 date out of range: \"4714-11-23 BC\""},
      {kDateOid, "5874897-12-31", kIso, "UTC", "5874897-12-31"},
      {kDateOid, "5874898-01-01", kIso, "UTC", "22008 date out of range: \"5874898-01-01\""},
      {kDateOid, "epoch", kIso, "UTC", "1970-01-01"},
      {kDateOid, "-infinity", kIso, "UTC", "-infinity"},
      {kDateOid, "2001-02-03", kPostgres, "UTC", "02-03-2001"},
      {kDateOid, "2001-02-03", kGerman, "UTC", "03.02.2001"},
      {kDateOid, "2001-02-03 BC", kSqlDmy, "UTC", "03/02/2001 BC"},
      {kDateOid, "y2001m02d04", kIso, "UTC", "2001-02-04"},
      {kDateOid, "1e5", kIso, "UTC", "22007 invalid input syntax for type date: \"1e5\""},
      {kDateOid, "0000-01-01", kIso, "UTC",
       "22008 date/time field value out of range: \"0000-01-01\""},
      {kTimestampOid, "2001-02-03T04:05:06.1234567", kIso, "UTC", "2001-02-03 04:05:06.123457"},
      {kTimestampOid, "2001-02-03 04:05:06", kPostgres, "UTC", "Sat Feb 03 04:05:06 2001"},
      {kTimestampOid, "2001-02-03 04:05:06.5 BC", kSqlMdy, "UTC", "02/03/2001 04:05:06.5 BC"},
      {kTimestampOid, "20010203T040506", kIso, "UTC", "2001-02-03 04:05:06"},
      {kTimestampOid, "2001-02-03 13:00 PM", kIso, "UTC",
       "22008 date/time field value out of range: \"2001-02-03 13:00 PM\""},
      {kTimestampOid, "2001-02-03 12:30 AM", kIso, "UTC", "2001-02-03 00:30:00"},
      {kTimestampOid, "294277-01-01", kIso, "UTC",
       "22008 timestamp out of range: \"294277-01-01\""},
      {kTimestampOid, "Mon Feb 10 17:32:01.5 1997 PST", kIso, "UTC", "1997-02-10 17:32:01.5"},
      {kTimestampOid, "2001-02-03 24:00:00", kIso, "UTC", "2001-02-04 00:00:00"},
      {kTimestampOid, "2001-02-03 25:00", kIso, "UTC",
       "22008 date/time field value out of range: \"2001-02-03 25:00\""},
      {kTimestampOid, "garbage", kIso, "UTC",
       "22007 invalid input syntax for type timestamp: \"garbage\""},
      {kTimestampOid, "infinity 12:00", kIso, "UTC", "infinity"},
      {kTimestamptzOid, "2024-03-10 02:30", kIso, "America/New_York", "2024-03-10 03:30:00-04"},
      {kTimestamptzOid, "2024-11-03 01:30", kIso, "America/New_York", "2024-11-03 01:30:00-05"},
      {kTimestamptzOid, "2060-07-01 00:00", kIso, "America/New_York", "2060-07-01 00:00:00-04"},
      {kTimestamptzOid, "1800-07-01", kIso, "America/New_York", "1800-07-01 00:00:00-04:56:02"},
      {kTimestamptzOid, "2012-07-01 00:00 MSK", kIso, "UTC", "2012-06-30 20:00:00+00"},
      {kTimestamptzOid, "2010-07-01 00:00 MSK", kIso, "Europe/Moscow", "2010-07-01 01:00:00+04"},
      {kTimestamptzOid, "2001-02-03 04:05 MET DST", kIso, "UTC", "2001-02-03 02:05:00+00"},
      {kTimestamptzOid, "2001-02-03 04:05 America/St_Johns", kIso, "UTC", "2001-02-03 07:35:00+00"},
      {kTimestamptzOid, "2001-02-03 04:05 UTC+3", kIso, "UTC", "2001-02-03 07:05:00+00"},
      {kTimestamptzOid, "2001-02-03 04:05 +16", kIso, "UTC",
       "22009 time zone displacement out of range: \"2001-02-03 04:05 +16\""},
      {kTimestamptzOid, "2001-02-03 04:05 No/Where", kIso, "UTC",
       "22023 time zone \"no/where\" not recognized"},
      {kTimestamptzOid, "2001-02-03 04:05:06-08:30:15", kIso, "Asia/Kolkata",
       "2001-02-03 18:05:21+05:30"},
      {kTimestamptzOid, "2001-07-03 04:05", kPostgres, "Europe/Berlin",
       "Tue Jul 03 04:05:00 2001 CEST"},
      {kTimestamptzOid, "2001-07-03 04:05", kGerman, "<+03>-03", "03.07.2001 04:05:00 +03"},
      {kTimeOid, "04:05 PM", kIso, "UTC", "16:05:00"},
      {kTimeOid, "040506.789", kIso, "UTC", "04:05:06.789"},
      {kTimeOid, "allballs", kIso, "UTC", "00:00:00"},
      {kTimeOid, "24:00:01", kIso, "UTC", "22008 date/time field value out of range: \"24:00:01\""},
      {kTimeOid, "4", kIso, "UTC", "22007 invalid input syntax for type time: \"4\""},
      {kTimeOid, "04:05 America/New_York", kIso, "UTC",
       "22007 invalid input syntax for type time: \"04:05 America/New_York\""},
      {kTimetzOid, "04:05:06-8", kIso, "Europe/Berlin", "04:05:06-08"},
      {kTimetzOid, "2001-07-01 04:05", kIso, "Europe/Berlin", "04:05:00+02"},
      {kTimetzOid, "2001-07-01 04:05 America/New_York", kIso, "Europe/Berlin", "04:05:00-04"},
      {kTimetzOid, "04:05 PDT", kIso, "Europe/Berlin", "04:05:00-07"},
  };
  for (const Case& c : kCases) {
    IoSettings settings;
    settings.date_style = c.style.style;
    settings.date_order = c.style.order;
    settings.time_zone = FindTimeZone(c.zone);
    EXPECT_EQ(Probe(c.oid, c.text, kNoTypmod, settings), c.expected) << c.text;
  }
}

TEST(DateTimeTest, IntervalText) {
  struct Case {
    std::string_view text;
    IntervalStyle style;
    std::string_view expected;
  };
  const Case kCases[] = {
      {"1-2", IntervalStyle::kPostgres, "1 year 2 mons"},
      {"-1 1:00:00", IntervalStyle::kPostgres, "-1 days +01:00:00"},
      {"1 year 2 mons -3 days 4 hours ago", IntervalStyle::kPostgres,
       "-1 years -2 mons +3 days -04:00:00"},
      {"P1Y2M3DT4H5M6S", IntervalStyle::kPostgres, "1 year 2 mons 3 days 04:05:06"},
      {"P0001-02-03T04:05:06", IntervalStyle::kPostgres, "1 year 2 mons 3 days 04:05:06"},
      {"1.5 weeks 3.25 hours", IntervalStyle::kPostgres, "10 days 15:15:00"},
      {"-1-2 +3 -4:05:06", IntervalStyle::kPostgres, "-1 years -2 mons +3 days -04:05:06"},
      {"0", IntervalStyle::kPostgres, "00:00:00"},
      {"1 day ago", IntervalStyle::kPostgres, "-1 days"},
      {"9223372036854775808 us", IntervalStyle::kPostgres,
       "22015 interval field value out of range: \"9223372036854775808 us\""},
      {"178956971 years", IntervalStyle::kPostgres, "22008 interval out of range"},
      {"1 2 3", IntervalStyle::kPostgres,
       "22007 invalid input syntax for type interval: \"1 2 3\""},
      {"@ 1 minute", IntervalStyle::kPostgres, "00:01:00"},
      {"-0.5 sec", IntervalStyle::kPostgres, "-00:00:00.5"},
      {"P20020304T040506", IntervalStyle::kPostgres, "2002 years 3 mons 4 days 04:05:06"},
      {"1-2", IntervalStyle::kSqlStandard, "1-2"},
      {"-1 1:00:00", IntervalStyle::kSqlStandard, "-1 1:00:00"},
      {"1 year 2 mons -3 days 4 hours ago", IntervalStyle::kSqlStandard, "-1-2 +3 -4:00:00"},
      {"P1Y2M3DT4H5M6S", IntervalStyle::kSqlStandard, "+1-2 +3 +4:05:06"},
      {"P0001-02-03T04:05:06", IntervalStyle::kSqlStandard, "+1-2 +3 +4:05:06"},
      {"1.5 weeks 3.25 hours", IntervalStyle::kSqlStandard, "10 15:15:00"},
      {"-1-2 +3 -4:05:06", IntervalStyle::kSqlStandard, "-1-2 +3 -4:05:06"},
      {"0", IntervalStyle::kSqlStandard, "0"},
      {"1-2", IntervalStyle::kPostgresVerbose, "@ 1 year 2 mons"},
      {"-1 1:00:00", IntervalStyle::kPostgresVerbose, "@ 1 day -1 hours ago"},
      {"1 year 2 mons -3 days 4 hours ago", IntervalStyle::kPostgresVerbose,
       "@ 1 year 2 mons -3 days 4 hours ago"},
      {"P1Y2M3DT4H5M6S", IntervalStyle::kPostgresVerbose,
       "@ 1 year 2 mons 3 days 4 hours 5 mins 6 secs"},
      {"P0001-02-03T04:05:06", IntervalStyle::kPostgresVerbose,
       "@ 1 year 2 mons 3 days 4 hours 5 mins 6 secs"},
      {"1.5 weeks 3.25 hours", IntervalStyle::kPostgresVerbose, "@ 10 days 15 hours 15 mins"},
      {"-1-2 +3 -4:05:06", IntervalStyle::kPostgresVerbose,
       "@ 1 year 2 mons -3 days 4 hours 5 mins 6 secs ago"},
      {"0", IntervalStyle::kPostgresVerbose, "@ 0"},
      {"1-2", IntervalStyle::kIso8601, "P1Y2M"},
      {"-1 1:00:00", IntervalStyle::kIso8601, "P-1DT1H"},
      {"1 year 2 mons -3 days 4 hours ago", IntervalStyle::kIso8601, "P-1Y-2M3DT-4H"},
      {"P1Y2M3DT4H5M6S", IntervalStyle::kIso8601, "P1Y2M3DT4H5M6S"},
      {"P0001-02-03T04:05:06", IntervalStyle::kIso8601, "P1Y2M3DT4H5M6S"},
      {"1.5 weeks 3.25 hours", IntervalStyle::kIso8601, "P10DT15H15M"},
      {"-1-2 +3 -4:05:06", IntervalStyle::kIso8601, "P-1Y-2M3DT-4H-5M-6S"},
      {"0", IntervalStyle::kIso8601, "PT0S"},
  };
  for (const Case& c : kCases) {
    IoSettings settings;
    settings.interval_style = c.style;
    EXPECT_EQ(Probe(kIntervalOid, c.text, kNoTypmod, settings), c.expected) << c.text;
  }
}

std::string IntervalText(const IntervalValue& value) {
  std::string text;
  AppendInterval(text, value, IntervalStyle::kPostgres);
  return text;
}

TEST(DateTimeTest, IntervalArithmetic) {
  const auto interval = [](std::string_view text) { return ParseInterval(text, kNoTypmod, {}); };
  EXPECT_EQ(IntervalText(IntervalMultiply(interval("1 mon 1 day"), 1.5)), "1 mon 16 days 12:00:00");
  EXPECT_EQ(IntervalText(IntervalDivide(interval("1 mon 1 day 1:00"), 7)), "4 days 10:25:42.832457");
  EXPECT_EQ(IntervalText(IntervalDivide(interval("-1 mon"), 7)), "-4 days -06:51:25.6896");
  EXPECT_EQ(IntervalText(MakeInterval(1, 2, 3, 4, 5, 6, 7.8)), "1 year 2 mons 25 days 05:06:07.8");
  EXPECT_EQ(CompareIntervals(interval("1 mon"), interval("30 days")), 0);
  EXPECT_EQ(HashInterval(interval("1 mon")), HashInterval(interval("720 hours")));
  const TimeZone& zone = *FindTimeZone("america/new_york");
  EXPECT_EQ(zone.name(), "America/New_York");
  // A day across the change of clocks keeps the local hour; 24 hours do not.
  IoSettings settings;
  settings.time_zone = &zone;
  const int64_t before = ParseTimestampTz("2024-03-09 12:00", kNoTypmod, settings);
  std::string text;
  AppendTimestampTz(text, TimestampTzAddInterval(before, interval("1 day"), zone), settings);
  AppendTimestampTz(text, TimestampTzAddInterval(before, interval("24 hours"), zone), settings);
  EXPECT_EQ(text, "2024-03-10 12:00:00-042024-03-10 13:00:00-04");
}

}  // namespace
}  // namespace grizzly::types
