// Type modifiers as PostgreSQL packs them into an int4.
#include <fmt/format.h>

#include "facts/types.h"
#include "planner/binder/bind_type_name.h"

namespace grizzly::planner {
namespace {

constexpr int32_t kHeaderBytes = 4;  // PostgreSQL's varlena header, counted in
constexpr int64_t kCharacterLengthMax = 10'485'760;
constexpr int64_t kBitLengthMax = 83'886'080;
constexpr int64_t kNumericPrecisionMax = 1000;
constexpr int64_t kTimePrecisionMax = 6;
constexpr int64_t kIntervalFullRange = 0x7FFF;
constexpr int64_t kIntervalFullPrecision = 0xFFFF;

[[noreturn]] void ThrowInvalid(std::string message, int location) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message)).At(location);
}

int32_t CharacterTypmod(std::string_view type, const std::vector<int64_t>& modifiers, int location) {
  if (modifiers.size() != 1) ThrowInvalid("invalid type modifier", location);
  if (modifiers[0] < 1) {
    ThrowInvalid(fmt::format("length for type {} must be at least 1", type), location);
  }
  if (modifiers[0] > kCharacterLengthMax) {
    ThrowInvalid(fmt::format("length for type {} cannot exceed {}", type, kCharacterLengthMax),
                 location);
  }
  return static_cast<int32_t>(modifiers[0]) + kHeaderBytes;
}

int32_t BitTypmod(std::string_view type, const std::vector<int64_t>& modifiers, int location) {
  if (modifiers.size() != 1) ThrowInvalid("invalid type modifier", location);
  if (modifiers[0] < 1) {
    ThrowInvalid(fmt::format("length for type {} must be at least 1", type), location);
  }
  if (modifiers[0] > kBitLengthMax) {
    ThrowInvalid(fmt::format("length for type {} cannot exceed {}", type, kBitLengthMax), location);
  }
  return static_cast<int32_t>(modifiers[0]);
}

int32_t NumericTypmod(const std::vector<int64_t>& modifiers, int location) {
  if (modifiers.empty() || modifiers.size() > 2) {
    ThrowInvalid("invalid NUMERIC type modifier", location);
  }
  const int64_t precision = modifiers[0];
  const int64_t scale = modifiers.size() == 2 ? modifiers[1] : 0;
  if (precision < 1 || precision > kNumericPrecisionMax) {
    ThrowInvalid(fmt::format("NUMERIC precision {} must be between 1 and {}", precision,
                             kNumericPrecisionMax),
                 location);
  }
  if (scale < -kNumericPrecisionMax || scale > kNumericPrecisionMax) {
    ThrowInvalid(fmt::format("NUMERIC scale {} must be between {} and {}", scale,
                             -kNumericPrecisionMax, kNumericPrecisionMax),
                 location);
  }
  return static_cast<int32_t>((precision << 16) | (scale & 0x7FF)) + kHeaderBytes;
}

int32_t TimeTypmod(Oid type, const std::vector<int64_t>& modifiers, int location) {
  if (modifiers.size() != 1) ThrowInvalid("invalid type modifier", location);
  const bool zoned = type == facts::kTimestamptzOid || type == facts::kTimetzOid;
  const std::string_view name =
      type == facts::kTimestampOid || type == facts::kTimestamptzOid ? "TIMESTAMP" : "TIME";
  if (modifiers[0] < 0) {
    ThrowInvalid(fmt::format("{}({}){} precision must not be negative", name, modifiers[0],
                             zoned ? " WITH TIME ZONE" : ""),
                 location);
  }
  return static_cast<int32_t>(std::min(modifiers[0], kTimePrecisionMax));
}

int32_t IntervalTypmod(const std::vector<int64_t>& modifiers, int location) {
  if (modifiers.empty() || modifiers.size() > 2) {
    ThrowInvalid("invalid INTERVAL type modifier", location);
  }
  const int64_t range = modifiers[0];
  if (modifiers.size() == 1) {
    if (range == kIntervalFullRange) return types::kNoTypmod;
    return static_cast<int32_t>(((range & kIntervalFullRange) << 16) | kIntervalFullPrecision);
  }
  if (modifiers[1] < 0) {
    ThrowInvalid(fmt::format("INTERVAL({}) precision must not be negative", modifiers[1]), location);
  }
  const int64_t precision = std::min(modifiers[1], kTimePrecisionMax);
  return static_cast<int32_t>(((range & kIntervalFullRange) << 16) | precision);
}

}  // namespace

int32_t EncodeTypmod(Oid type, const std::vector<int64_t>& modifiers, int location) {
  switch (type) {
    case facts::kVarcharOid: return CharacterTypmod("varchar", modifiers, location);
    case facts::kBpcharOid: return CharacterTypmod("char", modifiers, location);
    case facts::kBitOid: return BitTypmod("bit", modifiers, location);
    case facts::kVarbitOid: return BitTypmod("varbit", modifiers, location);
    case facts::kNumericOid: return NumericTypmod(modifiers, location);
    case facts::kTimeOid:
    case facts::kTimetzOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid: return TimeTypmod(type, modifiers, location);
    case facts::kIntervalOid: return IntervalTypmod(modifiers, location);
    default: break;
  }
  const facts::TypeFact* fact = facts::FindType(type);
  throw SqlError(SqlState::kSyntaxError,
                 fmt::format("type modifier is not allowed for type \"{}\"",
                             fact == nullptr ? std::string_view("?") : fact->typname))
      .At(location);
}

}  // namespace grizzly::planner
