#include "types/integer.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "types/value_error.h"

namespace grizzly::types {
namespace {

// The negative side is the wider one, so digits gather there.
template <typename T>
T ParseSigned(std::string_view text, const char* type) {
  size_t at = 0;
  while (at < text.size() && IsBlank(text[at])) ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  if (at == text.size() || text[at] < '0' || text[at] > '9') ThrowInvalidSyntax(type, text);
  T value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    if (__builtin_mul_overflow(value, T{10}, &value) ||
        __builtin_sub_overflow(value, static_cast<T>(text[at] - '0'), &value)) {
      ThrowValueOutOfRange(type, text);
    }
  }
  while (at < text.size() && IsBlank(text[at])) ++at;
  if (at != text.size()) ThrowInvalidSyntax(type, text);
  if (negative) return value;
  if (value == std::numeric_limits<T>::min()) ThrowValueOutOfRange(type, text);
  return static_cast<T>(-value);
}

}  // namespace

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

int16_t ParseInt2(std::string_view text) { return ParseSigned<int16_t>(text, "smallint"); }
int32_t ParseInt4(std::string_view text) { return ParseSigned<int32_t>(text, "integer"); }
int64_t ParseInt8(std::string_view text) { return ParseSigned<int64_t>(text, "bigint"); }

Oid ParseOid(std::string_view text) {
  const std::string copy(text);
  const char* start = copy.c_str();
  char* end = nullptr;
  errno = 0;
  const unsigned long value = std::strtoul(start, &end, 10);
  if (end == start) ThrowInvalidSyntax("oid", text);
  if (errno == ERANGE) ThrowValueOutOfRange("oid", text);
  if (!TrimBlanks(end).empty()) ThrowInvalidSyntax("oid", text);
  // Both the unsigned number and the sign-extended negative one fit.
  const auto narrow = static_cast<Oid>(value);
  if (value != narrow && static_cast<int64_t>(value) != static_cast<int32_t>(narrow)) {
    ThrowValueOutOfRange("oid", text);
  }
  return narrow;
}

uint32_t ParseXid(std::string_view text) {
  return static_cast<uint32_t>(std::strtoul(std::string(text).c_str(), nullptr, 0));
}

uint64_t ParseXid8(std::string_view text) {
  return std::strtoull(std::string(text).c_str(), nullptr, 0);
}

void AppendInteger(std::string& out, int64_t value) {
  char buffer[24];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, result.ptr);
}

void AppendUnsigned(std::string& out, uint64_t value) {
  char buffer[24];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, result.ptr);
}

}  // namespace grizzly::types
