#include "executor/constraint/foreign_key_values.h"

#include <limits>

#include "storage/key/key_layout.h"

namespace grizzly::executor {
namespace {

using types::Datum;
using types::PhysicalType;
using types::SqlType;

int64_t IntegerOf(const Datum& value, PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kInt16: return value.As<int16_t>();
    case PhysicalType::kInt32: return value.As<int32_t>();
    default: return value.As<int64_t>();
  }
}

template <typename T>
std::optional<Datum> Narrowed(int64_t value) {
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
    return std::nullopt;
  }
  return Datum::Of(static_cast<T>(value));
}

std::optional<Datum> ConvertInteger(int64_t value, PhysicalType to) {
  switch (to) {
    case PhysicalType::kInt16: return Narrowed<int16_t>(value);
    case PhysicalType::kInt32: return Narrowed<int32_t>(value);
    default: return Datum::Of(value);
  }
}

}  // namespace

std::optional<Datum> ConvertExactly(const Datum& value, const SqlType& from, const SqlType& to) {
  if (value.is_null() || from.physical == to.physical) return value;
  if (from.physical == PhysicalType::kFloat32) {
    return Datum::Of(static_cast<double>(value.As<float>()));
  }
  if (from.physical == PhysicalType::kFloat64) {
    const double wide = value.As<double>();
    const float narrow = static_cast<float>(wide);
    const bool is_nan = wide != wide;
    if (!is_nan && static_cast<double>(narrow) != wide) return std::nullopt;
    return Datum::Of(narrow);
  }
  return ConvertInteger(IntegerOf(value, from.physical), to.physical);
}

std::string DescribeValues(const ExecContext& context, const catalog::Relation& table,
                           std::span<const uint32_t> places, std::span<const Datum> values) {
  std::string names, texts;
  for (size_t i = 0; i < places.size(); ++i) {
    const catalog::Column& column = table.columns[places[i]];
    if (i > 0) names += ", ", texts += ", ";
    names += column.name;
    if (values[i].is_null()) {
      texts += "null";
    } else if (const auto* io = context.virtual_input.catalog->FindTypeIo(column.type.oid)) {
      io->Output(values[i], *context.evaluation.functions.io, texts);
    }
  }
  return "(" + names + ")=(" + texts + ")";
}

void AppendKeyFields(const plan::ForeignKeyRule& rule, std::span<const Datum> values,
                     std::string* fields) {
  const storage::KeyLayout& layout = *rule.key->index_key;
  for (size_t part = 0; part < rule.key_parts.size(); ++part) {
    layout.AppendPart(part, values[rule.key_parts[part]], fields);
  }
}

ForeignKeyValues::ForeignKeyValues(const plan::ForeignKeyRule& rule, ExecContext& context)
    : rule_(rule) {
  for (size_t i = 0; i < rule.casts.size(); ++i) {
    const SqlType& from = rule.referencing->columns[rule.referencing_columns[i]].type;
    casts_.push_back(rule.casts[i] == nullptr ? nullptr
                                              : std::make_unique<expr::Evaluator>(
                                                    *rule.casts[i], context.evaluation));
    cast_inputs_.emplace_back(std::span<const SqlType>(&from, 1), 1);
  }
}

std::optional<Datum> ForeignKeyValues::ToReferenced(size_t column, const Datum& value) {
  const SqlType& from = rule_.referencing->columns[rule_.referencing_columns[column]].type;
  const SqlType& to = rule_.referenced->columns[rule_.referenced_columns[column]].type;
  if (casts_[column] == nullptr) return ConvertExactly(value, from, to);
  types::Batch& input = cast_inputs_[column];
  input.Reset();
  input.column(0).SetDatum(0, value);
  input.set_row_count(1);
  return casts_[column]->Evaluate(input).GetDatum(0);
}

bool ForeignKeyValues::ToKey(std::span<const Datum> values, std::vector<Datum>* key) {
  key->clear();
  for (size_t column = 0; column < values.size(); ++column) {
    const std::optional<Datum> value = ToReferenced(column, values[column]);
    if (!value.has_value()) return false;
    key->push_back(*value);
  }
  return true;
}

bool ForeignKeyValues::FieldsOfRow(const types::Batch& rows, uint32_t row, std::string* fields) {
  row_values_.clear();
  for (const uint32_t place : rule_.referencing_columns) {
    row_values_.push_back(rows.column(place).GetDatum(row));
    if (row_values_.back().is_null()) return false;
  }
  if (!ToKey(row_values_, &key_)) return false;
  AppendKeyFields(rule_, key_, fields);
  return true;
}

}  // namespace grizzly::executor
