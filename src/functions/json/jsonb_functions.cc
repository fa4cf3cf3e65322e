// jsonb: access, comparison, containment, editing, taking apart.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/json/jsonb_edit.h"
#include "functions/kernel.h"
#include "functions/set/set_rows.h"
#include "types/array.h"
#include "types/jsonb.h"

namespace grizzly::functions {
namespace {

using types::ArrayRef;
using types::JsonbKind;
using types::JsonbRef;
using View = std::string_view;
using Values = std::span<const Datum>;
using ScanPointer = std::unique_ptr<SetScan>;

[[noreturn]] void Refuse(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}

// ---- access: views into the argument ----

using Found = std::optional<JsonbRef>;

Found Field(JsonbRef value, View key) {
  if (value.kind() != JsonbKind::kObject) return std::nullopt;
  const std::optional<uint32_t> at = value.FindKey(key);
  return at.has_value() ? Found(value.value(*at)) : std::nullopt;
}
Found Element(JsonbRef value, int64_t index) {
  if (value.kind() != JsonbKind::kArray) return std::nullopt;
  const auto size = static_cast<int64_t>(value.size());
  const int64_t at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) return std::nullopt;
  return value.value(static_cast<uint32_t>(at));
}
Found Walk(JsonbRef value, const ArrayRef& path) {
  for (uint32_t i = 0; i < path.size(); ++i) {
    if (path.IsNull(i)) return std::nullopt;
    const View step = path.String(i);
    Found next;
    if (value.kind() == JsonbKind::kArray) {
      const std::optional<int64_t> index = ParseIndex(step);
      if (index.has_value()) next = Element(value, *index);
    } else {
      next = Field(value, step);
    }
    if (!next.has_value()) return std::nullopt;
    value = *next;
  }
  return value;
}

Datum AsJsonb(FunctionContext& context, const Found& found) {
  return found.has_value() ? Datum::OfString(found->bytes(), *context.result_heap) : Datum::Null();
}
Datum AsText(FunctionContext& context, const Found& found) {
  if (!found.has_value() || found->kind() == JsonbKind::kNull) return Datum::Null();
  if (found->kind() == JsonbKind::kString) {
    return Datum::OfString(found->string(), *context.result_heap);
  }
  std::string text;
  types::AppendJsonb(text, *found);
  return Datum::OfString(text, *context.result_heap);
}

Datum FieldJsonb(FunctionContext& c, View j, View key) { return AsJsonb(c, Field(JsonbRef(j), key)); }
Datum FieldText(FunctionContext& c, View j, View key) { return AsText(c, Field(JsonbRef(j), key)); }
// A scalar is an array of itself to the -> operator with a number.
Found ElementOrScalar(JsonbRef value, int32_t index) {
  if (value.is_scalar() && (index == 0 || index == -1)) return value;
  return Element(value, index);
}
Datum ElementJsonb(FunctionContext& c, View j, int32_t i) {
  return AsJsonb(c, ElementOrScalar(JsonbRef(j), i));
}
Datum ElementText(FunctionContext& c, View j, int32_t i) {
  return AsText(c, ElementOrScalar(JsonbRef(j), i));
}
Datum PathJsonb(FunctionContext& c, View j, View path) {
  return AsJsonb(c, Walk(JsonbRef(j), ArrayRef(path)));
}
Datum PathText(FunctionContext& c, View j, View path) {
  return AsText(c, Walk(JsonbRef(j), ArrayRef(path)));
}

// ---- questions ----

int Order(View a, View b) { return types::CompareJsonb(JsonbRef(a), JsonbRef(b)); }
bool Equal(View a, View b) { return Order(a, b) == 0; }
bool NotEqual(View a, View b) { return Order(a, b) != 0; }
bool Less(View a, View b) { return Order(a, b) < 0; }
bool LessEqual(View a, View b) { return Order(a, b) <= 0; }
bool Greater(View a, View b) { return Order(a, b) > 0; }
bool GreaterEqual(View a, View b) { return Order(a, b) >= 0; }
int32_t Compare(View a, View b) {
  const int order = Order(a, b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

bool Contains(View a, View b) { return ContainsJsonb(JsonbRef(a), JsonbRef(b)); }
bool Contained(View a, View b) { return ContainsJsonb(JsonbRef(b), JsonbRef(a)); }
bool HasKey(JsonbRef value, View key) {
  if (value.kind() == JsonbKind::kObject) return value.FindKey(key).has_value();
  if (value.kind() == JsonbKind::kString) return value.string() == key;
  if (value.kind() != JsonbKind::kArray) return false;
  for (uint32_t i = 0; i < value.size(); ++i) {
    const JsonbRef element = value.value(i);
    if (element.kind() == JsonbKind::kString && element.string() == key) return true;
  }
  return false;
}
bool Exists(View j, View key) { return HasKey(JsonbRef(j), key); }
bool ExistsAny(View j, View keys) {
  const ArrayRef array(keys);
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (!array.IsNull(i) && HasKey(JsonbRef(j), array.String(i))) return true;
  }
  return false;
}
bool ExistsAll(View j, View keys) {
  const ArrayRef array(keys);
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (!array.IsNull(i) && !HasKey(JsonbRef(j), array.String(i))) return false;
  }
  return true;
}

View TypeOf(View j) {
  constexpr View kNames[] = {"null", "boolean", "boolean", "number", "string", "array", "object"};
  return kNames[static_cast<int>(JsonbRef(j).kind())];
}
int32_t ArrayLength(View j) {
  const JsonbRef value(j);
  if (value.is_scalar()) Refuse("cannot get array length of a scalar");
  if (value.kind() != JsonbKind::kArray) Refuse("cannot get array length of a non-array");
  return static_cast<int32_t>(value.size());
}
std::string Pretty(View j) {
  std::string text;
  types::AppendJsonbPretty(text, JsonbRef(j));
  return text;
}

// ---- editing ----

std::string Concat(View a, View b) { return ConcatJsonb(JsonbRef(a), JsonbRef(b)); }
std::string Delete(View j, View key) { return DeleteKeys(JsonbRef(j), {key}); }
std::string DeleteMany(View j, View keys) {
  const ArrayRef array(keys);
  std::vector<View> listed;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (!array.IsNull(i)) listed.push_back(array.String(i));
  }
  return DeleteKeys(JsonbRef(j), listed);
}
std::string DeleteAt(View j, int32_t index) { return DeleteIndex(JsonbRef(j), index); }
std::string Strip(View j) { return StripNulls(JsonbRef(j)); }

