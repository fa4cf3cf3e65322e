// The running server: everything of the process but the instance, put together, started and stopped.
//
// SIGTERM  smart shutdown: no new logins, waits until every client has left
// SIGINT   fast shutdown: ends every session with 57P01
// SIGQUIT  immediate: the process ends at once; the next start recovers from the log
// SIGHUP   reads the configuration file and pg_hba.conf again; what does not parse changes nothing
//
// ERRORS   Start throws SqlError FATAL with a sentence that says what to do.
// THREADS  Start, Wait and the destructor by one thread; RequestShutdown and Reload from any.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/memory/memory_tracker.h"
#include "base/metrics/metrics.h"
#include "server/command_line.h"
#include "server/http/http_server.h"
#include "server/lock_file.h"
#include "server/pgwire/front_door.h"
#include "server/pgwire/listener.h"
#include "server/server_settings.h"
#include "server/thread_pool.h"
#include "session/session.h"

namespace grizzly::server {

enum class ShutdownMode : uint8_t { kNone, kSmart, kFast };

class Server {
 public:
  // `instance` must outlive it. The lock file's directory holds the instance's data.
  Server(const CommandLine& line, ServerSettings settings, DirectoryLockFile& lock_file,
         session::Instance& instance);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens and serves. `with_signals`: handles the signals above (once per process).
  void Start(bool with_signals);
  // Returns when a shutdown is complete and every session has ended.
  void Wait();

  // A second one may only be more pressing than the first.
  void RequestShutdown(ShutdownMode mode);
  void Reload();

  int port() const { return listener_->port(); }
  int http_port() const { return http_ != nullptr ? http_->port() : 0; }

 private:
  AdmissionSettings LoadAdmission(const ServerSettings& settings) const;
  void WaitForSignal();
  void OnSignal(int signal);
  HttpReply AnswerHttp(std::string_view path);
  void AddMetrics();

  const CommandLine line_;
  ServerSettings settings_;
  DirectoryLockFile& lock_file_;
  session::Instance& instance_;
  MetricsRegistry metrics_;
  MemoryTracker wire_tracker_;
  // Timers, signals, the listeners and HTTP run on one thread of their own, clients on the pool.
  std::unique_ptr<boost::asio::io_context> io_;
  std::thread io_thread_;
  std::unique_ptr<Reactor> reactor_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<boost::asio::signal_set> signals_;

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_empty_ = false;                            // guarded by mutex_
  ShutdownMode shutdown_ = ShutdownMode::kNone;      // guarded by mutex_
};

}  // namespace grizzly::server
