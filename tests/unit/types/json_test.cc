// Shows: json's errors with detail and context line, jsonb's text and order, as PostgreSQL 15's.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/json.h"
#include "types/jsonb.h"

namespace grizzly::types {
namespace {

TEST(JsonTest, Text) {
  const IoCase kCases[] = {
      {facts::kJsonOid, " {\"b\" : 1 , \"a\":2} ", " {\"b\" : 1 , \"a\":2} "},
      {facts::kJsonbOid, "{\"b\":1,\"aa\":2,\"a\":3,\"b\":4}", "{\"a\": 3, \"b\": 4, \"aa\": 2}"},
      {facts::kJsonbOid, "[1.0, 1e3, -0, \"a\\\"b\\\\\\/\\b\\u001f\"]",
       "[1.0, 1000, 0, \"a\\\"b\\\\/\\b\\u001f\"]"},
      {facts::kJsonbOid, "\"\\ud83d\\ude00\"", "\"😀\""},
      {facts::kJsonbOid, "[[], {}]", "[[], {}]"},
      {facts::kJsonOid, "\"\\ud800\"", "\"\\ud800\""},
      {facts::kJsonbOid, "\"\\ud800\"",
       "22P02 invalid input syntax for type json | Unicode low surrogate must follow a high "
       "surrogate."},
      {facts::kJsonbOid, "\"\\u0000\"",
       "22P05 unsupported Unicode escape sequence | \\u0000 cannot be converted to text."},
      {facts::kJsonOid, "{\"a\":1,}",
       "22P02 invalid input syntax for type json | Expected string, but found \"}\"."},
      {facts::kJsonOid, "[1 2]",
       "22P02 invalid input syntax for type json | Expected \",\" or \"]\", but found \"2\"."},
      {facts::kJsonOid, "",
       "22P02 invalid input syntax for type json | The input string ended unexpectedly."},
      {facts::kJsonOid, "1..2", "22P02 invalid input syntax for type json | Token \"1.\" is invalid."},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(JsonTest, ErrorsShowWhere) {
  try {
    ParseJson("{\n\"a\":1,\n\"b\":x\n}", nullptr);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.diagnostic().context, "JSON data, line 3: \"b\":x");
  }
}

TEST(JsonTest, NestingCostsNoStackAndHasALimit) {
  const std::string deep = std::string(kJsonDepthMax, '[') + std::string(kJsonDepthMax, ']');
  ParseJson(deep, nullptr);
  EXPECT_THROW(ParseJson("[" + deep + "]", nullptr), SqlError);
}

TEST(JsonbTest, Order) {
  const std::string_view kSorted[] = {
      "[]", "null", "\"a\"", "\"ab\"", "\"b\"", "1", "2", "false", "true", "[null]", "[\"a\"]",
      "[1]", "[2]", "[[]]", "[{}]", "[1, 2]", "{}", "{\"a\": 1}", "{\"aa\": 0}", "{\"b\": 1}",
      "{\"a\": 1, \"b\": 2}"};
  for (size_t i = 0; i < std::size(kSorted); ++i) {
    for (size_t j = 0; j < std::size(kSorted); ++j) {
      const std::string a = ParseJsonb(kSorted[i]);
      const std::string b = ParseJsonb(kSorted[j]);
      EXPECT_EQ(CompareJsonb(JsonbRef(a), JsonbRef(b)), i < j ? -1 : (i > j ? 1 : 0))
          << kSorted[i] << " " << kSorted[j];
    }
  }
  const std::string one = ParseJsonb("[1]");
  const std::string same = ParseJsonb("[1.0]");
  EXPECT_EQ(HashJsonb(JsonbRef(one)), HashJsonb(JsonbRef(same)));
}

TEST(JsonbTest, FindsKeys) {
  const std::string object = ParseJsonb("{\"b\":1,\"aa\":2,\"a\":3,\"\":4}");
  const JsonbRef ref(object);
  for (const std::string_view key : {"", "a", "b", "aa"}) {
    EXPECT_TRUE(ref.FindKey(key).has_value()) << key;
  }
  EXPECT_FALSE(ref.FindKey("c").has_value());
  std::string pretty;
  AppendJsonbPretty(pretty, ref);
  EXPECT_EQ(pretty, "{\n    \"\": 4,\n    \"a\": 3,\n    \"b\": 1,\n    \"aa\": 2\n}");
}

}  // namespace
}  // namespace grizzly::types
