// kill9: kill -9 under a TPC-B load, restart, look for every acknowledged transaction; again and again.
//
//   kill9 --grizzlyd PATH | --oracle postgres15   [--rounds 50] [--clients 8] [--keep]
//
// Fails when an acknowledged transaction is missing, one that never ran is there, the sums of accounts,
// tellers, branches and history differ, or a restart takes kRestartSecondsMax.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <thread>

#include "crash/tpcb_load.h"
#include "support/target.h"

namespace grizzly::test {
namespace {

constexpr double kRestartSecondsMax = 5.0;
constexpr int kLoadMillisecondsMin = 200;
constexpr int kLoadMillisecondsMax = 1'500;

struct CommandLine {
  TargetOptions target;
  int rounds = 50;
  int clients = 8;
};

CommandLine ReadCommandLine(int argument_count, char** arguments) {
  CommandLine line;
  ReadOptions(argument_count, arguments, line.target, [&](const std::string& word, const OptionValue& value) {
    if (word == "--rounds") {
      line.rounds = std::stoi(value());
    } else if (word == "--clients") {
      line.clients = std::stoi(value());
    } else {
      return false;
    }
    return true;
  });
  line.target.server.durable = true;
  return line;
}

void PlayRound(TestServer& server, TpcbLoad& load, std::mt19937& random) {
  std::uniform_int_distribution<int> load_ms(kLoadMillisecondsMin, kLoadMillisecondsMax);
  load.Start(server.ConnectionString("postgres"));
  std::this_thread::sleep_for(std::chrono::milliseconds(load_ms(random)));
  server.Kill();
  load.Stop();
}

int Main(int argument_count, char** arguments) {
  const CommandLine line = ReadCommandLine(argument_count, arguments);
  TestServer server(line.target.server);
  if (line.target.keeps) server.KeepFolder();
  server.StartSeconds();
  TpcbLoad load(TpcbScale{}, line.clients);
  load.Prepare(server.ConnectionString("postgres"));
  std::mt19937 random(std::random_device{}());
  double slowest = 0;
  int failed_rounds = 0;
  for (int round = 1; round <= line.rounds; ++round) {
    PlayRound(server, load, random);
    const int64_t acknowledged = load.acknowledged_count();
    const double seconds = server.StartSeconds();
    slowest = std::max(slowest, seconds);
    std::string wrong = load.Check(server.ConnectionString("postgres"));
    if (seconds >= kRestartSecondsMax) wrong += fmt::format("restart took {:.2f} s\n", seconds);
    fmt::print("round {}: {} transactions acknowledged, restart in {:.2f} s{}\n", round, acknowledged,
               seconds, wrong.empty() ? "" : "\n" + wrong);
    std::fflush(stdout);
    failed_rounds += wrong.empty() ? 0 : 1;
  }
  fmt::print("{} of {} rounds in order; {} transactions acknowledged, slowest restart {:.2f} s\n",
             line.rounds - failed_rounds, line.rounds, load.acknowledged_count(), slowest);
  server.Stop();
  return failed_rounds == 0 && load.acknowledged_count() > 0 ? 0 : 1;
}

}  // namespace
}  // namespace grizzly::test

int main(int argument_count, char** arguments) {
  try {
    return grizzly::test::Main(argument_count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "kill9: {}\n", error.what());
    return 2;
  }
}
