// A server of a test's own: started on a free port over a fresh data directory, gone with the object.
//
// KINDS    grizzlyd, and Debian's PostgreSQL 15 as the oracle (run as user postgres when we are root).
// OWNS     the process and its folder below $TMPDIR; both end with the destructor.
// THREADS  one.
// ERRORS   std::runtime_error with a sentence, the server's log added where it helps.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace grizzly::test {

enum class ServerKind { kGrizzlyd, kPostgres15 };

struct ServerOptions {
  ServerKind kind = ServerKind::kGrizzlyd;
  std::string grizzlyd;                // path of the program
  std::vector<std::string> settings;   // "name=value", passed with -c
  bool durable = false;                // false: fsync off on the oracle, which only answers questions
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // Starts and waits until the server accepts connections. Returns how long that took.
  double StartSeconds();
  // SIGINT, a fast shutdown, and waits for the end.
  void Stop();
  // SIGKILL to the whole server, and waits for the end.
  void Kill();
  bool IsRunning();
  // Of the next start: "NAME=value"; empty: none.
  void SetEnvironment(std::string assignment) { environment_ = std::move(assignment); }
  // Runs the stopped server's program over its data with --check; what it prints when it ends badly, or empty.
  std::string CheckData();

  int port() const { return port_; }
  // A libpq connection string for `database`, as the superuser.
  std::string ConnectionString(const std::string& database) const;
  // The end of the server's log.
  std::string LogTail() const;
  // Keeps the folder when the object goes, for a look at what went wrong.
  void KeepFolder() { keeps_folder_ = true; }
  const std::string& folder() const { return folder_; }

 private:
  void InitializePostgres();
  std::vector<std::string> CommandLine() const;
  void WaitUntilReady();

  const ServerOptions options_;
  const int port_;
  std::string folder_;
  std::string environment_;
  pid_t pid_ = -1;
  bool keeps_folder_ = false;
};

// A TCP port of 127.0.0.1 that nobody listens on.
int FreePort();

}  // namespace grizzly::test
