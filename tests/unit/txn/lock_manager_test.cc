// Shows: waiting, fair queues, upgrades, timeouts, cancel, deadlocks and what pg_locks is told.
#include "txn/lock/lock_manager.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/error/sql_error.h"
#include "txn/lock/lock_settings.h"

namespace grizzly::txn {
namespace {

using namespace std::chrono_literals;

const LockTag kA = LockTag::Row(TenantId(1), "a");
const LockTag kB = LockTag::Row(TenantId(1), "b");

class LockManagerTest : public ::testing::Test {
 protected:
  struct Party {
    CancelToken cancel;
    LockSettings settings{.deadlock_timeout_ms = 20, .lock_timeout_ms = 0};
    std::unique_ptr<LockOwner> owner;
  };

  Party& NewParty() {
    parties_.push_back(std::make_unique<Party>());
    Party& party = *parties_.back();
    party.owner =
        locks_.NewOwner(SessionId(static_cast<int>(parties_.size())), party.cancel, &party.settings);
    return party;
  }
  LockOutcome Row(Party& party, const LockTag& tag, RowLockMode mode,
                  LockWait wait = LockWait::kBlock) {
    return locks_.LockRow(*party.owner, tag, mode, wait);
  }
  // "granted", "waited" or the error's message; the locks of the thread's party stay.
  std::future<std::string> RowInThread(Party& party, const LockTag& tag, RowLockMode mode) {
    const size_t waiters = WaiterCount();
    auto result = std::async(std::launch::async, [this, &party, tag, mode]() -> std::string {
      try {
        return Row(party, tag, mode) == LockOutcome::kGranted ? "granted" : "waited";
      } catch (const SqlError& error) {
        return error.what();
      }
    });
    while (WaiterCount() == waiters && result.wait_for(1ms) == std::future_status::timeout) {
    }
    return result;
  }
  size_t WaiterCount() const {
    size_t count = 0;
    for (const HeldLock& lock : locks_.ListAll()) count += lock.granted ? 0 : 1;
    return count;
  }

  LockManager locks_;
  std::vector<std::unique_ptr<Party>> parties_;
};

TEST_F(LockManagerTest, WaitersAreServedInOrder) {
  Party &one = NewParty(), &two = NewParty(), &three = NewParty(), &four = NewParty();
  Row(one, kA, RowLockMode::kShare);
  auto exclusive = RowInThread(two, kA, RowLockMode::kUpdate);
  // It could share with the holder, but would starve the waiter.
  auto shared = RowInThread(three, kA, RowLockMode::kShare);
  EXPECT_EQ(Row(four, kA, RowLockMode::kShare, LockWait::kNoWait), LockOutcome::kNotAvailable);
  EXPECT_EQ(WaiterCount(), 2u);
  EXPECT_EQ(locks_.BlockingSessions(SessionId(2)), std::vector<SessionId>{SessionId(1)});
  EXPECT_EQ(locks_.BlockingSessions(SessionId(3)), std::vector<SessionId>{SessionId(2)});
  locks_.ReleaseAll(*one.owner);
  EXPECT_EQ(exclusive.get(), "waited");
  EXPECT_EQ(WaiterCount(), 1u);
  locks_.ReleaseAll(*two.owner);
  EXPECT_EQ(shared.get(), "waited");
}

TEST_F(LockManagerTest, HolderUpgradesAheadOfWaiters) {
  Party &one = NewParty(), &two = NewParty();
  Row(one, kA, RowLockMode::kKeyShare);
  auto waiting = RowInThread(two, kA, RowLockMode::kUpdate);
  EXPECT_EQ(Row(one, kA, RowLockMode::kUpdate), LockOutcome::kGranted);
  locks_.ReleaseAll(*one.owner);
  EXPECT_EQ(waiting.get(), "waited");
}

TEST_F(LockManagerTest, TwoUpgradersDeadlockAtOnce) {
  Party &one = NewParty(), &two = NewParty();
  one.settings.deadlock_timeout_ms = two.settings.deadlock_timeout_ms = 60'000;
  Row(one, kA, RowLockMode::kShare);
  Row(two, kA, RowLockMode::kShare);
  auto waiting = RowInThread(one, kA, RowLockMode::kUpdate);
  try {
    Row(two, kA, RowLockMode::kUpdate);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kTRDeadlockDetected);
  }
  locks_.ReleaseAll(*two.owner);
  EXPECT_EQ(waiting.get(), "waited");
}

TEST_F(LockManagerTest, DeadlockIsReportedAsPostgresDoes) {
  Party &one = NewParty(), &two = NewParty();
  two.settings.deadlock_timeout_ms = 60'000;
  locks_.LockRelation(*one.owner, LockTag::Relation(TenantId(1), 100),
                      RelationLockMode::kAccessExclusive, LockWait::kBlock);
  locks_.LockExclusiveOrShared(*two.owner, LockTag::Advisory(TenantId(1), 7, 1), true,
                               LockWait::kBlock);
  auto waiting = std::async(std::launch::async, [&] {
    locks_.LockRelation(*two.owner, LockTag::Relation(TenantId(1), 100),
                        RelationLockMode::kRowShare, LockWait::kBlock);
  });
  while (WaiterCount() == 0) std::this_thread::yield();
  try {
    locks_.LockExclusiveOrShared(*one.owner, LockTag::Advisory(TenantId(1), 7, 1), false,
                                 LockWait::kBlock);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kTRDeadlockDetected);
    EXPECT_STREQ(error.what(), "deadlock detected");
    EXPECT_EQ(error.diagnostic().detail,
              "Process 1 waits for ShareLock on advisory lock [1,0,7,1]; blocked by process 2.\n"
              "Process 2 waits for RowShareLock on relation 100 of database 1; blocked by process "
              "1.");
    EXPECT_EQ(error.diagnostic().hint, "See server log for query details.");
  }
  locks_.ReleaseAll(*one.owner);
  waiting.get();
}

