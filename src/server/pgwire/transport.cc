#include "server/pgwire/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/blocking/blocking_section.h"

namespace grizzly::server {
namespace {

constexpr int kPollMsMax = 1000;  // a lost wake-up costs this much, never for ever

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Transport::~Transport() { SSL_free(ssl_); }

IoResult Transport::Receive(char* to, size_t bytes_max) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    size_t bytes = 0;
    const int result = SSL_read_ex(ssl_, to, bytes_max, &bytes);
    return result == 1 ? IoResult{IoState::kDone, bytes} : IoResult{StateOfSslError(result)};
  }
  while (true) {
    const ssize_t bytes = ::recv(socket_, to, bytes_max, MSG_DONTWAIT);
    if (bytes > 0) return {IoState::kDone, static_cast<size_t>(bytes)};
    if (bytes == 0) return {IoState::kClosed};
    if (errno == EINTR) continue;
    return {WouldBlock() ? IoState::kWantRead : IoState::kClosed};
  }
}

IoResult Transport::Send(const char* from, size_t bytes) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    size_t sent = 0;
    const int result = SSL_write_ex(ssl_, from, bytes, &sent);
    return result == 1 ? IoResult{IoState::kDone, sent} : IoResult{StateOfSslError(result)};
  }
  while (true) {
    const ssize_t sent = ::send(socket_, from, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return {IoState::kDone, static_cast<size_t>(sent)};
    if (errno == EINTR) continue;
    return {WouldBlock() ? IoState::kWantWrite : IoState::kClosed};
  }
}

void Transport::StartTls(std::shared_ptr<const TlsAcceptor> acceptor) {
  tls_acceptor_ = std::move(acceptor);
  ssl_ = tls_acceptor_->NewConnection(socket_);
}

IoState Transport::Handshake() {
  ERR_clear_error();
  const int result = SSL_accept(ssl_);
  return result == 1 ? IoState::kDone : StateOfSslError(result);
}

IoState Transport::StateOfSslError(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return IoState::kWantRead;
    case SSL_ERROR_WANT_WRITE: return IoState::kWantWrite;
    default: return IoState::kClosed;
  }
}

std::optional<session::TlsParameters> Transport::tls_parameters() const {
  if (ssl_ == nullptr) return std::nullopt;
  return session::TlsParameters{SSL_get_version(ssl_), SSL_get_cipher_name(ssl_), SSL_get_cipher_bits(ssl_, nullptr)};
}

bool Transport::HasBuffered() const { return ssl_ != nullptr && SSL_pending(ssl_) > 0; }

bool Transport::Wait(IoState state) {
  BlockingSection blocking;
  const bool writes = state == IoState::kWantWrite;
  if (writes && !BeginWriteWait()) return false;
  pollfd wanted{socket_, static_cast<short>(writes ? POLLOUT : POLLIN), 0};
  while (!is_interrupted() && ::poll(&wanted, 1, kPollMsMax) <= 0) {
  }
  if (writes) EndWriteWait();
  return !is_interrupted();
}

void Transport::Interrupt() {
  interrupted_.store(true);
  std::lock_guard lock(mutex_);
  if (!closed_) ::shutdown(socket_, awaits_room_.load() ? SHUT_RDWR : SHUT_RD);
}

void Transport::Close() {
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);  // says good-bye, if it can
  std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace grizzly::server
