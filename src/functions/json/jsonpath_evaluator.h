// The evaluator behind jsonpath_eval.h, for the files that make it.
//
//   jsonpath_eval.cc        accessors: how items are found
//   jsonpath_predicate.cc   conditions, with their third value
//   jsonpath_method.cc      item methods and arithmetic
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/sql_error.h"
#include "functions/json/jsonpath_datetime.h"
#include "functions/json/jsonpath_eval.h"

namespace grizzly::functions {

// What a path leads to: a jsonb value somewhere in the target, in `vars`, or made; or a date or time.
struct JsonItem {
  std::string_view bytes;
  std::optional<JsonDateTime> date;

  types::JsonbRef json() const { return types::JsonbRef(bytes); }
  bool is_array() const {
    return !date.has_value() && json().kind() == types::JsonbKind::kArray;
  }
  bool is_object() const {
    return !date.has_value() && json().kind() == types::JsonbKind::kObject;
  }
  bool is_number() const {
    return !date.has_value() && json().kind() == types::JsonbKind::kNumber;
  }
  bool is_string() const {
    return !date.has_value() && json().kind() == types::JsonbKind::kString;
  }
};

class JsonPathEvaluator {
 public:
  using Node = types::JsonPathNode;
  using Kind = types::JsonPathKind;
  using Items = std::vector<JsonItem>;
  enum class Status : uint8_t { kOk, kNotFound, kError };
  enum class Truth : uint8_t { kFalse, kTrue, kUnknown };

  JsonPathEvaluator(FunctionContext& context, const JsonPathCall& call);

  // Appends to `found`; null: only asks whether there is anything.
  Status Run(Items* found);
  std::string BytesOf(const JsonItem& item) const;

 private:
  // The container that ids of .keyvalue() are counted from.
  struct Base {
    std::string_view bytes;
    int64_t id = 0;
  };

  bool is_lax() const { return !path_->is_strict; }
  Status Fail(SqlState state, std::string message, const char* hint = nullptr) const;

  // ---- accessors ----
  Status Visit(const Node& node, const JsonItem& item, Items* found) {
    return Visit(node, item, found, is_lax());
  }
  // `unwrap`: an accessor of objects and scalars takes an array's elements instead.
  Status Visit(const Node& node, const JsonItem& item, Items* found, bool unwrap);
  Status VisitAccessor(const Node& node, const JsonItem& item, Items* found, bool unwrap);
  // What follows `node`, for an item it led to.
  Status Next(const Node& node, const JsonItem& item, Items* found);
  Status Literal(const Node& node, Items* found);
  Status Variable(const Node& node, Items* found);
  Status Key(const Node& node, const JsonItem& item, Items* found);
  Status AnyKey(const Node& node, const JsonItem& item, Items* found);
  Status AnyElement(const Node& node, const JsonItem& item, Items* found);
  Status Elements(const Node& node, const JsonItem& item, Items* found);
  Status Subscript(const types::JsonPathSubscript& subscript, const JsonItem& item, int64_t size,
                   int64_t* from, int64_t* to);
  Status Index(const Node& node, const JsonItem& item, int64_t* index);
  Status AnyLevel(const Node& node, const JsonItem& item, Items* found);
  // Members between two levels below `item`; `node` (or null) is applied to each.
  struct Levels {
    uint32_t first, last;
    bool ignore_errors;
    bool unwrap_next;
  };
  Status Members(const Node* node, const JsonItem& item, Items* found, uint32_t level,
                 const Levels& levels);
  Status VisitMember(const Node* node, const JsonItem& member, Items* found, const Levels& levels);
  Status Unwrap(const Node* node, const JsonItem& array, Items* found, bool unwrap_elements);
  Status Filter(const Node& node, const JsonItem& item, Items* found);

  // ---- operands: with the arrays among them unwrapped if `unwrap` and the path is lax ----
  Status Operand(const Node& node, const JsonItem& item, bool unwrap, Items* found);
  Status OperandNoThrow(const Node& node, const JsonItem& item, bool unwrap, Items* found);

  // ---- conditions (jsonpath_predicate.cc) ----
  Status AppendTruth(const Node& node, Truth truth, Items* found);
  Truth Condition(const Node& node, const JsonItem& item);
  Truth NestedCondition(const Node& node, const JsonItem& item);
  Truth Exists(const Node& node, const JsonItem& item);
  Truth Predicate(const Node& node, const JsonItem& item, bool unwrap_right);
  Truth Test(const Node& node, const JsonItem& left, const JsonItem* right);
  Truth Compare(Kind kind, const JsonItem& left, const JsonItem& right);

  // ---- methods and arithmetic (jsonpath_method.cc) ----
  Status Arithmetic(const Node& node, const JsonItem& item, Items* found);
  Status Sign(const Node& node, const JsonItem& item, Items* found);
  Status Method(const Node& node, const JsonItem& item, Items* found);
  Status Type(const Node& node, const JsonItem& item, Items* found);
  Status Size(const Node& node, const JsonItem& item, Items* found);
  Status NumericMethod(const Node& node, const JsonItem& item, Items* found);
  Status Double(const Node& node, const JsonItem& item, Items* found);
  Status Datetime(const Node& node, const JsonItem& item, Items* found);
  Status KeyValue(const Node& node, const JsonItem& item, Items* found);

  // ---- values made on the way ----
  JsonItem Own(std::string bytes);
  JsonItem OwnNumber(types::NumericRef number) { return Own(types::JsonbNumber(number)); }

  FunctionContext& context_;
  const JsonPathCall& call_;
  const std::shared_ptr<const types::JsonPath> path_;
  const JsonItem root_;
  JsonItem current_;
  Base base_;
  int64_t next_object_id_ = 2;  // the target is 0, vars is 1
  int64_t innermost_size_ = -1;
  bool ignores_structure_;      // a missing member is no error
  bool throws_;
  std::deque<std::string> owned_;
};

// Where an object lies in its container, counted in bytes of PostgreSQL's own format: .keyvalue()
// makes its ids of it.
int64_t JsonbOffset(types::JsonbRef container, types::JsonbRef inner);

}  // namespace grizzly::functions