// PostgreSQL's own example of a soft deadlock: reordering the queue lets everybody through.
TEST_F(LockManagerTest, SoftDeadlockIsResolvedByReordering) {
  Party &one = NewParty(), &two = NewParty(), &three = NewParty();
  const LockTag r1 = LockTag::Relation(TenantId(1), 1), r2 = LockTag::Relation(TenantId(1), 2);
  auto lock = [&](Party& party, const LockTag& tag, RelationLockMode mode) {
    return locks_.LockRelation(*party.owner, tag, mode, LockWait::kBlock);
  };
  one.settings.deadlock_timeout_ms = two.settings.deadlock_timeout_ms = 60'000;
  lock(one, r1, RelationLockMode::kAccessShare);
  lock(three, r2, RelationLockMode::kAccessExclusive);
  // one holds r1 and waits for r2; two waits for r1; three wants r1 behind two.
  auto one_waits = std::async(std::launch::async,
                              [&] { return lock(one, r2, RelationLockMode::kAccessShare); });
  while (WaiterCount() < 1) std::this_thread::yield();
  auto two_waits = std::async(std::launch::async,
                              [&] { return lock(two, r1, RelationLockMode::kAccessExclusive); });
  while (WaiterCount() < 2) std::this_thread::yield();
  EXPECT_EQ(lock(three, r1, RelationLockMode::kAccessShare), LockOutcome::kGrantedAfterWait);
  locks_.ReleaseAll(*three.owner);
  EXPECT_EQ(one_waits.get(), LockOutcome::kGrantedAfterWait);
  locks_.ReleaseAll(*one.owner);
  EXPECT_EQ(two_waits.get(), LockOutcome::kGrantedAfterWait);
}

TEST_F(LockManagerTest, TimeoutAndCancelLeaveTheQueue) {
  Party &one = NewParty(), &two = NewParty(), &three = NewParty();
  Row(one, kA, RowLockMode::kUpdate);
  two.settings.lock_timeout_ms = 10;
  try {
    Row(two, kA, RowLockMode::kUpdate);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kLockNotAvailable);
    EXPECT_STREQ(error.what(), "canceling statement due to lock timeout");
  }
  auto waiting = RowInThread(three, kA, RowLockMode::kUpdate);
  three.cancel.Cancel(CancelReason::kUserRequest);
  EXPECT_EQ(waiting.get(), "canceling statement due to user request");
  EXPECT_EQ(WaiterCount(), 0u);
  EXPECT_EQ(locks_.ListAll().size(), 1u);
}

TEST_F(LockManagerTest, HoldersAreAwaitedWithoutAPlaceInTheQueue) {
  const LockTag table = LockTag::Relation(TenantId(1), 16384);
  const auto lock = [&](Party& party, RelationLockMode mode, LockWait wait = LockWait::kBlock) {
    return locks_.LockRelation(*party.owner, table, mode, wait);
  };
  Party &builder = NewParty(), &reader = NewParty(), &writer = NewParty(), &later = NewParty();
  lock(builder, RelationLockMode::kShareUpdateExclusive);
  lock(reader, RelationLockMode::kAccessShare);
  lock(writer, RelationLockMode::kAccessShare);
  lock(writer, RelationLockMode::kRowExclusive);
  auto awaited = std::async(std::launch::async, [&] {
    locks_.AwaitRelationHolders(*builder.owner, table, RelationLockMode::kShare);
  });
  while (WaiterCount() == 0) {
  }
  EXPECT_EQ(locks_.BlockingSessions(SessionId(1)), std::vector<SessionId>{SessionId(3)});
  // Nobody waits for who waits so, and who comes later is not waited for.
  EXPECT_EQ(lock(later, RelationLockMode::kRowExclusive, LockWait::kNoWait), LockOutcome::kGranted);
  EXPECT_EQ(awaited.wait_for(30ms), std::future_status::timeout);
  locks_.ReleaseAll(*writer.owner);
  awaited.get();
  EXPECT_EQ(WaiterCount(), 0u);

  builder.settings.lock_timeout_ms = 10;
  EXPECT_THROW(locks_.AwaitRelationHolders(*builder.owner, table, RelationLockMode::kShare), SqlError);
  EXPECT_EQ(WaiterCount(), 0u);
}

