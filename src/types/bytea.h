// bytea: bytes; text in hex (\x6162) or escape (a\\b\001) form.
#pragma once

#include <string>
#include <string_view>

#include "types/io_settings.h"

namespace grizzly::types {

// Either form. Throws 22P02 for a bad escape, 22023 for bad hexadecimal digits.
std::string ParseBytea(std::string_view text);
// Hexadecimal digits with blanks between bytes allowed, without the leading \x. Throws 22023.
std::string DecodeHex(std::string_view digits);
void AppendHex(std::string& out, std::string_view bytes);
void AppendBytea(std::string& out, std::string_view bytes, ByteaOutput format);

}  // namespace grizzly::types
