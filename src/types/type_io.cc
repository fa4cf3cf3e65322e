#include "types/type_io.h"

#include <array>

#include "facts/type_oids.h"
#include "types/array.h"
#include "types/codec_io.h"
#include "types/range.h"
#include "types/record_io.h"
#include "types/xml/xml_io.h"

namespace grizzly::types {
namespace {

// Built-in types number below this; their row types (from 10000) have no TypeIo of their own here.
constexpr Oid kTableOids = 10000;

// What the table points to lives as long as the process.
using IoTable = std::array<const TypeIo*, kTableOids>;

const IoTable& Table() {
  static const IoTable table = [] {
    IoTable made{};
    for (Oid oid = 0; oid < kTableOids; ++oid) {
      for (const auto family : {ScalarIo, StringIo, NumericIo, DateTimeIo, NetworkIo, JsonIo,
                                GeometryIo, TextSearchIo, SystemIo, XmlIo}) {
        if (made[oid] == nullptr) made[oid] = family(oid);
      }
    }
    for (Oid oid = 0; oid < kTableOids; ++oid) {
      const RangeKind* kind = FindRangeKind(oid);
      if (kind != nullptr) made[oid] = MakeBuiltinRangeIo(oid, made[kind->subtype.oid]).release();
    }
    made[facts::kRecordOid] = MakeAnonymousRecordIo().release();
    made[facts::kAnyarrayOid] = MakeAnyArrayIo().release();
    // Arrays, once their elements are there.
    for (Oid oid = 0; oid < kTableOids; ++oid) {
      const Oid element = ArrayElementOid(oid);
      if (made[oid] != nullptr || element == kInvalidOid || made[element] == nullptr) continue;
      made[oid] = MakeBuiltinArrayIo(oid, made[element]).release();
    }
    return made;
  }();
  return table;
}

}  // namespace

const TypeIo* BuiltinTypeIo(Oid oid) { return oid < kTableOids ? Table()[oid] : nullptr; }

}  // namespace grizzly::types
