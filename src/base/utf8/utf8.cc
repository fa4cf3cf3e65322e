#include "base/utf8/utf8.h"

#include <cstdint>
#include <cstring>
#include <string>

#include "base/error/sql_error.h"

namespace grizzly {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080u;
constexpr uint64_t kLowBits = 0x0101010101010101u;

// Eight ASCII bytes, none of them NUL.
bool IsPlain(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return ((word | ((word - kLowBits) & ~word)) & kHighBits) == 0;
}

// The length of the legal sequence at the start of `text`, or 0.
size_t LegalSequence(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = Utf8LengthByLead(lead);
  if (text.size() < length) return 0;
  unsigned char low = 0x80, high = 0xBF;
  switch (lead) {
    case 0xE0: low = 0xA0; break;
    case 0xED: high = 0x9F; break;
    case 0xF0: low = 0x90; break;
    case 0xF4: high = 0x8F; break;
    default: break;
  }
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

size_t ValidUtf8Prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8 && IsPlain(text.data() + at)) {
      at += 8;
      continue;
    }
    const size_t length = LegalSequence(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

void CheckUtf8(std::string_view text) {
  const size_t valid = ValidUtf8Prefix(text);
  if (valid == text.size()) return;
  const std::string_view rest = text.substr(valid);
  const size_t length =
      std::min(rest.size(), Utf8LengthByLead(static_cast<unsigned char>(rest[0])));
  std::string bytes;
  for (size_t i = 0; i < length; ++i) {
    bytes += fmt::format("{}0x{:02x}", i == 0 ? "" : " ", static_cast<unsigned char>(rest[i]));
  }
  throw SqlError(SqlState::kCharacterNotInRepertoire,
                 fmt::format("invalid byte sequence for encoding \"UTF8\": {}", bytes));
}

}  // namespace grizzly
