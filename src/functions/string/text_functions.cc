// Length, substrings, searching, padding, trimming, replacing: text in, text out, counted in
// characters (code points of UTF-8).
#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using types::Utf8CharBytes;
using types::Utf8Length;
using types::Utf8Offset;
using View = std::string_view;

constexpr int64_t kTextBytesMax = 1'073'741'819;  // PostgreSQL's 1 GiB less a header

[[noreturn]] void ThrowTooLarge() {
  throw SqlError(SqlState::kProgramLimitExceeded, "requested length too large");
}

bool IsAscii(View text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

int32_t Length(View text) { return static_cast<int32_t>(Utf8Length(text)); }
int32_t BpcharLength(View text) {
  return static_cast<int32_t>(Utf8Length(types::TrimTrailingBlanks(text)));
}
int32_t OctetLength(View text) { return static_cast<int32_t>(text.size()); }

std::string Concat(View a, View b) {
  std::string joined;
  joined.reserve(a.size() + b.size());
  joined.append(a).append(b);
  return joined;
}

// Characters [start, end) counted from 1; start may be below 1.
View Slice(View text, int64_t start, int64_t end) {
  start = std::max<int64_t>(start, 1);
  if (end <= start) return {};
  if (IsAscii(text)) {
    const int64_t size = static_cast<int64_t>(text.size());
    if (start > size) return {};
    return text.substr(static_cast<size_t>(start - 1), static_cast<size_t>(end - start));
  }
  const size_t first = Utf8Offset(text, static_cast<size_t>(start - 1));
  const View rest = text.substr(first);
  return rest.substr(0, Utf8Offset(rest, static_cast<size_t>(end - start)));
}

View Substring(View text, int32_t start, int32_t length) {
  const int64_t end = int64_t{start} + length;
  if (length < 0) {
    throw SqlError(SqlState::kSubstringError, "negative substring length not allowed");
  }
  return Slice(text, start, end);
}
View SubstringFrom(View text, int32_t start) {
  return Slice(text, start, std::numeric_limits<int64_t>::max());
}
View Left(View text, int32_t count) {
  const int64_t length = count < 0 ? static_cast<int64_t>(Utf8Length(text)) + count : count;
  return Slice(text, 1, length + 1);
}
View Right(View text, int32_t count) {
  // PostgreSQL's own count wraps here.
  if (count == std::numeric_limits<int32_t>::min()) return text;
  const int64_t length = static_cast<int64_t>(Utf8Length(text));
  const int64_t skipped = count < 0 ? -int64_t{count} : length - count;
  return Slice(text, skipped + 1, length + 1);
}

int32_t Position(View text, View wanted) {
  const size_t found = text.find(wanted);
  if (found == View::npos) return 0;
  return static_cast<int32_t>(Utf8Length(text.substr(0, found))) + 1;
}
bool StartsWith(View text, View prefix) { return text.starts_with(prefix); }

std::string Overlay(View text, View with, int32_t start, int32_t length) {
  if (start <= 0) {
    throw SqlError(SqlState::kSubstringError, "negative substring length not allowed");
  }
  int32_t after;
  if (__builtin_add_overflow(start, length, &after)) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "integer out of range");
  }
  std::string joined(Slice(text, 1, start));
  joined.append(with);
  joined.append(Slice(text, after, std::numeric_limits<int64_t>::max()));
  return joined;
}
std::string OverlayWhole(View text, View with, int32_t start) {
  return Overlay(text, with, start, static_cast<int32_t>(Utf8Length(with)));
}

// ---- trimming ----

