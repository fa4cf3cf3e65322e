// A client's socket, plain or TLS: bytes in and out without blocking, and waits that say so.
//
// OWNS     the socket's TLS state; the descriptor is the connection's.
// THREADS  Receive, Send, Handshake and the waits by the one thread that runs the connection;
//          Interrupt from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "server/pgwire/tls.h"
#include "session/tls_parameters.h"

namespace grizzly::server {

enum class IoState : uint8_t {
  kDone,
  kWantRead,   // would block until there is something to read
  kWantWrite,  // would block until there is room to write
  kClosed,     // the client is gone
};

struct IoResult {
  IoState state;
  size_t bytes = 0;
};

class Transport {
 public:
  explicit Transport(int socket) : socket_(socket) {}
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  IoResult Receive(char* to, size_t bytes_max);
  IoResult Send(const char* from, size_t bytes);

  void StartTls(std::shared_ptr<const TlsAcceptor> acceptor);
  // kDone when the handshake is over; kClosed when it failed.
  IoState Handshake();
  bool is_tls() const { return ssl_ != nullptr; }
  std::optional<session::TlsParameters> tls_parameters() const;  // after the handshake
  const TlsAcceptor* tls_acceptor() const { return tls_acceptor_.get(); }
  // Bytes that poll() does not know of.
  bool HasBuffered() const;

  // Sleeps until the state is over, the client is gone or Interrupt was called; in a BlockingSection.
  // False when interrupted.
  bool Wait(IoState state);

  // Around a wait for room to write in the reactor. False: interrupted, do not wait.
  [[nodiscard]] bool BeginWriteWait() {
    awaits_room_.store(true);
    return !is_interrupted();
  }
  void EndWriteWait() { awaits_room_.store(false); }

  // Wakes a wait, here or in the reactor, now and from now on. A client that is being waited for to
  // read is cut off; others can still be told why. After Close it does nothing.
  void Interrupt();
  bool is_interrupted() const { return interrupted_.load(); }
  // The descriptor is about to be closed.
  void Close();

  int socket() const { return socket_; }

 private:
  IoState StateOfSslError(int result);

  const int socket_;
  std::atomic<bool> interrupted_{false};
  std::atomic<bool> awaits_room_{false};
  std::mutex mutex_;
  bool closed_ = false;  // guarded by mutex_
  ssl_st* ssl_ = nullptr;
  std::shared_ptr<const TlsAcceptor> tls_acceptor_;
};

}  // namespace grizzly::server
