// Shows: frontend messages decode in place, and every malformed one is met by PostgreSQL's error.
#include "protocol/frontend.h"

#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "protocol/byte_buffer.h"
#include "protocol/startup.h"

namespace grizzly::protocol {
namespace {

using std::string_literals::operator""s;

std::string Message(char type, const std::string& body) {
  std::string frame(5, type);
  StoreNetwork(frame.data() + 1, static_cast<uint32_t>(body.size() + 4));
  return frame + body;
}

std::string Int16(uint16_t value) {
  std::string bytes(2, '\0');
  StoreNetwork(bytes.data(), value);
  return bytes;
}

std::string Int32(uint32_t value) {
  std::string bytes(4, '\0');
  StoreNetwork(bytes.data(), value);
  return bytes;
}

std::string ErrorOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const SqlError& error) {
    const auto state = facts::SqlStateText(error.state());
    return std::string(SeverityName(error.diagnostic().severity)) + " " +
           std::string(state.data(), 5) + " " + error.diagnostic().message;
  }
  return "";
}

TEST(FrontendTest, FindsFramesInAStream) {
  const std::string stream = Message('Q', "select 1\0"s) + Message('S', "") + "Q\0\0"s;
  const std::optional<Frame> query = NextFrame(stream);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->type, FrontendType::kQuery);
  EXPECT_EQ(DecodeQuery(query->body), "select 1");
  const std::string_view after = std::string_view(stream).substr(query->frame_bytes());
  const std::optional<Frame> sync = NextFrame(after);
  ASSERT_TRUE(sync);
  EXPECT_EQ(sync->type, FrontendType::kSync);
  EXPECT_FALSE(NextFrame(after.substr(sync->frame_bytes())));
}

