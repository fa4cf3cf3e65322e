#include "functions/json/jsonb_assign.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/json/jsonb_edit.h"

namespace grizzly::functions {
namespace {

using types::JsonbKind;
using types::JsonbRef;

class Assigner {
 public:
  Assigner(std::span<const JsonbSubscript> path, std::string_view new_value)
      : path_(path), new_value_(new_value) {}

  std::string Assign(JsonbRef value, size_t level) const {
    if (level == path_.size()) return std::string(new_value_);
    switch (value.kind()) {
      case JsonbKind::kArray: return AssignElement(value, level);
      case JsonbKind::kObject: return AssignMember(value, level);
      default:
        throw SqlError(SqlState::kInvalidParameterValue, "cannot replace existing key")
            .Detail("The path assumes key is a composite object, but it is a scalar value.");
    }
  }

  // What the rest of the path makes out of nothing.
  std::string Make(size_t level) const {
    if (level == path_.size()) return std::string(new_value_);
    const std::optional<int64_t> index = ParseIndex(path_[level].text);
    if (!index.has_value()) return types::JsonbObject({{path_[level].text, Make(level + 1)}});
    std::vector<std::string> elements;
    for (int64_t i = 0; i < *index; ++i) elements.push_back(types::JsonbNull());
    elements.push_back(Make(level + 1));
    return types::JsonbArray(elements);
  }

 private:
  std::string AssignMember(JsonbRef object, size_t level) const {
    std::vector<std::pair<std::string, std::string>> members;
    bool is_done = false;
    for (uint32_t i = 0; i < object.size(); ++i) {
      const bool is_wanted = object.key(i) == path_[level].text;
      is_done = is_done || is_wanted;
      members.emplace_back(std::string(object.key(i)),
                           is_wanted ? Assign(object.value(i), level + 1)
                                     : std::string(object.value(i).bytes()));
    }
    if (!is_done) members.emplace_back(path_[level].text, Make(level + 1));
    return types::JsonbObject(std::move(members));
  }

  std::string AssignElement(JsonbRef array, size_t level) const {
    const std::optional<int64_t> parsed = ParseIndex(path_[level].text);
    if (!parsed.has_value()) {
      throw SqlError(SqlState::kInvalidTextRepresentation,
                     fmt::format("path element at position {} is not an integer: \"{}\"", level + 1,
                                 path_[level].text));
    }
    const int64_t size = array.size();
    const int64_t index = *parsed < 0 ? *parsed + size : *parsed;
    if (index < 0) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("path element at position {} is out of range: {}", level + 1,
                                 *parsed));
    }
    std::vector<std::string> elements;
    for (int64_t i = 0; i < std::max(size, index + 1); ++i) {
      if (i == index) {
        elements.push_back(i < size ? Assign(array.value(static_cast<uint32_t>(i)), level + 1)
                                    : Make(level + 1));
      } else {
        elements.push_back(i < size ? std::string(array.value(static_cast<uint32_t>(i)).bytes())
                                    : types::JsonbNull());
      }
    }
    return types::JsonbArray(elements);
  }

  const std::span<const JsonbSubscript> path_;
  const std::string_view new_value_;
};

}  // namespace

std::optional<JsonbRef> FetchJsonbSubscript(JsonbRef value, std::span<const JsonbSubscript> path) {
  for (const JsonbSubscript& step : path) {
    if (value.kind() == JsonbKind::kObject) {
      const std::optional<uint32_t> at = value.FindKey(step.text);
      if (!at.has_value()) return std::nullopt;
      value = value.value(*at);
    } else if (value.kind() == JsonbKind::kArray) {
      const std::optional<int64_t> parsed = ParseIndex(step.text);
      if (!parsed.has_value()) return std::nullopt;
      const int64_t index = *parsed < 0 ? *parsed + value.size() : *parsed;
      if (index < 0 || index >= value.size()) return std::nullopt;
      value = value.value(static_cast<uint32_t>(index));
    } else {
      return std::nullopt;
    }
  }
  return value;
}

std::string AssignJsonbSubscript(std::optional<JsonbRef> value,
                                 std::span<const JsonbSubscript> path,
                                 std::string_view new_value) {
  const Assigner assigner(path, new_value);
  if (value.has_value()) return assigner.Assign(*value, 0);
  // What a NULL is assigned to becomes an array only if the first subscript is a number.
  const std::string empty = path[0].is_index ? types::JsonbArray({}) : types::JsonbObject({});
  return assigner.Assign(JsonbRef(empty), 0);
}

}  // namespace grizzly::functions
