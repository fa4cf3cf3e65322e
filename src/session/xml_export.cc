#include "session/xml_export.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "catalog/object_text.h"
#include "functions/xml/xml_values.h"
#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {
namespace {

using catalog::RelationPtr;

constexpr std::string_view kInstance = "http://www.w3.org/2001/XMLSchema-instance";

// The last three arguments of every one of these functions.
XmlMapping MappingOf(const SystemCall& call) {
  const size_t first = call.arguments.size() - 3;
  return {call.arguments[first].AsBool(), call.arguments[first + 1].AsBool(),
          std::string(call.TextAt(first + 2))};
}

std::string RootStart(std::string_view name, bool has_schema, const XmlMapping& mapping,
                      bool top_level) {
  std::string text = fmt::format("<{}", name);
  if (top_level) {
    text += fmt::format(" xmlns:xsi=\"{}\"", kInstance);
    if (!mapping.target_namespace.empty()) {
      text += fmt::format(" xmlns=\"{}\"", mapping.target_namespace);
    }
  }
  if (has_schema) {
    text += mapping.target_namespace.empty()
                ? std::string(" xsi:noNamespaceSchemaLocation=\"#\"")
                : fmt::format(" xsi:schemaLocation=\"{} #\"", mapping.target_namespace);
  }
  return text + ">\n";
}

std::string RootEnd(std::string_view name) { return fmt::format("</{}>\n", name); }

// Rows of one query, table or cursor.
class XmlRowsWriter {
 public:
  // `table`: its name, or empty.
  XmlRowsWriter(const SystemCall& call, const XmlMapping& mapping, std::string_view table,
                bool top_level)
      : call_(call), mapping_(mapping), top_level_(top_level) {
    if (!table.empty()) {
      name_ = FullXmlName(table);
    } else {
      name_ = mapping.table_forest ? "row" : "table";
    }
    context_.io = &call.session.settings().effective().io;
    context_.session = &call.session.services();
  }

  void Start(bool has_schema, std::string_view schema) {
    if (!mapping_.table_forest) text += RootStart(name_, has_schema, mapping_, top_level_) + "\n";
    if (has_schema) text += fmt::format("{}\n\n", schema);
  }
  void Rows(const std::vector<XmlColumn>& columns, const types::Batch& batch) {
    for (uint32_t row = 0; row < batch.row_count(); ++row) Row(columns, batch, row);
  }
  void End() {
    if (!mapping_.table_forest) text += RootEnd(name_);
  }

  std::string text;

 private:
  void Row(const std::vector<XmlColumn>& columns, const types::Batch& batch, uint32_t row) {
    text += mapping_.table_forest ? RootStart(name_, false, mapping_, top_level_) : "<row>\n";
    for (size_t i = 0; i < columns.size(); ++i) {
      const types::Datum value = batch.column(i).GetDatum(row);
      const std::string name = FullXmlName(columns[i].name);
      if (!value.is_null()) {
        text += fmt::format("  <{0}>{1}</{0}>\n", name,
                            functions::ValueAsXml(context_, columns[i].type, value, true));
      } else if (mapping_.nulls) {
        text += fmt::format("  <{} xsi:nil=\"true\"/>\n", name);
      }
    }
    text += mapping_.table_forest ? RootEnd(name_) + "\n" : "</row>\n\n";
  }

  const SystemCall& call_;
  const XmlMapping& mapping_;
  const bool top_level_;
  std::string name_;
  functions::FunctionContext context_;
};

std::vector<XmlColumn> ColumnsOfPlan(const plan::Plan& plan) {
  std::vector<XmlColumn> columns;
  for (const plan::PlanColumn& column : plan.columns) columns.push_back({column.name, column.type});
  return columns;
}

std::string QueryAsXml(const SystemCall& call, std::string_view sql, const RelationPtr& table,
                       const XmlMapping& mapping, bool with_schema, bool top_level) {
  XmlRowsWriter writer(call, mapping, table == nullptr ? "" : std::string_view(table->name),
                       top_level);
  const plan::PlanPtr plan = call.session.PlanText(sql);
  const std::vector<XmlColumn> columns = ColumnsOfPlan(*plan);
  writer.Start(with_schema, with_schema
                                ? XmlSchemaOfRows(call, columns, table.get(), mapping)
                                : std::string());
  call.session.RunPlanned(plan, [&](const types::Batch& batch) { writer.Rows(columns, batch); });
  writer.End();
  return std::move(writer.text);
}

std::string SelectFrom(const SystemCall& call, const catalog::Relation& table) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  return "SELECT * FROM " +
         catalog::QuoteQualified(snapshot->FindSchema(table.schema)->name, table.name);
}

