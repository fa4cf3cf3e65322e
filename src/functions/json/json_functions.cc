// json: access and taking apart. Values are pieces of the text as it was written.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/json/jsonb_edit.h"
#include "functions/kernel.h"
#include "functions/set/set_rows.h"
#include "types/array.h"
#include "types/json.h"

namespace grizzly::functions {
namespace {

using types::ArrayRef;
using types::JsonEvent;
using types::JsonEventKind;
using View = std::string_view;
using Values = std::span<const Datum>;
using ScanPointer = std::unique_ptr<SetScan>;

[[noreturn]] void Refuse(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}

// One value directly inside the outermost array or object.
struct Member {
  std::string key;
  JsonEventKind kind = JsonEventKind::kNull;
  View text;            // as written
  std::string decoded;  // of strings
};

// The outermost value and its members; deeper ones stay text.
struct Outline final : types::JsonHandler {
  explicit Outline(View json) : text(json) { types::ParseJson(json, this); }

  void OnEvent(const JsonEvent& event) override {
    switch (event.kind) {
      case JsonEventKind::kObjectEnd:
      case JsonEventKind::kArrayEnd:
        --depth;
        if (depth == 1) members.back().text = text.substr(start, event.end - start);
        return;
      case JsonEventKind::kKey:
        if (depth == 1) key = std::string(event.text);
        return;
      default: break;
    }
    const bool opens =
        event.kind == JsonEventKind::kObjectStart || event.kind == JsonEventKind::kArrayStart;
    if (depth == 0) {
      kind = event.kind;
      whole = text.substr(event.begin, event.end - event.begin);
      if (event.kind == JsonEventKind::kString) decoded = std::string(event.text);
    } else if (depth == 1) {
      Member member;
      member.key = std::move(key);
      member.kind = event.kind;
      start = event.begin;
      member.text = text.substr(event.begin, event.end - event.begin);
      if (event.kind == JsonEventKind::kString) member.decoded = std::string(event.text);
      members.push_back(std::move(member));
    }
    if (opens) ++depth;
  }
  bool is_object() const { return kind == JsonEventKind::kObjectStart; }
  bool is_array() const { return kind == JsonEventKind::kArrayStart; }
  bool is_scalar() const { return !is_object() && !is_array(); }

