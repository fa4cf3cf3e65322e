// Order-preserving field bytes: memcmp() over them gives the SQL order of the values.
//
// FORMAT   version 1, on disk; integers big-endian
//          field    := 0x01 value        a value
//                    | 0x00              NULL of a column with NULLS FIRST
//                    | 0x02              NULL of a column with NULLS LAST
//          A DESC column complements the bytes of `value`; the mark stays, so that NULLS FIRST and
//          LAST mean the same in both directions.
//          unsigned := its bytes: bool, "char", oid and reg*, enum, xid8, pg_lsn
//          signed   := its bytes, sign bit flipped: int2, int4, int8, date, time, timestamp(tz), money
//          float    := IEEE bytes; positive: sign bit flipped; negative: all complemented;
//                      -0 is written as 0, NaN as all ones (it sorts last)
//          uuid     := sixteen bytes
//          interval := the span in µs (month = 30 days) as a signed int128; what SQL calls equal is
//                      the same bytes
//          timetz   := UTC microseconds (signed 8), zone_seconds (signed 4)
//          bytes    := each 0x00 written 0x00 0xFF, then the end mark 0x00 0x01: text and varchar of
//                      a byte-wise collation, name, bytea; char(n) without its trailing blanks;
//                      texts of another collation as its sort key (types/collation.h)
//          numeric  := storage/key/numeric_key.h
//          Example: (int4 -2, text 'a' DESC)  01 7f ff ff fe | 01 9e ff fe
// THREADS  free functions over the caller's string.
// TESTS    tests/unit/storage/key_layout_test.cc (table), tests/fuzz/key_codec_fuzz.cc (model)
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace grizzly::storage {

inline constexpr uint32_t kKeyFormatVersion = 1;  // DO NOT CHANGE without a converter.

inline constexpr char kNullFirstMark = 0;
inline constexpr char kValueMark = 1;
inline constexpr char kNullLastMark = 2;

template <std::unsigned_integral T>
constexpr T ToBigEndian(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}
static_assert(std::endian::native == std::endian::little);

template <std::unsigned_integral T>
void AppendBigEndian(std::string* key, T value) {
  value = ToBigEndian(value);
  key->append(reinterpret_cast<const char*>(&value), sizeof(value));
}
template <std::unsigned_integral T>
T ReadBigEndian(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return ToBigEndian(value);
}

// A signed integer as the unsigned one of the same order, and back.
template <std::signed_integral T>
constexpr std::make_unsigned_t<T> FlipSign(T value) {
  using U = std::make_unsigned_t<T>;
  return static_cast<U>(static_cast<U>(value) ^ (U{1} << (sizeof(T) * 8 - 1)));
}
template <std::signed_integral T>
constexpr T UnflipSign(std::make_unsigned_t<T> value) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(value ^ (U{1} << (sizeof(T) * 8 - 1))));
}

uint32_t OrderedFloatBits(float value);
uint64_t OrderedFloatBits(double value);
float FloatOfOrderedBits(uint32_t bits);
double FloatOfOrderedBits(uint64_t bits);

// Escaped and ended.
void AppendEscaped(std::string* key, std::string_view bytes);
// Bytes that the escaped field at the start of `field` takes, its end mark included; `complement` is
// 0xFF for a descending column, else 0. Throws XX001 when there is no end.
size_t EscapedBytes(std::string_view field, uint8_t complement);
// Undoes AppendEscaped (and the complement) for a field of that size.
std::string Unescape(std::string_view field, uint8_t complement);

// Complements key bytes from position `from` on.
void Complement(std::string* key, size_t from);

}  // namespace grizzly::storage
