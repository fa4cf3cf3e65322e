#include "types/compare.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/array.h"
#include "types/collation.h"
#include "types/fixed16.h"
#include "types/hash_bytes.h"
#include "types/interval.h"
#include "types/numeric.h"
#include "types/order_families.h"
#include "types/range.h"
#include "types/record.h"
#include "types/text.h"
#include "types/tid.h"
#include "types/timestamp.h"
#include "types/type_directory.h"

namespace grizzly::types {
namespace {

template <typename T>
int CompareNumbers(const Datum& a, const Datum& b, Oid) {
  const T left = a.As<T>();
  const T right = b.As<T>();
  return left < right ? -1 : (left > right ? 1 : 0);
}
// Integers of all widths hash alike.
template <typename T>
uint64_t HashNumber(const Datum& value, Oid) {
  return HashWord(static_cast<uint64_t>(static_cast<int64_t>(value.As<T>())));
}

// NaN equals itself and is above everything; -0 equals 0.
template <typename T>
int CompareFloats(const Datum& a, const Datum& b, Oid) {
  const T left = a.As<T>();
  const T right = b.As<T>();
  if (left < right) return -1;
  if (left > right) return 1;
  if (left == right) return 0;
  return static_cast<int>(std::isnan(left)) - static_cast<int>(std::isnan(right));
}
template <typename T>
uint64_t HashFloat(const Datum& value, Oid) {
  double number = value.As<T>();
  if (std::isnan(number)) number = std::numeric_limits<double>::quiet_NaN();
  if (number == 0) number = 0;  // -0 too
  return HashWord(std::bit_cast<uint64_t>(number));
}

int CompareBytes(const Datum& a, const Datum& b, Oid) {
  return StringRef::Compare(a.As<StringRef>(), b.As<StringRef>());
}
uint64_t HashOfBytes(const Datum& value, Oid) { return HashBytes(value.AsString()); }

int CompareCollated(const Datum& a, const Datum& b, Oid collation) {
  return CompareText(a.AsString(), b.AsString(), collation);
}
int CompareBpchar(const Datum& a, const Datum& b, Oid collation) {
  return CompareText(TrimTrailingBlanks(a.AsString()), TrimTrailingBlanks(b.AsString()), collation);
}
uint64_t HashBpchar(const Datum& value, Oid) {
  return HashBytes(TrimTrailingBlanks(value.AsString()));
}

int CompareNumeric(const Datum& a, const Datum& b, Oid) {
  return NumericCompare(NumericRef::Of(a), NumericRef::Of(b));
}
uint64_t HashNumeric(const Datum& value, Oid) { return NumericHash(NumericRef::Of(value)); }

int CompareInterval(const Datum& a, const Datum& b, Oid) {
  return CompareIntervals(a.As<IntervalValue>(), b.As<IntervalValue>());
}
uint64_t HashIntervalDatum(const Datum& value, Oid) {
  return HashInterval(value.As<IntervalValue>());
}

int CompareTimeTzDatum(const Datum& a, const Datum& b, Oid) {
  return CompareTimeTz(a.As<TimeTzValue>(), b.As<TimeTzValue>());
}
uint64_t HashTimeTz(const Datum& value, Oid) {
  const auto time = value.As<TimeTzValue>();
  return MixHash(static_cast<uint64_t>(time.microseconds), static_cast<uint32_t>(time.zone_seconds));
}

int CompareUuid(const Datum& a, const Datum& b, Oid) {
  const auto left = a.As<UuidValue>();
  const auto right = b.As<UuidValue>();
  return std::memcmp(left.bytes.data(), right.bytes.data(), left.bytes.size());
}
uint64_t HashUuid(const Datum& value, Oid) {
  const auto bytes = value.As<Fixed16>();
  return MixHash(bytes.low, bytes.high);
}

// "char" compares unsigned.
uint64_t HashByte(const Datum& value, Oid) { return HashWord(value.As<uint8_t>()); }

SqlType ElementType(const ArrayRef& array) {
  const Oid oid = array.element_oid();
  if (oid < kFirstUserOid) return BuiltinType(oid);
  return {oid, kNoTypmod, kInvalidOid, array.physical()};
}
CompareFunction CompareOfElement(const ArrayRef& array) { return FindCompare(ElementType(array)); }
HashFunction HashOfElement(const ArrayRef& array) { return FindHash(ElementType(array)); }

int Order(int64_t a, int64_t b) { return a < b ? -1 : (a > b ? 1 : 0); }

int CompareArrays(const Datum& a, const Datum& b, Oid collation) {
  const ArrayRef left = ArrayRef::Of(a);
  const ArrayRef right = ArrayRef::Of(b);
  const CompareFunction compare = CompareOfElement(left);
  if (compare == nullptr) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "could not identify a comparison function for type " +
                       AnyTypeName(left.element_oid()));
  }
  const uint32_t shared = std::min(left.size(), right.size());
  for (uint32_t i = 0; i < shared; ++i) {
    const bool left_null = left.IsNull(i);
    const bool right_null = right.IsNull(i);
    if (left_null || right_null) {  // NULLs are equal, and above everything
      if (left_null != right_null) return left_null ? 1 : -1;
      continue;
    }
    const int order = compare(left.Get(i), right.Get(i), collation);
    if (order != 0) return order;
  }
  if (left.size() != right.size()) return Order(left.size(), right.size());
  if (left.dimension_count() != right.dimension_count()) {
    return Order(left.dimension_count(), right.dimension_count());
  }
  for (int i = 0; i < left.dimension_count(); ++i) {
    const int order = Order(left.dimension(i).length, right.dimension(i).length);
    if (order != 0) return order;
  }
  for (int i = 0; i < left.dimension_count(); ++i) {
    const int order = Order(left.dimension(i).lower_bound, right.dimension(i).lower_bound);
    if (order != 0) return order;
  }
  return 0;
}

