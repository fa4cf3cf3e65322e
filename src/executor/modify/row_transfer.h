// Takes rows out of the partition they lie in and brings them to the one that takes them: what an UPDATE
// of a partition key's columns comes to.
//
// To foreign keys it is an update of the table above: who refers to it follows the row, and only those
// that refer to the very partition lose it.
//
// ERRORS   0A000 when a table between the two is referred to by itself; what RowRouter and RowWriter throw
// THREADS  the statement's.
// SOURCE   PostgreSQL 15 docs, UPDATE, "Notes"
#pragma once

#include <string_view>

#include "executor/modify/row_router.h"

namespace grizzly::executor {

class RowTransfer {
 public:
  // `from` writes the partition; `root_columns`: its columns that are the root's. All outlive it.
  RowTransfer(RowRouter& router, RowWriter& from, const catalog::Relation& partition,
              const plan::RowRouting::ColumnMap& root_columns);

  // Whether the partition still takes the row, which has its columns.
  bool StaysWith(const types::Batch& rows, uint32_t row);
  // The row stored under `suffix` becomes row `row` of `rows`, elsewhere.
  void Move(std::string_view suffix, const types::Batch& old_rows, uint32_t old_row,
            const types::Batch& rows, uint32_t row);
  // The row moved last, as it is there, in the columns of the partition it left.
  types::Batch LastMoved();

 private:
  types::Batch AsRoot(const types::Batch& rows, uint32_t row) const;
  void RequireMayLeave() const;

  RowRouter& router_;
  RowWriter& from_;
  const catalog::Relation& partition_;
  const plan::RowRouting::ColumnMap& root_columns_;
  size_t leaf_ = 0;                       // of the row moved last
  types::Batch root_row_;                 // that row; the leaf's rows refer to it
  const plan::RowRouting::Leaf* own_leaf_ = nullptr;
};

}  // namespace grizzly::executor
