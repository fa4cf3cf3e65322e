// jsonb: JSON taken apart, keys sorted and unique, numbers exact.
//
// FORMAT  a value's bytes (their number is known from outside), little-endian
//         0x00 null, 0x01 false, 0x02 true
//         0x03 numeric's bytes
//         0x04 string's bytes
//         0x05 count:u32 end:u32*count values               an array; ends count from the first value
//         0x06 count:u32 key_end:u32*count end:u32*count keys values    an object; keys by length,
//                                                           then by bytes
// OWNS    a JsonbRef is a view.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/datum.h"
#include "types/numeric.h"
#include "types/string_ref.h"

namespace grizzly::types {

enum class JsonbKind : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

class JsonbRef {
 public:
  explicit JsonbRef(std::string_view bytes) : bytes_(bytes) {}
  static JsonbRef Of(const Datum& datum) { return JsonbRef(datum.AsString()); }
  static JsonbRef Of(Datum&&) = delete;

  JsonbKind kind() const { return static_cast<JsonbKind>(bytes_[0]); }
  bool is_scalar() const { return kind() < JsonbKind::kArray; }
  bool is_bool() const { return kind() == JsonbKind::kTrue || kind() == JsonbKind::kFalse; }
  NumericRef number() const { return NumericRef(bytes_.substr(1)); }
  std::string_view string() const { return bytes_.substr(1); }
  // Elements of an array, pairs of an object.
  uint32_t size() const { return Word(0); }
  // Element i of an array, value i of an object.
  JsonbRef value(uint32_t i) const;
  std::string_view key(uint32_t i) const;
  std::optional<uint32_t> FindKey(std::string_view key) const;
  std::string_view bytes() const { return bytes_; }

 private:
  uint32_t Word(uint32_t i) const {
    uint32_t word;
    std::memcpy(&word, bytes_.data() + 1 + 4 * i, 4);
    return word;
  }

  std::string_view bytes_;
};

// ---- making values: each gives a value's bytes ----
std::string JsonbNull();
std::string JsonbBool(bool value);
std::string JsonbNumber(NumericRef value);  // finite
std::string JsonbString(std::string_view text);
std::string JsonbArray(std::span<const std::string> elements);
// Sorts the pairs; of equal keys the last one stays.
std::string JsonbObject(std::vector<std::pair<std::string, std::string>> pairs);

// Throws as json.h says.
std::string ParseJsonb(std::string_view text);
// {"a": 1, "b": [2, 3]}
void AppendJsonb(std::string& out, JsonbRef value);
// As jsonb_pretty().
void AppendJsonbPretty(std::string& out, JsonbRef value);

// PostgreSQL's btree order: objects above arrays above booleans above numbers above strings above
// null; more elements above fewer.
int CompareJsonb(JsonbRef a, JsonbRef b);
uint64_t HashJsonb(JsonbRef value);

}  // namespace grizzly::types
