// Shows: the whole process over a fake instance: data directory, lock file, signals, HTTP, TLS, and
// starts that are refused with a sentence.
#include "server/server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "fake_instance.h"
#include "server/start.h"
#include "wire_client.h"

namespace grizzly::server {
namespace {

namespace fs = std::filesystem;

int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::string ReadText(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A self-signed certificate for localhost.
void WriteCertificate(const fs::path& folder) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_sign(certificate, key, EVP_sha256());
  ::umask(077);
  FILE* file = std::fopen((folder / "server.key").c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  file = std::fopen((folder / "server.crt").c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

// A server in a process of its own, so that signals and exits are real.
class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("grizzly_server_test_{}", ::getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    ::chmod(folder_.c_str(), 0700);
    port_ = FreePort();
  }
  void TearDown() override {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    fs::remove_all(folder_);
  }
  std::vector<std::string> Arguments(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"-D", data(), "-p", std::to_string(port_), "-h", "127.0.0.1",
                                          "-k", folder_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string data() const { return (folder_ / "d").string(); }

  pid_t Launch(std::vector<std::string> more = {}) {
    const pid_t process = ::fork();
    if (process != 0) return process;
    const int log_file = ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log_file, STDERR_FILENO);
    log::Configure({});  // other tests in this process are quieter
    ::_exit(RunServer(Arguments(more), [](const InstanceStart& start) -> std::unique_ptr<session::Instance> {
      if (start.options.count("bogus") > 0) {
        throw SqlError(SqlState::kUndefinedObject, "unrecognized configuration parameter \"bogus\"");
      }
      std::ofstream(start.data_directory + "/BASE") << "x";
      return std::make_unique<FakeInstance>();
    }));
  }
  void Begin(std::vector<std::string> more = {}) {
    process_ = Launch(std::move(more));
    for (int i = 0; i < 500; ++i) {
      const std::string lock = ReadText(data() + "/postmaster.pid");
      if (lock.starts_with(std::to_string(process_)) && lock.find("ready") != std::string::npos) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL() << "no server: " << Log();
  }
  // The exit status, or -1 after two seconds.
  int Exit(pid_t process) {
    for (int i = 0; i < 200; ++i) {
      int status = 0;
      if (::waitpid(process, &status, WNOHANG) == process) {
        if (process == process_) process_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return -1;
  }
  std::string Log() const { return ReadText(folder_ / "log"); }
  bool LogHas(std::string_view text) const { return Log().find(text) != std::string::npos; }
  std::string RefusedStart(std::vector<std::string> more) {
    fs::remove(folder_ / "log");
    EXPECT_EQ(Exit(Launch(std::move(more))), 1);
    return Log();
  }
  std::string Http(int port, std::string_view request) {
    WireClient client(port);
    client.Send(request);
    std::string reply;
    for (char c = client.ReceiveByte(); c != 0; c = client.ReceiveByte()) reply += c;
    return reply;
  }

  fs::path folder_;
  int port_ = 0;
  pid_t process_ = 0;
};

TEST_F(ServerTest, FreshDirectoryThenFastShutdown) {
  Begin();
  EXPECT_EQ(ReadText(data() + "/pg_hba.conf"), DefaultHbaFile());
  EXPECT_TRUE(fs::exists(data() + "/grizzlyd.conf"));
  EXPECT_EQ(fs::status(data()).permissions(), fs::perms::owner_all);
  const std::string lock = ReadText(data() + "/postmaster.pid");
  EXPECT_TRUE(lock.starts_with(fmt::format("{}\n{}\n", process_, data()))) << lock;
  EXPECT_TRUE(lock.ends_with(fmt::format("\n{}\n{}\n127.0.0.1\n\nready   \n", port_, folder_.string())))
      << lock;

  WireClient idle(port_), busy(port_);
  EXPECT_EQ(idle.Login(), "RSSKZ");
  busy.Login();
  busy.Send('Q', std::string("wait\0", 5));
  ::kill(process_, SIGINT);
  EXPECT_EQ(idle.ReceiveAll(), "E(end)");
  EXPECT_EQ(busy.ReceiveAll(), "E(end)");
  EXPECT_EQ(busy.last_error, "FATAL 57P01 terminating connection due to administrator command");
  EXPECT_EQ(idle.last_error, busy.last_error);
  EXPECT_EQ(Exit(process_), 0);
  EXPECT_FALSE(fs::exists(data() + "/postmaster.pid"));
  EXPECT_FALSE(fs::exists(folder_ / fmt::format(".s.PGSQL.{}", port_)));
  EXPECT_TRUE(LogHas("LOG:  database system is shut down"));
}

TEST_F(ServerTest, SmartShutdownWaitsForClients) {
  Begin();
  auto client = std::make_unique<WireClient>(port_);
  client->Login();
  ::kill(process_, SIGTERM);
  const auto is_stopping = [&] {
    return ReadText(data() + "/postmaster.pid").find("stopping") != std::string::npos;
  };
  for (int i = 0; i < 200 && !is_stopping(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(client->Query("select 1"), "TDCZ");
  WireClient late(port_);
  EXPECT_EQ(late.Login(), "E(end)");
  EXPECT_EQ(late.last_error, "FATAL 57P03 the database system is shutting down");
  client.reset();
  late.Close();
  EXPECT_EQ(Exit(process_), 0);
}

TEST_F(ServerTest, ImmediateShutdownAndStaleLockFile) {
  Begin();
  ::kill(process_, SIGQUIT);
  EXPECT_EQ(Exit(process_), 1);
  EXPECT_FALSE(fs::exists(data() + "/postmaster.pid"));
  Begin();
  ::kill(process_, SIGKILL);
  EXPECT_EQ(Exit(process_), 1000 + SIGKILL);
  EXPECT_TRUE(fs::exists(data() + "/postmaster.pid"));
  Begin();
  WireClient client(port_);
  EXPECT_EQ(client.Login(), "RSSKZ");
}

TEST_F(ServerTest, ReloadReadsRulesAgain) {
  Begin();
  std::ofstream(data() + "/pg_hba.conf") << "nonsense\n";
  ::kill(process_, SIGHUP);
  for (int i = 0; i < 200 && !LogHas("the configuration was not reloaded"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(LogHas("invalid connection type \"nonsense\""));
  WireClient still(port_);
  EXPECT_EQ(still.Login(), "RSSKZ");
  std::ofstream(data() + "/pg_hba.conf") << "host all all all reject\n";
  ::kill(process_, SIGHUP);
  std::string refused;
  for (int i = 0; i < 200 && refused != "E(end)"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    refused = WireClient(port_).Login();
  }
  EXPECT_EQ(refused, "E(end)");
}

TEST_F(ServerTest, RefusedStarts) {
  EXPECT_NE(RefusedStart({"-c", "bogus=1"}).find("FATAL:  unrecognized configuration parameter \"bogus\""),
            std::string::npos);
  EXPECT_NE(RefusedStart({"-p", "x"}).find("FATAL:  invalid value for parameter \"port\": \"x\""),
            std::string::npos);
  std::ofstream(data() + "/pg_hba.conf") << "host all all all trust\n";
  const std::string log = RefusedStart({"-h", "0.0.0.0"});
  EXPECT_NE(log.find("FATAL:  refusing to listen on \"0.0.0.0\": line 1 of"), std::string::npos) << log;
  EXPECT_NE(log.find("HINT:  Say scram-sha-256 there"), std::string::npos);
  ::chmod(data().c_str(), 0755);
  EXPECT_NE(RefusedStart({}).find("has invalid permissions"), std::string::npos);
  ::chmod(data().c_str(), 0700);
  Begin();
  EXPECT_NE(RefusedStart({}).find(fmt::format("FATAL:  lock file \"{}/postmaster.pid\" already exists",
                                              data())),
            std::string::npos);
  EXPECT_NE(RefusedStart({"-D", (folder_ / "e").string()}).find("could not create any TCP/IP sockets"),
            std::string::npos);
}

TEST_F(ServerTest, HttpAndUnixSocket) {
  const int http_port = FreePort();
  Begin({"-c", fmt::format("http_port={}", http_port)});
  const std::string close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_NE(Http(http_port, "GET /healthz" + close).find("200 OK"), std::string::npos);
  EXPECT_NE(Http(http_port, "GET /readyz" + close).find("200 OK"), std::string::npos);
  EXPECT_NE(Http(http_port, "GET /x" + close).find("404 Not Found"), std::string::npos);
  EXPECT_NE(Http(http_port, "POST /metrics" + close).find("405"), std::string::npos);
  const std::string metrics = Http(http_port, "GET /metrics" + close);
  EXPECT_NE(metrics.find("# TYPE grizzlydb_connections_total counter\ngrizzlydb_connections_total 0\n"),
            std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find("grizzlydb_fake_value 7\n"), std::string::npos);

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder_ / fmt::format(".s.PGSQL.{}", port_)).string();
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string startup = WireClient::Startup("postgres");
  ASSERT_EQ(::write(socket, startup.data(), startup.size()), static_cast<ssize_t>(startup.size()));
  char first = 0;
  EXPECT_EQ(::read(socket, &first, 1), 1);
  EXPECT_EQ(first, 'R');
  ::close(socket);
}

TEST_F(ServerTest, Tls) {
  fs::create_directories(data());
  ::chmod(data().c_str(), 0700);
  WriteCertificate(data());
  std::ofstream(data() + "/pg_hba.conf") << "hostssl all all all trust\n";
  Begin({"-l"});
  WireClient plain(port_);
  EXPECT_EQ(plain.Login(), "E(end)");
  EXPECT_EQ(plain.last_error,
            "FATAL 28000 no pg_hba.conf entry for host \"127.0.0.1\", user \"postgres\", database "
            "\"postgres\", no encryption");

  WireClient eager(port_);
  eager.Send(WireClient::WithLength(std::string("\x04\xD2\x16\x2F", 4)) + "early");
  eager.ReceiveAll();
  EXPECT_EQ(eager.last_error, "FATAL 08P01 received unencrypted data after SSL request");

  WireClient client(port_);
  client.Send(WireClient::WithLength(std::string("\x04\xD2\x16\x2F", 4)));
  EXPECT_EQ(client.ReceiveByte(), 'S');
  SSL_CTX* ctx = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(ctx);
  SSL_set_fd(ssl, client.socket());
  ASSERT_EQ(SSL_connect(ssl), 1);
  const std::string bytes =
      WireClient::Startup("postgres") + WireClient::Message('Q', std::string("rows 20000\0", 11));
  SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
  std::string reply;
  char chunk[4096];
  int ready_count = 0;
  while (ready_count < 2) {
    const int size = SSL_read(ssl, chunk, sizeof(chunk));
    ASSERT_GT(size, 0);
    reply.append(chunk, size);
    ready_count = reply.ends_with(std::string("Z\0\0\0\x05I", 6)) && reply.size() > 100'000 ? 2 : 0;
  }
  EXPECT_GT(reply.size(), 20'000u * 20);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

}  // namespace
}  // namespace grizzly::server
