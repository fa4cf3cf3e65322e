// Shows: what a statement sees, savepoints, conflicts under locks, the end of a transaction, the clock.
#include "txn/transaction.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/error/sql_error.h"
#include "storage/key/key_layout.h"
#include "storage/kv/fault_injection.h"
#include "txn/commit_clock.h"

namespace grizzly::txn {
namespace {

std::string Key(std::string_view name) {
  std::string key;
  storage::AppendKeyHead(&key, TenantId(1), StorageId(1), IndexId(0));
  return key += name;
}
std::string Value(std::string_view text) { return std::string(kRowTimestampBytes, '\0') += text; }

class TransactionTest : public ::testing::Test {
 protected:
  TransactionTest() { Open(); }

  void Open() {
    storage::StoreOptions options;
    options.directory = "/transaction_test";
    options.medium = storage::StoreMedium::kMemory;
    options.faults = &faults_;
    store_ = storage::Store::Open(options);
    transactions_ = std::make_unique<TransactionManager>(*store_, locks_);
  }
  std::unique_ptr<Transaction> Begin(TransactionOptions options = {}) {
    return transactions_->Begin(options, cancel_, &memory_, &lock_settings_);
  }
  void PutCommitted(std::string_view name, std::string_view text) {
    auto transaction = Begin();
    transaction->Put(Key(name), Value(text));
    transaction->Commit();
  }
  static std::string Read(Transaction& transaction, const ReadView& view, std::string_view name) {
    RowRead row;
    transaction.Get(view, Key(name), &row);
    return row.found() ? std::string(row.value().substr(kRowTimestampBytes)) : "(none)";
  }
  // "a=1 b=2 " in the scan's order.
  static std::string ScanAll(Transaction& transaction, const ReadView& view,
                             ScanDirection direction = ScanDirection::kForward) {
    std::string rows;
    auto scan = transaction.Scan(view, Key(""), Key("\xFF"), direction);
    for (; scan->Valid(); scan->Next()) {
      rows += std::string(scan->key().substr(storage::kKeyHeadBytes)) + "=" +
              std::string(scan->value().substr(kRowTimestampBytes)) + " ";
    }
    return rows;
  }

