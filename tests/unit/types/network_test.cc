// Shows: bit strings, money, pg_lsn and network addresses are read and printed as PostgreSQL 15 does.
#include <gtest/gtest.h>

#include "facts/types.h"
#include "io_probe.h"
#include "types/compare.h"

namespace grizzly::types {
namespace {

using namespace facts;

TEST(NetworkTest, Text) {
  const IoCase kCases[] = {
      {kInetOid, "192.168.1.5/24", "192.168.1.5/24"},
      {kInetOid, "10.1.2.3/32", "10.1.2.3"},
      {kInetOid, "192.168.1/24", "192.168.1.0/24"},
      {kInetOid, "::ffff:1.2.3.4", "::ffff:1.2.3.4"},
      {kInetOid, "10", "22P02 invalid input syntax for type inet: \"10\""},
      {kInetOid, "10/28", "22P02 invalid input syntax for type inet: \"10/28\""},
      {kCidrOid, "192.168", "192.168.0.0/24"},
      {kCidrOid, "224", "224.0.0.0/4"},
      {kCidrOid, "0x0a", "10.0.0.0/8"},
      {kCidrOid, "192.168.1.5/24",
       "22P02 invalid cidr value: \"192.168.1.5/24\" | Value has bits set to right of mask."},
      {kMacaddrOid, "0800.2b01.0203", "08:00:2b:01:02:03"},
      {kMacaddrOid, "1:2:3:4:5:600", "22003 invalid octet value in \"macaddr\" value: \"1:2:3:4:5:600\""},
      {kMacaddr8Oid, "08:00:2b:01:02:03", "08:00:2b:ff:fe:01:02:03"},
      {kMoneyOid, "1.005", "$1.01"},
      {kMoneyOid, "($1,234.56)", "-$1,234.56"},
      {kMoneyOid, "-92233720368547758.08", "-$92,233,720,368,547,758.08"},
      {kMoneyOid, "92233720368547758.08",
       "22003 value \"92233720368547758.08\" is out of range for type money"},
      {kPgLsnOid, "FFFFFFFF/ffffffff", "FFFFFFFF/FFFFFFFF"},
      {kPgLsnOid, "000000001/0", "22P02 invalid input syntax for type pg_lsn: \"000000001/0\""},
      {kVarbitOid, "X1F", "00011111"},
      {kVarbitOid, "12", "22P02 \"2\" is not a valid binary digit"},
      {kBitOid, "10", "22026 bit string length 2 does not match type bit(3)", 3},
      {kVarbitOid, "1010", "22001 bit string too long for type bit varying(3)", 3},
  };
  for (const IoCase& c : kCases) EXPECT_EQ(Probe(c.oid, c.text, c.typmod), c.expected) << c.text;
}

TEST(NetworkTest, InetOrder) {
  const std::string_view kSorted[] = {"10.0.0.0/8", "10.0.0.0", "10.1.2.3/16", "10.1.2.3", "11.0.0.0/8",
                                      "::/0", "::1"};
  const CompareFunction compare = FindCompare(BuiltinType(kInetOid));
  Arena arena;
  for (size_t i = 1; i < std::size(kSorted); ++i) {
    const Datum a = BuiltinTypeIo(kInetOid)->Input(kSorted[i - 1], kNoTypmod, {}, arena);
    const Datum b = BuiltinTypeIo(kInetOid)->Input(kSorted[i], kNoTypmod, {}, arena);
    EXPECT_LT(compare(a, b, kInvalidOid), 0) << kSorted[i];
  }
}

}  // namespace
}  // namespace grizzly::types
