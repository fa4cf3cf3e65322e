#include "support/test_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace grizzly::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kStartTimeout{60};
constexpr std::chrono::seconds kStopTimeout{30};
constexpr std::chrono::milliseconds kOrphansEndIn{400};
constexpr size_t kLogTailBytes = 4'000;
constexpr const char* kPostgresPrograms = "/usr/lib/postgresql/15/bin/";

// PostgreSQL refuses to run as root.
const passwd* OracleUser() { return geteuid() == 0 ? getpwnam("postgres") : nullptr; }

void BecomeOracleUser() {
  const passwd* user = OracleUser();
  if (user == nullptr) return;
  if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
      setuid(user->pw_uid) != 0) {
    _exit(126);
  }
}

// Starts `command` with its output in `log`; the child leads a process group of its own.
pid_t Spawn(const std::vector<std::string>& command, const std::string& log, bool as_oracle_user,
            const std::string& environment = {}) {
  std::vector<char*> arguments;
  std::string assignment = environment;  // putenv keeps it
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid > 0) return pid;
  setpgid(0, 0);
  if (!assignment.empty()) putenv(assignment.data());
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int in = open("/dev/null", O_RDONLY);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  for (int fd = 3; fd < 1024; ++fd) close(fd);
  if (as_oracle_user) BecomeOracleUser();
  execv(arguments[0], arguments.data());
  dprintf(2, "cannot run %s\n", arguments[0]);
  _exit(127);
}

std::string MakeFolder(bool for_oracle_user) {
  const char* base = std::getenv("TMPDIR");
  std::string pattern = fmt::format("{}/grizzly_test_XXXXXX", base != nullptr ? base : "/tmp");
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  const passwd* user = for_oracle_user ? OracleUser() : nullptr;
  if (user != nullptr && chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + pattern + " to the user postgres");
  }
  return pattern;
}

}  // namespace

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

TestServer::TestServer(ServerOptions options)
    : options_(std::move(options)),
      port_(FreePort()),
      folder_(MakeFolder(options_.kind == ServerKind::kPostgres15)) {
  if (options_.kind == ServerKind::kPostgres15) InitializePostgres();
}

TestServer::~TestServer() {
  if (IsRunning()) Kill();
  std::error_code ignored;
  if (!keeps_folder_) std::filesystem::remove_all(folder_, ignored);
}

void TestServer::InitializePostgres() {
  const pid_t pid = Spawn({std::string(kPostgresPrograms) + "initdb", "-D", folder_ + "/data", "-U",
                           "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"},
                          folder_ + "/log", /*as_oracle_user=*/true);
  int status = 0;
  waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed:\n" + LogTail());
}

std::vector<std::string> TestServer::CommandLine() const {
  std::vector<std::string> command;
  if (options_.kind == ServerKind::kPostgres15) {
    command = {std::string(kPostgresPrograms) + "postgres", "-k", folder_, "-c",
               options_.durable ? "fsync=on" : "fsync=off"};
  } else {
    command = {options_.grizzlyd};
  }
  for (const char* word : {"-D", "data", "-h", "127.0.0.1", "-p", "port"}) {
    command.push_back(word == std::string("data")   ? folder_ + "/data"
                      : word == std::string("port") ? std::to_string(port_)
                                                    : word);
  }
  // Both have it off by default.
  command.insert(command.end(), {"-c", "max_prepared_transactions=20"});
  for (const std::string& setting : options_.settings) {
    command.push_back("-c");
    command.push_back(setting);
  }
  return command;
}

double TestServer::StartSeconds() {
  const auto start = Clock::now();
  pid_ = Spawn(CommandLine(), folder_ + "/log", options_.kind == ServerKind::kPostgres15,
               environment_);
  WaitUntilReady();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void TestServer::WaitUntilReady() {
  const auto deadline = Clock::now() + kStartTimeout;
  while (Clock::now() < deadline) {
    if (!IsRunning()) throw std::runtime_error("the server ended at start:\n" + LogTail());
    if (PQping(ConnectionString("postgres").c_str()) == PQPING_OK) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("the server did not answer in time:\n" + LogTail());
}

bool TestServer::IsRunning() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void TestServer::Stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGINT);
  const auto deadline = Clock::now() + kStopTimeout;
  while (IsRunning()) {
    if (Clock::now() > deadline) {
      Kill();
      throw std::runtime_error("the server did not stop in time:\n" + LogTail());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void TestServer::Kill() {
  if (pid_ <= 0) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  // PostgreSQL's backends are processes of their own; they notice within moments that they are orphans.
  if (options_.kind == ServerKind::kPostgres15) std::this_thread::sleep_for(kOrphansEndIn);
}

std::string TestServer::CheckData() {
  const std::string log = folder_ + "/check";
  std::filesystem::remove(log);
  const pid_t pid = Spawn({options_.grizzlyd, "-D", folder_ + "/data", "--check"}, log,
                          /*as_oracle_user=*/false);
  int status = 0;
  waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::ostringstream text;
  text << std::ifstream(log).rdbuf();
  return "--check: " + text.str();
}

std::string TestServer::ConnectionString(const std::string& database) const {
  return fmt::format("host=127.0.0.1 port={} user=postgres dbname='{}' connect_timeout=20", port_,
                     database);
}

std::string TestServer::LogTail() const {
  std::ifstream log(folder_ + "/log");
  std::ostringstream text;
  text << log.rdbuf();
  const std::string whole = text.str();
  return whole.size() <= kLogTailBytes ? whole : whole.substr(whole.size() - kLogTailBytes);
}

}  // namespace grizzly::test
