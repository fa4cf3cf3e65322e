// The rows a table has, a batch at a time: for building indexes, rewriting, and checking new constraints.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
#include "executor/columnar/columnar_source.h"
#include "types/batch.h"

namespace grizzly::commands {

class StoredRows {
 public:
  // Without a view: those it has now, latest committed and own.
  StoredRows(CommandInput& input, const catalog::Relation& table,
             txn::ReadView view = {nullptr, txn::kSeesAll});

  // The next rows, every column decoded; null at the end. Valid until the next call.
  types::Batch* Next();
  // Of row `row` of the last batch: its key behind the head, and its stored value (row tables only).
  std::string_view suffix(uint32_t row) const { return View(suffixes_, row); }
  std::string_view value(uint32_t row) const { return View(values_, row); }

 private:
  struct Piece {
    size_t begin;
    size_t size;
  };
  std::string_view View(const std::vector<Piece>& pieces, uint32_t row) const {
    return std::string_view(bytes_).substr(pieces[row].begin, pieces[row].size);
  }

  bool NextFromGroup();
  bool NextFromRows();

  CommandInput& input_;
  const catalog::Relation& table_;
  std::unique_ptr<executor::ColumnarSource> groups_;  // of a columnar table, until they are read
  std::unique_ptr<executor::VisibleGroup> group_;
  uint32_t block_ = 0;
  std::unique_ptr<txn::RangeScan> scan_;
  types::Batch batch_;
  std::vector<uint32_t> targets_;
  std::string bytes_;
  std::vector<Piece> suffixes_, values_;
};

// Column types by attnum, dropped ones included.
std::vector<types::SqlType> ColumnTypes(const catalog::Relation& table);

}  // namespace grizzly::commands
