#include "types/interval_fields.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"

namespace grizzly::types {
namespace {

const char* FieldsName(int32_t fields) {
  constexpr int32_t kToMinute = kIntervalHour | kIntervalMinute;
  switch (fields) {
    case kIntervalFullRange: return "";
    case kIntervalYear: return " year";
    case kIntervalMonth: return " month";
    case kIntervalYear | kIntervalMonth: return " year to month";
    case kIntervalDay: return " day";
    case kIntervalHour: return " hour";
    case kIntervalMinute: return " minute";
    case kIntervalSecond: return " second";
    case kIntervalDay | kIntervalHour: return " day to hour";
    case kIntervalDay | kToMinute: return " day to minute";
    case kIntervalDay | kToMinute | kIntervalSecond: return " day to second";
    case kToMinute: return " hour to minute";
    case kToMinute | kIntervalSecond: return " hour to second";
    case kIntervalMinute | kIntervalSecond: return " minute to second";
    default: return nullptr;
  }
}

}  // namespace

std::string IntervalTypmodSuffix(int32_t typmod) {
  if (typmod < 0) return {};
  const char* name = FieldsName(IntervalFields(typmod));
  if (name == nullptr) {
    throw SqlError(SqlState::kInternalError, fmt::format("invalid INTERVAL typmod: {:#x}", typmod));
  }
  const int32_t precision = IntervalPrecision(typmod);
  return precision == kIntervalFullPrecision ? name : fmt::format("{}({})", name, precision);
}

void CheckIntervalTypmod(int32_t typmod) {
  if (typmod < 0) return;
  if (FieldsName(IntervalFields(typmod)) == nullptr) {
    throw SqlError(SqlState::kInternalError, fmt::format("unrecognized interval typmod: {}", typmod));
  }
  constexpr int32_t kPrecisionMax = 6;
  const int32_t precision = IntervalPrecision(typmod);
  if (precision == kIntervalFullPrecision || precision <= kPrecisionMax) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("interval({}) precision must be between 0 and {}", precision, kPrecisionMax));
}

}  // namespace grizzly::types
