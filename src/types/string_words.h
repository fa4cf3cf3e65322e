// Short strings as the two words they are in memory: for loops that make them and take them apart whole.
//
// FORMAT  see string_ref.h (little-endian): the first word is size:u32 and four bytes, the second the other eight;
//         numeric.h for small numerics, whose value begins in the first word's last two bytes.
#pragma once

#include <cstring>

#include "types/numeric.h"
#include "types/string_ref.h"

namespace grizzly::types {

struct StringWords {
  uint64_t head;
  uint64_t tail;
};
static_assert(sizeof(StringWords) == sizeof(StringRef));

inline StringWords WordsOf(const StringRef& text) {
  StringWords words;
  std::memcpy(&words, static_cast<const void*>(&text), sizeof(words));
  return words;
}
// Of a string of at most StringRef::kInlineBytes, with zeros behind it.
inline StringRef StringOf(StringWords words) {
  StringRef text;
  std::memcpy(static_cast<void*>(&text), &words, sizeof(words));
  return text;
}

// ---- small numerics ----

inline constexpr uint64_t kSmallNumericBytes = 10;
inline constexpr uint64_t kSmallNumericHeadMask = (uint64_t{1} << 48) - 1;
// What all of one scale have in the masked bits of the first word.
constexpr uint64_t SmallNumericHead(int scale) {
  return kSmallNumericBytes | static_cast<uint64_t>(scale) << 40;
}
inline int64_t SmallNumericValue(StringWords words) {
  return static_cast<int64_t>(words.head >> 48 | words.tail << 16);
}
// Requires what MakeSmallNumeric does.
inline StringRef SmallNumericOf(int64_t unscaled, int scale) {
  const auto bits = static_cast<uint64_t>(unscaled);
  return StringOf({SmallNumericHead(scale) | bits << 48, bits >> 16});
}

}  // namespace grizzly::types
