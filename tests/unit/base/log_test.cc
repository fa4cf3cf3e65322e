// Shows: log lines as text and as JSON, as PostgreSQL writes them.
#include "base/log/log.h"

#include <gtest/gtest.h>

namespace grizzly::log {
namespace {

constexpr int64_t kTime = 1'700'000'000'123'456;

Diagnostic Sample() {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::kError;
  diagnostic.state = SqlState::kUndefinedTable;
  diagnostic.message = "relation \"t\" does not exist";
  diagnostic.position = 15;
  return diagnostic;
}

TEST(LogTest, Text) {
  const Origin origin{.session_id = 42, .user = "bob", .client_address = "127.0.0.1", .client_port = 9};
  EXPECT_EQ(FormatLine({}, Sample(), origin, "select *\nfrom t", kTime),
            "2023-11-14 22:13:20.123 UTC [42] ERROR:  relation \"t\" does not exist at character 15\n"
            "2023-11-14 22:13:20.123 UTC [42] STATEMENT:  select *\n\tfrom t");
  EXPECT_EQ(FormatLine({.line_prefix = "%t %u@%d %a %r %% "}, Sample(), origin, "", kTime),
            "2023-11-14 22:13:20 UTC bob@[unknown] [unknown] 127.0.0.1(9) % ERROR:  relation \"t\" "
            "does not exist at character 15");
}

TEST(LogTest, Json) {
  const Origin origin{.session_id = 42, .database = "d\"b"};
  EXPECT_EQ(FormatLine({.format = Format::kJson}, Sample(), origin, "a\tb", kTime),
            R"({"timestamp":"2023-11-14 22:13:20.123 UTC","dbname":"d\"b","pid":42,)"
            R"("error_severity":"ERROR","state_code":"42P01","message":"relation \"t\" does not exist",)"
            R"("statement":"a\tb","cursor_position":15})");
}

}  // namespace
}  // namespace grizzly::log
