// Catalog records keep their bytes from release to release, survive a round trip, and refuse what
// they cannot read.
#include "catalog/record.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"

namespace grizzly::catalog {
namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return out;
}

Relation SampleTable() {
  Relation table;
  table.oid = 16385;
  table.schema = 2200;
  table.name = "t";
  table.owner = 10;
  table.storage = StorageId(64);
  table.access_method = "heap";
  Column a;
  a.name = "a";
  a.type = {.oid = 23, .physical = types::PhysicalType::kInt32};
  a.attnum = 1;
  a.not_null = true;
  table.columns.push_back(a);
  Constraint key;
  key.oid = 16390;
  key.name = "t_pkey";
  key.kind = ConstraintKind::kPrimaryKey;
  key.columns = {1};
  key.index = 16389;
  table.constraints.push_back(key);
  table.indexes = {16389};
  table.options = {{"fillfactor", "70"}};
  return table;
}

TEST(RecordTest, GoldenBytes) {
  EXPECT_EQ(Hex(EncodeRecord(SampleTable())),
            "0000000000000000"  // commit timestamp
            "01"                // format version
            "0103828002"        // oid
            "0202b022"          // schema
            "030174"            // name
            "060114"            // owner
            "08028001"          // storage
            "090e" "010161" "0203" "01012e" "030102" "040102"  // column: name, type {oid}, attnum, not_null
            "0a19" "01038c8002" "0206745f706b6579" "0302e001" "040102" "0c038a8002"
            "0b038a8002"        // indexes
            "0d10" "010a66696c6c666163746f72" "02023730"
            "130468656170");    // access_method
  Schema schema{.oid = 16384, .name = "s", .owner = 10};
  EXPECT_EQ(Hex(EncodeRecord(schema)), "0000000000000000" "01" "0103808002" "020173" "030114");
}

TEST(RecordTest, RoundTripKeepsEveryByte) {
  Relation table = SampleTable();
  table.index.emplace();
  table.index->table = 7;
  table.index->parts.push_back({.column = 3, .expression = {"a + 1", {11, 2200}}});
  table.index->include = {4, -2};
  table.sequence.emplace();
  table.sequence->minimum = INT64_MIN;
  table.view.emplace();
  table.view->query = {"SELECT 1", {2200}};
  const std::string bytes = EncodeRecord(table);
  Relation back;
  DecodeRecord(bytes, &back);
  EXPECT_EQ(EncodeRecord(back), bytes);
  EXPECT_EQ(back.index->parts[0].expression.sql, "a + 1");
  EXPECT_EQ(back.sequence->minimum, INT64_MIN);

  Type type;
  type.oid = 20000;
  type.typtype = 'e';
  type.labels = {{20002, 1, "red"}, {20004, 1.5, "green"}};
  Type type_back;
  DecodeRecord(EncodeRecord(type), &type_back);
  ASSERT_EQ(type_back.labels.size(), 2u);
  EXPECT_EQ(type_back.labels[1].label, "green");
  EXPECT_EQ(type_back.labels[1].sort_order, 1.5f);
}

TEST(RecordTest, UnknownTagsAreSkipped) {
  std::string bytes = EncodeRecord(Schema{.oid = 5, .name = "s"});
  bytes += std::string("\x7f\x02hi", 4);
  Schema back;
  DecodeRecord(bytes, &back);
  EXPECT_EQ(back.name, "s");
}

TEST(RecordTest, NewerVersionAndDamageAreErrors) {
  std::string newer = EncodeRecord(Schema{.oid = 5, .name = "s"});
  newer[8] = 2;
  Schema back;
  try {
    DecodeRecord(newer, &back);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kFeatureNotSupported);
    EXPECT_STREQ(error.what(),
                 "catalog record has format version 2, this server reads up to 1");
  }
  const std::string good = EncodeRecord(SampleTable());
  Relation relation;
  for (const std::string& bad : {good.substr(0, 5), good.substr(0, good.size() - 1)}) {
    try {
      DecodeRecord(bad, &relation);
      FAIL();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kDataCorrupted);
    }
  }
}

TEST(RecordTest, KeysSortByClassThenObject) {
  const TenantId tenant(5);
  EXPECT_EQ(Hex(ObjectKey(tenant, kRelationClass, 16385)),
            "00000005" "00000001" "000004eb" "00004001");
  EXPECT_LT(ObjectKey(tenant, kTypeClass, 99999), ObjectKey(tenant, kRelationClass, 1));
  EXPECT_EQ(KeyClass(ObjectKey(tenant, kRelationClass, 77)), kRelationClass);
  EXPECT_EQ(KeyObject(ObjectKey(tenant, kRelationClass, 77)), 77u);
  EXPECT_EQ(Hex(PrefixEnd(TenantPrefix(TenantId(0xFE)))), "000000ff");
  EXPECT_EQ(Hex(PrefixEnd(TenantPrefix(TenantId(0x1FF)))), "000002");
}

}  // namespace
}  // namespace grizzly::catalog
