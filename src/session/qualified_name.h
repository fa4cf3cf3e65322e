// The little languages of reg* input: "schema.name", "name(type, type)".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grizzly::session {

// "a.\"B c\"" into its parts: unquoted ones in lower case, cut at 63 bytes. Throws 42602 invalid name
// syntax.
std::vector<std::string> SplitQualifiedName(std::string_view text);

// "name(type, type)" into the name and the texts of the types. Throws 22P02 expected a left
// parenthesis, a right parenthesis, a type name.
struct NameAndArguments {
  std::string_view name;
  std::vector<std::string_view> arguments;
};
NameAndArguments SplitArguments(std::string_view text);

}  // namespace grizzly::session