JsonPath PathOf(View path) {
  const ArrayRef array(path);
  if (array.dimension_count() > 1) {
    throw SqlError(SqlState::kArraySubscriptError, "wrong number of array subscripts");
  }
  JsonPath steps;
  for (uint32_t i = 0; i < array.size(); ++i) {
    steps.push_back(array.IsNull(i) ? std::nullopt : std::optional<View>(array.String(i)));
  }
  return steps;
}
std::string Set(View j, View path, View value, bool create) {
  return EditPath(JsonbRef(j), PathOf(path),
                  create ? PathEdit::kReplaceOrCreate : PathEdit::kReplace, value);
}
std::string Insert(View j, View path, View value, bool after) {
  return EditPath(JsonbRef(j), PathOf(path),
                  after ? PathEdit::kInsertAfter : PathEdit::kInsertBefore, value);
}
std::string DeletePath(View j, View path) {
  return EditPath(JsonbRef(j), PathOf(path), PathEdit::kDelete, {});
}
Datum SetLax(FunctionContext& context, const CallSite&, Values values) {
  if (values[0].is_null() || values[1].is_null() || values[3].is_null()) return Datum::Null();
  auto answer = [&](const std::string& bytes) {
    return Datum::OfString(bytes, *context.result_heap);
  };
  const View j = values[0].AsString();
  const View path = values[1].AsString();
  const bool create = values[3].AsBool();
  if (values[4].is_null()) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   "null_value_treatment must be \"delete_key\", \"return_target\", "
                   "\"use_json_null\", or \"raise_exception\"");
  }
  if (!values[2].is_null()) return answer(Set(j, path, values[2].AsString(), create));
  const View treatment = values[4].AsString();
  if (treatment == "raise_exception") {
    throw SqlError(SqlState::kNullValueNotAllowed, "JSON value must not be null")
        .Detail("Exception was raised because null_value_treatment is \"raise_exception\".")
        .Hint("To avoid, either change the null_value_treatment argument or ensure that an SQL NULL "
              "is not passed.");
  }
  if (treatment == "use_json_null") return answer(Set(j, path, types::JsonbNull(), create));
  if (treatment == "delete_key") return answer(DeletePath(j, path));
  if (treatment == "return_target") return values[0];
  Refuse("null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or "
         "\"raise_exception\"");
}

