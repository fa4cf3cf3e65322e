// What the parts of a statement cost in txn and storage: reads, snapshots, begin and commit, locks, keys,
// rows. The store is on disk, in a folder of its own below $TMPDIR, removed at the end.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "facts/type_oids.h"
#include "storage/key/key_layout.h"
#include "storage/row/row_layout.h"
#include "txn/transaction.h"

namespace grizzly::txn {
namespace {

using types::Datum;

constexpr int64_t kRows = 1'000'000;

// One store with a pgbench-like table, shared by all.
class Fixture {
 public:
  static Fixture& Get() {
    static Fixture fixture;
    return fixture;
  }

  std::string Key(int64_t id) const {
    std::string key;
    storage::AppendKeyHead(&key, TenantId(1), StorageId(1), IndexId(0));
    keys.AppendPart(0, Datum::Of(static_cast<int32_t>(id)), &key);
    return key;
  }
  std::string Row(int64_t id) const {
    const std::string filler(84, ' ');
    const Datum values[] = {Datum::Of(static_cast<int32_t>(id)), Datum::Of(int32_t{1}),
                            Datum::Of(int32_t{0}), Datum::Of(types::StringRef(filler))};
    std::string row;
    rows.Encode(values, &row);
    return row;
  }

  storage::KeyLayout keys{{{types::BuiltinType(facts::kInt4Oid)}}, {0}};
  storage::RowLayoutSet rows{{Column(facts::kInt4Oid), Column(facts::kInt4Oid),
                              Column(facts::kInt4Oid), Column(facts::kBpcharOid)},
                             {4}};
  std::unique_ptr<storage::Store> store;
  LockManager locks;
  std::unique_ptr<TransactionManager> transactions;
  CancelToken cancel;

 private:
  static storage::RowColumn Column(Oid type) {
    storage::RowColumn column;
    column.type = types::BuiltinType(type);
    return column;
  }

  Fixture() {
    directory_ = std::filesystem::temp_directory_path() /
                 ("grizzly_micro_" + std::to_string(getpid()));
    storage::StoreOptions options;
    options.directory = directory_;
    store = storage::Store::Open(options);
    auto batch = store->NewBatch();
    for (int64_t id = 0; id < kRows; ++id) {
      batch->Put(Key(id), Row(id));
      if (id % 1000 != 999) continue;
      store->Write(*batch, storage::SyncMode::kNone);
      batch->Clear();
    }
    store->Flush();
    transactions = std::make_unique<TransactionManager>(*store, locks);
  }
  ~Fixture() {
    transactions.reset();
    store.reset();
    std::filesystem::remove_all(directory_);
  }

