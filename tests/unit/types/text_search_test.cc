// Shows: tsvector and tsquery are read, refused and printed as PostgreSQL 15 does.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/compare.h"

namespace grizzly::types {
namespace {

using namespace facts;

TEST(TextSearchTest, Text) {
  const IoCase kCases[] = {
      {kTsvectorOid, "a:1 fat:2 cat:3A cat:5", "'a':1 'cat':3A,5 'fat':2"},
      {kTsvectorOid, "'it''s' b", "'b' 'it''s'"},
      {kTsvectorOid, "a:99999", "'a':16383"},
      {kTsvectorOid, "a:0", "42601 wrong position info in tsvector: \"a:0\""},
      {kTsvectorOid, "a:1x", "42601 syntax error in tsvector: \"a:1x\""},
      {kTsvectorOid, "a\\", "42601 there is no escaped character: \"a\\\""},
      {kTsqueryOid, "fat & (rat | cat)", "'fat' & ( 'rat' | 'cat' )"},
      {kTsqueryOid, "a | b & c", "'a' | 'b' & 'c'"},
      {kTsqueryOid, "a <-> (b <-> c)", "'a' <-> ( 'b' <-> 'c' )"},
      {kTsqueryOid, "!a <3> b:d*", "!'a' <3> 'b':*D"},
      {kTsqueryOid, "a &", "42601 no operand in tsquery: \"a &\""},
      {kTsqueryOid, "a b", "42601 syntax error in tsquery: \"a b\""},
      {kTsqueryOid, "a <99999> b",
       "22023 distance in phrase operator must be an integer value between zero and 16384 "
       "inclusive"},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(TextSearchTest, VectorOrder) {
  const std::string_view kSorted[] = {"a", "b", "ab", "a c"};
  const CompareFunction compare = FindCompare(BuiltinType(kTsvectorOid));
  Arena arena;
  const Datum a = BuiltinTypeIo(kTsvectorOid)->Input("a:2", kNoTypmod, {}, arena);
  const Datum b = BuiltinTypeIo(kTsvectorOid)->Input("a:1", kNoTypmod, {}, arena);
  EXPECT_LT(compare(a, b, kInvalidOid), 0);
  for (size_t i = 1; i < std::size(kSorted); ++i) {
    const Datum x = BuiltinTypeIo(kTsvectorOid)->Input(kSorted[i - 1], kNoTypmod, {}, arena);
    const Datum y = BuiltinTypeIo(kTsvectorOid)->Input(kSorted[i], kNoTypmod, {}, arena);
    EXPECT_LT(compare(x, y, kInvalidOid), 0) << kSorted[i];
  }
}

}  // namespace
}  // namespace grizzly::types
