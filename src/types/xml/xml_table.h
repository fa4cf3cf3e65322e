// The rows and columns that XMLTABLE finds in a document.
//
// ERRORS   2200M when the document is none, 42601 for a bad XPath expression, 22000 for an empty one,
//          21000 when a column that holds one value finds several
// THREADS  one at a time.
// SOURCE   PostgreSQL 15 docs, 9.15.3 "Processing XML"
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/xml/xml_parser.h"

namespace grizzly::types {

enum class XmlColumnKind : uint8_t {
  kText,    // the value of one node
  kNumber,  // the same; a truth value is 1 or 0
  kXml,     // all nodes as XML
};

struct XmlTableColumn {
  std::string path;
  XmlColumnKind kind = XmlColumnKind::kText;
};

class XmlTableReader {
 public:
  XmlTableReader(std::string_view document, std::string_view row_path,
                 const XmlNamespaces& namespaces, const std::vector<XmlTableColumn>& columns);
  ~XmlTableReader();
  XmlTableReader(const XmlTableReader&) = delete;
  XmlTableReader& operator=(const XmlTableReader&) = delete;

  // Moves to the next row; false at the end.
  bool NextRow();
  // A column of the current row; nullopt where nothing is found.
  std::optional<std::string> Value(size_t column);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace grizzly::types
