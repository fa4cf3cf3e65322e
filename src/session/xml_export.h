// Tables, queries and cursors as XML, and as the XML Schema of it: query_to_xml and its kin.
//
// SOURCE  SQL/XML, "Mapping SQL tables to XML documents"; PostgreSQL 15 docs, 9.15.4
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/relation.h"
#include "session/system_functions.h"
#include "types/sql_type.h"

namespace grizzly::session {

// An XML name for an identifier, without colons and not beginning with "xml".
std::string FullXmlName(std::string_view identifier, bool escape_period = false);

// What all the functions take.
struct XmlMapping {
  bool nulls = false;         // NULLs as elements with xsi:nil; else left out
  bool table_forest = false;  // a row is an element of the table's name; else <row> within one
  std::string target_namespace;
};

struct XmlColumn {
  std::string name;
  types::SqlType type;
};

// The XML Schema of rows. `table`: whose they are; null: a query's.
std::string XmlSchemaOfRows(const SystemCall& call, const std::vector<XmlColumn>& columns,
                            const catalog::Relation* table, const XmlMapping& mapping);
// Of a schema's tables together.
std::string XmlSchemaOfSchema(const SystemCall& call, const std::vector<catalog::RelationPtr>& tables,
                              std::string_view schema, const XmlMapping& mapping);
// Of all tables of the database, by schema.
std::string XmlSchemaOfDatabase(
    const SystemCall& call,
    const std::vector<std::pair<std::string, std::vector<catalog::RelationPtr>>>& schemas,
    const XmlMapping& mapping);
std::vector<XmlColumn> XmlColumnsOf(const catalog::Relation& table);

}  // namespace grizzly::session
