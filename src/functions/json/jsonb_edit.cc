#include "functions/json/jsonb_edit.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/integer.h"

namespace grizzly::functions {
namespace {

using types::JsonbKind;
using types::JsonbRef;

[[noreturn]] void Refuse(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(JsonbRef object) {
  Pairs pairs;
  for (uint32_t i = 0; i < object.size(); ++i) {
    pairs.emplace_back(object.key(i), object.value(i).bytes());
  }
  return pairs;
}
std::vector<std::string> ElementsOf(JsonbRef value) {
  std::vector<std::string> elements;
  if (value.kind() != JsonbKind::kArray) {
    elements.emplace_back(value.bytes());
    return elements;
  }
  for (uint32_t i = 0; i < value.size(); ++i) elements.emplace_back(value.value(i).bytes());
  return elements;
}

class PathEditor {
 public:
  PathEditor(const JsonPath& path, PathEdit edit, std::string_view new_value)
      : path_(path), edit_(edit), new_value_(new_value) {}

  std::string Run(JsonbRef value, size_t level) const {
    if (value.kind() == JsonbKind::kObject) return InObject(value, level);
    if (value.kind() == JsonbKind::kArray) return InArray(value, level);
    return std::string(value.bytes());
  }

 private:
  bool IsLast(size_t level) const { return level + 1 == path_.size(); }
  std::string_view Step(size_t level) const {
    if (!path_[level].has_value()) {
      throw SqlError(SqlState::kNullValueNotAllowed,
                     fmt::format("path element at position {} is null", level + 1));
    }
    return *path_[level];
  }
  bool Creates() const { return edit_ != PathEdit::kReplace && edit_ != PathEdit::kDelete; }

  std::string InObject(JsonbRef object, size_t level) const {
    Pairs pairs = PairsOf(object);
    const std::string_view key = Step(level);
    auto found = std::find_if(pairs.begin(), pairs.end(),
                              [&](const auto& pair) { return pair.first == key; });
    if (found == pairs.end()) {
      if (IsLast(level) && Creates()) pairs.emplace_back(key, new_value_);
    } else if (!IsLast(level)) {
      found->second = Run(JsonbRef(found->second), level + 1);
    } else if (edit_ == PathEdit::kDelete) {
      pairs.erase(found);
    } else if (edit_ == PathEdit::kInsertBefore || edit_ == PathEdit::kInsertAfter) {
      throw SqlError(SqlState::kInvalidParameterValue, "cannot replace existing key")
          .Hint("Try using the function jsonb_set to replace key value.");
    } else {
      found->second = new_value_;
    }
    return types::JsonbObject(std::move(pairs));
  }

  std::string InArray(JsonbRef array, size_t level) const {
    const std::optional<int64_t> parsed = ParseIndex(Step(level));
    if (!parsed.has_value()) {
      throw SqlError(SqlState::kInvalidTextRepresentation,
                     fmt::format("path element at position {} is not an integer: \"{}\"", level + 1,
                                 Step(level)));
    }
    std::vector<std::string> elements = ElementsOf(array);
    const auto size = static_cast<int64_t>(elements.size());
    int64_t index = *parsed < 0 ? *parsed + size : *parsed;
    const bool before_start = index < 0;
    const bool exists = index >= 0 && index < size;
    if (!exists) {
      if (IsLast(level) && Creates()) {
        elements.emplace(before_start ? elements.begin() : elements.end(), new_value_);
      }
    } else if (!IsLast(level)) {
      elements[static_cast<size_t>(index)] =
          Run(JsonbRef(elements[static_cast<size_t>(index)]), level + 1);
    } else {
      auto at = elements.begin() + index;
      switch (edit_) {
        case PathEdit::kDelete: elements.erase(at); break;
        case PathEdit::kInsertBefore: elements.emplace(at, new_value_); break;
        case PathEdit::kInsertAfter: elements.emplace(at + 1, new_value_); break;
        default: *at = new_value_;
      }
    }
    return types::JsonbArray(elements);
  }

  const JsonPath& path_;
  const PathEdit edit_;
  const std::string_view new_value_;
};

bool SameScalar(JsonbRef a, JsonbRef b) {
  return a.kind() == b.kind() && types::CompareJsonb(a, b) == 0;
}

// Whether some element of `array` holds `wanted`.
bool HasElement(JsonbRef array, JsonbRef wanted) {
  for (uint32_t i = 0; i < array.size(); ++i) {
    const JsonbRef element = array.value(i);
    if (wanted.is_scalar() ? SameScalar(element, wanted)
                           : element.kind() == wanted.kind() && ContainsJsonb(element, wanted)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<int64_t> ParseIndex(std::string_view text) {
  text = types::TrimBlanks(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string ConcatJsonb(JsonbRef a, JsonbRef b) {
  if (a.kind() == JsonbKind::kObject && b.kind() == JsonbKind::kObject) {
    Pairs pairs = PairsOf(a);
    for (auto& pair : PairsOf(b)) pairs.push_back(std::move(pair));
    return types::JsonbObject(std::move(pairs));
  }
  std::vector<std::string> elements = ElementsOf(a);
  for (std::string& element : ElementsOf(b)) elements.push_back(std::move(element));
  return types::JsonbArray(elements);
}

std::string DeleteKeys(JsonbRef value, const std::vector<std::string_view>& keys) {
  if (value.is_scalar()) Refuse("cannot delete from scalar");
  auto listed = [&](std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (value.kind() == JsonbKind::kObject) {
    Pairs kept;
    for (auto& pair : PairsOf(value)) {
      if (!listed(pair.first)) kept.push_back(std::move(pair));
    }
    return types::JsonbObject(std::move(kept));
  }
  std::vector<std::string> kept;
  for (uint32_t i = 0; i < value.size(); ++i) {
    const JsonbRef element = value.value(i);
    if (element.kind() == JsonbKind::kString && listed(element.string())) continue;
    kept.emplace_back(element.bytes());
  }
  return types::JsonbArray(kept);
}

std::string DeleteIndex(JsonbRef value, int32_t index) {
  if (value.is_scalar()) Refuse("cannot delete from scalar");
  if (value.kind() == JsonbKind::kObject) {
    Refuse("cannot delete from object using integer index");
  }
  const auto size = static_cast<int64_t>(value.size());
  const int64_t at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) return std::string(value.bytes());
  std::vector<std::string> elements = ElementsOf(value);
  elements.erase(elements.begin() + at);
  return types::JsonbArray(elements);
}

std::string StripNulls(JsonbRef value) {
  if (value.kind() == JsonbKind::kObject) {
    Pairs kept;
    for (uint32_t i = 0; i < value.size(); ++i) {
      if (value.value(i).kind() == JsonbKind::kNull) continue;
      kept.emplace_back(value.key(i), StripNulls(value.value(i)));
    }
    return types::JsonbObject(std::move(kept));
  }
  if (value.kind() == JsonbKind::kArray) {
    std::vector<std::string> elements;
    for (uint32_t i = 0; i < value.size(); ++i) elements.push_back(StripNulls(value.value(i)));
    return types::JsonbArray(elements);
  }
  return std::string(value.bytes());
}

std::string EditPath(JsonbRef value, const JsonPath& path, PathEdit edit,
                     std::string_view new_value) {
  if (value.is_scalar()) {
    Refuse(edit == PathEdit::kDelete ? "cannot delete path in scalar" : "cannot set path in scalar");
  }
  const bool changes_only = edit == PathEdit::kReplace || edit == PathEdit::kDelete;
  if (path.empty() || (value.size() == 0 && changes_only)) return std::string(value.bytes());
  return PathEditor(path, edit, new_value).Run(value, 0);
}

bool ContainsJsonb(JsonbRef outer, JsonbRef inner) {
  if (outer.kind() == JsonbKind::kArray && inner.is_scalar()) return HasElement(outer, inner);
  if (outer.is_scalar() || inner.is_scalar()) {
    return outer.is_scalar() && inner.is_scalar() && SameScalar(outer, inner);
  }
  if (outer.kind() != inner.kind()) return false;
  for (uint32_t i = 0; i < inner.size(); ++i) {
    const JsonbRef wanted = inner.value(i);
    if (inner.kind() == JsonbKind::kArray) {
      if (!HasElement(outer, wanted)) return false;
      continue;
    }
    const std::optional<uint32_t> at = outer.FindKey(inner.key(i));
    if (!at.has_value()) return false;
    const JsonbRef have = outer.value(*at);
    if (wanted.is_scalar() ? !SameScalar(have, wanted)
                           : have.kind() != wanted.kind() || !ContainsJsonb(have, wanted)) {
      return false;
    }
  }
  return true;
}

}  // namespace grizzly::functions
