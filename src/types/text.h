// text, varchar, bpchar, name: UTF-8 bytes, and the length rules of varchar(n), char(n) and name.
//
// A character is a code point. char(n) values are stored padded to n; comparison and hashing
// ignore trailing blanks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/memory/arena.h"
#include "types/string_ref.h"

namespace grizzly::types {

inline constexpr size_t kNameBytesMax = 63;
inline constexpr int32_t kTextTypmodOffset = 4;  // typmod of varchar(n), char(n) is n + 4

// Code points of valid UTF-8.
size_t Utf8Length(std::string_view text);
// Bytes of the character that starts with `lead`.
inline size_t Utf8CharBytes(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  return byte < 0x80 ? 1 : (byte < 0xE0 ? 2 : (byte < 0xF0 ? 3 : 4));
}
// Byte offset of character number `characters` (0-based), or text.size() when there are fewer.
size_t Utf8Offset(std::string_view text, size_t characters);
// The longest prefix of at most `bytes_max` bytes that does not cut a character.
std::string_view Utf8Clip(std::string_view text, size_t bytes_max);
void AppendUtf8(std::string& out, uint32_t code_point);
// Throws 22021 (invalid byte sequence for encoding "UTF8": 0x..) for bad UTF-8 and for a zero byte.
void CheckUtf8(std::string_view text);
// The offset of the first bad sequence, or npos.
size_t FindInvalidUtf8(std::string_view text);

// Assignment to varchar(n) / char(n): only blanks may be cut (22001), unless `is_explicit` (a cast
// written in SQL), which cuts silently. A typmod below kTextTypmodOffset leaves the text alone.
StringRef ApplyVarcharTypmod(StringRef text, int32_t typmod, bool is_explicit, Arena& arena);
StringRef ApplyBpcharTypmod(StringRef text, int32_t typmod, bool is_explicit, Arena& arena);
// What PostgreSQL compares of a char(n).
std::string_view TrimTrailingBlanks(std::string_view text);
// Cut to 63 bytes.
inline std::string_view ClipName(std::string_view text) { return Utf8Clip(text, kNameBytesMax); }

}  // namespace grizzly::types
