#include "server/pgwire/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include "base/error/sql_error.h"
#include "base/log/log.h"
#include "server/lock_file.h"
#include "server/pgwire/connection.h"

namespace grizzly::server {
namespace {

constexpr int kAcceptsMax = 64;  // in a row, then others get their turn
constexpr auto kFullPause = std::chrono::milliseconds(100);

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first != nullptr) ::freeaddrinfo(first);
  }
};

int ResolveAddress(const std::string& address, int port, AddressList& list) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  const char* node = address == "*" ? nullptr : address.c_str();
  return ::getaddrinfo(node, std::to_string(port).c_str(), &wanted, &list.first);
}

ClientAddress AddressText(const sockaddr_storage& address, socklen_t size) {
  ClientAddress client;
  if (address.ss_family == AF_UNIX) return client;
  char host[NI_MAXHOST], service[NI_MAXSERV];
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof(host), service,
                    sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    client.host = "unknown";
    return client;
  }
  client.host = host;
  client.port = std::atoi(service);
  return client;
}

void SetTcpOptions(int socket, const AdmissionSettings& settings) {
  const auto set = [&](int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof(value));
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  if (settings.tcp_keepalives_idle_s > 0) set(IPPROTO_TCP, TCP_KEEPIDLE, settings.tcp_keepalives_idle_s);
  if (settings.tcp_keepalives_interval_s > 0) {
    set(IPPROTO_TCP, TCP_KEEPINTVL, settings.tcp_keepalives_interval_s);
  }
  if (settings.tcp_keepalives_count > 0) set(IPPROTO_TCP, TCP_KEEPCNT, settings.tcp_keepalives_count);
}

bool IsLoopback(const sockaddr* address) {
  char host[NI_MAXHOST];
  const socklen_t size =
      address->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (::getnameinfo(address, size, host, sizeof(host), nullptr, 0, NI_NUMERICHOST) != 0) return false;
  const std::optional<IpAddress> ip = IpAddress::Parse(host);
  return ip && ip->IsLoopback();
}

}  // namespace

// One listening socket and its accept loop.
class Listener::Socket : public std::enable_shared_from_this<Listener::Socket> {
 public:
  Socket(FrontDoor& door, int descriptor, std::unique_ptr<SocketLockFile> lock)
      : door_(door),
        descriptor_(door.io().get_executor(), descriptor),
        pause_(door.io()),
        lock_(std::move(lock)) {}

  void Wait() {
    descriptor_.async_wait(descriptor_.wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (!error) self->Accept();
                           });
  }

  void Close() {
    std::lock_guard lock(mutex_);
    boost::system::error_code ignored;
    descriptor_.close(ignored);
    pause_.cancel();
    lock_.reset();
  }

 private:
  void Accept() {
    for (int i = 0; i < kAcceptsMax; ++i) {
      sockaddr_storage address{};
      socklen_t size = sizeof(address);
      int socket = -1;
      {
        std::lock_guard lock(mutex_);
        if (!descriptor_.is_open()) return;
        socket = ::accept4(descriptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
      }
      if (socket < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        if (errno == EINTR || errno == ECONNABORTED) continue;
        log::Write(Severity::kLog, fmt::format("could not accept new connection: {}", strerror(errno)));
        Pause();
        return;
      }
      ServeClient(socket, address, size);
    }
    std::lock_guard lock(mutex_);
    if (descriptor_.is_open()) Wait();
  }

  void ServeClient(int socket, const sockaddr_storage& address, socklen_t size) {
    try {
      if (address.ss_family != AF_UNIX) SetTcpOptions(socket, *door_.settings());
      Connection::Start(door_, socket, AddressText(address, size));
    } catch (const std::exception& error) {
      log::Write(Severity::kLog, fmt::format("could not serve new connection: {}", error.what()));
    }
  }

  // No descriptors left: clients wait in the backlog until some are closed.
  void Pause() {
    std::lock_guard lock(mutex_);
    pause_.expires_after(kFullPause);
    pause_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->Accept();
    });
  }

  FrontDoor& door_;
  std::mutex mutex_;
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor_;
  boost::asio::steady_timer pause_;
  std::unique_ptr<SocketLockFile> lock_;
};

Listener::Listener(FrontDoor& door) : door_(door) {}

Listener::~Listener() { Close(); }

