// Chosen names, quoting and search paths come out as PostgreSQL 15's do.
#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "catalog/name_choice.h"
#include "catalog/object_text.h"
#include "catalog/search_path.h"
#include "sample_catalog.h"

namespace grizzly::catalog {
namespace {

TEST(NamesTest, ChosenNamesAvoidTakenOnes) {
  const auto snapshot = SampleCatalog();
  NameChooser chooser(*snapshot, kPublicSchema);
  EXPECT_EQ(chooser.PrimaryKey("p"), "p_pkey1");
  EXPECT_EQ(chooser.PrimaryKey("q"), "q_pkey");
  EXPECT_EQ(chooser.PrimaryKey("q"), "q_pkey1");
  EXPECT_EQ(chooser.UniqueKey("t", {"a", "b"}), "t_a_b_key");
  EXPECT_EQ(chooser.Index("t", {"a", "", "a"}), "t_a_expr_a1_idx");
  EXPECT_EQ(chooser.Check("p", "a"), "p_a_check1");
  EXPECT_EQ(chooser.Check("t", ""), "t_check");
  EXPECT_EQ(chooser.Check("t", ""), "t_check1");
  EXPECT_EQ(chooser.ForeignKey("c", {"x"}), "c_x_fkey1");
  EXPECT_EQ(chooser.Sequence("p", "id"), "p_id_seq1");
}

TEST(NamesTest, LongNamesAreCutEvenly) {
  const std::string a(60, 'a'), b(60, 'b');
  const std::string name = MakeObjectName(a, b, "key");
  EXPECT_EQ(name, std::string(29, 'a') + "_" + std::string(29, 'b') + "_key");
  EXPECT_EQ(MakeObjectName("t", b, "idx"), "t_" + std::string(57, 'b') + "_idx");
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "ä";
  EXPECT_EQ(TruncateName(umlauts).size(), 62u);
}

TEST(NamesTest, Quoting) {
  EXPECT_EQ(QuoteIdentifier("abc_1"), "abc_1");
  EXPECT_EQ(QuoteIdentifier("Abc"), "\"Abc\"");
  EXPECT_EQ(QuoteIdentifier("select"), "\"select\"");
  EXPECT_EQ(QuoteIdentifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
  EXPECT_EQ(QuoteLiteral("a\\b"), "E'a\\\\b'");
}

TEST(NamesTest, SearchPathSettingIsSplit) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(SplitIdentifierList("\"$user\", public"), (Names{"$user", "public"}));
  EXPECT_EQ(SplitIdentifierList("A,\"B\"\"c\""), (Names{"a", "B\"c"}));
  EXPECT_EQ(SplitIdentifierList(""), Names{});
  EXPECT_EQ(SplitIdentifierList("a,"), std::nullopt);
  EXPECT_EQ(SplitIdentifierList("a b"), std::nullopt);
  EXPECT_EQ(SplitIdentifierList("\"a"), std::nullopt);
}

TEST(NamesTest, PgCatalogComesFirstUnlessListed) {
  TenantSnapshot snapshot(*SampleCatalog());
  Relation hides = SampleRelation(17000, "pg_class", RelationKind::kTable);
  hides.columns = {SampleColumn(1, "a", 23)};
  Put(snapshot, hides);
  const auto resolve = [&](std::vector<std::string> names) {
    return SearchPath::Resolve(snapshot, names, "postgres", kInvalidOid);
  };
  const SearchPath usual = resolve({"$user", "public", "missing"});
  EXPECT_EQ(usual.schemas(), (std::vector<Oid>{kPgCatalogSchema, kPublicSchema}));
  EXPECT_EQ(usual.CreationSchema(), kPublicSchema);
  EXPECT_EQ(usual.FindRelation(snapshot, "pg_class")->oid, kRelationClass);
  EXPECT_FALSE(usual.IsVisible(snapshot, *snapshot.FindRelation(17000)));
  const SearchPath listed = resolve({"public", "pg_catalog"});
  EXPECT_EQ(listed.FindRelation(snapshot, "pg_class")->oid, 17000u);
  EXPECT_TRUE(usual.IsVisible(snapshot, *snapshot.FindRelation(16595)));
  EXPECT_THROW(resolve({"missing"}).CreationSchema(), SqlError);
}

}  // namespace
}  // namespace grizzly::catalog
