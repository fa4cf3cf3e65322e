// Whether a row group can hold rows that pass a scan's filters, by its zone maps alone.
//
// Understands `column op constant` for the comparisons of numbers, dates and times, of texts where they
// compare as bytes, and IS [NOT] NULL; everything else may match.
// THREADS  the statement's.
#pragma once

#include <memory>
#include <vector>

#include "executor/exec_context.h"
#include "expr/evaluator.h"
#include "plan/scan_node.h"
#include "storage/column/row_group.h"

namespace grizzly::executor {

class ZoneFilter {
 public:
  ZoneFilter(const plan::TableScanNode& node, ExecContext& context);
  ~ZoneFilter();

  // Reads the constants (parameters, cells of outer rows) as they are now.
  void Open();
  bool MayMatch(const storage::GroupDescriptor& group) const;

 private:
  struct Condition;
  std::vector<std::unique_ptr<Condition>> conditions_;
};

}  // namespace grizzly::executor
