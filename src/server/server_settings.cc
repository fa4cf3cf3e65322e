#include "server/server_settings.h"

#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/config/config_file.h"
#include "base/error/sql_error.h"
#include "session/settings.h"

namespace grizzly::server {
namespace {

[[noreturn]] void ThrowInvalid(std::string_view name, std::string_view text, std::string hint = "") {
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for parameter \"{}\": \"{}\"", name, text))
      .Hint(std::move(hint));
}

struct Unit {
  std::string_view name;
  double us;
};
constexpr Unit kUnits[] = {{"us", 1},          {"ms", 1e3},      {"s", 1e6},
                           {"min", 60e6},      {"h", 3600e6},    {"d", 86400e6}};

double UnitMicroseconds(std::string_view unit) {
  for (const Unit& each : kUnits) {
    if (each.name == unit) return each.us;
  }
  return 0;
}

log::Format ParseDestination(std::string_view text) {
  const std::vector<std::string> list = ParseList(text);
  if (list.size() == 1 && list[0] == "stderr") return log::Format::kText;
  if (list.size() == 1 && list[0] == "jsonlog") return log::Format::kJson;
  for (const std::string& item : list) {
    if (item == "csvlog" || item == "syslog" || item == "eventlog") {
      ThrowNotSupported(fmt::format("log_destination \"{}\"", item));
    }
    if (item != "stderr" && item != "jsonlog") ThrowInvalid("log_destination", text);
  }
  if (list.empty()) ThrowInvalid("log_destination", text);
  ThrowNotSupported("a log_destination of both stderr and jsonlog");
}

using Setter = std::function<void(ServerSettings&, const std::string&)>;

Setter Integer(std::string name, int ServerSettings::*field, std::string unit, int64_t min, int64_t max) {
  return [=](ServerSettings& s, const std::string& text) {
    s.*field = static_cast<int>(ParseInteger(name, text, unit, min, max));
  };
}
Setter Bool(std::string name, bool ServerSettings::*field) {
  return [=](ServerSettings& s, const std::string& text) { s.*field = ParseBool(name, text); };
}
Setter Text(std::string ServerSettings::*field) {
  return [=](ServerSettings& s, const std::string& text) { s.*field = text; };
}
Setter List(std::vector<std::string> ServerSettings::*field) {
  return [=](ServerSettings& s, const std::string& text) { s.*field = ParseList(text); };
}
Setter Tls(std::string TlsSettings::*field) {
  return [=](ServerSettings& s, const std::string& text) { s.tls.*field = text; };
}

