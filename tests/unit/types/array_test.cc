// Shows: array literals as PostgreSQL 15 reads, refuses and prints them; order and hash of arrays.
#include "types/array.h"

#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/compare.h"

namespace grizzly::types {
namespace {

using namespace facts;

TEST(ArrayTest, Text) {
  const IoCase kCases[] = {
      {kInt4ArrayOid, "{1, NULL ,3}", "{1,NULL,3}"},
      {kInt4ArrayOid, "{{1,2},{3,4}}", "{{1,2},{3,4}}"},
      {kInt4ArrayOid, "[0:1]={1,2}", "[0:1]={1,2}"},
      {kInt4ArrayOid, "[1:2][1:1]={{1},{2}}", "{{1},{2}}"},
      {kTextArrayOid, "{\"a b\",\"c\\\"d\",\"e\\\\f\",\"\",\"null\", x y }",
       "{\"a b\",\"c\\\"d\",\"e\\\\f\",\"\",\"null\",\"x y\"}"},
      {kTextArrayOid, "{}", "{}"},
      {kInt4ArrayOid, "{{1,2},{3}}",
       "22P02 malformed array literal: \"{{1,2},{3}}\" | Multidimensional arrays must have "
       "sub-arrays with matching dimensions."},
      {kInt4ArrayOid, "{1,2}x",
       "22P02 malformed array literal: \"{1,2}x\" | Junk after closing right brace."},
      {kInt4ArrayOid, "{1,,2}",
       "22P02 malformed array literal: \"{1,,2}\" | Unexpected \",\" character."},
      {kInt4ArrayOid, "{1,2",
       "22P02 malformed array literal: \"{1,2\" | Unexpected end of input."},
      {kInt4ArrayOid, "x",
       "22P02 malformed array literal: \"x\" | Array value must start with \"{\" or dimension "
       "information."},
      {kInt4ArrayOid, "[1:2]={1}",
       "22P02 malformed array literal: \"[1:2]={1}\" | Specified array dimensions do not match "
       "array contents."},
      {kInt4ArrayOid, "{1,x}", "22P02 invalid input syntax for type integer: \"x\""},
      {kInt2vectorOid, "1 2  3", "1 2 3"},
      {kOidvectorOid, "", ""},
      {kOidvectorOid, "1,2", "22P02 invalid input syntax for type oid: \",2\""},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(ArrayTest, Order) {
  const std::string_view kSorted[] = {"{}", "{1}", "{1,1}", "[2:3]={1,1}", "{{1,1}}", "{1,2}",
                                      "{1,NULL}", "{2}"};
  Arena arena;
  const TypeIo* io = BuiltinTypeIo(kInt4ArrayOid);
  const CompareFunction compare = FindCompare(BuiltinType(kInt4ArrayOid));
  for (size_t i = 0; i < std::size(kSorted); ++i) {
    for (size_t j = 0; j < std::size(kSorted); ++j) {
      const Datum a = io->Input(kSorted[i], kNoTypmod, {}, arena);
      const Datum b = io->Input(kSorted[j], kNoTypmod, {}, arena);
      EXPECT_EQ(compare(a, b, kInvalidOid), i < j ? -1 : (i > j ? 1 : 0))
          << kSorted[i] << " " << kSorted[j];
    }
  }
}

// Values that are equal though their bytes differ hash equal.
TEST(CompareTest, EqualHashesEqual) {
  struct Case {
    Oid oid;
    std::string_view a, b;
    int order;
  };
  const Case kCases[] = {
      {kFloat8Oid, "-0", "0", 0},          {kFloat8Oid, "NaN", "-nan", 0},
      {kFloat8Oid, "NaN", "inf", 1},       {kBpcharOid, "a  ", "a", 0},
      {kNumericOid, "1.00", "1", 0},       {kIntervalOid, "1 mon", "30 days", 0},
      {kTextOid, "a ", "a", 1},            {kTimetzOid, "12:00+00", "13:00+01", 1},
      {kNumericArrayOid, "{1.0}", "{1.00}", 0},
      {kUuidOid, "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0001-000000000000", -1},
  };
  Arena arena;
  for (const Case& c : kCases) {
    const SqlType type = BuiltinType(c.oid);
    const Datum a = BuiltinTypeIo(c.oid)->Input(c.a, kNoTypmod, {}, arena);
    const Datum b = BuiltinTypeIo(c.oid)->Input(c.b, kNoTypmod, {}, arena);
    const int order = FindCompare(type)(a, b, type.collation);
    EXPECT_EQ(order < 0 ? -1 : (order > 0 ? 1 : 0), c.order) << c.a;
    if (c.order == 0) {
      EXPECT_EQ(FindHash(type)(a, type.collation), FindHash(type)(b, type.collation)) << c.a;
    }
  }
}

}  // namespace
}  // namespace grizzly::types
