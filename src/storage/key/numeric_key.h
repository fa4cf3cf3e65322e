// numeric as key bytes: equal values are the same bytes whatever their scale.
//
// FORMAT   numeric  := 0x10                       -Infinity
//                    | 0x20 ~(exponent digits)    negative, every byte after the mark complemented
//                    | 0x30                       0
//                    | 0x40 exponent digits       positive
//                    | 0x50 | 0x60                Infinity, NaN
//          value = 0.d1 d2 d3 ... * 100^exponent, base-100 digits, d1 and the last one not 0
//          exponent := signed 16 bits, big-endian, sign bit flipped
//          digits   := each digit + 1, then 0x00
//          Example: 12.5  40 80 01 0d 33 00
#pragma once

#include <string>
#include <string_view>

namespace grizzly::storage {

// `numeric_bytes`: a value as types/numeric.h holds it.
void AppendNumericKey(std::string* key, std::string_view numeric_bytes);
// Bytes of the field at the start of `field` (complemented if `complement` is 0xFF).
size_t NumericKeyBytes(std::string_view field, uint8_t complement);

}  // namespace grizzly::storage
