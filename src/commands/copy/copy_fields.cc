#include "commands/copy/copy_fields.h"

#include <cstring>

#include "base/error/sql_error.h"

namespace grizzly::commands {
namespace {

bool IsOctal(char c) { return c >= '0' && c <= '7'; }
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The control character a letter stands for behind a backslash, or '\0'.
char ControlOf(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return '\0';
  }
}

char LetterOf(char control) {
  switch (control) {
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\v': return 'v';
    default: return '\0';
  }
}

}  // namespace

const std::vector<CopyFieldReader::Field>& CopyFieldReader::Split(std::string_view line) {
  fields_.clear();
  unescaped_.clear();
  if (options_.csv) {
    SplitCsv(line);
  } else if (std::memchr(line.data(), '\\', line.size()) == nullptr) {
    SplitText(line);
  } else {
    SplitEscapedText(line);
  }
  return fields_;
}

void CopyFieldReader::SplitText(std::string_view line) {
  while (true) {
    const size_t end = line.find(options_.delimiter);
    const std::string_view field = line.substr(0, end);
    fields_.push_back({field, field == options_.null_text, false});
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

// Handles the escape that starts at line[at] ('\\'); returns where it ends.
size_t CopyFieldReader::AppendEscape(std::string_view line, size_t at) {
  if (at + 1 >= line.size()) {
    unescaped_.push_back('\\');
    return at + 1;
  }
  const char c = line[at + 1];
  if (IsOctal(c)) {
    int value = 0;
    size_t end = at + 1;
    while (end < line.size() && end < at + 4 && IsOctal(line[end])) {
      value = value * 8 + (line[end++] - '0');
    }
    unescaped_.push_back(static_cast<char>(value & 0xFF));
    return end;
  }
  if (c == 'x' && at + 2 < line.size() && HexDigit(line[at + 2]) >= 0) {
    int value = 0;
    size_t end = at + 2;
    while (end < line.size() && end < at + 4 && HexDigit(line[end]) >= 0) {
      value = value * 16 + HexDigit(line[end++]);
    }
    unescaped_.push_back(static_cast<char>(value));
    return end;
  }
  const char control = ControlOf(c);
  unescaped_.push_back(control != '\0' ? control : c);
  return at + 2;
}

void CopyFieldReader::SplitEscapedText(std::string_view line) {
  // The unescaped text is never longer than the line, so views into it stay.
  unescaped_.reserve(line.size() + 1);
  size_t at = 0;
  while (true) {
    const size_t raw_begin = at;
    const size_t begin = unescaped_.size();
    while (at < line.size() && line[at] != options_.delimiter) {
      if (line[at] == '\\') {
        at = AppendEscape(line, at);
      } else {
        unescaped_.push_back(line[at++]);
      }
    }
    const std::string_view raw = line.substr(raw_begin, at - raw_begin);
    fields_.push_back(
        {std::string_view(unescaped_).substr(begin), raw == options_.null_text, false});
    if (at >= line.size()) return;
    ++at;
  }
}

void CopyFieldReader::SplitCsv(std::string_view line) {
  unescaped_.reserve(line.size() + 1);
  size_t at = 0;
  while (true) {
    const size_t begin = unescaped_.size();
    bool in_quote = false, was_quoted = false;
    for (; at < line.size(); ++at) {
      const char c = line[at];
      if (!in_quote) {
        if (c == options_.delimiter) break;
        if (c == options_.quote) {
          in_quote = was_quoted = true;
          continue;
        }
      } else {
        const bool next_is_special =
            at + 1 < line.size() &&
            (line[at + 1] == options_.quote || line[at + 1] == options_.escape);
        if (c == options_.escape && next_is_special) {
          unescaped_.push_back(line[++at]);
          continue;
        }
        if (c == options_.quote) {
          in_quote = false;
          continue;
        }
      }
      unescaped_.push_back(c);
    }
    if (in_quote) {
      throw SqlError(SqlState::kBadCopyFileFormat, "unterminated CSV quoted field");
    }
    const std::string_view text = std::string_view(unescaped_).substr(begin);
    fields_.push_back({text, !was_quoted && text == options_.null_text, was_quoted});
    if (at >= line.size()) return;
    ++at;
  }
}

void AppendCopyText(std::string_view value, char delimiter, std::string* out) {
  for (const char c : value) {
    if (const char letter = LetterOf(c)) {
      out->push_back('\\');
      out->push_back(letter);
      continue;
    }
    if (c == '\\' || c == delimiter) out->push_back('\\');
    out->push_back(c);
  }
}

void AppendCopyCsv(std::string_view value, const CopyOptions& options, bool force_quote,
                   bool is_only_column, std::string* out) {
  bool quote = force_quote || value == options.null_text || (is_only_column && value == "\\.");
  for (size_t i = 0; !quote && i < value.size(); ++i) {
    const char c = value[i];
    quote = c == options.delimiter || c == options.quote || c == '\n' || c == '\r';
  }
  if (!quote) {
    out->append(value);
    return;
  }
  out->push_back(options.quote);
  for (const char c : value) {
    if (c == options.quote || c == options.escape) out->push_back(options.escape);
    out->push_back(c);
  }
  out->push_back(options.quote);
}

}  // namespace grizzly::commands
