// Shows: aggregates, operator families and classes are found and refer to each other soundly.
#include "facts/access_methods.h"

#include <gtest/gtest.h>

#include "facts/aggregates.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/ranges.h"
#include "facts/types.h"

namespace grizzly::facts {
namespace {

TEST(AggregatesTest, FunctionsAndTypesExist) {
  const ProcFact& count = FindProcsByName("count")[0];
  EXPECT_EQ(FindAggregate(count.oid)->aggtranstype, kInt8Oid);
  EXPECT_EQ(FindAggregate(1), nullptr);
  for (const AggregateFact& row : AllAggregates()) {
    SCOPED_TRACE(row.aggfnoid);
    ASSERT_NE(FindProc(row.aggfnoid), nullptr);
    EXPECT_EQ(FindProc(row.aggfnoid)->prokind, 'a');
    EXPECT_NE(FindProc(row.aggtransfn), nullptr);
    EXPECT_NE(FindType(row.aggtranstype), nullptr);
    for (Oid proc : {row.aggfinalfn, row.aggcombinefn, row.aggserialfn, row.aggdeserialfn,
                     row.aggmtransfn, row.aggminvtransfn, row.aggmfinalfn}) {
      EXPECT_TRUE(proc == 0 || FindProc(proc) != nullptr) << proc;
    }
    EXPECT_TRUE(row.aggsortop == 0 || FindOperator(row.aggsortop) != nullptr);
  }
  for (const ProcFact& proc : AllProcs()) {
    EXPECT_EQ(proc.prokind == 'a', FindAggregate(proc.oid) != nullptr) << proc.oid;
  }
}

TEST(OpclassTest, DefaultsOfTypes) {
  struct Case {
    Oid method, type;
    std::string_view opcname;
  };
  const Case kCases[] = {
      {kBtreeMethodOid, kInt4Oid, "int4_ops"},
      {kHashMethodOid, kInt4Oid, "int4_ops"},
      {kBtreeMethodOid, kTextOid, "text_ops"},
      {kBtreeMethodOid, kVarcharOid, "text_ops"},
      {kBtreeMethodOid, kBpcharOid, "bpchar_ops"},
      {kBtreeMethodOid, kInt4ArrayOid, "array_ops"},
      {kBtreeMethodOid, kInt4rangeOid, "range_ops"},
      {kBtreeMethodOid, kRecordOid, "record_ops"},
      {kBtreeMethodOid, kCidrOid, "inet_ops"},
      {kGinMethodOid, kJsonbOid, "jsonb_ops"},
      {kBtreeMethodOid, kTimestamptzOid, "timestamptz_ops"},
  };
  for (const Case& c : kCases) {
    const OpclassFact* found = DefaultOpclass(c.method, c.type);
    ASSERT_NE(found, nullptr) << c.opcname;
    EXPECT_EQ(found->opcname, c.opcname);
  }
  EXPECT_EQ(DefaultOpclass(kBtreeMethodOid, kJsonOid), nullptr);
  EXPECT_EQ(DefaultOpclass(kBtreeMethodOid, kPointOid), nullptr);
  EXPECT_EQ(FindOpclassByName(kBtreeMethodOid, "text_pattern_ops")->opcintype, kTextOid);
}

TEST(OpclassTest, FamiliesAnswerOperatorsAndProcs) {
  const Oid integers = DefaultOpclass(kBtreeMethodOid, kInt4Oid)->opcfamily;
  EXPECT_EQ(FamilyOperator(integers, kInt4Oid, kInt4Oid, kBtreeEqual), 96u);
  EXPECT_EQ(FamilyOperator(integers, kInt4Oid, kInt8Oid, kBtreeLess), 37u);
  EXPECT_EQ(FamilyOperator(integers, kInt4Oid, kTextOid, kBtreeLess), 0u);
  EXPECT_EQ(FindProc(FamilyProc(integers, kInt4Oid, kInt4Oid, kBtreeOrderProc))->prosrc,
            "btint4cmp");
  const auto places = FindAmopsOfOperator(96);
  EXPECT_TRUE(std::any_of(places.begin(), places.end(),
                          [](const AmopFact* row) { return row->amopmethod == kHashMethodOid; }));
  EXPECT_EQ(FindAccessMethodByName("btree")->oid, kBtreeMethodOid);
}

TEST(OpclassTest, EveryReferenceExists) {
  for (const OpclassFact& row : AllOpclasses()) {
    EXPECT_NE(FindAccessMethod(row.opcmethod), nullptr) << row.opcname;
    EXPECT_NE(FindOpfamily(row.opcfamily), nullptr) << row.opcname;
    EXPECT_NE(FindType(row.opcintype), nullptr) << row.opcname;
    EXPECT_EQ(FindOpclass(row.oid), &row);
  }
  for (const AmopFact& row : AllAmops()) {
    EXPECT_NE(FindOperator(row.amopopr), nullptr) << row.oid;
    EXPECT_NE(FindOpfamily(row.amopfamily), nullptr) << row.oid;
  }
  for (const AmprocFact& row : AllAmprocs()) EXPECT_NE(FindProc(row.amproc), nullptr) << row.oid;
  for (const RangeFact& row : AllRanges()) {
    EXPECT_EQ(FindType(row.rngtypid)->typtype, 'r');
    EXPECT_EQ(FindType(row.rngmultitypid)->typtype, 'm');
    EXPECT_NE(FindOpclass(row.rngsubopc), nullptr);
  }
}

}  // namespace
}  // namespace grizzly::facts
