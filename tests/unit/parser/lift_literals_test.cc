// Shows that the literal lifter reads texts as libpg_query's scanner does, and what it leaves alone.
#include <gtest/gtest.h>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <random>

#include "parser/parse.h"

namespace grizzly::parser {
namespace {

struct ScannedLiteral {
  int location;
  std::string text;
  bool operator==(const ScannedLiteral&) const = default;
};

// The constants libpg_query's scanner finds; nullopt when it complains.
std::optional<std::vector<ScannedLiteral>> Scan(const std::string& sql) {
  const PgQueryScanResult answer = pg_query_scan(sql.c_str());
  std::optional<std::vector<ScannedLiteral>> found;
  if (answer.error == nullptr) {
    found.emplace();
    PgQuery__ScanResult* scanned = pg_query__scan_result__unpack(
        nullptr, answer.pbuf.len, reinterpret_cast<const uint8_t*>(answer.pbuf.data));
    for (size_t i = 0; i < scanned->n_tokens; ++i) {
      const PgQuery__ScanToken& token = *scanned->tokens[i];
      if (token.token == PG_QUERY__TOKEN__ICONST || token.token == PG_QUERY__TOKEN__FCONST ||
          token.token == PG_QUERY__TOKEN__SCONST) {
        found->push_back({token.start, sql.substr(token.start, token.end - token.start)});
      }
    }
    pg_query__scan_result__free_unpacked(scanned, nullptr);
  }
  pg_query_free_scan_result(answer);
  return found;
}

std::vector<ScannedLiteral> AsScanned(const std::vector<Literal>& literals) {
  std::vector<ScannedLiteral> scanned;
  for (const Literal& literal : literals) {
    const bool quoted = literal.kind == LiteralKind::kString;
    scanned.push_back({literal.location, quoted ? "'" + std::string(literal.text) + "'"
                                                : std::string(literal.text)});
  }
  return scanned;
}

struct LiftCase {
  const char* sql;
  const char* shape;  // marks written 1 to 4; null: left to the parser
};

TEST(LiftLiteralsTest, Shapes) {
  const LiftCase kCases[] = {
      {"SELECT abalance FROM t WHERE aid = 17", "SELECT abalance FROM t WHERE aid = 1"},
      {"  SELECT\n 1 -- one\n, 2;  ", "SELECT 1 , 1"},
      {"select -5, - 5, 3000000000, 1e3, .5", "select -1, - 1, 2, 3, 3"},
      {"select 'it''s', 'plain'", "select 4, 4"},
      {"select t1.c2 /* x /* y */ */ from t1", "select t1.c2 from t1"},
      {"select \"a\"\"'1'\"", "select \"a\"\"'1'\""},
      {"select date'2020-01-01'", "select date4"},
      {"select 1; select 2", nullptr},
      {"select $1", nullptr},
      {"select E'a'", nullptr},
      {"select 'a\\b'", nullptr},
      {"select $$a$$", nullptr},
      {"select 'a'\n'b'", nullptr},
      {"select 1a", nullptr},
      {"select x'1F'", nullptr},
      {"select U&'a'", nullptr},
      {"select -2147483648", nullptr},
      {"select 'open", nullptr},
  };
  for (const LiftCase& c : kCases) {
    SCOPED_TRACE(c.sql);
    std::string shape;
    std::vector<Literal> literals;
    const bool lifted = LiftLiterals(c.sql, &shape, &literals);
    EXPECT_EQ(lifted, c.shape != nullptr);
    if (!lifted || c.shape == nullptr) continue;
    std::string expected = c.shape;
    std::string readable = shape;
    for (char& letter : readable) {
      if (letter >= 1 && letter <= 4) letter = static_cast<char>('0' + letter);
    }
    EXPECT_EQ(readable, expected);
    EXPECT_EQ(AsScanned(literals), Scan(c.sql));
  }
}

TEST(LiftLiteralsTest, SignsAndUnescaping) {
  std::string shape;
  std::vector<Literal> literals;
  ASSERT_TRUE(LiftLiterals("select - 5, a-7, 'it''s'", &shape, &literals));
  ASSERT_EQ(literals.size(), 3u);
  EXPECT_EQ(literals[0].sign_location, 7);
  EXPECT_EQ(literals[1].sign_location, 13);
  EXPECT_FALSE(literals[2].plain);
  EXPECT_EQ(literals[2].unescaped, "it's");
}

// Random sequences of fragments: whenever the lifter takes a text that the scanner takes too, both
// must find the same constants at the same places.
TEST(LiftLiteralsTest, AgreesWithTheScannerOnRandomTexts) {
  const std::string kFragments[] = {
      "select", "1", "23", "4.5", "1e5", ".7", "8.", "'a'", "''", "'b''c'", "-", "+", "--c\n", "/*d*/",
      "(", ")", ",", "a", "b1", "\"q\"", "\"x\"\"y\"", " ", " ", "\n", "*", "/", "<", ">", "=", "@", "::",
      ":", ".", "[", "]", "e", "E", "u", "&", "$", "$1", "|", "9999999999", "99999999999999999999", "é",
      "t.", "-5", "<-", "--", "/*", "*/", "\\", "n'x'", "%", "!", "~", "0", "007"};
  std::mt19937 random(20240607);
  int compared = 0;
  for (int round = 0; round < 30000; ++round) {
    std::string sql;
    const int length = 1 + static_cast<int>(random() % 12);
    for (int i = 0; i < length; ++i) sql += kFragments[random() % std::size(kFragments)];
    std::string shape;
    std::vector<Literal> literals;
    if (!LiftLiterals(sql, &shape, &literals)) continue;
    const auto scanned = Scan(sql);
    if (!scanned) continue;
    ++compared;
    ASSERT_EQ(AsScanned(literals), *scanned) << sql;
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace grizzly::parser
