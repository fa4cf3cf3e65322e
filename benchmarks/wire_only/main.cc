// A server that answers every statement with one constant row: what the protocol and the threads cost
// by themselves. Load it with pgbench and a script of one select:
//
//   wire_only PORT [THREADS]
//   echo 'SELECT abalance FROM pgbench_accounts WHERE aid = 1;' > select.sql
//   pgbench -n -f select.sql -h 127.0.0.1 -p PORT -U postgres -c 8 -j 2 -T 10 [-M prepared]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "fake_instance.h"
#include "server/pgwire/listener.h"

int main(int argument_count, char** arguments) {
  using namespace grizzly;
  using namespace grizzly::server;
  if (argument_count < 2) return 2;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int threads = argument_count > 2 ? std::atoi(arguments[2]) : cores + 1;
  FakeInstance instance;
  MetricsRegistry metrics;
  MemoryTracker tracker("wire buffers", nullptr);
  auto io = std::make_unique<boost::asio::io_context>(threads);
  auto guard = boost::asio::make_work_guard(*io);
  ThreadPool pool(*io, {.serving_target = threads, .threads_max = 2000});
  AdmissionSettings settings;
  settings.hba = std::make_shared<HbaRules>(HbaRules::Parse(DefaultHbaFile(), "built-in"));
  settings.max_connections = 20'000;
  FrontDoor door(*io, pool, instance, tracker, metrics, settings);
  Listener listener(door);
  listener.Open({.addresses = {"127.0.0.1"}, .port = std::atoi(arguments[1])});
  pool.Start();
  listener.Start();
  int signal = 0;
  sigwait(&stop, &signal);
  listener.Close();
  io->stop();
  pool.Join();
  guard.reset();
  io.reset();
  std::printf("%s", metrics.Text().c_str());
  return 0;
}
