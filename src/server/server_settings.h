// The settings the front door itself needs; all others go to the instance as they are.
//
// ERRORS   22023 invalid_parameter_value in PostgreSQL's words.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/log/log.h"
#include "server/command_line.h"
#include "server/pgwire/front_door.h"
#include "server/pgwire/tls.h"

namespace grizzly::server {

struct ServerSettings {
  std::string data_directory;
  std::string config_file;
  std::vector<std::string> listen_addresses{"localhost"};
  int port = 5432;
  std::vector<std::string> unix_socket_directories{"/tmp"};
  int max_connections = 100;
  int superuser_reserved_connections = 3;
  int64_t authentication_timeout_ms = 60'000;
  int tcp_keepalives_idle_s = 0;
  int tcp_keepalives_interval_s = 0;
  int tcp_keepalives_count = 0;
  bool ssl = false;
  TlsSettings tls{.certificate_file = "server.crt", .key_file = "server.key"};
  std::string hba_file = "pg_hba.conf";
  bool trust_beyond_loopback = false;
  int http_port = 0;
  std::string http_address = "127.0.0.1";
  log::Settings log;
  bool log_connections = false;
  bool log_disconnections = false;

  // Every PostgreSQL setting given, the ones above included, the last one of each name: for the
  // instance, which knows them all and refuses what it does not know.
  std::map<std::string, std::string> options;
};

// The command line over the configuration file over the defaults. A missing default file is none.
ServerSettings LoadSettings(const CommandLine& line);

// Files given relative are in the data directory.
std::string InDataDirectory(const ServerSettings& settings, const std::string& path);

// Integers with units, as the setting `name` of unit `unit` ("", "ms", "s") takes them.
int64_t ParseInteger(std::string_view name, std::string_view text, std::string_view unit, int64_t min,
                     int64_t max);
bool ParseBool(std::string_view name, std::string_view text);
// Items between commas, spaces around them dropped, double quotes taken off.
std::vector<std::string> ParseList(std::string_view text);

}  // namespace grizzly::server