TEST(FrontendTest, RefusesWhatCannotBeSkipped) {
  struct Case {
    const char* shows;
    std::string bytes;
    const char* error;
  };
  const Case kCases[] = {
      {"unknown type", "z", "FATAL 08P01 invalid frontend message type 122"},
      {"high type", "\xFF", "FATAL 08P01 invalid frontend message type 255"},
      {"password after login", "p", "FATAL 08P01 invalid frontend message type 112"},
      {"length 3", "Q" + Int32(3), "FATAL 08P01 invalid message length"},
      {"negative length", "Q" + Int32(0xFFFFFFFF), "FATAL 08P01 invalid message length"},
      {"over one gigabyte", "Q" + Int32(0x3FFFFFFF), "FATAL 08P01 invalid message length"},
      {"long Sync", "S" + Int32(10'001), "FATAL 08P01 invalid message length"},
      {"largest Query", "Q" + Int32(0x3FFFFFFE), ""},
      {"longest Describe", "D" + Int32(10'000), ""},
      {"half a head", "Q\0\0"s, ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shows);
    EXPECT_EQ(ErrorOf([&] { NextFrameHead(c.bytes); }), c.error);
  }
}

TEST(FrontendTest, MalformedBodies) {
  FrontendDecoder decoder;
  struct Case {
    const char* shows;
    std::function<void()> decode;
    const char* error;
  };
  const std::string two_formats = "\0\0"s + Int16(2) + Int16(0) + Int16(1) + Int16(1) + Int32(-1);
  const Case kCases[] = {
      {"query without NUL", [&] { DecodeQuery("select"); },
       "ERROR 08P01 invalid string in message"},
      {"query with NUL inside", [&] { DecodeQuery("sel\0ect\0"s); },
       "ERROR 08P01 invalid message format"},
      {"query not UTF-8", [&] { DecodeQuery("select '\xFF'\0"s); },
       "ERROR 22021 invalid byte sequence for encoding \"UTF8\": 0xff"},
      {"cut character", [&] { DecodeQuery("a\xE2\x82\0"s); },
       "ERROR 22021 invalid byte sequence for encoding \"UTF8\": 0xe2 0x82"},
      {"describe of nothing", [&] { DecodeDescribe(""); },
       "ERROR 08P01 no data left in message"},
      {"describe kind", [&] { DecodeDescribe("x\0"s); },
       "ERROR 08P01 invalid DESCRIBE message subtype 120"},
      {"close kind", [&] { DecodeClose("x\0"s); },
       "ERROR 08P01 invalid CLOSE message subtype 120"},
      {"execute without count", [&] { DecodeExecute("\0\0"s); },
       "ERROR 08P01 insufficient data left in message"},
      {"parse with types missing", [&] { decoder.DecodeParse("\0\0"s + Int16(2) + Int32(23)); },
       "ERROR 08P01 insufficient data left in message"},
      {"bind formats", [&] { decoder.DecodeBind(two_formats); },
       "ERROR 08P01 bind message has 2 parameter formats but 1 parameters"},
      {"bind format code", [&] { decoder.DecodeBind("\0\0"s + Int16(1) + Int16(2)); },
       "ERROR 22023 unsupported format code: 2"},
      {"bind value too long",
       [&] { decoder.DecodeBind("\0\0"s + Int16(0) + Int16(1) + Int32(9) + "abc"); },
       "ERROR 08P01 insufficient data left in message"},
      {"bind length -2",
       [&] { decoder.DecodeBind("\0\0"s + Int16(0) + Int16(1) + Int32(-2) + Int16(0)); },
       "ERROR 08P01 insufficient data left in message"},
      {"bind text with NUL",
       [&] { decoder.DecodeBind("\0\0"s + Int16(0) + Int16(1) + Int32(1) + "\0"s + Int16(0)); },
       "ERROR 22021 invalid byte sequence for encoding \"UTF8\": 0x00"},
      {"sync with a body", [&] { DecodeEmpty("x"); }, "ERROR 08P01 invalid message format"},
      {"empty password", [&] { DecodePassword("\0"s); },
       "FATAL 28P01 empty password returned by client"},
      {"password size", [&] { DecodePassword("abc"); },
       "FATAL 08P01 invalid password packet size"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shows);
    EXPECT_EQ(ErrorOf(c.decode), c.error);
  }
}

TEST(FrontendTest, BindPointsIntoTheBody) {
  FrontendDecoder decoder;
  const std::string body = "p1\0s1\0"s + Int16(1) + Int16(1) + Int16(3) + Int32(4) + "\0\0\0\x07"s +
                           Int32(-1) + Int32(0) + Int16(2) + Int16(0) + Int16(1);
  const BindMessage bind = decoder.DecodeBind(body);
  EXPECT_EQ(bind.portal, "p1");
  EXPECT_EQ(bind.statement, "s1");
  ASSERT_EQ(bind.values.size(), 3u);
  EXPECT_EQ(bind.values[0], "\0\0\0\x07"s);
  EXPECT_EQ(bind.values[0]->data(), body.data() + 16);
  EXPECT_FALSE(bind.values[1].has_value());
  EXPECT_EQ(bind.values[2], "");
  EXPECT_EQ(std::vector<int16_t>(bind.result_formats.begin(), bind.result_formats.end()),
            (std::vector<int16_t>{0, 1}));
}

TEST(StartupTest, ReadsParameters) {
  const StartupPacket packet = DecodeStartup(
      Int32(kProtocolVersion3 + 1) +
      "user\0bob\0application_name\0psql\0_pq_.x\0" "1\0replication\0no\0\0"s);
  EXPECT_EQ(packet.user, "bob");
  EXPECT_EQ(packet.database, "bob");
  EXPECT_EQ(packet.settings.size(), 1u);
  EXPECT_EQ(packet.unknown_options, std::vector<std::string>{"_pq_.x"});
  EXPECT_TRUE(packet.needs_negotiation());
  EXPECT_EQ(packet.replication, "");
}

TEST(StartupTest, Malformed) {
  struct Case {
    const char* shows;
    std::string body;
    const char* error;
  };
  const std::string v3 = Int32(kProtocolVersion3);
  const Case kCases[] = {
      {"version 2", Int32(2 << 16) + "\0"s,
       "FATAL 0A000 unsupported frontend protocol 2.0: server supports 3.0 to 3.0"},
      {"version 9", Int32((9 << 16) + 1) + "\0"s,
       "FATAL 0A000 unsupported frontend protocol 9.1: server supports 3.0 to 3.0"},
      {"no user", v3 + "\0"s, "FATAL 28000 no PostgreSQL user name specified in startup packet"},
      {"no terminator", v3 + "user\0bob\0"s,
       "FATAL 08P01 invalid startup packet layout: expected terminator as last byte"},
      {"value without end", v3 + "user\0bob"s,
       "FATAL 08P01 invalid startup packet layout: expected terminator as last byte"},
      {"bytes after the end", v3 + "user\0bob\0\0x"s,
       "FATAL 08P01 invalid startup packet layout: expected terminator as last byte"},
      {"replication", v3 + "user\0bob\0replication\0maybe\0\0"s,
       "FATAL 22023 invalid value for parameter \"replication\": \"maybe\""},
      {"cancel too long", Int32(80877102) + Int32(1) + Int32(2) + "x",
       "FATAL 08P01 invalid length of startup packet"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.shows);
    EXPECT_EQ(ErrorOf([&] { DecodeStartup(c.body); }), c.error);
  }
  EXPECT_EQ(ErrorOf([] { NextStartupBody("GET / HTTP/1.1"); }),
            "FATAL 08P01 invalid length of startup packet");
  EXPECT_EQ(ErrorOf([] { NextStartupBody(Int32(7)); }),
            "FATAL 08P01 invalid length of startup packet");
  EXPECT_FALSE(NextStartupBody(Int32(10'004)));
}

TEST(StartupTest, SplitsOptions) {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(SplitOptions("-c a=1  -cb=2\\ 3 --work-mem=4MB"),
            (Settings{{"a", "1"}, {"b", "2 3"}, {"work_mem", "4MB"}}));
  EXPECT_EQ(ErrorOf([] { SplitOptions("-c a"); }), "FATAL 42601 -c a requires a value");
  EXPECT_EQ(ErrorOf([] { SplitOptions("-x"); }),
            "FATAL 42601 invalid command-line argument for server process: -x");
}

}  // namespace
}  // namespace grizzly::protocol
