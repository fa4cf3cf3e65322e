// Shows statement splitting, command tags, syntax errors with SQLSTATE and place, and that no nesting
// overflows the stack.
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "parser/nesting.h"
#include "parser/parse.h"

namespace grizzly::parser {
namespace {

std::string StateText(const SqlError& error) {
  const auto text = facts::SqlStateText(error.state());
  return std::string(text.begin(), text.end());
}

TEST(ParseTest, SplitsStatements) {
  const auto parsed = ParsedText::Parse("select 1;\n -- two\n insert into t values (1);;commit");
  ASSERT_EQ(parsed->statements().size(), 3u);
  EXPECT_EQ(parsed->statements()[0].text, "select 1");
  EXPECT_EQ(parsed->statements()[1].text, "insert into t values (1)");
  EXPECT_EQ(parsed->statements()[1].location, 19);
  EXPECT_EQ(parsed->statements()[2].text, "commit");
  EXPECT_TRUE(ParsedText::Parse(" -- nothing")->statements().empty());
}

TEST(ParseTest, CommandTags) {
  const std::pair<const char*, const char*> kCases[] = {
      {"select 1", "SELECT"},
      {"values (1)", "SELECT"},
      {"create table t (a int)", "CREATE TABLE"},
      {"drop view v", "DROP VIEW"},
      {"alter table t add column b int", "ALTER TABLE"},
      {"begin", "BEGIN"},
      {"start transaction", "START TRANSACTION"},
      {"rollback to savepoint a", "ROLLBACK"},
      {"reset all", "RESET"},
      {"set a = 1", "SET"},
      {"deallocate all", "DEALLOCATE ALL"},
      {"truncate t", "TRUNCATE TABLE"},
      {"vacuum", "VACUUM"},
      {"analyze", "ANALYZE"},
  };
  for (const auto& [sql, tag] : kCases) {
    EXPECT_EQ(CommandTag(*ParsedText::Parse(sql)->statements()[0].node), tag) << sql;
  }
}

struct ErrorCase {
  const char* sql;
  const char* state;
  int byte_offset;
  const char* message;
};

TEST(ParseTest, SyntaxErrors) {
  const ErrorCase kCases[] = {
      {"select 1 from", "42601", 13, "syntax error at end of input"},
      {"select 'ééé' from from", "42601", 21, "syntax error at or near \"from\""},
      {"select 'abc", "42601", 7, "unterminated quoted string at or near \"'abc\""},
      {"select U&'\\zzzz'", "42601", 10, "invalid Unicode escape"},
      {"select E'\\u00'", "22025", 9, "invalid Unicode escape"},
      {"select * from (select 1)", "42601", 14, "subquery in FROM must have an alias"},
      {"select E'\\xff'", "22021", -1, "invalid byte sequence for encoding \"UTF8\": 0xff"},
      {"create assertion a check (true)", "0A000", -1, "CREATE ASSERTION is not yet implemented"},
      {"select 1 limit 1,2", "42601", 9, "LIMIT #,# syntax is not supported"},
  };
  for (const ErrorCase& c : kCases) {
    SCOPED_TRACE(c.sql);
    try {
      ParsedText::Parse(c.sql);
      ADD_FAILURE() << "parsed";
    } catch (const SqlError& error) {
      EXPECT_EQ(StateText(error), c.state);
      EXPECT_EQ(error.byte_offset(), c.byte_offset);
      EXPECT_EQ(error.diagnostic().message, c.message);
    }
  }
}

std::string Repeat(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(ParseTest, RefusesWhatNestsTooDeep) {
  constexpr int kDeep = 100'000;
  const std::string kTexts[] = {
      "select " + Repeat("(", kDeep) + "1" + Repeat(")", kDeep),
      "select " + Repeat("(", kDeep),
      "select " + Repeat("[", kDeep),
      "select 1" + Repeat("+1", kDeep),
      "select " + Repeat("- ", kDeep) + "1",
      "select " + Repeat("not ", kDeep) + "true",
      "select 1" + Repeat("::int", kDeep),
      "select 1" + Repeat(" is null", kDeep),
      "select 1" + Repeat(" union select 1", kDeep),
      "select * from a" + Repeat(" cross join a", kDeep),
      "select " + Repeat("case when true then ", kDeep) + "1" + Repeat(" end", kDeep),
      "select " + Repeat("(select ", kDeep) + "1" + Repeat(")", kDeep),
  };
  for (const std::string& text : kTexts) {
    SCOPED_TRACE(text.substr(0, 40));
    try {
      ParsedText::Parse(text);
      ADD_FAILURE() << "parsed";
    } catch (const SqlError& error) {
      EXPECT_EQ(StateText(error), "54001");
      EXPECT_EQ(error.diagnostic().message, "stack depth limit exceeded");
    }
  }
}

TEST(ParseTest, TakesWhatIsOnlyLong) {
  EXPECT_LT(NestingBound("select a in (" + Repeat("-1,", 1'000'000) + "1)"), 20u);
  EXPECT_LT(NestingBound("insert into t values (1)" + Repeat(",(-1+2)", 100'000)), 20u);
  EXPECT_LT(NestingBound("select true" + Repeat(" and a = 1 or b <> 2", 100'000)), 20u);
  EXPECT_LT(NestingBound("select case" + Repeat(" when a = 1 then 2", 100'000) + " end"), 20u);
  EXPECT_LT(NestingBound(Repeat("select 1 + 1;", 100'000)), 20u);
  EXPECT_LT(NestingBound("select '" + Repeat("(", 100'000) + "'"), 20u);
  EXPECT_LT(NestingBound("select $x$" + Repeat("(", 100'000) + "$x$"), 20u);
  const auto parsed = ParsedText::Parse("select a in (" + Repeat("-1,", 300'000) + "1)");
  EXPECT_EQ(parsed->statements().size(), 1u);
}

}  // namespace
}  // namespace grizzly::parser
