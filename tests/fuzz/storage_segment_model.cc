// Column segments against the values they were made of: every type, every shape of data that an encoding
// is for, read back by block, by scattered rows, by single rows and by dictionary codes; and damaged ones.
#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "model.h"
#include "storage/column/segment.h"
#include "types/numeric.h"

namespace grizzly::model {
namespace {

using storage::kSegmentBlockRows;
using storage::SegmentReader;
using storage::SegmentWriter;
using types::Datum;
using types::PhysicalType;
using types::Vector;

constexpr Oid kTypes[] = {facts::kBoolOid,   facts::kInt2Oid,   facts::kInt4Oid,    facts::kInt8Oid,
                          facts::kFloat4Oid, facts::kFloat8Oid, facts::kUuidOid,    facts::kTextOid,
                          facts::kNumericOid, facts::kByteaOid};

// How the values of one segment are spread.
enum class Shape : uint8_t { kConstant, kRuns, kAscending, kFew, kNarrow, kWild };

int64_t Integer(Random& random, Shape shape, uint64_t width, uint32_t row) {
  switch (shape) {
    case Shape::kConstant: return static_cast<int64_t>(width);
    case Shape::kRuns: return static_cast<int64_t>(row / (1 + width % 500));
    case Shape::kAscending: return static_cast<int64_t>(row * (width % 1000) + Below(random, 3));
    case Shape::kFew: return static_cast<int64_t>(Below(random, 1 + width % 50) * 0x123456789);
    case Shape::kNarrow: return static_cast<int64_t>(width + Below(random, 1 + width % 5000));
    case Shape::kWild: return static_cast<int64_t>(random());
  }
  return 0;
}

Datum FloatOf(Random& random, Shape shape, int64_t integer, PhysicalType physical) {
  double value = shape == Shape::kWild ? std::bit_cast<double>(integer)
                                       : static_cast<double>(integer % 100000) / 100;
  if (Below(random, 200) == 0) value = -0.0;
  if (physical == PhysicalType::kFloat64) return Datum::Of(value);
  return Datum::Of(shape == Shape::kWild ? std::bit_cast<float>(static_cast<uint32_t>(integer))
                                         : static_cast<float>(value));
}

Datum ValueOf(Random& random, const types::SqlType& type, Shape shape, uint64_t width, uint32_t row,
              Arena& arena) {
  const int64_t integer = Integer(random, shape, width, row);
  switch (type.physical) {
    case PhysicalType::kInt8: return Datum::Of(static_cast<int8_t>(integer & 1));
    case PhysicalType::kInt16: return Datum::Of(static_cast<int16_t>(integer));
    case PhysicalType::kInt32: return Datum::Of(static_cast<int32_t>(integer));
    case PhysicalType::kInt64: return Datum::Of(integer);
    case PhysicalType::kFloat32:
    case PhysicalType::kFloat64: return FloatOf(random, shape, integer, type.physical);
    case PhysicalType::kFixed16:
      return Datum::Of(types::Fixed16{static_cast<uint64_t>(integer), width});
    case PhysicalType::kString: break;
  }
  if (type.oid == facts::kNumericOid) {
    const int scale = shape == Shape::kWild && Below(random, 50) == 0 ? 3 : 2;
    return Datum::Of(types::NumericFromInt128(integer, scale, arena));
  }
  std::string text = std::to_string(integer);
  if (shape == Shape::kWild) text.resize(Below(random, 60), static_cast<char>(random()));
  return Datum::OfString(text, arena);
}

bool Same(PhysicalType physical, const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  if (physical == PhysicalType::kString) return a.AsString() == b.AsString();
  return std::memcmp(a.payload(), b.payload(), PhysicalWidth(physical)) == 0;
}

// float4 NaNs pass through double, which makes signaling ones quiet.
bool SameFloat4(const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  const float x = a.As<float>(), y = b.As<float>();
  return (x != x && y != y) || std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y);
}

struct Column {
  types::SqlType type;
  std::vector<Datum> values;
  std::string bytes;

