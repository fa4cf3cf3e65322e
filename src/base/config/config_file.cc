#include "base/config/config_file.h"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error/sql_error.h"

namespace grizzly {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void ThrowSyntax(const std::string& file, int line, std::string_view token) {
  throw SqlError(SqlState::kConfigFileError,
                 token.empty()
                     ? fmt::format("syntax error in file \"{}\" line {}, near end of line", file, line)
                     : fmt::format("syntax error in file \"{}\" line {}, near token \"{}\"", file,
                                   line, token));
}

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80); }
bool IsNamePart(char c) {
  return IsNameStart(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '$';
}
bool IsBare(char c) {
  return IsNamePart(c) || c == '-' || c == '+' || c == ':' || c == '/' || c == '*' || c == ',' || c == '%';
}

// One line, token by token.
class LineParser {
 public:
  LineParser(std::string_view line, const std::string& file, int number)
      : rest_(line), file_(file), number_(number) {}

  // False when the line is empty or a comment.
  bool Entry(ConfigEntry& entry) {
    if (AtEnd()) return false;
    if (!IsNameStart(rest_[0])) ThrowSyntax(file_, number_, rest_.substr(0, 1));
    entry.name = Take(IsNamePart);
    for (char& c : entry.name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (AtEnd()) ThrowSyntax(file_, number_, "");
    if (rest_[0] == '=') {
      rest_.remove_prefix(1);
      if (AtEnd()) ThrowSyntax(file_, number_, "");
    }
    entry.value = rest_[0] == '\'' ? Quoted() : Bare();
    if (!AtEnd()) ThrowSyntax(file_, number_, rest_.substr(0, rest_.find_first_of(" \t")));
    entry.file = file_;
    entry.line = number_;
    return true;
  }

 private:
  bool AtEnd() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0]))) rest_.remove_prefix(1);
    return rest_.empty() || rest_[0] == '#';
  }
  std::string Take(bool (*belongs)(char)) {
    size_t size = 0;
    while (size < rest_.size() && belongs(rest_[size])) ++size;
    std::string token(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return token;
  }
  std::string Bare() {
    std::string value = Take(IsBare);
    if (value.empty()) ThrowSyntax(file_, number_, rest_.substr(0, 1));
    return value;
  }
  std::string Quoted() {
    const std::string_view start = rest_;
    rest_.remove_prefix(1);
    std::string value;
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '\'') {
        if (!rest_.starts_with('\'')) return value;
        rest_.remove_prefix(1);
        value += '\'';
      } else if (c == '\\' && !rest_.empty()) {
        value += Escaped();
      } else {
        value += c;
      }
    }
    ThrowSyntax(file_, number_, start);
  }
  char Escaped() {
    int octal = 0, digits = 0;
    while (digits < 3 && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '7') {
      octal = octal * 8 + (rest_[0] - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    if (digits > 0) return static_cast<char>(octal);
    const char c = rest_[0];
    rest_.remove_prefix(1);
    switch (c) {
      case 'b': return '\b';
      case 'f': return '\f';
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      default: return c;
    }
  }

  std::string_view rest_;
  const std::string& file_;
  const int number_;
};

void ReadInto(const std::string& path, int depth, std::vector<ConfigEntry>& entries);

void IncludeDirectory(const fs::path& folder, int depth, std::vector<ConfigEntry>& entries) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& each : fs::directory_iterator(folder, failed)) {
    const std::string name = each.path().filename().string();
    if (name.ends_with(".conf") && !name.starts_with('.')) names.push_back(each.path().string());
  }
  if (failed) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("could not open configuration directory \"{}\": {}", folder.string(),
                               failed.message()));
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) ReadInto(name, depth + 1, entries);
}

void ParseInto(std::string_view text, const std::string& file, int depth,
               std::vector<ConfigEntry>& entries) {
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    ConfigEntry entry;
    const bool found = LineParser(text.substr(0, end), file, number).Entry(entry);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!found) continue;
    const fs::path target = fs::path(file).parent_path() / entry.value;
    if (entry.name == "include") {
      ReadInto(target.string(), depth + 1, entries);
    } else if (entry.name == "include_if_exists") {
      if (fs::exists(target)) ReadInto(target.string(), depth + 1, entries);
    } else if (entry.name == "include_dir") {
      IncludeDirectory(target, depth, entries);
    } else {
      entries.push_back(std::move(entry));
    }
  }
}

void ReadInto(const std::string& path, int depth, std::vector<ConfigEntry>& entries) {
  if (depth > kIncludeDepthMax) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("could not open configuration file \"{}\": maximum nesting depth "
                               "exceeded",
                               path));
  }
  std::ifstream file(path);
  if (!file) {
    throw SqlError(SqlState::kConfigFileError, fmt::format("could not open configuration file \"{}\": {}",
                                                           path, strerror(errno)));
  }
  std::stringstream text;
  text << file.rdbuf();
  ParseInto(text.str(), path, depth, entries);
}

}  // namespace

std::vector<ConfigEntry> ParseConfigText(std::string_view text, const std::string& file) {
  std::vector<ConfigEntry> entries;
  ParseInto(text, file, 0, entries);
  return entries;
}

std::vector<ConfigEntry> ReadConfigFile(const std::string& path) {
  std::vector<ConfigEntry> entries;
  ReadInto(path, 0, entries);
  return entries;
}

}  // namespace grizzly
