// What is known of the values of a column in one row group without reading them.
//
// FORMAT   version 1, on disk, little-endian
//          zone := null_count:u32 kind:u8 bounds
//          bounds := nothing (kind 0)
//                  | least:i64 greatest:i64                        integers
//                  | scale:u8 least:i64 greatest:i64               numerics / 10^scale
//                  | least:f64 greatest:f64                        floats, none of them NaN
//                  | sized least, sized greatest, cut:u8           strings as bytes, cut to kZoneBytesMax;
//                                                                  cut: greater ones start with it, too
#pragma once

#include <cstdint>
#include <string>

#include "storage/column/byte_cursor.h"

namespace grizzly::storage {

inline constexpr size_t kZoneBytesMax = 16;

enum class ZoneKind : uint8_t { kNone, kInteger, kNumeric, kFloat, kBytes };

struct ZoneMap {
  uint32_t null_count = 0;
  ZoneKind kind = ZoneKind::kNone;
  uint8_t scale = 0;
  int64_t least = 0;
  int64_t greatest = 0;
  double least_float = 0;
  double greatest_float = 0;
  std::string least_bytes;
  std::string greatest_bytes;
  bool greatest_is_cut = false;
};

void AppendZoneMap(const ZoneMap& zone, std::string* out);
ZoneMap ReadZoneMap(ByteCursor& in);

}  // namespace grizzly::storage
