#include "functions/json/jsonpath_eval.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "functions/json/jsonpath_evaluator.h"
#include "types/numeric.h"

namespace grizzly::functions {

using types::JsonbKind;
using types::JsonbRef;
using Status = JsonPathEvaluator::Status;

JsonPathEvaluator::JsonPathEvaluator(FunctionContext& context, const JsonPathCall& call)
    : context_(context),
      call_(call),
      path_(types::CachedJsonPath(call.path)),
      root_{call.target.bytes(), std::nullopt},
      current_(root_),
      base_{root_.bytes, 0},
      ignores_structure_(!path_->is_strict),
      throws_(!call.silent) {
  if (call.vars.kind() != JsonbKind::kObject) {
    throw SqlError(SqlState::kInvalidParameterValue, "\"vars\" argument is not an object")
        .Detail("Jsonpath parameters should be encoded as key-value pairs of \"vars\" object.");
  }
}

Status JsonPathEvaluator::Run(Items* found) {
  if (is_lax() || found != nullptr) return Visit(*path_->root, root_, found);
  // In strict mode an error behind the first item counts, too.
  Items all;
  const Status status = Visit(*path_->root, root_, &all);
  if (status == Status::kError) return status;
  return all.empty() ? Status::kNotFound : Status::kOk;
}

std::string JsonPathEvaluator::BytesOf(const JsonItem& item) const {
  if (item.date.has_value()) return types::JsonbString(JsonDateTimeText(*item.date));
  return std::string(item.bytes);
}

Status JsonPathEvaluator::Fail(SqlState state, std::string message, const char* hint) const {
  if (!throws_) return Status::kError;
  SqlError error(state, std::move(message));
  if (hint != nullptr) throw std::move(error).Hint(hint);
  throw error;
}

JsonItem JsonPathEvaluator::Own(std::string bytes) {
  return {owned_.emplace_back(std::move(bytes)), std::nullopt};
}

Status JsonPathEvaluator::Visit(const Node& node, const JsonItem& item, Items* found, bool unwrap) {
  if (context_.cancel != nullptr) context_.cancel->Check();
  if (node.kind <= Kind::kString) return Literal(node, found);
  if (types::IsJsonPathPredicate(node.kind)) {
    return AppendTruth(node, Condition(node, item), found);
  }
  switch (node.kind) {
    case Kind::kVariable: return Variable(node, found);
    case Kind::kRoot: {
      const Base saved = base_;
      base_ = {root_.bytes, 0};
      const Status status = Next(node, root_, found);
      base_ = saved;
      return status;
    }
    case Kind::kCurrent: return Next(node, JsonItem(current_), found);
    case Kind::kLast: {
      Arena arena;
      const types::StringRef last = types::NumericFromInt8(innermost_size_ - 1, arena);
      return Next(node, OwnNumber(last), found);
    }
    case Kind::kPlus:
    case Kind::kMinus: return Sign(node, item, found);
    case Kind::kAdd:
    case Kind::kSubtract:
    case Kind::kMultiply:
    case Kind::kDivide:
    case Kind::kModulo: return Arithmetic(node, item, found);
    default: return VisitAccessor(node, item, found, unwrap);
  }
}

Status JsonPathEvaluator::VisitAccessor(const Node& node, const JsonItem& item, Items* found,
                                        bool unwrap) {
  switch (node.kind) {
    case Kind::kAnyElement: return AnyElement(node, item, found);
    case Kind::kElements: return Elements(node, item, found);
    case Kind::kAnyLevel: return AnyLevel(node, item, found);
    case Kind::kType: return Type(node, item, found);
    case Kind::kSize: return Size(node, item, found);
    default: break;
  }
  if (unwrap && item.is_array()) return Unwrap(&node, item, found, false);
  switch (node.kind) {
    case Kind::kKey: return Key(node, item, found);
    case Kind::kAnyKey: return AnyKey(node, item, found);
    case Kind::kFilter: return Filter(node, item, found);
    default: return Method(node, item, found);
  }
}

Status JsonPathEvaluator::Next(const Node& node, const JsonItem& item, Items* found) {
  if (node.next != nullptr) return Visit(*node.next, item, found);
  if (found != nullptr) found->push_back(item);
  return Status::kOk;
}

Status JsonPathEvaluator::Literal(const Node& node, Items* found) {
  switch (node.kind) {
    case Kind::kNull: return Next(node, Own(types::JsonbNull()), found);
    case Kind::kTrue: return Next(node, Own(types::JsonbBool(true)), found);
    case Kind::kFalse: return Next(node, Own(types::JsonbBool(false)), found);
    case Kind::kNumber: return Next(node, OwnNumber(types::NumericRef(node.text)), found);
    default: return Next(node, Own(types::JsonbString(node.text)), found);
  }
}

Status JsonPathEvaluator::Variable(const Node& node, Items* found) {
  const std::optional<uint32_t> at = call_.vars.FindKey(node.text);
  if (!at.has_value()) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("could not find jsonpath variable \"{}\"", node.text));
  }
  const Base saved = base_;
  base_ = {call_.vars.bytes(), 1};
  const Status status = Next(node, {call_.vars.value(*at).bytes(), std::nullopt}, found);
  base_ = saved;
  return status;
}

