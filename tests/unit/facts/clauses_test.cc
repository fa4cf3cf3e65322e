// Shows: a clause is found by message, field and value; a value falls back to its field.
#include "facts/clauses.h"

#include <gtest/gtest.h>

namespace grizzly::facts {
namespace {

TEST(ClausesTest, ValueThenField) {
  EXPECT_EQ(FindClause("SelectStmt")->handling, ClauseHandling::kActs);
  EXPECT_EQ(FindClause("SelectStmt", "where_clause")->handling, ClauseHandling::kActs);
  EXPECT_EQ(FindClause("RangeVar", "relname", "any text")->field, "relname");
  EXPECT_EQ(FindClause("RangeVar", "relpersistence", "p")->value, "");
  EXPECT_EQ(FindClause("RangeVar", "relpersistence", "u")->value, "u");
  EXPECT_EQ(FindClause("JoinExpr", "jointype", "JOIN_LEFT")->handling, ClauseHandling::kActs);
  EXPECT_EQ(FindClause("A_Const", "location")->handling, ClauseHandling::kPosition);
  EXPECT_EQ(FindClause("Query")->handling, ClauseHandling::kDerived);
  EXPECT_EQ(FindClause("SelectStmt", "no_such_field"), nullptr);
  EXPECT_EQ(FindClauseOfValue("RangeVar", "relname", "any text"), nullptr);
}

TEST(ClausesTest, RefusedOnesAreNamed) {
  for (const ClauseFact& row : AllClauses()) {
    EXPECT_TRUE(row.handling != ClauseHandling::kRefused || !row.note.empty())
        << row.message << "." << row.field;
    EXPECT_EQ(ClausesOf(row.message).front().field, "");
  }
}

}  // namespace
}  // namespace grizzly::facts
