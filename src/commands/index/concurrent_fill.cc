#include "commands/index/concurrent_fill.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/error_fields.h"
#include "commands/relation_lookup.h"
#include "commands/table/entry_sorter.h"
#include "commands/table/file_load.h"
#include "commands/table/row_rules.h"
#include "commands/table/stored_rows.h"
#include "executor/columnar/columnar_source.h"
#include "executor/scan/table_rows.h"
#include "executor/statement_resources.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"

namespace grizzly::commands {
namespace {

constexpr size_t kRowsRepairedAtOnce = 256;   // under locks held together
constexpr size_t kRowsLeftForLater = 65'536;
// Less goes through the log: a file costs a few syncs.
constexpr uint64_t kLoggedBytesMax = 4u << 20;

// Ascending entries into the store, all of them at once.
class EntryLoad {
 public:
  EntryLoad(const CommandInput& input, uint64_t bytes) : store_(input.transactions.store()) {
    if (bytes > kLoggedBytesMax) {
      files_ = std::make_unique<FileLoad>(store_, input.memory);
    } else {
      batch_ = store_.NewBatch();
    }
  }

  void Put(std::string_view key, std::string_view value) {
    if (files_ != nullptr) return files_->Put(key, value);
    batch_->Put(key, value);
  }
  void Finish() {
    if (files_ != nullptr) {
      auto files = files_->Finish();
      // Taking them in writes out what was written to the same range since, with all writers waiting: little, now.
      store_.Flush();
      return store_.Ingest(std::move(files));
    }
    if (batch_->operation_count() > 0) store_.Write(*batch_, storage::SyncMode::kNone);
  }