bool HasCharacter(View set, View character) {
  for (size_t at = 0; at < set.size();) {
    const size_t bytes = Utf8CharBytes(set[at]);
    if (set.substr(at, bytes) == character) return true;
    at += bytes;
  }
  return false;
}
View TrimLeft(View text, View set) {
  while (!text.empty()) {
    const size_t bytes = Utf8CharBytes(text[0]);
    if (!HasCharacter(set, text.substr(0, bytes))) break;
    text.remove_prefix(std::min(bytes, text.size()));
  }
  return text;
}
View TrimRight(View text, View set) {
  while (!text.empty()) {
    size_t first = text.size() - 1;
    while (first > 0 && (text[first] & 0xC0) == 0x80) --first;
    if (!HasCharacter(set, text.substr(first))) break;
    text = text.substr(0, first);
  }
  return text;
}
View TrimBoth(View text, View set) { return TrimRight(TrimLeft(text, set), set); }
View TrimLeftBlanks(View text) { return TrimLeft(text, " "); }
View TrimRightBlanks(View text) { return TrimRight(text, " "); }
View TrimBlanks(View text) { return TrimBoth(text, " "); }

// ---- padding ----

// `count` characters of `fill`, repeated.
void AppendFill(std::string& out, View fill, int64_t count) {
  size_t at = 0;
  for (; count > 0; --count) {
    const size_t bytes = Utf8CharBytes(fill[at]);
    out.append(fill.substr(at, bytes));
    at += bytes;
    if (at >= fill.size()) at = 0;
  }
}
std::string Pad(View text, int32_t length, View fill, bool left) {
  length = std::max(length, 0);
  if (int64_t{length} * 4 > kTextBytesMax) ThrowTooLarge();
  const int64_t have = static_cast<int64_t>(Utf8Length(text));
  if (have >= length || fill.empty()) return std::string(Slice(text, 1, int64_t{length} + 1));
  std::string padded;
  if (!left) padded.append(text);
  AppendFill(padded, fill, length - have);
  if (left) padded.append(text);
  return padded;
}
std::string PadLeft(View text, int32_t length, View fill) { return Pad(text, length, fill, true); }
std::string PadRight(View text, int32_t length, View fill) {
  return Pad(text, length, fill, false);
}
std::string Repeat(View text, int32_t count) {
  if (count <= 0 || text.empty()) return {};
  if (static_cast<int64_t>(text.size()) * count > kTextBytesMax) ThrowTooLarge();
  std::string repeated;
  repeated.reserve(text.size() * static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) repeated.append(text);
  return repeated;
}

// ---- replacing ----

std::string Replace(View text, View from, View to) {
  if (from.empty()) return std::string(text);
  std::string replaced;
  size_t at = 0;
  for (size_t found; (found = text.find(from, at)) != View::npos; at = found + from.size()) {
    replaced.append(text.substr(at, found - at)).append(to);
  }
  replaced.append(text.substr(at));
  return replaced;
}

std::vector<View> Characters(View text) {
  std::vector<View> characters;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = Utf8CharBytes(text[at]);
    characters.push_back(text.substr(at, bytes));
    at += bytes;
  }
  return characters;
}
std::string Translate(View text, View from, View to) {
  const std::vector<View> sources = Characters(from);
  const std::vector<View> targets = Characters(to);
  std::string translated;
  for (View character : Characters(text)) {
    const size_t at = static_cast<size_t>(
        std::find(sources.begin(), sources.end(), character) - sources.begin());
    if (at == sources.size()) {
      translated.append(character);
    } else if (at < targets.size()) {
      translated.append(targets[at]);
    }
  }
  return translated;
}
std::string Reverse(View text) {
  const std::vector<View> characters = Characters(text);
  std::string reversed;
  reversed.reserve(text.size());
  for (auto it = characters.rbegin(); it != characters.rend(); ++it) reversed.append(*it);
  return reversed;
}

View SplitPart(View text, View separator, int32_t field) {
  if (field == 0) {
    throw SqlError(SqlState::kInvalidParameterValue, "field position must not be zero");
  }
  if (text.empty()) return {};
  if (separator.empty()) return field == 1 || field == -1 ? text : View();
  if (field < 0) {
    int64_t fields = 1;
    for (size_t at = 0; (at = text.find(separator, at)) != View::npos; at += separator.size()) {
      ++fields;
    }
    const int64_t from_front = fields + field + 1;
    if (from_front < 1) return {};
    field = static_cast<int32_t>(from_front);
  }
  size_t at = 0;
  for (; field > 1; --field) {
    const size_t found = text.find(separator, at);
    if (found == View::npos) return {};
    at = found + separator.size();
  }
  return text.substr(at, text.find(separator, at) - at);
}