TEST_F(LockManagerTest, AwaitingHoldersIsPartOfADeadlock) {
  const LockTag table = LockTag::Relation(TenantId(1), 16384);
  Party &builder = NewParty(), &writer = NewParty();
  locks_.LockRelation(*builder.owner, table, RelationLockMode::kShareUpdateExclusive, LockWait::kBlock);
  locks_.LockRelation(*writer.owner, table, RelationLockMode::kRowExclusive, LockWait::kBlock);
  auto awaited = std::async(std::launch::async, [&]() -> std::string {
    try {
      locks_.AwaitRelationHolders(*builder.owner, table, RelationLockMode::kShare);
    } catch (const SqlError& error) {
      locks_.ReleaseAll(*builder.owner);
      return error.what();
    }
    return "gone";
  });
  while (WaiterCount() == 0) {
  }
  std::string upgrade = "granted";
  try {
    locks_.LockRelation(*writer.owner, table, RelationLockMode::kShareUpdateExclusive, LockWait::kBlock);
  } catch (const SqlError& error) {
    upgrade = error.what();
    locks_.ReleaseAll(*writer.owner);
  }
  if (upgrade == "granted") {
    EXPECT_EQ(awaited.get(), "deadlock detected");
  } else {
    EXPECT_EQ(upgrade, "deadlock detected");
    EXPECT_EQ(awaited.get(), "gone");
  }
}

TEST_F(LockManagerTest, SavepointsGiveBackWhatCameAfter) {
  Party &one = NewParty(), &two = NewParty();
  Row(one, kA, RowLockMode::kKeyShare);
  const size_t savepoint = locks_.MarkPosition(*one.owner);
  Row(one, kA, RowLockMode::kUpdate);
  Row(one, kB, RowLockMode::kUpdate);
  locks_.ReleaseAfter(*one.owner, savepoint);
  EXPECT_EQ(Row(two, kB, RowLockMode::kUpdate, LockWait::kNoWait), LockOutcome::kGranted);
  EXPECT_EQ(Row(two, kA, RowLockMode::kNoKeyUpdate, LockWait::kNoWait), LockOutcome::kGranted);
  EXPECT_EQ(Row(two, kA, RowLockMode::kUpdate, LockWait::kNoWait), LockOutcome::kNotAvailable);
}

TEST_F(LockManagerTest, AdvisoryLocksCountAndSpareTheirOwnSession) {
  Party &one = NewParty(), &two = NewParty();
  const LockTag tag = LockTag::Advisory(TenantId(1), 5, 2);
  auto own_transaction = locks_.NewOwner(SessionId(1), one.cancel, nullptr);
  auto lock = [&](LockOwner& owner) {
    return locks_.LockExclusiveOrShared(owner, tag, true, LockWait::kNoWait);
  };
  EXPECT_EQ(lock(*one.owner), LockOutcome::kGranted);
  EXPECT_EQ(lock(*one.owner), LockOutcome::kGranted);
  EXPECT_EQ(lock(*own_transaction), LockOutcome::kGranted);
  EXPECT_EQ(lock(*two.owner), LockOutcome::kNotAvailable);
  locks_.ReleaseAll(*own_transaction);
  EXPECT_TRUE(locks_.Unlock(*one.owner, tag, true));
  EXPECT_EQ(lock(*two.owner), LockOutcome::kNotAvailable);
  EXPECT_FALSE(locks_.Unlock(*one.owner, tag, false));
  EXPECT_TRUE(locks_.Unlock(*one.owner, tag, true));
  EXPECT_FALSE(locks_.Unlock(*one.owner, tag, true));
  EXPECT_EQ(lock(*two.owner), LockOutcome::kGranted);
}

TEST_F(LockManagerTest, ManyLocksAreChargedAndGivenBack) {
  MemoryTracker tracker("locks", nullptr, 1 << 20);
  Party& one = NewParty();
  one.owner->Rebind(SessionId(1), one.cancel, nullptr, &tracker);
  try {
    for (int i = 0; i < 1'000'000; ++i) {
      Row(one, LockTag::Row(TenantId(1), std::to_string(i)), RowLockMode::kUpdate);
    }
    FAIL() << "the limit was not met";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), SqlState::kOutOfMemory);
  }
  EXPECT_GT(one.owner->held_count(), 1000u);
  locks_.ReleaseAll(*one.owner);
  EXPECT_EQ(tracker.used_bytes(), 0);
  EXPECT_TRUE(locks_.ListAll().empty());
}

}  // namespace
}  // namespace grizzly::txn