void Listener::Open(const ListenSettings& settings) {
  port_ = settings.port;
  const int backlog = settings.backlog > 0 ? settings.backlog : SOMAXCONN;
  for (const std::string& address : settings.addresses) OpenTcp(address, backlog);
  if (!settings.addresses.empty() && sockets_.empty()) {
    throw SqlError(SqlState::kSystemError, "could not create any TCP/IP sockets").Fatal();
  }
  const size_t tcp_count = sockets_.size();
  for (const std::string& directory : settings.socket_directories) {
    OpenUnix(directory, settings.data_directory, backlog);
  }
  if (!settings.socket_directories.empty() && sockets_.size() == tcp_count) {
    throw SqlError(SqlState::kSystemError, "could not create any Unix-domain sockets").Fatal();
  }
  if (sockets_.empty()) {
    throw SqlError(SqlState::kSystemError, "no socket created for listening").Fatal();
  }
}

void Listener::OpenTcp(const std::string& address, int backlog) {
  AddressList list;
  if (const int failed = ResolveAddress(address, port_, list); failed != 0) {
    log::Write(Severity::kLog, fmt::format("could not translate host name \"{}\", service \"{}\" to "
                                           "address: {}",
                                           address, port_, ::gai_strerror(failed)));
    return;
  }
  for (addrinfo* each = list.first; each != nullptr; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    const std::string_view family = each->ai_family == AF_INET ? "IPv4" : "IPv6";
    const int socket =
        ::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (socket < 0) continue;
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (each->ai_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    char host[NI_MAXHOST] = "";
    ::getnameinfo(each->ai_addr, each->ai_addrlen, host, sizeof(host), nullptr, 0, NI_NUMERICHOST);
    if (::bind(socket, each->ai_addr, each->ai_addrlen) != 0 || ::listen(socket, backlog) != 0) {
      Diagnostic report;
      report.severity = Severity::kLog;
      report.message = fmt::format("could not bind {} address \"{}\": {}", family, host, strerror(errno));
      if (errno == EADDRINUSE) {
        report.hint = fmt::format("Is another postmaster already running on port {}? If not, wait a "
                                  "few seconds and retry.",
                                  port_);
      }
      log::Write(report);
      ::close(socket);
      continue;
    }
    sockaddr_storage bound{};
    socklen_t size = sizeof(bound);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
    port_ = ntohs(each->ai_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&bound)->sin_port
                                             : reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
    sockets_.push_back(std::make_shared<Socket>(door_, socket, nullptr));
    if (first_address_.empty()) first_address_ = host;
    log::Write(Severity::kLog,
               fmt::format("listening on {} address \"{}\", port {}", family, host, port_));
  }
}

void Listener::OpenUnix(const std::string& directory, const std::string& data_directory,
                        int backlog) {
  const std::string path = fmt::format("{}/.s.PGSQL.{}", directory, port_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    log::Write(Severity::kLog, fmt::format("Unix-domain socket path \"{}\" is too long (maximum {} bytes)",
                                           path, sizeof(address.sun_path) - 1));
    return;
  }
  auto lock = std::make_unique<SocketLockFile>(path, data_directory, port_, directory);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  ::unlink(path.c_str());  // ours to remove: the lock says so
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::chmod(path.c_str(), 0777) != 0 || ::listen(socket, backlog) != 0) {
    log::Write(Severity::kLog,
               fmt::format("could not bind Unix address \"{}\": {}", path, strerror(errno)));
    ::close(socket);
    return;
  }
  sockets_.push_back(std::make_shared<Socket>(door_, socket, std::move(lock)));
  if (first_socket_directory_.empty()) first_socket_directory_ = directory;
  log::Write(Severity::kLog, fmt::format("listening on Unix socket \"{}\"", path));
}

void Listener::Start() {
  for (const auto& socket : sockets_) socket->Wait();
}

void Listener::Close() {
  for (const auto& socket : sockets_) socket->Close();
  sockets_.clear();
}

bool IsBeyondLoopback(const std::string& address) {
  if (address == "*") return true;
  AddressList list;
  if (ResolveAddress(address, 0, list) != 0) return false;  // nothing will be opened there
  for (addrinfo* each = list.first; each != nullptr; each = each->ai_next) {
    if (!IsLoopback(each->ai_addr)) return true;
  }
  return false;
}

}  // namespace grizzly::server