  storage::FaultInjector faults_;
  MemoryTracker memory_{"transactions", nullptr};
  CancelToken cancel_;
  LockSettings lock_settings_;
  LockManager locks_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<TransactionManager> transactions_;
};

TEST_F(TransactionTest, AStatementNeverSeesItsOwnWrites) {
  auto transaction = Begin();
  EXPECT_EQ(transaction->NextCommand(), 1u);
  const ReadView first = transaction->View();
  transaction->Put(Key("a"), Value("1"));
  EXPECT_EQ(Read(*transaction, first, "a"), "(none)");
  EXPECT_EQ(ScanAll(*transaction, first), "");
  transaction->NextCommand();
  const ReadView second = transaction->View();
  EXPECT_EQ(Read(*transaction, second, "a"), "1");
  transaction->Put(Key("a"), Value("2"));
  EXPECT_EQ(ScanAll(*transaction, second), "a=1 ");
  transaction->NextCommand();
  EXPECT_EQ(ScanAll(*transaction, transaction->View()), "a=2 ");
}

TEST_F(TransactionTest, OwnWritesLieOverTheStore) {
  for (const char* name : {"a", "b", "c", "d"}) PutCommitted(name, "old");
  auto transaction = Begin();
  transaction->NextCommand();
  transaction->Put(Key("b"), Value("new"));
  transaction->Delete(Key("c"));
  transaction->Put(Key("cc"), Value("own"));
  transaction->Delete(Key("x"));
  transaction->Put(Key("e"), Value("own"));
  transaction->NextCommand();
  const ReadView view = transaction->View();
  EXPECT_EQ(ScanAll(*transaction, view), "a=old b=new cc=own d=old e=own ");
  EXPECT_EQ(ScanAll(*transaction, view, ScanDirection::kBackward),
            "e=own d=old cc=own b=new a=old ");
  EXPECT_EQ(Read(*transaction, view, "c"), "(none)");
  transaction->Commit();
  auto reader = Begin();
  EXPECT_EQ(ScanAll(*reader, reader->View()), "a=old b=new cc=own d=old e=own ");
}

TEST_F(TransactionTest, IsolationLevelsTakeTheirSnapshots) {
  PutCommitted("a", "1");
  auto committed = Begin();
  auto repeatable = Begin({.isolation = IsolationLevel::kRepeatableRead});
  EXPECT_EQ(Read(*committed, committed->View(), "a"), "1");
  EXPECT_EQ(Read(*repeatable, repeatable->View(), "a"), "1");
  const ReadView cursor = committed->View();
  PutCommitted("a", "2");
  EXPECT_EQ(Read(*committed, committed->View(), "a"), "2");
  EXPECT_EQ(Read(*committed, cursor, "a"), "1");
  EXPECT_EQ(Read(*repeatable, repeatable->View(), "a"), "1");
  RowRead latest;
  repeatable->GetLatest(Key("a"), &latest);
  EXPECT_EQ(latest.value().substr(kRowTimestampBytes), "2");
}

TEST_F(TransactionTest, FirstUpdaterIsSeenByItsTimestamp) {
  PutCommitted("a", "1");
  auto late = Begin({.isolation = IsolationLevel::kRepeatableRead});
  RowRead seen;
  late->Get(late->View(), Key("a"), &seen);
  const CommitTimestamp before = seen.commit_timestamp();
  PutCommitted("a", "2");
  late->LockRow(Key("a"), RowLockMode::kUpdate);
  late->GetLatest(Key("a"), &seen);
  EXPECT_GT(seen.commit_timestamp(), before);
}

TEST_F(TransactionTest, SavepointsUndoWritesLocksAndActions) {
  auto transaction = Begin();
  std::string happened;
  transaction->NextCommand();
  transaction->Put(Key("a"), Value("1"));
  transaction->OnCommit([&](CommitTimestamp) { happened += "outer "; });
  const size_t outer = transaction->PushSavepoint();
  transaction->Put(Key("a"), Value("2"));
  transaction->LockRow(Key("a"), RowLockMode::kUpdate);
  const size_t inner = transaction->PushSavepoint();
  EXPECT_EQ(inner, outer + 1);
  transaction->Delete(Key("a"));
  transaction->OnCommit([&](CommitTimestamp) { happened += "inner "; });
  transaction->OnRollback([&] { happened += "undone "; });
  transaction->RollbackToSavepoint(outer);
  EXPECT_EQ(happened, "undone ");
  EXPECT_TRUE(locks_.ListAll().empty());
  transaction->Put(Key("b"), Value("3"));
  transaction->ReleaseSavepoint(outer);
  transaction->Commit();
  EXPECT_EQ(happened, "undone outer ");
  auto reader = Begin();
  EXPECT_EQ(ScanAll(*reader, reader->View()), "a=1 b=3 ");
}

TEST_F(TransactionTest, RollbackLeavesNothing) {
  bool undone = false;
  {
    auto transaction = Begin();
    transaction->Put(Key("a"), Value("1"));
    transaction->LockRow(Key("a"), RowLockMode::kUpdate);
    transaction->OnRollback([&] { undone = true; });
    transaction->OnCommit([&](CommitTimestamp) { FAIL(); });
  }
  EXPECT_TRUE(undone);
  EXPECT_TRUE(locks_.ListAll().empty());
  EXPECT_EQ(memory_.used_bytes(), 0);
  auto reader = Begin();
  EXPECT_EQ(ScanAll(*reader, reader->View()), "");
}

TEST_F(TransactionTest, CommitActionsRunBeforeLocksGo) {
  auto transaction = Begin();
  transaction->LockRow(Key("a"), RowLockMode::kUpdate);
  transaction->Put(Key("a"), Value("1"));
  size_t locks_held = 0;
  CommitTimestamp at;
  transaction->OnCommit([&](CommitTimestamp timestamp) {
    locks_held = locks_.ListAll().size();
    at = timestamp;
  });
  transaction->Commit();
  EXPECT_EQ(locks_held, 1u);
  RowRead row;
  auto reader = Begin();
  reader->Get(reader->View(), Key("a"), &row);
  EXPECT_EQ(row.commit_timestamp(), at);
}

TEST_F(TransactionTest, DroppedRangesGoWithTheCommit) {
  PutCommitted("a", "1");
  auto undone = Begin();
  undone->DropRangeAtCommit(Key(""), Key("\xFF"));
  undone->Rollback();
  auto reader = Begin({.isolation = IsolationLevel::kRepeatableRead});
  EXPECT_EQ(ScanAll(*reader, reader->View()), "a=1 ");
  auto done = Begin();
  done->Put(Key("b"), Value("2"));
  done->DropRangeAtCommit(Key(""), Key("\xFF"));
  done->Commit();
  auto later = Begin();
  EXPECT_EQ(ScanAll(*later, later->View()), "");
}

TEST_F(TransactionTest, RefusesToWriteWhenReadOnly) {
  auto transaction = Begin({.read_only = true});
  try {
    transaction->Put(Key("a"), Value("1"));
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kReadOnlySqlTransaction);
  }
}

TEST_F(TransactionTest, WritesAreChargedAndLimited) {
  MemoryTracker small("small", nullptr, 100'000);
  auto transaction = transactions_->Begin({}, cancel_, &small, nullptr);
  try {
    for (int i = 0; i < 10'000; ++i) transaction->Put(Key(std::to_string(i)), Value("some text"));
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kOutOfMemory);
  }
  transaction.reset();
  EXPECT_EQ(small.used_bytes(), 0);
}

// SET LOCAL work_mem: what is beyond the new share goes to disk from then on.
TEST_F(TransactionTest, MemoryOfWritesMayChangeMeanwhile) {
  TransactionOptions options;
  options.write_memory_bytes = SIZE_MAX;
  auto transaction = Begin(options);
  const auto put = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      transaction->Put(Key(std::to_string(i)), Value(std::string(1000, 'x')));
    }
  };
  put(0, 2000);
  EXPECT_GT(memory_.used_bytes(), 2'000'000);
  transaction->mutable_options().write_memory_bytes = 100'000;
  put(2000, 4000);
  EXPECT_LT(memory_.used_bytes(), 1'500'000);
  RowRead row;
  transaction->GetLatest(Key("17"), &row);
  EXPECT_TRUE(row.found());
}

