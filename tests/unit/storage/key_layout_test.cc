// Shows: the bytes of the key format, ranges by prefix, and what cannot be a key.
#include "storage/key/key_layout.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "types/numeric.h"

namespace grizzly::storage {
namespace {

using types::Datum;
using types::StringRef;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

std::string KeyOf(Oid type, const Datum& value, bool descending = false, bool nulls_first = false) {
  const KeyLayout layout({{types::BuiltinType(type), descending, nulls_first}}, {});
  std::string key;
  layout.AppendPart(0, value, &key);
  return Hex(key);
}

std::string NumericKey(std::string_view text) {
  Arena arena;
  return KeyOf(facts::kNumericOid,
               Datum::Of(types::ParseNumeric(text, types::kNoTypmod, arena)));
}

TEST(KeyLayoutTest, BytesOfTheFormat) {
  std::string head;
  AppendKeyHead(&head, TenantId(1), StorageId(2), IndexId(0x01020304));
  EXPECT_EQ(Hex(head), "000000010000000201020304");
  EXPECT_EQ(KeyOf(facts::kInt4Oid, Datum::Of(int32_t{-2})), "017ffffffe");
  EXPECT_EQ(KeyOf(facts::kInt4Oid, Datum::Of(int32_t{-2}), true), "0180000001");
  EXPECT_EQ(KeyOf(facts::kInt4Oid, Datum::Null()), "02");
  EXPECT_EQ(KeyOf(facts::kInt4Oid, Datum::Null(), true, true), "00");
  EXPECT_EQ(KeyOf(facts::kOidOid, Datum::Of(uint32_t{0x80000001})), "0180000001");
  EXPECT_EQ(KeyOf(facts::kFloat8Oid, Datum::Of(-0.0)), "018000000000000000");
  EXPECT_EQ(KeyOf(facts::kTextOid, Datum::Of(StringRef("a"))), "01610001");
  EXPECT_EQ(KeyOf(facts::kTextOid, Datum::Of(StringRef("a")), true), "019efffe");
  EXPECT_EQ(KeyOf(facts::kBpcharOid, Datum::Of(StringRef("a  "))), "01610001");
  EXPECT_EQ(KeyOf(facts::kByteaOid, Datum::Of(StringRef(std::string_view("\0b", 2)))),
            "0100ff620001");
}

TEST(KeyLayoutTest, NumericsThatAreEqualHaveOneKey) {
  EXPECT_EQ(NumericKey("12.5"), "014080010d3300");
  EXPECT_EQ(NumericKey("12.5000"), NumericKey("12.5"));
  EXPECT_EQ(NumericKey("0.00"), NumericKey("0"));
  EXPECT_EQ(NumericKey("1" + std::string(30, '0')), NumericKey("1" + std::string(30, '0') + ".000"));
  EXPECT_EQ(NumericKey("100"), NumericKey("100.0000000000000000000000000000000000000000000"));
}

TEST(KeyLayoutTest, PrefixSuccessorEndsTheRange) {
  EXPECT_EQ(PrefixSuccessor("ab"), "ac");
  EXPECT_EQ(PrefixSuccessor("a\xFF"), "b");
  EXPECT_EQ(PrefixSuccessor("\xFF\xFF"), "");
}

TEST(KeyLayoutTest, ReadsBackFromKeyBytes) {
  const KeyLayout layout({{types::BuiltinType(facts::kTextOid), true, false},
                          {types::BuiltinType(facts::kInt8Oid), false, false},
                          {types::BuiltinType(facts::kNumericOid), false, false}},
                         {});
  Arena arena;
  const std::string_view text("longer than inline \0 with a zero", 32);
  std::string key;
  layout.Append(std::vector<Datum>{Datum::Of(StringRef(text)), Datum::Of(int64_t{-9})}, &key);
  std::vector<Datum> values(2);
  layout.Decode(key, values, arena);
  EXPECT_EQ(values[0].AsString(), text);
  EXPECT_EQ(values[1].As<int64_t>(), -9);
  EXPECT_FALSE(layout.IsDecodable(2));
  EXPECT_THROW(layout.FieldBytes(key, 3), SqlError);
}

TEST(KeyLayoutTest, RowsComeFromTheirColumns) {
  const types::SqlType kTypes[] = {types::BuiltinType(facts::kInt4Oid),
                                   types::BuiltinType(facts::kInt2Oid)};
  types::Batch batch(kTypes);
  batch.column(0).Data<int32_t>()[1] = 5;
  batch.column(1).Data<int16_t>()[1] = 6;
  const KeyLayout layout({{kTypes[1]}, {kTypes[0]}}, {1, 0});
  std::string key;
  layout.AppendFromRow(batch, 1, &key);
  EXPECT_EQ(Hex(key), "018006" "0180000005");
}

TEST(KeyLayoutTest, LimitsAndUnsupportedTypes) {
  const KeyLayout layout({{types::BuiltinType(facts::kTextOid)}}, {});
  const std::string long_text(kKeyBytesMax, 'x');
  std::string key;
  try {
    layout.AppendPart(0, Datum::Of(StringRef(long_text)), &key);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kProgramLimitExceeded);
  }
  for (Oid type : {facts::kJsonOid, facts::kPointOid}) {
    try {
      KeyLayout({{types::BuiltinType(type)}}, {});
      FAIL();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kFeatureNotSupported);
    }
  }
}

}  // namespace
}  // namespace grizzly::storage
