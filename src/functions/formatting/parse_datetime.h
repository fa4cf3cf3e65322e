// Date and time text read by a format: what to_date(), to_timestamp() and SQL/JSON's datetime() share.
//
// ERRORS  22007 for text that does not fit the format, 22008 for fields out of range
// SOURCE  PostgreSQL 15 docs, 9.8 "Data Type Formatting Functions", usage notes
#pragma once

#include <optional>
#include <string_view>

#include "types/datetime.h"

namespace grizzly::functions {

enum class FormatMode : uint8_t {
  kLenient,   // to_date, to_timestamp: separators need not agree, text may go on
  kStandard,  // SQL/JSON: as FX, separators must agree, and nothing may be left over
};

struct FormattedDateTime {
  types::DateTimeFields fields;  // checked; 0001-01-01 BC 00:00 where the text says nothing
  std::optional<int32_t> zone_seconds_east;
  // What the format asks for.
  bool has_date = false, has_time = false, has_zone = false;
  int fraction_digits = 0;  // of FF1 to FF6; 0 without one
};

FormattedDateTime ParseByFormat(std::string_view text, std::string_view format, FormatMode mode);

}  // namespace grizzly::functions
