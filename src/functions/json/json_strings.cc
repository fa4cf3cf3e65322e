#include "functions/json/json_strings.h"

namespace grizzly::functions {
namespace {

class StringMapper final : public types::JsonHandler {
 public:
  explicit StringMapper(const StringMapping& map) : map_(map) {}

  void OnEvent(const types::JsonEvent& event) override {
    using Kind = types::JsonEventKind;
    switch (event.kind) {
      case Kind::kKey:
        Comma();
        types::AppendJsonString(out_, event.text);
        out_ += ':';
        needs_comma_ = false;
        return;
      case Kind::kString:
        Comma();
        types::AppendJsonString(out_, map_(event.text));
        break;
      case Kind::kNumber: Piece(event.text); break;
      case Kind::kTrue: Piece("true"); break;
      case Kind::kFalse: Piece("false"); break;
      case Kind::kNull: Piece("null"); break;
      case Kind::kObjectStart:
      case Kind::kArrayStart:
        Piece(event.kind == Kind::kObjectStart ? "{" : "[");
        needs_comma_ = false;
        return;
      default: out_ += event.kind == Kind::kObjectEnd ? '}' : ']';
    }
    needs_comma_ = true;
  }
  std::string Take() { return std::move(out_); }

 private:
  void Comma() {
    if (needs_comma_) out_ += ',';
  }
  void Piece(std::string_view text) {
    Comma();
    out_ += text;
  }

  const StringMapping& map_;
  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace

std::string MapJsonStrings(std::string_view json, const StringMapping& map) {
  StringMapper mapper(map);
  types::ParseJson(json, &mapper);
  return mapper.Take();
}

std::string MapJsonbStrings(types::JsonbRef value, const StringMapping& map) {
  switch (value.kind()) {
    case types::JsonbKind::kString: return types::JsonbString(map(value.string()));
    case types::JsonbKind::kArray: {
      std::vector<std::string> elements;
      for (uint32_t i = 0; i < value.size(); ++i) {
        elements.push_back(MapJsonbStrings(value.value(i), map));
      }
      return types::JsonbArray(elements);
    }
    case types::JsonbKind::kObject: {
      std::vector<std::pair<std::string, std::string>> pairs;
      for (uint32_t i = 0; i < value.size(); ++i) {
        pairs.emplace_back(std::string(value.key(i)), MapJsonbStrings(value.value(i), map));
      }
      return types::JsonbObject(std::move(pairs));
    }
    default: return std::string(value.bytes());
  }
}

}  // namespace grizzly::functions