// ---- casts ----

[[noreturn]] void ThrowCast(JsonbRef value, const char* target) {
  constexpr const char* kKinds[] = {"null", "boolean", "boolean", "numeric", "string", "array",
                                    "object"};
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("cannot cast jsonb {} to type {}",
                             kKinds[static_cast<int>(value.kind())], target));
}
bool ToBool(View j) {
  const JsonbRef value(j);
  if (!value.is_bool()) ThrowCast(value, "boolean");
  return value.kind() == JsonbKind::kTrue;
}
types::NumericRef NumberOf(JsonbRef value, const char* target) {
  if (value.kind() != JsonbKind::kNumber) ThrowCast(value, target);
  return value.number();
}
Datum ToNumeric(FunctionContext& context, View j) {
  return Datum::OfString(NumberOf(JsonbRef(j), "numeric").bytes(), *context.result_heap);
}
int16_t ToInt2(View j) { return types::NumericToInt2(NumberOf(JsonbRef(j), "smallint")); }
int32_t ToInt4(View j) { return types::NumericToInt4(NumberOf(JsonbRef(j), "integer")); }
int64_t ToInt8(View j) { return types::NumericToInt8(NumberOf(JsonbRef(j), "bigint")); }
float ToFloat4(View j) { return types::NumericToFloat4(NumberOf(JsonbRef(j), "real")); }
double ToFloat8(View j) {
  return types::NumericToFloat8(NumberOf(JsonbRef(j), "double precision"));
}

// ---- sets ----

void SetText(Vector& column, uint32_t row, JsonbRef value) {
  if (value.kind() == JsonbKind::kNull) {
    column.SetDatum(row, Datum::Null());
  } else if (value.kind() == JsonbKind::kString) {
    column.SetString(row, value.string());
  } else {
    std::string text;
    types::AppendJsonb(text, value);
    column.SetString(row, text);
  }
}
void SetValue(Vector& column, uint32_t row, JsonbRef value, bool as_text) {
  if (as_text) {
    SetText(column, row, value);
  } else {
    column.SetString(row, value.bytes());
  }
}

template <bool kText>
ScanPointer Elements(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  const Datum& j = values[0];
  const JsonbRef value = JsonbRef::Of(j);
  if (value.is_scalar()) Refuse("cannot extract elements from a scalar");
  if (value.kind() != JsonbKind::kArray) Refuse("cannot extract elements from an object");
  return MakeRowsScan(value.size(), [&j](size_t i, types::Batch& out, uint32_t row) {
    SetValue(out.column(0), row, JsonbRef::Of(j).value(static_cast<uint32_t>(i)), kText);
  });
}
template <bool kText>
ScanPointer Each(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  const Datum& j = values[0];
  const JsonbRef value = JsonbRef::Of(j);
  if (value.kind() != JsonbKind::kObject) {
    Refuse(fmt::format("cannot call jsonb_each{} on a non-object", kText ? "_text" : ""));
  }
  return MakeRowsScan(value.size(), [&j](size_t i, types::Batch& out, uint32_t row) {
    const JsonbRef object = JsonbRef::Of(j);
    out.column(0).SetString(row, object.key(static_cast<uint32_t>(i)));
    SetValue(out.column(1), row, object.value(static_cast<uint32_t>(i)), kText);
  });
}
ScanPointer Keys(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  const Datum& j = values[0];
  const JsonbRef value = JsonbRef::Of(j);
  if (value.is_scalar()) Refuse("cannot call jsonb_object_keys on a scalar");
  if (value.kind() != JsonbKind::kObject) Refuse("cannot call jsonb_object_keys on an array");
  return MakeRowsScan(value.size(), [&j](size_t i, types::Batch& out, uint32_t row) {
    out.column(0).SetString(row, JsonbRef::Of(j).key(static_cast<uint32_t>(i)));
  });
}

