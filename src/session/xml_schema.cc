// The XML Schema side of session/xml_export.h.
#include <algorithm>

#include <fmt/format.h>

#include "facts/type_oids.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/xml_export.h"
#include "types/type_directory.h"
#include "types/xml/xml_text.h"

namespace grizzly::session {
namespace {

using Names = std::initializer_list<std::string_view>;

std::string XmlSchemaName(std::string_view identifier) { return FullXmlName(identifier); }

// "TableType.db.schema.table".
std::string JoinedXmlName(Names parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (!joined.empty()) joined += '.';
    joined += FullXmlName(part, /*escape_period=*/true);
  }
  return joined;
}

struct KnownXmlType {
  Oid type;
  std::string_view name;
};
constexpr KnownXmlType kKnownXmlTypes[] = {
    {facts::kBpcharOid, "CHAR"},           {facts::kVarcharOid, "VARCHAR"},
    {facts::kNumericOid, "NUMERIC"},       {facts::kInt4Oid, "INTEGER"},
    {facts::kInt2Oid, "SMALLINT"},         {facts::kInt8Oid, "BIGINT"},
    {facts::kFloat4Oid, "REAL"},           {facts::kFloat8Oid, "DOUBLE"},
    {facts::kBoolOid, "BOOLEAN"},          {facts::kTimeOid, "TIME"},
    {facts::kTimetzOid, "TIME_WTZ"},       {facts::kTimestampOid, "TIMESTAMP"},
    {facts::kTimestamptzOid, "TIMESTAMP_WTZ"}, {facts::kDateOid, "DATE"},
    {facts::kXmlOid, "XML"}};

class XmlSchemaWriter {
 public:
  XmlSchemaWriter(const SystemCall& call, const XmlMapping& mapping)
      : snapshot_(call.session.Snapshot()),
        database_(call.session.services().CurrentDatabase()),
        binary_is_hex_(call.session.services().ShowSetting("xmlbinary", true) == "hex"),
        mapping_(mapping) {}

  void Start() {
    text += "<xsd:schema\n    xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"";
    if (!mapping_.target_namespace.empty()) {
      text += fmt::format("\n    targetNamespace=\"{}\"\n    elementFormDefault=\"qualified\"",
                          mapping_.target_namespace);
    }
    text += ">\n\n";
  }
  void End() { text += "</xsd:schema>"; }

  // The types of all columns, each once; those that domains are over behind them.
  void Types(const std::vector<XmlColumn>& columns) {
    std::vector<Oid> all;
    const auto add = [&](Oid type) {
      if (std::find(all.begin(), all.end(), type) == all.end()) all.push_back(type);
    };
    for (const XmlColumn& column : columns) add(column.type.oid);
    for (size_t i = 0; i < all.size(); ++i) {
      const auto type = snapshot_->FindType(all[i]);
      if (type != nullptr && type->typtype == 'd') add(types::AnyDomainBaseOf(all[i]));
    }
    for (const Oid type : all) text += TypeText(type) + "\n";
  }

  void RowType(const std::string& name, const std::vector<XmlColumn>& columns) {
    text += fmt::format("<xsd:complexType name=\"{}\">\n  <xsd:sequence>\n", name);
    for (const XmlColumn& column : columns) {
      text += fmt::format("    <xsd:element name=\"{}\" type=\"{}\"{}></xsd:element>\n",
                          XmlSchemaName(column.name), TypeName(column.type.oid),
                          mapping_.nulls ? " nillable=\"true\"" : " minOccurs=\"0\"");
    }
    text += "  </xsd:sequence>\n</xsd:complexType>\n\n";
  }

  void Table(const std::vector<XmlColumn>& columns, const catalog::Relation* table) {
    std::string name = mapping_.table_forest ? "row" : "table";
    std::string table_type = "TableType", row_type = "RowType";
    if (table != nullptr) {
      const std::string& schema = snapshot_->FindSchema(table->schema)->name;
      name = XmlSchemaName(table->name);
      table_type = JoinedXmlName({"TableType", database_, schema, table->name});
      row_type = JoinedXmlName({"RowType", database_, schema, table->name});
    }
    RowType(row_type, columns);
    if (mapping_.table_forest) {
      text += fmt::format("<xsd:element name=\"{}\" type=\"{}\"/>\n\n", name, row_type);
      return;
    }
    text += fmt::format(
        "<xsd:complexType name=\"{}\">\n  <xsd:sequence>\n    <xsd:element name=\"row\" "
        "type=\"{}\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>\n  </xsd:sequence>\n"
        "</xsd:complexType>\n\n",
        table_type, row_type);
    text += fmt::format("<xsd:element name=\"{}\" type=\"{}\"/>\n\n", name, table_type);
  }

