#include "functions/hash/value_hash.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/hash/jenkins.h"
#include "types/array.h"
#include "types/fixed16.h"
#include "types/interval.h"
#include "types/jsonb.h"
#include "types/numeric.h"
#include "types/range.h"
#include "types/record.h"
#include "types/text.h"
#include "types/type_directory.h"

namespace grizzly::functions {

using types::Datum;
using types::SqlType;

uint64_t HashKind::Bytes(std::string_view bytes) const {
  return seed.has_value() ? JenkinsHash(bytes, *seed) : JenkinsHash(bytes);
}
uint64_t HashKind::Word(uint32_t word) const {
  return seed.has_value() ? JenkinsHashWord(word, *seed) : JenkinsHashWord(word);
}
// Such that equal int2, int4 and int8 hash alike.
uint64_t HashKind::Int8(int64_t value) const {
  const auto high = static_cast<uint32_t>(static_cast<uint64_t>(value) >> 32);
  return Word(static_cast<uint32_t>(value) ^ (value >= 0 ? high : ~high));
}

namespace {

uint64_t HashFloat(double value, const HashKind& kind) {
  if (value == 0) return kind.seed.value_or(0);
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return kind.Bytes({reinterpret_cast<const char*>(&value), sizeof(value)});
}

// Over the base-10000 digits, without zeros at the ends, and the weight of the first.
uint64_t HashNumeric(const Datum& value, const HashKind& kind) {
  const types::NumericRef number = types::NumericRef::Of(value);
  if (number.is_special()) return kind.seed.value_or(0);
  std::string wire;  // count, weight, sign, scale, digits: big-endian int16
  types::SendNumeric(wire, number);
  const auto word = [&](size_t i) {
    return static_cast<int16_t>(static_cast<uint8_t>(wire[2 * i]) << 8 |
                                static_cast<uint8_t>(wire[2 * i + 1]));
  };
  std::string digits;
  int weight = word(1);
  const auto count = static_cast<size_t>(word(0));
  size_t first = 0;
  while (first < count && word(4 + first) == 0) {
    ++first;
    --weight;
  }
  size_t end = count;
  while (end > first && word(4 + end - 1) == 0) --end;
  if (first == end) {
    return kind.seed.has_value() ? *kind.seed - 1 : static_cast<uint32_t>(-1);
  }
  for (size_t i = first; i < end; ++i) {
    const int16_t digit = word(4 + i);
    digits.append(reinterpret_cast<const char*>(&digit), 2);
  }
  const uint64_t hash = kind.Bytes(digits);
  return kind.seed.has_value() ? hash ^ static_cast<uint64_t>(static_cast<int64_t>(weight))
                               : static_cast<uint32_t>(hash) ^ static_cast<uint32_t>(weight);
}

uint64_t HashTimeTz(const types::TimeTzValue& value, const HashKind& kind) {
  // PostgreSQL counts the zone in seconds west.
  const auto zone = static_cast<uint32_t>(value.zone_seconds);
  return kind.Int8(value.microseconds) ^ kind.Word(zone);
}

uint64_t HashInterval(const types::IntervalValue& value, const HashKind& kind) {
  constexpr int64_t kDayMicroseconds = 86'400'000'000;
  const __int128 days = static_cast<__int128>(value.months) * 30 + value.days;
  return kind.Int8(static_cast<int64_t>(days * kDayMicroseconds + value.microseconds));
}

// By one bit, each half for itself.
uint64_t Rotated(uint64_t hash, const HashKind& kind) {
  if (kind.seed.has_value()) {
    return ((hash << 1) & 0xFFFFFFFEFFFFFFFE) | ((hash >> 31) & 0x100000001);
  }
  const auto word = static_cast<uint32_t>(hash);
  return word << 1 | word >> 31;
}
uint64_t Narrow(uint64_t hash, const HashKind& kind) {
  return kind.seed.has_value() ? hash : static_cast<uint32_t>(hash);
}

uint64_t HashRange(types::RangeRef range, const HashKind& kind) {
  const SqlType subtype = types::ResolveAnyType(range.subtype_oid());
  uint64_t hash = kind.Word(range.flags());
  uint64_t lower = 0;
  uint64_t upper = 0;
  if (!range.is_empty()) {
    const types::RangeBound from = range.lower();
    const types::RangeBound to = range.upper();
    if (!from.is_infinite) lower = HashValue(subtype, from.value, kind);
    if (!to.is_infinite) upper = HashValue(subtype, to.value, kind);
  }
  hash = Rotated(hash ^ lower, kind);
  return hash ^ upper;
}

uint64_t Joined(uint64_t hash, uint64_t next, const HashKind& kind) {
  return Narrow((hash << 5) - hash + next, kind);
}

uint64_t HashMultirange(const Datum& value, const HashKind& kind) {
  const types::MultirangeRef multirange = types::MultirangeRef::Of(value);
  uint64_t hash = 1;
  for (uint32_t i = 0; i < multirange.size(); ++i) {
    hash = Joined(hash, HashRange(multirange.range(i), kind), kind);
  }
  return hash;
}

uint64_t HashArray(const Datum& value, const HashKind& kind) {
  const types::ArrayRef array = types::ArrayRef::Of(value);
  const SqlType element = types::ResolveAnyType(array.element_oid());
  uint64_t hash = 1;
  for (uint32_t i = 0; i < array.size(); ++i) {
    hash = Joined(hash, array.IsNull(i) ? 0 : HashValue(element, array.Get(i), kind), kind);
  }
  if (array.size() == 0) HashValue(element, Datum::Null(), kind);  // for its error
  return hash;
}

uint64_t HashRow(const Datum& value, const HashKind& kind) {
  uint64_t hash = 0;
  for (const types::NamedField& named : types::NamedFieldsOf(value)) {
    const types::RecordField& field = named.field;
    const uint64_t of_field = HashValue(types::ResolveAnyType(field.type), field.value, kind);
    hash = Joined(hash, of_field, kind);
  }
  return hash;
}

// What stands in front of an array's elements and of an object's pairs, in both halves.
constexpr uint64_t kJsonArray = 0x4000000040000000;
constexpr uint64_t kJsonObject = 0x2000000020000000;

uint64_t HashJsonScalar(types::JsonbRef value, const HashKind& kind) {
  switch (value.kind()) {
    case types::JsonbKind::kNull: return kind.seed.value_or(0) + 1;
    case types::JsonbKind::kString: return kind.Bytes(value.string());
    case types::JsonbKind::kNumber:
      return HashNumeric(Datum::Of(types::StringRef(value.bytes().substr(1))), kind);
    default: break;
  }
  const bool is_true = value.kind() == types::JsonbKind::kTrue;
  if (kind.seed.value_or(0) != 0) return kind.Word(is_true ? 1 : 0);
  return is_true ? 2 : 4;
}

// Parsed values nest no deeper than the parser allows.
void AddJson(types::JsonbRef value, const HashKind& kind, uint64_t* hash) {
  if (value.is_scalar()) {
    *hash = Rotated(*hash, kind) ^ HashJsonScalar(value, kind);
    return;
  }
  const bool is_array = value.kind() == types::JsonbKind::kArray;
  *hash = Narrow(*hash ^ (is_array ? kJsonArray : kJsonObject), kind);
  for (uint32_t i = 0; i < value.size(); ++i) {
    if (!is_array) *hash = Rotated(*hash, kind) ^ kind.Bytes(value.key(i));
    AddJson(value.value(i), kind, hash);
  }
}

// A scalar on its own counts as an array of one.
uint64_t HashJson(types::JsonbRef value, const HashKind& kind) {
  uint64_t hash = value.is_scalar() ? Narrow(kJsonArray, kind) : 0;
  AddJson(value, kind, &hash);
  return hash;
}

uint64_t HashEnum(Oid type, const Datum& value, const HashKind& kind) {
  for (const types::EnumValue& label : types::CurrentTypeDirectory()->EnumValuesOf(type)) {
    if (label.code == value.As<int64_t>()) return kind.Word(label.oid);
  }
  return 0;
}

[[noreturn]] void ThrowNoHash(Oid type, const HashKind& kind) {
  throw SqlError(SqlState::kUndefinedFunction,
                 fmt::format("could not identify {} function for type {}",
                             kind.seed.has_value() ? "an extended hash" : "a hash",
                             types::AnyTypeName(type)));
}

// Types whose class is one of numbers; nullopt: another.
std::optional<uint64_t> HashNumber(Oid type, const Datum& value, const HashKind& kind) {
  switch (type) {
    case facts::kBoolOid:
    case facts::kCharOid: return kind.Word(static_cast<uint32_t>(int32_t{value.As<int8_t>()}));
    case facts::kInt2Oid: return kind.Word(static_cast<uint32_t>(int32_t{value.As<int16_t>()}));
    case facts::kInt8Oid:
    case facts::kTimeOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid:
    case facts::kXid8Oid:
    case facts::kPgLsnOid: return kind.Int8(value.As<int64_t>());
    case facts::kFloat4Oid: return HashFloat(value.As<float>(), kind);
    case facts::kFloat8Oid: return HashFloat(value.As<double>(), kind);
    case facts::kNumericOid: return HashNumeric(value, kind);
    case facts::kTimetzOid: return HashTimeTz(value.As<types::TimeTzValue>(), kind);
    case facts::kIntervalOid: return HashInterval(value.As<types::IntervalValue>(), kind);
    case facts::kUuidOid:
      return kind.Bytes({static_cast<const char*>(value.payload()), sizeof(types::UuidValue)});
    default: break;
  }
  const bool is_word = types::BuiltinType(type).physical == types::PhysicalType::kInt32;
  if (is_word) return kind.Word(value.As<uint32_t>());
  return std::nullopt;
}

// A tid as PostgreSQL has it: the block in two halves, then the offset, little-endian.
std::string TidBytes(std::string_view bytes) {
  return {bytes[1], bytes[0], bytes[3], bytes[2], bytes[5], bytes[4]};
}

uint64_t HashBuiltin(Oid type, const Datum& value, const HashKind& kind) {
  if (const auto number = HashNumber(type, value, kind)) return *number;
  switch (type) {
    case facts::kTextOid:
    case facts::kVarcharOid:
    case facts::kNameOid:
    case facts::kByteaOid:
    case facts::kInetOid:
    case facts::kCidrOid:
    case facts::kMacaddrOid:
    case facts::kMacaddr8Oid: return kind.Bytes(value.AsString());
    case facts::kBpcharOid: return kind.Bytes(types::TrimTrailingBlanks(value.AsString()));
    case facts::kTidOid: return kind.Bytes(TidBytes(value.AsString()));
    case facts::kJsonbOid: return HashJson(types::JsonbRef::Of(value), kind);
    case facts::kOidvectorOid: {
      const types::ArrayRef array = types::ArrayRef::Of(value);
      std::string oids;
      for (uint32_t i = 0; i < array.size(); ++i) {
        const Oid oid = array.Value<Oid>(i);
        oids.append(reinterpret_cast<const char*>(&oid), sizeof(oid));
      }
      return kind.Bytes(oids);
    }
    default: break;
  }
  if (types::FindRangeKind(type) != nullptr) {
    return types::AnyKindOf(type) == 'm' ? HashMultirange(value, kind)
                                         : HashRange(types::RangeRef::Of(value), kind);
  }
  if (types::ArrayElementOid(type) != kInvalidOid) return HashArray(value, kind);
  if (type == facts::kRecordOid || types::AnyKindOf(type) == 'c') return HashRow(value, kind);
  ThrowNoHash(type, kind);
}

bool HasHash(Oid type) {
  switch (type) {
    case facts::kMoneyOid:
    case facts::kBitOid:
    case facts::kVarbitOid:
    case facts::kJsonOid:
    case facts::kXmlOid:
    case facts::kTsvectorOid:
    case facts::kTsqueryOid:
    case facts::kPointOid:
    case facts::kLsegOid:
    case facts::kLineOid:
    case facts::kBoxOid:
    case facts::kPathOid:
    case facts::kPolygonOid:
    case facts::kCircleOid: return false;
    default: return true;
  }
}

}  // namespace

uint64_t HashValue(const SqlType& type, const Datum& value, const HashKind& kind) {
  const Oid base = types::AnyDomainBaseOf(type.oid);
  if (!HasHash(base)) ThrowNoHash(base, kind);
  if (value.is_null()) return 0;
  if (base < kFirstUserOid) return HashBuiltin(base, value, kind);
  switch (types::AnyKindOf(base)) {
    case 'e': return HashEnum(base, value, kind);
    case 'c': return HashRow(value, kind);
    case 'r': return HashRange(types::RangeRef::Of(value), kind);
    case 'm': return HashMultirange(value, kind);
    default: return HashArray(value, kind);
  }
}

}  // namespace grizzly::functions
