// One client, from accept to close: startup packet, TLS, login, then message after message.
//
// While nothing is to be done it is a slot of the reactor and holds no buffers. When the socket can be read
// a pool thread runs it: it reads, runs every complete message to the end, sends the replies once, and
// waits again. A client that does not read is waited for in the reactor between statements, and in a
// BlockingSection within one.
//
// OWNS     the socket, the session. Kept alive by the reactor until it is closed.
// THREADS  OnReady on one thread at a time; Interrupt from any thread while it is in the FrontDoor's list.
// LIMITS   kRoundsMax reads, then others get their turn.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/wait_traits.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "base/log/log.h"
#include "protocol/frontend.h"
#include "server/pgwire/front_door.h"
#include "server/pgwire/login.h"
#include "server/pgwire/wire_sink.h"
#include "server/reactor.h"

namespace grizzly::server {

class Connection final : public ReadySource, public std::enable_shared_from_this<Connection> {
 public:
  // Takes the non-blocking socket and serves it until it ends.
  static void Start(FrontDoor& door, int socket, ClientAddress client);

  Connection(FrontDoor& door, int socket, ClientAddress client);
  ~Connection() override;

  After OnReady() noexcept override;
  void Interrupt() { wire_.transport().Interrupt(); }

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  // kGone of these: close it. The socket is still open then.
  After Drive();
  After FlushThen(After next);
  void Close() noexcept;

  void ProcessInput();
  bool TakeLoginMessage();
  bool TakeMessage();
  void Dispatch(const protocol::Frame& frame);
  void CallSession(const protocol::Frame& frame);
  void Discard(SqlError error);
  void AfterCall();
  void BeginSession();
  void EndByInterrupt();
  void Fail(const SqlError& error) noexcept;

  // ---- deadlines: login, idle in or between transactions ----
  void SetDeadline(int64_t timeout_ms);
  void ClearDeadline();
  void ArmTimer();  // under deadline_mutex_
  void OnTimer();

  // ---- client_connection_check_interval: is the client of a running statement still there? ----
  void WatchClient();
  void ArmClientCheck(int64_t interval_ms);  // under deadline_mutex_
  void OnClientCheck(int64_t interval_ms);
  void CancelIfAbandoned();

  log::Origin LogOrigin() const;
  void LogLostClient() const;
  void LogDisconnection() const;

  FrontDoor& door_;
  int socket_;  // -1 once closed
  Wire wire_;
  WireSink sink_;
  std::unique_ptr<Login> login_;  // until the session begins
  std::unique_ptr<session::Session> session_;
  std::mutex session_mutex_;  // for CancelIfAbandoned against Close, which are of different threads

  size_t bytes_missing_ = 0;   // to the end of a message that has begun
  size_t discard_bytes_ = 0;   // of a message too large to keep
  bool entered_ = false;
  bool closing_ = false;
  std::atomic<bool> running_{false};

  std::mutex deadline_mutex_;
  Clock::time_point deadline_ = Clock::time_point::max();     // guarded by deadline_mutex_
  Clock::time_point timer_expiry_ = Clock::time_point::max();  // guarded by deadline_mutex_
  bool deadline_passed_ = false;                               // guarded by deadline_mutex_
  bool has_deadline_ = false;  // of the running handler
  std::unique_ptr<Timer> timer_;                               // guarded by deadline_mutex_
  std::unique_ptr<Timer> client_check_;  // guarded by deadline_mutex_; null unless somebody looks

  // For the log, after login_ is gone.
  ClientAddress client_;
  std::string user_;
  std::string database_;
  Clock::time_point started_;
};

}  // namespace grizzly::server