 private:
  storage::Store& store_;
  std::unique_ptr<FileLoad> files_;
  std::unique_ptr<storage::StoreBatch> batch_;
};

bool IsUniqueAtOnce(const catalog::IndexDefinition& index) { return index.unique && index.immediate; }

}  // namespace

ConcurrentFill::ConcurrentFill(const CommandInput& input, const catalog::Relation& table,
                               const catalog::RelationPtr& index)
    : reader_(input),
      input_(reader_.input()),
      table_(table),
      index_(index),
      is_unique_(IsUniqueAtOnce(*index->index)),
      execution_(input_),
      fill_(input_, execution_.evaluation(), table, MakeIndexRules(input_, table, index)),
      head_(executor::IndexKeyHead(table, *index->index)),
      row_head_(executor::RowKeyHead(table)),
      places_(table.columns.size(), storage::RowLayoutSet::kSkip),
      one_row_(executor::ColumnTypesOf(table), 1) {
  for (const uint32_t place : executor::AllPlaces(table)) places_[place] = place;
}

void ConcurrentFill::ForEachEntryOf(const txn::ReadView& view,
                                    const IndexFill::EntryVisitor& visit) {
  StoredRows stored(input_, table_, view);
  std::vector<std::string_view> suffixes;
  while (const types::Batch* rows = stored.Next()) {
    suffixes.clear();
    for (uint32_t row = 0; row < rows->row_count(); ++row) suffixes.push_back(stored.suffix(row));
    fill_.ForEachEntry(*rows, suffixes, visit);
  }
}

void ConcurrentFill::ThrowNotUnique(const txn::ReadView& view) {
  RequireNoDuplicateKey(input_, table_, table_, fill_, {}, view);
  // Two rows had one key while it was built, and do not any more.
  throw catalog::OfConstraint(
      SqlError(SqlState::kUniqueViolation,
               fmt::format("could not create unique index \"{}\"", index_->name)),
      *input_.editor.Current(), table_, index_->name);
}

// ---- load ----

void ConcurrentFill::Load() {
  loaded_ = ViewOfNow();
  EntrySorter sorter(input_.memory, executor::StatementResources::Current().spill);
  std::string value;
  executor::AppendTimestamp(input_.transactions.NextTimestamp().value, &value);
  uint64_t made = 0, bytes = 0, taken = 0;
  ForEachEntryOf(loaded_, [&](std::string_view key, std::string_view suffix, bool) {
    value.resize(txn::kRowTimestampBytes);
    value.append(suffix);
    sorter.Put(key, value);
    ++made;
    bytes += key.size() + value.size();
  });
  EntryLoad load(input_, bytes);
  sorter.TakeSorted([&](std::string_view key, std::string_view entry) {
    if (++taken % types::kBatchRowsMax == 0 && input_.cancel != nullptr) input_.cancel->Check();
    load.Put(key, entry);
  });
  if (is_unique_ && taken != made) ThrowNotUnique(loaded_);
  load.Finish();
}

// ---- what has changed since ----

void ConcurrentFill::CompareRows(txn::RangeScan& before, txn::RangeScan& after,
                                 bool wants_new_rows) {
  for (uint32_t step = 1; before.Valid() || after.Valid(); ++step) {
    if (step % types::kBatchRowsMax == 0 && input_.cancel != nullptr) input_.cancel->Check();
    const int order = !after.Valid()    ? -1
                      : !before.Valid() ? 1
                                        : before.key().compare(after.key());
    if (order == 0) {
      const bool is_same = executor::TimestampOfMark(before.value()) ==
                           executor::TimestampOfMark(after.value());
      if (!is_same) NoteChanged(executor::SuffixOfRowKey(after.key()));
    } else if (order < 0) {
      NoteChanged(executor::SuffixOfRowKey(before.key()));
    } else if (wants_new_rows) {
      NoteChanged(executor::SuffixOfRowKey(after.key()));
    }
    if (order <= 0) before.Next();
    if (order >= 0) after.Next();
  }
}

// Nothing was loaded for rows that are new, and only unique keys of theirs can have been covered.
void ConcurrentFill::CompareTables(const txn::ReadView& now) {
  txn::Transaction& transaction = reader_.transaction();
  if (!catalog::IsColumnar(table_)) {
    const std::string end = storage::PrefixSuccessor(row_head_);
    const auto scan = [&](const txn::ReadView& view) {
      return transaction.Scan(view, row_head_, end, txn::ScanDirection::kForward,
                              /*fill_cache=*/false);
    };
    return CompareRows(*scan(loaded_), *scan(now), is_unique_);
  }
  // A group's row changes by a row of the delta, which is new then.
  executor::ColumnarSource before(transaction, input_.transactions, loaded_, table_);
  executor::ColumnarSource after(transaction, input_.transactions, now, table_);
  CompareRows(*before.OpenDelta(), *after.OpenDelta(), /*wants_new_rows=*/true);
  if (is_unique_) NoteNewGroups(now);
}

void ConcurrentFill::NoteNewGroups(const txn::ReadView& now) {
  executor::ColumnarSource before(reader_.transaction(), input_.transactions, loaded_, table_);
  executor::ColumnarSource after(reader_.transaction(), input_.transactions, now, table_);
  std::vector<uint64_t> known;
  for (const storage::GroupPtr& group : before.groups()) known.push_back(group->group);
  std::sort(known.begin(), known.end());
  const auto is_new = [&](const storage::GroupDescriptor& group) {
    return !std::binary_search(known.begin(), known.end(), group.group);
  };
  std::string suffix;
  while (const auto group = after.NextGroup(is_new)) {
    for (uint32_t row = 0; row < group->group().row_count(); ++row) {
      suffix.clear();
      storage::AppendBigEndian(&suffix, group->group().RowIdAt(row));
      NoteChanged(suffix);
    }
  }
}

void ConcurrentFill::NoteChanged(std::string_view suffix) {
  noted_.emplace_back(suffix);
  if (noted_.size() == kRowsRepairedAtOnce) RepairNoted();
}

// ---- repair ----

void ConcurrentFill::Repair() {
  CompareTables(ViewOfNow());
  RepairNoted();
  RepairLater();
}

void ConcurrentFill::RepairNoted() {
  if (noted_.empty()) return;
  BesideTransaction beside(input_, {.heeds_cancel = true, .is_synced = false});
  txn::Transaction& transaction = beside.transaction();
  for (std::string& suffix : noted_) {
    const bool is_free = transaction.LockRow(LockKeyOf(suffix), txn::RowLockMode::kUpdate,
                                             txn::LockWait::kSkipLocked) !=
                         txn::LockOutcome::kNotAvailable;
    if (!is_free || !RepairRow(transaction, suffix)) later_.push_back(std::move(suffix));
  }
  noted_.clear();
  beside.Commit();
  if (later_.size() >= kRowsLeftForLater) RepairLater();
}

void ConcurrentFill::RepairLater() {
  for (const std::string& suffix : later_) RepairAlone(suffix);
  later_.clear();
}

void ConcurrentFill::RepairAlone(const std::string& suffix) {
  while (true) {
    {
      BesideTransaction beside(input_, {.heeds_cancel = true, .is_synced = false});
      beside.transaction().LockRow(LockKeyOf(suffix), txn::RowLockMode::kUpdate);
      if (RepairRow(beside.transaction(), suffix)) return beside.Commit();
    }
    BesideTransaction wait(input_);
    wait.transaction().LockRow(busy_key_, txn::RowLockMode::kUpdate);
  }
}

bool ConcurrentFill::RepairRow(txn::Transaction& transaction, std::string_view suffix) {
  executor::RowAccess access(transaction, input_.transactions, table_);
  const std::string row_key = row_head_ + std::string(suffix);
  executor::FoundRow row;
  Change change;
  change.suffix = suffix;
  access.Get(loaded_, row_key, &row);
  change.before = EntriesOf(row, suffix);
  access.GetLatest(row_key, &row);
  change.after = EntriesOf(row, suffix);
  for (const auto* entries : {&change.before, &change.after}) {
    for (const Entry& entry : *entries) {
      if (!entry.is_unique) continue;
      const auto outcome = transaction.LockRow(entry.key, txn::RowLockMode::kUpdate,
                                               txn::LockWait::kSkipLocked);
      if (outcome != txn::LockOutcome::kNotAvailable) continue;
      busy_key_ = entry.key;
      return false;
    }
  }
  RemoveStale(transaction, change);
  PutMissing(transaction, change);
  return true;
}

void ConcurrentFill::RemoveStale(txn::Transaction& transaction, const Change& change) {
  txn::RowRead read;
  for (const Entry& entry : change.before) {
    const bool stays = std::any_of(change.after.begin(), change.after.end(),
                                   [&](const Entry& now) { return now.key == entry.key; });
    if (stays) continue;
    transaction.GetLatest(entry.key, &read);
    if (read.found() && executor::SuffixOfMark(read.value()) == change.suffix) {
      transaction.Delete(entry.key);
    }
  }
}

void ConcurrentFill::PutMissing(txn::Transaction& transaction, const Change& change) {
  txn::RowRead read;
  for (const Entry& entry : change.after) {
    transaction.GetLatest(entry.key, &read);
    if (read.found()) {
      const std::string holder(executor::SuffixOfMark(read.value()));
      if (holder == change.suffix) continue;
      if (RowHolds(transaction, holder, entry.key)) ThrowNotUnique(ViewOfNow());
    }
    std::string value;
    executor::AppendTimestamp(0, &value);
    value.append(change.suffix);
    transaction.Put(entry.key, value);
  }
}

bool ConcurrentFill::RowHolds(txn::Transaction& transaction, std::string_view suffix,
                              const std::string& key) {
  executor::RowAccess access(transaction, input_.transactions, table_);
  executor::FoundRow row;
  access.GetLatest(row_head_ + std::string(suffix), &row);
  const std::vector<Entry> entries = EntriesOf(row, suffix);
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.key == key; });
}

