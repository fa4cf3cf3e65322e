// Shows: ranges and multiranges are read, made canonical, ordered and printed as PostgreSQL 15 does.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/compare.h"

namespace grizzly::types {
namespace {

using namespace facts;

TEST(RangeTest, Text) {
  const IoCase kCases[] = {
      {kInt4rangeOid, "[1,5]", "[1,6)"},
      {kInt4rangeOid, "(1,2)", "empty"},
      {kInt4rangeOid, " Empty ", "empty"},
      {kInt4rangeOid, "[,]", "(,)"},
      {kInt4rangeOid, "[\"1\", 5]", "[1,6)"},
      {kInt4rangeOid, "[1,2147483647]", "22003 integer out of range"},
      {kInt4rangeOid, "[5,1]",
       "22000 range lower bound must be less than or equal to range upper bound"},
      {kInt4rangeOid, "[1]",
       "22P02 malformed range literal: \"[1]\" | Missing comma after lower bound."},
      {kInt4rangeOid, "[1,2,3]", "22P02 malformed range literal: \"[1,2,3]\" | Too many commas."},
      {kDaterangeOid, "[,infinity]", "(,infinity]"},
      {kNumrangeOid, "[1.5,2.50]", "[1.5,2.50]"},
      {kTsrangeOid, "[2020-01-01,)", "[\"2020-01-01 00:00:00\",)"},
      {kInt4multirangeOid, "{[1,5],[3,8],[10,12)}", "{[1,9),[10,12)}"},
      {kInt4multirangeOid, "{[1,2),[2,3)}", "{[1,3)}"},
      {kNummultirangeOid, "{[1,2],empty,[5,6]}", "{[1,2],[5,6]}"},
      {kInt4multirangeOid, "{ }", "{}"},
      {kInt4multirangeOid, "{[1,5],}",
       "22P02 malformed multirange literal: \"{[1,5],}\" | Expected range start."},
      {kInt4multirangeOid, "[1,5]",
       "22P02 malformed multirange literal: \"[1,5]\" | Missing left brace."},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(RangeTest, Order) {
  const std::string_view kSorted[] = {"empty", "(,1)", "(,2)", "(,)", "[1,2)", "[1,3)", "[2,3)", "[2,)"};
  const SqlType type = BuiltinType(kInt4rangeOid);
  Arena arena;
  for (size_t i = 0; i < std::size(kSorted); ++i) {
    for (size_t j = 0; j < std::size(kSorted); ++j) {
      const Datum a = BuiltinTypeIo(kInt4rangeOid)->Input(kSorted[i], kNoTypmod, {}, arena);
      const Datum b = BuiltinTypeIo(kInt4rangeOid)->Input(kSorted[j], kNoTypmod, {}, arena);
      const int order = FindCompare(type)(a, b, kInvalidOid);
      EXPECT_EQ(order < 0 ? -1 : (order > 0 ? 1 : 0), i < j ? -1 : (i > j ? 1 : 0))
          << kSorted[i] << " " << kSorted[j];
      if (i == j) {
        EXPECT_EQ(FindHash(type)(a, kInvalidOid), FindHash(type)(b, kInvalidOid));
      }
    }
  }
}

}  // namespace
}  // namespace grizzly::types
