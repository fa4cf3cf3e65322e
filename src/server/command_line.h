// grizzlyd's command line: PostgreSQL's flags.
//
// ERRORS  42601 syntax_error with a sentence and the way to --help.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace grizzly::server {

struct CommandLine {
  std::string data_directory;  // -D, or PGDATA
  std::string config_file;     // --config-file; empty: grizzlyd.conf in the data directory
  std::vector<std::pair<std::string, std::string>> settings;  // in order; names in lower case
  // -c developer_fault=NAME, for tests: one check of isolation is off (txn::PlantedFault). Nowhere else.
  std::string developer_fault;
  bool show_help = false;
  bool show_version = false;
  bool check = false;  // read and check what is stored, then end
};

CommandLine ParseCommandLine(const std::vector<std::string>& arguments);
std::string HelpText();

}  // namespace grizzly::server
