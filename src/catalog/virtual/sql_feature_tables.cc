// information_schema's own tables: sql_features, sql_implementation_info, sql_parts, sql_sizing.
#include "catalog/builtin.h"
#include "catalog/virtual/row_writer.h"
#include "facts/catalog_relations.h"
#include "facts/sql_features.h"

namespace grizzly::catalog {
namespace {

void ProduceFeatures(RowWriter& rows) {
  for (const facts::SqlFeatureFact& fact : facts::AllSqlFeatures()) {
    rows.Fact(fact.feature_id);
    rows.Fact(fact.feature_name);
    rows.Fact(fact.sub_feature_id);
    rows.Fact(fact.sub_feature_name);
    rows.Fact(fact.is_supported);
    rows.Fact(fact.is_verified_by);
    rows.Fact(fact.comments);
    rows.Emit();
  }
}

void ProduceImplementation(RowWriter& rows) {
  for (const facts::SqlImplementationFact& fact : facts::AllSqlImplementations()) {
    rows.Fact(fact.implementation_info_id);
    rows.Fact(fact.implementation_info_name);
    rows.Literal(fact.integer_value);
    rows.Fact(fact.character_value);
    rows.Fact(fact.comments);
    rows.Emit();
  }
}

void ProduceParts(RowWriter& rows) {
  for (const facts::SqlPartFact& fact : facts::AllSqlParts()) {
    rows.Fact(fact.feature_id);
    rows.Fact(fact.feature_name);
    rows.Fact(fact.is_supported);
    rows.Fact(fact.is_verified_by);
    rows.Fact(fact.comments);
    rows.Emit();
  }
}

void ProduceSizing(RowWriter& rows) {
  for (const facts::SqlSizingFact& fact : facts::AllSqlSizings()) {
    rows.Int4(fact.sizing_id);
    rows.Fact(fact.sizing_name);
    rows.Literal(fact.supported_value);
    rows.Fact(fact.comments);
    rows.Emit();
  }
}

Oid InformationSchemaTable(std::string_view name) {
  const Oid schema = BuiltinCatalog::Get().information_schema();
  const facts::RelationFact* fact = facts::FindRelationByName(schema, name);
  return fact == nullptr ? kInvalidOid : fact->oid;
}

}  // namespace

std::span<const CatalogTableSource> SqlFeatureTables() {
  static const CatalogTableSource kTables[] = {
      {InformationSchemaTable("sql_features"), ProduceFeatures},
      {InformationSchemaTable("sql_implementation_info"), ProduceImplementation},
      {InformationSchemaTable("sql_parts"), ProduceParts},
      {InformationSchemaTable("sql_sizing"), ProduceSizing},
  };
  return kTables;
}

}  // namespace grizzly::catalog
