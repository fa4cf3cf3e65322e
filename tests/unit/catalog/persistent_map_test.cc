// The persistent map against std::map, and that a change copies a path, not the map.
#include "catalog/persistent_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace grizzly::catalog {
namespace {

TEST(PersistentMapTest, AgreesWithAModel) {
  std::mt19937 random(7);
  OidMap<int> map;
  std::map<uint32_t, int> model;
  for (int step = 0; step < 20000; ++step) {
    const uint32_t key = random() % 3000;
    if (random() % 3 == 0) {
      EXPECT_EQ(map.Erase(key), model.erase(key) == 1);
    } else {
      map.Set(key, step);
      model[key] = step;
    }
  }
  EXPECT_EQ(map.size(), model.size());
  std::map<uint32_t, int> seen;
  map.ForEach([&](uint32_t key, int value) { seen[key] = value; });
  EXPECT_EQ(seen, model);
  for (uint32_t key = 0; key < 3000; ++key) {
    const int* found = map.Find(key);
    ASSERT_EQ(found != nullptr, model.contains(key));
    if (found != nullptr) {
      EXPECT_EQ(*found, model[key]);
    }
  }
}

TEST(PersistentMapTest, OldVersionsStayAsTheyWere) {
  OidMap<int> first;
  for (uint32_t key = 0; key < 1000; ++key) first.Set(key, 1);
  OidMap<int> second = first;
  second.Set(5, 2);
  second.Erase(6u);
  EXPECT_EQ(*first.Find(5u), 1);
  EXPECT_NE(first.Find(6u), nullptr);
  EXPECT_EQ(*second.Find(5u), 2);
  EXPECT_EQ(second.Find(6u), nullptr);
}

struct CountsCopies {
  static inline int copies = 0;
  CountsCopies() = default;
  CountsCopies(const CountsCopies&) { ++copies; }
  CountsCopies(CountsCopies&&) noexcept = default;
  CountsCopies& operator=(const CountsCopies&) = default;
  CountsCopies& operator=(CountsCopies&&) noexcept = default;
};

TEST(PersistentMapTest, AChangeCopiesOneLeaf) {
  OidMap<CountsCopies> map;
  for (uint32_t key = 0; key < 10000; ++key) map.Set(key, {});
  OidMap<CountsCopies> changed = map;
  CountsCopies::copies = 0;
  changed.Set(123, {});
  EXPECT_LE(CountsCopies::copies, 16);
}

TEST(PersistentMapTest, EqualHashesStillWork) {
  struct SameHash {
    uint64_t operator()(uint32_t) const { return 42; }
  };
  PersistentMap<uint32_t, int, SameHash, std::equal_to<>> map;
  for (uint32_t key = 0; key < 50; ++key) map.Set(key, static_cast<int>(key));
  for (uint32_t key = 0; key < 50; ++key) EXPECT_EQ(*map.Find(key), static_cast<int>(key));
  EXPECT_TRUE(map.Erase(17u));
  EXPECT_EQ(map.Find(17u), nullptr);
  EXPECT_EQ(map.size(), 49u);
}

}  // namespace
}  // namespace grizzly::catalog
