// One row of a table by its key, wherever it lies: row tables, and a columnar table's delta and groups.
//
// What comes back is in row format in both cases, so nobody above has to know.
// THREADS  the statement's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/relation.h"
#include "executor/columnar/group_reader.h"
#include "executor/exec_context.h"
#include "txn/transaction.h"

namespace grizzly::executor {

// A row version that was read, or none. What it shows is valid until the next read into it.
class FoundRow {
 public:
  bool found() const { return found_; }
  // In row format; a row group's row is composed at the first call.
  std::string_view value() const;
  CommitTimestamp commit_timestamp() const;  // 0 for own uncommitted writes
  // As RowLayoutSet::DecodeInto, reading no other columns.
  void DecodeInto(const catalog::Relation& table, std::span<const uint32_t> columns,
                  types::Batch& out, uint32_t target_row) const;
  // The command of this transaction that wrote or deleted it last; 0 when it is a committed version.
  txn::CommandId own_command() const { return read_.own_command(); }

 private:
  friend class RowAccess;
  bool found_ = false;
  txn::RowRead read_;
  std::shared_ptr<GroupReader> group_;  // null: read_ has it
  uint32_t position_ = 0;
  mutable std::string composed_;
};

class RowAccess {
 public:
  // Both outlive it, and so does the table.
  RowAccess(txn::Transaction& transaction, txn::TransactionManager& transactions,
            const catalog::Relation& table);

  RowAccess(ExecContext& context, const catalog::Relation& table)
      : RowAccess(context.transaction, *context.transactions, table) {}

  // As those of Transaction.
  void Get(const txn::ReadView& view, std::string_view key, FoundRow* row);
  void GetLatest(std::string_view key, FoundRow* row) { Get({nullptr, txn::kSeesAll}, key, row); }

  // Removes the row: its delta row, or by a mark if a group has it.
  void Delete(std::string_view key);

 private:
  std::shared_ptr<GroupReader> ReaderOf(const txn::ReadView& view, uint64_t row_id);

  txn::Transaction& transaction_;
  txn::TransactionManager& transactions_;
  const catalog::Relation& table_;
  std::vector<std::shared_ptr<GroupReader>> readers_;  // used last, first
};

// All rows of a table in row format, under their keys; those of row groups composed one by one, so it is
// for checks that look at few columns of tables that are small, or rarely.
std::unique_ptr<txn::RangeScan> ScanRows(txn::Transaction& transaction,
                                         txn::TransactionManager& transactions,
                                         const txn::ReadView& view,
                                         const catalog::Relation& table);
inline std::unique_ptr<txn::RangeScan> ScanLatestRows(ExecContext& context,
                                                      const catalog::Relation& table) {
  return ScanRows(context.transaction, *context.transactions, {nullptr, txn::kSeesAll}, table);
}

// The hidden row id at the end of a columnar row's key.
uint64_t RowIdOfKey(std::string_view key);

}  // namespace grizzly::executor
