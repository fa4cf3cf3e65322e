// isolation_runner: runs isolation specs and compares the reports with expected/NAME.out.
//
//   isolation_runner --grizzlyd PATH [FILE|FOLDER]...      a grizzlyd of its own
//   isolation_runner --port PORT [FILE|FOLDER]...          a server that runs already
//   isolation_runner --oracle postgres15 [FILE|FOLDER]...  a private PostgreSQL 15
// Options:
//   --rewrite   write this server's reports into expected/
//   --keep      keep the server's folder, and say where it is
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "isolation/runner/spec_run.h"

namespace grizzly::test {
namespace {

namespace fs = std::filesystem;

struct CommandLine {
  TargetOptions target;
  bool rewrites = false;
  std::vector<std::string> paths;
};

CommandLine ReadCommandLine(int argument_count, char** arguments) {
  CommandLine line;
  ReadOptions(argument_count, arguments, line.target, [&](const std::string& word, const OptionValue&) {
    if (word == "--rewrite") {
      line.rewrites = true;
    } else if (word.starts_with("--")) {
      return false;
    } else {
      line.paths.push_back(word);
    }
    return true;
  });
  if (line.paths.empty()) line.paths.push_back("tests/isolation");
  // A deadlock is found by the last one to wait, soon enough not to be reported as waiting.
  line.target.server.settings.push_back("deadlock_timeout=20ms");
  return line;
}

std::vector<fs::path> SpecFiles(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".spec") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Execute(const Target& target, const std::string& sql) {
  PGconn* connection = PQconnectdb(target.ConnectionString("postgres").c_str());
  PQsetNoticeReceiver(connection, [](void*, const PGresult*) {}, nullptr);
  PGresult* result = PQexec(connection, sql.c_str());
  const bool succeeded = PQresultStatus(result) == PGRES_COMMAND_OK;
  const std::string error = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (!succeeded) throw std::runtime_error(error);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string FirstDifference(const std::string& expected, const std::string& actual) {
  std::istringstream expected_lines(expected), actual_lines(actual);
  std::string permutation, expected_line, actual_line;
  for (int line = 1;; ++line) {
    const bool has_expected = static_cast<bool>(std::getline(expected_lines, expected_line));
    const bool has_actual = static_cast<bool>(std::getline(actual_lines, actual_line));
    if (expected_line != actual_line || has_expected != has_actual) {
      return fmt::format("line {}, in {}\n    - {}\n    + {}", line, permutation,
                         has_expected ? expected_line : "(end)", has_actual ? actual_line : "(end)");
    }
    if (actual_line.starts_with("permutation:")) permutation = actual_line;
  }
}

bool RunFile(const fs::path& path, const Target& target, bool rewrites) {
  std::string database = "isolation_" + path.stem().string();
  std::replace_if(
      database.begin(), database.end(),
      [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  try {
    const Spec spec = ReadSpec(path);
    Execute(target, "DROP DATABASE IF EXISTS " + database);
    Execute(target, "CREATE DATABASE " + database);
    const std::string report = SpecRun(spec, target, database).Run();
    const fs::path expected = path.parent_path() / "expected" / path.stem().concat(".out");
    if (rewrites) {
      fs::create_directories(expected.parent_path());
      std::ofstream(expected) << report;
    } else if (report != ReadFile(expected)) {
      const fs::path actual = fs::temp_directory_path() / path.stem().concat(".out");
      std::ofstream(actual) << report;
      fmt::print("FAILED {}: {} (the whole report: {})\n", path.string(),
                 FirstDifference(ReadFile(expected), report), actual.string());
      return false;
    }
    fmt::print("ok     {} ({} permutations)\n", path.string(), spec.permutations.size());
    return true;
  } catch (const std::runtime_error& error) {
    fmt::print("FAILED {}: {}\n", path.string(), error.what());
    return false;
  }
}

int Main(int argument_count, char** arguments) {
  const CommandLine line = ReadCommandLine(argument_count, arguments);
  const std::unique_ptr<Target> target = MakeTarget(line.target);
  const std::vector<fs::path> files = SpecFiles(line.paths);
  size_t passed = 0;
  for (const fs::path& path : files) {
    passed += RunFile(path, *target, line.rewrites) ? 1 : 0;
    std::fflush(stdout);
  }
  fmt::print("{} of {} specs passed on {}\n", passed, files.size(), target->name());
  return passed == files.size() ? 0 : 1;
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  try {
    return grizzly::test::Main(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "isolation_runner: {}\n", error.what());
    return 2;
  }
}
