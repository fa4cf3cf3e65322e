// Shows: a data directory that cannot be used is refused with a sentence that says what to do.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error/sql_error.h"
#include "storage/kv/fault_injection.h"
#include "storage/kv/store.h"

namespace grizzly::storage {
namespace {

class DataDirectoryTest : public ::testing::Test {
 protected:
  DataDirectoryTest() {
    path_ = ::testing::TempDir() + "grizzly_data_" + std::to_string(getpid()) + "_" +
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(path_);
    options_.directory = path_;
    options_.write_buffer_bytes = 1u << 20;
    options_.block_cache_bytes = 1u << 20;
  }
  ~DataDirectoryTest() override { std::filesystem::remove_all(path_); }

  void WriteFile(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(path_);
    std::ofstream(path_ + "/" + name) << text;
  }
  // "(opened)" or the error.
  std::string OpenError(SqlState expected) {
    try {
      Store::Open(options_);
      return "(opened)";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), expected);
      EXPECT_NE(error.diagnostic().hint, "");
      return error.what();
    }
  }
  std::string path_;
  StoreOptions options_;
};

TEST_F(DataDirectoryTest, MadeAndReopened) {
  options_.directory += "/deeper/still";
  {
    auto store = Store::Open(options_);
    auto batch = store->NewBatch();
    batch->Put("k", "v");
    store->Write(*batch, SyncMode::kNone);
  }
  PinnedValue value;
  EXPECT_TRUE(Store::Open(options_)->Get(nullptr, "k", &value));
}

TEST_F(DataDirectoryTest, ConfigurationMayLieThereAlready) {
  WriteFile("grizzlyd.conf", "port = 5432");
  EXPECT_EQ(OpenError(SqlState::kInternalError), "(opened)");
}

TEST_F(DataDirectoryTest, SomebodyElsesFilesAreLeftAlone) {
  WriteFile("PG_VERSION", "15");
  EXPECT_EQ(OpenError(SqlState::kConfigFileError),
            "directory \"" + path_ + "\" is not empty and not a GrizzlyDB data directory");
}

TEST_F(DataDirectoryTest, NewerFormat) {
  { Store::Open(options_); }
  WriteFile("GRIZZLY_VERSION", "2\n");
  EXPECT_EQ(OpenError(SqlState::kConfigFileError),
            "data directory \"" + path_ +
                "\" has format version 2, but this server knows only versions up to 1");
}

TEST_F(DataDirectoryTest, UnreadableVersion) {
  WriteFile("GRIZZLY_VERSION", "rubbish");
  EXPECT_EQ(OpenError(SqlState::kDataCorrupted),
            "file \"" + path_ + "/GRIZZLY_VERSION\" does not hold a format version");
}

TEST_F(DataDirectoryTest, ALostStoreIsNotReplacedByAnEmptyOne) {
  { Store::Open(options_); }
  std::filesystem::remove(path_ + "/store/CURRENT");
  EXPECT_EQ(OpenError(SqlState::kDataCorrupted),
            "the store in data directory \"" + path_ + "\" is missing");
}

TEST_F(DataDirectoryTest, InUse) {
  auto store = Store::Open(options_);
  EXPECT_EQ(OpenError(SqlState::kLockFileExists),
            "data directory \"" + path_ + "\" is in use by another server");
}

TEST_F(DataDirectoryTest, NotADirectory) {
  std::ofstream(path_) << "a file";
  EXPECT_EQ(OpenError(SqlState::kConfigFileError),
            "data directory \"" + path_ + "\" is not a directory");
}

TEST_F(DataDirectoryTest, NotWritable) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  std::filesystem::create_directories(path_);
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  EXPECT_EQ(OpenError(SqlState::kConfigFileError),
            "could not access data directory \"" + path_ + "\"");
}

TEST_F(DataDirectoryTest, DiskFullAtEveryOperationOfTheFirstStart) {
  // Each try starts on an empty directory; the n-th write operation finds the disk full.
  for (uint64_t n = 1;; ++n) {
    std::filesystem::remove_all(path_);
    FaultInjector faults;
    options_.faults = &faults;
    faults.FailOperation(n, FaultKind::kDiskFull);
    bool opened = false;
    try {
      Store::Open(options_);
      opened = true;
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kDiskFull) << n << " " << error.what();
      EXPECT_NE(error.diagnostic().hint, "");
    }
    const bool failed = faults.has_failed();
    faults.StopFailing();
    options_.faults = nullptr;
    if (!opened) {
      EXPECT_EQ(OpenError(SqlState::kInternalError), "(opened)") << n;
    }
    if (!failed) break;
    ASSERT_LT(n, 200u);
  }
}

}  // namespace
}  // namespace grizzly::storage
