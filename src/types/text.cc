#include "types/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error/sql_error.h"

namespace grizzly::types {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

[[noreturn]] void ThrowTooLong(const char* type, int32_t length) {
  throw SqlError(SqlState::kStringDataRightTruncation,
                 fmt::format("value too long for type {}({})", type, length));
}

// With so many blanks behind it. A value has less than a gigabyte: its four bytes of length count, too.
StringRef Padded(std::string_view text, size_t blanks, Arena& arena) {
  constexpr size_t kValueBytesMax = 0x3fffffff, kLengthBytes = 4;
  const size_t bytes = text.size() + blanks;
  if (bytes + kLengthBytes > kValueBytesMax) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("invalid memory alloc request size {}", bytes + kLengthBytes));
  }
  char* padded = arena.Allocate(bytes, 1);
  std::copy(text.begin(), text.end(), padded);
  std::fill_n(padded + text.size(), blanks, ' ');
  return StringRef(std::string_view(padded, bytes));
}

// Where to cut `text` for `length` characters; throws when more than blanks would go.
size_t CutOffset(std::string_view text, size_t length, bool is_explicit, const char* type) {
  const size_t cut = Utf8Offset(text, length);
  if (!is_explicit && text.find_first_not_of(' ', cut) != std::string_view::npos) {
    ThrowTooLong(type, static_cast<int32_t>(length));
  }
  return cut;
}

// Bytes of the valid sequence at `at`, 0 when it is none.
size_t ValidSequence(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t bytes = Utf8CharBytes(text[at]);
  if (at + bytes > text.size()) return 0;
  for (size_t i = 1; i < bytes; ++i) {
    if (!IsContinuation(text[at + i])) return 0;
  }
  const auto second = static_cast<uint8_t>(text[at + 1]);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;
  if (lead == 0xF4 && second > 0x8F) return 0;
  return bytes;
}

}  // namespace

size_t Utf8Length(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); });
}

size_t Utf8Offset(std::string_view text, size_t characters) {
  if (characters >= text.size()) return text.size();
  size_t at = 0;
  while (characters > 0 && at < text.size()) {
    at += Utf8CharBytes(text[at]);
    --characters;
  }
  return std::min(at, text.size());
}

std::string_view Utf8Clip(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && IsContinuation(text[end])) --end;
  return text.substr(0, end);
}

void AppendUtf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

size_t FindInvalidUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    // Eight ASCII bytes at a time: no high bit, no zero byte.
    if (at + 8 <= text.size()) {
      uint64_t word;
      std::memcpy(&word, text.data() + at, 8);
      constexpr uint64_t kHigh = 0x8080808080808080, kOnes = 0x0101010101010101;
      if (((word | ((word - kOnes) & ~word)) & kHigh) == 0) {
        at += 8;
        continue;
      }
    }
    const size_t bytes = ValidSequence(text, at);
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::string_view::npos;
}

void CheckUtf8(std::string_view text) {
  const size_t bad = FindInvalidUtf8(text);
  if (bad == std::string_view::npos) return;
  const size_t bytes = std::min(text[bad] == 0 ? 1 : Utf8CharBytes(text[bad]), text.size() - bad);
  std::string hex;
  for (size_t i = 0; i < bytes; ++i) {
    hex += fmt::format("{}0x{:02x}", i == 0 ? "" : " ", static_cast<uint8_t>(text[bad + i]));
  }
  throw SqlError(SqlState::kCharacterNotInRepertoire,
                 "invalid byte sequence for encoding \"UTF8\": " + hex);
}

StringRef ApplyVarcharTypmod(StringRef text, int32_t typmod, bool is_explicit, Arena& arena) {
  if (typmod < kTextTypmodOffset) return text;
  const auto length = static_cast<size_t>(typmod - kTextTypmodOffset);
  if (text.size() <= length) return text;
  const std::string_view view = text.view();
  const size_t cut = CutOffset(view, length, is_explicit, "character varying");
  return cut == view.size() ? text : StringRef::Copy(view.substr(0, cut), arena);
}

StringRef ApplyBpcharTypmod(StringRef text, int32_t typmod, bool is_explicit, Arena& arena) {
  if (typmod < kTextTypmodOffset) return text;
  const auto length = static_cast<size_t>(typmod - kTextTypmodOffset);
  const std::string_view view = text.view();
  const size_t characters = Utf8Length(view);
  if (characters == length) return text;
  if (characters > length) {
    return StringRef::Copy(view.substr(0, CutOffset(view, length, is_explicit, "character")), arena);
  }
  return Padded(view, length - characters, arena);
}

std::string_view TrimTrailingBlanks(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace grizzly::types
