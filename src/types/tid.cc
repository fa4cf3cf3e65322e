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

int CompareTidBytes(std::string_view a, std::string_view b) {
  if (a.size() == kTidBytes || b.size() == kTidBytes) {
    a = a.substr(0, kTidBytes);
    b = b.substr(0, kTidBytes);
  }
  return a.compare(b);
}

int CompareTids(const Datum& a, const Datum& b, Oid) {
  return CompareTidBytes(a.AsString(), b.AsString());
}

uint64_t HashTid(const Datum& value, Oid) { return HashBytes(value.AsString().substr(0, kTidBytes)); }

}  // namespace grizzly::types
