// Shows: catalogs, views, settings, keywords and the smaller tables are whole and found by name.
#include "facts/catalog_relations.h"

#include <gtest/gtest.h>

#include "facts/collations.h"
#include "facts/conversions.h"
#include "facts/descriptions.h"
#include "facts/keywords.h"
#include "facts/namespaces.h"
#include "facts/procs.h"
#include "facts/roles.h"
#include "facts/settings.h"
#include "facts/sql_features.h"
#include "facts/system_views.h"
#include "facts/text_search.h"
#include "facts/time_zones.h"
#include "facts/types.h"

namespace grizzly::facts {
namespace {

TEST(CatalogRelationsTest, ColumnsKeysAndRowTypes) {
  const RelationFact* pg_class = FindRelationByName(kPgCatalogNamespaceOid, "pg_class");
  ASSERT_NE(pg_class, nullptr);
  EXPECT_EQ(pg_class->oid, 1259u);
  EXPECT_EQ(ColumnsOf(1259)[1].attname, "relname");
  EXPECT_EQ(IndexesOf(1259).size(), 3u);
  EXPECT_EQ(FindRelationByName(kPublicNamespaceOid, "pg_class"), nullptr);
  for (const RelationFact& row : AllRelations()) {
    SCOPED_TRACE(row.relname);
    if (row.relkind == 'i') continue;
    EXPECT_EQ(ColumnsOf(row.oid).size(), static_cast<size_t>(row.relnatts));
    const TypeFact* type = FindType(row.reltype);
    ASSERT_NE(type, nullptr);
    EXPECT_EQ(type->typrelid, row.oid);
    for (const ColumnFact& column : ColumnsOf(row.oid)) {
      EXPECT_NE(FindType(column.atttypid), nullptr) << column.attname;
    }
  }
  for (const IndexFact& row : AllIndexes()) EXPECT_NE(FindRelation(row.indexrelid), nullptr);
  EXPECT_FALSE(AllConstraints().empty());
  EXPECT_FALSE(AllForeignKeys().empty());
}

TEST(SystemViewsTest, EveryViewHasItsText) {
  EXPECT_NE(FindSystemViewByName(kPgCatalogNamespaceOid, "pg_tables"), nullptr);
  EXPECT_NE(FindSystemViewByName(FindNamespaceByName("information_schema")->oid, "tables"),
            nullptr);
  for (const RelationFact& row : AllRelations()) {
    EXPECT_EQ(row.relkind == 'v', FindSystemView(row.oid) != nullptr) << row.relname;
  }
}

TEST(SettingsTest, FoundWithoutRegardToCase) {
  EXPECT_EQ(FindSetting("datestyle")->name, "DateStyle");
  EXPECT_EQ(FindSetting("WORK_MEM")->unit, "kB");
  EXPECT_EQ(FindSetting("sort_mem")->name, "work_mem");
  EXPECT_EQ(FindSetting("work"), nullptr);
  EXPECT_TRUE(HasFlag(*FindSetting("is_superuser"), "NO_SHOW_ALL"));
  EXPECT_EQ(FindSetting("IntervalStyle")->enumvals.size(), 4u);
  for (const SettingFact& row : AllSettings()) EXPECT_EQ(FindSetting(row.name), &row);
}

TEST(KeywordsTest, IdentifiersThatNeedQuotes) {
  struct Case {
    const char* identifier;
    bool quoted;
  };
  const Case kCases[] = {{"abc", false}, {"_a1", false}, {"Abc", true},    {"1a", true},
                         {"a b", true},  {"", true},     {"select", true}, {"abort", false},
                         {"int", true},  {"left", true}, {"name", false},  {"a$", true}};
  for (const Case& c : kCases) {
    EXPECT_EQ(IdentifierNeedsQuotes(c.identifier), c.quoted) << c.identifier;
  }
}

TEST(SmallTablesTest, AreThere) {
  EXPECT_EQ(FindCollationByName("C")->oid, kCCollationOid);
  EXPECT_EQ(FindCollation(kDefaultCollationOid)->collname, "default");
  EXPECT_EQ(FindNamespace(kPgCatalogNamespaceOid)->nspname, "pg_catalog");
  EXPECT_EQ(AllLanguages().size(), 4u);
  EXPECT_EQ(AllRoles()[0].rolname, "postgres");
  EXPECT_FALSE(AllRoleMembers().empty());
  EXPECT_EQ(AllTablespaces()[0].oid, kDefaultTablespaceOid);
  EXPECT_EQ(FindDescription(1247, kBoolOid), "boolean, 'true'/'false'");
  EXPECT_EQ(FindDescription(1247, 1).data(), nullptr);
  EXPECT_EQ(FindTimezoneAbbreviation("PST")->utc_offset_seconds, -8 * 3600);
  EXPECT_EQ(FindTimezoneAbbreviation("MSK")->zone, "Europe/Moscow");
  EXPECT_GT(AllTimezoneNames().size(), 500u);
  EXPECT_FALSE(AllConversions().empty());
  EXPECT_EQ(AllTextSearchParsers().size(), 1u);
  EXPECT_EQ(AllTextSearchTokenTypes().size(), 23u);
  EXPECT_EQ(AllTextSearchTemplates().size(), 5u);
  EXPECT_EQ(AllTextSearchDictionaries().size(), AllTextSearchConfigurations().size());
  EXPECT_FALSE(AllTextSearchMappings().empty());
  EXPECT_FALSE(AllSqlFeatures().empty());
  EXPECT_FALSE(AllSqlImplementations().empty());
  EXPECT_FALSE(AllSqlParts().empty());
  EXPECT_FALSE(AllSqlSizings().empty());
}

}  // namespace
}  // namespace grizzly::facts
