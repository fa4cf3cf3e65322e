// Shows: the front door over a real socket: login, both protocols, pipelining, COPY, cancel, slow and
// broken clients, more blocked statements than threads.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/log/log.h"
#include "fake_instance.h"
#include "server/pgwire/listener.h"
#include "server/thread_pool.h"
#include "wire_client.h"

namespace grizzly::server {
namespace {

using std::string_literals::operator""s;

class PgwireTest : public testing::Test {
 protected:
  void SetUp() override { Open({}); }
  void TearDown() override { CloseAll(); }

  void Open(AdmissionSettings settings, std::string_view hba = DefaultHbaFile()) {
    CloseAll();
    log::Configure({.severity_min = Severity::kPanic});
    settings.hba = std::make_shared<HbaRules>(HbaRules::Parse(hba, "test"));
    io_ = std::make_unique<boost::asio::io_context>();
    guard_.emplace(io_->get_executor());
    reactor_ = std::make_unique<Reactor>();
    pool_ = std::make_unique<ThreadPool>(*reactor_, ThreadPoolOptions{.serving_target = 2, .idle_spare = 0});
    door_ = std::make_unique<FrontDoor>(*io_, *reactor_, instance_, tracker_, metrics_, settings);
    listener_ = std::make_unique<Listener>(*door_);
    listener_->Open({.addresses = {"127.0.0.1"}, .port = 0});
    pool_->Start();
    io_thread_ = std::thread([this] { io_->run(); });
    listener_->Start();
  }
  void CloseAll() {
    if (io_ == nullptr) return;
    listener_->Close();
    instance_.TerminateAllSessions();
    door_->InterruptAll();
    io_->stop();
    io_thread_.join();
    reactor_->Stop();
    pool_->Join();
    guard_.reset();
    listener_.reset();
    reactor_.reset();
    io_.reset();
    door_.reset();
    pool_.reset();
  }
  int port() const { return listener_->port(); }
  // A thread that is not needed any more parks as it comes out of a handler: somebody must ask something.
  bool SurplusParks() {
    WireClient client(port());
    client.Login();
    for (int i = 0; i < 300 && pool_->serving_count() > 2; ++i) {
      client.Query("select 1");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return pool_->serving_count() <= 2;
  }
  static void WaitFor(const std::function<bool()>& condition) {
    for (int i = 0; i < 500 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(condition());
  }

  FakeInstance instance_;
  MetricsRegistry metrics_;
  MemoryTracker tracker_{"wire", nullptr, 64 << 20};
  std::unique_ptr<boost::asio::io_context> io_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard_;
  std::thread io_thread_;
  std::unique_ptr<Reactor> reactor_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(PgwireTest, LoginAndQueries) {
  WireClient client(port());
  EXPECT_EQ(client.Login(), "RSSKZ");
  EXPECT_EQ(client.Query("select 1"), "TDCZ");
  EXPECT_EQ(client.Query("notice"), "NCZ");
  EXPECT_EQ(client.Query("fail"), "EZ");
  EXPECT_EQ(client.last_error, "ERROR 42601 syntax error at or near \"fail\"");
  EXPECT_EQ(client.Query("rows 3"), "TDDDCZ");
  EXPECT_EQ(client.Query("fatal").substr(0, 1), "E");
  WaitFor([&] { return instance_.session_count() == 0; });
}

TEST_F(PgwireTest, PipelinedMessagesAreAnsweredInOrder) {
  WireClient client(port());
  client.Login();
  std::string batch;
  const std::string bind = "\0s\0\0\0\0\0\0\0"s, execute = "\0\0\0\0\0"s;
  batch += WireClient::Message('P', "s\0select 1\0\0\0"s);
  for (int i = 0; i < 1000; ++i) {
    batch += WireClient::Message('B', bind) + WireClient::Message('D', "P\0"s) +
             WireClient::Message('E', execute) + WireClient::Message('S', "");
  }
  ASSERT_TRUE(client.Send(batch));
  EXPECT_EQ(client.ReceiveUntil('Z'), "12TDCZ");
  for (int i = 1; i < 1000; ++i) ASSERT_EQ(client.ReceiveUntil('Z'), "2TDCZ");
  // An error skips to Sync; Flush answers without one.
  client.Send(WireClient::Message('D', "x\0"s) + WireClient::Message('E', execute) +
              WireClient::Message('S', ""));
  EXPECT_EQ(client.ReceiveUntil('Z'), "EZ");
  EXPECT_EQ(client.last_error, "ERROR 08P01 invalid DESCRIBE message subtype 120");
  client.Send(WireClient::Message('B', bind) + WireClient::Message('H', ""));
  EXPECT_EQ(client.Receive().type, '2');
}

TEST_F(PgwireTest, MessagesInSmallPieces) {
  WireClient client(port());
  for (const char byte : WireClient::Startup("postgres")) client.Send({&byte, 1});
  EXPECT_EQ(client.ReceiveUntil('Z'), "RSSKZ");
  for (const char byte : WireClient::Message('Q', "rows 2\0"s)) client.Send({&byte, 1});
  EXPECT_EQ(client.ReceiveUntil('Z'), "TDDCZ");
}

TEST_F(PgwireTest, BadStarts) {
  struct Case {
    const char* shows;
    std::string bytes;
    const char* error;
  };
  const Case kCases[] = {
      {"HTTP", "GET / HTTP/1.1\r\n\r\n", "FATAL 08P01 invalid length of startup packet"},
      {"too short", "\0\0\0\x04"s, "FATAL 08P01 invalid length of startup packet"},
      {"version 9", WireClient::WithLength("\0\x09\0\0\0"s),
       "FATAL 0A000 unsupported frontend protocol 9.0: server supports 3.0 to 3.0"},
      {"missing database", WireClient::Startup("postgres", "missing"),
       "FATAL 3D000 database \"missing\" does not exist"},
      {"query instead", WireClient::WithLength("\0\x03\0\0user\0bob\0replication\0true\0\0"s),
       "FATAL 0A000 a replication connection is not supported"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shows);
    WireClient client(port());
    client.Send(c.bytes);
    client.ReceiveAll();
    EXPECT_EQ(client.last_error, c.error);
  }
}

TEST_F(PgwireTest, BadMessagesEndOnlyTheirConnection) {
  struct Case {
    const char* shows;
    std::string bytes;
    const char* error;
  };
  const Case kCases[] = {
      {"unknown type", "z\0\0\0\x04"s, "FATAL 08P01 invalid frontend message type 122"},
      {"length 0", "Q\0\0\0\0"s, "FATAL 08P01 invalid message length"},
      {"length 2 GB", "Q\x7F\xFF\xFF\xFF"s, "FATAL 08P01 invalid message length"},
  };
  WireClient bystander(port());
  bystander.Login();
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shows);
    WireClient client(port());
    client.Login();
    client.Send(c.bytes);
    client.ReceiveAll();
    EXPECT_EQ(client.last_error, c.error);
    EXPECT_EQ(bystander.Query("select 1"), "TDCZ");
  }
  WireClient client(port());
  client.Login();
  client.Send('Q', "select '\xFF'\0"s);
  EXPECT_EQ(client.ReceiveUntil('Z'), "EZ");
  EXPECT_EQ(client.last_error, "ERROR 22021 invalid byte sequence for encoding \"UTF8\": 0xff");
  client.Send('F', "");
  EXPECT_EQ(client.ReceiveUntil('Z'), "EZ");
  EXPECT_EQ(client.Query("select 1"), "TDCZ");
}

TEST_F(PgwireTest, LargeMessagesAreChargedAndRefusedAlone) {
  WireClient client(port());
  client.Login();
  EXPECT_EQ(client.Query(std::string(20 << 20, ' ')), "TDCZ");
  WaitFor([&] { return tracker_.used_bytes() == 0; });
  // The tracker takes 64 MB.
  EXPECT_EQ(client.Query(std::string(100 << 20, ' ')), "EZ");
  EXPECT_EQ(client.last_error, "ERROR 53200 out of memory");
  EXPECT_EQ(client.Query("select 1"), "TDCZ");
  EXPECT_EQ(client.Query("wide 20000000"), "TDCZ");
  WaitFor([&] { return tracker_.used_bytes() == 0; });
}

TEST_F(PgwireTest, CopyBothWays) {
  WireClient client(port());
  client.Login();
  client.Send('Q', "copy in\0"s);
  EXPECT_EQ(client.ReceiveUntil('G'), "G");
  client.Send(WireClient::Message('d', "abc") + WireClient::Message('H', "") +
              WireClient::Message('S', "") + WireClient::Message('d', std::string(300'000, 'x')));
  client.Send(WireClient::Message('c', "") + WireClient::Message('Q', "select 1\0"s));
  EXPECT_EQ(client.ReceiveUntil('Z'), "CZ");
  EXPECT_EQ(client.last_tag, "copy in 300003");
  EXPECT_EQ(client.ReceiveUntil('Z'), "TDCZ");

  // Everything at once, the statement's text behind it overwritten if it were not held.
  client.Send(WireClient::Message('Q', "copy in\0"s) + WireClient::Message('d', "abc") +
              WireClient::Message('c', ""));
  EXPECT_EQ(client.ReceiveUntil('Z'), "GCZ");
  EXPECT_EQ(client.last_tag, "copy in 3");

  client.Send('Q', "copy in\0"s);
  client.ReceiveUntil('G');
  client.Send('f', "changed my mind\0"s);
  EXPECT_EQ(client.ReceiveUntil('Z'), "EZ");
  EXPECT_EQ(client.last_error, "ERROR 57014 COPY from stdin failed: changed my mind");

  // A COPY that fails early: the rest of its data is ignored.
  client.Send(WireClient::Message('Q', "lost\0"s) + WireClient::Message('d', "1") +
              WireClient::Message('d', "2") + WireClient::Message('c', ""));
  EXPECT_EQ(client.ReceiveUntil('Z'), "GEZ");
  EXPECT_EQ(client.Query("copy out 3"), "HdddcCZ");

  client.Send(WireClient::Message('Q', "copy in\0"s) + WireClient::Message('P', "\0\0\0\0"s));
  EXPECT_EQ(client.ReceiveAll(), "GEZE(end)");
  EXPECT_EQ(client.last_error,
            "FATAL 08P01 terminating connection because protocol synchronization was lost");
}

TEST_F(PgwireTest, CancelReachesABlockedStatement) {
  WireClient client(port());
  client.Send(WireClient::Startup("postgres"));
  std::string key;
  for (BackendMessage message = client.Receive(); message.type != 'Z'; message = client.Receive()) {
    if (message.type == 'K') key = message.body;
  }
  client.Send('Q', "wait\0"s);
  WaitFor([&] { return pool_->blocked_count() == 1; });
  WireClient(port()).Send(WireClient::WithLength("\x04\xD2\x16\x2E"s + key));
  EXPECT_EQ(client.ReceiveUntil('Z'), "EZ");
  EXPECT_EQ(client.last_error, "ERROR 57014 canceling statement due to user request");
}

TEST_F(PgwireTest, MoreBlockedStatementsThanThreads) {
  std::vector<std::unique_ptr<WireClient>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(std::make_unique<WireClient>(port()));
    waiting.back()->Login();
    waiting.back()->Send('Q', "wait\0"s);
  }
  WaitFor([&] { return pool_->blocked_count() == 20; });
  WireClient client(port());
  EXPECT_EQ(client.Login(), "RSSKZ");
  EXPECT_EQ(client.Query("select 1"), "TDCZ");
  instance_.TerminateAllSessions();
  for (auto& each : waiting) {
    EXPECT_EQ(each->ReceiveAll(), "E(end)");
    EXPECT_EQ(each->last_error, "FATAL 57P01 terminating connection due to administrator command");
  }
  // The idle one hears it, too.
  EXPECT_EQ(client.ReceiveAll(), "E(end)");
  WaitFor([&] { return door_->socket_count() == 0; });
  EXPECT_TRUE(SurplusParks());
}

TEST_F(PgwireTest, LongComputationsLeaveRoomForOthers) {
  WireClient spinning[3] = {WireClient(port()), WireClient(port()), WireClient(port())};
  for (WireClient& each : spinning) each.Login();
  for (WireClient& each : spinning) each.Send('Q', "spin 2000\0"s);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto start = std::chrono::steady_clock::now();
  WireClient client(port());
  EXPECT_EQ(client.Login(), "RSSKZ");
  EXPECT_EQ(client.Query("select 1"), "TDCZ");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1500));
  for (WireClient& each : spinning) EXPECT_EQ(each.ReceiveUntil('Z'), "CZ");
  EXPECT_TRUE(SurplusParks());
}

TEST_F(PgwireTest, AClientThatNeverReadsHoldsLittleAndStopsNobody) {
  std::vector<std::unique_ptr<WireClient>> deaf;
  for (int i = 0; i < 5; ++i) {
    deaf.push_back(std::make_unique<WireClient>(port(), 4096));
    deaf.back()->Login();
    deaf.back()->Send('Q', i % 2 == 0 ? "rows 10000000\0"s : "copy out 10000000\0"s);
  }
  WaitFor([&] { return pool_->blocked_count() == 5; });
  EXPECT_EQ(tracker_.used_bytes(), 0);
  WireClient client(port());
  EXPECT_EQ(client.Login(), "RSSKZ");
  EXPECT_EQ(client.Query("rows 1000").size(), 1003u);
  // Shutdown does not wait for them.
  instance_.TerminateAllSessions();
  WaitFor([&] { return door_->socket_count() == 0; });
}

TEST_F(PgwireTest, IdleTimeout) {
  instance_.idle_timeout_ms = 50;
  WireClient client(port());
  client.Login();
  EXPECT_EQ(client.ReceiveAll(), "E(end)");
  EXPECT_EQ(client.last_error, "FATAL 57P05 terminating connection due to idle-session timeout");
  instance_.idle_timeout_ms = 0;
}

TEST_F(PgwireTest, LoginTimeout) {
  Open({.authentication_timeout_ms = 50}, "host all all all password");
  WireClient silent(port());
  EXPECT_EQ(silent.ReceiveAll(), "(end)");
  WireClient client(port());
  client.Send(WireClient::Startup("bob"));
  EXPECT_EQ(client.ReceiveAll(), "RE(end)");
  EXPECT_EQ(client.last_error, "FATAL 57014 canceling authentication due to timeout");
}

TEST_F(PgwireTest, Passwords) {
  Open({}, "host all all all password");
  const auto login = [&](std::string_view user, std::string_view password) {
    WireClient client(port());
    client.Send(WireClient::Startup(user));
    client.Receive();
    client.Send('p', std::string(password) + '\0');
    client.ReceiveUntil('Z');
    return client.last_error;
  };
  EXPECT_EQ(login("bob", "secret"), "");
  EXPECT_EQ(login("bob", "wrong"), "FATAL 28P01 password authentication failed for user \"bob\"");
  EXPECT_EQ(login("nobody", "x"), "FATAL 28P01 password authentication failed for user \"nobody\"");
  EXPECT_EQ(login("bob", ""), "FATAL 28P01 empty password returned by client");
  WireClient client(port());
  client.Send(WireClient::Startup("bob"));
  client.Receive();
  client.Send('Q', "select 1\0"s);
  client.ReceiveAll();
  EXPECT_EQ(client.last_error, "FATAL 08P01 expected password response, got message type 81");
}

TEST_F(PgwireTest, Refusals) {
  Open({}, "host all bob all reject\nhost only all all trust");
  const auto login = [&](std::string_view user) {
    WireClient client(port());
    client.Send(WireClient::Startup(user));
    client.ReceiveUntil('Z');
    return client.last_error;
  };
  EXPECT_EQ(login("bob"),
            "FATAL 28000 pg_hba.conf rejects connection for host \"127.0.0.1\", user \"bob\", "
            "database \"bob\", no encryption");
  EXPECT_EQ(login("eve"),
            "FATAL 28000 no pg_hba.conf entry for host \"127.0.0.1\", user \"eve\", database \"eve\", "
            "no encryption");
}

TEST_F(PgwireTest, ConnectionLimits) {
  Open({.max_connections = 3, .superuser_reserved_connections = 1});
  WireClient a(port()), b(port()), c(port()), d(port());
  EXPECT_EQ(a.Login("bob"), "RSSKZ");
  EXPECT_EQ(b.Login("bob"), "RSSKZ");
  EXPECT_EQ(c.Login("bob"), "E(end)");
  EXPECT_EQ(c.last_error,
            "FATAL 53300 remaining connection slots are reserved for non-replication superuser "
            "connections");
  EXPECT_EQ(d.Login("postgres"), "RSSKZ");
  WireClient e(port());
  EXPECT_EQ(e.Login("postgres"), "E(end)");
  EXPECT_EQ(e.last_error, "FATAL 53300 sorry, too many clients already");
  a.Close();
  WaitFor([&] { return door_->admitted_count() == 2; });
  WireClient f(port());
  EXPECT_EQ(f.Login("postgres"), "RSSKZ");
}

}  // namespace
}  // namespace grizzly::server
