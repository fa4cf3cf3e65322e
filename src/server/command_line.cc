#include "server/command_line.h"

#include <cctype>
#include <cstdlib>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

[[noreturn]] void Fail(std::string message) {
  throw SqlError(SqlState::kSyntaxError, std::move(message))
      .Hint("Try \"grizzlyd --help\" for more information.")
      .Fatal();
}

std::string SettingName(std::string_view text) {
  std::string name;
  for (const char c : text) {
    name += c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

void AddSetting(CommandLine& line, std::string_view text, std::string_view flag) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) Fail(fmt::format("{}{} requires a value", flag, text));
  std::string name = SettingName(text.substr(0, equals));
  std::string value(text.substr(equals + 1));
  if (name == "config_file") {
    line.config_file = std::move(value);
  } else if (name == "data_directory") {
    line.data_directory = std::move(value);
  } else if (name == "developer_fault") {
    line.developer_fault = std::move(value);
  } else {
    line.settings.emplace_back(std::move(name), std::move(value));
  }
}

// What a flag with an argument sets.
const char* SettingOfFlag(char flag) {
  switch (flag) {
    case 'B': return "shared_buffers";
    case 'N': return "max_connections";
    case 'S': return "work_mem";
    case 'h': return "listen_addresses";
    case 'k': return "unix_socket_directories";
    case 'p': return "port";
    default: return nullptr;
  }
}

// Flags without an argument. False for none of them.
bool TakePlainFlag(char flag, CommandLine& line) {
  switch (flag) {
    case 'e': line.settings.emplace_back("datestyle", "euro"); return true;
    case 'F': line.settings.emplace_back("fsync", "false"); return true;
    case 'i': line.settings.emplace_back("listen_addresses", "*"); return true;
    case 'l': line.settings.emplace_back("ssl", "true"); return true;
    case 'V': line.show_version = true; return true;
    case '?': line.show_help = true; return true;
    default: return false;
  }
}

void TakeFlagWithArgument(char flag, const std::string& value, CommandLine& line) {
  if (flag == 'D') {
    line.data_directory = value;
  } else if (flag == 'c') {
    AddSetting(line, value, "-c ");
  } else if (flag == 'd') {
    const int level = std::atoi(value.c_str());
    line.settings.emplace_back("log_min_messages", level > 0 ? fmt::format("debug{}", level) : "notice");
  } else {
    line.settings.emplace_back(SettingOfFlag(flag), value);
  }
}

}  // namespace

CommandLine ParseCommandLine(const std::vector<std::string>& arguments) {
  CommandLine line;
  if (const char* directory = std::getenv("PGDATA")) line.data_directory = directory;
  if (const char* port = std::getenv("PGPORT")) line.settings.emplace_back("port", port);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--check") {
      line.check = true;
    } else if (argument == "--help") {
      line.show_help = true;
    } else if (argument == "--version") {
      line.show_version = true;
    } else if (argument.starts_with("--")) {
      const bool has_value = argument.find('=') != std::string::npos;
      if (argument == "--config-file" && i + 1 < arguments.size()) {
        line.config_file = arguments[++i];
      } else if (!has_value) {
        Fail(fmt::format("{} requires a value", argument));
      } else {
        AddSetting(line, std::string_view(argument).substr(2), "--");
      }
    } else if (argument.size() >= 2 && argument[0] == '-') {
      const char flag = argument[1];
      if (argument.size() == 2 && TakePlainFlag(flag, line)) continue;
      if (flag != 'D' && flag != 'c' && flag != 'd' && SettingOfFlag(flag) == nullptr) {
        Fail(fmt::format("invalid argument: \"{}\"", argument));
      }
      if (argument.size() == 2 && i + 1 == arguments.size()) {
        Fail(fmt::format("option requires an argument -- '{}'", flag));
      }
      TakeFlagWithArgument(flag, argument.size() > 2 ? argument.substr(2) : arguments[++i], line);
    } else {
      Fail(fmt::format("invalid argument: \"{}\"", argument));
    }
  }
  return line;
}

std::string HelpText() {
  return R"(grizzlyd is the GrizzlyDB server. It speaks PostgreSQL's protocol.

Usage:
  grizzlyd -D DATADIR [OPTION]...

Options:
  -B SIZE            memory for the block cache (shared_buffers)
  -c NAME=VALUE      set run-time parameter
  -d 1-5             debugging level
  -D DATADIR         database directory; made and initialised when it is missing or empty
  -e                 use European date input format (DMY)
  -F                 turn fsync off
  -h HOSTNAME        host name or IP address to listen on
  -i                 listen on all addresses
  -k DIRECTORY       Unix-domain socket location
  -l                 enable SSL connections
  -N MAX-CONNECT     maximum number of allowed connections
  -p PORT            port number to listen on
  -S WORK-MEM        set amount of memory for sorts (in kB)
  -V, --version      output version information, then exit
  --check            check what is stored in DATADIR, then exit: 0 when all is well
  --NAME=VALUE       set run-time parameter
  --config-file FILE read settings from FILE instead of DATADIR/grizzlyd.conf
  -?, --help         show this help, then exit

Settings: see grizzlyd.conf in the data directory. Logins: pg_hba.conf beside it.
Signals: SIGTERM waits for clients to leave, SIGINT ends their sessions, SIGQUIT stops at once,
SIGHUP reads the configuration again.
)";
}

}  // namespace grizzly::server