  bool Agrees(uint32_t row, const Datum& value) const {
    return type.physical == PhysicalType::kFloat32 ? SameFloat4(values[row], value)
                                                   : Same(type.physical, values[row], value);
  }
};

Column MakeColumn(Random& random, Arena& arena) {
  Column column;
  column.type = types::BuiltinType(kTypes[Below(random, std::size(kTypes))]);
  const auto shape = static_cast<Shape>(Below(random, 6));
  const uint64_t width = random() >> Below(random, 64);
  const uint64_t null_share = Below(random, 3) == 0 ? 1 + Below(random, 20) : 0;
  const auto rows = static_cast<uint32_t>(1 + Below(random, 3) * kSegmentBlockRows +
                                          Below(random, Below(random, 2) == 0 ? 5 : 2000));
  SegmentWriter writer(column.type);
  Vector batch(column.type, kSegmentBlockRows);
  uint32_t filled = 0;
  const auto flush = [&] {
    if (filled == 0) return;
    writer.Append(batch, 0, filled);
    batch.Reset();
    filled = 0;
  };
  for (uint32_t row = 0; row < rows; ++row) {
    const bool is_null = null_share != 0 && Below(random, null_share) == 0;
    column.values.push_back(is_null ? Datum::Null()
                                    : ValueOf(random, column.type, shape, width, row, arena));
    batch.SetDatum(filled++, column.values.back());
    if (filled == kSegmentBlockRows || Below(random, 700) == 0) flush();
  }
  flush();
  storage::ZoneMap zone;
  writer.Finish(&column.bytes, &zone);
  Expect(zone.null_count == static_cast<uint32_t>(std::count_if(
                                column.values.begin(), column.values.end(),
                                [](const Datum& value) { return value.is_null(); })),
         "number of NULLs");
  return column;
}

void CheckBlocks(Random& random, const Column& column, SegmentReader& reader) {
  const auto rows = static_cast<uint32_t>(column.values.size());
  Vector out(column.type, kSegmentBlockRows);
  for (uint32_t block = 0; block < storage::BlockCount(rows); ++block) {
    const uint32_t first = block * kSegmentBlockRows;
    const uint32_t count = storage::BlockRows(rows, block);
    out.Reset();
    reader.DecodeBlock(block, out);
    for (uint32_t i = 0; i < count; ++i) {
      Expect(column.Agrees(first + i, out.GetDatum(i)), "a row of a block");
    }
    std::vector<uint32_t> some;
    const uint64_t share = 1 + Below(random, 100);
    for (uint32_t i = 0; i < count; ++i) {
      if (Below(random, share) == 0) some.push_back(i);
    }
    out.Reset();
    reader.DecodeRows(block, some, out);
    for (uint32_t i = 0; i < some.size(); ++i) {
      Expect(column.Agrees(first + some[i], out.GetDatum(i)), "a chosen row");
    }
    if (reader.dictionary() == nullptr) continue;
    std::vector<uint32_t> codes(kSegmentBlockRows);
    reader.DecodeCodes(block, codes.data());
    for (uint32_t i = 0; i < count; ++i) {
      Expect(column.Agrees(first + i, reader.dictionary()->GetDatum(codes[i])), "a row by its code");
    }
  }
  for (int i = 0; i < 20; ++i) {
    const auto row = static_cast<uint32_t>(Below(random, rows));
    Expect(column.Agrees(row, reader.At(row)), "a single row");
  }
}

void CheckDamage(Random& random, const Column& column) {
  std::string damaged = column.bytes;
  damaged[Below(random, damaged.size())] ^= static_cast<char>(1 + Below(random, 255));
  if (Below(random, 4) == 0) damaged.resize(Below(random, damaged.size()));
  try {
    SegmentReader::Open(damaged, column.type);
  } catch (const SqlError&) {
    return;
  }
  Fail("a damaged segment was opened");
}

}  // namespace

const uint64_t kSeedCount = 300;

void RunModel(Random& random) {
  Arena arena;
  const Column column = MakeColumn(random, arena);
  const auto reader = SegmentReader::Open(column.bytes, column.type);
  CheckBlocks(random, column, *reader);
  CheckDamage(random, column);
}

}  // namespace grizzly::model
