#include "types/type_name.h"

#include <fmt/format.h>

#include "facts/types.h"
#include "types/interval_fields.h"

namespace grizzly::types {
namespace {

std::string PrecisionSuffix(int32_t typmod) { return fmt::format("({})", typmod); }

std::string LengthSuffix(int32_t typmod) {
  return typmod > 4 ? fmt::format("({})", typmod - 4) : std::string();
}

std::string NumericSuffix(int32_t typmod) {
  if (typmod < 4) return {};
  const int32_t packed = typmod - 4;
  const int32_t scale = ((packed & 0x7ff) ^ 1024) - 1024;  // eleven bits, signed
  return fmt::format("({},{})", (packed >> 16) & 0xffff, scale);
}

}  // namespace

std::string TypmodSuffix(Oid oid, int32_t typmod) {
  if (typmod < 0) return {};
  switch (oid) {
    case facts::kVarcharOid:
    case facts::kBpcharOid: return LengthSuffix(typmod);
    case facts::kNumericOid: return NumericSuffix(typmod);
    case facts::kBitOid:
    case facts::kVarbitOid:
    case facts::kTimeOid:
    case facts::kTimetzOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid: return PrecisionSuffix(typmod);
    case facts::kIntervalOid: return IntervalTypmodSuffix(typmod);
    default: return fmt::format("({})", typmod);
  }
}

std::string TypeName(Oid oid) {
  if (oid == kInvalidOid) return "-";
  const facts::TypeFact* type = facts::FindType(oid);
  return type == nullptr ? "???" : std::string(type->sql_name);
}

std::string TypeName(Oid oid, int32_t typmod) {
  if (oid == kInvalidOid) return "-";
  const facts::TypeFact* type = facts::FindType(oid);
  if (type == nullptr) return "???";
  const bool is_array = type->typcategory == 'A' && type->typlen == -1 && type->typelem != 0 &&
                        type->sql_name.ends_with("[]");
  if (is_array) return TypeName(type->typelem, typmod) + "[]";
  if (typmod < 0) {
    // char(n) without n is not "character" (that is char(1)) once a typmod is asked for.
    if (oid == facts::kBpcharOid) return "bpchar";
    if (oid == facts::kBitOid) return "\"bit\"";
    return std::string(type->sql_name);
  }
  const std::string suffix = TypmodSuffix(oid, typmod);
  switch (oid) {
    case facts::kTimeOid: return "time" + suffix + " without time zone";
    case facts::kTimetzOid: return "time" + suffix + " with time zone";
    case facts::kTimestampOid: return "timestamp" + suffix + " without time zone";
    case facts::kTimestamptzOid: return "timestamp" + suffix + " with time zone";
    default: return std::string(type->sql_name) + suffix;
  }
}

}  // namespace grizzly::types
