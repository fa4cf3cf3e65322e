#include "types/boolean.h"

#include "types/integer.h"
#include "types/value_error.h"

namespace grizzly::types {

std::optional<bool> ParseBoolWord(std::string_view word) {
  struct Word {
    std::string_view text;
    size_t shortest;
    bool value;
  };
  static constexpr Word kWords[] = {{"true", 1, true},  {"false", 1, false}, {"yes", 1, true},
                                    {"no", 1, false},   {"on", 2, true},     {"off", 2, false},
                                    {"1", 1, true},     {"0", 1, false}};
  for (const Word& candidate : kWords) {
    if (word.size() < candidate.shortest || word.size() > candidate.text.size()) continue;
    bool same = true;
    for (size_t i = 0; i < word.size() && same; ++i) {
      const char c = word[i] >= 'A' && word[i] <= 'Z' ? static_cast<char>(word[i] + 32) : word[i];
      same = c == candidate.text[i];
    }
    if (same) return candidate.value;
  }
  return std::nullopt;
}

bool ParseBool(std::string_view text) {
  const std::optional<bool> value = ParseBoolWord(TrimBlanks(text));
  if (!value) ThrowInvalidSyntax("boolean", text);
  return *value;
}

}  // namespace grizzly::types