std::vector<ConcurrentFill::Entry> ConcurrentFill::EntriesOf(const executor::FoundRow& row,
                                                             std::string_view suffix) {
  std::vector<Entry> entries;
  if (!row.found()) return entries;
  one_row_.Reset();
  row.DecodeInto(table_, places_, one_row_, 0);
  for (const catalog::Column& column : table_.columns) {
    if (column.dropped) one_row_.column(column.attnum - 1).SetAllNull(1);
  }
  one_row_.set_row_count(1);
  fill_.ForEachEntry(one_row_, {suffix}, [&](std::string_view key, std::string_view, bool unique) {
    entries.push_back({std::string(key), unique});
  });
  return entries;
}

std::string ConcurrentFill::LockKeyOf(std::string_view suffix) const {
  return executor::FillLockKey(table_, *index_->index, suffix);
}

// ---- unique? ----

void ConcurrentFill::RequireUnique() {
  if (!is_unique_) return;
  const txn::ReadView now = ViewOfNow();
  uint64_t wanted = 0, found = 0;
  ForEachEntryOf(now, [&](std::string_view, std::string_view, bool) { ++wanted; });
  const auto entries = reader_.transaction().Scan(now, head_, storage::PrefixSuccessor(head_),
                                                  txn::ScanDirection::kForward,
                                                  /*fill_cache=*/false);
  for (; entries->Valid(); entries->Next()) {
    if (++found % types::kBatchRowsMax == 0 && input_.cancel != nullptr) input_.cancel->Check();
  }
  if (found != wanted) ThrowNotUnique(now);
}

}  // namespace grizzly::commands
