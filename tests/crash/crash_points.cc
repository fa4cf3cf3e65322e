// crash_points: the server dies, or its disk fails, at named points of its work; then everything is checked.
//
//   crash_points --grizzlyd PATH [--rounds 12] [--point NAME] [--seed N] [--keep]
//
// Each round takes the next point and a random moment of it. After the restart every workload must have all
// steps it was told were done, and no half step; `grizzlyd --check` compares indexes, tables, references.
// Rounds go on with the data of the rounds before.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <thread>

#include "crash/workload.h"
#include "support/target.h"

namespace grizzly::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Point {
  const char* name;
  const char* fault;     // GRIZZLY_FAULT without its number
  int number_max;        // the moment: 1 ... number_max
  const char* workload;  // alone; null: all at once
  bool at_start = false;  // the fault is for the restart after a kill
  bool dies = true;       // false: the disk fails, for so many operations as `count`
  int count = 1;
};

constexpr Point kPoints[] = {
    {"before log write", "kill:append:.log", 400, nullptr},
    {"after log write, before apply", "kill_after:sync:.log", 400, nullptr},
    {"while writes move to disk", "kill:append:sorted/", 20, "big updates"},
    {"during ingestion", "kill:sync:.sst", 8, "big updates"},
    {"before the manifest", "kill:append:MANIFEST", 2, "big updates"},
    {"after the manifest", "kill_after:sync:MANIFEST", 2, "big updates"},
    {"during DDL", "kill:append:.log", 300, "schema changes"},
    {"after DDL's log write", "kill_after:sync:.log", 150, "schema changes"},
    {"during a columnar move", "kill:append:.log", 30, "columnar moves"},
    {"after a columnar move's log write", "kill_after:append:.log", 30, "columnar moves"},
    {"during an index build", "kill_after:append:.log", 60, "index builds"},
    {"between the phases", "kill_after:sync:.log", 150, "two-phase commits"},
    {"during recovery", "kill:write:", 25, nullptr, /*at_start=*/true},
    {"full disk", "enospc:append:", 300, nullptr, false, /*dies=*/false, /*count=*/40},
    {"full disk for the log", "enospc:append:.log", 200, nullptr, false, /*dies=*/false, 25},
    {"log write fails", "eio:append:.log", 200, nullptr, false, /*dies=*/false, 1},
    {"log sync fails", "eio:sync:.log", 200, nullptr, false, /*dies=*/false, 1},
};

struct CommandLine {
  TargetOptions target;
  int rounds = static_cast<int>(std::size(kPoints));
  std::string point;
  uint64_t seed = std::random_device{}();
};

CommandLine ReadCommandLine(int argument_count, char** arguments) {
  CommandLine line;
  ReadOptions(argument_count, arguments, line.target, [&](const std::string& word, const OptionValue& value) {
    if (word == "--rounds") {
      line.rounds = std::stoi(value());
    } else if (word == "--point") {
      line.point = value();
    } else if (word == "--seed") {
      line.seed = std::stoull(value());
    } else {
      return false;
    }
    return true;
  });
  return line;
}

class CrashRounds {
 public:
  explicit CrashRounds(const CommandLine& line)
      : server_(line.target.server), workloads_(AllWorkloads()), random_(line.seed) {
    if (line.target.keeps) server_.KeepFolder();
    server_.StartSeconds();
    for (const auto& workload : workloads_) {
      workload->PrepareOn(server_.ConnectionString("postgres"));
    }
    server_.Stop();
  }

  // What is wrong; empty: nothing.
  std::string Play(const Point& point) {
    const int number = std::uniform_int_distribution<int>(1, point.number_max)(random_);
    fault_ = fmt::format("GRIZZLY_FAULT={}:{}:{}", point.fault, number, point.count);
    StartWith(point.at_start ? "" : fault_);
    RunWorkloads(point);
    if (server_.IsRunning()) {
      died_ = false;
      server_.Kill();
    } else {
      died_ = true;
    }
    for (const auto& workload : workloads_) workload->Stop();
    if (point.at_start) {
      StartWith(fault_);  // dies on the way, or has not as many operations
      died_ = !server_.IsRunning();
      server_.Kill();
    }
    StartWith("");
    std::string wrong;
    if (!server_.IsRunning()) return "the server does not start:\n" + server_.LogTail();
    for (const auto& workload : workloads_) {
      wrong += workload->Check(server_.ConnectionString("postgres"));
    }
    server_.Stop();
    return wrong + server_.CheckData();
  }

  bool died() const { return died_; }
  const std::string& fault() const { return fault_; }
  int64_t acknowledged() const {
    int64_t steps = 0;
    for (const auto& workload : workloads_) steps += workload->acknowledged();
    return steps;
  }

 private:
  static constexpr std::chrono::milliseconds kRoundMax{1500};
  static constexpr std::chrono::milliseconds kRoundOfOneMax{4000};

  // A server that dies while it starts is no error here.
  void StartWith(const std::string& environment) {
    server_.SetEnvironment(environment);
    try {
      server_.StartSeconds();
    } catch (const std::runtime_error&) {
      if (server_.IsRunning()) throw;
    }
  }
  void RunWorkloads(const Point& point) {
    const std::vector<std::string> expected =
        point.dies ? std::vector<std::string>()
                   : std::vector<std::string>{"53100", "58030", "55000", "25P02"};
    for (const auto& workload : workloads_) {
      if (point.workload != nullptr && workload->name() != point.workload) continue;
      workload->Start(server_.ConnectionString("postgres"), expected);
    }
    const auto deadline = Clock::now() + (point.workload == nullptr ? kRoundMax : kRoundOfOneMax);
    while (Clock::now() < deadline && server_.IsRunning()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  TestServer server_;
  std::vector<std::unique_ptr<Workload>> workloads_;
  std::mt19937_64 random_;
  std::string fault_;
  bool died_ = false;
};

int Main(int argument_count, char** arguments) {
  const CommandLine line = ReadCommandLine(argument_count, arguments);
  fmt::print("seed {}\n", line.seed);
  CrashRounds rounds(line);
  int failed = 0, deaths = 0, played = 0;
  for (size_t i = 0; played < line.rounds; ++i) {
    const Point& point = kPoints[i % std::size(kPoints)];
    if (!line.point.empty() && line.point != point.name) {
      if (i > std::size(kPoints) && played == 0) throw std::runtime_error("no such point");
      continue;
    }
    ++played;
    const std::string wrong = rounds.Play(point);
    deaths += rounds.died() ? 1 : 0;
    fmt::print("round {}: {} ({}): {}, {} steps so far{}\n", played, point.name, rounds.fault(),
               rounds.died() ? "died" : "lived", rounds.acknowledged(),
               wrong.empty() ? "" : "\n" + wrong);
    std::fflush(stdout);
    failed += wrong.empty() ? 0 : 1;
    if (failed > 3) break;
  }
  fmt::print("{} of {} rounds in order, the server died at the point in {}\n", played - failed, played,
             deaths);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  try {
    return grizzly::test::Main(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "crash_points: {}\n", error.what());
    return 2;
  }
}
