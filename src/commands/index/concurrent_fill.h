// Makes the entries of an index while writers change the table, who keep the index up already.
//
// LOAD     All entries of one snapshot's rows, in one atomic step and without locks. They are newer in the store than
//          what writers have done to the same rows since the snapshot, and so undo some of that.
// REPAIR   The rows that changed between that snapshot and one after the load are made right, each under its
//          FillLockKey: stale entries go, and of a unique index those that were covered come back. Who changes
//          a row later than that does so on top of the load.
// UNIQUE   Keys that two rows had before writers could know are noticed by counting: then there are fewer entries than
//          rows. Locks are only ever waited for while none is held, so nobody waits for ever.
//
// THREADS  the statement's. ERRORS 23505 could not create unique index; 57014, 53200, 53400.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/beside_transaction.h"
#include "commands/evaluation.h"
#include "commands/index/index_fill.h"
#include "executor/columnar/row_access.h"

namespace grizzly::commands {

class ConcurrentFill {
 public:
  // Every transaction that may write the table keeps the index up. `input` and the relations outlive it.
  ConcurrentFill(const CommandInput& input, const catalog::Relation& table,
                 const catalog::RelationPtr& index);

  void Load();
  // Those who wrote while it was loaded have ended.
  void Repair();
  void RequireUnique();

 private:
  struct Entry {
    std::string key;
    bool is_unique = false;
  };
  // What a row's entries were and are, and of which row.
  struct Change {
    std::string_view suffix;
    std::vector<Entry> before, after;
  };

  txn::ReadView ViewOfNow() {
    return {reader_.transaction().View().snapshot, txn::kSeesAll};
  }
  void ForEachEntryOf(const txn::ReadView& view, const IndexFill::EntryVisitor& visit);
  [[noreturn]] void ThrowNotUnique(const txn::ReadView& view);

  void CompareRows(txn::RangeScan& before, txn::RangeScan& after, bool wants_new_rows);
  void CompareTables(const txn::ReadView& now);
  void NoteNewGroups(const txn::ReadView& now);
  void NoteChanged(std::string_view suffix);
  void RepairNoted();
  void RepairLater();
  void RepairAlone(const std::string& suffix);
  // False: somebody holds the lock of a unique key, which is busy_key_ then.
  bool RepairRow(txn::Transaction& transaction, std::string_view suffix);
  void RemoveStale(txn::Transaction& transaction, const Change& change);
  void PutMissing(txn::Transaction& transaction, const Change& change);
  // Whether the row has the unique key as of now.
  bool RowHolds(txn::Transaction& transaction, std::string_view suffix, const std::string& key);
  std::vector<Entry> EntriesOf(const executor::FoundRow& row, std::string_view suffix);
  std::string LockKeyOf(std::string_view suffix) const;

  BesideTransaction reader_;
  CommandInput& input_;  // of reader_
  const catalog::Relation& table_;
  const catalog::RelationPtr index_;
  const bool is_unique_;  // as its entries show it
  CommandExecution execution_;
  IndexFill fill_;
  const std::string head_;      // of the index
  const std::string row_head_;
  txn::ReadView loaded_;
  std::vector<uint32_t> places_;
  types::Batch one_row_;
  std::vector<std::string> noted_;  // suffixes of rows to look at
  std::vector<std::string> later_;  // ... that others had locked
  std::string busy_key_;
};

}  // namespace grizzly::commands
