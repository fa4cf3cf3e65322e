// Shows that every message and field libpg_query can make has a row in facts/clauses.csv, and that
// refused ones end in 0A000 with their name and place.
#include <gtest/gtest.h>
#include <pg_query/pg_query.pb-c.h>

#include <set>

#include "base/error/sql_error.h"
#include "facts/clauses.h"
#include "parser/parse.h"

namespace grizzly::parser {
namespace {

bool HasRow(std::string_view message, std::string_view field) {
  for (const facts::ClauseFact& fact : facts::ClausesOf(message)) {
    if (fact.field == field) return true;
  }
  return false;
}

void CheckMessage(const ProtobufCMessageDescriptor& message,
                  std::set<const ProtobufCMessageDescriptor*>& seen) {
  if (!seen.insert(&message).second) return;
  const std::string_view name = std::string_view(message.name).substr(sizeof("pg_query.") - 1);
  const bool is_node = &message == &pg_query__node__descriptor;  // only wraps the others
  if (!is_node) {
    EXPECT_NE(facts::FindClause(name), nullptr) << name;
  }
  for (unsigned i = 0; i < message.n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message.fields[i];
    if (!is_node) {
      EXPECT_TRUE(HasRow(name, field.name)) << name << "." << field.name;
    }
    if (field.type == PROTOBUF_C_TYPE_MESSAGE) {
      CheckMessage(*static_cast<const ProtobufCMessageDescriptor*>(field.descriptor), seen);
    }
  }
}

TEST(ClauseWalkTest, EveryMessageAndFieldHasARow) {
  std::set<const ProtobufCMessageDescriptor*> seen;
  CheckMessage(pg_query__node__descriptor, seen);
  EXPECT_GT(seen.size(), 200u);
}

TEST(ClauseWalkTest, RefusedClausesSayTheirName) {
  const std::pair<const char*, const char*> kCases[] = {
      {"select xmlelement(name a)", "XML expressions is not supported"},
      {"create table t (a int) tablespace x", "TABLESPACE is not supported"},
      {"select * from a where exists (select xmlconcat('a'))", "XML expressions is not supported"},
  };
  for (const auto& [sql, message] : kCases) {
    SCOPED_TRACE(sql);
    try {
      ParsedText::Parse(sql);
      ADD_FAILURE() << "parsed";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kFeatureNotSupported);
      EXPECT_EQ(error.diagnostic().message, message);
    }
  }
  EXPECT_NO_THROW(ParsedText::Parse("select a, count(*) from t where b = 1 group by a"));
}

}  // namespace
}  // namespace grizzly::parser
