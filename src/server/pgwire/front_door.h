// What all connections share: the instance, the rules of admission, who is inside.
//
// OWNS     the list of connections (not the connections: the reactor's handlers hold them), counters.
// THREADS  everything from any thread. Must outlive the io_context's handlers.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "base/memory/memory_tracker.h"
#include "base/metrics/metrics.h"
#include "server/auth/hba.h"
#include "server/pgwire/tls.h"
#include "server/pgwire/wire.h"
#include "server/reactor.h"
#include "session/session.h"

namespace grizzly::server {

class Connection;

// Replaced as a whole at SIGHUP; a connection takes the one of its start.
struct AdmissionSettings {
  std::shared_ptr<const HbaRules> hba;
  std::shared_ptr<const TlsAcceptor> tls;  // null: ssl = off
  int max_connections = 100;
  int superuser_reserved_connections = 3;
  int64_t authentication_timeout_ms = 60'000;
  bool log_connections = false;
  bool log_disconnections = false;
  int tcp_keepalives_idle_s = 0;  // 0: the system's
  int tcp_keepalives_interval_s = 0;
  int tcp_keepalives_count = 0;
};

enum class DoorState : uint8_t { kOpen, kShuttingDown };

struct FrontDoorCounters {
  explicit FrontDoorCounters(MetricsRegistry& registry);
  Counter& connections;
  Counter& refused_connections;
  Counter& messages;
  Counter& received_bytes;
  Counter& sent_bytes;
};

class FrontDoor {
 public:
  FrontDoor(boost::asio::io_context& io, Reactor& reactor, session::Instance& instance,
            MemoryTracker& tracker, MetricsRegistry& metrics, AdmissionSettings settings);

  boost::asio::io_context& io() { return io_; }
  Reactor& reactor() { return reactor_; }
  session::Instance& instance() { return instance_; }
  const WireShared& wire_shared() const { return wire_shared_; }
  FrontDoorCounters& counters() { return counters_; }

  std::shared_ptr<const AdmissionSettings> settings() const;
  void ReplaceSettings(AdmissionSettings settings);

  // ---- who is inside ----
  // False when even unauthenticated sockets are too many.
  bool Enter(Connection* connection);
  void Leave(Connection* connection);
  // A place among max_connections. Throws 53300 or 57P03 FATAL.
  void Admit();
  void CheckReserved(bool is_superuser);
  void Dismiss() { admitted_.fetch_sub(1, std::memory_order_relaxed); }
  int admitted_count() const { return admitted_.load(std::memory_order_relaxed); }
  int socket_count() const;

  // New logins are refused with 57P03 from now on; `when_empty` is called once nobody is left, maybe
  // at once.
  void BeginShutdown(std::function<void()> when_empty);
  // Breaks into every connection, logged in or not.
  void InterruptAll();

 private:
  boost::asio::io_context& io_;
  Reactor& reactor_;
  session::Instance& instance_;
  FrontDoorCounters counters_;
  WireShared wire_shared_;
  std::atomic<int> admitted_{0};
  std::atomic<DoorState> state_{DoorState::kOpen};

  mutable std::mutex mutex_;
  std::shared_ptr<const AdmissionSettings> settings_;  // guarded by mutex_
  std::unordered_set<Connection*> connections_;        // guarded by mutex_
  std::function<void()> when_empty_;                   // guarded by mutex_
};

}  // namespace grizzly::server
