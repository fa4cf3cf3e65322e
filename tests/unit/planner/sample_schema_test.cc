// The sample schema itself, and that its tables can be read.
#include "sample_schema.h"

#include <gtest/gtest.h>

namespace grizzly::planner {
namespace {

using catalog::Column;
using catalog::Relation;

constexpr Oid kPublic = 2200;
constexpr Oid kPgCatalog = 11;

struct ColumnSketch {
  const char* name;
  Oid type;
  int32_t typmod = -1;
  bool not_null = false;
  const char* default_value = "";
  char identity = '\0';
  char generated = '\0';
};

std::shared_ptr<Relation> MakeTable(Oid oid, const char* name,
                                    const std::vector<ColumnSketch>& columns) {
  auto table = std::make_shared<Relation>();
  table->oid = oid;
  table->schema = kPublic;
  table->name = name;
  table->owner = 10;
  table->tenant = TenantId{1};
  table->storage = StorageId{oid};
  table->access_method = "heap";
  for (const ColumnSketch& sketch : columns) {
    Column column;
    column.name = sketch.name;
    column.type = types::BuiltinType(sketch.type, sketch.typmod);
    column.attnum = static_cast<AttributeNumber>(table->columns.size() + 1);
    column.not_null = sketch.not_null;
    column.default_value = {sketch.default_value, {kPgCatalog, kPublic}};
    column.identity = sketch.identity;
    column.generated = sketch.generated;
    table->columns.push_back(column);
  }
  return table;
}

// A unique index; the primary key's is the one rows are clustered by.
std::shared_ptr<Relation> AddUnique(Relation& table, Oid oid, const char* name,
                                    std::vector<AttributeNumber> columns, bool primary,
                                    const char* predicate = "") {
  auto index = std::make_shared<Relation>();
  index->oid = oid;
  index->schema = kPublic;
  index->name = name;
  index->kind = catalog::RelationKind::kIndex;
  index->tenant = table.tenant;
  index->index.emplace();
  index->index->table = table.oid;
  index->index->unique = true;
  index->index->primary = primary;
  index->index->clustered_by = primary;
  index->index->index_id = IndexId{primary ? 0 : oid};
  index->index->predicate = {predicate, {kPgCatalog, kPublic}};
  for (const AttributeNumber attnum : columns) {
    catalog::IndexDefinition::Part part;
    part.column = attnum;
    part.type = table.columns[attnum - 1].type;
    index->index->parts.push_back(part);
  }
  table.indexes.push_back(oid);
  catalog::Constraint constraint;
  constraint.oid = oid + 1000;
  constraint.name = name;
  constraint.kind = primary ? catalog::ConstraintKind::kPrimaryKey : catalog::ConstraintKind::kUnique;
  constraint.columns = std::move(columns);
  constraint.index = oid;
  if (*predicate == '\0') table.constraints.push_back(constraint);
  return index;
}

std::shared_ptr<Relation> MakeView(Oid oid, const char* name, const char* query,
                                   const std::vector<ColumnSketch>& columns) {
  auto view = MakeTable(oid, name, columns);
  view->kind = catalog::RelationKind::kView;
  view->access_method.clear();
  view->view.emplace();
  view->view->query = {query, {kPgCatalog, kPublic}};
  return view;
}

}  // namespace

SampleSchema::SampleSchema() : search_path_({kPgCatalog, kPublic}) {
  using namespace facts;
  auto t = MakeTable(20001, "t", {{"a", kInt4Oid, -1, true}, {"b", kTextOid}, {"c", kNumericOid, (10 << 16 | 2) + 4},
                                  {"d", kDateOid}, {"e", kInt8Oid}, {"f", kFloat8Oid}, {"g", kBoolOid}});
  auto t_key = AddUnique(*t, 20002, "t_pkey", {1}, true);
  auto u = MakeTable(20003, "u", {{"a", kInt4Oid}, {"x", kVarcharOid, 14}, {"y", kTimestampOid},
                                  {"z", kInt4ArrayOid}, {"tz", kTimestamptzOid}});
  catalog::Constraint positive;
  positive.oid = 29001;
  positive.name = "u_a_check";
  positive.check = {"a > 0", {kPgCatalog, kPublic}};
  positive.columns = {1};
  u->constraints.push_back(positive);
  auto u_x = AddUnique(*u, 20004, "u_x_key", {2}, false);
  auto u_partial = AddUnique(*u, 20005, "u_partial", {1}, false, "x = 'on'");
  auto auto_ids = MakeTable(20006, "ids", {{"id", kInt4Oid, -1, true, "", 'a'},
                                           {"n", kInt4Oid, -1, false, "7"},
                                           {"twice", kInt4Oid, -1, false, "n * 2", '\0', 's'}});
  auto v = MakeView(20007, "v", "SELECT a, b || '!' AS shout FROM t WHERE a > 1",
                    {{"a", kInt4Oid}, {"shout", kTextOid}});
  auto snapshot = std::make_shared<catalog::TenantSnapshot>(TenantId{1});
  snapshot->ApplyLoaded({t, t_key, u, u_x, u_partial, auto_ids, v});
  snapshot->SealVersion();
  snapshot_ = std::move(snapshot);
}

namespace {

TEST(SampleSchemaTest, HasItsTables) {
  const SampleSchema schema;
  EXPECT_NE(schema.search_path().FindRelation(*schema.snapshot(), "t"), nullptr);
  EXPECT_NE(schema.search_path().FindRelation(*schema.snapshot(), "pg_class"), nullptr);
}

}  // namespace
}  // namespace grizzly::planner
