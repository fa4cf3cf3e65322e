#include "catalog/virtual/row_writer.h"

#include "base/error/check.h"
#include "types/array.h"

namespace grizzly::catalog {

using types::Datum;
using types::PhysicalType;

RowWriter::RowWriter(Oid relation, const VirtualTableInput& input,
                     const VirtualTableFilter& filter, const RowReceiver& receive)
    : input_(input),
      filter_(filter),
      receive_(receive),
      relation_(input.catalog->FindRelation(relation)) {
  GRIZZLY_CHECK(relation_ != nullptr);
  values_.reserve(relation_->columns.size());
}

std::optional<Oid> RowWriter::OidFilter(int column) const {
  if (filter_.column != column || filter_.value.is_null()) return std::nullopt;
  return filter_.value.As<Oid>();
}

std::optional<std::string> RowWriter::NameFilter(int column) const {
  if (filter_.column != column || filter_.value.is_null()) return std::nullopt;
  return std::string(filter_.value.AsString());
}

const Column& RowWriter::NextColumn() const {
  GRIZZLY_CHECK(values_.size() < relation_->columns.size());
  return relation_->columns[values_.size()];
}

void RowWriter::Add(PhysicalType physical, const Datum& value) {
  GRIZZLY_CHECK(NextColumn().type.physical == physical);
  values_.push_back(value);
}

void RowWriter::Number(Oid value) { Add(PhysicalType::kInt32, Datum::Of(value)); }
void RowWriter::Int2(int16_t value) { Add(PhysicalType::kInt16, Datum::Of(value)); }
void RowWriter::Int4(int32_t value) { Add(PhysicalType::kInt32, Datum::Of(value)); }
void RowWriter::Int8(int64_t value) { Add(PhysicalType::kInt64, Datum::Of(value)); }
void RowWriter::Float4(float value) { Add(PhysicalType::kFloat32, Datum::Of(value)); }
void RowWriter::Bool(bool value) {
  Add(PhysicalType::kInt8, Datum::Of(static_cast<uint8_t>(value)));
}
void RowWriter::Char(char value) { Add(PhysicalType::kInt8, Datum::Of(value)); }
void RowWriter::Text(std::string_view value) {
  Add(PhysicalType::kString, Datum::OfString(value, arena_));
}
void RowWriter::TextOrNull(std::string_view value) { value.empty() ? Null() : Text(value); }

void RowWriter::Literal(std::string_view text) {
  const types::TypeIo* io = text.empty() ? nullptr : input_.catalog->FindTypeIo(NextColumn().type.oid);
  if (io == nullptr) return Null();
  values_.push_back(io->Input(text, types::kNoTypmod, input_.io, arena_));
}

void RowWriter::Null() {
  NextColumn();
  values_.push_back(Datum::Null());
}

void RowWriter::Emit() {
  GRIZZLY_CHECK(values_.size() == relation_->columns.size());
  receive_(values_);
  values_.clear();
  arena_.Reset();
}

template <typename Value>
void RowWriter::Array(std::span<const Value> values, int32_t lower_bound) {
  const Oid element = types::ArrayElementOid(NextColumn().type.oid);
  GRIZZLY_CHECK(element != kInvalidOid);
  types::ArrayBuilder builder(types::BuiltinType(element));
  for (const Value& value : values) {
    if constexpr (std::is_same_v<Value, std::string>) {
      builder.AddString(value);
    } else {
      builder.AddValue(value);
    }
  }
  Add(PhysicalType::kString, Datum::Of(builder.Finish(arena_, lower_bound)));
}

void RowWriter::Oids(std::span<const Oid> values) { Array(values, 1); }
void RowWriter::Int2s(std::span<const int16_t> values) { Array(values, 1); }
void RowWriter::Chars(std::span<const char> values) { Array(values, 1); }
void RowWriter::OidVector(std::span<const Oid> values) { Array(values, 0); }
void RowWriter::Int2Vector(std::span<const int16_t> values) { Array(values, 0); }
void RowWriter::Float4s(std::span<const float> values) { Array(values, 1); }
void RowWriter::AnyArray(const types::SqlType& element, std::span<const std::string> values) {
  types::ArrayBuilder builder(element);
  for (const std::string& value : values) {
    if (element.physical == PhysicalType::kString) {
      builder.AddString(value);
      continue;
    }
    Datum datum = Datum::Of(uint8_t{0});
    std::memcpy(datum.payload(), value.data(), value.size());
    builder.Add(datum);
  }
  Add(PhysicalType::kString, Datum::Of(builder.Finish(arena_)));
}
void RowWriter::Texts(std::span<const std::string> values) {
  values.empty() ? Null() : Array(values, 1);
}

}  // namespace grizzly::catalog
