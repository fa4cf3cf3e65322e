// All rows of a table in one view, a batch at a time, some columns decoded: row tables and columnar ones.
//
// THREADS  the statement's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "executor/columnar/columnar_source.h"
#include "executor/exec_context.h"
#include "types/batch.h"

namespace grizzly::executor {

// Every live column of the table.
std::vector<uint32_t> AllPlaces(const catalog::Relation& table);

class TableRows {
 public:
  // `places`: the columns to decode; the others of the batch must not be read.
  TableRows(ExecContext& context, const catalog::Relation& table, const txn::ReadView& view,
            std::span<const uint32_t> places);

  // Null at the end. Valid until the next call.
  types::Batch* Next();
  // The key behind its head of a row of the last batch.
  std::string_view suffix(uint32_t row) const;

 private:
  bool NextFromGroup();
  bool NextFromRows();
  void AddSuffix(std::string_view suffix);

  ExecContext& context_;
  const catalog::Relation& table_;
  std::vector<uint32_t> targets_;              // by column: its place, or RowLayoutSet::kSkip
  std::unique_ptr<ColumnarSource> groups_;     // null: no more groups
  std::unique_ptr<VisibleGroup> group_;
  uint32_t block_ = 0;
  std::unique_ptr<txn::RangeScan> scan_;
  types::Batch batch_;
  std::string suffixes_;
  std::vector<size_t> suffix_ends_;
};

}  // namespace grizzly::executor
