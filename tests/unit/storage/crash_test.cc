// Shows: acknowledged writes survive power loss, a failed log write or sync stops writes and not reads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "base/error/sql_error.h"
#include "storage/kv/fault_injection.h"
#include "storage/kv/store.h"

namespace grizzly::storage {
namespace {

StoreOptions MemoryOptions(FaultInjector* faults) {
  StoreOptions options;
  options.directory = "/crash_test";
  options.medium = StoreMedium::kMemory;
  options.faults = faults;
  options.write_buffer_bytes = 256u << 10;  // so that flushes and log changes happen, too
  options.block_cache_bytes = 1u << 20;
  return options;
}

void Put(Store& store, const std::string& key, const std::string& value, SyncMode sync) {
  auto batch = store.NewBatch();
  batch->Put(key, value);
  batch->Put(key + "/twin", value);
  store.Write(*batch, sync);
}

bool Has(Store& store, const std::string& key) {
  PinnedValue value;
  return store.Get(nullptr, key, &value);
}

TEST(CrashTest, UnsyncedIsLostAndSyncedStays) {
  FaultInjector faults;
  auto store = Store::Open(MemoryOptions(&faults));
  Put(*store, "synced", "v", SyncMode::kSync);
  Put(*store, "unsynced", "v", SyncMode::kNone);
  faults.Crash();
  store.reset();
  faults.Revive(CrashLoss::kAllUnsynced);
  store = Store::Open(MemoryOptions(&faults));
  EXPECT_TRUE(Has(*store, "synced"));
  EXPECT_FALSE(Has(*store, "unsynced"));
}

TEST(CrashTest, OrderlyCloseKeepsUnsynced) {
  FaultInjector faults;
  auto store = Store::Open(MemoryOptions(&faults));
  Put(*store, "unsynced", "v", SyncMode::kNone);
  store.reset();
  faults.Crash();
  faults.Revive(CrashLoss::kAllUnsynced);
  EXPECT_TRUE(Has(*Store::Open(MemoryOptions(&faults)), "unsynced"));
}

// Power fails at a random moment, over and over; half of the time the log's tail is torn.
TEST(CrashTest, AcknowledgedWritesSurviveManyCrashes) {
  FaultInjector faults;
  std::vector<std::string> acknowledged;
  StoreOptions options = MemoryOptions(&faults);
  for (uint64_t round = 0; round < 8; ++round) {
    // A crash during a flush costs a second: RocksDB waits before it tries again. Once is enough.
    options.write_buffer_bytes = round == 3 ? 256u << 10 : 64u << 20;
    auto store = Store::Open(options);
    for (const std::string& key : acknowledged) {
      ASSERT_TRUE(Has(*store, key)) << "round " << round << " lost " << key;
      ASSERT_TRUE(Has(*store, key + "/twin"));
    }
    std::thread power_loss([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(3 + round % 7));
      faults.Crash();
    });
    try {
      for (int i = 0; i < 100'000; ++i) {
        const std::string key = "r" + std::to_string(round) + "/" + std::to_string(i);
        const SyncMode sync = i % 3 == 0 ? SyncMode::kSync : SyncMode::kNone;
        Put(*store, key, std::string(1 + (i * 37) % 2000, 'v'), sync);
        if (sync == SyncMode::kSync && acknowledged.size() < 3000) acknowledged.push_back(key);
      }
    } catch (const SqlError&) {
    }
    power_loss.join();
    store.reset();
    faults.Revive(round % 2 == 0 ? CrashLoss::kAllUnsynced : CrashLoss::kTornTail, round);
  }
  EXPECT_GT(acknowledged.size(), 100u);
}

void ExpectStopped(Store& store) {
  try {
    Put(store, "later", "v", SyncMode::kNone);
    FAIL() << "the store still takes writes";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kObjectNotInPrerequisiteState);
    EXPECT_STREQ(error.what(), "the store has stopped taking writes");
    EXPECT_NE(error.diagnostic().detail, "");
  }
  EXPECT_NE(store.WriteStopReason(), std::nullopt);
}

