#include "executor/row_order.h"

#include <algorithm>
#include <cmath>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/type_name.h"

namespace grizzly::executor {

using types::Datum;
using types::kBatchRowsMax;
using types::PhysicalType;
using types::SqlType;
using types::StringRef;
using types::Vector;

namespace {

constexpr uint64_t kSignBit = uint64_t{1} << 63;

int64_t ReadSigned(const Vector& column, uint32_t row) {
  switch (column.physical()) {
    case PhysicalType::kInt8: return column.Reader<int8_t>()[row];
    case PhysicalType::kInt16: return column.Reader<int16_t>()[row];
    case PhysicalType::kInt32: return column.Reader<int32_t>()[row];
    default: return column.Reader<int64_t>()[row];
  }
}

uint64_t FloatPrefix(double value) {
  if (std::isnan(value)) return ~uint64_t{0} >> 2;
  if (value == 0) value = 0;  // -0 and 0 are equal
  uint64_t bits;
  std::memcpy(&bits, &value, 8);
  bits = (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
  return bits >> 3;
}

uint64_t StringPrefix(const StringRef& text) {
  unsigned char head[8] = {};
  std::memcpy(head, text.data(), std::min<uint32_t>(text.size(), 8));
  uint64_t prefix = 0;
  for (unsigned char byte : head) prefix = (prefix << 8) | byte;
  return prefix >> 2;
}

bool ComparesAsBytes(const SqlType& type) {
  const bool byte_collation =
      type.collation == 0 || type.collation == 100 || type.collation == 950 || type.collation == 951;
  return byte_collation && (type.oid == facts::kTextOid || type.oid == facts::kVarcharOid ||
                            type.oid == facts::kNameOid || type.oid == facts::kByteaOid);
}

bool IsSignedInteger(Oid oid) {
  switch (oid) {
    case facts::kInt2Oid:
    case facts::kInt4Oid:
    case facts::kInt8Oid:
    case facts::kDateOid:
    case facts::kTimestampOid:
    case facts::kTimestamptzOid:
    case facts::kTimeOid:
    case facts::kMoneyOid:
    case facts::kBoolOid: return true;
    default: return false;
  }
}

}  // namespace

RowOrder::RowOrder(std::vector<OrderColumn> columns) : columns_(std::move(columns)) {
  for (const OrderColumn& column : columns_) {
    compares_.push_back(types::FindCompare(column.type));
    if (compares_.back() == nullptr) {
      throw SqlError(SqlState::kUndefinedFunction,
                     "could not identify an ordering operator for type " +
                         types::TypeName(column.type.oid, types::kNoTypmod))
          .Hint("Use an explicit ordering operator or modify the query.");
    }
  }
  prefix_ = PrefixMethod::kNone;
  if (columns_.empty()) return;
  const SqlType& first = columns_[0].type;
  if (IsSignedInteger(first.oid)) {
    prefix_ = PrefixMethod::kSigned;
    prefix_decides_ = first.physical != PhysicalType::kInt64;
  } else if (first.physical == PhysicalType::kFloat32 || first.physical == PhysicalType::kFloat64) {
    prefix_ = PrefixMethod::kFloat;
  } else if (ComparesAsBytes(first)) {
    prefix_ = PrefixMethod::kString;
  }
}

// Bit 63 and 62 place NULLs; the value takes the 62 bits below (its low bits may be cut off).
uint64_t RowOrder::Prefix(const Vector& column, uint32_t row) const {
  const OrderColumn& key = columns_[0];
  if (column.IsNull(row)) return key.nulls_first ? 0 : kSignBit;
  uint64_t value = 0;
  switch (prefix_) {
    case PrefixMethod::kNone: break;
    case PrefixMethod::kSigned:
    case PrefixMethod::kUnsigned: {
      const uint64_t biased = static_cast<uint64_t>(ReadSigned(column, row)) ^ kSignBit;
      value = column.physical() == PhysicalType::kInt64 ? biased >> 2
                                                        : (biased - (kSignBit - (1ull << 32)));
      break;
    }
    case PrefixMethod::kFloat:
      value = FloatPrefix(column.physical() == PhysicalType::kFloat32
                              ? static_cast<double>(column.Reader<float>()[row])
                              : column.Reader<double>()[row]);
      break;
    case PrefixMethod::kString: value = StringPrefix(column.Reader<StringRef>()[row]); break;
  }
  constexpr uint64_t kValueMask = (uint64_t{1} << 62) - 1;
  if (key.descending) value = ~value & kValueMask;
  return (uint64_t{1} << 62) | value;
}

int RowOrder::CompareKey(size_t key, const Datum& a, const Datum& b) const {
  const OrderColumn& column = columns_[key];
  if (a.is_null() || b.is_null()) {
    if (a.is_null() && b.is_null()) return 0;
    return a.is_null() == column.nulls_first ? -1 : 1;
  }
  const int order = compares_[key](a, b, column.type.collation);
  return column.descending ? -order : order;
}

int RowOrder::Compare(const RowStore& rows, uint64_t a, uint64_t b) const {
  for (size_t key = 0; key < columns_.size(); ++key) {
    const size_t column = columns_[key].column;
    const int order = CompareKey(key, rows.Get(a, column), rows.Get(b, column));
    if (order != 0) return order;
  }
  return 0;
}

int RowOrder::Compare(const types::Batch& batch_a, uint32_t a, const types::Batch& batch_b,
                      uint32_t b) const {
  for (size_t key = 0; key < columns_.size(); ++key) {
    const size_t column = columns_[key].column;
    const int order = CompareKey(key, batch_a.column(column).GetDatum(a),
                                 batch_b.column(column).GetDatum(b));
    if (order != 0) return order;
  }
  return 0;
}

std::vector<uint64_t> RowOrder::Sort(const RowStore& rows) const {
  std::vector<Entry> entries;
  entries.reserve(rows.row_count());
  for (size_t c = 0; c < rows.chunk_count(); ++c) {
    const types::Batch& chunk = rows.chunk(c);
    for (uint32_t row = 0; row < chunk.row_count(); ++row) {
      const uint64_t prefix =
          columns_.empty() ? 0 : Prefix(chunk.column(columns_[0].column), row);
      entries.push_back({prefix, c * uint64_t{kBatchRowsMax} + row});
    }
  }
  const bool only_prefix = prefix_decides_ && columns_.size() == 1;
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    if (!only_prefix) {
      const int order = Compare(rows, a.row, b.row);
      if (order != 0) return order < 0;
    }
    return a.row < b.row;
  });
  std::vector<uint64_t> order;
  order.reserve(entries.size());
  for (const Entry& entry : entries) order.push_back(entry.row);
  return order;
}

}  // namespace grizzly::executor
