#include "types/jsonb.h"

#include <algorithm>

#include "types/hash_bytes.h"
#include "types/json.h"

namespace grizzly::types {
namespace {

void AppendWord(std::string& out, size_t word) {
  const auto narrow = static_cast<uint32_t>(word);
  out.append(reinterpret_cast<const char*>(&narrow), 4);
}

bool KeyLess(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// Gathers the containers that are open.
class JsonbBuilder final : public JsonHandler {
 public:
  void OnEvent(const JsonEvent& event) override {
    switch (event.kind) {
      case JsonEventKind::kObjectStart:
      case JsonEventKind::kArrayStart: open_.emplace_back(); return;
      case JsonEventKind::kKey: open_.back().keys.emplace_back(event.text); return;
      case JsonEventKind::kArrayEnd: {
        const Open container = Pop();
        Add(JsonbArray(container.values));
        return;
      }
      case JsonEventKind::kObjectEnd: {
        Open container = Pop();
        std::vector<std::pair<std::string, std::string>> pairs;
        for (size_t i = 0; i < container.keys.size(); ++i) {
          pairs.emplace_back(std::move(container.keys[i]), std::move(container.values[i]));
        }
        Add(JsonbObject(std::move(pairs)));
        return;
      }
      case JsonEventKind::kString: Add(JsonbString(event.text)); return;
      case JsonEventKind::kNumber: {
        Arena arena;
        const StringRef number = ParseNumeric(event.text, kNoTypmod, arena);
        Add(JsonbNumber(number));
        return;
      }
      case JsonEventKind::kTrue: Add(JsonbBool(true)); return;
      case JsonEventKind::kFalse: Add(JsonbBool(false)); return;
      case JsonEventKind::kNull: Add(JsonbNull()); return;
    }
  }
  std::string Finish() { return std::move(result_); }

 private:
  struct Open {
    std::vector<std::string> keys;
    std::vector<std::string> values;
  };
  Open Pop() {
    Open container = std::move(open_.back());
    open_.pop_back();
    return container;
  }
  void Add(std::string value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else {
      open_.back().values.push_back(std::move(value));
    }
  }

  std::vector<Open> open_;
  std::string result_;
};

void AppendScalar(std::string& out, JsonbRef value) {
  switch (value.kind()) {
    case JsonbKind::kNull: out += "null"; return;
    case JsonbKind::kFalse: out += "false"; return;
    case JsonbKind::kTrue: out += "true"; return;
    case JsonbKind::kNumber: AppendNumeric(out, value.number()); return;
    default: AppendJsonString(out, value.string()); return;
  }
}

// Null < string < number < bool < array < object.
int KindRank(JsonbRef value) {
  switch (value.kind()) {
    case JsonbKind::kNull: return 0;
    case JsonbKind::kString: return 1;
    case JsonbKind::kNumber: return 2;
    case JsonbKind::kFalse:
    case JsonbKind::kTrue: return 3;
    case JsonbKind::kArray: return 4;
    default: return 5;
  }
}

int Sign(int64_t value) { return value < 0 ? -1 : (value > 0 ? 1 : 0); }

int CompareScalars(JsonbRef a, JsonbRef b) {
  switch (a.kind()) {
    case JsonbKind::kNull: return 0;
    case JsonbKind::kString: return a.string().compare(b.string());
    case JsonbKind::kNumber: return NumericCompare(a.number(), b.number());
    default: return static_cast<int>(a.kind()) - static_cast<int>(b.kind());
  }
}

int CompareValues(JsonbRef a, JsonbRef b) {
  if (KindRank(a) != KindRank(b)) return Sign(KindRank(a) - KindRank(b));
  if (a.is_scalar()) return Sign(CompareScalars(a, b));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (uint32_t i = 0; i < a.size(); ++i) {
    if (a.kind() == JsonbKind::kObject) {
      const int order = Sign(a.key(i).compare(b.key(i)));
      if (order != 0) return order;
    }
    const int order = CompareValues(a.value(i), b.value(i));
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace

JsonbRef JsonbRef::value(uint32_t i) const {
  const uint32_t count = size();
  const bool is_object = kind() == JsonbKind::kObject;
  const uint32_t ends = is_object ? 1 + count : 1;  // index of the first end
  const size_t keys_bytes = is_object && count > 0 ? Word(count) : 0;
  const size_t start = 5 + size_t{4} * count * (is_object ? 2 : 1) + keys_bytes;
  const uint32_t begin = i == 0 ? 0 : Word(ends + i - 1);
  return JsonbRef(bytes_.substr(start + begin, Word(ends + i) - begin));
}

std::string_view JsonbRef::key(uint32_t i) const {
  const size_t start = 5 + size_t{8} * size();
  const uint32_t begin = i == 0 ? 0 : Word(i);
  return bytes_.substr(start + begin, Word(1 + i) - begin);
}

std::optional<uint32_t> JsonbRef::FindKey(std::string_view wanted) const {
  uint32_t low = 0;
  uint32_t high = size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const std::string_view found = key(middle);
    if (found == wanted) return middle;
    if (KeyLess(found, wanted)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::string JsonbNull() { return std::string(1, static_cast<char>(JsonbKind::kNull)); }

std::string JsonbBool(bool value) {
  return std::string(1, static_cast<char>(value ? JsonbKind::kTrue : JsonbKind::kFalse));
}

std::string JsonbNumber(NumericRef value) {
  std::string bytes(1, static_cast<char>(JsonbKind::kNumber));
  bytes += value.bytes();
  return bytes;
}

std::string JsonbString(std::string_view text) {
  std::string bytes(1, static_cast<char>(JsonbKind::kString));
  bytes += text;
  return bytes;
}

std::string JsonbArray(std::span<const std::string> elements) {
  std::string bytes(1, static_cast<char>(JsonbKind::kArray));
  AppendWord(bytes, elements.size());
  size_t end = 0;
  for (const std::string& element : elements) AppendWord(bytes, end += element.size());
  for (const std::string& element : elements) bytes += element;
  return bytes;
}

std::string JsonbObject(std::vector<std::pair<std::string, std::string>> pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return KeyLess(a.first, b.first); });
  size_t kept = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (i + 1 < pairs.size() && pairs[i].first == pairs[i + 1].first) continue;
    if (kept != i) pairs[kept] = std::move(pairs[i]);
    ++kept;
  }
  pairs.resize(kept);
  std::string bytes(1, static_cast<char>(JsonbKind::kObject));
  AppendWord(bytes, pairs.size());
  size_t end = 0;
  for (const auto& pair : pairs) AppendWord(bytes, end += pair.first.size());
  end = 0;
  for (const auto& pair : pairs) AppendWord(bytes, end += pair.second.size());
  for (const auto& pair : pairs) bytes += pair.first;
  for (const auto& pair : pairs) bytes += pair.second;
  return bytes;
}

std::string ParseJsonb(std::string_view text) {
  JsonbBuilder builder;
  ParseJson(text, &builder);
  return builder.Finish();
}

void AppendJsonb(std::string& out, JsonbRef value) {
  if (value.is_scalar()) {
    AppendScalar(out, value);
    return;
  }
  const bool is_object = value.kind() == JsonbKind::kObject;
  out += is_object ? '{' : '[';
  for (uint32_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ", ";
    if (is_object) {
      AppendJsonString(out, value.key(i));
      out += ": ";
    }
    AppendJsonb(out, value.value(i));
  }
  out += is_object ? '}' : ']';
}

namespace {

void AppendPretty(std::string& out, JsonbRef value, size_t indent) {
  if (value.is_scalar()) {
    AppendScalar(out, value);
    return;
  }
  const bool is_object = value.kind() == JsonbKind::kObject;
  out += is_object ? '{' : '[';
  for (uint32_t i = 0; i < value.size(); ++i) {
    out += i > 0 ? ",\n" : "\n";
    out.append(indent + 4, ' ');
    if (is_object) {
      AppendJsonString(out, value.key(i));
      out += ": ";
    }
    AppendPretty(out, value.value(i), indent + 4);
  }
  out += '\n';
  out.append(indent, ' ');
  out += is_object ? '}' : ']';
}

}  // namespace

void AppendJsonbPretty(std::string& out, JsonbRef value) { AppendPretty(out, value, 0); }

int CompareJsonb(JsonbRef a, JsonbRef b) {
  // At the top a scalar counts as an array of one, below a real array of one but above an empty
  // one (PostgreSQL keeps that for its indexes' sake).
  const auto is_array_like = [](JsonbRef v) { return v.kind() != JsonbKind::kObject; };
  if (is_array_like(a) && is_array_like(b) && a.is_scalar() != b.is_scalar()) {
    const uint32_t array_size = a.is_scalar() ? b.size() : a.size();
    const int scalar_against_array = array_size == 0 ? 1 : -1;
    return a.is_scalar() ? scalar_against_array : -scalar_against_array;
  }
  // Below an object, a scalar is a kind of array too, which the ranks say as well.
  return CompareValues(a, b);
}

uint64_t HashJsonb(JsonbRef value) {
  const auto kind = static_cast<uint64_t>(value.kind());
  switch (value.kind()) {
    case JsonbKind::kNumber: return CombineHash(kind, NumericHash(value.number()));
    case JsonbKind::kString: return CombineHash(kind, HashBytes(value.string()));
    case JsonbKind::kArray:
    case JsonbKind::kObject: break;
    default: return HashWord(kind);
  }
  uint64_t hash = HashWord(kind);
  for (uint32_t i = 0; i < value.size(); ++i) {
    if (value.kind() == JsonbKind::kObject) hash = CombineHash(hash, HashBytes(value.key(i)));
    hash = CombineHash(hash, HashJsonb(value.value(i)));
  }
  return hash;
}

}  // namespace grizzly::types
