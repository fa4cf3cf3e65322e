// UTF-8 as PostgreSQL accepts it: no NUL, no overlong forms, no surrogates, up to U+10FFFF.
//
// ERRORS  22021 character_not_in_repertoire: invalid byte sequence for encoding "UTF8": 0x..
#pragma once

#include <cstddef>
#include <string_view>

namespace grizzly {

// How many bytes from the start are valid; text.size() when all are.
size_t ValidUtf8Prefix(std::string_view text);
// Throws 22021 naming the first bad sequence.
void CheckUtf8(std::string_view text);
// Bytes of the character that starts with `lead`, as its lead byte says: 1 to 4.
constexpr size_t Utf8LengthByLead(unsigned char lead) {
  if (lead < 0xC0) return 1;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF8 ? 4 : 1;
}

}  // namespace grizzly