Status JsonPathEvaluator::Key(const Node& node, const JsonItem& item, Items* found) {
  if (item.is_object()) {
    const std::optional<uint32_t> at = item.json().FindKey(node.text);
    if (at.has_value()) return Next(node, {item.json().value(*at).bytes(), std::nullopt}, found);
    if (ignores_structure_) return Status::kNotFound;
    return Fail(SqlState::kSqlJsonMemberNotFound,
                fmt::format("JSON object does not contain key \"{}\"", node.text));
  }
  if (ignores_structure_) return Status::kNotFound;
  return Fail(SqlState::kSqlJsonMemberNotFound,
              "jsonpath member accessor can only be applied to an object");
}

Status JsonPathEvaluator::AnyKey(const Node& node, const JsonItem& item, Items* found) {
  if (item.is_object()) {
    return Members(node.next.get(), item, found, 1, {1, 1, false, is_lax()});
  }
  if (ignores_structure_) return Status::kNotFound;
  return Fail(SqlState::kSqlJsonObjectNotFound,
              "jsonpath wildcard member accessor can only be applied to an object");
}

Status JsonPathEvaluator::AnyElement(const Node& node, const JsonItem& item, Items* found) {
  if (item.is_array()) {
    return Members(node.next.get(), item, found, 1, {1, 1, false, is_lax()});
  }
  if (is_lax()) return Next(node, item, found);
  if (ignores_structure_) return Status::kNotFound;
  return Fail(SqlState::kSqlJsonArrayNotFound,
              "jsonpath wildcard array accessor can only be applied to an array");
}

Status JsonPathEvaluator::Elements(const Node& node, const JsonItem& item, Items* found) {
  const bool is_array = item.is_array();
  if (!is_array && !is_lax()) {
    if (ignores_structure_) return Status::kNotFound;
    return Fail(SqlState::kSqlJsonArrayNotFound,
                "jsonpath array accessor can only be applied to an array");
  }
  // In lax mode everything else is an array of itself.
  const int64_t size = is_array ? item.json().size() : 1;
  const int64_t outer_size = innermost_size_;
  Status result = Status::kNotFound;
  for (const types::JsonPathSubscript& subscript : node.subscripts) {
    innermost_size_ = size;
    int64_t from = 0;
    int64_t to = 0;
    result = Subscript(subscript, item, size, &from, &to);
    if (result == Status::kError) break;
    result = Status::kNotFound;
    for (int64_t i = from; i <= to; ++i) {
      const JsonItem element =
          is_array ? JsonItem{item.json().value(static_cast<uint32_t>(i)).bytes(), std::nullopt}
                   : item;
      result = Next(node, element, found);
      if (result == Status::kError || (result == Status::kOk && found == nullptr)) break;
    }
    if (result == Status::kError || (result == Status::kOk && found == nullptr)) break;
  }
  innermost_size_ = outer_size;
  return result;
}

Status JsonPathEvaluator::Subscript(const types::JsonPathSubscript& subscript,
                                    const JsonItem& item, int64_t size, int64_t* from,
                                    int64_t* to) {
  Status status = Index(*subscript.from, item, from);
  if (status == Status::kError) return status;
  *to = *from;
  if (subscript.to != nullptr) {
    status = Index(*subscript.to, item, to);
    if (status == Status::kError) return status;
  }
  if (!ignores_structure_ && (*from < 0 || *from > *to || *to >= size)) {
    return Fail(SqlState::kInvalidSqlJsonSubscript, "jsonpath array subscript is out of bounds");
  }
  *from = std::max<int64_t>(*from, 0);
  *to = std::min(*to, size - 1);
  return Status::kOk;
}

