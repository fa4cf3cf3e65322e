// Conditions of jsonpath: true, false or unknown.
#include "functions/json/jsonpath_evaluator.h"
#include "functions/string/regex.h"

namespace grizzly::functions {

using types::JsonbKind;
using types::JsonbRef;
using Status = JsonPathEvaluator::Status;
using Truth = JsonPathEvaluator::Truth;

namespace {

Truth Of(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

// null, boolean, number, string, array, object, date or time.
int Category(const JsonItem& item) {
  if (item.date.has_value()) return -1;
  const JsonbKind kind = item.json().kind();
  return static_cast<int>(kind == JsonbKind::kFalse ? JsonbKind::kTrue : kind);
}

RegexFlags FlagsOf(const types::JsonPathFlags& flags) {
  RegexFlags regex;
  regex.caseless = flags.caseless;
  regex.quoted = flags.quoted;
  regex.dot_skips_newline = !flags.quoted && !flags.dot_all;
  regex.anchors_at_newline = !flags.quoted && flags.lines;
  return regex;
}

}  // namespace

void CheckJsonPathRegex(std::string_view pattern, const types::JsonPathFlags& flags) {
  CachedRegex(pattern, FlagsOf(flags));
}

Status JsonPathEvaluator::AppendTruth(const Node& node, Truth truth, Items* found) {
  if (truth == Truth::kUnknown) return Next(node, Own(types::JsonbNull()), found);
  return Next(node, Own(types::JsonbBool(truth == Truth::kTrue)), found);
}

Truth JsonPathEvaluator::Condition(const Node& node, const JsonItem& item) {
  switch (node.kind) {
    case Kind::kAnd: {
      const Truth left = Condition(*node.left, item);
      if (left == Truth::kFalse) return left;
      const Truth right = Condition(*node.right, item);
      return right == Truth::kTrue ? left : right;
    }
    case Kind::kOr: {
      const Truth left = Condition(*node.left, item);
      if (left == Truth::kTrue) return left;
      const Truth right = Condition(*node.right, item);
      return right == Truth::kFalse ? left : right;
    }
    case Kind::kNot: {
      const Truth inner = Condition(*node.left, item);
      return inner == Truth::kUnknown ? inner : Of(inner == Truth::kFalse);
    }
    case Kind::kIsUnknown: return Of(Condition(*node.left, item) == Truth::kUnknown);
    case Kind::kExists: return Exists(node, item);
    case Kind::kStartsWith:
    case Kind::kLikeRegex: return Predicate(node, item, false);
    default: return Predicate(node, item, true);
  }
}

Truth JsonPathEvaluator::NestedCondition(const Node& node, const JsonItem& item) {
  const JsonItem outer = current_;
  current_ = item;
  const Truth truth = Condition(node, item);
  current_ = outer;
  return truth;
}

Truth JsonPathEvaluator::Exists(const Node& node, const JsonItem& item) {
  if (is_lax()) {
    const Status status = OperandNoThrow(*node.left, item, false, nullptr);
    return status == Status::kError ? Truth::kUnknown : Of(status == Status::kOk);
  }
  // Strict: an error behind the first item counts.
  Items found;
  const Status status = OperandNoThrow(*node.left, item, false, &found);
  return status == Status::kError ? Truth::kUnknown : Of(!found.empty());
}

// Any pair may make it true; in lax mode the first does, in strict mode an error before the end of the
// pairs makes it unknown.
Truth JsonPathEvaluator::Predicate(const Node& node, const JsonItem& item, bool unwrap_right) {
  Items left;
  Items right;
  if (OperandNoThrow(*node.left, item, true, &left) == Status::kError) return Truth::kUnknown;
  if (node.right != nullptr &&
      OperandNoThrow(*node.right, item, unwrap_right, &right) == Status::kError) {
    return Truth::kUnknown;
  }
  bool has_error = false;
  bool has_true = false;
  for (const JsonItem& a : left) {
    const size_t pairs = node.right == nullptr ? 1 : right.size();
    for (size_t i = 0; i < pairs; ++i) {
      const Truth truth = Test(node, a, node.right == nullptr ? nullptr : &right[i]);
      if (truth == Truth::kUnknown) {
        if (!is_lax()) return truth;
        has_error = true;
      } else if (truth == Truth::kTrue) {
        if (is_lax()) return truth;
        has_true = true;
      }
    }
  }
  if (has_true) return Truth::kTrue;
  return has_error ? Truth::kUnknown : Truth::kFalse;
}

Truth JsonPathEvaluator::Test(const Node& node, const JsonItem& left, const JsonItem* right) {
  switch (node.kind) {
    case Kind::kStartsWith:
      if (!left.is_string() || !right->is_string()) return Truth::kUnknown;
      return Of(left.json().string().starts_with(right->json().string()));
    case Kind::kLikeRegex:
      if (!left.is_string()) return Truth::kUnknown;
      return Of(CachedRegex(node.text, FlagsOf(node.flags)).Matches(left.json().string()));
    default: return Compare(node.kind, left, *right);
  }
}

Truth JsonPathEvaluator::Compare(Kind kind, const JsonItem& left, const JsonItem& right) {
  constexpr int kNullCategory = static_cast<int>(JsonbKind::kNull);
  const int category = Category(left);
  if (category != Category(right)) {
    // null is different from everything; others do not compare.
    const bool has_null = category == kNullCategory || Category(right) == kNullCategory;
    return has_null ? Of(kind == Kind::kNotEqual) : Truth::kUnknown;
  }
  int order = 0;
  if (left.date.has_value()) {
    const std::optional<int> compared =
        CompareJsonDateTimes(*left.date, *right.date, call_.use_time_zone, *context_.io);
    if (!compared.has_value()) return Truth::kUnknown;
    order = *compared;
  } else {
    const JsonbRef a = left.json();
    const JsonbRef b = right.json();
    switch (a.kind()) {
      case JsonbKind::kNull: break;
      case JsonbKind::kNumber: order = types::NumericCompare(a.number(), b.number()); break;
      case JsonbKind::kString: order = a.string().compare(b.string()); break;
      case JsonbKind::kArray:
      case JsonbKind::kObject: return Truth::kUnknown;
      default: order = static_cast<int>(a.kind()) - static_cast<int>(b.kind());
    }
  }
  switch (kind) {
    case Kind::kEqual: return Of(order == 0);
    case Kind::kNotEqual: return Of(order != 0);
    case Kind::kLess: return Of(order < 0);
    case Kind::kGreater: return Of(order > 0);
    case Kind::kLessOrEqual: return Of(order <= 0);
    default: return Of(order >= 0);
  }
}

}  // namespace grizzly::functions
