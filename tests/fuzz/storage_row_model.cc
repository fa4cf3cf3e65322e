// Rows against the values they were made of: random layouts with versions, read back column by column
// and into batches.
#include "facts/type_oids.h"
#include "model.h"
#include "storage/row/row_layout.h"

namespace grizzly::model {
namespace {

using storage::RowColumn;
using storage::RowLayoutSet;
using types::Datum;
using types::PhysicalType;

constexpr Oid kTypes[] = {facts::kBoolOid,   facts::kInt2Oid,   facts::kInt4Oid,
                          facts::kInt8Oid,   facts::kFloat4Oid, facts::kFloat8Oid,
                          facts::kUuidOid,   facts::kTextOid,   facts::kByteaOid};

Datum RandomValue(Random& random, const types::SqlType& type, Arena& arena) {
  if (Below(random, 5) == 0) return Datum::Null();
  if (type.physical == PhysicalType::kString) {
    std::string text(Below(random, Below(random, 4) == 0 ? 5000 : 20), '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    return Datum::OfString(text, arena);
  }
  const types::Fixed16 bytes{random(), random()};
  Datum value = Datum::Of(bytes);
  std::memset(static_cast<char*>(value.payload()) + PhysicalWidth(type.physical), 0,
              sizeof(bytes) - PhysicalWidth(type.physical));
  return value;
}

bool Same(PhysicalType physical, const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  if (physical == PhysicalType::kString) return a.AsString() == b.AsString();
  return std::memcmp(a.payload(), b.payload(), PhysicalWidth(physical)) == 0;
}

}  // namespace

const uint64_t kSeedCount = 1500;

void RunModel(Random& random) {
  Arena arena;
  std::vector<RowColumn> columns(1 + Below(random, 20));
  std::vector<types::SqlType> column_types;
  for (RowColumn& column : columns) {
    column.type = types::BuiltinType(kTypes[Below(random, std::size(kTypes))]);
    column.missing = RandomValue(random, column.type, arena);
    column.missing_is_null = column.missing.is_null();
    column_types.push_back(column.type);
  }
  std::vector<uint32_t> counts;
  for (uint32_t count = Below(random, columns.size()); count < columns.size();
       count += 1 + Below(random, 5)) {
    counts.push_back(count);
  }
  counts.push_back(static_cast<uint32_t>(columns.size()));
  const RowLayoutSet newest(columns, counts);

  std::vector<uint32_t> all(columns.size());
  for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  types::Batch batch(column_types);
  std::vector<std::vector<Datum>> rows(20);
  for (uint32_t r = 0; r < rows.size(); ++r) {
    // Written when the relation had the columns of an older version.
    const size_t version = Below(random, counts.size());
    const RowLayoutSet older({columns.begin(), columns.begin() + counts[version]},
                             {counts.begin(), counts.begin() + version + 1});
    std::vector<Datum>& row = rows[r];
    for (uint32_t c = 0; c < counts[version]; ++c) {
      row.push_back(RandomValue(random, columns[c].type, arena));
    }
    std::string bytes;
    older.Encode(row, &bytes);
    for (size_t c = row.size(); c < columns.size(); ++c) row.push_back(columns[c].missing);
    newest.Validate(bytes);
    for (uint32_t c = 0; c < columns.size(); ++c) {
      const Datum value = newest.Decode(bytes, c);
      Expect(Same(columns[c].type.physical, value, row[c]), "column " + std::to_string(c));
    }
    newest.DecodeInto(bytes, all, batch, r);
  }
  batch.set_row_count(static_cast<uint32_t>(rows.size()));
  for (uint32_t r = 0; r < rows.size(); ++r) {
    std::string direct, through_batch;
    newest.Encode(rows[r], &direct);
    newest.EncodeRow(batch, r, &through_batch);
    Expect(direct == through_batch, "row " + std::to_string(r) + " through a batch");
  }
}

}  // namespace grizzly::model
