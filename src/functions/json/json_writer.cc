#include "functions/json/json_writer.h"

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/session_services.h"
#include "types/array.h"
#include "types/json.h"
#include "types/jsonb.h"
#include "types/record.h"
#include "types/timestamp.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using types::ArrayRef;
using types::Datum;
using types::SqlType;

enum class Category : uint8_t { kBool, kNumber, kDate, kTimestamp, kTimestampTz, kJson, kJsonb,
                                kArray, kComposite, kOther };

Category CategoryOf(const SqlType& type) {
  switch (type.oid) {
    case facts::kBoolOid: return Category::kBool;
    case facts::kInt2Oid:
    case facts::kInt4Oid:
    case facts::kInt8Oid:
    case facts::kFloat4Oid:
    case facts::kFloat8Oid:
    case facts::kNumericOid: return Category::kNumber;
    case facts::kDateOid: return Category::kDate;
    case facts::kTimestampOid: return Category::kTimestamp;
    case facts::kTimestamptzOid: return Category::kTimestampTz;
    case facts::kJsonOid: return Category::kJson;
    case facts::kJsonbOid: return Category::kJsonb;
    case facts::kRecordOid: return Category::kComposite;
    default: break;
  }
  if (types::AnyDomainBaseOf(type.oid) != type.oid) {
    return CategoryOf({types::AnyDomainBaseOf(type.oid), type.typmod, type.collation, type.physical});
  }
  if (types::AnyElementOf(type.oid) != kInvalidOid && type.oid != facts::kInt2vectorOid &&
      type.oid != facts::kOidvectorOid) {
    return Category::kArray;
  }
  return types::AnyKindOf(type.oid) == 'c' ? Category::kComposite : Category::kOther;
}

std::string TextOf(FunctionContext& context, const SqlType& type, const Datum& value) {
  const types::TypeIo* io = types::BuiltinTypeIo(type.oid);
  if (io == nullptr && context.session != nullptr) io = context.session->FindTypeIo(type.oid);
  if (io == nullptr) ThrowNotSupported("JSON of this type");
  std::string text;
  io->Output(value, *context.io, text);
  return text;
}

// ISO 8601 with a T, as XML and JSON have it; BC stays at the end.
std::string IsoText(FunctionContext& context, Category category, const Datum& value) {
  types::IoSettings iso = *context.io;
  iso.date_style = types::DateStyle::kIso;
  std::string text;
  if (category == Category::kDate) {
    types::AppendDate(text, value.As<int32_t>(), iso);
    return text;
  }
  const auto timestamp = value.As<int64_t>();
  if (category == Category::kTimestamp || !types::IsFiniteTimestamp(timestamp)) {
    types::AppendTimestamp(text, timestamp, iso);
    if (types::IsFiniteTimestamp(timestamp)) text[text.find(' ')] = 'T';
    return text;
  }
  const types::TimeZone& zone = types::ZoneOf(iso);
  types::AppendTimestamp(text, types::TimestampTzToLocal(timestamp, zone), iso);
  text[text.find(' ')] = 'T';
  const bool is_bc = text.ends_with(" BC");
  if (is_bc) text.resize(text.size() - 3);
  types::AppendZoneOffset(text, types::OffsetAt(zone, timestamp).seconds_east, true);
  return is_bc ? text + " BC" : text;
}

SqlType ElementOf(const ArrayRef& array) {
  return {array.element_oid(), types::kNoTypmod, kInvalidOid, array.physical()};
}

// A row as an object; `separator` stands between its pairs.
void AppendRowAsJson(FunctionContext& context, const Datum& row, std::string_view separator,
                     std::string& out) {
  out += '{';
  bool first = true;
  for (const types::NamedField& named : types::NamedFieldsOf(row)) {
    if (!first) out += separator;
    first = false;
    types::AppendJsonString(out, named.name);
    out += ':';
    AppendAsJson(context, named.field.sql_type(), named.field.value, out);
  }
  out += '}';
}

std::string RowAsJsonb(FunctionContext& context, const Datum& row) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const types::NamedField& named : types::NamedFieldsOf(row)) {
    pairs.emplace_back(named.name, AsJsonb(context, named.field.sql_type(), named.field.value));
  }
  return types::JsonbObject(std::move(pairs));
}

// One dimension after the other.
class ArrayWriter {
 public:
  ArrayWriter(FunctionContext& context, const ArrayRef& array)
      : context_(context), array_(array), type_(ElementOf(array)), shape_(array.dimensions()) {}

