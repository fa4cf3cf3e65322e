#include "types/money.h"

#include <fmt/format.h>

#include "types/integer.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr int kDecimals = 2;

struct MoneyReader {
  std::string_view rest;

  void SkipBlanks() {
    while (!rest.empty() && IsBlank(rest.front())) rest.remove_prefix(1);
  }
  bool Skip(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
};

}  // namespace

int64_t ParseMoney(std::string_view text) {
  MoneyReader reader{text};
  bool negative = false;
  reader.SkipBlanks();
  reader.Skip('$');
  reader.SkipBlanks();
  if (reader.Skip('-') || reader.Skip('(')) {
    negative = true;
  } else {
    reader.Skip('+');
  }
  reader.SkipBlanks();
  reader.Skip('$');
  reader.SkipBlanks();
  int64_t value = 0;  // on the negative side, which is the wider one
  int decimals = 0;
  bool seen_point = false;
  const auto add = [&](int64_t digit, int64_t factor) {
    if (__builtin_mul_overflow(value, factor, &value) ||
        __builtin_sub_overflow(value, digit, &value)) {
      ThrowValueOutOfRange("money", text);
    }
  };
  while (!reader.rest.empty()) {
    const char c = reader.rest.front();
    if (c >= '0' && c <= '9' && (!seen_point || decimals < kDecimals)) {
      add(c - '0', 10);
      if (seen_point) ++decimals;
    } else if (c == '.' && !seen_point) {
      seen_point = true;
    } else if (c != ',') {
      break;
    }
    reader.rest.remove_prefix(1);
  }
  const bool round_up = !reader.rest.empty() && reader.rest.front() >= '5' &&
                        reader.rest.front() <= '9';
  for (; decimals < kDecimals; ++decimals) add(0, 10);
  if (round_up) add(1, 1);
  while (!reader.rest.empty() && reader.rest.front() >= '0' && reader.rest.front() <= '9') {
    reader.rest.remove_prefix(1);
  }
  while (!reader.rest.empty()) {
    const char c = reader.rest.front();
    if (c == '-') {
      negative = true;
    } else if (!IsBlank(c) && c != ')' && c != '+' && c != '$') {
      ThrowInvalidSyntax("money", text);
    }
    reader.rest.remove_prefix(1);
  }
  if (negative) return value;
  if (__builtin_sub_overflow(int64_t{0}, value, &value)) ThrowValueOutOfRange("money", text);
  return value;
}

void AppendMoney(std::string& out, int64_t cents) {
  const uint64_t magnitude = cents < 0 ? -static_cast<uint64_t>(cents) : static_cast<uint64_t>(cents);
  std::string whole = std::to_string(magnitude / 100);
  for (int at = static_cast<int>(whole.size()) - 3; at > 0; at -= 3) whole.insert(at, 1, ',');
  out += fmt::format("{}${}.{:02}", cents < 0 ? "-" : "", whole, magnitude % 100);
}

}  // namespace grizzly::types