std::string TableAsXml(const SystemCall& call, const RelationPtr& table, const XmlMapping& mapping,
                       bool with_schema, bool top_level) {
  return QueryAsXml(call, SelectFrom(call, *table), table, mapping, with_schema, top_level);
}

// ---- schemas and the database ----

std::vector<RelationPtr> TablesOf(const SystemCall& call, Oid schema) {
  std::vector<RelationPtr> tables;
  call.session.Snapshot()->ForEachRelation([&](const RelationPtr& relation) {
    using Kind = catalog::RelationKind;
    const bool has_rows = relation->kind == Kind::kTable || relation->kind == Kind::kView ||
                          relation->kind == Kind::kMaterializedView;
    if (relation->schema == schema && has_rows) tables.push_back(relation);
  });
  std::sort(tables.begin(), tables.end(),
            [](const RelationPtr& a, const RelationPtr& b) { return a->name < b->name; });
  return tables;
}

const catalog::Schema& SchemaNamed(const catalog::SnapshotPtr& snapshot, std::string_view name) {
  const catalog::Schema* schema = snapshot->FindSchema(name);
  if (schema != nullptr) return *schema;
  throw SqlError(SqlState::kInvalidSchemaName, fmt::format("schema \"{}\" does not exist", name));
}

std::string SchemaAsXml(const SystemCall& call, const catalog::Schema& schema,
                        const XmlMapping& mapping, bool with_schema, bool top_level) {
  const std::string name = FullXmlName(schema.name);
  const std::vector<RelationPtr> tables = TablesOf(call, schema.oid);
  std::string text = RootStart(name, with_schema, mapping, top_level) + "\n";
  if (with_schema) text += XmlSchemaOfSchema(call, tables, schema.name, mapping) + "\n\n";
  for (const RelationPtr& table : tables) {
    text += TableAsXml(call, table, mapping, false, false) + "\n";
  }
  return text + RootEnd(name);
}

