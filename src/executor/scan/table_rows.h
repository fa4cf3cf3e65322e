// All rows of a table in one view, a batch at a time, some columns decoded: row tables and columnar ones.
// For constraints, index builds and rewrites, which read a table whole and no plan's way.
//
// THREADS  the statement's.
#pragma once

#include <cstdint>
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
  // Who reads; all outlive it.
  struct Reader {
    txn::Transaction& transaction;
    txn::TransactionManager& transactions;
    const CancelToken* cancel = nullptr;
  };
  static Reader ReaderOf(ExecContext& context) {
    return {context.transaction, *context.transactions, context.cancel};
  }
  enum class Values : uint8_t { kForgotten, kKept };

  // `places`: the columns to decode; the others of the batch must not be read.
  TableRows(const Reader& reader, const catalog::Relation& table, const txn::ReadView& view,
            std::span<const uint32_t> places, Values values = Values::kForgotten);

  // Null at the end. Valid until the next call.
  types::Batch* Next();
  // Of a row of the last batch: its key behind the head.
  std::string_view suffix(uint32_t row) const { return suffixes_.View(row); }
  // Its stored value, if they are kept; row tables only.
  std::string_view value(uint32_t row) const { return values_.View(row); }

 private:
  // Strings behind each other.
  struct Pieces {
    void Add(std::string_view piece);
    void Clear();
    std::string_view View(uint32_t at) const;

    std::string bytes;
    std::vector<size_t> ends;
  };

  bool NextFromGroup();
  bool NextFromRows();

  const Reader reader_;
  const catalog::Relation& table_;
  const bool keeps_values_;
  std::vector<uint32_t> targets_;              // by column: its place, or RowLayoutSet::kSkip
  std::unique_ptr<ColumnarSource> groups_;     // null: no more groups
  std::unique_ptr<VisibleGroup> group_;
  uint32_t block_ = 0;
  std::unique_ptr<txn::RangeScan> scan_;
  types::Batch batch_;
  Pieces suffixes_, values_;
};

}  // namespace grizzly::executor
