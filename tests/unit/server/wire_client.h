// A bare client for tests: sends bytes, reads messages.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "protocol/byte_buffer.h"

namespace grizzly::server {

struct BackendMessage {
  char type = 0;
  std::string body;
};

class WireClient {
 public:
  explicit WireClient(int port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(socket_);
      socket_ = -1;
    }
  }
  ~WireClient() { Close(); }
  WireClient(const WireClient&) = delete;

  void Close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(sent);
    }
    return true;
  }
  bool Send(char type, std::string_view body) { return Send(Message(type, body)); }
  static std::string Message(char type, std::string_view body) {
    std::string frame(5, type);
    protocol::StoreNetwork(frame.data() + 1, static_cast<uint32_t>(body.size() + 4));
    return frame.append(body);
  }
  static std::string Startup(std::string_view user, std::string_view database = "") {
    std::string body(4, '\0');
    protocol::StoreNetwork(body.data(), uint32_t{3} << 16);
    const auto add = [&](std::string_view text) { body.append(text).push_back('\0'); };
    add("user");
    add(user);
    if (!database.empty()) {
      add("database");
      add(database);
    }
    body.push_back('\0');
    return WithLength(body);
  }
  static std::string WithLength(std::string_view body) {
    std::string packet(4, '\0');
    protocol::StoreNetwork(packet.data(), static_cast<uint32_t>(body.size() + 4));
    return packet.append(body);
  }
  // The next message; type 0 at the end of the stream or after five seconds.
  BackendMessage Receive() {
    while (true) {
      if (input_.size() >= 5) {
        const auto length = protocol::LoadNetwork<uint32_t>(input_.data() + 1);
        if (input_.size() > length) {
          BackendMessage message{input_[0], input_.substr(5, length - 4)};
          input_.erase(0, length + 1);
          return message;
        }
      }
      if (!ReceiveMore()) return {};
    }
  }
  // The types of all messages up to and including one of type `last`.
  std::string ReceiveUntil(char last) {
    std::string types;
    while (true) {
      const BackendMessage message = Receive();
      if (message.type == 0) return types + "(end)";
      if (message.type == 'E') last_error = ErrorText(message.body);
      if (message.type == 'C') last_tag = message.body.c_str();
      types += message.type;
      if (message.type == last) return types;
    }
  }
  std::string ReceiveAll() { return ReceiveUntil('\0'); }
  // One byte, not a message.
  char ReceiveByte() {
    while (input_.empty()) {
      if (!ReceiveMore()) return 0;
    }
    const char byte = input_[0];
    input_.erase(0, 1);
    return byte;
  }
  // Logs in by trust.
  std::string Login(std::string_view user = "postgres") {
    Send(Startup(user));
    return ReceiveUntil('Z');
  }
  std::string Query(std::string_view sql) {
    Send('Q', std::string(sql) + '\0');
    return ReceiveUntil('Z');
  }
  static std::string ErrorText(const std::string& body) {
    std::string severity, state, message;
    for (size_t at = 0; at < body.size() && body[at] != '\0';) {
      const char field = body[at];
      const std::string value = body.c_str() + at + 1;
      if (field == 'S') severity = value;
      if (field == 'C') state = value;
      if (field == 'M') message = value;
      at += value.size() + 2;
    }
    return severity + " " + state + " " + message;
  }

  int socket() const { return socket_; }
  std::string last_error;
  std::string last_tag;

 private:
  bool ReceiveMore() {
    pollfd readable{socket_, POLLIN, 0};
    if (::poll(&readable, 1, 5000) <= 0) return false;
    char bytes[65536];
    const ssize_t size = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (size <= 0) return false;
    input_.append(bytes, size);
    return true;
  }

  int socket_;
  std::string input_;
};

}  // namespace grizzly::server
