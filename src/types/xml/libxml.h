// libxml2's objects with owners, and what it complains about: for the files of types/xml.
//
// THREADS  any; an ErrorScope belongs to its thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>

#include "base/error/sql_error.h"

namespace grizzly::types {

struct FreeXml {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
  void operator()(xmlXPathCompExpr* expression) const { xmlXPathFreeCompExpr(expression); }
  void operator()(xmlBuffer* buffer) const { xmlBufferFree(buffer); }
  void operator()(xmlChar* text) const { xmlFree(text); }
  void operator()(xmlNode* node) const { xmlFreeNode(node); }
};
template <typename T>
using XmlOwner = std::unique_ptr<T, FreeXml>;

inline const xmlChar* XmlChars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}
inline std::string XmlTextOf(const xmlChar* text) {
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

// Gathers what libxml2 says on this thread while it lives.
class XmlErrorScope {
 public:
  // `well_formed_only`: complaints about namespaces and the like do not count.
  explicit XmlErrorScope(bool well_formed_only);
  ~XmlErrorScope();
  XmlErrorScope(const XmlErrorScope&) = delete;
  XmlErrorScope& operator=(const XmlErrorScope&) = delete;

  bool failed() const { return failed_; }
  SqlError Error(SqlState state, std::string message) const;

 private:
  static void Take(void* self, xmlError* error);
  bool Counts(const xmlError& error) const;
  void Add(const xmlError& error);
  void AddPlace(const xmlParserCtxt* context);

  const bool well_formed_only_;
  bool failed_ = false;
  std::string text_;
};

// A document to search in; throws 2200M.
XmlOwner<xmlDoc> ParseXmlForSearch(std::string_view text, xmlParserCtxt* context,
                                   const XmlErrorScope& errors);
// Throws XX000 when a name cannot be registered.
void RegisterXmlNamespaces(xmlXPathContext* context,
                           const std::vector<std::pair<std::string, std::string>>& namespaces);
// Throws `state` for a bad expression.
XmlOwner<xmlXPathCompExpr> CompileXPath(xmlXPathContext* context, const std::string& expression,
                                        const XmlErrorScope& errors, SqlState state);
XmlOwner<xmlXPathObject> EvaluateXPath(xmlXPathContext* context, xmlXPathCompExpr* expression,
                                       const XmlErrorScope& errors);
// A node as XML text.
std::string XmlNodeText(xmlNode* node);

}  // namespace grizzly::types
