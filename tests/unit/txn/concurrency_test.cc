// Shows: threads that move money between rows keep the sum, in every snapshot and over a power loss.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "base/error/sql_error.h"
#include "storage/key/key_layout.h"
#include "storage/kv/fault_injection.h"
#include "txn/transaction.h"

namespace grizzly::txn {
namespace {

constexpr int kAccounts = 20;
constexpr int64_t kOpeningBalance = 1000;

std::string Account(uint64_t number) {
  std::string key;
  storage::AppendKeyHead(&key, TenantId(1), StorageId(1), IndexId(0));
  return key += static_cast<char>('a' + number);
}

std::string Value(int64_t balance) {
  std::string value(kRowTimestampBytes, '\0');
  value.append(reinterpret_cast<const char*>(&balance), sizeof(balance));
  return value;
}

int64_t BalanceOf(std::string_view value) {
  int64_t balance;
  std::memcpy(&balance, value.data() + kRowTimestampBytes, sizeof(balance));
  return balance;
}

class ConcurrencyTest : public ::testing::Test {
 protected:
  ConcurrencyTest() {
    Open();
    auto transaction = transactions_->Begin({}, cancel_, nullptr, nullptr);
    for (int i = 0; i < kAccounts; ++i) transaction->Put(Account(i), Value(kOpeningBalance));
    transaction->Commit();
  }

  void Open() {
    storage::StoreOptions options;
    options.directory = "/concurrency_test";
    options.medium = storage::StoreMedium::kMemory;
    options.faults = &faults_;
    store_ = storage::Store::Open(options);
    transactions_ = std::make_unique<TransactionManager>(*store_, locks_);
  }

  // False when it lost a conflict and must be tried again.
  bool Move(IsolationLevel isolation, std::minstd_rand& random, const LockSettings& settings) {
    TransactionOptions options;
    options.isolation = isolation;
    auto transaction = transactions_->Begin(options, cancel_, nullptr, &settings);
    transaction->NextCommand();
    const std::string accounts[] = {Account(random() % kAccounts), Account(random() % kAccounts)};
    if (accounts[0] == accounts[1]) return true;
    const auto amount = static_cast<int64_t>(random() % 100);
    try {
      for (int i = 0; i < 2; ++i) {
        RowRead row;
        transaction->Get(transaction->View(), accounts[i], &row);
        const CommitTimestamp seen = row.commit_timestamp();
        transaction->LockRow(accounts[i], RowLockMode::kNoKeyUpdate);
        transaction->GetLatest(accounts[i], &row);
        if (isolation == IsolationLevel::kRepeatableRead && row.commit_timestamp() != seen) {
          return false;
        }
        const int64_t sign = i == 0 ? -1 : 1;
        transaction->Put(accounts[i], Value(BalanceOf(row.value()) + sign * amount));
      }
      transaction->Commit();
    } catch (const SqlError& error) {
      if (error.state() != SqlState::kTRDeadlockDetected) throw;
      return false;
    }
    return true;
  }

  int64_t Sum() {
    TransactionOptions options;
    options.isolation = IsolationLevel::kRepeatableRead;
    auto transaction = transactions_->Begin(options, cancel_, nullptr, nullptr);
    int64_t sum = 0;
    auto scan = transaction->Scan(transaction->View(), Account(0), Account(kAccounts));
    for (; scan->Valid(); scan->Next()) sum += BalanceOf(scan->value());
    return sum;
  }

  storage::FaultInjector faults_;
  CancelToken cancel_;
  LockManager locks_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<TransactionManager> transactions_;
};

TEST_F(ConcurrencyTest, SumsStayInEverySnapshot) {
  const LockSettings settings{.deadlock_timeout_ms = 2, .lock_timeout_ms = 0};
  std::atomic<int> moved{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(t + 1);
      const auto isolation =
          t % 2 == 0 ? IsolationLevel::kReadCommitted : IsolationLevel::kRepeatableRead;
      for (int i = 0; i < 200; ++i) moved += Move(isolation, random, settings);
    });
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Sum(), kAccounts * kOpeningBalance);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Sum(), kAccounts * kOpeningBalance);
  EXPECT_GT(moved, 100);
  EXPECT_TRUE(locks_.ListAll().empty());
}

TEST_F(ConcurrencyTest, SumsStayOverPowerLoss) {
  const LockSettings settings{.deadlock_timeout_ms = 2, .lock_timeout_ms = 0};
  for (uint64_t round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        std::minstd_rand random(t + 1);
        try {
          for (;;) Move(IsolationLevel::kReadCommitted, random, settings);
        } catch (const SqlError&) {  // the power is gone
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    faults_.Crash();
    for (std::thread& thread : threads) thread.join();
    transactions_.reset();
    store_.reset();
    faults_.Revive(storage::CrashLoss::kTornTail, round);
    Open();
    EXPECT_EQ(Sum(), kAccounts * kOpeningBalance);
  }
}

}  // namespace
}  // namespace grizzly::txn
