// SERIALIZABLE with its memory squeezed: what is remembered coarsely still finds every conflict.
#include "txn/serializable/serialization_guard.h"

#include <gtest/gtest.h>

#include "base/error/sql_error.h"
#include "storage/key/key_layout.h"

namespace grizzly::txn {
namespace {

class SerializationGuardTest : public ::testing::Test {
 protected:
  SerializationGuardTest() {
    storage::StoreOptions options;
    options.directory = "/guard";
    options.medium = storage::StoreMedium::kMemory;
    store_ = storage::Store::Open(options);
  }

  void Open(const SerializableLimits& limits) {
    guard_ = std::make_unique<SerializationGuard>(
        *store_,
        [this] { return std::shared_ptr<const storage::StoreSnapshot>(store_->GetSnapshot()); },
        limits);
  }

  static std::string Key(uint32_t storage, const std::string& suffix) {
    std::string key;
    storage::AppendKeyHead(&key, TenantId(1), StorageId(storage), IndexId(0));
    return key + suffix;
  }

  SerializableTransaction& Begin(bool read_only = false) {
    SerializationGuard::Start start = guard_->Begin(SessionId(++sessions_), read_only);
    snapshots_.push_back(start.snapshot);
    return *start.transaction;
  }

  void Commit(SerializableTransaction& transaction) {
    guard_->Prepare(transaction);
    auto batch = store_->NewBatch();
    batch->Put("x", std::to_string(++sessions_));
    store_->Write(*batch, storage::SyncMode::kNone);
    guard_->Committed(transaction);
  }

  bool Fails(const std::function<void()>& action) {
    try {
      action();
      return false;
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), SqlState::kTRSerializationFailure);
      return true;
    }
  }

  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<SerializationGuard> guard_;
  std::vector<std::shared_ptr<const storage::StoreSnapshot>> snapshots_;
  int sessions_ = 0;
};

// Write skew, whatever the limits: one of the two fails.
TEST_F(SerializationGuardTest, WriteSkewIsFoundWithAnyLimits) {
  const SerializableLimits kLimits[] = {{}, {1, 1000, 4096, 1024}, {1024, 0, 4096, 1024},
                                        {1024, 1000, 0, 1024}, {1024, 1000, 4096, 0}, {0, 0, 0, 0}};
  for (const SerializableLimits& limits : kLimits) {
    Open(limits);
    SerializableTransaction& a = Begin();
    SerializableTransaction& b = Begin();
    guard_->NoteRead(a, Key(100, "1"));
    guard_->NoteRead(a, Key(100, "2"));
    guard_->NoteRead(b, Key(100, "1"));
    guard_->NoteRead(b, Key(100, "2"));
    guard_->NoteWrite(a, Key(100, "1"));
    guard_->NoteWrite(b, Key(100, "2"));
    Commit(a);
    EXPECT_TRUE(Fails([&] { Commit(b); }));
    guard_->RolledBack(b);
    EXPECT_EQ(guard_->remembered_count(), 0u);
  }
}

// The pivot and the one behind it are remembered as one when the first reads.
TEST_F(SerializationGuardTest, SummarizedTransactionsStillConflict) {
  Open({1024, 1000, 4096, 0});
  SerializableTransaction& first = Begin();
  guard_->NoteRead(first, Key(100, "other"));
  SerializableTransaction& pivot = Begin();
  guard_->NoteRead(pivot, Key(102, "c"));
  SerializableTransaction& last = Begin();
  guard_->NoteWrite(last, Key(102, "c"));
  Commit(last);
  guard_->NoteWrite(pivot, Key(101, "b"));
  Commit(pivot);
  EXPECT_EQ(guard_->remembered_count(), 0u);
  EXPECT_TRUE(Fails([&] { guard_->NoteRead(first, Key(101, "b")); }));
  guard_->RolledBack(first);
}

TEST_F(SerializationGuardTest, DisjointKeysDoNotConflict) {
  Open({});
  SerializableTransaction& a = Begin();
  SerializableTransaction& b = Begin();
  guard_->NoteRead(a, Key(100, "1"));
  guard_->NoteRangeRead(b, Key(100, "5"), Key(100, "9"));
  guard_->NoteWrite(a, Key(100, "2"));
  guard_->NoteWrite(b, Key(100, "3"));
  Commit(a);
  Commit(b);
  EXPECT_EQ(guard_->remembered_count(), 0u);
  EXPECT_TRUE(guard_->ListReads().empty());
}

TEST_F(SerializationGuardTest, RangesAndMovedStoragesAreRead) {
  Open({});
  SerializableTransaction& a = Begin();
  SerializableTransaction& b = Begin();
  guard_->NoteRangeRead(a, Key(100, "1"), Key(100, "5"));
  guard_->MoveReads(Key(100, "").substr(0, 8), Key(200, "").substr(0, 8));
  guard_->NoteRangeRead(b, Key(101, "1"), Key(101, "5"));
  guard_->NoteWrite(b, Key(200, "7"));
  guard_->NoteWrite(a, Key(101, "3"));
  Commit(a);
  EXPECT_TRUE(Fails([&] { Commit(b); }));
  guard_->RolledBack(b);
}

TEST_F(SerializationGuardTest, ReadOnlyAloneIsSafeAtOnce) {
  Open({});
  EXPECT_EQ(guard_->Begin(SessionId(1), /*read_only=*/true).transaction, nullptr);
  SerializableTransaction& writer = Begin();
  SerializableTransaction& reader = Begin(/*read_only=*/true);
  guard_->NoteRead(reader, Key(100, "1"));
  EXPECT_FALSE(guard_->ListReads().empty());
  guard_->NoteWrite(writer, Key(100, "2"));
  Commit(writer);
  EXPECT_EQ(reader.safety.load(), SnapshotSafety::kSafe);
  EXPECT_TRUE(guard_->ListReads().empty());
  Commit(reader);
}

TEST_F(SerializationGuardTest, UndoneWritesAreForgotten) {
  Open({});
  SerializableTransaction& a = Begin();
  SerializableTransaction& b = Begin();
  guard_->NoteWrite(a, Key(100, "1"));
  const size_t position = guard_->WritePosition(a);
  guard_->NoteWrite(a, Key(101, "1"));
  guard_->UndoWritesTo(a, position);
  guard_->NoteRead(b, Key(101, "1"));
  guard_->NoteRead(a, Key(102, "1"));
  guard_->NoteWrite(b, Key(102, "1"));
  Commit(a);
  Commit(b);
}

}  // namespace
}  // namespace grizzly::txn