void AddQuestions(Registry& registry) {
  registry.AddScalar("jsonb_eq", Cold<&Equal>);
  registry.AddScalar("jsonb_ne", Cold<&NotEqual>);
  registry.AddScalar("jsonb_lt", Cold<&Less>);
  registry.AddScalar("jsonb_le", Cold<&LessEqual>);
  registry.AddScalar("jsonb_gt", Cold<&Greater>);
  registry.AddScalar("jsonb_ge", Cold<&GreaterEqual>);
  registry.AddScalar("jsonb_cmp", Cold<&Compare>);
  registry.AddScalar("jsonb_contains", Cold<&Contains>);
  registry.AddScalar("jsonb_contained", Cold<&Contained>);
  registry.AddScalar("jsonb_exists", Cold<&Exists>);
  registry.AddScalar("jsonb_exists_any", Cold<&ExistsAny>);
  registry.AddScalar("jsonb_exists_all", Cold<&ExistsAll>);
  registry.AddScalar("jsonb_typeof", Cold<&TypeOf>);
  registry.AddScalar("jsonb_array_length", Cold<&ArrayLength>);
  registry.AddScalar("jsonb_pretty", Cold<&Pretty>);
}

void AddCasts(Registry& registry) {
  registry.AddScalar("jsonb_bool", Cold<&ToBool>);
  registry.AddScalar("jsonb_numeric", Cold<&ToNumeric>);
  registry.AddScalar("jsonb_int2", Cold<&ToInt2>);
  registry.AddScalar("jsonb_int4", Cold<&ToInt4>);
  registry.AddScalar("jsonb_int8", Cold<&ToInt8>);
  registry.AddScalar("jsonb_float4", Cold<&ToFloat4>);
  registry.AddScalar("jsonb_float8", Cold<&ToFloat8>);
}

}  // namespace

void RegisterJsonb(Registry& registry) {
  registry.AddScalar("jsonb_object_field", Cold<&FieldJsonb>);
  registry.AddScalar("jsonb_object_field_text", Cold<&FieldText>);
  registry.AddScalar("jsonb_array_element", Cold<&ElementJsonb>);
  registry.AddScalar("jsonb_array_element_text", Cold<&ElementText>);
  registry.AddScalar("jsonb_extract_path", Cold<&PathJsonb>);
  registry.AddScalar("jsonb_extract_path_text", Cold<&PathText>);
  registry.AddScalar("jsonb_concat", Cold<&Concat>);
  registry.AddScalar("jsonb_delete", Cold<&Delete>);
  registry.AddScalar("jsonb_delete_array", Cold<&DeleteMany>);
  registry.AddScalar("jsonb_delete_idx", Cold<&DeleteAt>);
  registry.AddScalar("jsonb_delete_path", Cold<&DeletePath>);
  registry.AddScalar("jsonb_set", Cold<&Set>);
  registry.AddScalar("jsonb_set_lax", DatumsNullable<&SetLax>);
  registry.AddScalar("jsonb_insert", Cold<&Insert>);
  registry.AddScalar("jsonb_strip_nulls", Cold<&Strip>);
  registry.AddSet("jsonb_array_elements", &Elements<false>);
  registry.AddSet("jsonb_array_elements_text", &Elements<true>);
  registry.AddSet("jsonb_each", &Each<false>);
  registry.AddSet("jsonb_each_text", &Each<true>);
  registry.AddSet("jsonb_object_keys", &Keys);
  AddQuestions(registry);
  AddCasts(registry);
}

}  // namespace grizzly::functions
