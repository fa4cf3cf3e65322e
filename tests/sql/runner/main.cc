// sql_runner: runs .test files through a server's socket (the language: tests/sql/README.md).
//
//   sql_runner --grizzlyd PATH [FILE|FOLDER]...      a grizzlyd of its own
//   sql_runner --port PORT [FILE|FOLDER]...          a server that runs already
//   sql_runner --oracle postgres15 [FILE|FOLDER]...  a private PostgreSQL 15
// Options:
//   --config NAME|PATH   one of tests/sql/configs/*.conf (default: simple)
//   --rewrite            write this server's answers into the files
//   --single-db NAME     run in this database instead of a fresh one for each file
//   --keep               keep the server's folder, and say where it is
//   --verbose            name files that pass, too
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "sql/runner/file_run.h"
#include "support/target.h"

namespace grizzly::test {
namespace {

struct CommandLine {
  TargetOptions target;
  std::string config = "simple";
  RunOptions run;
  bool is_verbose = false;
  std::vector<std::string> paths;
};

CommandLine ReadCommandLine(int argument_count, char** arguments) {
  CommandLine line;
  ReadOptions(argument_count, arguments, line.target, [&](const std::string& word, const OptionValue& value) {
    if (word == "--config") {
      line.config = value();
    } else if (word == "--single-db") {
      line.run.single_database = value();
    } else if (word == "--rewrite") {
      line.run.rewrites = true;
    } else if (word == "--verbose") {
      line.is_verbose = true;
    } else if (word.starts_with("--")) {
      return false;
    } else {
      line.paths.push_back(word);
    }
    return true;
  });
  if (line.paths.empty()) line.paths.push_back("tests/sql");
  return line;
}


// A server that was lost is shown with its log, and started again for the next file.
void Revive(Target& target) {
  if (!target.CanRestart()) return;
  fmt::print("the server's log ends:\n{}\n", target.LogTail());
  target.Restart(/*with_kill=*/true);
}

int RunAll(const CommandLine& line, Target& target, const Configuration& configuration) {
  using Clock = std::chrono::steady_clock;
  int failed_files = 0, records = 0, failures = 0;
  const std::vector<std::string> files = ScriptsBelow(line.paths);
  for (const std::string& path : files) {
    const auto start = Clock::now();
    FileResult result;
    try {
      result = FileRun(path, target, configuration, line.run).Run();
    } catch (const std::exception& error) {
      result.failures.push_back(fmt::format("{}: {}", path, error.what()));
    }
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
    records += result.record_count;
    failures += static_cast<int>(result.failures.size());
    failed_files += result.failures.empty() ? 0 : 1;
    if (line.is_verbose || !result.failures.empty()) {
      fmt::print("{} {} ({} records, {} ms)\n", result.failures.empty() ? "ok    " : "FAILED", path,
                 result.record_count, milliseconds);
    }
    for (const std::string& failure : result.failures) fmt::print("  {}\n", failure);
    if (result.server_is_lost) Revive(target);
    std::fflush(stdout);
  }
  fmt::print("{} of {} files passed on {} ({}); {} records, {} differ\n", files.size() - failed_files,
             files.size(), target.name(), configuration.name, records, failures);
  return failed_files == 0 ? 0 : 1;
}

int Main(int argument_count, char** arguments) {
  CommandLine line = ReadCommandLine(argument_count, arguments);
  const bool is_path = line.config.find('/') != std::string::npos;
  const Configuration configuration =
      ReadConfiguration(is_path ? line.config : "tests/sql/configs/" + line.config + ".conf");
  if (line.target.server.kind == ServerKind::kGrizzlyd) {
    line.target.server.settings = configuration.server_settings;
  }
  const std::unique_ptr<Target> target = MakeTarget(line.target);
  return RunAll(line, *target, configuration);
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  try {
    return grizzly::test::Main(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "sql_runner: {}\n", error.what());
    return 2;
  }
}
