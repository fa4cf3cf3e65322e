// XML read and searched: the door to libxml2.
//
// ERRORS   2200M invalid_xml_document, 2200N invalid_xml_content with libxml2's words as detail
// THREADS  any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/io_settings.h"

namespace grizzly::types {

// Throws unless the text is well-formed content (a document) .
void CheckXml(std::string_view text, XmlOption option);
bool IsWellFormedXml(std::string_view text, XmlOption option);

// What an XPath expression finds: nodes as XML text, or one value.
struct XPathResult {
  bool is_value = false;           // a boolean, number or string, in items[0]
  std::vector<std::string> items;
};
using XmlNamespaces = std::vector<std::pair<std::string, std::string>>;  // prefix, URI
// Throws 22000 for an empty expression, 2200M when `document` is none, XX000 for a bad expression.
XPathResult FindByXPath(std::string_view document, std::string_view expression,
                        const XmlNamespaces& namespaces);

}  // namespace grizzly::types
