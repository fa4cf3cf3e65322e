// The session settings that text formats depend on. A plain value, copied into each statement.
#pragma once

#include <cstdint>

namespace grizzly::types {

class RegNames;  // types/reg_names.h
class TimeZone;  // types/time_zone.h

enum class DateStyle : uint8_t { kIso, kSql, kPostgres, kGerman };
enum class DateOrder : uint8_t { kMdy, kDmy, kYmd };
enum class IntervalStyle : uint8_t { kPostgres, kPostgresVerbose, kSqlStandard, kIso8601 };
enum class ByteaOutput : uint8_t { kHex, kEscape };
enum class XmlOption : uint8_t { kContent, kDocument };

struct IoSettings {
  DateStyle date_style = DateStyle::kIso;
  DateOrder date_order = DateOrder::kMdy;
  IntervalStyle interval_style = IntervalStyle::kPostgres;
  ByteaOutput bytea_output = ByteaOutput::kHex;
  XmlOption xml_option = XmlOption::kContent;
  int32_t extra_float_digits = 1;
  const TimeZone* time_zone = nullptr;  // null: UTC; owned by the time zone registry, never freed
  RegNames* reg_names = nullptr;        // the session's; null: reg* types read and print as numbers
  int64_t transaction_time_us = 0;      // µs since 2000-01-01 UTC: what 'now' and 'today' mean
};

}  // namespace grizzly::types
