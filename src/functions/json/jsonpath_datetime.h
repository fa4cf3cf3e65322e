// Dates and times inside of a jsonpath evaluation: what .datetime() makes, and their order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "types/datum.h"
#include "types/io_settings.h"

namespace grizzly::functions {

enum class JsonDateKind : uint8_t { kDate, kTime, kTimeTz, kTimestamp, kTimestampTz };

struct JsonDateTime {
  JsonDateKind kind = JsonDateKind::kDate;
  types::Datum value;
  int32_t zone_seconds_east = 0;  // as the text said it, of kTimestampTz
};

// By a format. Throws 22007, 22008.
JsonDateTime ParseJsonDateTime(std::string_view text, std::string_view format);
// In one of the ISO 8601 forms; nullopt when it has none of them.
std::optional<JsonDateTime> RecognizeJsonDateTime(std::string_view text);
// "date", "time with time zone" ...
std::string_view JsonDateKindName(JsonDateKind kind);
// ISO 8601 text, as in a JSON string.
std::string JsonDateTimeText(const JsonDateTime& value);
// <0, 0, >0; nullopt for kinds that do not compare. 0A000 where the session's time zone would decide
// and `use_time_zone` is not set.
std::optional<int> CompareJsonDateTimes(const JsonDateTime& a, const JsonDateTime& b,
                                        bool use_time_zone, const types::IoSettings& settings);

}  // namespace grizzly::functions
