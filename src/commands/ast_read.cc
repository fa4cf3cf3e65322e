#include "commands/ast_read.h"

#include <algorithm>
#include <charconv>

#include "base/error/sql_error.h"

namespace grizzly::commands {
namespace {

std::string NumberText(const PgQuery__AConst& constant) {
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL: return std::to_string(constant.ival->ival);
    case PG_QUERY__A__CONST__VAL_FVAL: return std::string(TextOf(constant.fval->fval));
    case PG_QUERY__A__CONST__VAL_SVAL: return std::string(TextOf(constant.sval->sval));
    case PG_QUERY__A__CONST__VAL_BOOLVAL: return constant.boolval->boolval ? "true" : "false";
    default: return "";
  }
}

std::string TypeNameText(const PgQuery__TypeName& type) {
  std::string text;
  for (const ast::Node* name : ListOf(type.names, type.n_names)) {
    if (!text.empty()) text.push_back('.');
    text.append(StringOf(name));
  }
  return text;
}

// The text of any option value.
std::string ValueText(const ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_STRING: return std::string(TextOf(node.string->sval));
    case PG_QUERY__NODE__NODE_INTEGER: return std::to_string(node.integer->ival);
    case PG_QUERY__NODE__NODE_FLOAT: return std::string(TextOf(node.float_->fval));
    case PG_QUERY__NODE__NODE_BOOLEAN: return node.boolean->boolval ? "true" : "false";
    case PG_QUERY__NODE__NODE_A_CONST: return NumberText(*node.a_const);
    case PG_QUERY__NODE__NODE_TYPE_NAME: return TypeNameText(*node.type_name);
    case PG_QUERY__NODE__NODE_A_STAR: return "*";
    case PG_QUERY__NODE__NODE_LIST: {
      std::string text;
      for (const std::string& name : NamesOf(node)) {
        if (!text.empty()) text.push_back('.');
        text.append(name);
      }
      return text;
    }
    default: return "";
  }
}

}  // namespace

std::string_view StringOf(const ast::Node* node) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_STRING) return "";
  return TextOf(node->string->sval);
}

std::vector<std::string> StringsOf(std::span<ast::Node* const> nodes) {
  std::vector<std::string> texts;
  texts.reserve(nodes.size());
  for (const ast::Node* node : nodes) texts.emplace_back(StringOf(node));
  return texts;
}

std::vector<std::string> NamesOf(const ast::Node& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_LIST) {
    return StringsOf(ListOf(node.list->items, node.list->n_items));
  }
  if (node.node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
    return StringsOf(ListOf(node.type_name->names, node.type_name->n_names));
  }
  return {std::string(StringOf(&node))};
}

std::vector<Option> OptionsOf(std::span<ast::Node* const> nodes) {
  std::vector<Option> options;
  for (const ast::Node* node : nodes) {
    if (node->node_case != PG_QUERY__NODE__NODE_DEF_ELEM) continue;
    const PgQuery__DefElem& element = *node->def_elem;
    options.push_back({std::string(TextOf(element.defnamespace)),
                       std::string(TextOf(element.defname)), element.arg, element.location});
  }
  return options;
}

std::string OptionText(const Option& option) {
  if (option.value == nullptr) {
    throw SqlError(SqlState::kSyntaxError, fmt::format("{} requires a parameter", option.name));
  }
  return ValueText(*option.value);
}

bool OptionBool(const Option& option) {
  if (option.value == nullptr) return true;
  std::string text = ValueText(*option.value);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (text == "true" || text == "on" || text == "1") return true;
  if (text == "false" || text == "off" || text == "0") return false;
  throw SqlError(SqlState::kSyntaxError, fmt::format("{} requires a Boolean value", option.name));
}

int64_t OptionInteger(const Option& option) {
  const std::string text = option.value == nullptr ? "" : ValueText(*option.value);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty()) {
    throw SqlError(SqlState::kSyntaxError, fmt::format("{} requires a numeric value", option.name));
  }
  if (error == std::errc::result_out_of_range) {
    throw SqlError(SqlState::kNumericValueOutOfRange,
                   fmt::format("value \"{}\" is out of range for type bigint", text));
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    throw SqlError(SqlState::kInvalidTextRepresentation,
                   fmt::format("invalid input syntax for type bigint: \"{}\"", text));
  }
  return value;
}

QualifiedName QualifiedNameOf(std::vector<std::string> parts) {
  switch (parts.size()) {
    case 1: return {"", std::move(parts[0])};
    case 2: return {std::move(parts[0]), std::move(parts[1])};
    case 3: return {std::move(parts[1]), std::move(parts[2])};
    default: break;
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ".") + part;
  throw SqlError(SqlState::kSyntaxError,
                 fmt::format("improper qualified name (too many dotted names): {}", text));
}

}  // namespace grizzly::commands