  void Text(size_t depth, std::string& out, std::string_view separator = ",") {
    out += '[';
    for (int32_t i = 0; depth < shape_.size() && i < shape_[depth].length; ++i) {
      if (i > 0) out += separator;
      if (depth + 1 == shape_.size()) {
        AppendAsJson(context_, type_, array_.Get(at_++), out);
      } else {
        Text(depth + 1, out);
      }
    }
    out += ']';
  }
  std::string Jsonb(size_t depth) {
    std::vector<std::string> elements;
    for (int32_t i = 0; depth < shape_.size() && i < shape_[depth].length; ++i) {
      elements.push_back(depth + 1 == shape_.size() ? AsJsonb(context_, type_, array_.Get(at_++))
                                                    : Jsonb(depth + 1));
    }
    return types::JsonbArray(elements);
  }

 private:
  FunctionContext& context_;
  const ArrayRef& array_;
  const SqlType type_;
  const std::vector<types::ArrayDimension> shape_;
  uint32_t at_ = 0;
};

}  // namespace

void AppendAsJson(FunctionContext& context, const SqlType& type, const Datum& value,
                  std::string& out) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  const Category category = CategoryOf(type);
  switch (category) {
    case Category::kBool: out += value.AsBool() ? "true" : "false"; return;
    case Category::kNumber: {
      const std::string text = TextOf(context, type, value);
      if (types::IsJsonNumber(text)) {
        out += text;
      } else {
        types::AppendJsonString(out, text);
      }
      return;
    }
    case Category::kDate:
    case Category::kTimestamp:
    case Category::kTimestampTz:
      types::AppendJsonString(out, IsoText(context, category, value));
      return;
    case Category::kJson: out += value.AsString(); return;
    case Category::kJsonb: types::AppendJsonb(out, types::JsonbRef::Of(value)); return;
    case Category::kArray: {
      const ArrayRef array = ArrayRef::Of(value);
      ArrayWriter(context, array).Text(0, out);
      return;
    }
    case Category::kComposite: AppendRowAsJson(context, value, ",", out); return;
    case Category::kOther: types::AppendJsonString(out, TextOf(context, type, value)); return;
  }
}

void AppendRecordAsJson(FunctionContext& context, const Datum& row, bool pretty,
                        std::string& out) {
  AppendRowAsJson(context, row, pretty ? ",\n " : ",", out);
}

void AppendArrayAsJson(FunctionContext& context, const Datum& value, bool pretty,
                       std::string& out) {
  const ArrayRef array = ArrayRef::Of(value);
  ArrayWriter(context, array).Text(0, out, pretty ? ",\n " : ",");
}

std::string AsJsonb(FunctionContext& context, const SqlType& type, const Datum& value) {
  if (value.is_null()) return types::JsonbNull();
  const Category category = CategoryOf(type);
  switch (category) {
    case Category::kBool: return types::JsonbBool(value.AsBool());
    case Category::kNumber: {
      const std::string text = TextOf(context, type, value);
      if (!types::IsJsonNumber(text)) return types::JsonbString(text);
      Arena scratch;
      const types::StringRef number = types::ParseNumeric(text, types::kNoTypmod, scratch);
      return types::JsonbNumber(number);
    }
    case Category::kDate:
    case Category::kTimestamp:
    case Category::kTimestampTz: return types::JsonbString(IsoText(context, category, value));
    case Category::kJson: return types::ParseJsonb(value.AsString());
    case Category::kJsonb: return std::string(value.AsString());
    case Category::kArray: {
      const ArrayRef array = ArrayRef::Of(value);
      return ArrayWriter(context, array).Jsonb(0);
    }
    case Category::kComposite: return RowAsJsonb(context, value);
    case Category::kOther: break;
  }
  return types::JsonbString(TextOf(context, type, value));
}

std::string AsJsonKey(FunctionContext& context, const SqlType& type, const Datum& value) {
  const Category category = CategoryOf(type);
  switch (category) {
    case Category::kArray:
    case Category::kComposite:
    case Category::kJson:
    case Category::kJsonb:
      throw SqlError(SqlState::kInvalidParameterValue,
                     "key value must be scalar, not array, composite, or json");
    case Category::kBool: return value.AsBool() ? "true" : "false";
    case Category::kDate:
    case Category::kTimestamp:
    case Category::kTimestampTz: return IsoText(context, category, value);
    default: return TextOf(context, type, value);
  }
}

}  // namespace grizzly::functions
