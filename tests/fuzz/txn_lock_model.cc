// The lock manager against a model of PostgreSQL's tables: random requests of several owners that never
// wait, with savepoints; what is granted, refused, listed must agree. Then threads that do wait.
#include <map>
#include <thread>

#include "base/error/sql_error.h"
#include "model.h"
#include "txn/lock/lock_manager.h"
#include "txn/lock/lock_settings.h"

namespace grizzly::model {
namespace {

using namespace txn;  // the names of what is under test

constexpr int kOwners = 4;

// Written as the documentation's tables are, independent of the code under test.
bool RowConflict(int a, int b) {
  static constexpr const char* kTable[] = {"...X", "..XX", ".XXX", "XXXX"};
  return kTable[a][b] == 'X';
}
bool RelationConflict(int a, int b) {
  static constexpr const char* kTable[] = {".......X", "......XX", "....XXXX", "...XXXXX",
                                           "..XX.XXX", "..XXXXXX", ".XXXXXXX", "XXXXXXXX"};
  return kTable[a][b] == 'X';
}

struct Request {
  LockTag tag;
  int mode;
  bool Conflicts(int other) const {
    switch (tag.kind) {
      case LockKind::kRow: return RowConflict(mode, other);
      case LockKind::kRelation: return RelationConflict(mode, other);
      default: return mode == 1 || other == 1;
    }
  }
};

Request RandomRequest(Random& random) {
  const TenantId tenant(1);
  switch (Below(random, 3)) {
    case 0: return {LockTag::Row(tenant, std::to_string(Below(random, 4))), int(Below(random, 4))};
    case 1: return {LockTag::Relation(tenant, Oid(Below(random, 3))), int(Below(random, 8))};
    default: return {LockTag::Advisory(tenant, Below(random, 3), 1), int(Below(random, 2))};
  }
}

LockOutcome Take(LockManager& locks, LockOwner& owner, const Request& request, LockWait wait) {
  switch (request.tag.kind) {
    case LockKind::kRow:
      return locks.LockRow(owner, request.tag, static_cast<RowLockMode>(request.mode), wait);
    case LockKind::kRelation:
      return locks.LockRelation(owner, request.tag,
                                static_cast<RelationLockMode>(request.mode + 1), wait);
    default: return locks.LockExclusiveOrShared(owner, request.tag, request.mode == 1, wait);
  }
}

// Acquisitions in order, as a savepoint sees them.
struct ModelOwner {
  std::vector<Request> taken;
  std::vector<std::pair<size_t, size_t>> savepoints;  // in the model, in the lock manager

  bool Blocks(const Request& request) const {
    for (const Request& held : taken) {
      if (held.tag == request.tag && request.Conflicts(held.mode)) return true;
    }
    return false;
  }
};

void CompareLists(const LockManager& locks, const std::vector<ModelOwner>& model, bool folding) {
  size_t listed = 0;
  for (const HeldLock& lock : locks.ListAll()) {
    const int mode = lock.tag.kind == LockKind::kRelation ? lock.mode - 1 : lock.mode;
    bool known = false;
    for (const Request& held : model[static_cast<size_t>(lock.session.value - 1)].taken) {
      // A row mode may have been covered by a stronger one, never the other way round.
      known |= held.tag == lock.tag && held.mode == mode;
    }
    Expect(known && lock.granted, "a lock nobody took is listed");
    ++listed;
  }
  if (listed == 0 && !folding) {
    for (const ModelOwner& owner : model) Expect(owner.taken.empty(), "a lock is missing");
  }
}

void RunWithoutWaiting(Random& random) {
  const bool folding = Below(random, 2) == 0;
  LockManager locks(folding ? Below(random, 4) : kUnfoldedLocksMax);
  CancelToken cancel;
  std::vector<std::unique_ptr<LockOwner>> owners;
  std::vector<ModelOwner> model(kOwners);
  for (int i = 0; i < kOwners; ++i) {
    owners.push_back(locks.NewOwner(SessionId(i + 1), cancel, nullptr));
  }
  for (int step = 0; step < 400; ++step) {
    const size_t who = Below(random, kOwners);
    ModelOwner& self = model[who];
    switch (Below(random, 16)) {
      case 0:
        locks.ReleaseAll(*owners[who]);
        self = ModelOwner();
        break;
      case 1:
        self.savepoints.emplace_back(self.taken.size(), locks.MarkPosition(*owners[who]));
        break;
      case 2:
        if (self.savepoints.empty()) break;
        locks.ReleaseAfter(*owners[who], self.savepoints.back().second);
        self.taken.resize(self.savepoints.back().first);
        self.savepoints.pop_back();
        break;
      case 3: CompareLists(locks, model, folding); break;
      default: {
        const Request request = RandomRequest(random);
        bool free = true;
        for (size_t other = 0; other < model.size(); ++other) {
          free &= other == who || !model[other].Blocks(request);
        }
        const LockOutcome outcome = Take(locks, *owners[who], request, LockWait::kNoWait);
        Expect((outcome == LockOutcome::kGranted) == free, "granted or refused wrongly");
        if (free) self.taken.push_back(request);
      }
    }
  }
}

// Each thread locks a few things, some in bad order, and counts under exclusive locks. Every deadlock
// must be found, nobody may be in beside an exclusive holder, and in the end nothing is left.
void RunWithThreads(uint64_t seed) {
  constexpr int kTags = 3;
  LockManager locks(seed % 16 == 0 ? 0 : kUnfoldedLocksMax);
  std::array<std::atomic<int>, kTags> inside{};
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < kOwners; ++t) {
    threads.emplace_back([&, t] {
      Random random(seed * 100 + static_cast<uint64_t>(t));
      CancelToken cancel;
      const LockSettings settings{.deadlock_timeout_ms = 1, .lock_timeout_ms = 0};
      auto owner = locks.NewOwner(SessionId(t + 1), cancel, &settings);
      for (int round = 0; round < 40; ++round) {
        std::array<bool, kTags> mine{};
        try {
          for (int i = 0; i < 2; ++i) {
            const size_t tag = Below(random, kTags);
            const bool exclusive = Below(random, 3) != 0;
            locks.LockRow(*owner, LockTag::Row(TenantId(1), std::to_string(tag)),
                          exclusive ? RowLockMode::kUpdate : RowLockMode::kShare, LockWait::kBlock);
            if (!exclusive || mine[tag]) continue;
            mine[tag] = true;
            if (inside[tag].fetch_add(1) != 0) wrong = true;
          }
        } catch (const SqlError& error) {
          if (error.state() != SqlState::kTRDeadlockDetected) wrong = true;
        }
        for (size_t tag = 0; tag < kTags; ++tag) {
          if (mine[tag]) inside[tag].fetch_sub(1);
        }
        locks.ReleaseAll(*owner);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Expect(!wrong, "two owners held an exclusive lock at once");
  Expect(locks.ListAll().empty(), "locks are left");
}

}  // namespace

const uint64_t kSeedCount = 40;

void RunModel(Random& random) {
  RunWithoutWaiting(random);
  const uint64_t seed = random.seed();
  if (seed > 0 && seed % 8 == 0) RunWithThreads(seed);
}

}  // namespace grizzly::model