  void Schema(const std::vector<catalog::RelationPtr>& tables, std::string_view schema) {
    const std::string type = JoinedXmlName({"SchemaType", database_, schema});
    const std::string_view group = mapping_.table_forest ? "sequence" : "all";
    text += fmt::format("<xsd:complexType name=\"{}\">\n  <xsd:{}>\n", type, group);
    for (const catalog::RelationPtr& table : tables) {
      text += fmt::format(
          "    <xsd:element name=\"{}\" type=\"{}\"{}/>\n", XmlSchemaName(table->name),
          JoinedXmlName({mapping_.table_forest ? "RowType" : "TableType", database_, schema,
                         table->name}),
          mapping_.table_forest ? " minOccurs=\"0\" maxOccurs=\"unbounded\"" : "");
    }
    text += fmt::format("  </xsd:{}>\n</xsd:complexType>\n\n", group);
    text += fmt::format("<xsd:element name=\"{}\" type=\"{}\"/>\n\n", XmlSchemaName(schema), type);
  }

  void Database(const std::vector<std::string>& schemas) {
    const std::string type = JoinedXmlName({"CatalogType", database_});
    text += fmt::format("<xsd:complexType name=\"{}\">\n  <xsd:all>\n", type);
    for (const std::string& schema : schemas) {
      text += fmt::format("    <xsd:element name=\"{}\" type=\"{}\"/>\n", XmlSchemaName(schema),
                          JoinedXmlName({"SchemaType", database_, schema}));
    }
    text += "  </xsd:all>\n</xsd:complexType>\n\n";
    text += fmt::format("<xsd:element name=\"{}\" type=\"{}\"/>\n\n", XmlSchemaName(database_), type);
  }

  std::string text;

 private:
  std::string TypeName(Oid oid) const {
    for (const KnownXmlType& known : kKnownXmlTypes) {
      if (known.type == oid) return std::string(known.name);
    }
    const auto type = snapshot_->FindType(oid);
    return JoinedXmlName({type->typtype == 'd' ? "Domain" : "UDT", database_,
                          snapshot_->FindSchema(type->schema)->name, type->name});
  }

  static std::string Integer(std::string_view base, int64_t maximum, int64_t minimum) {
    return fmt::format(
        "  <xsd:restriction base=\"xsd:{}\">\n    <xsd:maxInclusive value=\"{}\"/>\n"
        "    <xsd:minInclusive value=\"{}\"/>\n  </xsd:restriction>\n",
        base, maximum, minimum);
  }
  static std::string Pattern(std::string_view base, std::string_view pattern, bool has_zone) {
    return fmt::format(
        "  <xsd:restriction base=\"xsd:{}\">\n    <xsd:pattern value=\"{}{}\"/>\n"
        "  </xsd:restriction>\n",
        base, pattern, has_zone ? "(\\+|-)\\p{Nd}{2}:\\p{Nd}{2}" : "");
  }
  static std::string Plain(std::string_view base) {
    return fmt::format("  <xsd:restriction base=\"xsd:{}\"></xsd:restriction>\n", base);
  }

  std::string Restriction(Oid type) const {
    constexpr std::string_view kTime = "\\p{Nd}{2}:\\p{Nd}{2}:\\p{Nd}{2}(.\\p{Nd}+)?";
    constexpr std::string_view kDate = "\\p{Nd}{4}-\\p{Nd}{2}-\\p{Nd}{2}";
    switch (type) {
      case facts::kBpcharOid:
      case facts::kVarcharOid:
      case facts::kTextOid:
        return "  <xsd:restriction base=\"xsd:string\">\n  </xsd:restriction>\n";
      case facts::kByteaOid:
        return fmt::format("  <xsd:restriction base=\"xsd:{}\">\n  </xsd:restriction>\n",
                           binary_is_hex_ ? "hexBinary" : "base64Binary");
      case facts::kInt2Oid: return Integer("short", INT16_MAX, INT16_MIN);
      case facts::kInt4Oid: return Integer("int", INT32_MAX, INT32_MIN);
      case facts::kInt8Oid: return Integer("long", INT64_MAX, INT64_MIN);
      case facts::kFloat4Oid: return Plain("float");
      case facts::kFloat8Oid: return Plain("double");
      case facts::kBoolOid: return Plain("boolean");
      case facts::kTimeOid: return Pattern("time", kTime, false);
      case facts::kTimetzOid: return Pattern("time", kTime, true);
      case facts::kTimestampOid:
      case facts::kTimestamptzOid:
        return Pattern("dateTime", fmt::format("{}T{}", kDate, kTime),
                       type == facts::kTimestamptzOid);
      case facts::kDateOid: return Pattern("date", kDate, false);
      default: break;
    }
    const auto found = snapshot_->FindType(type);
    if (found == nullptr || found->typtype != 'd') return "";
    return fmt::format("  <xsd:restriction base=\"{}\"/>\n",
                       TypeName(types::AnyDomainBaseOf(type)));
  }

