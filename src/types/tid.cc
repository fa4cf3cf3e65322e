#include "types/tid.h"

#include "types/binary_format.h"
#include "types/hash_bytes.h"

namespace grizzly::types {

void AppendTid(Tid tid, std::string* out) {
  AppendBinary(*out, tid.block);
  AppendBinary(*out, tid.offset);
}

Tid ReadTid(std::string_view bytes) {
  BinaryReader reader(bytes);
  Tid tid;
  tid.block = reader.Read<uint32_t>();
  tid.offset = reader.Read<uint16_t>();
  return tid;
}

int CompareTids(const Datum& a, const Datum& b, Oid) {
  std::string_view left = a.AsString(), right = b.AsString();
  if (left.size() == kTidBytes || right.size() == kTidBytes) {
    left = left.substr(0, kTidBytes);
    right = right.substr(0, kTidBytes);
  }
  return left.compare(right);
}

uint64_t HashTid(const Datum& value, Oid) { return HashBytes(value.AsString().substr(0, kTidBytes)); }

}  // namespace grizzly::types
