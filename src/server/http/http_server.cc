#include "server/http/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/error/sql_error.h"
#include "base/log/log.h"

namespace grizzly::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kRequestTimeout = std::chrono::seconds(10);
constexpr auto kFullPause = std::chrono::milliseconds(100);
constexpr size_t kRequestBytesMax = 8 * 1024;

// One client: reads a request, answers, closes or goes on.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(asio::ip::tcp::socket socket, const HttpServer::Handler& handler)
      : stream_(std::move(socket)), handler_(handler) {}

  void Read() {
    request_ = {};
    stream_.expires_after(kRequestTimeout);
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code error, size_t) {
                       if (!error) self->Answer();
                     });
  }

 private:
  void Answer() {
    HttpReply reply;
    const bool head = request_.method() == http::verb::head;
    if (request_.method() == http::verb::get || head) {
      const std::string_view target(request_.target().data(), request_.target().size());
      reply = handler_(target.substr(0, target.find('?')));
    } else {
      reply = {.status = 405, .body = "method not allowed\n"};
    }
    response_ = {static_cast<http::status>(reply.status), request_.version()};
    response_.set(http::field::server, "grizzlyd");
    response_.set(http::field::content_type, reply.content_type);
    response_.keep_alive(request_.keep_alive());
    response_.content_length(reply.body.size());
    if (!head) response_.body() = std::move(reply.body);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, size_t) {
                        if (!error && self->response_.keep_alive()) self->Read();
                      });
  }

  beast::tcp_stream stream_;
  const HttpServer::Handler handler_;
  beast::flat_buffer buffer_{kRequestBytesMax};
  http::request<http::empty_body> request_;
  http::response<http::string_body> response_;
};

}  // namespace

class HttpServer::Acceptor : public std::enable_shared_from_this<HttpServer::Acceptor> {
 public:
  Acceptor(asio::io_context& io, const Handler& handler)
      : io_(io), acceptor_(asio::make_strand(io)), handler_(handler) {}

  int Open(const std::string& address, int port) {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address),
                                           static_cast<uint16_t>(port));
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    Accept();
    return acceptor_.local_endpoint().port();
  }
  void Close() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      beast::error_code ignored;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
    });
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_),
                           [self = shared_from_this()](beast::error_code error,
                                                       asio::ip::tcp::socket socket) {
                             if (!self->acceptor_.is_open()) return;
                             if (error) return self->AcceptLater();
                             std::make_shared<HttpConnection>(std::move(socket), self->handler_)
                                 ->Read();
                             self->Accept();
                           });
  }

  // No descriptors left, most likely.
  void AcceptLater() {
    pause_.expires_after(kFullPause);
    pause_.async_wait([self = shared_from_this()](beast::error_code error) {
      if (!error && self->acceptor_.is_open()) self->Accept();
    });
  }

  asio::io_context& io_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_{acceptor_.get_executor()};
  const Handler handler_;
};

HttpServer::HttpServer(asio::io_context& io, Handler handler)
    : io_(io), handler_(std::move(handler)) {}

HttpServer::~HttpServer() { Close(); }

void HttpServer::Open(const std::string& address, int port) {
  acceptor_ = std::make_shared<Acceptor>(io_, handler_);
  try {
    port_ = acceptor_->Open(address, port);
  } catch (const boost::system::system_error& error) {
    throw SqlError(SqlState::kSystemError,
                   fmt::format("could not listen for HTTP on \"{}\", port {}: {}", address, port,
                               error.code().message()))
        .Hint("Choose another http_port, or 0 for none.")
        .Fatal();
  }
  log::Write(Severity::kLog, fmt::format("HTTP: metrics and health on \"{}\", port {}", address, port_));
}

void HttpServer::Close() {
  if (acceptor_ != nullptr) acceptor_->Close();
  acceptor_.reset();
}

}  // namespace grizzly::server
