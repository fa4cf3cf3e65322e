#include "history/workload.h"

#include <random>

namespace grizzly::history {
namespace {

constexpr int kSessionsMin = 3;
constexpr int kSessionsMax = 5;
constexpr int kTxnsPerSession = 4;
constexpr int kOpsMax = 5;

class Planner {
 public:
  Planner(uint64_t seed, bool with_ddl) : random_(seed), with_ddl_(with_ddl) {}

  void Fill(History& history) {
    history.session_count = Between(kSessionsMin, kSessionsMax);
    for (int session = 0; session < history.session_count; ++session) {
      for (int i = 0; i < kTxnsPerSession; ++i) history.txns.push_back(PlanTxn(session));
    }
  }

 private:
  int Between(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool OneIn(int n) { return Between(1, n) == 1; }

  Txn PlanTxn(int session) {
    Txn txn;
    txn.session = session;
    txn.read_only = OneIn(6);
    if (with_ddl_ && OneIn(8)) {
      txn.read_only = false;
      txn.ops.push_back({OpKind::kDdl, Between(0, 99)});
      if (OneIn(2)) return txn;
    }
    bool has_savepoint = false;
    for (int left = Between(1, kOpsMax); left > 0; --left) {
      if (OneIn(8)) {
        txn.ops.push_back({has_savepoint && OneIn(2) ? OpKind::kRollbackToSavepoint
                                                     : OpKind::kSavepoint});
        has_savepoint = true;
      }
      txn.ops.push_back(PlanOp(!txn.read_only && OneIn(2)));
    }
    return txn;
  }

  Op PlanOp(bool writes) {
    const int structure = Between(0, 2);
    if (writes) {
      const int value = ++last_value_;
      if (structure == 0) return {OpKind::kAppend, Between(0, kListCount - 1), 0, value};
      if (structure == 1) return {OpKind::kWriteRegister, Between(0, kRegisterCount - 1), 0, value};
      return {OpKind::kInsert, Between(0, kBucketCount - 1), 0, value};
    }
    if (structure == 0) {
      return OneIn(3) ? Op{OpKind::kReadAllLists}
                      : Op{OpKind::kReadList, Between(0, kListCount - 1)};
    }
    if (structure == 1) {
      return OneIn(3) ? Op{OpKind::kReadAllRegisters}
                      : Op{OpKind::kReadRegister, Between(0, kRegisterCount - 1)};
    }
    const int from = Between(0, kBucketCount - 1);
    return {OpKind::kReadBuckets, from, Between(from + 1, kBucketCount)};
  }

  std::mt19937_64 random_;
  const bool with_ddl_;
  int last_value_ = 0;
};

}  // namespace

History PlanHistory(uint64_t seed, Level level, bool with_ddl) {
  History history;
  history.seed = seed;
  history.level = level;
  Planner(seed, with_ddl).Fill(history);
  return history;
}

}  // namespace grizzly::history
