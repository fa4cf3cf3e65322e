// history_checker: random concurrent transactions, and a search for what their isolation level forbids.
//
//   history_checker --grizzlyd PATH | --port PORT | --oracle postgres15
// Options:
//   --level LEVEL      read-committed, repeatable-read, serializable; default: all
//   --histories N      of each level; default 300
//   --seed S           the first history's; the others follow. Default: from the clock
//   --seconds S        stop after that time
//   --fault NAME       plants a fault (row-lock, stale-row, snapshot, read-tracking) into --grizzlyd, and
//                      succeeds only when the checker cries
//   --no-ddl, --verbose, --keep
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <random>
#include <stdexcept>

#include "history/checker.h"
#include "history/history_run.h"
#include "history/workload.h"
#include "support/target.h"

namespace grizzly::history {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kHistoriesPerTables = 25;

struct CommandLine {
  test::TargetOptions target;
  std::vector<Level> levels = {Level::kReadCommitted, Level::kRepeatableRead, Level::kSerializable};
  int histories = 300;
  double seconds = 1e9;
  uint64_t seed = 0;
  std::string fault;
  bool with_ddl = true;
  bool verbose = false;
};

std::vector<Level> LevelNamed(const std::string& name) {
  if (name == "read-committed") return {Level::kReadCommitted};
  if (name == "repeatable-read") return {Level::kRepeatableRead};
  if (name == "serializable") return {Level::kSerializable};
  throw std::runtime_error("unknown level " + name);
}

CommandLine ReadCommandLine(int argument_count, char** arguments) {
  CommandLine line;
  line.seed = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  test::ReadOptions(argument_count, arguments, line.target, [&](const std::string& word, const test::OptionValue& value) {
    if (word == "--level") {
      line.levels = LevelNamed(value());
    } else if (word == "--histories") {
      line.histories = std::stoi(value());
    } else if (word == "--seconds") {
      line.seconds = std::stod(value());
    } else if (word == "--seed") {
      line.seed = std::stoull(value());
    } else if (word == "--fault") {
      line.fault = value();
    } else if (word == "--no-ddl") {
      line.with_ddl = false;
    } else if (word == "--verbose") {
      line.verbose = true;
    } else {
      return false;
    }
    return true;
  });
  if (!line.fault.empty()) line.target.server.settings.push_back("developer_fault=" + line.fault);
  return line;
}

struct Tally {
  int histories = 0;
  std::map<std::string, int> outcomes;  // "committed", or the SQLSTATE it failed with

  void Count(const History& history) {
    ++histories;
    for (const Txn& txn : history.txns) {
      ++outcomes[txn.outcome == Outcome::kCommitted ? "committed" : txn.error];
    }
  }
};

class Search {
 public:
  Search(const CommandLine& line, const test::Target& target)
      : line_(line), run_(target.ConnectionString("postgres")),
        shapes_(target.name() == "postgres15" ? kShapeCount - 1 : kShapeCount) {}

  // False when an anomaly was found, and said.
  bool Run(Level level) {
    Tally tally;
    const auto start = Clock::now();
    const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    for (int i = 0; i < line_.histories && seconds() < line_.seconds; ++i) {
      const Shape shape = static_cast<Shape>(i / kHistoriesPerTables % shapes_);
      if (i % kHistoriesPerTables == 0) run_.MakeTables(shape);
      History history = PlanHistory(line_.seed + static_cast<uint64_t>(i), level, line_.with_ddl);
      run_.Play(history);
      tally.Count(history);
      if (line_.verbose) fmt::print("seed {}\n{}", history.seed, Describe(history));
      const std::string anomaly = FindAnomaly(history);
      if (anomaly.empty()) continue;
      fmt::print("{}: seed {} with {}, after {} histories and {:.1f} s\n  {}\n{}", LevelName(level),
                 history.seed, ShapeName(shape), tally.histories, seconds(), anomaly,
                 Describe(history));
      return false;
    }
    fmt::print("{}: {} histories in {:.1f} s, no anomaly;", LevelName(level), tally.histories,
               seconds());
    for (const auto& [outcome, count] : tally.outcomes) fmt::print(" {} {}", count, outcome);
    fmt::print("\n");
    std::fflush(stdout);
    return true;
  }

 private:
  const CommandLine& line_;
  HistoryRun run_;
  const int shapes_;
};

int Main(int argument_count, char** arguments) {
  const CommandLine line = ReadCommandLine(argument_count, arguments);
  const std::unique_ptr<test::Target> target = test::MakeTarget(line.target);
  fmt::print("first seed {} on {}\n", line.seed, target->name());
  Search search(line, *target);
  bool found = false;
  for (const Level level : line.levels) found |= !search.Run(level);
  if (line.fault.empty()) return found ? 1 : 0;
  fmt::print("the fault {} was {}\n", line.fault, found ? "found" : "not found");
  return found ? 0 : 1;
}

}  // namespace
}  // namespace grizzly::history

int main(int argument_count, char** arguments) {
  try {
    return grizzly::history::Main(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "history_checker: {}\n", error.what());
    return 2;
  }
}
