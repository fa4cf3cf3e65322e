// Shows that a vector's own memory is as large as it says, whatever it held before.
#include "types/vector.h"

#include <gtest/gtest.h>

#include "facts/types.h"

namespace grizzly::types {
namespace {

const SqlType kInt4{.oid = facts::kInt4Oid, .physical = PhysicalType::kInt32};

Vector Numbers(uint32_t count) {
  Vector numbers(kInt4, count);
  for (uint32_t i = 0; i < count; ++i) numbers.Data<int32_t>()[i] = static_cast<int32_t>(i);
  return numbers;
}

// A copy that outgrows a written vector used to run past its memory.
TEST(VectorTest, CopyFromGrowsAWrittenVector) {
  Vector target(kInt4, 1);
  target.Data<int32_t>()[0] = 7;
  const Vector source = Numbers(kBatchRowsMax);
  target.CopyFrom(source, kBatchRowsMax);
  ASSERT_GE(target.capacity(), kBatchRowsMax);
  for (uint32_t i = 0; i < kBatchRowsMax; ++i) {
    ASSERT_EQ(target.GetDatum(i).As<int32_t>(), static_cast<int32_t>(i));
  }
}

TEST(VectorTest, ReserveKeepsValuesAndNulls) {
  Vector vector(kInt4, 2);
  vector.Data<int32_t>()[0] = 5;
  vector.SetNull(1);
  vector.Reserve(100);
  vector.Data<int32_t>()[99] = 6;
  EXPECT_EQ(vector.GetDatum(0).As<int32_t>(), 5);
  EXPECT_TRUE(vector.IsNull(1));
  EXPECT_EQ(vector.GetDatum(99).As<int32_t>(), 6);
  EXPECT_FALSE(vector.IsNull(99));
}

}  // namespace
}  // namespace grizzly::types
