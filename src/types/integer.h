// int2, int4, int8, oid, xid, cid, xid8, tid: text to integer and back.
//
// ERRORS  22P02 for what is no integer, 22003 for what does not fit; both name the type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids/ids.h"

namespace grizzly::types {

// Blanks around are allowed, as PostgreSQL does.
int16_t ParseInt2(std::string_view text);
int32_t ParseInt4(std::string_view text);
int64_t ParseInt8(std::string_view text);
// A negative number wraps, as strtoul has it.
Oid ParseOid(std::string_view text);
// xid, cid, xid8: decimal, 0x hexadecimal or 0 octal; what is no number is 0.
uint32_t ParseXid(std::string_view text);
uint64_t ParseXid8(std::string_view text);

void AppendInteger(std::string& out, int64_t value);
void AppendUnsigned(std::string& out, uint64_t value);

inline bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');  // isspace() in the C locale
}
std::string_view TrimBlanks(std::string_view text);

}  // namespace grizzly::types
