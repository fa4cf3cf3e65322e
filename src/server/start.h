// From the command line to a running process: what main() does, with the instance's factory given.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "session/session.h"

namespace grizzly::server {

inline constexpr std::string_view kProductVersion = "0.1.0";

// What the server hands to the instance.
struct InstanceStart {
  std::string data_directory;  // absolute
  std::string config_file;
  std::map<std::string, std::string> options;  // every PostgreSQL setting given, names in lower case
  std::string developer_fault;                 // for tests; empty: none
};

using OpenInstance = std::function<std::unique_ptr<session::Instance>(const InstanceStart&)>;

// Runs until shutdown. The process's exit status: 0 after a clean stop, 1 when it could not start.
int RunServer(const std::vector<std::string>& arguments, const OpenInstance& open);

// Makes the directory when it is missing and checks who may read it. Writes pg_hba.conf and
// grizzlyd.conf into a fresh one. Throws FATAL in PostgreSQL's words.
void PrepareDataDirectory(const std::string& directory);
void WriteDefaultFiles(const std::string& directory);

}  // namespace grizzly::server