TEST_F(TransactionTest, FailedCommitIsRolledBack) {
  PutCommitted("a", "1");
  auto transaction = Begin();
  transaction->Put(Key("a"), Value("2"));
  transaction->LockRow(Key("a"), RowLockMode::kUpdate);
  bool undone = false;
  transaction->OnRollback([&] { undone = true; });
  faults_.FailOperation(1, storage::FaultKind::kIoError, storage::kFileSync, 1, ".log");
  EXPECT_THROW(transaction->Commit(), SqlError);
  EXPECT_FALSE(transaction->is_active());
  EXPECT_TRUE(undone);
  EXPECT_TRUE(locks_.ListAll().empty());
  auto reader = Begin();
  EXPECT_EQ(Read(*reader, reader->View(), "a"), "1");
  reader->Commit();
}

TEST_F(TransactionTest, ClockGrowsAcrossCrashes) {
  CommitTimestamp last;
  for (int round = 0; round < 5; ++round) {
    PutCommitted("a", std::to_string(round));
    for (int i = 0; i < 1000; ++i) {
      const CommitTimestamp next = transactions_->NextTimestamp();
      EXPECT_GT(next, last);
      last = next;
    }
    faults_.Crash();
    transactions_.reset();
    store_.reset();
    faults_.Revive(storage::CrashLoss::kAllUnsynced);
    Open();
  }
  const int64_t wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count();
  EXPECT_LT(MillisecondsOf(last), wall_ms + 10'000);
}

}  // namespace
}  // namespace grizzly::txn
