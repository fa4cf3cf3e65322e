// A snapshot answers for built-in and user objects alike, derives layouts, and a copy that is changed
// leaves the original as it was.
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "catalog/composed_type_io.h"
#include "catalog/object_text.h"
#include "sample_catalog.h"
#include "storage/key/key_layout.h"
#include "storage/row/row_layout.h"

namespace grizzly::catalog {
namespace {

TEST(SnapshotTest, BuiltInObjectsAreUnderneath) {
  const TenantSnapshot snapshot(TenantId(5));
  ASSERT_NE(snapshot.FindSchema("public"), nullptr);
  EXPECT_EQ(snapshot.FindSchema("public")->oid, kPublicSchema);
  EXPECT_EQ(snapshot.FindSchema(11)->name, "pg_catalog");
  ASSERT_NE(snapshot.FindSchema("information_schema"), nullptr);
  const RelationPtr pg_class = snapshot.FindRelation(kPgCatalogSchema, "pg_class");
  ASSERT_NE(pg_class, nullptr);
  EXPECT_EQ(pg_class->oid, kRelationClass);
  EXPECT_EQ(pg_class->kind, RelationKind::kTable);
  EXPECT_EQ(pg_class->columns.size(), 33u);
  const RelationPtr pg_tables = snapshot.FindRelation(kPgCatalogSchema, "pg_tables");
  ASSERT_NE(pg_tables, nullptr);
  EXPECT_EQ(pg_tables->kind, RelationKind::kView);
  EXPECT_FALSE(pg_tables->view->query.empty());
  EXPECT_EQ(snapshot.FindType(23)->name, "int4");
  EXPECT_EQ(snapshot.FindType(kPgCatalogSchema, "text")->oid, 25u);
  EXPECT_EQ(snapshot.ResolveType(1700, 655366).typmod, 655366);
}

TEST(SnapshotTest, ChangesToACopyLeaveTheOriginal) {
  const auto original = SampleCatalog();
  TenantSnapshot copy(*original);
  Relation renamed = *copy.FindRelation(16595);
  renamed.name = "q";
  Put(copy, renamed);
  EXPECT_EQ(copy.FindRelation(kPublicSchema, "p"), nullptr);
  ASSERT_NE(copy.FindRelation(kPublicSchema, "q"), nullptr);
  EXPECT_NE(original->FindRelation(kPublicSchema, "p"), nullptr);
  EXPECT_EQ(original->FindRelation(kPublicSchema, "q"), nullptr);
  EXPECT_NE(copy.FindRelation(16595)->version, original->FindRelation(16595)->version);
  copy.Apply({.id = {kRelationClass, 16595}});
  EXPECT_EQ(copy.FindRelation(16595), nullptr);
  EXPECT_EQ(copy.FindRelation(kPublicSchema, "q"), nullptr);
  EXPECT_FALSE(copy.HasConstraintName(kPublicSchema, "p_pkey"));
  EXPECT_TRUE(original->HasConstraintName(kPublicSchema, "p_pkey"));
}

TEST(SnapshotTest, LayoutsFollowColumnsAndClusteringIndex) {
  const auto snapshot = SampleCatalog();
  const RelationPtr p = snapshot->FindRelation(16595);
  EXPECT_EQ(p->tenant, TenantId(5));
  EXPECT_EQ(p->row_layouts->column_count(), 3u);
  ASSERT_NE(p->row_key, nullptr);
  EXPECT_EQ(p->row_key->part_count(), 1u);
  EXPECT_EQ(p->row_key->columns()[0], 0u);
  EXPECT_EQ(snapshot->FindRelation(16603)->index_key->columns()[0], 2u);
  EXPECT_EQ(snapshot->FindRelation(16606)->row_key, nullptr);
}

TEST(SnapshotTest, LoadedInAnyOrderTheSame) {
  const auto sample = SampleCatalog();
  std::vector<std::shared_ptr<Relation>> relations;
  for (const Oid oid : {16603u, 16601u, 16606u, 16595u}) {
    auto relation = std::make_shared<Relation>();
    DecodeRecord(EncodeRecord(*sample->FindRelation(oid)), relation.get());
    relations.push_back(std::move(relation));
  }
  TenantSnapshot loaded(TenantId(5));
  loaded.ApplyLoaded(std::move(relations));
  ASSERT_NE(loaded.FindRelation(16595)->row_key, nullptr);
  EXPECT_NE(loaded.FindRelation(16601)->index_key, nullptr);
  EXPECT_TRUE(loaded.HasConstraintName(kPublicSchema, "c_x_fkey"));
  EXPECT_EQ(loaded.DependentsOn(kRelationClass, 16595).size(),
            sample->DependentsOn(kRelationClass, 16595).size() - 2);  // no view, no sequence
}

TEST(SnapshotTest, MissingValuesReadAsGiven) {
  TenantSnapshot snapshot(*SampleCatalog());
  Relation c = *snapshot.FindRelation(16606);
  c.columns.push_back(SampleColumn(2, "added", 25));
  c.columns.back().has_missing = true;
  c.columns.back().missing_is_null = false;
  c.columns.back().missing_value = "a value that is long";
  c.layout_column_counts = {1, 2};
  std::string old_row;
  snapshot.FindRelation(16606)->row_layouts->Encode(std::vector{types::Datum::Of(int32_t{7})},
                                                    &old_row);
  Put(snapshot, c);
  const auto& layouts = *snapshot.FindRelation(16606)->row_layouts;
  EXPECT_EQ(layouts.Decode(old_row, 0).As<int32_t>(), 7);
  const types::Datum added = layouts.Decode(old_row, 1);
  EXPECT_EQ(added.AsString(), "a value that is long");
}

TEST(SnapshotTest, EnumsAndDomainsHaveTextForms) {
  const auto snapshot = SampleCatalog();
  Arena arena;
  const types::TypeIo* io = snapshot->FindTypeIo(16620);
  ASSERT_NE(io, nullptr);
  EXPECT_EQ(io->Input("y", -1, {}, arena).As<int64_t>(), 2);
  std::string text;
  io->Output(types::Datum::Of(int64_t{1}), {}, text);
  EXPECT_EQ(text, "x");
  try {
    io->Input("z", -1, {}, arena);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kInvalidTextRepresentation);
    EXPECT_STREQ(error.what(), "invalid input value for enum e: \"z\"");
  }
  EXPECT_EQ(snapshot->FindTypeIo(16626)->Input("42", -1, {}, arena).As<int32_t>(), 42);
  EXPECT_EQ(snapshot->FindTypeIo(16620), io);
}

TEST(SnapshotTest, ArraysOfUserTypes) {
  TenantSnapshot snapshot(*SampleCatalog());
  Put(snapshot, Type{.oid = 16619, .schema = kPublicSchema, .name = "_e", .category = 'A',
                     .element = 16620});
  const types::TypeIo* io = snapshot.FindTypeIo(16619);
  ASSERT_NE(io, nullptr);
  Arena arena;
  std::string text;
  io->Output(io->Input("{y,NULL,x}", -1, {}, arena), {}, text);
  EXPECT_EQ(text, "{y,NULL,x}");
  EXPECT_THROW(io->Input("{z}", -1, {}, arena), SqlError);
}

TEST(SnapshotTest, CompositesReadAndWriteRows) {
  const auto snapshot = SampleCatalog();
  const types::TypeIo* io = snapshot->FindTypeIo(16597);
  ASSERT_NE(io, nullptr);
  Arena arena;
  struct RowCase {
    const char* text;
    const char* back;
  };
  const RowCase kCases[] = {
      {"(1,2,x)", "(1,2,x)"},
      {" ( 1 , 2 ,\"a,\"\"b\\\\\") ", "(1,2,\"a,\"\"b\\\\\")"},
      {"(,,)", "(,,)"},
      {"(1,,\"\")", "(1,,\"\")"},
  };
  for (const RowCase& c : kCases) {
    const types::Datum value = io->Input(c.text, -1, {}, arena);
    std::string text;
    io->Output(value, {}, text);
    EXPECT_EQ(text, c.back);
    std::string binary, again;
    io->Send(value, {}, binary);
    io->Output(io->Receive(binary, -1, {}, arena), {}, again);
    EXPECT_EQ(again, text);
  }
  for (const char* bad : {"1,2,3", "(1,2)", "(1,2,3,4)", "(1,2,3", "(1,2,3)x"}) {
    EXPECT_THROW(io->Input(bad, -1, {}, arena), SqlError) << bad;
  }
}

TEST(SnapshotTest, DescriptionsAndFormats) {
  const auto snapshot = SampleCatalog();
  const SearchPath path = SearchPath::Resolve(*snapshot, {"$user", "public"}, "postgres", 0);
  const SearchPath hidden;
  const auto describe = [&](Oid object_class, Oid object, int32_t sub = 0) {
    return DescribeObject(*snapshot, path, {object_class, object, sub});
  };
  EXPECT_EQ(describe(kRelationClass, 16595), "table p");
  EXPECT_EQ(describe(kRelationClass, 16595, 2), "column a of table p");
  EXPECT_EQ(describe(kConstraintClass, 16602), "constraint p_pkey on table p");
  EXPECT_EQ(describe(kDefaultClass, 16599), "default value for column a of table p");
  EXPECT_EQ(describe(kTypeClass, 16620), "type e");
  EXPECT_EQ(describe(kSchemaClass, kPublicSchema), "schema public");
  EXPECT_EQ(FormatRelation(*snapshot, hidden, 16595), "public.p");
  EXPECT_EQ(FormatRelation(*snapshot, path, 99999), "99999");
  EXPECT_EQ(FormatType(*snapshot, hidden, 16620), "public.e");
  EXPECT_EQ(FormatType(*snapshot, path, 1043, 14), "character varying(10)");
}

}  // namespace
}  // namespace grizzly::catalog