std::vector<std::pair<std::string, std::vector<RelationPtr>>> UserSchemas(const SystemCall& call) {
  std::vector<std::pair<std::string, std::vector<RelationPtr>>> schemas;
  call.session.Snapshot()->ForEachSchema([&](const catalog::Schema& schema) {
    if (schema.name.starts_with("pg_") || schema.name == "information_schema") return;
    schemas.emplace_back(schema.name, TablesOf(call, schema.oid));
  });
  std::sort(schemas.begin(), schemas.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return schemas;
}

std::string DatabaseAsXml(const SystemCall& call, const XmlMapping& mapping, bool with_schema) {
  const std::string name = FullXmlName(call.session.services().CurrentDatabase());
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  std::string text = RootStart(name, with_schema, mapping, true) + "\n";
  const auto schemas = UserSchemas(call);
  if (with_schema) text += XmlSchemaOfDatabase(call, schemas, mapping) + "\n\n";
  for (const auto& [schema, tables] : schemas) {
    text += SchemaAsXml(call, SchemaNamed(snapshot, schema), mapping, false, false) + "\n";
  }
  return text + RootEnd(name);
}

// ---- the functions ----

enum class Shape : uint8_t { kData, kSchema, kBoth };

types::Datum OfQuery(const SystemCall& call, Shape shape) {
  const XmlMapping mapping = MappingOf(call);
  if (shape == Shape::kSchema) {
    return call.Text(XmlSchemaOfRows(
        call, ColumnsOfPlan(*call.session.PlanText(call.TextAt(0))), nullptr, mapping));
  }
  return call.Text(
      QueryAsXml(call, call.TextAt(0), nullptr, mapping, shape == Shape::kBoth, true));
}

types::Datum OfTable(const SystemCall& call, Shape shape) {
  const XmlMapping mapping = MappingOf(call);
  const RelationPtr table = RequireRelation(call, call.OidAt(0));
  if (shape == Shape::kSchema) {
    return call.Text(XmlSchemaOfRows(call, XmlColumnsOf(*table), table.get(), mapping));
  }
  return call.Text(TableAsXml(call, table, mapping, shape == Shape::kBoth, true));
}

types::Datum OfSchema(const SystemCall& call, Shape shape) {
  const XmlMapping mapping = MappingOf(call);
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::Schema& schema = SchemaNamed(snapshot, call.TextAt(0));
  if (shape == Shape::kSchema) {
    return call.Text(
        XmlSchemaOfSchema(call, TablesOf(call, schema.oid), schema.name, mapping));
  }
  return call.Text(SchemaAsXml(call, schema, mapping, shape == Shape::kBoth, true));
}

types::Datum OfDatabase(const SystemCall& call, Shape shape) {
  const XmlMapping mapping = MappingOf(call);
  if (shape == Shape::kSchema) {
    return call.Text(XmlSchemaOfDatabase(call, UserSchemas(call), mapping));
  }
  return call.Text(DatabaseAsXml(call, mapping, shape == Shape::kBoth));
}

types::Datum CursorToXml(const SystemCall& call) {
  const XmlMapping mapping = MappingOf(call);
  XmlRowsWriter writer(call, mapping, "", true);
  writer.Start(false, "");
  std::vector<XmlColumn> columns;
  call.session.FetchCursor(
      call.TextAt(0), call.arguments[1].As<int32_t>(),
      [&](const std::vector<std::pair<std::string, types::SqlType>>& described) {
        for (const auto& [name, type] : described) columns.push_back({name, type});
      },
      [&](const types::Batch& batch) { writer.Rows(columns, batch); });
  writer.End();
  return call.Text(writer.text);
}

types::Datum CursorToXmlSchema(const SystemCall& call) {
  const XmlMapping mapping = MappingOf(call);
  std::vector<XmlColumn> columns;
  call.session.FetchCursor(
      call.TextAt(0), -1,
      [&](const std::vector<std::pair<std::string, types::SqlType>>& described) {
        for (const auto& [name, type] : described) columns.push_back({name, type});
      },
      [](const types::Batch&) {});
  return call.Text(XmlSchemaOfRows(call, columns, nullptr, mapping));
}

template <types::Datum (*kOf)(const SystemCall&, Shape), Shape kShape>
types::Datum InShape(const SystemCall& call) {
  return kOf(call, kShape);
}

}  // namespace

std::span<const SystemFunctionEntry> XmlExportFunctions() {
  static constexpr SystemFunctionEntry kFunctions[] = {
      {"query_to_xml", InShape<OfQuery, Shape::kData>},
      {"query_to_xmlschema", InShape<OfQuery, Shape::kSchema>},
      {"query_to_xml_and_xmlschema", InShape<OfQuery, Shape::kBoth>},
      {"table_to_xml", InShape<OfTable, Shape::kData>},
      {"table_to_xmlschema", InShape<OfTable, Shape::kSchema>},
      {"table_to_xml_and_xmlschema", InShape<OfTable, Shape::kBoth>},
      {"schema_to_xml", InShape<OfSchema, Shape::kData>},
      {"schema_to_xmlschema", InShape<OfSchema, Shape::kSchema>},
      {"schema_to_xml_and_xmlschema", InShape<OfSchema, Shape::kBoth>},
      {"database_to_xml", InShape<OfDatabase, Shape::kData>},
      {"database_to_xmlschema", InShape<OfDatabase, Shape::kSchema>},
      {"database_to_xml_and_xmlschema", InShape<OfDatabase, Shape::kBoth>},
      {"cursor_to_xml", CursorToXml},
      {"cursor_to_xmlschema", CursorToXmlSchema},
  };
  return kFunctions;
}

}  // namespace grizzly::session
