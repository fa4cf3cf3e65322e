#include "sql/runner/configuration.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace grizzly::test {
namespace {

std::string Trim(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Configuration ReadConfiguration(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  Configuration configuration;
  configuration.name = std::filesystem::path(path).stem();
  int line_number = 0;
  for (std::string line; std::getline(in, line);) {
    ++line_number;
    line = Trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const size_t equals = line.find('=');
    const std::string name = Trim(line.substr(0, equals));
    const std::string value = equals == std::string::npos ? "" : Trim(line.substr(equals + 1));
    if (name == "protocol" && (value == "simple" || value == "extended")) {
      configuration.protocol = value == "simple" ? Protocol::kSimple : Protocol::kExtended;
    } else if (name.starts_with("server.") && !value.empty()) {
      configuration.server_settings.push_back(name.substr(7) + "=" + value);
    } else if (name.starts_with("session.") && !value.empty()) {
      configuration.session_commands.push_back(fmt::format("SET {} = '{}'", name.substr(8), value));
    } else {
      throw std::runtime_error(fmt::format("{}:{}: not understood: {}", path, line_number, line));
    }
  }
  return configuration;
}

}  // namespace grizzly::test
