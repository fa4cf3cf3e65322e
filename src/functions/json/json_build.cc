// to_json, array_to_json, json_build_*, json_object, and the aggregates json_agg, json_object_agg; the
// same for jsonb.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/held_bytes.h"
#include "functions/families.h"
#include "functions/json/json_populate.h"
#include "functions/json/json_writer.h"
#include "functions/kernel.h"
#include "functions/variadic.h"
#include "types/array.h"
#include "types/json.h"
#include "types/jsonb.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using types::ArrayRef;
using types::SqlType;
using View = std::string_view;
using Values = std::span<const Datum>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Datum Answer(FunctionContext& context, View bytes) {
  return Datum::OfString(bytes, *context.result_heap);
}

Datum ToJson(FunctionContext& context, const CallSite& call, Values values) {
  std::string text;
  AppendAsJson(context, call.argument_types.at(0), values[0], text);
  return Answer(context, text);
}
Datum ToJsonb(FunctionContext& context, const CallSite& call, Values values) {
  return Answer(context, AsJsonb(context, call.argument_types.at(0), values[0]));
}
Datum ArrayToJson(FunctionContext& context, const CallSite&, Values values) {
  std::string text;
  AppendArrayAsJson(context, values[0], values.size() > 1 && values[1].AsBool(), text);
  return Answer(context, text);
}

Datum RowToJson(FunctionContext& context, const CallSite&, Values values) {
  std::string text;
  AppendRecordAsJson(context, values[0], values.size() > 1 && values[1].AsBool(), text);
  return Answer(context, text);
}

// ---- json_build_* ----

void CheckPairs(Values values, const char* function) {
  if (values.size() % 2 == 0) return;
  throw SqlError(SqlState::kInvalidParameterValue, "argument list must have even number of elements")
      .Hint(fmt::format("The arguments of {}() must consist of alternating keys and values.",
                        function));
}

Datum BuildArray(FunctionContext& context, const CallSite& call, Values values) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    AppendAsJson(context, call.argument_types.at(i), values[i], text);
  }
  return Answer(context, text + "]");
}
Datum BuildObject(FunctionContext& context, const CallSite& call, Values values) {
  CheckPairs(values, "json_build_object");
  std::string text = "{";
  for (size_t i = 0; i < values.size(); i += 2) {
    if (i > 0) text += ", ";
    if (values[i].is_null()) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("argument {} cannot be null", i + 1))
          .Hint("Object keys should be text.");
    }
    types::AppendJsonString(text, AsJsonKey(context, call.argument_types.at(i), values[i]));
    text += " : ";
    AppendAsJson(context, call.argument_types.at(i + 1), values[i + 1], text);
  }
  return Answer(context, text + "}");
}
Datum BuildJsonbArray(FunctionContext& context, const CallSite& call, Values values) {
  std::vector<std::string> elements;
  for (size_t i = 0; i < values.size(); ++i) {
    elements.push_back(AsJsonb(context, call.argument_types.at(i), values[i]));
  }
  return Answer(context, types::JsonbArray(elements));
}
Datum BuildJsonbObject(FunctionContext& context, const CallSite& call, Values values) {
  CheckPairs(values, "jsonb_build_object");
  Pairs pairs;
  for (size_t i = 0; i < values.size(); i += 2) {
    if (values[i].is_null()) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("argument {}: key must not be null", i + 1));
    }
    pairs.emplace_back(AsJsonKey(context, call.argument_types.at(i), values[i]),
                       AsJsonb(context, call.argument_types.at(i + 1), values[i + 1]));
  }
  return Answer(context, types::JsonbObject(std::move(pairs)));
}

// ---- json_object(text[]), json_object(text[], text[]) ----

using TextPairs = std::vector<std::pair<View, std::optional<View>>>;

std::optional<View> TextAt(const ArrayRef& array, uint32_t i) {
  return array.IsNull(i) ? std::nullopt : std::optional<View>(array.String(i));
}
void RequireKey(const std::optional<View>& key) {
  if (!key.has_value()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "null value not allowed for object key");
  }
}
[[noreturn]] void RefuseShape(const char* message) {
  throw SqlError(SqlState::kArraySubscriptError, message);
}

