// Every table of pg_catalog and information_schema has a provider whose rows fit its columns; a filter
// leaves the same rows as reading all; some rows letter by letter.
#include "catalog/virtual_table.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error/sql_error.h"
#include "sample_catalog.h"

namespace grizzly::catalog {
namespace {

class VirtualTableTest : public testing::Test {
 protected:
  VirtualTableTest() { input_.catalog = SampleCatalog(); }

  // Each row as its values' text forms between bars, NULL as nothing.
  std::vector<std::string> Rows(Oid table, const VirtualTableFilter& filter = {}) {
    std::vector<std::string> rows;
    const RelationPtr relation = input_.catalog->FindRelation(table);
    FindCatalogTable(table)->Produce(input_, filter, [&](std::span<const types::Datum> values) {
      std::string row;
      for (size_t i = 0; i < values.size(); ++i) {
        if (i > 0) row.push_back('|');
        const types::TypeIo* io = input_.catalog->FindTypeIo(relation->columns[i].type.oid);
        if (values[i].is_null()) continue;
        if (io != nullptr) {
          io->Output(values[i], input_.io, row);
        } else if (relation->columns[i].type.physical == types::PhysicalType::kString) {
          row += values[i].AsString();  // pg_node_tree
        } else {
          row += std::to_string(values[i].As<Oid>());  // regproc
        }
      }
      rows.push_back(std::move(row));
    });
    return rows;
  }
  static VirtualTableFilter OidIs(int column, Oid oid) { return {column, types::Datum::Of(oid)}; }

  VirtualTableInput input_;
};

bool NeedsSharedCatalog(Oid table) {
  return table == kDatabaseClass || table == kRoleClass || table == 2396 || table == 2964;
}

TEST_F(VirtualTableTest, EveryTableHasAProvider) {
  for (const RelationPtr& relation : BuiltinCatalog::Get().relations()) {
    if (relation->kind != RelationKind::kTable) continue;
    const VirtualTable* table = FindCatalogTable(relation->oid);
    ASSERT_NE(table, nullptr) << relation->name;
    if (!NeedsSharedCatalog(relation->oid)) Rows(relation->oid);
  }
}

TEST_F(VirtualTableTest, CountsAreThoseOfTheFacts) {
  EXPECT_GT(Rows(kProcClass).size(), 3000u);
  EXPECT_GT(Rows(kOperatorClass).size(), 700u);
  EXPECT_GT(Rows(1249).size(), 2500u);
  EXPECT_EQ(Rows(2601).size(), 8u);  // PostgreSQL's seven, and columnar
}

TEST_F(VirtualTableTest, RowsOfATable) {
  const auto columns = Rows(1249, OidIs(0, 16595));
  ASSERT_EQ(columns.size(), 9u);
  EXPECT_EQ(columns[5], "16595|ctid|27|0|6|-1|0|-1|-1|f|s|p||t|f|f|||f|t|0|0||||");
  EXPECT_EQ(columns[6], "16595|id|23|-1|4|1|0|-1|-1|t|i|p||t|t|f|||f|t|0|0||||");
  EXPECT_EQ(columns[8], "16595|b|1043|-1|-1|3|0|-1|14|f|i|x||f|f|f|||f|t|0|100||||");
  const auto index_columns = Rows(1249, OidIs(0, 16601));
  ASSERT_EQ(index_columns.size(), 1u);
  EXPECT_EQ(index_columns[0], "16601|id|23|-1|4|1|0|-1|-1|t|i|p||f|f|f|||f|t|0|0||||");
  EXPECT_EQ(Rows(1249, OidIs(0, 16594)).size(), 9u);
  const auto classes = Rows(kRelationClass, OidIs(0, 16595));
  ASSERT_EQ(classes.size(), 1u);
  EXPECT_EQ(classes[0],
            "16595|p|2200|16597|0|10|2|95|0|0|-1|0|0|t|f|p|r|3|1|f|t|f|f|f|t|d|f|0|2|1|||");
  EXPECT_EQ(Rows(kDefaultClass, OidIs(1, 16595)),
            (std::vector<std::string>{"16598|16595|1|nextval('p_id_seq'::regclass)",
                                      "16599|16595|2|5"}));
  EXPECT_EQ(Rows(2224, OidIs(0, 16594)),
            (std::vector<std::string>{"16594|23|1|1|2147483647|1|1|f"}));
  EXPECT_EQ(Rows(3501, OidIs(1, 16620)),
            (std::vector<std::string>{"16621|16620|1|x", "16622|16620|2|y"}));
}

TEST_F(VirtualTableTest, FiltersLeaveWhatReadingAllWould) {
  struct FilterCase {
    Oid table;
    int column;
    Oid value;
  };
  const FilterCase kCases[] = {
      {kRelationClass, 0, 16595}, {1249, 0, 16595},           {kConstraintClass, 7, 16595},
      {kConstraintClass, 8, 16626}, {kConstraintClass, 11, 16595}, {2610, 0, 16601},
      {2610, 1, 16595},           {kTypeClass, 0, 16620},     {kProcClass, 0, 1598},
      {kOperatorClass, 0, 96},    {2609, 0, 1598},            {kDefaultClass, 1, 16595},
  };
  for (const FilterCase& c : kCases) {
    const RelationPtr relation = input_.catalog->FindRelation(c.table);
    const types::TypeIo* io = types::BuiltinTypeIo(26);
    std::set<std::string> expected, found;
    std::string wanted;
    io->Output(types::Datum::Of(c.value), {}, wanted);
    const auto matches = [&](std::span<const types::Datum> values) {
      return values[static_cast<size_t>(c.column)].As<Oid>() == c.value;
    };
    size_t expected_count = 0, found_count = 0;
    const VirtualTable* table = FindCatalogTable(c.table);
    table->Produce(input_, {}, [&](auto values) { expected_count += matches(values); });
    table->Produce(input_, OidIs(c.column, c.value),
                   [&](auto values) { found_count += matches(values); });
    EXPECT_EQ(found_count, expected_count) << relation->name << " column " << c.column;
    EXPECT_GT(found_count, 0u) << relation->name << " column " << c.column;
  }
  types::Datum name = types::Datum::Of(types::StringRef("pg_class"));
  EXPECT_EQ(Rows(kRelationClass, {1, name}).size(), 1u);
  name = types::Datum::Of(types::StringRef("int4"));
  EXPECT_EQ(Rows(kTypeClass, {1, name}).size(), 1u);
}

TEST_F(VirtualTableTest, OnlyWhatWorksIsListed) {
  input_.implements = [](Oid function) { return function == 177; };  // int4pl
  EXPECT_EQ(Rows(kProcClass).size(), 1u);
  const auto operators = Rows(kOperatorClass);
  ASSERT_EQ(operators.size(), 1u);
  EXPECT_TRUE(operators[0].starts_with("551|+|11|10|b|f|f|23|23|23|551|0|")) << operators[0];
}

}  // namespace
}  // namespace grizzly::catalog
