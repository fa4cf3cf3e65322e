#include "types/xml/xml_table.h"

#include "types/xml/libxml.h"
#include "types/xml/xml_text.h"

namespace grizzly::types {
namespace {

XmlOwner<xmlXPathCompExpr> CompileFilter(xmlXPathContext* context, const std::string& path,
                                         const char* empty_message, const XmlErrorScope& errors) {
  if (path.empty()) throw SqlError(SqlState::kDataException, empty_message);
  return CompileXPath(context, path, errors, SqlState::kSyntaxError);
}

std::optional<std::string> NodesAsValue(xmlNodeSet* nodes, XmlColumnKind kind) {
  if (nodes == nullptr || nodes->nodeNr == 0) return std::nullopt;
  if (kind == XmlColumnKind::kXml) {
    std::string text;
    for (int i = 0; i < nodes->nodeNr; ++i) text += XmlNodeText(nodes->nodeTab[i]);
    return text;
  }
  if (nodes->nodeNr > 1) {
    throw SqlError(SqlState::kCardinalityViolation,
                   "more than one value returned by column XPath expression");
  }
  const XmlOwner<xmlChar> text(xmlXPathCastNodeSetToString(nodes));
  return XmlTextOf(text.get());
}

std::optional<std::string> ColumnValue(const xmlXPathObject& found, XmlColumnKind kind) {
  switch (found.type) {
    case XPATH_NODESET: return NodesAsValue(found.nodesetval, kind);
    case XPATH_STRING: {
      std::string text = XmlTextOf(found.stringval);
      return kind == XmlColumnKind::kXml ? EscapeXml(text) : text;
    }
    case XPATH_BOOLEAN:
      if (kind == XmlColumnKind::kNumber) return found.boolval != 0 ? "1" : "0";
      return found.boolval != 0 ? "true" : "false";
    case XPATH_NUMBER: {
      const XmlOwner<xmlChar> text(xmlXPathCastNumberToString(found.floatval));
      return XmlTextOf(text.get());
    }
    default: ThrowNotSupported("an XPath result of this kind");
  }
}

}  // namespace

struct XmlTableReader::Parts {
  XmlOwner<xmlParserCtxt> parser;
  XmlOwner<xmlDoc> document;
  XmlOwner<xmlXPathContext> context;
  XmlOwner<xmlXPathObject> rows;
  std::vector<XmlOwner<xmlXPathCompExpr>> paths;
  std::vector<XmlColumnKind> kinds;
  int next_row = 0;
};

XmlTableReader::XmlTableReader(std::string_view document, std::string_view row_path,
                               const XmlNamespaces& namespaces,
                               const std::vector<XmlTableColumn>& columns)
    : parts_(std::make_unique<Parts>()) {
  const XmlErrorScope errors(/*well_formed_only=*/false);
  Parts& parts = *parts_;
  parts.parser.reset(xmlNewParserCtxt());
  parts.document = ParseXmlForSearch(document, parts.parser.get(), errors);
  parts.context.reset(xmlXPathNewContext(parts.document.get()));
  parts.context->node = reinterpret_cast<xmlNode*>(parts.document.get());
  RegisterXmlNamespaces(parts.context.get(), namespaces);
  const auto rows = CompileFilter(parts.context.get(), std::string(row_path),
                                  "row path filter must not be empty string", errors);
  for (const XmlTableColumn& column : columns) {
    parts.paths.push_back(CompileFilter(parts.context.get(), column.path,
                                        "column path filter must not be empty string", errors));
    parts.kinds.push_back(column.kind);
  }
  parts.rows = EvaluateXPath(parts.context.get(), rows.get(), errors);
}

XmlTableReader::~XmlTableReader() = default;

bool XmlTableReader::NextRow() {
  Parts& parts = *parts_;
  if (parts.rows->type != XPATH_NODESET || parts.rows->nodesetval == nullptr) return false;
  if (parts.next_row >= parts.rows->nodesetval->nodeNr) return false;
  parts.context->node = parts.rows->nodesetval->nodeTab[parts.next_row++];
  return true;
}

std::optional<std::string> XmlTableReader::Value(size_t column) {
  const XmlErrorScope errors(/*well_formed_only=*/false);
  Parts& parts = *parts_;
  xmlNode* const row = parts.context->node;
  const auto found = EvaluateXPath(parts.context.get(), parts.paths[column].get(), errors);
  parts.context->node = row;
  return ColumnValue(*found, parts.kinds[column]);
}

}  // namespace grizzly::types