TextPairs PairsOf(const ArrayRef& array) {
  TextPairs pairs;
  const int dimensions = array.dimension_count();
  if (dimensions > 2) RefuseShape("wrong number of array subscripts");
  if (dimensions == 1 && array.dimension(0).length % 2 != 0) {
    RefuseShape("array must have even number of elements");
  }
  if (dimensions == 2 && array.dimension(1).length != 2) {
    RefuseShape("array must have two columns");
  }
  for (uint32_t i = 0; i + 1 < array.size(); i += 2) {
    const std::optional<View> key = TextAt(array, i);
    RequireKey(key);
    pairs.emplace_back(*key, TextAt(array, i + 1));
  }
  return pairs;
}
TextPairs PairsOf(const ArrayRef& keys, const ArrayRef& values) {
  if (keys.dimension_count() > 1 || keys.dimension_count() != values.dimension_count()) {
    RefuseShape("wrong number of array subscripts");
  }
  if (keys.size() != values.size()) RefuseShape("mismatched array dimensions");
  TextPairs pairs;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    const std::optional<View> key = TextAt(keys, i);
    RequireKey(key);
    pairs.emplace_back(*key, TextAt(values, i));
  }
  return pairs;
}
TextPairs PairsOf(Values values) {
  const ArrayRef first = ArrayRef::Of(values[0]);
  return values.size() == 1 ? PairsOf(first) : PairsOf(first, ArrayRef::Of(values[1]));
}

Datum Object(FunctionContext& context, const CallSite&, Values values) {
  std::string text = "{";
  for (const auto& [key, value] : PairsOf(values)) {
    if (text.size() > 1) text += ", ";
    types::AppendJsonString(text, key);
    text += " : ";
    if (value.has_value()) {
      types::AppendJsonString(text, *value);
    } else {
      text += "null";
    }
  }
  return Answer(context, text + "}");
}
Datum ObjectJsonb(FunctionContext& context, const CallSite&, Values values) {
  Pairs pairs;
  for (const auto& [key, value] : PairsOf(values)) {
    pairs.emplace_back(key, value.has_value() ? types::JsonbString(*value) : types::JsonbNull());
  }
  return Answer(context, types::JsonbObject(std::move(pairs)));
}

// ---- aggregates ----

struct Gathered {
  std::string text;                   // json
  std::vector<std::string> elements;  // jsonb
  Pairs pairs;
  bool any = false;
  bool starts_line = false;  // json: the first element would, behind others
  size_t bytes = 0;  // of elements and pairs
  HeldBytes held;

  // After a row, which is never large beside what is held.
  void Hold(FunctionContext& context) { held.Grow(context.memory, text.capacity() + bytes); }
};
Gathered& StateAt(char* state) { return *std::launder(reinterpret_cast<Gathered*>(state)); }
void Init(char* state) { new (state) Gathered(); }
void Destroy(char* state) { StateAt(state).~Gathered(); }

void CheckKey(const Datum& key, const char* message) {
  if (key.is_null()) throw SqlError(SqlState::kInvalidParameterValue, message);
}

void AddJson(const AggregateInput& input, uint32_t row, Gathered& state) {
  const SqlType& type = input.arguments[0]->type();
  state.text += state.any ? ", " : "[";
  const bool is_structured =
      types::AnyElementOf(type.oid) != kInvalidOid || types::AnyKindOf(type.oid) == 'c' ||
      type.oid == facts::kRecordOid;
  const Datum value = input.arguments[0]->GetDatum(row);
  const bool on_new_line = is_structured && !value.is_null();
  if (state.any && on_new_line) state.text += "\n ";
  if (!state.any) state.starts_line = on_new_line;
  state.any = true;
  AppendAsJson(*input.context, type, value, state.text);
  state.Hold(*input.context);
}
void AddJsonb(const AggregateInput& input, uint32_t row, Gathered& state) {
  state.any = true;
  state.elements.push_back(AsJsonb(*input.context, input.arguments[0]->type(),
                                   input.arguments[0]->GetDatum(row)));
  state.bytes += sizeof(std::string) + state.elements.back().size();
  state.Hold(*input.context);
}
void AddPair(const AggregateInput& input, uint32_t row, Gathered& state) {
  const Datum key = input.arguments[0]->GetDatum(row);
  CheckKey(key, "field name must not be null");
  state.text += state.any ? ", " : "{ ";
  state.any = true;
  types::AppendJsonString(state.text, AsJsonKey(*input.context, input.arguments[0]->type(), key));
  state.text += " : ";
  AppendAsJson(*input.context, input.arguments[1]->type(), input.arguments[1]->GetDatum(row),
               state.text);
  state.Hold(*input.context);
}
void AddJsonbPair(const AggregateInput& input, uint32_t row, Gathered& state) {
  const Datum key = input.arguments[0]->GetDatum(row);
  CheckKey(key, "field name must not be null");
  state.any = true;
  state.pairs.emplace_back(AsJsonKey(*input.context, input.arguments[0]->type(), key),
                           AsJsonb(*input.context, input.arguments[1]->type(),
                                   input.arguments[1]->GetDatum(row)));
  const auto& pair = state.pairs.back();
  state.bytes += sizeof(pair) + pair.first.size() + pair.second.size();
  state.Hold(*input.context);
}