  const View text;
  JsonEventKind kind = JsonEventKind::kNull;
  View whole;           // of a scalar
  std::string decoded;  // of a string
  std::vector<Member> members;
  int depth = 0;
  size_t start = 0;
  std::string key;
};

const Member* Field(const Outline& outline, View key) {
  if (!outline.is_object()) return nullptr;
  for (auto it = outline.members.rbegin(); it != outline.members.rend(); ++it) {
    if (it->key == key) return &*it;
  }
  return nullptr;
}
const Member* Element(const Outline& outline, int64_t index) {
  if (!outline.is_array()) return nullptr;
  const auto size = static_cast<int64_t>(outline.members.size());
  const int64_t at = index < 0 ? index + size : index;
  return at < 0 || at >= size ? nullptr : &outline.members[static_cast<size_t>(at)];
}

Datum AsJson(FunctionContext& context, const Member* member) {
  return member == nullptr ? Datum::Null() : Datum::OfString(member->text, *context.result_heap);
}
Datum AsText(FunctionContext& context, const Member* member) {
  if (member == nullptr || member->kind == JsonEventKind::kNull) return Datum::Null();
  return Datum::OfString(
      member->kind == JsonEventKind::kString ? View(member->decoded) : member->text,
      *context.result_heap);
}
Datum FieldJson(FunctionContext& c, View j, View key) {
  const Outline outline(j);
  return AsJson(c, Field(outline, key));
}
Datum FieldText(FunctionContext& c, View j, View key) {
  const Outline outline(j);
  return AsText(c, Field(outline, key));
}
Datum ElementJson(FunctionContext& c, View j, int32_t i) {
  const Outline outline(j);
  return AsJson(c, Element(outline, i));
}
Datum ElementText(FunctionContext& c, View j, int32_t i) {
  const Outline outline(j);
  return AsText(c, Element(outline, i));
}

template <bool kText>
Datum Path(FunctionContext& context, View j, View path) {
  const ArrayRef steps(path);
  std::string current(j);
  for (uint32_t i = 0; i < steps.size(); ++i) {
    if (steps.IsNull(i)) return Datum::Null();
    const Outline outline(current);
    const Member* member = nullptr;
    if (outline.is_array()) {
      const std::optional<int64_t> index = ParseIndex(steps.String(i));
      if (index.has_value()) member = Element(outline, *index);
    } else {
      member = Field(outline, steps.String(i));
    }
    if (member == nullptr) return Datum::Null();
    if (i + 1 == steps.size()) return kText ? AsText(context, member) : AsJson(context, member);
    current = std::string(member->text);
  }
  if (!kText) return Datum::OfString(j, *context.result_heap);
  const Outline outline(j);
  if (outline.kind == JsonEventKind::kNull) return Datum::Null();
  return Datum::OfString(outline.kind == JsonEventKind::kString ? View(outline.decoded) : j,
                         *context.result_heap);
}

View TypeOf(View j) {
  switch (Outline(j).kind) {
    case JsonEventKind::kObjectStart: return "object";
    case JsonEventKind::kArrayStart: return "array";
    case JsonEventKind::kString: return "string";
    case JsonEventKind::kNumber: return "number";
    case JsonEventKind::kNull: return "null";
    default: return "boolean";
  }
}
int32_t ArrayLength(View j) {
  const Outline outline(j);
  if (outline.is_scalar()) Refuse("cannot get array length of a scalar");
  if (outline.is_object()) Refuse("cannot get array length of a non-array");
  return static_cast<int32_t>(outline.members.size());
}

// Writes the events again, without blanks, object members that are null left out.
class NullStripper final : public types::JsonHandler {
 public:
  void OnEvent(const JsonEvent& event) override {
    switch (event.kind) {
      case JsonEventKind::kKey:
        key_.clear();
        types::AppendJsonString(key_, event.text);
        has_key_ = true;
        return;
      case JsonEventKind::kNull:
        if (has_key_) {
          has_key_ = false;
          return;
        }
        return Value("null");
      case JsonEventKind::kTrue: return Value("true");
      case JsonEventKind::kFalse: return Value("false");
      case JsonEventKind::kNumber: return Value(event.text);
      case JsonEventKind::kString: {
        std::string quoted;
        types::AppendJsonString(quoted, event.text);
        return Value(quoted);
      }
      case JsonEventKind::kObjectStart:
        Value("{");
        needs_comma_ = false;
        return;
      case JsonEventKind::kArrayStart:
        Value("[");
        needs_comma_ = false;
        return;
      default:
        out_ += event.kind == JsonEventKind::kObjectEnd ? '}' : ']';
        needs_comma_ = true;
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  void Value(View text) {
    if (needs_comma_) out_ += ',';
    if (has_key_) {
      out_ += key_;
      out_ += ':';
      has_key_ = false;
    }
    out_ += text;
    needs_comma_ = true;
  }

  std::string out_;
  std::string key_;
  bool has_key_ = false;
  bool needs_comma_ = false;
};
std::string StripJsonNulls(View j) {
  NullStripper stripper;
  types::ParseJson(j, &stripper);
  return stripper.Take();
}

// ---- sets ----

void SetMember(Vector& column, uint32_t row, const Member& member, bool as_text) {
  if (!as_text) {
    column.SetString(row, member.text);
  } else if (member.kind == JsonEventKind::kNull) {
    column.SetDatum(row, Datum::Null());
  } else {
    column.SetString(row, member.kind == JsonEventKind::kString ? View(member.decoded)
                                                                : member.text);
  }
}

template <bool kText>
ScanPointer Elements(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  auto outline = std::make_shared<Outline>(values[0].AsString());
  const char* name = kText ? "json_array_elements_text" : "json_array_elements";
  if (outline->is_scalar()) Refuse(fmt::format("cannot call {} on a scalar", name));
  if (outline->is_object()) Refuse(fmt::format("cannot call {} on a non-array", name));
  return MakeRowsScan(outline->members.size(),
                      [outline](size_t i, types::Batch& out, uint32_t row) {
                        SetMember(out.column(0), row, outline->members[i], kText);
                      });
}
template <bool kText>
ScanPointer Each(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  auto outline = std::make_shared<Outline>(values[0].AsString());
  if (outline->is_scalar()) Refuse("cannot deconstruct a scalar");
  if (outline->is_array()) Refuse("cannot deconstruct an array as an object");
  return MakeRowsScan(outline->members.size(),
                      [outline](size_t i, types::Batch& out, uint32_t row) {
                        out.column(0).SetString(row, outline->members[i].key);
                        SetMember(out.column(1), row, outline->members[i], kText);
                      });
}
ScanPointer Keys(FunctionContext&, const CallSite&, Values values) {
  if (AnyNull(values)) return nullptr;
  auto outline = std::make_shared<Outline>(values[0].AsString());
  if (outline->is_scalar()) Refuse("cannot call json_object_keys on a scalar");
  if (outline->is_array()) Refuse("cannot call json_object_keys on an array");
  return MakeRowsScan(outline->members.size(),
                      [outline](size_t i, types::Batch& out, uint32_t row) {
                        out.column(0).SetString(row, outline->members[i].key);
                      });
}

}  // namespace

void RegisterJson(Registry& registry) {
  registry.AddScalar("json_object_field", Cold<&FieldJson>);
  registry.AddScalar("json_object_field_text", Cold<&FieldText>);
  registry.AddScalar("json_array_element", Cold<&ElementJson>);
  registry.AddScalar("json_array_element_text", Cold<&ElementText>);
  registry.AddScalar("json_extract_path", Cold<&Path<false>>);
  registry.AddScalar("json_extract_path_text", Cold<&Path<true>>);
  registry.AddScalar("json_typeof", Cold<&TypeOf>);
  registry.AddScalar("json_array_length", Cold<&ArrayLength>);
  registry.AddScalar("json_strip_nulls", Cold<&StripJsonNulls>);
  registry.AddSet("json_array_elements", &Elements<false>);
  registry.AddSet("json_array_elements_text", &Elements<true>);
  registry.AddSet("json_each", &Each<false>);
  registry.AddSet("json_each_text", &Each<true>);
  registry.AddSet("json_object_keys", &Keys);
}

}  // namespace grizzly::functions
