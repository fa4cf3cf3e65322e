// Shows: rows decode to what was encoded, in every layout version, and the bytes are those of the format.
#include "storage/row/row_layout.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"

namespace grizzly::storage {
namespace {

using types::Datum;
using types::PhysicalType;
using types::StringRef;

RowColumn Column(Oid oid) {
  RowColumn column;
  column.type = types::BuiltinType(oid);
  return column;
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

Datum Text(std::string_view text) { return Datum::Of(StringRef(text)); }

TEST(RowLayoutTest, BytesOfTheFormat) {
  RowLayoutSet layout({Column(facts::kInt4Oid), Column(facts::kTextOid), Column(facts::kInt2Oid),
                       Column(facts::kTextOid)},
                      {3, 4});
  std::string row;
  layout.Encode(std::vector<Datum>{Datum::Of(int32_t{7}), Text("ab"), Datum::Null(), Text("c")},
                &row);
  EXPECT_EQ(Hex(row), "0000000000000000" "0100" "0000" "04" "07000000" "0000" "02000000" "03000000"
                      "616263");
  layout.Validate(row);
}

TEST(RowLayoutTest, EveryPhysicalTypeComesBack) {
  const std::string long_text(100'000, 'x');
  RowLayoutSet layout(
      {Column(facts::kBoolOid), Column(facts::kTextOid), Column(facts::kInt2Oid),
       Column(facts::kInt4Oid), Column(facts::kInt8Oid), Column(facts::kFloat4Oid),
       Column(facts::kTextOid), Column(facts::kFloat8Oid), Column(facts::kUuidOid),
       Column(facts::kByteaOid)},
      {10});
  types::UuidValue uuid;
  uuid.bytes.fill(0xAB);
  const std::vector<Datum> values = {
      Datum::Of(uint8_t{1}),   Text(""),        Datum::Of(int16_t{-2}), Datum::Of(int32_t{-3}),
      Datum::Of(int64_t{-4}),  Datum::Of(1.5f), Text(long_text),        Datum::Of(-2.5),
      Datum::Of(uuid),         Text("short")};
  std::string row = "kept";
  layout.Encode(values, &row);
  row.erase(0, 4);
  layout.Validate(row);
  EXPECT_TRUE(layout.Decode(row, 0).AsBool());
  EXPECT_EQ(layout.Decode(row, 2).As<int16_t>(), -2);
  EXPECT_EQ(layout.Decode(row, 3).As<int32_t>(), -3);
  EXPECT_EQ(layout.Decode(row, 4).As<int64_t>(), -4);
  EXPECT_EQ(layout.Decode(row, 5).As<float>(), 1.5f);
  EXPECT_EQ(layout.Decode(row, 7).As<double>(), -2.5);
  EXPECT_EQ(layout.Decode(row, 8).As<types::UuidValue>(), uuid);
  const Datum text = layout.Decode(row, 6);
  EXPECT_EQ(text.AsString(), long_text);
  EXPECT_GE(text.AsString().data(), row.data());  // in place
  EXPECT_LE(text.AsString().data(), row.data() + row.size());
}

TEST(RowLayoutTest, OldRowsReadTheMissingValue) {
  RowLayoutSet before({Column(facts::kInt4Oid)}, {1});
  std::string row;
  before.Encode(std::vector<Datum>{Datum::Of(int32_t{1})}, &row);
  RowColumn added = Column(facts::kTextOid);
  added.missing_is_null = false;
  std::string default_text = "a default beyond twelve bytes";
  added.missing = Text(default_text);
  RowLayoutSet after({Column(facts::kInt4Oid), added, Column(facts::kInt8Oid)}, {1, 3});
  default_text.assign(default_text.size(), '?');  // the layout has its own copy
  after.Validate(row);
  EXPECT_EQ(after.Decode(row, 0).As<int32_t>(), 1);
  const Datum missing = after.Decode(row, 1);
  EXPECT_EQ(missing.AsString(), "a default beyond twelve bytes");
  EXPECT_TRUE(after.Decode(row, 2).is_null());
}

TEST(RowLayoutTest, BatchRoundTrip) {
  RowLayoutSet layout({Column(facts::kInt8Oid), Column(facts::kTextOid), Column(facts::kInt4Oid)},
                      {3});
  const types::SqlType kTypes[] = {types::BuiltinType(facts::kInt8Oid),
                                   types::BuiltinType(facts::kTextOid),
                                   types::BuiltinType(facts::kInt4Oid)};
  types::Batch source(kTypes);
  for (uint32_t i = 0; i < 3; ++i) {
    source.column(0).Data<int64_t>()[i] = i;
    source.column(1).SetString(i, std::string(i * 10, 't'));
    source.column(2).SetDatum(i, i == 1 ? Datum::Null() : Datum::Of(int32_t(i * 2)));
  }
  source.set_row_count(3);
  // Out of order, one column left alone.
  const types::SqlType kTargetTypes[] = {kTypes[2], kTypes[0], kTypes[1]};
  types::Batch target(kTargetTypes);
  const uint32_t kColumns[] = {2, RowLayoutSet::kSkip, 1};
  for (uint32_t i = 0; i < 3; ++i) {
    std::string row;
    layout.EncodeRow(source, i, &row);
    layout.DecodeInto(row, kColumns, target, i);
  }
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(target.column(0).IsNull(i), i == 1);
    if (i != 1) {
      EXPECT_EQ(target.column(0).GetDatum(i).As<int32_t>(), static_cast<int32_t>(i * 2));
    }
    const Datum text = target.column(2).GetDatum(i);
    EXPECT_EQ(text.AsString(), std::string(i * 10, 't'));
  }
}

TEST(RowLayoutTest, DamagedRowsAreNoticed) {
  RowLayoutSet layout({Column(facts::kTextOid), Column(facts::kTextOid)}, {2});
  std::string row;
  layout.Encode(std::vector<Datum>{Text("abc"), Text("def")}, &row);
  const std::string kDamaged[] = {row.substr(0, 5), row.substr(0, 15), row + "x",
                                  row.substr(0, row.size() - 1), std::string(row.size(), '\x7f')};
  for (const std::string& damaged : kDamaged) {
    try {
      layout.Validate(damaged);
      ADD_FAILURE() << Hex(damaged);
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kDataCorrupted);
    }
  }
}

}  // namespace
}  // namespace grizzly::storage
