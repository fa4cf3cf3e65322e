// The rows of a common table expression, read by any number of scans, produced as they are asked for; beyond
// work_mem in files.
#pragma once

#include <memory>

#include "executor/operator.h"
#include "executor/paged_rows.h"

namespace grizzly::executor {

class CteStore {
 public:
  // `source` is null for a recursive union's work table, which is filled by its operator.
  CteStore(std::span<const SqlType> column_types, OperatorPtr source, const ExecContext& context);

  PagedRows& rows() { return rows_; }
  // Makes chunk `i` available (complete, or the last one); false when there is none.
  bool EnsureChunk(size_t i, ExecContext& context);
  // Runs the source to its end (data-modifying CTEs).
  void RunToCompletion(ExecContext& context);

 private:
  void Pull(ExecContext& context);
  PagedRows rows_;
  OperatorPtr source_;
  bool opened_ = false;
  bool exhausted_ = false;
};

}  // namespace grizzly::executor
