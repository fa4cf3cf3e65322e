#include "functions/json/row_maker.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/array.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using types::Datum;
using types::SqlType;
using Kind = JsonTree::Kind;

struct Column {
  std::string name;
  SqlType type;
  bool is_dropped = false;
};

// Of a named row type, or those that a row without one has.
std::vector<Column> ColumnsOf(Oid type, const Datum& base) {
  std::vector<Column> columns;
  const types::TypeDirectory* directory = types::CurrentTypeDirectory();
  const std::vector<types::RowColumn>* named =
      directory == nullptr ? nullptr : directory->RowColumnsOf(type);
  if (named != nullptr) {
    for (const types::RowColumn& column : *named) {
      columns.push_back({std::string(column.name), column.type, column.dropped});
    }
    return columns;
  }
  if (base.is_null()) ThrowNotSupported("JSON as a row of this type");
  for (const types::NamedField& field : types::NamedFieldsOf(base)) {
    columns.push_back({field.name, field.field.sql_type(), false});
  }
  return columns;
}

}  // namespace

struct RowMaker::ArrayFill {
  types::ArrayBuilder builder;
  SqlType element;
  std::string_view key;
  size_t dimension_count = 0;                    // 0: not known yet
  std::vector<types::ArrayDimension> dimensions; // of length -1: not known yet
  std::vector<size_t> at;                        // the element being filled, for hints
};

Datum RowMaker::Row(Oid type, const JsonTree& object, const Datum& base) {
  if (object.kind != Kind::kObject) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("cannot call populate_composite on {}",
                               object.kind == Kind::kArray ? "an array" : "a scalar"));
  }
  if (object.members.empty() && !base.is_null()) return base;
  const std::vector<Column> columns = ColumnsOf(type, base);
  std::vector<types::RecordField> old;
  if (!base.is_null()) old = types::RecordRef::Of(base).Fields();
  types::RecordBuilder builder(type, columns.size());
  std::vector<std::string> names;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    names.push_back(column.name);
    if (column.is_dropped) {
      builder.AddDropped();
      continue;
    }
    const JsonTree* member = object.Find(column.name);
    if (member != nullptr) {
      builder.Add(column.type, Value(column.type, *member, column.name));
    } else if (i < old.size()) {
      builder.Add(column.type, old[i].value);
    } else {
      builder.Add(column.type, Checked(column.type, Datum::Null()));
    }
  }
  if (type == facts::kRecordOid) builder.AddNames(names);
  return Datum::OfString(builder.bytes(), *context_.result_heap);
}

Datum RowMaker::Checked(const SqlType& type, const Datum& value) const {
  if (types::AnyKindOf(type.oid) == 'd') {
    types::CurrentTypeDirectory()->CheckDomain(type.oid, value);
  }
  return value;
}

Datum RowMaker::Value(const SqlType& type, const JsonTree& tree, std::string_view key) {
  if (tree.kind == Kind::kNull) return Checked(type, Datum::Null());
  const Oid base = types::AnyDomainBaseOf(type.oid);
  const Oid element = types::AnyElementOf(base);
  // A string is read as the type's text form, whatever the type.
  if (tree.kind != Kind::kString && element != kInvalidOid) {
    return Checked(type, Array(type, element, tree, key));
  }
  const bool is_row = types::AnyKindOf(base) == 'c' || base == facts::kRecordOid;
  if (tree.kind != Kind::kString && is_row) {
    return Checked(type, Row(base, tree, Datum::Null()));
  }
  const bool is_json = base == facts::kJsonOid || base == facts::kJsonbOid;
  const std::string& text = tree.kind == Kind::kString && !is_json ? tree.decoded : tree.text;
  const types::TypeIo* io = types::FindAnyTypeIo(type.oid);
  if (io == nullptr) ThrowNotSupported("JSON as a value of this type");
  return Checked(type, io->Input(text, type.typmod, *context_.io, *context_.result_heap));
}

Datum RowMaker::Array(const SqlType& type, Oid element, const JsonTree& tree,
                      std::string_view key) {
  const SqlType element_type = types::ResolveAnyType(element, type.typmod);
  ArrayFill fill{types::ArrayBuilder(element_type), element_type, key, 0, {}, {}};
  FillDimension(fill, tree, 1);
  return Datum::Of(fill.builder.size() == 0
                       ? fill.builder.Finish(*context_.result_heap)
                       : fill.builder.Finish(*context_.result_heap, fill.dimensions));
}

void RowMaker::FillDimension(ArrayFill& fill, const JsonTree& tree, size_t depth) {
  if (tree.kind != Kind::kArray) {
    std::string place;
    for (size_t i = 0; i + 1 < depth; ++i) place += fmt::format("[{}]", fill.at[i]);
    SqlError error(SqlState::kInvalidTextRepresentation, "expected JSON array");
    if (place.empty()) {
      throw std::move(error).Hint(fmt::format("See the value of key \"{}\".", fill.key));
    }
    throw std::move(error).Hint(
        fmt::format("See the array element {} of key \"{}\".", place, fill.key));
  }
  if (depth > types::kArrayDimensionsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("number of array dimensions ({}) exceeds the maximum allowed ({})",
                               depth, types::kArrayDimensionsMax));
  }
  if (fill.dimensions.size() < depth) fill.dimensions.push_back({-1, 1});
  fill.at.resize(std::max(fill.at.size(), depth));
  const bool is_innermost = tree.members.empty() || tree.members[0].second.kind != Kind::kArray;
  if (fill.dimension_count == 0 && is_innermost) fill.dimension_count = depth;
  for (size_t i = 0; i < tree.members.size(); ++i) {
    fill.at[depth - 1] = i;
    if (fill.dimension_count > 0 && depth >= fill.dimension_count) {
      fill.builder.Add(Value(fill.element, tree.members[i].second, fill.key));
    } else {
      FillDimension(fill, tree.members[i].second, depth + 1);
    }
  }
  int32_t& length = fill.dimensions[depth - 1].length;
  const auto size = static_cast<int32_t>(tree.members.size());
  if (length >= 0 && length != size) {
    throw SqlError(SqlState::kInvalidTextRepresentation, "malformed JSON array")
        .Detail("Multidimensional arrays must have sub-arrays with matching dimensions.");
  }
  length = size;
}

}  // namespace grizzly::functions
