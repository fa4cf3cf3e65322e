// Shows: backend messages have the bytes the protocol documents, and buffers charge what they hold.
#include "protocol/backend.h"

#include <gtest/gtest.h>

#include "base/error/sql_error.h"

namespace grizzly::protocol {
namespace {

using std::string_literals::operator""s;

std::string Written(const std::function<void(BackendWriter&)>& write) {
  ByteBuffer out;
  BackendWriter writer(out);
  write(writer);
  return std::string(out.view());
}

TEST(BackendTest, Bytes) {
  struct Case {
    const char* shows;
    std::function<void(BackendWriter&)> write;
    std::string bytes;
  };
  const Oid kTypes[] = {23, 25};
  const std::string_view kMechanisms[] = {"SCRAM-SHA-256"};
  const Case kCases[] = {
      {"ok", [](auto& w) { w.AuthenticationOk(); }, "R\0\0\0\x08\0\0\0\0"s},
      {"sasl", [&](auto& w) { w.AuthenticationSasl(kMechanisms); },
       "R\0\0\0\x17\0\0\0\x0ASCRAM-SHA-256\0\0"s},
      {"status", [](auto& w) { w.ParameterStatus("a", "b"); }, "S\0\0\0\x08" "a\0b\0"s},
      {"key", [](auto& w) { w.BackendKeyData(1, -1); },
       "K\0\0\0\x0C\0\0\0\x01\xFF\xFF\xFF\xFF"s},
      {"ready", [](auto& w) { w.ReadyForQuery('I'); }, "Z\0\0\0\x05I"s},
      {"tag", [](auto& w) { w.CommandComplete("SELECT 1"); }, "C\0\0\0\x0DSELECT 1\0"s},
      {"parameters", [&](auto& w) { w.ParameterDescription(kTypes); },
       "t\0\0\0\x0E\0\x02\0\0\0\x17\0\0\0\x19"s},
      {"copy in", [](auto& w) { w.CopyInResponse(0, 2); }, "G\0\0\0\x0B\0\0\x02\0\0\0\0"s},
      {"copy data", [](auto& w) { w.CopyData("x\n"); }, "d\0\0\0\x06x\n"s},
      {"row description",
       [](auto& w) {
         const size_t start = w.BeginRowDescription(1);
         w.Field({.name = "n", .type_oid = 23, .type_length = 4});
         w.EndMessage(start);
       },
       "T\0\0\0\x1A\0\x01n\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xFF\xFF\xFF\xFF\0\0"s},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shows);
    EXPECT_EQ(Written(c.write), c.bytes);
  }
}

TEST(BackendTest, ErrorResponseHasPostgresFieldOrder) {
  SqlError error = SqlError(SqlState::kUndefinedTable, "relation \"t\" does not exist").Hint("H.");
  error.diagnostic().position = 15;
  error.diagnostic().file = "src/planner/bind.cc";
  error.diagnostic().line = 7;
  error.diagnostic().routine = "void grizzly::planner::Binder::BindRelation(int) const";
  const std::string bytes = Written([&](auto& w) { w.ErrorResponse(error.diagnostic()); });
  EXPECT_EQ(bytes.substr(5),
            "SERROR\0VERROR\0C42P01\0Mrelation \"t\" does not exist\0HH.\0P15\0Fbind.cc\0L7\0"
            "RBindRelation\0\0"s);
}

TEST(ByteBufferTest, ChargesOnlyLargeOnes) {
  MemoryTracker tracker("wire", nullptr, 1 << 20);
  {
    ByteBuffer buffer(&tracker);
    buffer.Append(std::string(1000, 'x'));
    EXPECT_EQ(tracker.used_bytes(), 0);
    buffer.Append(std::string(200'000, 'x'));
    EXPECT_EQ(tracker.used_bytes(), static_cast<int64_t>(buffer.capacity()));
    EXPECT_THROW(buffer.Extend(2 << 20), SqlError);
    EXPECT_EQ(buffer.size(), 201'000u);
    ByteBuffer other(std::move(buffer));
    EXPECT_EQ(other.size(), 201'000u);
  }
  EXPECT_EQ(tracker.used_bytes(), 0);
}

}  // namespace
}  // namespace grizzly::protocol
