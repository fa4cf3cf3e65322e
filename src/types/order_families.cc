#include "types/order_families.h"

#include "facts/types.h"
#include "types/bit_string.h"
#include "types/hash_bytes.h"
#include "types/network.h"

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
uint64_t HashOfBytes(const Datum& value, Oid) { return HashBytes(value.AsString()); }

}  // namespace

CompareFunction FindLateCompare(Oid oid) {
  switch (oid) {
    case facts::kBitOid:
    case facts::kVarbitOid: return CompareBits;
    case facts::kInetOid:
    case facts::kCidrOid: return CompareAddresses;
    case facts::kMacaddrOid:
    case facts::kMacaddr8Oid: return CompareBytes;
    default: return nullptr;
  }
}

// One value has one byte string in all of them.
HashFunction FindLateHash(Oid oid) {
  return FindLateCompare(oid) == nullptr ? nullptr : HashOfBytes;
}

}  // namespace grizzly::types
