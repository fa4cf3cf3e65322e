// tid: where a row is.
//
// FORMAT   block:u32 offset:u16, big-endian, so that bytes compare as the pair does; a row's own ctid may be
//          followed by its key, where the pair alone would not say which row it is (executor/row_tid.h). Texts and
//          clients never see that; two values that both have a key are equal only if these are.
// THREADS  free functions
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/datum.h"

namespace grizzly::types {

inline constexpr size_t kTidBytes = 6;

struct Tid {
  uint32_t block = 0;
  uint16_t offset = 0;
};

void AppendTid(Tid tid, std::string* out);
Tid ReadTid(std::string_view bytes);
// Of a row's own ctid; empty: none.
inline std::string_view KeyOfTid(std::string_view bytes) { return bytes.substr(kTidBytes); }

int CompareTidBytes(std::string_view a, std::string_view b);
int CompareTids(const Datum& a, const Datum& b, Oid collation);
uint64_t HashTid(const Datum& value, Oid collation);

}  // namespace grizzly::types