uint64_t HashArray(const Datum& value, Oid collation) {
  const ArrayRef array = ArrayRef::Of(value);
  const HashFunction hash = HashOfElement(array);
  if (hash == nullptr) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "could not identify a hash function for type " + AnyTypeName(array.element_oid()));
  }
  uint64_t combined = kHashSeed;
  for (uint32_t i = 0; i < array.size(); ++i) {
    combined = CombineHash(combined, array.IsNull(i) ? 0 : hash(array.Get(i), collation));
  }
  return combined;
}

// oidvector: the shorter first.
int CompareOidVectors(const Datum& a, const Datum& b, Oid collation) {
  const ArrayRef left = ArrayRef::Of(a);
  const ArrayRef right = ArrayRef::Of(b);
  if (left.size() != right.size()) return Order(left.size(), right.size());
  return CompareArrays(a, b, collation);
}

struct Functions {
  CompareFunction compare = nullptr;
  HashFunction hash = nullptr;
};

Functions FunctionsOfScalar(Oid oid) {
  switch (oid) {
    case facts::kBoolOid:
    case facts::kCharOid: return {CompareNumbers<uint8_t>, HashByte};
    case facts::kInt2Oid: return {CompareNumbers<int16_t>, HashNumber<int16_t>};
    case facts::kInt4Oid:
    case facts::kDateOid: return {CompareNumbers<int32_t>, HashNumber<int32_t>};
    case facts::kInt8Oid:
    case facts::kMoneyOid:
    case facts::kTimeOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid: return {CompareNumbers<int64_t>, HashNumber<int64_t>};
    case facts::kXid8Oid:
    case facts::kPgLsnOid: return {CompareNumbers<uint64_t>, HashNumber<uint64_t>};
    // xid and cid have equality only, as aclitem; whether one may sort by them is for their opclasses to say.
    case facts::kXidOid:
    case facts::kCidOid: return {CompareNumbers<uint32_t>, HashNumber<uint32_t>};
    case facts::kFloat4Oid: return {CompareFloats<float>, HashFloat<float>};
    case facts::kFloat8Oid: return {CompareFloats<double>, HashFloat<double>};
    case facts::kNumericOid: return {CompareNumeric, HashNumeric};
    case facts::kTextOid:
    case facts::kVarcharOid:
    case facts::kNameOid:
    case facts::kUnknownOid:
    case facts::kPgNodeTreeOid:
    case facts::kCstringOid: return {CompareCollated, HashOfBytes};
    case facts::kBpcharOid: return {CompareBpchar, HashBpchar};
    case facts::kPgNdistinctOid:
    case facts::kPgDependenciesOid:
    case facts::kPgMcvListOid:
    case facts::kByteaOid: return {CompareBytes, HashOfBytes};
    case facts::kAclitemOid: return {CompareBytes, HashOfBytes};
    case facts::kTidOid: return {CompareTids, HashTid};
    case facts::kUuidOid: return {CompareUuid, HashUuid};
    case facts::kIntervalOid: return {CompareInterval, HashIntervalDatum};
    case facts::kTimetzOid: return {CompareTimeTzDatum, HashTimeTz};
    case facts::kOidvectorOid: return {CompareOidVectors, HashArray};
    case facts::kAnyarrayOid: return {CompareArrays, HashArray};
    case facts::kRecordOid: return {CompareRecords, HashRecord};
    case facts::kAnyrangeOid: return {CompareRangeDatums, HashRangeDatum};
    case facts::kAnymultirangeOid: return {CompareMultirangeDatums, HashMultirangeDatum};
    default: return {};
  }
}

Functions FunctionsOf(const SqlType& actual) {
  const TypeDirectory* directory =
      actual.oid >= kFirstUserOid ? CurrentTypeDirectory() : nullptr;
  const SqlType type = directory == nullptr ? actual : directory->OrderedAs(actual);
  Functions found = FunctionsOfScalar(type.oid);
  if (found.compare != nullptr || found.hash != nullptr) return found;
  if (const Oid element = type.oid < kFirstUserOid ? ArrayElementOid(type.oid) : kInvalidOid) {
    const SqlType element_type = BuiltinType(element);
    if (FindCompare(element_type) != nullptr) found.compare = CompareArrays;
    if (FindHash(element_type) != nullptr) found.hash = HashArray;
    return found;
  }
  if (const facts::TypeFact* fact = facts::FindType(type.oid)) {
    // The built-in domains and row types.
    if (fact->typtype == 'd') return FunctionsOf(BuiltinType(fact->typbasetype));
    if (fact->typtype == 'c') return {CompareRecords, HashRecord};
  }
  // oid, reg* and the like.
  if (type.physical == PhysicalType::kInt32) {
    return {CompareNumbers<uint32_t>, HashNumber<uint32_t>};
  }
  return {FindLateCompare(type.oid), FindLateHash(type.oid)};
}

}  // namespace

CompareFunction FindCompare(const SqlType& type) { return FunctionsOf(type).compare; }
HashFunction FindHash(const SqlType& type) { return FunctionsOf(type).hash; }

}  // namespace grizzly::types
