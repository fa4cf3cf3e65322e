// jsonpath: the SQL/JSON path language as a tree; its text in and out.
//
// FORMAT  a value is its text in one spelling: what AppendJsonPath writes.
// ERRORS  22P02 and 42601 with PostgreSQL's words ("... of jsonpath input"); 22P05 for \u0000; 0A000
//         for the regular expression flag x without q; 54001 beyond kJsonPathDepthMax.
// THREADS trees are immutable; CachedJsonPath keeps some per thread.
// SOURCE  PostgreSQL 15 docs, 9.16.2 and 8.14.7; ISO/IEC TR 19075-6
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::types {

inline constexpr int kJsonPathDepthMax = 2000;
inline constexpr size_t kJsonPathCacheEntries = 32;
// `last` as a level of **.
inline constexpr uint32_t kJsonPathLastLevel = std::numeric_limits<uint32_t>::max();

enum class JsonPathKind : uint8_t {
  kNull, kTrue, kFalse, kNumber, kString, kVariable,
  kRoot, kCurrent, kLast,
  // binary; predicates up to kStartsWith, then arithmetic
  kAnd, kOr, kEqual, kNotEqual, kLess, kGreater, kLessOrEqual, kGreaterOrEqual, kStartsWith,
  kAdd, kSubtract, kMultiply, kDivide, kModulo,
  // of one operand
  kNot, kIsUnknown, kExists, kLikeRegex, kPlus, kMinus,
  // accessors
  kKey, kAnyKey, kAnyElement, kElements, kAnyLevel, kFilter,
  kType, kSize, kAbs, kFloor, kCeiling, kDouble, kDatetime, kKeyValue,
};

struct JsonPathNode;
using JsonPathPointer = std::unique_ptr<JsonPathNode>;

struct JsonPathSubscript {
  JsonPathPointer from;
  JsonPathPointer to;  // null: the one element
};

struct JsonPathFlags {  // of like_regex
  bool caseless = false, dot_all = false, lines = false, expanded = false, quoted = false;
};

struct JsonPathNode {
  explicit JsonPathNode(JsonPathKind node_kind) : kind(node_kind) {}

  JsonPathKind kind;
  std::string text;  // of a string, variable, key, pattern; a number: numeric's bytes
  JsonPathFlags flags;
  // Operands; of kFilter its condition, of kDatetime its template (or null).
  JsonPathPointer left, right;
  std::vector<JsonPathSubscript> subscripts;
  uint32_t first_level = 0, last_level = kJsonPathLastLevel;
  JsonPathPointer next;  // the accessor applied to what this gives
};

struct JsonPath {
  bool is_strict = false;
  JsonPathPointer root;
};

// Whether the node gives true, false or unknown.
constexpr bool IsJsonPathPredicate(JsonPathKind kind) {
  return (kind >= JsonPathKind::kAnd && kind <= JsonPathKind::kStartsWith) ||
         (kind >= JsonPathKind::kNot && kind <= JsonPathKind::kLikeRegex);
}
// "+", "&&", "starts with", "floor" ...; of operators and methods.
std::string_view JsonPathWord(JsonPathKind kind);

// Compiles a like_regex pattern and throws if it is no regular expression.
using JsonPathRegexCheck = void (*)(std::string_view pattern, const JsonPathFlags& flags);
// The regular expressions live above this module: functions/ brings the check before the first parse.
void SetJsonPathRegexCheck(JsonPathRegexCheck check);

JsonPath ParseJsonPath(std::string_view text);
void AppendJsonPath(std::string& out, const JsonPath& path);

// The tree of a stored value, from this thread's cache; shared because evaluation may outlive the entry.
std::shared_ptr<const JsonPath> CachedJsonPath(std::string_view value);

}  // namespace grizzly::types
