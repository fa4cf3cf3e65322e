// Shows: extract(), date_part() and date_trunc() give PostgreSQL 15's values and scales.
#include "types/date_part.h"

#include <gtest/gtest.h>

#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::types {
namespace {

TEST(DatePartTest, ExtractFromTimestamp) {
  struct Case {
    std::string_view unit, timestamp, expected;
  };
  const Case kCases[] = {
      {"julian", "2020-01-01 12:00", "2458850.50000000000000000000"},
      {"epoch", "2020-01-01 12:00:00.5", "1577880000.500000"},
      {"ms", "2020-01-01 12:00:00.5", "500.000"},
      {"second", "2020-01-01 12:00:00.5", "0.500000"},
      {"year", "infinity", "Infinity"},
      {"hour", "infinity", "NULL"},
      {"century", "0001-01-01 BC", "-1"},
      {"decade", "0002-01-01 BC", "-1"},
      {"isoyear", "0001-01-01 BC", "-2"},
      {"week", "2021-01-03", "53"},
  };
  Arena arena;
  for (const Case& c : kCases) {
    const auto value =
        PartToNumeric(TimestampPart(c.unit, ParseTimestamp(c.timestamp, kNoTypmod, {})), arena);
    EXPECT_EQ(value ? NumericText(*value) : "NULL", c.expected) << c.unit << c.timestamp;
  }
}

TEST(DatePartTest, Interval) {
  Arena arena;
  const IntervalValue value = ParseInterval("1 year 2 mons 3 days 04:05:06.7", kNoTypmod, {});
  const auto epoch = PartToNumeric(IntervalPart("epoch", value), arena);
  EXPECT_EQ(NumericText(*epoch), "37015506.700000");
}

TEST(DatePartTest, TruncateInZoneKeepsLocalDays) {
  IoSettings settings;
  settings.time_zone = FindTimeZone("America/New_York");
  std::string text;
  AppendTimestampTz(text,
                    TruncateTimestampTz("day", ParseTimestampTz("2024-11-03 20:00", -1, settings),
                                        *settings.time_zone),
                    settings);
  EXPECT_EQ(text, "2024-11-03 00:00:00-04");
}

}  // namespace
}  // namespace grizzly::types
