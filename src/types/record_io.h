// Row values to and from the outside: (1,"a b",), and the wire.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "types/type_io.h"

namespace grizzly::types {

struct RecordColumnIo {
  SqlType type;
  const TypeIo* io = nullptr;  // outlives the record's; null for a dropped column
  bool dropped = false;
};

// Of the named row type `type`.
std::unique_ptr<TypeIo> MakeCompositeIo(Oid type, std::vector<RecordColumnIo> columns);
// Of type record: what is in the value says how it is written; nothing can be read.
std::unique_ptr<TypeIo> MakeAnonymousRecordIo();

}  // namespace grizzly::types
