#include "session/qualified_name.h"

#include "base/error/sql_error.h"
#include "types/integer.h"

namespace grizzly::session {
namespace {

constexpr size_t kNameBytesMax = 63;

[[noreturn]] void ThrowInvalidName() {
  throw SqlError(SqlState::kInvalidName, "invalid name syntax");
}

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size() && types::IsBlank(text[at])) ++at;
  return at;
}

// Reads a quoted part whose first quote is at `at`; returns the place behind its last one.
size_t ReadQuoted(std::string_view text, size_t at, std::string* part) {
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      part->push_back(text[i]);
    } else if (i + 1 < text.size() && text[i + 1] == '"') {
      part->push_back(text[++i]);
    } else {
      return i + 1;
    }
  }
  ThrowInvalidName();
}

size_t ReadPlain(std::string_view text, size_t at, std::string* part) {
  for (; at < text.size() && text[at] != '.' && !types::IsBlank(text[at]); ++at) {
    const char c = text[at];
    part->push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
  if (part->empty()) ThrowInvalidName();
  return at;
}

void CutToName(std::string* part) {
  if (part->size() <= kNameBytesMax) return;
  size_t end = kNameBytesMax;
  while (end > 0 && (static_cast<unsigned char>((*part)[end]) & 0xC0) == 0x80) --end;
  part->resize(end);
}

}  // namespace

std::vector<std::string> SplitQualifiedName(std::string_view text) {
  std::vector<std::string> parts;
  size_t at = SkipBlanks(text, 0);
  for (;;) {
    if (at == text.size()) ThrowInvalidName();
    std::string part;
    at = text[at] == '"' ? ReadQuoted(text, at, &part) : ReadPlain(text, at, &part);
    CutToName(&part);
    parts.push_back(std::move(part));
    at = SkipBlanks(text, at);
    if (at == text.size()) return parts;
    if (text[at] != '.') ThrowInvalidName();
    at = SkipBlanks(text, at + 1);
  }
}

NameAndArguments SplitArguments(std::string_view text) {
  const auto fail = [](const char* what) {
    throw SqlError(SqlState::kInvalidTextRepresentation, what);
  };
  bool quoted = false;
  size_t open = 0;
  for (; open < text.size() && (quoted || text[open] != '('); ++open) {
    if (text[open] == '"') quoted = !quoted;
  }
  if (open == text.size()) fail("expected a left parenthesis");
  size_t end = text.size();
  while (end > 0 && types::IsBlank(text[end - 1])) --end;
  if (end == 0 || text[end - 1] != ')') fail("expected a right parenthesis");
  NameAndArguments result{text.substr(0, open), {}};
  const std::string_view list = text.substr(open + 1, end - open - 2);
  if (types::TrimBlanks(list).empty()) return result;
  size_t start = 0;
  int depth = 0;
  for (size_t i = 0; i <= list.size(); ++i) {
    const char c = i < list.size() ? list[i] : ',';
    if (i < list.size()) {
      if (c == '"') quoted = !quoted;
      if (!quoted && (c == '(' || c == '[')) ++depth;
      if (!quoted && (c == ')' || c == ']')) --depth;
    }
    if (i < list.size() && (c != ',' || quoted || depth > 0)) continue;
    const std::string_view argument = types::TrimBlanks(list.substr(start, i - start));
    if (argument.empty()) fail("expected a type name");
    result.arguments.push_back(argument);
    start = i + 1;
  }
  return result;
}

}  // namespace grizzly::session
