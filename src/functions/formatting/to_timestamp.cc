// to_date() and to_timestamp(text, text).
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/formatting/parse_datetime.h"
#include "functions/kernel.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

int32_t ToDate(View text, View format) {
  const types::DateTimeFields fields =
      ParseByFormat(text, format, FormatMode::kLenient).fields;
  const int64_t day = types::DayFromCivil(fields.year, fields.month, fields.day);
  if (!types::IsValidJulian(fields.year, fields.month, fields.day) || !types::IsValidDate(day)) {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date out of range: \"{}\"", text));
  }
  return static_cast<int32_t>(day);
}

int64_t ToTimestamp(FunctionContext& context, View text, View format) {
  const FormattedDateTime parsed = ParseByFormat(text, format, FormatMode::kLenient);
  int64_t local;
  if (!types::JoinTimestamp(parsed.fields, &local)) types::ThrowTimestampOutOfRange();
  if (!parsed.zone_seconds_east.has_value()) {
    return types::LocalToTimestampTz(local, types::ZoneOf(*context.io));
  }
  return local - *parsed.zone_seconds_east * types::kUsPerSecond;
}

}  // namespace

void RegisterToTimestamp(Registry& registry) {
  registry.AddScalar("to_date", Cold<&ToDate>);
  registry.AddScalar("to_timestamp", Cold<&ToTimestamp>);
}

}  // namespace grizzly::functions
