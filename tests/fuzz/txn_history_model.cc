// Interleaved transactions against a multi-version model: what each statement of READ COMMITTED and
// REPEATABLE READ sees, by key and by scan, with savepoints, over commits and rollbacks of others.
#include <map>

#include "model.h"
#include "storage/key/key_layout.h"
#include "txn/transaction.h"

namespace grizzly::model {
namespace {

using namespace txn;  // the names of what is under test
using Rows = std::map<std::string, std::string>;

struct Write {
  std::string key;
  std::string value;
  bool deleted;
  CommandId command;
};

struct Actor {
  std::unique_ptr<Transaction> transaction;
  std::vector<Write> writes;
  std::vector<size_t> savepoints;
  Rows first_snapshot;
  bool has_snapshot = false;
  // A cursor kept open over later statements.
  std::unique_ptr<RangeScan> cursor;
  std::vector<std::pair<std::string, std::string>> cursor_left;
};

void Apply(const std::vector<Write>& writes, CommandId before, Rows& rows) {
  for (const Write& write : writes) {
    if (write.command >= before) continue;
    if (write.deleted) {
      rows.erase(write.key);
    } else {
      rows[write.key] = write.value;
    }
  }
}

std::string RandomKey(Random& random) {
  std::string key;
  storage::AppendKeyHead(&key, TenantId(1), StorageId(1), IndexId(0));
  return key += static_cast<char>('a' + Below(random, 8));
}

class History {
 public:
  explicit History(Random& random) : random_(random) {
    storage::StoreOptions options;
    options.directory = "/history";
    options.medium = storage::StoreMedium::kMemory;
    options.block_cache_bytes = 1u << 20;
    store_ = storage::Store::Open(options);
    transactions_ = std::make_unique<TransactionManager>(*store_, locks_);
    storage::AppendKeyHead(&from_, TenantId(1), StorageId(1), IndexId(0));
    to_ = storage::PrefixSuccessor(from_);
  }

  void Run() {
    for (int step = 0; step < 400; ++step) Step(actors_[Below(random_, actors_.size())]);
  }

 private:
  void Step(Actor& actor) {
    if (actor.transaction == nullptr) return BeginTransaction(actor);
    switch (Below(random_, 14)) {
      case 0: return Commit(actor);
      case 1:
        actor.transaction->Rollback();
        return End(actor);
      case 2:
        actor.transaction->PushSavepoint();
        actor.savepoints.push_back(actor.writes.size());
        return;
      case 3: return UndoToSavepoint(actor);
      case 4:
      case 5: return CheckReads(actor);
      case 6: return OpenCursor(actor);
      case 7: return CheckCursor(actor);
      case 8:
        if (Below(random_, 8) == 0) store_->Flush();
        return;
      default: return WriteStatement(actor);
    }
  }

  void BeginTransaction(Actor& actor) {
    TransactionOptions options;
    options.commit_sync = storage::SyncMode::kNone;
    // Some move their writes to disk, and commit by files.
    if (Below(random_, 8) == 0) options.write_memory_bytes = 1500;
    if (Below(random_, 2) == 0) options.isolation = IsolationLevel::kRepeatableRead;
    actor.transaction = transactions_->Begin(options, cancel_, nullptr, nullptr);
  }

  void WriteStatement(Actor& actor) {
    const CommandId command = actor.transaction->NextCommand();
    const ReadView view = actor.transaction->View();
    const Rows visible = Visible(actor, view);
    for (uint64_t n = Below(random_, 4); n > 0; --n) {
      const Write write{RandomKey(random_), std::to_string(random_()), Below(random_, 3) == 0,
                        command};
      if (write.deleted) {
        actor.transaction->Delete(write.key);
      } else {
        actor.transaction->Put(write.key, std::string(kRowTimestampBytes, '\0') + write.value);
      }
      actor.writes.push_back(write);
    }
    CompareScan(actor, view, visible);  // its own writes must not show
  }

