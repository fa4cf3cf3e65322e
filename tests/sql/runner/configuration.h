// A way to run every .test file: protocol, server settings, files left out (tests/sql/configs/*.conf).
//
// FORMAT  lines of `name = value`; # begins a comment
//           protocol = simple | extended
//           server.NAME = VALUE     passed to the server with -c, may come several times
//           session.NAME = VALUE    SET at the start of each connection
#pragma once

#include <string>
#include <vector>

#include "sql/runner/client.h"

namespace grizzly::test {

struct Configuration {
  std::string name = "simple";
  Protocol protocol = Protocol::kSimple;
  std::vector<std::string> server_settings;   // "name=value"
  std::vector<std::string> session_commands;  // "SET name = 'value'"
};

// Throws std::runtime_error with a sentence.
Configuration ReadConfiguration(const std::string& path);

}  // namespace grizzly::test
