// XML as text: its declaration, what must be escaped, names from SQL identifiers.
//
// FORMAT  of an xml value: the text as it came, UTF-8.
// SOURCE  PostgreSQL 15 docs, 8.13 and 9.15; XML 1.0, 2.8; SQL/XML for names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace grizzly::types {

struct XmlDeclaration {
  size_t length = 0;  // bytes it takes at the start; 0: there is none
  std::optional<std::string> version;
  std::optional<std::string> encoding;
  std::optional<bool> standalone;
  const char* error = nullptr;  // what is wrong with it, a sentence
};
XmlDeclaration ReadXmlDeclaration(std::string_view text);
// Nothing when all is as usual: version 1.0, no word about standalone.
void AppendXmlDeclaration(std::string& out, const std::optional<std::string>& version,
                          const std::optional<bool>& standalone);

// Whether content starts (behind comments and processing instructions) with a DOCTYPE.
bool StartsWithDoctype(std::string_view text);
// & < > and carriage returns.
std::string EscapeXml(std::string_view text);
// The same within double quotes, as an attribute's value.
std::string EscapeXmlAttribute(std::string_view text);
// An XML name for an identifier: what no name may hold is written _x0020_.
std::string XmlNameOf(std::string_view identifier, bool escape_period);
// The identifier an XML name was made from.
std::string IdentifierOfXmlName(std::string_view name);

}  // namespace grizzly::types
