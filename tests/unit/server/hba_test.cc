// Shows: pg_hba.conf lines match as PostgreSQL's do, and what we do not have is refused by line.
#include "server/auth/hba.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

TEST(HbaTest, FirstLineThatFits) {
  const HbaRules rules = HbaRules::Parse(R"(
# comment
local    all            all                                   trust
host     sales,"all"    bob,eve      10.0.0.0/8               scram-sha-256
host     sameuser       all          192.168.1.0 255.255.255.0  password   # comment
hostssl  all            all          ::1/128                  trust
hostnossl all           all          ::1/128                  reject
host     all            "all"        127.0.0.0/8              reject
host     replication    all          all                      trust
host     all            \
         carl           samehost                              trust
)",
                                         "f");
  struct Case {
    const char* user;
    const char* database;
    const char* address;  // null: Unix socket
    bool tls;
    int line;  // 0: none
  };
  const Case kCases[] = {
      {"x", "y", nullptr, false, 3},
      {"bob", "sales", "10.1.2.3", false, 4},
      {"bob", "all", "10.1.2.3", false, 4},
      {"carl", "sales", "10.1.2.3", false, 0},
      {"bob", "other", "10.1.2.3", false, 0},
      {"bob", "sales", "11.1.2.3", false, 0},
      {"bob", "sales", "::ffff:10.1.2.3", false, 4},
      {"bob", "bob", "192.168.1.77", false, 5},
      {"bob", "sales", "192.168.1.77", false, 0},
      {"bob", "x", "::1", true, 6},
      {"bob", "x", "::1", false, 7},
      {"all", "x", "127.3.2.1", false, 8},
      {"bob", "x", "127.3.2.1", false, 0},
      {"bob", "replication", "8.8.8.8", false, 0},
      {"carl", "x", "127.0.0.1", false, 10},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(fmt::format("{} {} {}", c.user, c.database, c.address == nullptr ? "-" : c.address));
    HbaRequest request{.user = c.user, .database = c.database, .tls = c.tls};
    if (c.address != nullptr) request.address = IpAddress::Parse(c.address);
    const HbaRule* rule = rules.Match(request);
    EXPECT_EQ(rule == nullptr ? 0 : rule->line, c.line);
  }
}

TEST(HbaTest, Refused) {
  struct Case {
    const char* text;
    const char* error;
  };
  const Case kCases[] = {
      {"", "configuration file \"f\" contains no entries"},
      {"hast all all all trust", "invalid connection type \"hast\""},
      {"host", "end-of-line before database specification"},
      {"host all", "end-of-line before role specification"},
      {"host all all", "end-of-line before IP address specification"},
      {"host all all all", "end-of-line before authentication method"},
      {"local all all", "end-of-line before authentication method"},
      {"host all all 10.0.0.0 trust", "invalid IP mask \"trust\""},
      {"host all all 10.0.0.0/33 trust", "invalid CIDR mask in address \"10.0.0.0/33\""},
      {"host all all db.example.com trust", "host name \"db.example.com\" in pg_hba.conf is not supported"},
      {"host all all all md5", "authentication method \"md5\" is not supported"},
      {"host all all all magic", "invalid authentication method \"magic\""},
      {"host all +staff all trust", "+role in pg_hba.conf is not supported"},
      {"host samerole all all trust", "samerole in pg_hba.conf is not supported"},
      {"host all all all trust x=1", "unrecognized authentication option name: \"x\""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    try {
      HbaRules::Parse(c.text, "f");
      ADD_FAILURE();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.diagnostic().message, c.error);
      if (*c.text != '\0') {
        EXPECT_EQ(error.diagnostic().context, "line 1 of configuration file \"f\"");
      }
    }
  }
}

TEST(HbaTest, TrustOfStrangers) {
  const auto strangers = [](std::string_view text) {
    return HbaRules::Parse(text, "f").FindTrustOfStrangers() != nullptr;
  };
  EXPECT_FALSE(strangers(DefaultHbaFile()));
  EXPECT_FALSE(strangers("local all all trust"));
  EXPECT_FALSE(strangers("host all all 127.0.0.0/8 trust"));
  EXPECT_FALSE(strangers("host all all samehost trust"));
  EXPECT_FALSE(strangers("host all all all scram-sha-256"));
  EXPECT_TRUE(strangers("host all all all trust"));
  EXPECT_TRUE(strangers("host all all 127.0.0.1/1 trust"));
  EXPECT_TRUE(strangers("host all all ::1/64 trust"));
  EXPECT_TRUE(strangers("hostssl all all 10.0.0.0/8 trust"));
  EXPECT_TRUE(strangers("host all all samenet trust"));
}

}  // namespace
}  // namespace grizzly::server
