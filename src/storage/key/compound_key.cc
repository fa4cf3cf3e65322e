#include "storage/key/compound_key.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "types/array.h"
#include "types/bit_string.h"
#include "types/network.h"
#include "types/range.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::storage {
namespace {

using types::Datum;
using types::SqlType;

constexpr char kEnd = 0;
constexpr char kValue = 1;
constexpr char kNull = 2;  // behind all values

// One part, as a key of a single column would hold it.
void AppendElement(const SqlType& type, const Datum& value, std::string* key) {
  if (value.is_null()) {
    key->push_back(kNull);
    return;
  }
  key->push_back(kValue);
  const types::TypeDirectory* directory = types::CurrentTypeDirectory();
  const SqlType ordered = directory == nullptr ? type : directory->OrderedAs(type);
  if (HasCompoundKey(ordered.oid)) {
    std::string part;
    AppendCompoundKey(ordered, value, &part);
    return AppendEscaped(key, part);
  }
  const KeyLayout layout(std::vector<KeyPart>{KeyPart{ordered}}, std::vector<uint32_t>());
  layout.AppendPart(0, value, key);
}

void AppendNumber(int32_t number, std::string* key) {
  AppendBigEndian(key, FlipSign(number));
}

void AppendAddress(types::InetRef inet, std::string* key) {
  key->push_back(inet.family());
  std::string bits;  // one byte each here: 2 network bit set, 1 not set, 0 the end
  for (int i = 0; i < inet.bits(); ++i) bits.push_back(inet.address_bit(i) ? 2 : 1);
  bits.push_back(kEnd);
  // Four to a byte: two bits say each of the three.
  for (size_t i = 0; i < bits.size(); i += 4) {
    uint8_t packed = 0;
    for (size_t j = 0; j < 4; ++j) {
      packed = static_cast<uint8_t>(packed << 2 |
                                    (i + j < bits.size() ? static_cast<uint8_t>(bits[i + j]) : 0));
    }
    key->push_back(static_cast<char>(packed));
  }
  key->append(inet.address());
}

void AppendBits(types::BitStringRef bits, std::string* key) {
  AppendEscaped(key, bits.bits());
  AppendBigEndian(key, bits.bit_count());
}

void AppendArray(const Datum& value, std::string* key) {
  const types::ArrayRef array = types::ArrayRef::Of(value);
  const SqlType element = types::ResolveAnyType(array.element_oid());
  for (uint32_t i = 0; i < array.size(); ++i) {
    AppendElement(element, array.IsNull(i) ? Datum::Null() : array.Get(i), key);
  }
  key->push_back(kEnd);
  key->push_back(static_cast<char>(array.dimension_count()));
  for (int i = 0; i < array.dimension_count(); ++i) AppendNumber(array.dimension(i).length, key);
  for (int i = 0; i < array.dimension_count(); ++i) {
    AppendNumber(array.dimension(i).lower_bound, key);
  }
}

void AppendRecord(const Datum& value, std::string* key) {
  for (const types::NamedField& named : types::NamedFieldsOf(value)) {
    AppendElement(types::ResolveAnyType(named.field.type), named.field.value, key);
  }
}

// Infinite lower bounds come before all values, infinite upper ones behind; among equal values, an
// inclusive lower bound is lower, an inclusive upper bound higher.
void AppendBound(const SqlType& subtype, const types::RangeBound& bound, std::string* key) {
  if (bound.is_infinite) {
    key->push_back(bound.is_lower ? kEnd : kNull);
    return;
  }
  AppendElement(subtype, bound.value, key);
  key->push_back(bound.is_inclusive == bound.is_lower ? 0 : 1);
}

void AppendRange(types::RangeRef range, std::string* key) {
  if (range.is_empty()) {
    key->push_back(kEnd);
    return;
  }
  key->push_back(kValue);
  const SqlType subtype = types::ResolveAnyType(range.subtype_oid());
  AppendBound(subtype, range.lower(), key);
  AppendBound(subtype, range.upper(), key);
}

void AppendMultirange(const Datum& value, std::string* key) {
  const types::MultirangeRef multirange = types::MultirangeRef::Of(value);
  for (uint32_t i = 0; i < multirange.size(); ++i) {
    key->push_back(kValue);
    AppendRange(multirange.range(i), key);
  }
  key->push_back(kEnd);
}

bool IsMultirange(Oid type) {
  return type == facts::kAnymultirangeOid || types::AnyKindOf(type) == 'm';
}
bool IsRange(Oid type) {
  return type == facts::kAnyrangeOid || types::AnyKindOf(type) == 'r';
}

}  // namespace

bool HasCompoundKey(Oid type) {
  switch (type) {
    case facts::kInetOid:
    case facts::kCidrOid:
    case facts::kBitOid:
    case facts::kVarbitOid:
    case facts::kAnyarrayOid:
    case facts::kRecordOid: return true;
    default: break;
  }
  return types::ArrayElementOid(type) != kInvalidOid || IsRange(type) || IsMultirange(type) ||
         types::AnyKindOf(type) == 'c';
}

void AppendCompoundKey(const SqlType& type, const Datum& value, std::string* key) {
  switch (type.oid) {
    case facts::kInetOid:
    case facts::kCidrOid: return AppendAddress(types::InetRef(value.AsString()), key);
    case facts::kBitOid:
    case facts::kVarbitOid: return AppendBits(types::BitStringRef(value.AsString()), key);
    case facts::kRecordOid: return AppendRecord(value, key);
    case facts::kOidvectorOid: {
      const types::ArrayRef array = types::ArrayRef::Of(value);
      AppendNumber(static_cast<int32_t>(array.size()), key);
      return AppendArray(value, key);
    }
    default: break;
  }
  if (IsMultirange(type.oid)) return AppendMultirange(value, key);
  if (IsRange(type.oid)) return AppendRange(types::RangeRef::Of(value), key);
  if (types::AnyKindOf(type.oid) == 'c') return AppendRecord(value, key);
  AppendArray(value, key);
}

}  // namespace grizzly::storage
