// Reading lists and small nodes of the raw parse tree.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast.h"

namespace grizzly::commands {

namespace ast = parser::ast;

inline std::string_view TextOf(const char* text) { return text == nullptr ? "" : text; }
inline std::span<ast::Node* const> ListOf(ast::Node* const* items, size_t count) {
  return {items, count};
}

// A String node's text; empty for any other.
std::string_view StringOf(const ast::Node* node);
std::vector<std::string> StringsOf(std::span<ast::Node* const> nodes);
// The names in a List node, or of a lone String.
std::vector<std::string> NamesOf(const ast::Node& node);

// One option of a WITH (...) or option list.
struct Option {
  std::string name_space;
  std::string name;
  const ast::Node* value = nullptr;  // null: none given
  int location = -1;
};
std::vector<Option> OptionsOf(std::span<ast::Node* const> nodes);

// The value as text, however it was written: a string, a number, a name. Throws 42601 `NAME requires a
// parameter` when there is none.
std::string OptionText(const Option& option);
// on, off, true, false, 0, 1, or nothing (true). Throws 42601 `NAME requires a Boolean value`.
bool OptionBool(const Option& option);
// Throws 42601 `NAME requires an integer value`, 22003 beyond int8.
int64_t OptionInteger(const Option& option);

// "a.b.c" of a qualified name: at most schema and name.
struct QualifiedName {
  std::string schema;  // empty: none given
  std::string name;
};
// Throws 42601 improper qualified name (too many dotted names).
QualifiedName QualifiedNameOf(std::vector<std::string> parts);

}  // namespace grizzly::commands
