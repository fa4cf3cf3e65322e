// Shows: the command line and configuration files as PostgreSQL reads them, and its errors.
#include "server/server_settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/config/config_file.h"
#include "base/error/sql_error.h"
#include "server/default_files.h"

namespace grizzly::server {
namespace {

std::string ErrorOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const SqlError& error) {
    return error.diagnostic().message;
  }
  return "";
}

TEST(ConfigFileTest, Lines) {
  const auto entries = ParseConfigText(R"(# comment
Port = 5433   # comment
work_mem 4MB
search_path = '"$user", it''s'
x.y = 'a\tb\101'
e = on
)",
                                       "f");
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_EQ(entries[0].name, "port");
  EXPECT_EQ(entries[0].value, "5433");
  EXPECT_EQ(entries[0].line, 2);
  EXPECT_EQ(entries[1].value, "4MB");
  EXPECT_EQ(entries[2].value, "\"$user\", it's");
  EXPECT_EQ(entries[3].value, "a\tbA");
  EXPECT_EQ(ErrorOf([] { ParseConfigText("a = 1\nb = = 2\n", "f"); }),
            "syntax error in file \"f\" line 2, near token \"=\"");
  EXPECT_EQ(ErrorOf([] { ParseConfigText("a", "f"); }),
            "syntax error in file \"f\" line 1, near end of line");
  EXPECT_EQ(ErrorOf([] { ParseConfigText("a = 1 2", "f"); }),
            "syntax error in file \"f\" line 1, near token \"2\"");
}

TEST(ConfigFileTest, DefaultFileSetsOnePreparedLimitAndNamesTheRest) {
  EXPECT_EQ(ParseConfigText(kDefaultConfigFile, "f").size(), 1u);  // max_prepared_transactions
  // Each commented setting parses once its comment sign is gone.
  std::string text(kDefaultConfigFile);
  for (size_t at = text.find("\n#"); at != std::string::npos; at = text.find("\n#", at + 1)) {
    if (std::isalpha(static_cast<unsigned char>(text[at + 2]))) text.erase(at + 1, 1);
  }
  const auto folder = std::filesystem::temp_directory_path() / "grizzly_settings_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "all.conf") << text;
  const ServerSettings settings =
      LoadSettings({.data_directory = folder, .config_file = folder / "all.conf"});
  const ServerSettings defaults;
  EXPECT_GT(settings.options.size(), 15u);
  EXPECT_EQ(settings.listen_addresses, defaults.listen_addresses);
  EXPECT_EQ(settings.authentication_timeout_ms, defaults.authentication_timeout_ms);
  EXPECT_EQ(settings.tls.ciphers, defaults.tls.ciphers);
  EXPECT_EQ(settings.log.line_prefix, defaults.log.line_prefix);
  std::filesystem::remove_all(folder);
}

TEST(CommandLineTest, Flags) {
  ::unsetenv("PGDATA");
  ::unsetenv("PGPORT");
  const CommandLine line = ParseCommandLine({"-D", "d", "-p5433", "-h", "*", "-c", "Work-Mem=4MB", "--fsync=off",
                                             "-k", "/s", "--config-file", "c.conf", "-l", "-N", "7"});
  EXPECT_EQ(line.data_directory, "d");
  EXPECT_EQ(line.config_file, "c.conf");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"port", "5433"}, {"listen_addresses", "*"}, {"work_mem", "4MB"}, {"fsync", "off"},
      {"unix_socket_directories", "/s"}, {"ssl", "true"}, {"max_connections", "7"}};
  EXPECT_EQ(line.settings, expected);
  EXPECT_EQ(ErrorOf([] { ParseCommandLine({"-c", "x"}); }), "-c x requires a value");
  EXPECT_EQ(ErrorOf([] { ParseCommandLine({"--x"}); }), "--x requires a value");
  EXPECT_EQ(ErrorOf([] { ParseCommandLine({"x"}); }), "invalid argument: \"x\"");
  EXPECT_EQ(ErrorOf([] { ParseCommandLine({"-Z"}); }), "invalid argument: \"-Z\"");
  EXPECT_EQ(ErrorOf([] { ParseCommandLine({"-p"}); }), "option requires an argument -- 'p'");
}

TEST(ServerSettingsTest, Values) {
  const auto load = [](std::string name, std::string value) {
    return LoadSettings({.data_directory = "/nowhere", .settings = {{std::move(name), std::move(value)}}});
  };
  EXPECT_EQ(load("authentication_timeout", "2min").authentication_timeout_ms, 120'000);
  EXPECT_EQ(load("listen_addresses", " a, \"b\" ,,c").listen_addresses,
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(load("unix_socket_directories", "").unix_socket_directories.empty());
  EXPECT_TRUE(load("ssl", "Tr").ssl);
  EXPECT_EQ(load("log_destination", "jsonlog").log.format, log::Format::kJson);
  EXPECT_EQ(load("work_mem", "4MB").options.at("work_mem"), "4MB");
  EXPECT_EQ(load("http_port", "8080").options.count("http_port"), 0u);
  EXPECT_EQ(ErrorOf([&] { load("port", "abc"); }), "invalid value for parameter \"port\": \"abc\"");
  EXPECT_EQ(ErrorOf([&] { load("port", "99999"); }),
            "99999 is outside the valid range for parameter \"port\" (1 .. 65535)");
  EXPECT_EQ(ErrorOf([&] { load("authentication_timeout", "0"); }),
            "0 s is outside the valid range for parameter \"authentication_timeout\" (1 .. 600)");
  EXPECT_EQ(ErrorOf([&] { load("ssl", "maybe"); }), "parameter \"ssl\" requires a Boolean value");
  EXPECT_EQ(ErrorOf([&] { load("log_statement", "all"); }),
            "the value \"all\" of parameter \"log_statement\" is not supported");
  EXPECT_EQ(ErrorOf([&] { load("logging_collector", "no"); }), "");
  EXPECT_EQ(ErrorOf([&] { load("log_destination", "csvlog"); }),
            "log_destination \"csvlog\" is not supported");
  EXPECT_EQ(ErrorOf([&] { load("max_connections", "3"); }),
            "superuser_reserved_connections (3) must be less than max_connections (3)");
}

}  // namespace
}  // namespace grizzly::server
