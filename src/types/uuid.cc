#include "types/uuid.h"

#include <cctype>

#include "types/value_error.h"

namespace grizzly::types {
namespace {

int HexDigitOrThrow(std::string_view text, std::string_view rest, size_t at) {
  if (at >= rest.size() || !std::isxdigit(static_cast<unsigned char>(rest[at]))) {
    ThrowInvalidSyntax("uuid", text);
  }
  const char c = rest[at];
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

}  // namespace

UuidValue ParseUuid(std::string_view text) {
  std::string_view rest = text;
  const bool braces = rest.starts_with('{');
  if (braces) rest.remove_prefix(1);
  UuidValue value;
  size_t at = 0;
  for (size_t i = 0; i < 16; ++i) {
    const int high = HexDigitOrThrow(text, rest, at);
    const int low = HexDigitOrThrow(text, rest, at + 1);
    value.bytes[i] = static_cast<uint8_t>((high << 4) | low);
    at += 2;
    if (i % 2 == 1 && i < 15 && at < rest.size() && rest[at] == '-') ++at;
  }
  rest.remove_prefix(at);
  if (rest != (braces ? "}" : "")) ThrowInvalidSyntax("uuid", text);
  return value;
}

void AppendUuid(std::string& out, const UuidValue& value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  char text[36];
  size_t at = 0;
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = kDigits[value.bytes[i] >> 4];
    text[at++] = kDigits[value.bytes[i] & 15];
  }
  out.append(text, sizeof(text));
}

}  // namespace grizzly::types
