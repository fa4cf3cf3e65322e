// Shows: built-in types, functions, operators and casts are found, and refer to each other soundly.
#include "facts/procs.h"

#include <gtest/gtest.h>

#include "facts/casts.h"
#include "facts/operators.h"
#include "facts/types.h"

namespace grizzly::facts {
namespace {

TEST(TypesTest, FindsByOidAndByName) {
  const TypeFact* type = FindType(kInt4Oid);
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->typname, "int4");
  EXPECT_EQ(type->typlen, 4);
  EXPECT_EQ(type->sql_name, "integer");
  EXPECT_EQ(FindTypeByName("int4"), type);
  EXPECT_EQ(FindTypeByName("_text")->oid, kTextArrayOid);
  EXPECT_EQ(FindTypeByName("integer"), nullptr);
  EXPECT_EQ(FindTypeByName("sql_identifier"), nullptr) << "that is information_schema's";
  EXPECT_EQ(FindType(0), nullptr);
}

TEST(TypesTest, ArraysPointBackAndFunctionsExist) {
  for (const TypeFact& type : AllTypes()) {
    SCOPED_TRACE(type.typname);
    if (type.typarray != 0) {
      const TypeFact* array = FindType(type.typarray);
      ASSERT_NE(array, nullptr);
      EXPECT_EQ(array->typelem, type.oid);
    }
    if (type.typbasetype != 0) {
      EXPECT_NE(FindType(type.typbasetype), nullptr);
    }
    for (Oid proc : {type.typinput, type.typoutput, type.typreceive, type.typsend, type.typmodin,
                     type.typmodout, type.typsubscript}) {
      if (proc != 0) {
        EXPECT_NE(FindProc(proc), nullptr) << proc;
      }
    }
  }
}

TEST(ProcsTest, FindsByOidNameAndSource) {
  const ProcFact* substring = FindProc(936);
  ASSERT_NE(substring, nullptr);
  EXPECT_EQ(substring->proname, "substring");
  ASSERT_EQ(substring->proargtypes.size(), 3u);
  EXPECT_EQ(substring->proargtypes[0], kTextOid);
  EXPECT_EQ(FindProcsByName("substring").size(), 8u);
  EXPECT_TRUE(FindProcsByName("no_such_function").empty());
  EXPECT_EQ(FindProcsBySource("int4pl").size(), 1u);
  EXPECT_GT(FindProcsBySource("aggregate_dummy").size(), 100u);

  const ProcFact& make_interval = FindProcsByName("make_interval")[0];
  ASSERT_EQ(make_interval.proargnames.size(), 7u);
  EXPECT_EQ(make_interval.proargnames[0], "years");
  EXPECT_EQ(make_interval.pronargdefaults, 7);
  EXPECT_EQ(make_interval.proargdefaults, "0, 0, 0, 0, 0, 0, 0.0");
}

TEST(ProcsTest, SignaturesNameKnownTypes) {
  for (const ProcFact& proc : AllProcs()) {
    SCOPED_TRACE(proc.oid);
    EXPECT_EQ(static_cast<size_t>(proc.pronargs), proc.proargtypes.size());
    EXPECT_NE(FindType(proc.prorettype), nullptr);
    for (Oid type : proc.proargtypes) EXPECT_NE(FindType(type), nullptr);
    for (Oid type : proc.proallargtypes) EXPECT_NE(FindType(type), nullptr);
    const auto arguments = proc.proallargtypes.empty() ? proc.proargtypes : proc.proallargtypes;
    EXPECT_TRUE(proc.proargmodes.empty() || proc.proargmodes.size() == arguments.size());
    EXPECT_EQ(FindProc(proc.oid), &proc);
  }
}

TEST(OperatorsTest, CommutatorsAndNegatorsAgree) {
  EXPECT_EQ(FindOperator("+", kInt4Oid, kInt4Oid)->oid, 551u);
  EXPECT_EQ(FindOperator("-", 0, kInt4Oid)->oprkind, 'l');
  EXPECT_EQ(FindOperator("no such", kInt4Oid, kInt4Oid), nullptr);
  for (const OperatorFact& row : AllOperators()) {
    SCOPED_TRACE(row.oid);
    EXPECT_EQ(FindOperator(row.oid), &row);
    const ProcFact* proc = FindProc(row.oprcode);
    ASSERT_NE(proc, nullptr);
    EXPECT_EQ(proc->prorettype, row.oprresult);
    if (row.oprcom != 0) {
      const OperatorFact* other = FindOperator(row.oprcom);
      ASSERT_NE(other, nullptr);
      EXPECT_EQ(other->oprcom, row.oid);
      EXPECT_EQ(other->oprleft, row.oprright);
      EXPECT_EQ(other->oprright, row.oprleft);
    }
    if (row.oprnegate != 0) {
      const OperatorFact* other = FindOperator(row.oprnegate);
      ASSERT_NE(other, nullptr);
      EXPECT_EQ(other->oprnegate, row.oid);
      EXPECT_EQ(other->oprleft, row.oprleft);
    }
  }
}

TEST(CastsTest, FunctionsExistAndTypesAreKnown) {
  EXPECT_EQ(FindCast(kInt4Oid, kInt8Oid)->castcontext, 'i');
  EXPECT_EQ(FindCast(kVarcharOid, kTextOid)->castmethod, 'b');
  EXPECT_EQ(FindCast(kBoolOid, kDateOid), nullptr);
  EXPECT_GE(FindCastsFrom(kInt4Oid).size(), 10u);
  for (const CastFact& cast : AllCasts()) {
    SCOPED_TRACE(cast.oid);
    EXPECT_NE(FindType(cast.castsource), nullptr);
    EXPECT_NE(FindType(cast.casttarget), nullptr);
    EXPECT_EQ(cast.castfunc != 0, cast.castmethod == 'f');
    if (cast.castfunc != 0) {
      EXPECT_NE(FindProc(cast.castfunc), nullptr);
    }
    EXPECT_EQ(FindCast(cast.castsource, cast.casttarget), &cast);
  }
}

}  // namespace
}  // namespace grizzly::facts
