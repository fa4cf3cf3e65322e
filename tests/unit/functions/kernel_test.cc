// Shows: kernels over flat, constant and dictionary vectors, NULLs, overflow in valid rows only.
#include "functions/kernel.h"

#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "functions/registry.h"
#include "facts/procs.h"
#include "facts/type_oids.h"

namespace grizzly::functions {
namespace {

using types::SqlType;

SqlType Int4() { return types::BuiltinType(facts::kInt4Oid); }

Vector MakeInt4(const std::vector<std::optional<int32_t>>& values) {
  Vector vector(Int4(), static_cast<uint32_t>(values.size()));
  for (uint32_t i = 0; i < values.size(); ++i) {
    vector.SetDatum(i, values[i].has_value() ? Datum::Of(*values[i]) : Datum::Null());
  }
  return vector;
}

class KernelTest : public testing::Test {
 protected:
  Vector Run(std::string_view prosrc, std::vector<const Vector*> arguments, uint32_t rows,
             Oid result_type = facts::kInt4Oid) {
    const auto procs = facts::FindProcsBySource(prosrc);
    EXPECT_FALSE(procs.empty());
    const Implementation* implementation = BuiltinRegistry().Find(procs[0]->oid);
    Vector result(types::BuiltinType(result_type), rows);
    FunctionContext context;
    context.result_heap = &result.heap();
    CallSite call;
    call.function = procs[0]->oid;
    implementation->scalar(context, call, arguments, rows, result);
    return result;
  }
};

TEST_F(KernelTest, FlatWithNulls) {
  const Vector a = MakeInt4({1, std::nullopt, 3, 2147483647});
  const Vector b = MakeInt4({10, 20, std::nullopt, -1});
  const Vector sum = Run("int4pl", {&a, &b}, 4);
  EXPECT_EQ(sum.GetDatum(0).As<int32_t>(), 11);
  EXPECT_TRUE(sum.IsNull(1));
  EXPECT_TRUE(sum.IsNull(2));
  EXPECT_EQ(sum.GetDatum(3).As<int32_t>(), 2147483646);
}

TEST_F(KernelTest, ConstantsGiveAConstant) {
  Vector a(Int4(), 1), b(Int4(), 1);
  a.SetConstant(Datum::Of(7));
  b.SetConstant(Datum::Of(5));
  const Vector sum = Run("int4pl", {&a, &b}, 2000);
  EXPECT_EQ(sum.kind(), VectorKind::kConstant);
  EXPECT_EQ(sum.GetDatum(1999).As<int32_t>(), 12);
  b.SetConstant(Datum::Null());
  EXPECT_TRUE(Run("int4pl", {&a, &b}, 2000).IsNull(1234));
}

TEST_F(KernelTest, DictionaryAndConstant) {
  const Vector base = MakeInt4({1, 2, std::nullopt, 4});
  const uint32_t rows[] = {3, 3, 2, 0};
  Vector view(Int4(), 0);
  view.Slice(base, rows);
  Vector ten(Int4(), 1);
  ten.SetConstant(Datum::Of(10));
  const Vector product = Run("int4mul", {&view, &ten}, 4);
  EXPECT_EQ(product.GetDatum(0).As<int32_t>(), 40);
  EXPECT_EQ(product.GetDatum(1).As<int32_t>(), 40);
  EXPECT_TRUE(product.IsNull(2));
  EXPECT_EQ(product.GetDatum(3).As<int32_t>(), 10);
}

TEST_F(KernelTest, OverflowCountsOnlyInValidRows) {
  Vector a(Int4(), 2);
  a.Data<int32_t>()[0] = 2147483647;  // what a NULL row happens to hold
  a.Data<int32_t>()[1] = 1;
  a.SetNull(0);
  const Vector b = MakeInt4({1, 1});
  EXPECT_EQ(Run("int4pl", {&a, &b}, 2).GetDatum(1).As<int32_t>(), 2);
  a.SetValid(0);
  try {
    Run("int4pl", {&a, &b}, 2);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kNumericValueOutOfRange);
    EXPECT_STREQ(error.what(), "integer out of range");
  }
}

TEST_F(KernelTest, DivisionLooksAtValidRowsOnly) {
  const Vector a = MakeInt4({1, std::nullopt});
  Vector b(Int4(), 2);
  b.Data<int32_t>()[0] = 1;
  b.Data<int32_t>()[1] = 0;
  EXPECT_TRUE(Run("int4div", {&a, &b}, 2).IsNull(1));
}

TEST_F(KernelTest, VolatileRunsPerRow) {
  const Vector values = Run("drandom", {}, 3, facts::kFloat8Oid);
  EXPECT_NE(values.GetDatum(0).As<double>(), values.GetDatum(1).As<double>());
}

}  // namespace
}  // namespace grizzly::functions
