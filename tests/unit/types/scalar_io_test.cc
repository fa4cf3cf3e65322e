// Shows: text in and out of numbers, truth values, strings, bytes and uuids as PostgreSQL 15 has it.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/type_name.h"

namespace grizzly::types {
namespace {

using namespace facts;

TEST(ScalarIoTest, TextRoundTrip) {
  const IoCase kCases[] = {
      {kInt4Oid, " 12 ", "12"},
      {kInt2Oid, "+5", "5"},
      {kInt4Oid, "-2147483648", "-2147483648"},
      {kInt4Oid, "0x10", "22P02 invalid input syntax for type integer: \"0x10\""},
      {kInt4Oid, "", "22P02 invalid input syntax for type integer: \"\""},
      {kInt4Oid, "2147483648", "22003 value \"2147483648\" is out of range for type integer"},
      {kInt4Oid, "99999999999999999999x",
       "22003 value \"99999999999999999999x\" is out of range for type integer"},
      {kInt2Oid, "32768", "22003 value \"32768\" is out of range for type smallint"},
      {kInt8Oid, "9223372036854775808",
       "22003 value \"9223372036854775808\" is out of range for type bigint"},
      {kOidOid, "-1", "4294967295"},
      {kOidOid, " 7 ", "7"},
      {kOidOid, "4294967296", "22003 value \"4294967296\" is out of range for type oid"},
      {kOidOid, "5x", "22P02 invalid input syntax for type oid: \"5x\""},
      {kXidOid, "0x1F", "31"},
      {kXidOid, "zz", "0"},
      {kXid8Oid, "-1", "18446744073709551615"},
      {kBoolOid, " tr ", "t"},
      {kBoolOid, "OF", "f"},
      {kBoolOid, "o", "22P02 invalid input syntax for type boolean: \"o\""},
      {kByteaOid, "abc", "\\x616263"},
      {kByteaOid, "\\x61 62", "\\x6162"},
      {kByteaOid, "\\x6g", "22023 invalid hexadecimal digit: \"g\""},
      {kByteaOid, "\\x6", "22023 invalid hexadecimal data: odd number of digits"},
      {kByteaOid, "a\\", "22P02 invalid input syntax for type bytea"},
      {kByteaOid, "a\\\\b\\001", "\\x615c6201"},
      {kUuidOid, "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
      {kUuidOid, "{a0eebc999c0b4ef8bb6d6bb9bd380a11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
      {kUuidOid, "a0eebc999c0b4ef8bb6d6bb9bd380a1",
       "22P02 invalid input syntax for type uuid: \"a0eebc999c0b4ef8bb6d6bb9bd380a1\""},
      {kVarcharOid, "abcd", "22001 value too long for type character varying(3)", 7},
      {kVarcharOid, "abc   ", "abc", 7},
      {kBpcharOid, "ab", "ab ", 7},
      {kBpcharOid, "abcd", "22001 value too long for type character(3)", 7},
      {kCharOid, "xyz", "x"},
      {kTidOid, "(1,2)", "(1,2)"},
      {kTidOid, "(1,70000)", "22P02 invalid input syntax for type tid: \"(1,70000)\""},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(ScalarIoTest, Floats) {
  const IoCase kCases[] = {
      {kFloat8Oid, "0x1p3", "8"},
      {kFloat8Oid, " inf ", "Infinity"},
      {kFloat8Oid, "-nan", "NaN"},
      {kFloat8Oid, "1e400", "22003 \"1e400\" is out of range for type double precision"},
      {kFloat8Oid, "1e-400", "22003 \"1e-400\" is out of range for type double precision"},
      {kFloat8Oid, "1e-320", "1e-320"},
      {kFloat4Oid, "1e40", "22003 \"1e40\" is out of range for type real"},
      {kFloat8Oid, "1e", "22P02 invalid input syntax for type double precision: \"1e\""},
      {kFloat8Oid, "1 2", "22P02 invalid input syntax for type double precision: \"1 2\""},
      {kFloat8Oid, ".5", "0.5"},
      {kFloat8Oid, "5.", "5"},
      {kFloat8Oid, "1e15", "1e+15"},
      {kFloat8Oid, "100000000000000", "100000000000000"},
      {kFloat8Oid, "123456789012345678", "1.2345678901234568e+17"},
      {kFloat8Oid, "0.0001", "0.0001"},
      {kFloat8Oid, "0.00001", "1e-05"},
      {kFloat8Oid, "-0", "-0"},
      {kFloat8Oid, "1e23", "9.999999999999999e+22"},
      {kFloat8Oid, "1180591620717411303424", "1.1805916207174113e+21"},
      {kFloat8Oid, "9007199254740993", "9.007199254740992e+15"},
      {kFloat8Oid, "5e-324", "5e-324"},
      {kFloat8Oid, "1.7976931348623157e308", "1.7976931348623157e+308"},
      {kFloat4Oid, "1000000", "1e+06"},
      {kFloat4Oid, "123456", "123456"},
      {kFloat4Oid, "1.1", "1.1"},
      {kFloat4Oid, "16777216", "1.6777216e+07"},
      {kFloat4Oid, "8589934592", "8.589935e+09"},
      {kFloat4Oid, "33554432", "3.3554432e+07"},
      {kFloat4Oid, "67108864", "6.7108864e+07"},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(TypeNameTest, AsFormatType) {
  struct Case {
    Oid oid;
    int32_t typmod;
    std::string_view expected;
  };
  const Case kCases[] = {
      {1043, 14, "character varying(10)"}, {1042, -1, "bpchar"}, {1042, 5, "character(1)"},
      {1700, 655366, "numeric(10,2)"}, {1700, 329729, "numeric(5,-3)"}, {1700, -1, "numeric"},
      {1114, 3, "timestamp(3) without time zone"}, {1184, 3, "timestamp(3) with time zone"},
      {1186, 327679, "interval year"}, {1186, 2147418115, "interval(3)"},
      {1186, 470286338, "interval day to second(2)"}, {1560, 10, "bit(10)"}, {1560, -1, "\"bit\""},
      {1231, 655366, "numeric(10,2)[]"}, {18, -1, "\"char\""}, {1002, -1, "\"char\"[]"},
      {1115, 3, "timestamp(3) without time zone[]"}, {30, -1, "oidvector"}, {25, 5, "text(5)"},
      {0, -1, "-"}, {9999, -1, "???"},
  };
  for (const Case& c : kCases) EXPECT_EQ(TypeName(c.oid, c.typmod), c.expected);
  EXPECT_EQ(TypeName(1042), "character");
}

}  // namespace
}  // namespace grizzly::types
