// The HTTP port: GET /metrics (Prometheus text), /healthz (the process answers), /readyz (it takes
// statements and writes).
//
// ERRORS   Open throws FATAL 58000 when the address cannot be bound.
// LIMITS   a request has 8 kB and ten seconds; one request at a time per connection.
// THREADS  runs on the io_context; Close by the owner.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

namespace grizzly::server {

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class HttpServer {
 public:
  using Handler = std::function<HttpReply(std::string_view path)>;

  // `handler` answers GET and HEAD; called on pool threads, several at once.
  HttpServer(boost::asio::io_context& io, Handler handler);
  ~HttpServer();

  void Open(const std::string& address, int port);
  void Close();
  int port() const { return port_; }

 private:
  class Acceptor;
  boost::asio::io_context& io_;
  const Handler handler_;
  std::shared_ptr<Acceptor> acceptor_;
  int port_ = 0;
};

}  // namespace grizzly::server
