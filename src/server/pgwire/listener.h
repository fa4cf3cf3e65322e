// Listening sockets: TCP addresses and Unix-domain sockets, accepting into a FrontDoor.
//
// OWNS     the sockets; a Unix socket's file and its lock file, removed when closed.
// ERRORS   Open throws FATAL: 55006 object_in_use / 58000 in PostgreSQL's words.
// THREADS  Open and Close by the owner; accepting on the pool.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/pgwire/front_door.h"

namespace grizzly::server {

struct ListenSettings {
  std::vector<std::string> addresses;         // names, numbers or "*"
  std::vector<std::string> socket_directories;
  int port = 5432;
  std::string data_directory;  // for the sockets' lock files
  int backlog = 0;             // 0: the system's
};

class Listener {
 public:
  explicit Listener(FrontDoor& door);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void Open(const ListenSettings& settings);
  // Begins to accept.
  void Start();
  // Accepts no more. Connections live on.
  void Close();

  // The port in use; when 0 was asked for, the one the system gave.
  int port() const { return port_; }
  // The first of them, for the lock file; empty: none.
  const std::string& first_socket_directory() const { return first_socket_directory_; }
  const std::string& first_address() const { return first_address_; }

 private:
  class Socket;
  void OpenTcp(const std::string& address, int backlog);
  void OpenUnix(const std::string& directory, const std::string& data_directory, int backlog);

  FrontDoor& door_;
  int port_ = 0;
  std::string first_socket_directory_;
  std::string first_address_;
  std::vector<std::shared_ptr<Socket>> sockets_;
};

// Whether listening on the address (a name, a number or "*") lets other machines connect.
bool IsBeyondLoopback(const std::string& address);

}  // namespace grizzly::server
