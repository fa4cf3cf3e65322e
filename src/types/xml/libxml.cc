#include "types/xml/libxml.h"

#include <fmt/format.h>
#include <libxml/parserInternals.h>
#include <libxml/xpathInternals.h>

#include "types/xml/xml_text.h"

namespace grizzly::types {
namespace {

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

}  // namespace

XmlErrorScope::XmlErrorScope(bool well_formed_only) : well_formed_only_(well_formed_only) {
  PrepareLibrary();
  xmlSetStructuredErrorFunc(this, &XmlErrorScope::Take);
}
XmlErrorScope::~XmlErrorScope() { xmlSetStructuredErrorFunc(nullptr, nullptr); }

SqlError XmlErrorScope::Error(SqlState state, std::string message) const {
  SqlError error(state, std::move(message));
  if (!text_.empty()) std::move(error).Detail(text_);
  return error;
}

void XmlErrorScope::Take(void* self, xmlError* error) {
  static_cast<XmlErrorScope*>(self)->Add(*error);
}

bool XmlErrorScope::Counts(const xmlError& error) const {
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

void XmlErrorScope::Add(const xmlError& error) {
  if (!Counts(error) || error.level < XML_ERR_ERROR) return;
  failed_ = true;
  if (!text_.empty()) text_ += '\n';
  if (error.line > 0) text_ += fmt::format("line {}: ", error.line);
  const auto* node = static_cast<const xmlNode*>(error.node);
  if (node != nullptr && node->type == XML_ELEMENT_NODE) {
    text_ += fmt::format("element {}: ", XmlTextOf(node->name));
  }
  text_ += error.message == nullptr ? "(no message provided)" : error.message;
  while (text_.ends_with('\n')) text_.pop_back();
  AddPlace(static_cast<const xmlParserCtxt*>(error.ctxt));
}

// The line it happened in and a mark below it.
void XmlErrorScope::AddPlace(const xmlParserCtxt* context) {
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

XmlOwner<xmlDoc> ParseXmlForSearch(std::string_view text, xmlParserCtxt* context,
                                   const XmlErrorScope& errors) {
  // The declaration may name an encoding, but the text is UTF-8.
  if (text.starts_with("<?xml")) {
    const size_t end = text.find("?>");
    if (end != std::string_view::npos) text.remove_prefix(end + 2);
  }
  XmlOwner<xmlDoc> document(xmlCtxtReadMemory(context, text.data(), static_cast<int>(text.size()),
                                         nullptr, "UTF-8", 0));
  if (document == nullptr || errors.failed()) {
    throw errors.Error(SqlState::kInvalidXmlDocument, "could not parse XML document");
  }
  return document;
}

void RegisterXmlNamespaces(xmlXPathContext* context,
                           const std::vector<std::pair<std::string, std::string>>& namespaces) {
  for (const auto& [prefix, uri] : namespaces) {
    if (xmlXPathRegisterNs(context, XmlChars(prefix), XmlChars(uri)) == 0) continue;
    throw SqlError(SqlState::kInternalError,
                   fmt::format("could not register XML namespace with name \"{}\" and URI \"{}\"",
                               prefix, uri));
  }
}

XmlOwner<xmlXPathCompExpr> CompileXPath(xmlXPathContext* context, const std::string& expression,
                                        const XmlErrorScope& errors, SqlState state) {
  XmlOwner<xmlXPathCompExpr> compiled(xmlXPathCtxtCompile(context, XmlChars(expression)));
  if (compiled == nullptr || errors.failed()) {
    throw errors.Error(state, "invalid XPath expression");
  }
  return compiled;
}

XmlOwner<xmlXPathObject> EvaluateXPath(xmlXPathContext* context, xmlXPathCompExpr* expression,
                                       const XmlErrorScope& errors) {
  XmlOwner<xmlXPathObject> found(xmlXPathCompiledEval(expression, context));
  if (found == nullptr || errors.failed()) {
    throw errors.Error(SqlState::kInternalError, "could not create XPath object");
  }
  return found;
}

std::string XmlNodeText(xmlNode* node) {
  if (node->type == XML_ATTRIBUTE_NODE || node->type == XML_TEXT_NODE) {
    const XmlOwner<xmlChar> text(xmlXPathCastNodeToString(node));
    return EscapeXml(XmlTextOf(text.get()));
  }
  // A copy, so that the namespaces it needs are declared in it.
  const XmlOwner<xmlBuffer> buffer(xmlBufferCreate());
  const XmlOwner<xmlNode> copy(
      node->type == XML_DOCUMENT_NODE ? nullptr : xmlCopyNode(node, 1));
  xmlNode* written = copy == nullptr ? node : copy.get();
  xmlNodeDump(buffer.get(), node->doc, written, 0, 0);
  return XmlTextOf(xmlBufferContent(buffer.get()));
}

}  // namespace grizzly::types