  std::string TypeText(Oid type) const {
    if (type == facts::kXmlOid) {
      return "<xsd:complexType mixed=\"true\">\n  <xsd:sequence>\n    <xsd:any name=\"element\" "
             "minOccurs=\"0\" maxOccurs=\"unbounded\" processContents=\"skip\"/>\n"
             "  </xsd:sequence>\n</xsd:complexType>\n";
    }
    return fmt::format("<xsd:simpleType name=\"{}\">\n{}</xsd:simpleType>\n", TypeName(type),
                       Restriction(type));
  }

  const catalog::SnapshotPtr snapshot_;
  const std::string database_;
  const bool binary_is_hex_;
  const XmlMapping& mapping_;
};

std::vector<XmlColumn> ColumnsOfAll(const std::vector<catalog::RelationPtr>& tables) {
  std::vector<XmlColumn> all;
  for (const catalog::RelationPtr& table : tables) {
    for (XmlColumn& column : XmlColumnsOf(*table)) all.push_back(std::move(column));
  }
  return all;
}

}  // namespace

std::string FullXmlName(std::string_view identifier, bool escape_period) {
  std::string name;
  for (const char c : types::XmlNameOf(identifier, escape_period)) {
    name += c == ':' ? std::string("_x003A_") : std::string(1, c);
  }
  const bool is_reserved = name.size() >= 3 && (name[0] == 'x' || name[0] == 'X') &&
                           (name[1] == 'm' || name[1] == 'M') &&
                           (name[2] == 'l' || name[2] == 'L');
  if (is_reserved) name.replace(0, 1, name[0] == 'x' ? "_x0078_" : "_x0058_");
  return name;
}

std::vector<XmlColumn> XmlColumnsOf(const catalog::Relation& table) {
  std::vector<XmlColumn> columns;
  for (const catalog::Column& column : table.columns) {
    if (!column.dropped) columns.push_back({column.name, column.type});
  }
  return columns;
}

std::string XmlSchemaOfRows(const SystemCall& call, const std::vector<XmlColumn>& columns,
                            const catalog::Relation* table, const XmlMapping& mapping) {
  XmlSchemaWriter writer(call, mapping);
  writer.Start();
  writer.Types(columns);
  writer.Table(columns, table);
  writer.End();
  return std::move(writer.text);
}

std::string XmlSchemaOfSchema(const SystemCall& call,
                              const std::vector<catalog::RelationPtr>& tables,
                              std::string_view schema, const XmlMapping& mapping) {
  XmlSchemaWriter writer(call, mapping);
  writer.Start();
  writer.Types(ColumnsOfAll(tables));
  writer.Schema(tables, schema);
  writer.End();
  return std::move(writer.text);
}

std::string XmlSchemaOfDatabase(
    const SystemCall& call,
    const std::vector<std::pair<std::string, std::vector<catalog::RelationPtr>>>& schemas,
    const XmlMapping& mapping) {
  XmlSchemaWriter writer(call, mapping);
  writer.Start();
  std::vector<catalog::RelationPtr> all;
  std::vector<std::string> names;
  for (const auto& [name, tables] : schemas) {
    names.push_back(name);
    all.insert(all.end(), tables.begin(), tables.end());
  }
  writer.Types(ColumnsOfAll(all));
  for (const auto& [name, tables] : schemas) writer.Schema(tables, name);
  writer.Database(names);
  writer.End();
  return std::move(writer.text);
}

}  // namespace grizzly::session
