// Shows: reads, bounded iteration in both directions, snapshots, batches and dropped ranges of a store.
#include "storage/kv/store.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "storage/kv/fault_injection.h"

namespace grizzly::storage {
namespace {

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    StoreOptions options;
    options.directory = "/store_test";
    options.medium = StoreMedium::kMemory;
    options.write_buffer_bytes = 4u << 20;
    store_ = Store::Open(options);
  }
  void Put(std::string_view key, std::string_view value) {
    auto batch = store_->NewBatch();
    batch->Put(key, value);
    store_->Write(*batch, SyncMode::kNone);
  }
  std::string Get(std::string_view key, const StoreSnapshot* snapshot = nullptr) {
    PinnedValue value;
    return store_->Get(snapshot, key, &value) ? std::string(value.view()) : "(none)";
  }
  std::string KeysForward(std::string_view from, std::string_view to) {
    std::string keys;
    auto it = store_->NewIterator(nullptr, from, to);
    for (it->Seek(from); it->Valid(); it->Next()) keys += std::string(it->key()) + " ";
    return keys;
  }
  std::string KeysBackward(std::string_view from, std::string_view to) {
    std::string keys;
    auto it = store_->NewIterator(nullptr, from, to);
    for (it->SeekToLastBefore(to); it->Valid(); it->Prev()) keys += std::string(it->key()) + " ";
    return keys;
  }
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, PartsAndDeletesInOneBatch) {
  Put("gone", "x");
  auto batch = store_->NewBatch();
  batch->PutParts("key", "head", "tail");
  batch->Delete("gone");
  EXPECT_EQ(batch->operation_count(), 2u);
  store_->Write(*batch, SyncMode::kSync);
  EXPECT_EQ(Get("key"), "headtail");
  EXPECT_EQ(Get("gone"), "(none)");
}

TEST_F(StoreTest, SnapshotKeepsItsSequence) {
  Put("a", "1");
  const uint64_t before = store_->LatestSequence();
  auto snapshot = store_->GetSnapshot();
  EXPECT_EQ(snapshot->sequence(), before);
  Put("a", "2");
  EXPECT_GT(store_->LatestSequence(), before);
  EXPECT_EQ(Get("a", snapshot.get()), "1");
  EXPECT_EQ(Get("a"), "2");
}

TEST_F(StoreTest, PinnedValueIsReusable) {
  Put("a", std::string(10'000, 'a'));  // a blob once flushed
  Put("b", "b");
  store_->Flush();
  PinnedValue value;
  ASSERT_TRUE(store_->Get(nullptr, "a", &value));
  EXPECT_EQ(value.view(), std::string(10'000, 'a'));
  PinnedValue moved = std::move(value);
  EXPECT_EQ(moved.view().size(), 10'000u);
  ASSERT_TRUE(store_->Get(nullptr, "b", &moved));
  EXPECT_EQ(moved.view(), "b");
  EXPECT_FALSE(store_->Get(nullptr, "c", &moved));
  EXPECT_EQ(moved.view(), "");
}

TEST_F(StoreTest, IterationStaysInBounds) {
  for (const char* key : {"a", "b", "c", "d", "e"}) Put(key, key);
  EXPECT_EQ(KeysForward("b", "d"), "b c ");
  EXPECT_EQ(KeysBackward("b", "d"), "c b ");
  EXPECT_EQ(KeysForward("x", "z"), "");
  auto it = store_->NewIterator(nullptr, "b", "e");
  it->Seek("a");
  EXPECT_EQ(it->key(), "b");
  it->SeekForPrev("c");
  EXPECT_EQ(it->key(), "c");
  it->SeekForPrev("z");
  EXPECT_EQ(it->key(), "d");
  it->SeekToLastBefore("c");
  EXPECT_EQ(it->key(), "b");
  it->SeekToLastBefore("b");
  EXPECT_FALSE(it->Valid());
}

// Long keys switch the iterator to prefix mode; it must agree with a map whatever lies in which file.
TEST_F(StoreTest, PrefixModeAgreesWithModel) {
  std::mt19937_64 random(1);
  std::map<std::string, std::string> model;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 300; ++i) {
      std::string key = "tenant-inde" + std::string(1, static_cast<char>('a' + random() % 4));
      for (uint64_t n = random() % 3; n > 0; --n) key += static_cast<char>('a' + random() % 4);
      model[key] = std::to_string(i);
      Put(key, model[key]);
    }
    store_->Flush();
  }
  for (int i = 0; i < 500; ++i) {
    std::string from = "tenant-inde" + std::string(1, static_cast<char>('a' + random() % 4));
    std::string to = random() % 2 ? from : "tenant-inde" + std::string(1, from.back() + 1);
    if (random() % 2) from += static_cast<char>('a' + random() % 4);
    if (to.size() > from.size() || to.back() == from[11]) to += static_cast<char>('a' + random() % 5);
    if (to < from) std::swap(from, to);
    std::string forward, backward;
    for (auto it = model.lower_bound(from); it != model.lower_bound(to); ++it) {
      forward += it->first + " ";
      backward = it->first + " " + backward;
    }
    ASSERT_EQ(KeysForward(from, to), forward) << from << " " << to;
    ASSERT_EQ(KeysBackward(from, to), backward) << from << " " << to;
  }
}

TEST_F(StoreTest, DropRangeRemovesRangeOnly) {
  for (int i = 0; i < 1000; ++i) Put("drop" + std::to_string(i), std::string(100, 'x'));
  Put("drop", "at the border");
  Put("dron", "before");
  Put("dsop", "after");
  store_->Flush();
  EXPECT_GT(store_->ApproximateBytes("drop", "droq"), 10'000u);
  store_->DropRange("drop0", "droq");
  EXPECT_EQ(KeysForward("a", "z"), "dron drop dsop ");
}

TEST_F(StoreTest, ApproximateKeysIsNear) {
  for (int i = 0; i < 20'000; ++i) Put(std::to_string(1'000'000 + i), std::string(50, 'x'));
  const uint64_t in_memtable = store_->ApproximateKeys("1", "2");
  EXPECT_GT(in_memtable, 10'000u);
  EXPECT_LT(in_memtable, 40'000u);
  store_->Flush();
  const uint64_t in_file = store_->ApproximateKeys("1", "2");
  EXPECT_GT(in_file, 15'000u);
  EXPECT_LT(in_file, 25'000u);
  EXPECT_LT(store_->ApproximateKeys("1000000", "1002000"), 8'000u);
}

TEST_F(StoreTest, StatisticsAndMemoryAreThere) {
  Put("a", "b");
  EXPECT_GT(store_->MemoryBytes(), 0u);
  EXPECT_FALSE(store_->Statistics().empty());
  EXPECT_EQ(store_->WriteStopReason(), std::nullopt);
}

}  // namespace
}  // namespace grizzly::storage