// ---- characters and numbers ----

int32_t Ascii(View text) {
  if (text.empty()) return 0;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  switch (Utf8CharBytes(text[0])) {
    case 1: return byte(0);
    case 2: return ((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F);
    case 3: return ((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
    default:
      return ((byte(0) & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) |
             (byte(3) & 0x3F);
  }
}
std::string Chr(int32_t code) {
  if (code < 0) {
    throw SqlError(SqlState::kInvalidParameterValue, "character number must be positive");
  }
  if (code == 0) throw SqlError(SqlState::kProgramLimitExceeded, "null character not permitted");
  if (code > 0x10FFFF) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("requested character too large for encoding: {}", code));
  }
  if (code >= 0xD800 && code <= 0xDFFF) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("requested character not valid for encoding: {}", code));
  }
  std::string text;
  types::AppendUtf8(text, static_cast<uint32_t>(code));
  return text;
}
std::string ToHex32(int32_t value) { return fmt::format("{:x}", static_cast<uint32_t>(value)); }
std::string ToHex64(int64_t value) { return fmt::format("{:x}", static_cast<uint64_t>(value)); }

void AddTrims(Registry& registry) {
  registry.AddScalar("ltrim", Cold<&TrimLeft>);
  registry.AddScalar("rtrim", Cold<&TrimRight>);
  registry.AddScalar("btrim", Cold<&TrimBoth>);
  registry.AddScalar("ltrim1", Cold<&TrimLeftBlanks>);
  registry.AddScalar("rtrim1", Cold<&TrimRightBlanks>);
  registry.AddScalar("btrim1", Cold<&TrimBlanks>);
}

}  // namespace

void RegisterText(Registry& registry) {
  registry.AddScalar("textlen", Scalar<&Length>);
  registry.AddScalar("bpcharlen", Cold<&BpcharLength>);
  registry.AddScalar("textoctetlen", Cold<&OctetLength>);
  registry.AddScalar("bpcharoctetlen", Cold<&OctetLength>);
  registry.AddScalar("byteaoctetlen", Cold<&OctetLength>);
  registry.AddScalar("textcat", Scalar<&Concat>);
  registry.AddScalar("byteacat", Cold<&Concat>);
  registry.AddScalar("text_substr", Scalar<&Substring>);
  registry.AddScalar("text_substr_no_len", Scalar<&SubstringFrom>);
  registry.AddScalar("text_left", Cold<&Left>);
  registry.AddScalar("text_right", Cold<&Right>);
  registry.AddScalar("textpos", Cold<&Position>);
  registry.AddScalar("text_starts_with", Scalar<&StartsWith>);
  registry.AddScalar("textoverlay", Cold<&Overlay>);
  registry.AddScalar("textoverlay_no_len", Cold<&OverlayWhole>);
  registry.AddScalar("lpad", Cold<&PadLeft>);
  registry.AddScalar("rpad", Cold<&PadRight>);
  registry.AddScalar("repeat", Cold<&Repeat>);
  registry.AddScalar("replace_text", Cold<&Replace>);
  registry.AddScalar("translate", Cold<&Translate>);
  registry.AddScalar("text_reverse", Cold<&Reverse>);
  registry.AddScalar("split_part", Cold<&SplitPart>);
  registry.AddScalar("ascii", Cold<&Ascii>);
  registry.AddScalar("chr", Cold<&Chr>);
  registry.AddScalar("to_hex32", Cold<&ToHex32>);
  registry.AddScalar("to_hex64", Cold<&ToHex64>);
  AddTrims(registry);
}

}  // namespace grizzly::functions