const std::map<std::string, Setter>& Setters() {
  using S = ServerSettings;
  constexpr int kConnectionsMax = 262'143;
  static const std::map<std::string, Setter> setters = {
      {"listen_addresses", List(&S::listen_addresses)},
      {"port", Integer("port", &S::port, "", 1, 65'535)},
      {"unix_socket_directories", List(&S::unix_socket_directories)},
      {"max_connections", Integer("max_connections", &S::max_connections, "", 1, kConnectionsMax)},
      {"superuser_reserved_connections",
       Integer("superuser_reserved_connections", &S::superuser_reserved_connections, "", 0,
               kConnectionsMax)},
      {"authentication_timeout",
       [](S& s, const std::string& text) {
         s.authentication_timeout_ms =
             1000 * ParseInteger("authentication_timeout", text, "s", 1, 600);
       }},
      {"tcp_keepalives_idle",
       Integer("tcp_keepalives_idle", &S::tcp_keepalives_idle_s, "s", 0, INT32_MAX)},
      {"tcp_keepalives_interval",
       Integer("tcp_keepalives_interval", &S::tcp_keepalives_interval_s, "s", 0, INT32_MAX)},
      {"tcp_keepalives_count",
       Integer("tcp_keepalives_count", &S::tcp_keepalives_count, "", 0, INT32_MAX)},
      {"ssl", Bool("ssl", &S::ssl)},
      {"ssl_cert_file", Tls(&TlsSettings::certificate_file)},
      {"ssl_key_file", Tls(&TlsSettings::key_file)},
      {"ssl_ciphers", Tls(&TlsSettings::ciphers)},
      {"ssl_min_protocol_version", Tls(&TlsSettings::min_protocol_version)},
      {"hba_file", Text(&S::hba_file)},
      {"trust_beyond_loopback", Bool("trust_beyond_loopback", &S::trust_beyond_loopback)},
      {"http_port", Integer("http_port", &S::http_port, "", 0, 65'535)},
      {"http_address", Text(&S::http_address)},
      {"log_destination",
       [](S& s, const std::string& text) { s.log.format = ParseDestination(text); }},
      {"log_min_messages",
       [](S& s, const std::string& text) {
         const std::optional<Severity> severity = log::ParseSeverity(text);
         if (!severity) {
           ThrowInvalid("log_min_messages", text,
                        "Available values: debug5, debug4, debug3, debug2, debug1, info, notice, "
                        "warning, error, log, fatal, panic.");
         }
         s.log.severity_min = *severity;
       }},
      {"log_line_prefix",
       [](S& s, const std::string& text) { s.log.line_prefix = text; }},
      {"log_connections", Bool("log_connections", &S::log_connections)},
      {"log_disconnections", Bool("log_disconnections", &S::log_disconnections)},
  };
  return setters;
}

// Settings that PostgreSQL does not have: the front door's alone.
bool IsOurOwn(const std::string& name) {
  return name == "http_port" || name == "http_address" || name == "trust_beyond_loopback";
}

// PostgreSQL's settings of the front door that have one value here. Any other is refused, not ignored.
struct FixedSetting {
  std::string_view name;
  std::string_view value;
};
constexpr FixedSetting kFixedSettings[] = {
    {"bonjour", "off"},
    {"data_directory", ""},
    {"db_user_namespace", "off"},
    {"external_pid_file", ""},
    {"log_duration", "off"},
    {"log_hostname", "off"},
    {"log_min_duration_statement", "-1"},
    {"log_replication_commands", "off"},
    {"log_statement", "none"},
    {"logging_collector", "off"},
    {"ssl_ca_file", ""},
    {"ssl_crl_dir", ""},
    {"ssl_crl_file", ""},
    {"ssl_dh_params_file", ""},
    {"ssl_ecdh_curve", "prime256v1"},
    {"ssl_max_protocol_version", ""},
    {"ssl_passphrase_command", ""},
    {"ssl_prefer_server_ciphers", "on"},
    {"tcp_user_timeout", "0"},
    {"unix_socket_group", ""},
    {"unix_socket_permissions", "0777"},
};

void RefuseUnsupported(std::string_view name, std::string_view value) {
  for (const FixedSetting& fixed : kFixedSettings) {
    if (fixed.name != name || fixed.value == value) continue;
    if (fixed.value == "on" && ParseBool(name, value)) continue;
    if (fixed.value == "off" && !ParseBool(name, value)) continue;
    ThrowNotSupported(fmt::format("the value \"{}\" of parameter \"{}\"", value, name));
  }
}

void Apply(ServerSettings& settings, const std::string& name, const std::string& value) {
  RefuseUnsupported(name, value);
  const auto setter = Setters().find(name);
  if (setter != Setters().end()) setter->second(settings, value);
  if (IsOurOwn(name)) return;
  session::CanonicalSetting(name, value);  // the instance refuses it as well, without knowing where it stands
  settings.options[name] = value;
}

}  // namespace

int64_t ParseInteger(std::string_view name, std::string_view text, std::string_view unit, int64_t min,
                     int64_t max) {
  const std::string terminated(text);
  char* end = nullptr;
  errno = 0;
  double value = std::strtod(terminated.c_str(), &end);
  if (end == terminated.c_str() || errno == ERANGE || !std::isfinite(value)) ThrowInvalid(name, text);
  while (*end == ' ') ++end;
  std::string_view given(end);
  while (given.ends_with(' ')) given.remove_suffix(1);
  if (!given.empty()) {
    const double us = unit.empty() ? 0 : UnitMicroseconds(given);
    if (us == 0) {
      ThrowInvalid(name, text,
                   unit.empty() ? ""
                                : "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", "
                                  "\"h\", and \"d\".");
    }
    value = value * us / UnitMicroseconds(unit);
  }
  const auto rounded = static_cast<int64_t>(std::rint(value));
  if (value < static_cast<double>(INT32_MIN) || rounded < min || rounded > max) {
    const std::string suffix = unit.empty() ? "" : " " + std::string(unit);
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("{}{} is outside the valid range for parameter \"{}\" ({} .. {})",
                               rounded, suffix, name, min, max));
  }
  return rounded;
}

bool ParseBool(std::string_view name, std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto begins = [&](std::string_view word, size_t least) {
    return lower.size() >= least && word.substr(0, lower.size()) == lower;
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || lower == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || lower == "0") return false;
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("parameter \"{}\" requires a Boolean value", name));
}

std::vector<std::string> ParseList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (item.size() >= 2 && item.starts_with('"') && item.ends_with('"')) {
      item = item.substr(1, item.size() - 2);
    }
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

ServerSettings LoadSettings(const CommandLine& line) {
  ServerSettings settings;
  settings.data_directory = line.data_directory;
  settings.config_file =
      line.config_file.empty() ? line.data_directory + "/grizzlyd.conf" : line.config_file;
  if (!line.config_file.empty() || ::access(settings.config_file.c_str(), F_OK) == 0) {
    for (const ConfigEntry& entry : ReadConfigFile(settings.config_file)) {
      try {
        Apply(settings, entry.name, entry.value);
      } catch (SqlError& error) {
        error.AddContext(fmt::format("line {} of configuration file \"{}\"", entry.line, entry.file));
        throw;
      }
    }
  }
  for (const auto& [name, value] : line.settings) Apply(settings, name, value);
  if (settings.superuser_reserved_connections >= settings.max_connections) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("superuser_reserved_connections ({}) must be less than "
                               "max_connections ({})",
                               settings.superuser_reserved_connections, settings.max_connections));
  }
  return settings;
}

std::string InDataDirectory(const ServerSettings& settings, const std::string& path) {
  return path.starts_with('/') ? path : settings.data_directory + "/" + path;
}

}  // namespace grizzly::server