Status JsonPathEvaluator::Index(const Node& node, const JsonItem& item, int64_t* index) {
  Items found;
  const Status status = Visit(node, item, &found);
  if (status == Status::kError) return status;
  if (found.size() != 1 || !found[0].is_number()) {
    return Fail(SqlState::kInvalidSqlJsonSubscript,
                "jsonpath array subscript is not a single numeric value");
  }
  Arena arena;
  const types::StringRef whole = types::NumericTruncate(found[0].json().number(), 0, arena);
  const std::optional<int64_t> value = types::NumericToInt8Checked(whole);
  if (!value.has_value() || *value < std::numeric_limits<int32_t>::min() ||
      *value > std::numeric_limits<int32_t>::max()) {
    return Fail(SqlState::kInvalidSqlJsonSubscript,
                "jsonpath array subscript is out of integer range");
  }
  *index = *value;
  return Status::kOk;
}

Status JsonPathEvaluator::AnyLevel(const Node& node, const JsonItem& item, Items* found) {
  Status status = Status::kNotFound;
  if (node.first_level == 0) {
    const bool saved = ignores_structure_;
    ignores_structure_ = true;
    status = Next(node, item, found);
    ignores_structure_ = saved;
    if (status == Status::kError || (status == Status::kOk && found == nullptr)) return status;
  }
  if (!item.is_array() && !item.is_object()) return status;
  return Members(node.next.get(), item, found, 1,
                 {node.first_level, node.last_level, true, is_lax()});
}

Status JsonPathEvaluator::Members(const Node* node, const JsonItem& item, Items* found,
                                  uint32_t level, const Levels& levels) {
  Status status = Status::kNotFound;
  if (level > levels.last) return status;
  const JsonbRef container = item.json();
  for (uint32_t i = 0; i < container.size(); ++i) {
    const JsonItem member{container.value(i).bytes(), std::nullopt};
    const bool is_leaf = member.json().is_scalar();
    const bool only_leaves = levels.first == types::kJsonPathLastLevel;
    if (level >= levels.first || (only_leaves && is_leaf)) {
      status = VisitMember(node, member, found, levels);
      if (status == Status::kError || (status == Status::kOk && found == nullptr)) return status;
    }
    if (level < levels.last && !is_leaf) {
      status = Members(node, member, found, level + 1, levels);
      if (status == Status::kError || (status == Status::kOk && found == nullptr)) return status;
    }
  }
  return status;
}

Status JsonPathEvaluator::VisitMember(const Node* node, const JsonItem& member, Items* found,
                                      const Levels& levels) {
  if (node == nullptr) {
    if (found != nullptr) found->push_back(member);
    return Status::kOk;
  }
  const bool saved = ignores_structure_;
  if (levels.ignore_errors) ignores_structure_ = true;
  const Status status = Visit(*node, member, found, levels.unwrap_next);
  ignores_structure_ = saved;
  return status;
}

Status JsonPathEvaluator::Unwrap(const Node* node, const JsonItem& array, Items* found,
                                 bool unwrap_elements) {
  return Members(node, array, found, 1, {1, 1, false, unwrap_elements});
}

Status JsonPathEvaluator::Filter(const Node& node, const JsonItem& item, Items* found) {
  if (NestedCondition(*node.left, item) != Truth::kTrue) return Status::kNotFound;
  return Next(node, item, found);
}

Status JsonPathEvaluator::Operand(const Node& node, const JsonItem& item, bool unwrap,
                                  Items* found) {
  if (!unwrap || !is_lax()) return Visit(node, item, found);
  Items wrapped;
  const Status status = Visit(node, item, &wrapped);
  if (status == Status::kError) return status;
  for (const JsonItem& each : wrapped) {
    if (each.is_array()) {
      Unwrap(nullptr, each, found, false);
    } else {
      found->push_back(each);
    }
  }
  return Status::kOk;
}

Status JsonPathEvaluator::OperandNoThrow(const Node& node, const JsonItem& item, bool unwrap,
                                         Items* found) {
  const bool saved = throws_;
  throws_ = false;
  const Status status = Operand(node, item, unwrap, found);
  throws_ = saved;
  return status;
}

std::vector<std::string> JsonPathQuery(FunctionContext& context, const JsonPathCall& call,
                                       bool* failed) {
  JsonPathEvaluator evaluator(context, call);
  JsonPathEvaluator::Items found;
  const Status status = evaluator.Run(&found);
  if (failed != nullptr) *failed = status == Status::kError;
  std::vector<std::string> values;
  values.reserve(found.size());
  for (const JsonItem& item : found) values.push_back(evaluator.BytesOf(item));
  return values;
}

std::optional<bool> JsonPathExists(FunctionContext& context, const JsonPathCall& call) {
  const Status status = JsonPathEvaluator(context, call).Run(nullptr);
  if (status == Status::kError) return std::nullopt;
  return status == Status::kOk;
}

}  // namespace grizzly::functions
