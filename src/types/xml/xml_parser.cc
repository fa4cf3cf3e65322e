#include "types/xml/xml_parser.h"

#include <memory>

#include <fmt/format.h>
#include <libxml/parserInternals.h>

#include "base/error/sql_error.h"
#include "types/xml/libxml.h"
#include "types/xml/xml_text.h"

namespace grizzly::types {
namespace {

[[noreturn]] void ThrowDeclaration(const char* error) {
  throw SqlError(SqlState::kInvalidXmlContent, "invalid XML content: invalid XML declaration")
      .Detail(error);
}

// Whole documents, and content that starts with a DOCTYPE.
bool ParseDocument(const std::string& text, const XmlErrorScope& errors) {
  const XmlOwner<xmlParserCtxt> context(xmlNewParserCtxt());
  const XmlOwner<xmlDoc> document(xmlCtxtReadDoc(context.get(), XmlChars(text), nullptr, "UTF-8",
                                            XML_PARSE_NOENT | XML_PARSE_DTDATTR));
  return document != nullptr && !errors.failed();
}

bool ParseContent(const std::string& text, const XmlDeclaration& declaration,
                  const XmlErrorScope& errors) {
  const std::string content = text.substr(declaration.length);
  if (content.empty()) return true;
  const XmlOwner<xmlDoc> document(xmlNewDoc(XmlChars(declaration.version.value_or("1.0"))));
  document->encoding = xmlStrdup(reinterpret_cast<const xmlChar*>("UTF-8"));
  document->standalone =
      declaration.standalone.has_value() ? static_cast<int>(*declaration.standalone) : -1;
  const int result =
      xmlParseBalancedChunkMemory(document.get(), nullptr, nullptr, 0, XmlChars(content), nullptr);
  return result == 0 && !errors.failed();
}

XPathResult ResultOf(xmlXPathObject& found) {
  XPathResult result;
  result.is_value = true;
  switch (found.type) {
    case XPATH_NODESET:
      result.is_value = false;
      for (int i = 0; found.nodesetval != nullptr && i < found.nodesetval->nodeNr; ++i) {
        result.items.push_back(XmlNodeText(found.nodesetval->nodeTab[i]));
      }
      return result;
    case XPATH_BOOLEAN: result.items = {found.boolval != 0 ? "true" : "false"}; return result;
    case XPATH_NUMBER: {
      const XmlOwner<xmlChar> text(xmlXPathCastNumberToString(found.floatval));
      result.items = {XmlTextOf(text.get())};
      return result;
    }
    case XPATH_STRING: result.items = {EscapeXml(XmlTextOf(found.stringval))}; return result;
    default: ThrowNotSupported("an XPath result of this kind");
  }
}

}  // namespace

void CheckXml(std::string_view text, XmlOption option) {
  const std::string owned(text);
  const XmlErrorScope errors(/*well_formed_only=*/true);
  if (option == XmlOption::kDocument) {
    if (ParseDocument(owned, errors)) return;
    throw errors.Error(SqlState::kInvalidXmlDocument, "invalid XML document");
  }
  const XmlDeclaration declaration = ReadXmlDeclaration(text);
  if (declaration.error != nullptr) ThrowDeclaration(declaration.error);
  const bool valid = StartsWithDoctype(text.substr(declaration.length))
                         ? ParseDocument(owned, errors)
                         : ParseContent(owned, declaration, errors);
  if (!valid) throw errors.Error(SqlState::kInvalidXmlContent, "invalid XML content");
}

bool IsWellFormedXml(std::string_view text, XmlOption option) {
  const std::string owned(text);
  const XmlErrorScope errors(/*well_formed_only=*/true);
  if (option == XmlOption::kDocument) return ParseDocument(owned, errors);
  const XmlDeclaration declaration = ReadXmlDeclaration(text);
  if (declaration.error != nullptr) return false;
  return StartsWithDoctype(text.substr(declaration.length))
             ? ParseDocument(owned, errors)
             : ParseContent(owned, declaration, errors);
}

XPathResult FindByXPath(std::string_view text, std::string_view expression,
                        const XmlNamespaces& namespaces) {
  if (expression.empty()) throw SqlError(SqlState::kDataException, "empty XPath expression");
  const XmlErrorScope errors(/*well_formed_only=*/false);
  const XmlOwner<xmlParserCtxt> parser(xmlNewParserCtxt());
  const XmlOwner<xmlDoc> document = ParseXmlForSearch(text, parser.get(), errors);
  const XmlOwner<xmlXPathContext> context(xmlXPathNewContext(document.get()));
  context->node = reinterpret_cast<xmlNode*>(document.get());
  RegisterXmlNamespaces(context.get(), namespaces);
  const auto compiled = CompileXPath(context.get(), std::string(expression), errors,
                                     SqlState::kInternalError);
  return ResultOf(*EvaluateXPath(context.get(), compiled.get(), errors));
}

}  // namespace grizzly::types
