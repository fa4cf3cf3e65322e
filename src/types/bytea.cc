#include "types/bytea.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::types {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int HexDigit(std::string_view text, size_t at) {
  const int value = HexValue(text[at]);
  if (value >= 0) return value;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid hexadecimal digit: \"{}\"",
                             text.substr(at, Utf8CharBytes(text[at]))));
}

bool IsOctalEscape(std::string_view text, size_t at) {
  return at + 3 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '3' &&
         text[at + 2] >= '0' && text[at + 2] <= '7' && text[at + 3] >= '0' && text[at + 3] <= '7';
}

}  // namespace

std::string DecodeHex(std::string_view digits) {
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (size_t at = 0; at < digits.size(); ++at) {
    const char c = digits[at];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
    const int high = HexDigit(digits, at);
    if (++at == digits.size()) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     "invalid hexadecimal data: odd number of digits");
    }
    bytes += static_cast<char>((high << 4) | HexDigit(digits, at));
  }
  return bytes;
}

std::string ParseBytea(std::string_view text) {
  if (text.starts_with("\\x")) return DecodeHex(text.substr(2));
  std::string bytes;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
    } else if (IsOctalEscape(text, at)) {
      bytes += static_cast<char>(((text[at + 1] - '0') << 6) | ((text[at + 2] - '0') << 3) |
                                 (text[at + 3] - '0'));
      at += 3;
    } else if (at + 1 < text.size() && text[at + 1] == '\\') {
      bytes += '\\';
      ++at;
    } else {
      throw SqlError(SqlState::kInvalidTextRepresentation, "invalid input syntax for type bytea");
    }
  }
  return bytes;
}

void AppendHex(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const size_t start = out.size();
  out.resize(start + bytes.size() * 2);
  char* at = out.data() + start;
  for (const char c : bytes) {
    *at++ = kDigits[static_cast<uint8_t>(c) >> 4];
    *at++ = kDigits[static_cast<uint8_t>(c) & 15];
  }
}

void AppendBytea(std::string& out, std::string_view bytes, ByteaOutput format) {
  if (format == ByteaOutput::kHex) {
    out += "\\x";
    AppendHex(out, bytes);
    return;
  }
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte > 0x7E) {
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6));
      out += static_cast<char>('0' + ((byte >> 3) & 7));
      out += static_cast<char>('0' + (byte & 7));
    } else {
      out += c;
    }
  }
}

}  // namespace grizzly::types
