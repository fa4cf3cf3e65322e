#include "server/pgwire/front_door.h"

#include "base/error/sql_error.h"
#include "server/pgwire/connection.h"

namespace grizzly::server {

FrontDoorCounters::FrontDoorCounters(MetricsRegistry& registry)
    : connections(registry.AddCounter("grizzlydb_connections_total", "Client sockets accepted.")),
      refused_connections(registry.AddCounter("grizzlydb_connections_refused_total",
                                              "Logins refused: limits, pg_hba.conf, passwords.")),
      messages(registry.AddCounter("grizzlydb_messages_total", "Frontend messages handled.")),
      received_bytes(
          registry.AddCounter("grizzlydb_received_bytes_total", "Bytes received from clients.")),
      sent_bytes(registry.AddCounter("grizzlydb_sent_bytes_total", "Bytes sent to clients.")) {}

FrontDoor::FrontDoor(boost::asio::io_context& io, Reactor& reactor, session::Instance& instance,
                     MemoryTracker& tracker, MetricsRegistry& metrics, AdmissionSettings settings)
    : io_(io),
      reactor_(reactor),
      instance_(instance),
      counters_(metrics),
      wire_shared_{&tracker, &counters_.received_bytes, &counters_.sent_bytes},
      settings_(std::make_shared<const AdmissionSettings>(std::move(settings))) {
  metrics.AddGauge("grizzlydb_connections", "Client sockets open.",
                   [this] { return static_cast<double>(socket_count()); });
  metrics.AddGauge("grizzlydb_wire_buffer_bytes", "Memory in large connection buffers.",
                   [&tracker] { return static_cast<double>(tracker.used_bytes()); });
}

std::shared_ptr<const AdmissionSettings> FrontDoor::settings() const {
  std::lock_guard lock(mutex_);
  return settings_;
}

void FrontDoor::ReplaceSettings(AdmissionSettings settings) {
  auto replacement = std::make_shared<const AdmissionSettings>(std::move(settings));
  std::lock_guard lock(mutex_);
  settings_.swap(replacement);
}

int FrontDoor::socket_count() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(connections_.size());
}

bool FrontDoor::Enter(Connection* connection) {
  counters_.connections.Add();
  std::lock_guard lock(mutex_);
  // PostgreSQL, too, lets twice as many knock as may come in.
  if (connections_.size() >= 2 * static_cast<size_t>(settings_->max_connections)) return false;
  connections_.insert(connection);
  return true;
}

void FrontDoor::Leave(Connection* connection) {
  std::function<void()> when_empty;
  {
    std::lock_guard lock(mutex_);
    connections_.erase(connection);
    if (connections_.empty()) when_empty.swap(when_empty_);
  }
  if (when_empty) when_empty();
}

void FrontDoor::Admit() {
  if (state_.load(std::memory_order_relaxed) == DoorState::kShuttingDown) {
    throw SqlError(SqlState::kCannotConnectNow, "the database system is shutting down").Fatal();
  }
  if (admitted_.fetch_add(1, std::memory_order_relaxed) >= settings()->max_connections) {
    Dismiss();
    throw SqlError(SqlState::kTooManyConnections, "sorry, too many clients already").Fatal();
  }
}

void FrontDoor::CheckReserved(bool is_superuser) {
  const auto limits = settings();
  if (is_superuser) return;
  if (admitted_count() > limits->max_connections - limits->superuser_reserved_connections) {
    throw SqlError(SqlState::kTooManyConnections,
                   "remaining connection slots are reserved for non-replication superuser "
                   "connections")
        .Fatal();
  }
}

void FrontDoor::BeginShutdown(std::function<void()> when_empty) {
  state_.store(DoorState::kShuttingDown, std::memory_order_relaxed);
  {
    std::lock_guard lock(mutex_);
    if (!connections_.empty()) {
      when_empty_ = std::move(when_empty);
      return;
    }
  }
  when_empty();
}

void FrontDoor::InterruptAll() {
  std::lock_guard lock(mutex_);
  for (Connection* connection : connections_) connection->Interrupt();
}

}  // namespace grizzly::server
