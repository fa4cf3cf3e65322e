// Shows: DataRow bytes of every inline kind, in both formats, from flat, constant and filtered vectors,
// and that a row whose output fails is taken back.
#include "server/pgwire/row_encoder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

using session::ValueFormat;
using std::string_literals::operator""s;
using types::Datum;
using types::PhysicalType;

// Reads the values of the DataRow messages in `bytes`: "a|b" per row, NULL as "-".
std::vector<std::string> Rows(std::string_view bytes) {
  std::vector<std::string> rows;
  while (!bytes.empty()) {
    EXPECT_EQ(bytes[0], 'D');
    const auto length = protocol::LoadNetwork<uint32_t>(bytes.data() + 1);
    std::string_view body = bytes.substr(5, length - 4);
    bytes.remove_prefix(length + 1);
    const auto count = protocol::LoadNetwork<uint16_t>(body.data());
    body.remove_prefix(2);
    std::string& row = rows.emplace_back();
    for (uint16_t i = 0; i < count; ++i) {
      const auto size = static_cast<int32_t>(protocol::LoadNetwork<uint32_t>(body.data()));
      body.remove_prefix(4);
      row += i == 0 ? "" : "|";
      row += size < 0 ? "-" : std::string(body.substr(0, size));
      body.remove_prefix(std::max(size, 0));
    }
    EXPECT_TRUE(body.empty());
  }
  return rows;
}

// Text is "<value>", binary "[value]"; a value of 13 fails.
class BracketIo final : public types::TypeIo {
 public:
  Datum Input(std::string_view, int32_t, const types::IoSettings&, Arena&) const override { return {}; }
  void Output(const Datum& value, const types::IoSettings&, std::string& out) const override {
    if (value.As<int32_t>() == 13) throw SqlError(SqlState::kDataException, "unlucky");
    out += fmt::format("<{}>", value.As<int32_t>());
  }
  Datum Receive(std::string_view, int32_t, const types::IoSettings&, Arena&) const override { return {}; }
  void Send(const Datum& value, const types::IoSettings&, std::string& out) const override {
    out += fmt::format("[{}]", value.As<int32_t>());
  }
};

template <typename T>
std::string Encoded(Oid oid, PhysicalType physical, ValueFormat format, T value) {
  const types::SqlType type{.oid = oid, .physical = physical};
  const types::SqlType column_types[] = {type};
  types::Batch batch(column_types, 2);
  batch.column(0).Data<T>()[0] = value;
  batch.column(0).Data<T>()[1] = value;
  batch.column(0).SetNull(1);
  batch.set_row_count(2);
  static const BracketIo io;
  RowEncoder encoder;
  protocol::ByteBuffer out;
  encoder.Begin({{.name = "c", .type = type, .io = &io, .format = format}}, batch, {});
  EXPECT_EQ(encoder.Encode(out, 0, 1 << 20), 2u);
  const std::vector<std::string> rows = Rows(out.view());
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1], "-");
  return rows[0];
}

TEST(RowEncoderTest, InlineKinds) {
  constexpr auto kText = ValueFormat::kText, kBinary = ValueFormat::kBinary;
  EXPECT_EQ(Encoded<int8_t>(16, PhysicalType::kInt8, kText, 1), "t");
  EXPECT_EQ(Encoded<int8_t>(16, PhysicalType::kInt8, kText, 0), "f");
  EXPECT_EQ(Encoded<int8_t>(16, PhysicalType::kInt8, kBinary, 1), "\x01");
  EXPECT_EQ(Encoded<int16_t>(21, PhysicalType::kInt16, kText, INT16_MIN), "-32768");
  EXPECT_EQ(Encoded<int16_t>(21, PhysicalType::kInt16, kBinary, -2), "\xFF\xFE");
  EXPECT_EQ(Encoded<int32_t>(23, PhysicalType::kInt32, kText, INT32_MIN), "-2147483648");
  EXPECT_EQ(Encoded<int32_t>(23, PhysicalType::kInt32, kBinary, 258), "\0\0\x01\x02"s);
  EXPECT_EQ(Encoded<int64_t>(20, PhysicalType::kInt64, kText, INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(Encoded<int64_t>(20, PhysicalType::kInt64, kBinary, 1), "\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(Encoded<uint32_t>(26, PhysicalType::kInt32, kText, UINT32_MAX), "4294967295");
  EXPECT_EQ(Encoded<uint32_t>(26, PhysicalType::kInt32, kBinary, UINT32_MAX), "\xFF\xFF\xFF\xFF");
  EXPECT_EQ(Encoded<int32_t>(1082, PhysicalType::kInt32, kBinary, 1), "\0\0\0\x01"s);
  EXPECT_EQ(Encoded<int32_t>(1082, PhysicalType::kInt32, kText, 1), "<1>");
  EXPECT_EQ(Encoded<int64_t>(1184, PhysicalType::kInt64, kBinary, 1), "\0\0\0\0\0\0\0\x01"s);
  EXPECT_EQ(Encoded<double>(701, PhysicalType::kFloat64, kBinary, 1.0), "\x3F\xF0\0\0\0\0\0\0"s);
  const types::StringRef text("short"), longer("a text that does not fit inline");
  EXPECT_EQ(Encoded<types::StringRef>(25, PhysicalType::kString, kText, text), "short");
  EXPECT_EQ(Encoded<types::StringRef>(1043, PhysicalType::kString, kBinary, longer), longer.view());
  EXPECT_EQ(Encoded<int32_t>(99'999, PhysicalType::kInt32, kText, 5), "<5>");
  EXPECT_EQ(Encoded<int32_t>(99'999, PhysicalType::kInt32, kBinary, 5), "[5]");
}

TEST(RowEncoderTest, VectorKindsLimitsAndFailures) {
  const types::SqlType int4{.oid = 23, .physical = PhysicalType::kInt32};
  const types::SqlType odd{.oid = 99'999, .physical = PhysicalType::kInt32};
  types::Vector source(int4, 20);
  for (int i = 0; i < 20; ++i) source.Data<int32_t>()[i] = i;
  const uint32_t kPicked[] = {2, 11, 12, 13, 14};
  types::Vector filtered(int4, 5), constant(int4, 1), failing(odd, 5);
  filtered.Slice(source, kPicked);
  constant.SetConstant(Datum::Of<int32_t>(7));
  failing.Slice(source, kPicked);
  types::Batch batch;
  batch.AddColumn(std::move(filtered));
  batch.AddColumn(std::move(constant));
  batch.AddColumn(std::move(failing));
  batch.set_row_count(5);
  const BracketIo io;
  RowEncoder encoder;
  protocol::ByteBuffer out;
  const session::RowDescription columns = {{.name = "a", .type = int4}, {.name = "b", .type = int4},
                                           {.name = "c", .type = odd, .io = &io}};
  encoder.Begin(columns, batch, {});
  EXPECT_EQ(encoder.Encode(out, 0, 1), 1u);  // stops once the buffer holds enough
  EXPECT_EQ(Rows(out.view()), (std::vector<std::string>{"2|7|<2>"}));
  EXPECT_THROW(encoder.Encode(out, 1, 1 << 20), SqlError);
  EXPECT_EQ(Rows(out.view()), (std::vector<std::string>{"2|7|<2>", "11|7|<11>", "12|7|<12>"}));
}

}  // namespace
}  // namespace grizzly::server
