#include "types/xml/xml_parser.h"

#include <memory>

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/error/sql_error.h"
#include "types/xml/xml_text.h"

namespace grizzly::types {
namespace {

struct FreeParser {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
struct FreeXPathSearch {
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
};
struct FreeXPathObject {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
struct FreeCompiled {
  void operator()(xmlXPathCompExpr* expression) const { xmlXPathFreeCompExpr(expression); }
};
struct FreeBuffer {
  void operator()(xmlBuffer* buffer) const { xmlBufferFree(buffer); }
};
struct FreeChars {
  void operator()(xmlChar* text) const { xmlFree(text); }
};
struct FreeNode {
  void operator()(xmlNode* node) const { xmlFreeNode(node); }
};
using DocumentPtr = std::unique_ptr<xmlDoc, FreeDocument>;

const xmlChar* Chars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}
std::string TextOf(const xmlChar* text) {
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

// No file and no network: an outside entity is empty.
xmlParserInput* NothingOutside(const char*, const char*, xmlParserCtxt* context) {
  return xmlNewStringInputStream(context, reinterpret_cast<const xmlChar*>(""));
}

void PrepareLibrary() {
  static const bool prepared = [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(NothingOutside);
    return true;
  }();
  static_cast<void>(prepared);
}

// Gathers what libxml2 says on this thread while it lives.
class ErrorScope {
 public:
  // `well_formed_only`: complaints about namespaces and the like do not count.
  explicit ErrorScope(bool well_formed_only) : well_formed_only_(well_formed_only) {
    PrepareLibrary();
    xmlSetStructuredErrorFunc(this, &ErrorScope::Take);
  }
  ~ErrorScope() { xmlSetStructuredErrorFunc(nullptr, nullptr); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;

  bool failed() const { return failed_; }
  const std::string& text() const { return text_; }
  SqlError Error(SqlState state, std::string message) const {
    SqlError error(state, std::move(message));
    if (!text_.empty()) std::move(error).Detail(text_);
    return error;
  }

 private:
  static void Take(void* self, xmlError* error) { static_cast<ErrorScope*>(self)->Add(*error); }

  bool Counts(const xmlError& error) const {
    switch (error.domain) {
      case XML_FROM_NONE:
      case XML_FROM_MEMORY:
      case XML_FROM_IO: return error.code != XML_WAR_UNDECLARED_ENTITY;
      case XML_FROM_PARSER:
        if (error.code == XML_ERR_NOT_WELL_BALANCED && failed_) return false;
        return error.code != XML_WAR_UNDECLARED_ENTITY && error.code != XML_WAR_NS_URI;
      default: return !well_formed_only_;
    }
  }

  void Add(const xmlError& error) {
    if (!Counts(error) || error.level < XML_ERR_ERROR) return;
    failed_ = true;
    if (!text_.empty()) text_ += '\n';
    if (error.line > 0) text_ += fmt::format("line {}: ", error.line);
    const auto* node = static_cast<const xmlNode*>(error.node);
    if (node != nullptr && node->type == XML_ELEMENT_NODE) {
      text_ += fmt::format("element {}: ", TextOf(node->name));
    }
    text_ += error.message == nullptr ? "(no message provided)" : error.message;
    while (text_.ends_with('\n')) text_.pop_back();
    AddPlace(static_cast<const xmlParserCtxt*>(error.ctxt));
  }

  // The line it happened in and a mark below it.
  void AddPlace(const xmlParserCtxt* context) {
    if (context == nullptr || context->input == nullptr) return;
    constexpr ptrdiff_t kShownMax = 80;
    const xmlParserInput& input = *context->input;
    const xmlChar* at = input.cur;
    while (at > input.base && (*at == '\n' || *at == '\r')) --at;
    const xmlChar* start = at;
    while (start > input.base && at - start < kShownMax && start[-1] != '\n' && start[-1] != '\r') {
      --start;
    }
    const xmlChar* end = start;
    while (*end != 0 && *end != '\n' && *end != '\r' && end - start < kShownMax) ++end;
    text_ += '\n';
    text_.append(reinterpret_cast<const char*>(start), static_cast<size_t>(end - start));
    text_ += '\n';
    for (const xmlChar* c = start; c < at; ++c) text_ += *c == '\t' ? '\t' : ' ';
    text_ += '^';
  }

  const bool well_formed_only_;
  bool failed_ = false;
  std::string text_;
};

[[noreturn]] void ThrowDeclaration(const char* error) {
  throw SqlError(SqlState::kInvalidXmlContent, "invalid XML content: invalid XML declaration")
      .Detail(error);
}

// Whole documents, and content that starts with a DOCTYPE.
bool ParseDocument(const std::string& text, const ErrorScope& errors) {
  const std::unique_ptr<xmlParserCtxt, FreeParser> context(xmlNewParserCtxt());
  const DocumentPtr document(xmlCtxtReadDoc(context.get(), Chars(text), nullptr, "UTF-8",
                                            XML_PARSE_NOENT | XML_PARSE_DTDATTR));
  return document != nullptr && !errors.failed();
}

bool ParseContent(const std::string& text, const XmlDeclaration& declaration,
                  const ErrorScope& errors) {
  const std::string content = text.substr(declaration.length);
  if (content.empty()) return true;
  const DocumentPtr document(xmlNewDoc(Chars(declaration.version.value_or("1.0"))));
  document->encoding = xmlStrdup(reinterpret_cast<const xmlChar*>("UTF-8"));
  document->standalone =
      declaration.standalone.has_value() ? static_cast<int>(*declaration.standalone) : -1;
  const int result =
      xmlParseBalancedChunkMemory(document.get(), nullptr, nullptr, 0, Chars(content), nullptr);
  return result == 0 && !errors.failed();
}

std::string NodeText(xmlNode* node) {
  if (node->type == XML_ATTRIBUTE_NODE || node->type == XML_TEXT_NODE) {
    const std::unique_ptr<xmlChar, FreeChars> text(xmlXPathCastNodeToString(node));
    return EscapeXml(TextOf(text.get()));
  }
  // A copy, so that the namespaces it needs are declared in it.
  const std::unique_ptr<xmlBuffer, FreeBuffer> buffer(xmlBufferCreate());
  const std::unique_ptr<xmlNode, FreeNode> copy(
      node->type == XML_DOCUMENT_NODE ? nullptr : xmlCopyNode(node, 1));
  xmlNode* written = copy == nullptr ? node : copy.get();
  xmlNodeDump(buffer.get(), node->doc, written, 0, 0);
  return TextOf(xmlBufferContent(buffer.get()));
}

XPathResult ResultOf(xmlXPathObject& found) {
  XPathResult result;
  result.is_value = true;
  switch (found.type) {
    case XPATH_NODESET:
      result.is_value = false;
      for (int i = 0; found.nodesetval != nullptr && i < found.nodesetval->nodeNr; ++i) {
        result.items.push_back(NodeText(found.nodesetval->nodeTab[i]));
      }
      return result;
    case XPATH_BOOLEAN: result.items = {found.boolval != 0 ? "true" : "false"}; return result;
    case XPATH_NUMBER: {
      const std::unique_ptr<xmlChar, FreeChars> text(xmlXPathCastNumberToString(found.floatval));
      result.items = {TextOf(text.get())};
      return result;
    }
    case XPATH_STRING: result.items = {EscapeXml(TextOf(found.stringval))}; return result;
    default: ThrowNotSupported("an XPath result of this kind");
  }
}

DocumentPtr ParseForSearch(std::string_view text, xmlParserCtxt* context,
                           const ErrorScope& errors) {
  // The declaration may name an encoding, but the text is UTF-8.
  if (text.starts_with("<?xml")) {
    const size_t end = text.find("?>");
    if (end != std::string_view::npos) text.remove_prefix(end + 2);
  }
  DocumentPtr document(xmlCtxtReadMemory(context, text.data(), static_cast<int>(text.size()),
                                         nullptr, "UTF-8", 0));
  if (document == nullptr || errors.failed()) {
    throw errors.Error(SqlState::kInvalidXmlDocument, "could not parse XML document");
  }
  return document;
}

}  // namespace

void CheckXml(std::string_view text, XmlOption option) {
  const std::string owned(text);
  const ErrorScope errors(/*well_formed_only=*/true);
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
  const ErrorScope errors(/*well_formed_only=*/true);
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
  const ErrorScope errors(/*well_formed_only=*/false);
  const std::unique_ptr<xmlParserCtxt, FreeParser> parser(xmlNewParserCtxt());
  const DocumentPtr document = ParseForSearch(text, parser.get(), errors);
  const std::unique_ptr<xmlXPathContext, FreeXPathSearch> context(
      xmlXPathNewContext(document.get()));
  context->node = reinterpret_cast<xmlNode*>(document.get());
  for (const auto& [prefix, uri] : namespaces) {
    if (xmlXPathRegisterNs(context.get(), Chars(prefix), Chars(uri)) == 0) continue;
    throw SqlError(SqlState::kInternalError,
                   fmt::format("could not register XML namespace with name \"{}\" and URI \"{}\"",
                               prefix, uri));
  }
  const std::unique_ptr<xmlXPathCompExpr, FreeCompiled> compiled(
      xmlXPathCtxtCompile(context.get(), Chars(std::string(expression))));
  if (compiled == nullptr || errors.failed()) {
    throw errors.Error(SqlState::kInternalError, "invalid XPath expression");
  }
  const std::unique_ptr<xmlXPathObject, FreeXPathObject> found(
      xmlXPathCompiledEval(compiled.get(), context.get()));
  if (found == nullptr || errors.failed()) {
    throw errors.Error(SqlState::kInternalError, "could not create XPath object");
  }
  return ResultOf(*found);
}

}  // namespace grizzly::types
