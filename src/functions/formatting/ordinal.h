// 1st, 2nd, 3rd, 4th.
#pragma once

#include <string>
#include <string_view>

namespace grizzly::functions {

// Appends `number` and, if `ordinal` is 'T' (upper case) or 't', the ending its last digits ask for.
inline void AppendOrdinal(std::string_view number, char ordinal, std::string& out) {
  out += number;
  if (ordinal == '\0' || number.empty()) return;
  const bool is_teen = number.size() > 1 && number[number.size() - 2] == '1';
  std::string_view ending = "th";
  if (!is_teen) {
    switch (number.back()) {
      case '1': ending = "st"; break;
      case '2': ending = "nd"; break;
      case '3': ending = "rd"; break;
      default: break;
    }
  }
  for (char c : ending) out += ordinal == 'T' ? static_cast<char>(c - 32) : c;
}

}  // namespace grizzly::functions
