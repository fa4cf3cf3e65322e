#include "types/sql_type.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"

namespace grizzly::types {
namespace {

PhysicalType PhysicalOf(const facts::TypeFact& type) {
  switch (type.oid) {
    case facts::kBoolOid:
    case facts::kCharOid: return PhysicalType::kInt8;
    case facts::kInt2Oid: return PhysicalType::kInt16;
    case facts::kInt4Oid:
    case facts::kOidOid:
    case facts::kXidOid:
    case facts::kCidOid:
    case facts::kDateOid: return PhysicalType::kInt32;
    case facts::kInt8Oid:
    case facts::kAnyenumOid:
    case facts::kMoneyOid:
    case facts::kTimeOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid:
    case facts::kXid8Oid:
    case facts::kPgLsnOid: return PhysicalType::kInt64;
    case facts::kFloat4Oid: return PhysicalType::kFloat32;
    case facts::kFloat8Oid: return PhysicalType::kFloat64;
    case facts::kIntervalOid:
    case facts::kTimetzOid:
    case facts::kUuidOid: return PhysicalType::kFixed16;
    default: break;
  }
  if (type.typtype == 'd') return PhysicalOf(*facts::FindType(type.typbasetype));
  // The reg* types: four bytes, by value, of the numeric category.
  if (type.typcategory == 'N' && type.typlen == 4) return PhysicalType::kInt32;
  return PhysicalType::kString;
}

}  // namespace

SqlType BuiltinType(Oid oid, int32_t typmod) {
  const facts::TypeFact* type = facts::FindType(oid);
  if (type == nullptr) {
    throw SqlError(SqlState::kInternalError, fmt::format("cache lookup failed for type {}", oid));
  }
  return {oid, typmod, type->typcollation, PhysicalOf(*type)};
}

}  // namespace grizzly::types
