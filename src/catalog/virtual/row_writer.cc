#include "catalog/virtual/row_writer.h"

#include "base/error/check.h"

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

namespace {

template <typename Value>
std::string Joined(std::span<const Value> values, std::string_view open, std::string_view between,
                   std::string_view close) {
  std::string text(open);
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text.append(between);
    if constexpr (std::is_same_v<Value, char>) {
      text.push_back(values[i]);
    } else {
      text.append(std::to_string(values[i]));
    }
  }
  return text.append(close);
}

}  // namespace

void RowWriter::Oids(std::span<const Oid> values) { Literal(Joined(values, "{", ",", "}")); }
void RowWriter::Int2s(std::span<const int16_t> values) { Literal(Joined(values, "{", ",", "}")); }
void RowWriter::Chars(std::span<const char> values) { Literal(Joined(values, "{", ",", "}")); }
// A vector may be empty: a blank keeps it from being taken for NULL.
void RowWriter::OidVector(std::span<const Oid> values) { Literal(Joined(values, " ", " ", "")); }
void RowWriter::Int2Vector(std::span<const int16_t> values) {
  Literal(Joined(values, " ", " ", ""));
}
void RowWriter::Texts(std::span<const std::string> values) {
  values.empty() ? Null() : Literal(ArrayLiteral(values));
}

std::string ArrayLiteral(std::span<const std::string> elements) {
  std::string text = "{";
  for (const std::string& element : elements) {
    if (text.size() > 1) text.push_back(',');
    text.push_back('"');
    for (const char c : element) {
      if (c == '"' || c == '\\') text.push_back('\\');
      text.push_back(c);
    }
    text.push_back('"');
  }
  text.push_back('}');
  return text;
}

}  // namespace grizzly::catalog
