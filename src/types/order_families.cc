#include "types/order_families.h"

#include "facts/types.h"
#include "types/bit_string.h"
#include "types/hash_bytes.h"
#include "types/jsonb.h"
#include "types/network.h"
#include "types/range.h"
#include "types/text_search.h"

namespace grizzly::types {
namespace {

int CompareBits(const Datum& a, const Datum& b, Oid) {
  return CompareBitStrings(BitStringRef(a.AsString()), BitStringRef(b.AsString()));
}
int CompareAddresses(const Datum& a, const Datum& b, Oid) {
  return CompareInet(InetRef(a.AsString()), InetRef(b.AsString()));
}
int CompareBytes(const Datum& a, const Datum& b, Oid) {
  return StringRef::Compare(a.As<StringRef>(), b.As<StringRef>());
}
int CompareJson(const Datum& a, const Datum& b, Oid) {
  return CompareJsonb(JsonbRef::Of(a), JsonbRef::Of(b));
}
int CompareTextSearch(const Datum& a, const Datum& b, Oid) {
  return CompareTsVectors(a.AsString(), b.AsString());
}
uint64_t HashJson(const Datum& value, Oid) { return HashJsonb(JsonbRef::Of(value)); }
uint64_t HashOfBytes(const Datum& value, Oid) { return HashBytes(value.AsString()); }

}  // namespace

bool IsMultirange(Oid oid) {
  const facts::TypeFact* type = facts::FindType(oid);
  return type != nullptr && type->typtype == 'm';
}

CompareFunction FindLateCompare(Oid oid) {
  if (FindRangeKind(oid) != nullptr) {
    return IsMultirange(oid) ? CompareMultirangeDatums : CompareRangeDatums;
  }
  switch (oid) {
    case facts::kBitOid:
    case facts::kVarbitOid: return CompareBits;
    case facts::kInetOid:
    case facts::kCidrOid: return CompareAddresses;
    case facts::kMacaddrOid:
    case facts::kMacaddr8Oid: return CompareBytes;
    case facts::kJsonbOid: return CompareJson;
    case facts::kTsvectorOid: return CompareTextSearch;
    default: return nullptr;
  }
}

HashFunction FindLateHash(Oid oid) {
  if (oid == facts::kJsonbOid) return HashJson;
  if (FindRangeKind(oid) != nullptr) {
    return IsMultirange(oid) ? HashMultirangeDatum : HashRangeDatum;
  }
  // In all others one value has one byte string.
  return FindLateCompare(oid) == nullptr ? nullptr : HashOfBytes;
}

}  // namespace grizzly::types