TEST(CrashTest, FailedSyncStopsWritesAndReadsGoOn) {
  FaultInjector faults;
  auto store = Store::Open(MemoryOptions(&faults));
  Put(*store, "before", "v", SyncMode::kSync);
  faults.FailOperation(1, FaultKind::kIoError, kFileSync, 1, ".log");
  try {
    Put(*store, "failing", "v", SyncMode::kSync);
    FAIL() << "a failed sync was acknowledged";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kIoError);
  }
  ExpectStopped(*store);
  EXPECT_TRUE(Has(*store, "before"));
  EXPECT_FALSE(Has(*store, "failing"));
  store.reset();
  faults.StopFailing();
  store = Store::Open(MemoryOptions(&faults));
  EXPECT_TRUE(Has(*store, "before"));
  Put(*store, "after", "v", SyncMode::kSync);
}

TEST(CrashTest, FullDiskStopsWritesUntilThereIsSpace) {
  FaultInjector faults;
  auto store = Store::Open(MemoryOptions(&faults));
  Put(*store, "before", "v", SyncMode::kSync);
  faults.FailOperation(1, FaultKind::kDiskFull, kAllFileWrites, UINT64_MAX);
  for (int i = 0; i < 3; ++i) {
    try {
      Put(*store, "failing", "v", SyncMode::kSync);
      FAIL() << "a failed append was acknowledged";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kDiskFull);
    }
    EXPECT_TRUE(Has(*store, "before"));
    EXPECT_NE(store->WriteStopReason(), std::nullopt);
  }
  faults.StopFailing();
  // The first tries may still meet what failed while RocksDB wrote its memory out.
  bool goes_on = false;
  for (int i = 0; i < 100 && !goes_on; ++i) {
    try {
      Put(*store, "after", "v", SyncMode::kSync);
      goes_on = true;
    } catch (const SqlError& error) {
      ASSERT_EQ(error.state(), SqlState::kDiskFull);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  ASSERT_TRUE(goes_on);
  EXPECT_EQ(store->WriteStopReason(), std::nullopt);
  faults.Crash();
  store.reset();
  faults.Revive(CrashLoss::kAllUnsynced);
  store = Store::Open(MemoryOptions(&faults));
  EXPECT_TRUE(Has(*store, "before"));
  EXPECT_TRUE(Has(*store, "after"));
  EXPECT_FALSE(Has(*store, "failing"));
}

// Writers of both kinds meet a full log, or a disk full for every file, at once: each is told so, nobody ends the
// process, what was acknowledged stays, and service goes on when there is space.
void FillTheDiskUnderManyWriters(uint64_t seed, std::string_view file_part) {
  constexpr int kWriters = 8;
  FaultInjector faults;
  auto store = Store::Open(MemoryOptions(&faults));
  faults.FailOperation(1 + seed * 7 % 300, FaultKind::kDiskFull, kFileAppend | kFileCreate, 20 + seed % 60,
                       file_part);
  std::vector<std::string> acknowledged[kWriters];
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 400; ++i) {
        const std::string key = "w" + std::to_string(writer) + "/" + std::to_string(i);
        const SyncMode sync = (writer + i) % 2 == 0 ? SyncMode::kSync : SyncMode::kNone;
        try {
          Put(*store, key, std::string(1 + (i * 37) % 900, 'v'), sync);
          if (sync == SyncMode::kSync) acknowledged[writer].push_back(key);
        } catch (const SqlError& error) {
          EXPECT_EQ(error.state(), SqlState::kDiskFull) << error.what();
          EXPECT_FALSE(Has(*store, key));
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_TRUE(faults.has_failed());
  faults.StopFailing();
  Put(*store, "after", "v", SyncMode::kSync);
  faults.Crash();
  store.reset();
  faults.Revive(CrashLoss::kAllUnsynced);
  store = Store::Open(MemoryOptions(&faults));
  EXPECT_TRUE(Has(*store, "after"));
  for (const auto& keys : acknowledged) {
    for (const std::string& key : keys) ASSERT_TRUE(Has(*store, key)) << "lost " << key;
  }
}

void FillTheDiskOften(std::string_view file_part) {
  const uint64_t seeds = std::getenv("GRIZZLY_EVERY_OPERATION") != nullptr ? 200 : 8;
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FillTheDiskUnderManyWriters(seed, file_part);
  }
}

TEST(CrashTest, ManyWritersMeetAFullLog) { FillTheDiskOften(".log"); }
TEST(CrashTest, ManyWritersMeetAFullDisk) { FillTheDiskOften(""); }

std::unique_ptr<SortedFile> FileOf(Store& store, const std::string& prefix) {
  const auto writer = store.NewSortedFile(SortedFileUse::kIngestion);
  for (int i = 100; i < 120; ++i) writer->Put(prefix + std::to_string(i), "v");
  return writer->Finish();
}

// Writes, flushes and ingests; every key noted was acknowledged.
void RunSomeWork(Store& store, std::vector<std::string>* acknowledged) {
  for (int i = 0; i < 24; ++i) {
    const std::string key = "k" + std::to_string(i);
    Put(store, key, "v", SyncMode::kSync);
    acknowledged->push_back(key);
    if (i % 10 == 9) store.Flush();
    if (i % 8 != 7) continue;
    const std::string prefix = "file" + std::to_string(i) + "/";
    std::vector<std::unique_ptr<SortedFile>> files;
    files.push_back(FileOf(store, prefix + "a"));
    files.push_back(FileOf(store, prefix + "b"));
    store.Ingest(std::move(files));
    acknowledged->push_back(prefix + "a100");
    acknowledged->push_back(prefix + "b119");
  }
}

// The n-th operation on files fails, for every n there is: what was acknowledged is there, at once and after a
// power loss; an ingestion is there whole or not at all.
// A failed flush costs a second: RocksDB waits before it tries again. So the usual run takes every 13th
// operation; GRIZZLY_EVERY_OPERATION takes them all.
void FailEveryOperation(FaultKind kind) {
  const uint64_t step = std::getenv("GRIZZLY_EVERY_OPERATION") != nullptr ? 1 : 13;
  for (uint64_t n = 1;; n += step) {
    SCOPED_TRACE("operation " + std::to_string(n));
    FaultInjector faults;
    faults.FailOperation(n, kind);
    std::vector<std::string> acknowledged;
    std::unique_ptr<Store> store;
    try {
      store = Store::Open(MemoryOptions(&faults));
      RunSomeWork(*store, &acknowledged);
    } catch (const SqlError& error) {
      ASSERT_TRUE(faults.has_failed()) << error.what();
    }
    const bool failed = faults.has_failed();
    for (const std::string& key : acknowledged) ASSERT_TRUE(Has(*store, key)) << key;
    faults.Crash();
    store.reset();
    faults.Revive(CrashLoss::kAllUnsynced);
    store = Store::Open(MemoryOptions(&faults));
    for (const std::string& key : acknowledged) ASSERT_TRUE(Has(*store, key)) << "lost " << key;
    for (const char* prefix : {"file7/", "file15/", "file23/"}) {
      ASSERT_EQ(Has(*store, std::string(prefix) + "a100"), Has(*store, std::string(prefix) + "b119"));
    }
    Put(*store, "goes on", "v", SyncMode::kSync);
    if (!failed) return;
  }
}

TEST(CrashTest, EveryFileOperationMayFail) { FailEveryOperation(FaultKind::kIoError); }
TEST(CrashTest, TheDiskMayBeFullAtEveryOperation) { FailEveryOperation(FaultKind::kDiskFull); }

TEST(CrashTest, DamagedTableIsNoticed) {
  FaultInjector faults;
  auto store = Store::Open(MemoryOptions(&faults));
  for (int i = 0; i < 1000; ++i) Put(*store, std::to_string(i), std::string(100, 'x'), SyncMode::kNone);
  store->Flush();
  store.reset();
  ASSERT_TRUE(faults.CorruptFile(".sst", 2000));
  try {
    store = Store::Open(MemoryOptions(&faults));
    for (int i = 0; i < 1000; ++i) Has(*store, std::to_string(i));
    FAIL() << "a flipped bit went unnoticed";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kDataCorrupted);
  }
}

}  // namespace
}  // namespace grizzly::storage