using AddRow = void (*)(const AggregateInput&, uint32_t, Gathered&);

template <AddRow add>
void Update(const AggregateInput& input, char* const* states) {
  for (uint32_t row = 0; row < input.row_count; ++row) add(input, row, StateAt(states[row]));
}
template <AddRow add>
void UpdateSingle(const AggregateInput& input, char* state) {
  for (uint32_t row = 0; row < input.row_count; ++row) add(input, row, StateAt(state));
}
void Combine(const AggregateInput& input, const char* source, char* target) {
  Gathered& from = StateAt(const_cast<char*>(source));
  Gathered& to = StateAt(target);
  if (!from.any) return;
  to.bytes += from.bytes;
  if (to.any && !from.text.empty()) {
    // What starts the other part gives way to a comma.
    const size_t opening = from.text.starts_with("{ ") ? 2 : 1;
    to.text += (from.starts_line ? ", \n " : ", ") + from.text.substr(opening);
  } else {
    to.starts_line = from.starts_line;
    to.text += from.text;
  }
  for (std::string& element : from.elements) to.elements.push_back(std::move(element));
  for (auto& pair : from.pairs) to.pairs.push_back(std::move(pair));
  to.any = true;
  to.Hold(*input.context);
}

enum class Shape : uint8_t { kJson, kJsonb, kObject, kJsonbObject };

template <Shape shape>
std::string Finish(const Gathered& state) {
  switch (shape) {
    case Shape::kJson: return state.text + "]";
    case Shape::kObject: return state.text + " }";
    case Shape::kJsonb: return types::JsonbArray(state.elements);
    default: return types::JsonbObject(state.pairs);
  }
}
template <Shape shape>
void Finalize(FunctionContext&, const CallSite&, char* const* states, uint32_t count,
              Vector& result, uint32_t first_row) {
  for (uint32_t i = 0; i < count; ++i) {
    const Gathered& state = StateAt(states[i]);
    if (state.any) {
      result.SetValid(first_row + i);
      result.SetString(first_row + i, Finish<shape>(state));
    } else {
      result.SetDatum(first_row + i, Datum::Null());
    }
  }
}

template <AddRow add, Shape shape>
const AggregateFunction* Gathering() {
  static constexpr AggregateFunction kFunction = {
      sizeof(Gathered), &Init,           &Update<add>, &UpdateSingle<add>,
      &Combine,         &Finalize<shape>, &Destroy,     nullptr};
  return &kFunction;
}

}  // namespace

void RegisterJsonBuild(Registry& registry) {
  RegisterJsonPopulate(registry);
  registry.AddScalar("to_json", Datums<&ToJson>);
  registry.AddScalar("to_jsonb", Datums<&ToJsonb>);
  registry.AddScalar("row_to_json", Datums<&RowToJson>);
  registry.AddScalar("row_to_json_pretty", Datums<&RowToJson>);
  registry.AddScalar("array_to_json", Datums<&ArrayToJson>);
  registry.AddScalar("array_to_json_pretty", Datums<&ArrayToJson>);
  for (const char* suffix : {"", "_noargs"}) {
    registry.AddScalar(std::string("json_build_array") + suffix,
                       DatumsNullable<&Spread<&BuildArray>>);
    registry.AddScalar(std::string("json_build_object") + suffix,
                       DatumsNullable<&Spread<&BuildObject>>);
    registry.AddScalar(std::string("jsonb_build_array") + suffix,
                       DatumsNullable<&Spread<&BuildJsonbArray>>);
    registry.AddScalar(std::string("jsonb_build_object") + suffix,
                       DatumsNullable<&Spread<&BuildJsonbObject>>);
  }
  for (const char* suffix : {"", "_two_arg"}) {
    registry.AddScalar(std::string("json_object") + suffix, Datums<&Object>);
    registry.AddScalar(std::string("jsonb_object") + suffix, Datums<&ObjectJsonb>);
  }
  registry.AddAggregate(3175, Gathering<&AddJson, Shape::kJson>());
  registry.AddAggregate(3267, Gathering<&AddJsonb, Shape::kJsonb>());
  registry.AddAggregate(3197, Gathering<&AddPair, Shape::kObject>());
  registry.AddAggregate(3270, Gathering<&AddJsonbPair, Shape::kJsonbObject>());
}

}  // namespace grizzly::functions
