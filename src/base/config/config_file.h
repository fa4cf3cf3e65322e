// Configuration files as PostgreSQL writes them: name = value lines, comments, include directives.
//
// FORMAT   name [=] value; value bare, or in single quotes ('' and \' for a quote, \n \t \\ \ooo);
//          # begins a comment; include, include_if_exists, include_dir relative to the file
// ERRORS   F0000 config_file_error with PostgreSQL's "syntax error in file ..., near token ..."
// LIMITS   includes nest kIncludeDepthMax deep
// THREADS  free functions without state
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grizzly {

inline constexpr int kIncludeDepthMax = 10;

struct ConfigEntry {
  std::string name;  // lower case
  std::string value;
  std::string file;
  int line = 0;
};

// In file order: of two entries with one name the later counts.
std::vector<ConfigEntry> ParseConfigText(std::string_view text, const std::string& file);
std::vector<ConfigEntry> ReadConfigFile(const std::string& path);

}  // namespace grizzly
