#include "server/pgwire/row_encoder.h"

#include <charconv>

#include "base/error/check.h"
#include "types/string_ref.h"

namespace grizzly::server {
namespace {

using protocol::ByteBuffer;
using protocol::StoreNetwork;
using types::PhysicalType;

constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kOid = 26, kJson = 114,
              kFloat8 = 701, kUnknown = 705, kMoney = 790, kBpchar = 1042, kVarchar = 1043,
              kDate = 1082, kTime = 1083, kTimestamp = 1114, kTimestamptz = 1184;

constexpr size_t kIntegerTextMax = 20;

template <typename Integer>
void AppendIntegerText(ByteBuffer& out, Integer value) {
  char* to = out.Extend(4 + kIntegerTextMax);
  const auto end = std::to_chars(to + 4, to + 4 + kIntegerTextMax, value).ptr;
  const auto size = static_cast<uint32_t>(end - to - 4);
  StoreNetwork(to, size);
  out.Commit(4 + size);
}

template <typename Unsigned>
void AppendBinary(ByteBuffer& out, Unsigned value) {
  char* to = out.Extend(4 + sizeof(Unsigned));
  StoreNetwork(to, static_cast<uint32_t>(sizeof(Unsigned)));
  StoreNetwork(to + 4, value);
  out.Commit(4 + sizeof(Unsigned));
}

void AppendByteValue(ByteBuffer& out, char byte) {
  char* to = out.Extend(5);
  StoreNetwork(to, uint32_t{1});
  to[4] = byte;
  out.Commit(5);
}

void AppendBytes(ByteBuffer& out, std::string_view bytes) {
  char* to = out.Extend(4 + bytes.size());
  StoreNetwork(to, static_cast<uint32_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(to + 4, bytes.data(), bytes.size());
  out.Commit(4 + bytes.size());
}

}  // namespace

RowEncoder::Kind RowEncoder::KindOf(const session::ResultColumn& column, PhysicalType physical) {
  const bool binary = column.format == session::ValueFormat::kBinary;
  const Kind generic = binary ? Kind::kGenericBinary : Kind::kGenericText;
  switch (column.type.oid) {
    case kBool:
      if (physical != PhysicalType::kInt8) return generic;
      return binary ? Kind::kBoolBinary : Kind::kBoolText;
    case kInt2:
      if (physical != PhysicalType::kInt16) return generic;
      return binary ? Kind::kInt16Binary : Kind::kInt16Text;
    case kInt4:
      if (physical != PhysicalType::kInt32) return generic;
      return binary ? Kind::kInt32Binary : Kind::kInt32Text;
    case kInt8:
      if (physical != PhysicalType::kInt64) return generic;
      return binary ? Kind::kInt64Binary : Kind::kInt64Text;
    case kOid:
      if (physical != PhysicalType::kInt32) return generic;
      return binary ? Kind::kInt32Binary : Kind::kOidText;
    case kDate: return binary && physical == PhysicalType::kInt32 ? Kind::kInt32Binary : generic;
    case kMoney:
    case kTime:
    case kTimestamp:
    case kTimestamptz:
      return binary && physical == PhysicalType::kInt64 ? Kind::kInt64Binary : generic;
    case kFloat8:
      return binary && physical == PhysicalType::kFloat64 ? Kind::kFloat64Binary : generic;
    case kText:
    case kVarchar:
    case kBpchar:
    case kJson:
    case kUnknown: return physical == PhysicalType::kString ? Kind::kBytes : generic;
    default: return generic;
  }
}

void RowEncoder::Begin(const session::RowDescription& columns, const types::Batch& batch,
                       const types::IoSettings& settings) {
  GRIZZLY_CHECK(columns.size() <= batch.column_count());
  columns_.clear();
  for (size_t i = 0; i < columns.size(); ++i) {
    const types::Vector& vector = batch.column(i);
    columns_.push_back(
        {KindOf(columns[i], vector.physical()), vector.Reader<char>(), &vector, columns[i].io});
  }
  row_count_ = batch.row_count();
  settings_ = &settings;
}

uint32_t RowEncoder::Encode(ByteBuffer& out, uint32_t first, size_t bytes_max) {
  uint32_t row = first;
  size_t complete = out.size();
  try {
    while (row < row_count_ && complete < bytes_max) {
      EncodeRow(out, row);
      complete = out.size();
      ++row;
    }
  } catch (...) {
    out.Truncate(complete);
    throw;
  }
  return row;
}

void RowEncoder::EncodeRow(ByteBuffer& out, uint32_t row) {
  const size_t start = out.size();
  char* head = out.Extend(7);
  head[0] = 'D';
  StoreNetwork(head + 5, static_cast<uint16_t>(columns_.size()));
  out.Commit(7);
  for (const Column& column : columns_) EncodeValue(out, column, row);
  out.PatchInt32(start + 1, static_cast<int32_t>(out.size() - start - 1));
}

void RowEncoder::EncodeValue(ByteBuffer& out, const Column& column, uint32_t row) {
  if (column.reader.IsNull(row)) {
    out.AppendInt32(-1);
    return;
  }
  switch (column.kind) {
    case Kind::kBoolText: return AppendByteValue(out, Value<int8_t>(column, row) != 0 ? 't' : 'f');
    case Kind::kBoolBinary: return AppendByteValue(out, Value<int8_t>(column, row) != 0 ? 1 : 0);
    case Kind::kInt16Text: return AppendIntegerText(out, Value<int16_t>(column, row));
    case Kind::kInt16Binary: return AppendBinary(out, Value<uint16_t>(column, row));
    case Kind::kInt32Text: return AppendIntegerText(out, Value<int32_t>(column, row));
    case Kind::kInt32Binary: return AppendBinary(out, Value<uint32_t>(column, row));
    case Kind::kInt64Text: return AppendIntegerText(out, Value<int64_t>(column, row));
    case Kind::kInt64Binary:
    case Kind::kFloat64Binary: return AppendBinary(out, Value<uint64_t>(column, row));
    case Kind::kOidText: return AppendIntegerText(out, Value<uint32_t>(column, row));
    case Kind::kBytes: {
      const auto& text =
          reinterpret_cast<const types::StringRef*>(column.reader.data)[column.reader.Index(row)];
      return AppendBytes(out, {text.data(), text.size()});
    }
    case Kind::kGenericText:
    case Kind::kGenericBinary: return EncodeGeneric(out, column, row);
  }
}

void RowEncoder::EncodeGeneric(ByteBuffer& out, const Column& column, uint32_t row) {
  GRIZZLY_CHECK(column.io != nullptr);
  scratch_.clear();
  const types::Datum value = column.vector->GetDatum(row);
  if (column.kind == Kind::kGenericText) {
    column.io->Output(value, *settings_, scratch_);
  } else {
    column.io->Send(value, *settings_, scratch_);
  }
  AppendBytes(out, scratch_);
}

}  // namespace grizzly::server
