// The tables that a MERGE changes: one, those of an inheritance tree, or the leaves of a partitioned table.
//
// A table is made ready when its first row comes. Old rows are read by their keys and not from the scan,
// whose columns are those of the table that is named: a child may have more.
//
// ERRORS   what RowWriter, RowRouter and RowTransfer throw
// THREADS  the statement's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "executor/modify/row_transfer.h"

namespace grizzly::executor {

class MergeTable {
 public:
  // `writer` null: one of its own. `router` null: rows stay in the table.
  MergeTable(const plan::RowRouting::Leaf& table, const plan::ChangedKeys& keys,
             const catalog::Relation& root, RowWriter* writer, RowRouter* router,
             ExecContext& context);

  RowAccess& rows() { return writer_->row_access(); }
  // Whether an update may change what others know the row by.
  bool changes_key() const { return transfer_ != nullptr || keys_.key_may_change; }
  // Where the named table's column is in the rows of this one.
  int32_t PlaceOf(AttributeNumber attnum) const { return root_columns_[attnum - 1]; }

  void Delete(std::string_view key, const FoundRow& row);
  // The new version, to be changed: so far the old one.
  types::Batch& BeginUpdate(const FoundRow& row);
  void FinishUpdate(std::string_view key);
  void Insert(const types::Batch& root_row);
  void Finish() { writer_->Finish(); }

 private:
  void TakeOld(const FoundRow& row);
  void Write(std::string_view suffix);

  const catalog::Relation& relation_;
  const plan::ChangedKeys keys_;
  const plan::RowRouting::ColumnMap& from_root_;
  plan::RowRouting::ColumnMap root_columns_;
  std::unique_ptr<RowWriter> own_writer_;
  RowWriter* const writer_;
  std::unique_ptr<RowTransfer> transfer_;
  std::vector<uint32_t> stored_columns_;
  types::Batch old_, new_;  // one row each
};

class MergeTables {
 public:
  MergeTables(const plan::MergeNode& node, ExecContext& context);

  // The one that the row of this key is of.
  MergeTable& Of(std::string_view row_key);
  // One row in the named table's columns, into it or the partition that takes it.
  void Insert(const types::Batch& row);
  // After the last row.
  void Finish();

 private:
  MergeTable& Number(size_t table);
  const std::vector<plan::RowRouting::Leaf>& leaves() const {
    return node_.routing != nullptr ? node_.routing->leaves : node_.tables;
  }

  const plan::MergeNode& node_;
  ExecContext& context_;
  std::unique_ptr<RowRouter> router_;              // of a partitioned table
  std::unordered_map<std::string, size_t> by_head_;
  std::vector<std::unique_ptr<MergeTable>> tables_;  // null: no row yet
};

}  // namespace grizzly::executor
