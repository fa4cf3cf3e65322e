#include "functions/json/json_tree.h"

#include "types/json.h"

namespace grizzly::functions {
namespace {

using Kind = JsonTree::Kind;

class TreeBuilder final : public types::JsonHandler {
 public:
  explicit TreeBuilder(std::string_view json) : json_(json) {}

  void OnEvent(const types::JsonEvent& event) override {
    using Event = types::JsonEventKind;
    switch (event.kind) {
      case Event::kKey: open_.back().key = std::string(event.text); return;
      case Event::kObjectStart: return Open(Kind::kObject, event.begin);
      case Event::kArrayStart: return Open(Kind::kArray, event.begin);
      case Event::kObjectEnd:
      case Event::kArrayEnd: {
        Container container = std::move(open_.back());
        open_.pop_back();
        container.tree.text = std::string(json_.substr(container.begin, event.end - container.begin));
        return Add(std::move(container.tree));
      }
      default: break;
    }
    JsonTree leaf;
    leaf.kind = event.kind == Event::kNull     ? Kind::kNull
                : event.kind == Event::kString ? Kind::kString
                                               : Kind::kScalar;
    leaf.text = std::string(json_.substr(event.begin, event.end - event.begin));
    if (leaf.kind == Kind::kString) leaf.decoded = std::string(event.text);
    Add(std::move(leaf));
  }
  JsonTree Take() { return std::move(result_); }

 private:
  struct Container {
    JsonTree tree;
    std::string key;  // of the member that comes next
    size_t begin = 0;
  };
  void Open(Kind kind, size_t begin) {
    Container& container = open_.emplace_back();
    container.tree.kind = kind;
    container.begin = begin;
  }
  void Add(JsonTree tree) {
    if (open_.empty()) {
      result_ = std::move(tree);
    } else {
      open_.back().tree.members.emplace_back(std::move(open_.back().key), std::move(tree));
      open_.back().key.clear();
    }
  }

  const std::string_view json_;
  std::vector<Container> open_;
  JsonTree result_;
};

}  // namespace

const JsonTree* JsonTree::Find(std::string_view key) const {
  for (auto it = members.rbegin(); it != members.rend(); ++it) {
    if (it->first == key) return &it->second;
  }
  return nullptr;
}

JsonTree TreeOfJson(std::string_view json) {
  TreeBuilder builder(json);
  types::ParseJson(json, &builder);
  return builder.Take();
}

JsonTree TreeOfJsonb(types::JsonbRef value) {
  JsonTree tree;
  types::AppendJsonb(tree.text, value);
  switch (value.kind()) {
    case types::JsonbKind::kNull: return tree;
    case types::JsonbKind::kString:
      tree.kind = Kind::kString;
      tree.decoded = std::string(value.string());
      return tree;
    case types::JsonbKind::kArray: tree.kind = Kind::kArray; break;
    case types::JsonbKind::kObject: tree.kind = Kind::kObject; break;
    default: tree.kind = Kind::kScalar; return tree;
  }
  for (uint32_t i = 0; i < value.size(); ++i) {
    const bool is_object = tree.kind == Kind::kObject;
    tree.members.emplace_back(is_object ? std::string(value.key(i)) : std::string(),
                              TreeOfJsonb(value.value(i)));
  }
  return tree;
}

}  // namespace grizzly::functions
