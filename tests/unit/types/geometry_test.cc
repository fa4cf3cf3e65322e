// Shows: geometric values are read, refused and printed as PostgreSQL 15 does.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"

namespace grizzly::types {
namespace {

using namespace facts;

TEST(GeometryTest, Text) {
  const IoCase kCases[] = {
      {kPointOid, " ( 1 , 2 ) ", "(1,2)"},
      {kPointOid, "1,2", "(1,2)"},
      {kPointOid, "(1,2", "22P02 invalid input syntax for type point: \"(1,2\""},
      {kPointOid, "(1e400,2)", "22003 \"1e400\" is out of range for type double precision"},
      {kLsegOid, "(1,2),(3,4)", "[(1,2),(3,4)]"},
      {kBoxOid, "(3,1),(1,3)", "(3,3),(1,1)"},
      {kLineOid, "{1,2,3}", "{1,2,3}"},
      {kLineOid, "(1,2),(1,4)", "{-1,0,1}"},
      {kLineOid, "{0,0,3}", "22P02 invalid line specification: A and B cannot both be zero"},
      {kLineOid, "(1,2),(1,2)", "22P02 invalid line specification: must be two distinct points"},
      {kCircleOid, "((1,2),3)", "<(1,2),3>"},
      {kCircleOid, "<(1,2),-1>", "22P02 invalid input syntax for type circle: \"<(1,2),-1>\""},
      {kPathOid, "[(1,2),(3,4)]", "[(1,2),(3,4)]"},
      {kPathOid, "1,2,3,4", "((1,2),(3,4))"},
      {kPolygonOid, "(0,0),(1,1),(2,0)", "((0,0),(1,1),(2,0))"},
      {kPolygonOid, "[(1,2),(3,4)]",
       "22P02 invalid input syntax for type polygon: \"[(1,2),(3,4)]\""},
      {kBoxArrayOid, "{(1,2),(3,4);(5,6),(7,8)}", "{(3,4),(1,2);(7,8),(5,6)}"},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

}  // namespace
}  // namespace grizzly::types
