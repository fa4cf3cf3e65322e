// Sorted runs of rows, each in a file: writing and merging them.
//
// Rows that compare equal come in the order of their runs.
// THREADS one at a time.
#pragma once

#include <memory>
#include <vector>

#include "executor/exec_context.h"
#include "executor/row_order.h"
#include "executor/spill/spill_file.h"

namespace grizzly::executor {

// The rows in order, at most `limit` of them, in a file of their own.
std::unique_ptr<SpillFile> WriteSortedRun(const RowOrder& order, const RowStore& rows, uint64_t limit,
                                          ExecContext& context);

class RunMerge {
 public:
  // The runs are written and rewound; they and the order must outlive this.
  RunMerge(const RowOrder& order, std::span<const types::SqlType> column_types,
           const std::vector<std::unique_ptr<SpillFile>>& runs);

  // Fills `out` (its columns are the first ones of the runs') with up to `rows_max` rows; 0 at the end.
  uint32_t Next(types::Batch& out, uint32_t rows_max);

 private:
  struct Cursor {
    SpillFile* file;
    std::unique_ptr<types::Batch> batch;
    uint32_t row = 0;
  };
  bool Comes(size_t a, size_t b) const;  // run a's row before run b's
  void SiftDown(size_t place);

  const RowOrder& order_;
  std::vector<Cursor> cursors_;
  std::vector<size_t> heap_;  // cursors with rows, the first row's on top
};

}  // namespace grizzly::executor