  std::filesystem::path directory_;
};

int64_t RandomId(std::minstd_rand& random) { return static_cast<int64_t>(random() % kRows); }

void StoreGet(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  std::minstd_rand random(7 + static_cast<unsigned>(state.thread_index()));
  storage::PinnedValue value;
  for (auto _ : state) benchmark::DoNotOptimize(f.store->Get(nullptr, f.Key(RandomId(random)), &value));
}
BENCHMARK(StoreGet)->Threads(1)->Threads(2);

void StoreSeek(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  std::minstd_rand random(7);
  for (auto _ : state) {
    const int64_t id = RandomId(random);
    auto it = f.store->NewIterator(nullptr, f.Key(id), f.Key(id + 10));
    it->Seek(f.Key(id));
    benchmark::DoNotOptimize(it->Valid());
  }
}
BENCHMARK(StoreSeek);

void StoreNext(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  auto it = f.store->NewIterator(nullptr, f.Key(0), f.Key(kRows));
  it->Seek(f.Key(0));
  for (auto _ : state) {
    it->Next();
    if (!it->Valid()) it->Seek(f.Key(0));
    benchmark::DoNotOptimize(it->value());
  }
}
BENCHMARK(StoreNext);

void StoreSnapshotTaken(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  for (auto _ : state) benchmark::DoNotOptimize(f.store->GetSnapshot());
}
BENCHMARK(StoreSnapshotTaken)->Threads(1)->Threads(2);

void EncodeKey(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  std::string key;
  for (auto _ : state) {
    key.clear();
    storage::AppendKeyHead(&key, TenantId(1), StorageId(1), IndexId(0));
    f.keys.AppendPart(0, Datum::Of(int32_t{17}), &key);
    benchmark::DoNotOptimize(key);
  }
}
BENCHMARK(EncodeKey);

void EncodeRow(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  const std::string filler(84, ' ');
  const Datum values[] = {Datum::Of(int32_t{1}), Datum::Of(int32_t{1}), Datum::Of(int32_t{0}),
                          Datum::Of(types::StringRef(filler))};
  std::string row;
  for (auto _ : state) {
    row.clear();
    f.rows.Encode(values, &row);
    benchmark::DoNotOptimize(row);
  }
}
BENCHMARK(EncodeRow);

// 2,048 rows of four columns into a batch.
void DecodeBatch(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  const std::string row = f.Row(1);
  std::vector<types::SqlType> column_types;
  for (uint32_t i = 0; i < 4; ++i) column_types.push_back(f.rows.column(i).type);
  types::Batch batch(column_types);
  const uint32_t kColumns[] = {0, 1, 2, 3};
  for (auto _ : state) {
    batch.Reset();
    for (uint32_t i = 0; i < types::kBatchRowsMax; ++i) f.rows.DecodeInto(row, kColumns, batch, i);
  }
  state.SetItemsProcessed(state.iterations() * types::kBatchRowsMax);
}
BENCHMARK(DecodeBatch);

void BeginCommitReadOnly(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  for (auto _ : state) {
    auto transaction = f.transactions->Begin({}, f.cancel, nullptr, nullptr);
    benchmark::DoNotOptimize(transaction->View());
    transaction->Commit();
  }
}
BENCHMARK(BeginCommitReadOnly)->Threads(1)->Threads(2);

void PointSelect(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  std::minstd_rand random(7);
  RowRead row;
  for (auto _ : state) {
    auto transaction = f.transactions->Begin({}, f.cancel, nullptr, nullptr);
    transaction->LockRelation(TenantId(1), 16384, RelationLockMode::kAccessShare);
    transaction->Get(transaction->View(), f.Key(RandomId(random)), &row);
    transaction->Commit();
  }
}
BENCHMARK(PointSelect);

void LockAndReleaseRow(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  auto owner = f.locks.NewOwner(SessionId(state.thread_index() + 1), f.cancel, nullptr);
  const std::string key = f.Key(state.thread_index());
  for (auto _ : state) {
    f.locks.LockRow(*owner, LockTag::Row(TenantId(1), key), RowLockMode::kUpdate, LockWait::kBlock);
    f.locks.ReleaseAll(*owner);
  }
}
BENCHMARK(LockAndReleaseRow)->Threads(1)->Threads(2);

void LockAndReleaseRelation(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  auto owner = f.locks.NewOwner(SessionId(state.thread_index() + 1), f.cancel, nullptr);
  for (auto _ : state) {
    f.locks.LockRelation(*owner, LockTag::Relation(TenantId(1), 5), RelationLockMode::kAccessShare,
                         LockWait::kBlock);
    f.locks.ReleaseAll(*owner);
  }
}
BENCHMARK(LockAndReleaseRelation)->Threads(1)->Threads(2);

// Four updates of rows that are read and locked first: the store's share of a TPC-B transaction.
void SyncedCommit(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  std::minstd_rand random(7 + static_cast<unsigned>(state.thread_index()));
  RowRead row;
  for (auto _ : state) {
    auto transaction = f.transactions->Begin({}, f.cancel, nullptr, nullptr);
    for (int i = 0; i < 4; ++i) {
      transaction->NextCommand();
      const std::string key = f.Key(RandomId(random) / 64 * 64 + state.thread_index());
      transaction->Get(transaction->View(), key, &row);
      transaction->LockRow(key, RowLockMode::kNoKeyUpdate);
      transaction->Put(key, f.Row(1));
    }
    transaction->Commit();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(SyncedCommit)->Threads(1)->Threads(8)->Threads(32)->UseRealTime();

void WriteSetPut(benchmark::State& state) {
  Fixture& f = Fixture::Get();
  std::minstd_rand random(7);
  const std::string row = f.Row(1);
  auto transaction = f.transactions->Begin({}, f.cancel, nullptr, nullptr);
  int64_t left = 100'000;
  for (auto _ : state) {
    if (--left == 0) {
      transaction = f.transactions->Begin({}, f.cancel, nullptr, nullptr);
      left = 100'000;
    }
    transaction->Put(f.Key(RandomId(random)), row);
  }
}
BENCHMARK(WriteSetPut);

}  // namespace
}  // namespace grizzly::txn
