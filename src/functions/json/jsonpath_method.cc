// Item methods and arithmetic of jsonpath.
#include <cmath>

#include <fmt/format.h>

#include "functions/json/jsonpath_evaluator.h"
#include "types/floating.h"
#include "types/numeric.h"

namespace grizzly::functions {

using types::JsonbKind;
using types::JsonbRef;
using types::NumericRef;
using types::StringRef;
using Status = JsonPathEvaluator::Status;

namespace {

// Bytes of a number in PostgreSQL's jsonb: a header, a format word or two, base-10000 digits.
int64_t StoredNumericBytes(NumericRef number) {
  std::string text = types::NumericText(number);
  std::erase(text, '-');
  const size_t point = std::min(text.find('.'), text.size());
  std::string whole = text.substr(0, point);
  std::string fraction = point < text.size() ? text.substr(point + 1) : std::string();
  const size_t scale = fraction.size();
  whole.insert(0, (4 - whole.size() % 4) % 4, '0');
  fraction.append((4 - fraction.size() % 4) % 4, '0');
  const std::string digits = whole + fraction;
  size_t first = 0;
  size_t end = digits.size() / 4;
  const auto is_zero = [&](size_t group) { return digits.compare(group * 4, 4, "0000") == 0; };
  while (first < end && is_zero(first)) ++first;
  while (end > first && is_zero(end - 1)) --end;
  const auto weight = static_cast<int64_t>(whole.size() / 4) - 1 - static_cast<int64_t>(first);
  const bool is_short = scale <= 63 && weight >= -64 && weight <= 63;
  return 4 + (is_short ? 2 : 4) + 2 * static_cast<int64_t>(end - first);
}

int64_t Aligned(int64_t at) { return (at + 3) & ~int64_t{3}; }

int64_t StoredEnd(JsonbRef value, int64_t at);

// Header and entries; then keys, then values from there on.
int64_t StoredContainerEnd(JsonbRef container, int64_t at) {
  const bool is_object = container.kind() == JsonbKind::kObject;
  at += 4 + int64_t{4} * container.size() * (is_object ? 2 : 1);
  for (uint32_t i = 0; is_object && i < container.size(); ++i) {
    at += static_cast<int64_t>(container.key(i).size());
  }
  for (uint32_t i = 0; i < container.size(); ++i) at = StoredEnd(container.value(i), at);
  return at;
}

int64_t StoredEnd(JsonbRef value, int64_t at) {
  switch (value.kind()) {
    case JsonbKind::kNumber: return Aligned(at) + StoredNumericBytes(value.number());
    case JsonbKind::kString: return at + static_cast<int64_t>(value.string().size());
    case JsonbKind::kArray:
    case JsonbKind::kObject: return StoredContainerEnd(value, Aligned(at));
    default: return at;
  }
}

bool Contains(JsonbRef outer, JsonbRef inner) {
  return inner.bytes().data() >= outer.bytes().data() &&
         inner.bytes().data() < outer.bytes().data() + outer.bytes().size();
}

}  // namespace

int64_t JsonbOffset(JsonbRef container, JsonbRef inner) {
  int64_t offset = 0;
  while (container.bytes().data() != inner.bytes().data()) {
    const bool is_object = container.kind() == JsonbKind::kObject;
    int64_t at = offset + 4 + int64_t{4} * container.size() * (is_object ? 2 : 1);
    for (uint32_t i = 0; is_object && i < container.size(); ++i) {
      at += static_cast<int64_t>(container.key(i).size());
    }
    uint32_t i = 0;
    for (; i < container.size() && !Contains(container.value(i), inner); ++i) {
      at = StoredEnd(container.value(i), at);
    }
    if (i == container.size()) return 0;  // it lies elsewhere
    offset = Aligned(at);
    container = container.value(i);
  }
  return offset;
}

Status JsonPathEvaluator::Arithmetic(const Node& node, const JsonItem& item, Items* found) {
  const std::string_view word = types::JsonPathWord(node.kind);
  Items left;
  Items right;
  Status status = Operand(*node.left, item, true, &left);
  if (status == Status::kError) return status;
  status = Operand(*node.right, item, true, &right);
  if (status == Status::kError) return status;
  for (const auto& [items, side] : {std::pair(&left, "left"), std::pair(&right, "right")}) {
    if (items->size() == 1 && (*items)[0].is_number()) continue;
    return Fail(SqlState::kSingletonSqlJsonItemRequired,
                fmt::format("{} operand of jsonpath operator {} is not a single numeric value",
                            side, word));
  }
  const NumericRef a = left[0].json().number();
  const NumericRef b = right[0].json().number();
  Arena arena;
  StringRef result;
  try {
    switch (node.kind) {
      case Kind::kAdd: result = types::NumericAdd(a, b, arena); break;
      case Kind::kSubtract: result = types::NumericSubtract(a, b, arena); break;
      case Kind::kMultiply: result = types::NumericMultiply(a, b, arena); break;
      case Kind::kDivide: result = types::NumericDivide(a, b, arena); break;
      default: result = types::NumericModulo(a, b, arena);
    }
  } catch (const SqlError&) {
    if (throws_) throw;
    return Status::kError;
  }
  return Next(node, OwnNumber(result), found);
}

Status JsonPathEvaluator::Sign(const Node& node, const JsonItem& item, Items* found) {
  Items operands;
  Status status = Operand(*node.left, item, true, &operands);
  if (status == Status::kError) return status;
  Status result = Status::kNotFound;
  for (const JsonItem& operand : operands) {
    if (!operand.is_number()) {
      if (found == nullptr && node.next == nullptr) continue;
      return Fail(SqlState::kSqlJsonNumberNotFound,
                  fmt::format("operand of unary jsonpath operator {} is not a numeric value",
                              types::JsonPathWord(node.kind)));
    }
    Arena arena;
    JsonItem value = operand;
    if (node.kind == Kind::kMinus) {
      const StringRef negated = types::NumericNegate(operand.json().number(), arena);
      value = OwnNumber(negated);
    }
    status = Next(node, value, found);
    if (status == Status::kError || (status == Status::kOk && found == nullptr)) return status;
    if (status == Status::kOk) result = status;
  }
  return result;
}

Status JsonPathEvaluator::Method(const Node& node, const JsonItem& item, Items* found) {
  switch (node.kind) {
    case Kind::kDouble: return Double(node, item, found);
    case Kind::kDatetime: return Datetime(node, item, found);
    case Kind::kKeyValue: return KeyValue(node, item, found);
    default: return NumericMethod(node, item, found);
  }
}

Status JsonPathEvaluator::Type(const Node& node, const JsonItem& item, Items* found) {
  constexpr std::string_view kNames[] = {"null",   "boolean", "boolean", "number",
                                         "string", "array",   "object"};
  const std::string_view name = item.date.has_value()
                                    ? JsonDateKindName(item.date->kind)
                                    : kNames[static_cast<int>(item.json().kind())];
  return Next(node, Own(types::JsonbString(name)), found);
}

Status JsonPathEvaluator::Size(const Node& node, const JsonItem& item, Items* found) {
  if (!item.is_array() && !is_lax()) {
    if (ignores_structure_) return Status::kNotFound;
    return Fail(SqlState::kSqlJsonArrayNotFound,
                "jsonpath item method .size() can only be applied to an array");
  }
  Arena arena;
  const StringRef size =
      types::NumericFromInt8(item.is_array() ? item.json().size() : 1, arena);
  return Next(node, OwnNumber(size), found);
}

Status JsonPathEvaluator::NumericMethod(const Node& node, const JsonItem& item, Items* found) {
  if (!item.is_number()) {
    return Fail(SqlState::kNonNumericSqlJsonItem,
                fmt::format("jsonpath item method .{}() can only be applied to a numeric value",
                            types::JsonPathWord(node.kind)));
  }
  Arena arena;
  const NumericRef number = item.json().number();
  StringRef result;
  switch (node.kind) {
    case Kind::kAbs: result = types::NumericAbs(number, arena); break;
    case Kind::kFloor: result = types::NumericFloor(number, arena); break;
    default: result = types::NumericCeil(number, arena);
  }
  return Next(node, OwnNumber(result), found);
}

Status JsonPathEvaluator::Double(const Node& node, const JsonItem& item, Items* found) {
  if (item.is_number()) {
    if (std::isfinite(types::NumericToFloat8Lossy(item.json().number()))) {
      return Next(node, item, found);
    }
    return Fail(SqlState::kNonNumericSqlJsonItem,
                "numeric argument of jsonpath item method .double() is out of range for type double "
                "precision");
  }
  if (!item.is_string()) {
    return Fail(SqlState::kNonNumericSqlJsonItem,
                "jsonpath item method .double() can only be applied to a string or numeric value");
  }
  double value = NAN;
  try {
    value = types::ParseFloat8(item.json().string());
  } catch (const SqlError&) {  // no number
  }
  if (!std::isfinite(value)) {
    return Fail(SqlState::kNonNumericSqlJsonItem,
                "string argument of jsonpath item method .double() is not a valid representation of "
                "a double precision number");
  }
  Arena arena;
  const StringRef number = types::NumericFromFloat8(value, arena);
  return Next(node, OwnNumber(number), found);
}

Status JsonPathEvaluator::Datetime(const Node& node, const JsonItem& item, Items* found) {
  constexpr SqlState kBadArgument = SqlState::kInvalidArgumentForSqlJsonDatetimeFunction;
  if (!item.is_string()) {
    return Fail(kBadArgument,
                "jsonpath item method .datetime() can only be applied to a string");
  }
  const std::string_view text = item.json().string();
  std::optional<JsonDateTime> value;
  if (node.left == nullptr) {
    value = RecognizeJsonDateTime(text);
    if (!value.has_value()) {
      return Fail(kBadArgument, fmt::format("datetime format is not recognized: \"{}\"", text),
                  "Use a datetime template argument to specify the input data format.");
    }
  } else {
    try {
      value = ParseJsonDateTime(text, node.left->text);
    } catch (const SqlError&) {
      if (throws_) throw;
      return Status::kError;
    }
  }
  JsonItem made;
  made.date = std::move(value);
  return Next(node, made, found);
}

Status JsonPathEvaluator::KeyValue(const Node& node, const JsonItem& item, Items* found) {
  if (!item.is_object()) {
    return Fail(SqlState::kSqlJsonObjectNotFound,
                "jsonpath item method .keyvalue() can only be applied to an object");
  }
  const JsonbRef object = item.json();
  constexpr int64_t kIdsPerObject = 10'000'000'000;
  const int64_t id = JsonbOffset(JsonbRef(base_.bytes), object) + base_.id * kIdsPerObject;
  Arena arena;
  const StringRef id_number = types::NumericFromInt8(id, arena);
  Status status = Status::kNotFound;
  for (uint32_t i = 0; i < object.size(); ++i) {
    if (found == nullptr && node.next == nullptr) return Status::kOk;
    const JsonItem pair = Own(types::JsonbObject(
        {{"key", types::JsonbString(object.key(i))},
         {"value", std::string(object.value(i).bytes())},
         {"id", types::JsonbNumber(id_number)}}));
    const Base saved = base_;
    base_ = {pair.bytes, next_object_id_++};
    status = Next(node, pair, found);
    base_ = saved;
    if (status == Status::kError || (status == Status::kOk && found == nullptr)) return status;
  }
  return status;
}

}  // namespace grizzly::functions