  void UndoToSavepoint(Actor& actor) {
    if (actor.savepoints.empty()) return;
    const size_t depth = 1 + Below(random_, actor.savepoints.size());
    actor.transaction->RollbackToSavepoint(depth);
    actor.writes.resize(actor.savepoints[depth - 1]);
    actor.savepoints.resize(depth);
    actor.cursor.reset();  // one opened since would have been closed
    if (Below(random_, 2) == 0) {
      actor.transaction->ReleaseSavepoint(depth);
      actor.savepoints.resize(depth - 1);
    }
  }

  void Commit(Actor& actor) {
    actor.cursor.reset();
    actor.transaction->Commit();
    Apply(actor.writes, kSeesAll, committed_);
    End(actor);
  }

  void End(Actor& actor) { actor = Actor(); }

  Rows Visible(Actor& actor, const ReadView& view) {
    if (!actor.has_snapshot) {
      actor.first_snapshot = committed_;
      actor.has_snapshot = true;
    }
    const bool repeatable =
        actor.transaction->options().isolation == IsolationLevel::kRepeatableRead;
    Rows rows = repeatable ? actor.first_snapshot : committed_;
    Apply(actor.writes, view.command, rows);
    return rows;
  }

  void CheckReads(Actor& actor) {
    actor.transaction->NextCommand();
    const ReadView view = actor.transaction->View();
    const Rows visible = Visible(actor, view);
    for (int i = 0; i < 3; ++i) {
      const std::string key = RandomKey(random_);
      RowRead row;
      actor.transaction->Get(view, key, &row);
      const auto expected = visible.find(key);
      Expect(row.found() == (expected != visible.end()), "found " + key.substr(12));
      if (row.found()) {
        Expect(row.value().substr(kRowTimestampBytes) == expected->second, "value " + key.substr(12));
      }
      actor.transaction->GetLatest(key, &row);
      Rows latest = committed_;
      Apply(actor.writes, kSeesAll, latest);
      Expect(row.found() == (latest.count(key) == 1), "latest " + key.substr(12));
    }
    CompareScan(actor, view, visible);
  }

  void CompareScan(Actor& actor, const ReadView& view, const Rows& visible) {
    const bool forward = Below(random_, 2) == 0;
    std::string from = Below(random_, 2) == 0 ? from_ : RandomKey(random_);
    std::string to = Below(random_, 2) == 0 ? to_ : RandomKey(random_);
    if (to < from) std::swap(from, to);
    std::string expected, got;
    for (auto row = visible.lower_bound(from); row != visible.lower_bound(to); ++row) {
      const std::string text = row->first.substr(12) + "=" + row->second + " ";
      expected = forward ? expected + text : text + expected;
    }
    auto scan = actor.transaction->Scan(
        view, from, to, forward ? ScanDirection::kForward : ScanDirection::kBackward);
    for (; scan->Valid(); scan->Next()) {
      got += std::string(scan->key().substr(12)) + "=" +
             std::string(scan->value().substr(kRowTimestampBytes)) + " ";
    }
    Expect(got == expected, "scan shows " + got + "and not " + expected);
  }

  void OpenCursor(Actor& actor) {
    actor.transaction->NextCommand();
    const ReadView view = actor.transaction->View();
    const Rows visible = Visible(actor, view);
    actor.cursor_left.assign(visible.begin(), visible.end());
    actor.cursor = actor.transaction->Scan(view, from_, to_);
  }

  void CheckCursor(Actor& actor) {
    if (actor.cursor == nullptr) return;
    if (actor.cursor_left.empty()) {
      Expect(!actor.cursor->Valid(), "the cursor shows too much");
      return;
    }
    Expect(actor.cursor->Valid(), "the cursor ends early");
    Expect(actor.cursor->key() == actor.cursor_left.front().first, "the cursor's key");
    Expect(actor.cursor->value().substr(kRowTimestampBytes) == actor.cursor_left.front().second,
           "the cursor's value");
    actor.cursor_left.erase(actor.cursor_left.begin());
    actor.cursor->Next();
  }

  Random& random_;
  CancelToken cancel_;
  LockManager locks_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<TransactionManager> transactions_;
  Rows committed_;
  std::array<Actor, 3> actors_;
  std::string from_, to_;
};

}  // namespace

const uint64_t kSeedCount = 25;

void RunModel(Random& random) { History(random).Run(); }

}  // namespace grizzly::model
