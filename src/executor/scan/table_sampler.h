// TABLESAMPLE: which rows of a scan are part of the sample.
//
// BERNOULLI decides row by row from the row's key and the seed, SYSTEM for runs of neighbouring rows;
// so REPEATABLE gives the same rows as long as the table does not change.
#pragma once

#include <cstdint>
#include <string_view>

#include "executor/exec_context.h"
#include "executor/operator.h"
#include "plan/scan_node.h"

namespace grizzly::executor {

class TableSampler {
 public:
  // Evaluates the sample's arguments; throws 2202H, 2202G.
  TableSampler(const plan::TableSample& sample, ExecContext& context);

  // For each row in scan order.
  bool Takes(std::string_view row_key);
  // For rows that are numbered, in any order.
  bool TakesNumber(uint64_t row_number) const;

 private:
  bool TakesUnit(uint64_t unit) const;

  const bool by_block_;
  uint64_t cutoff_ = 0;  // of 2^32
  uint64_t seed_ = 0;
  uint64_t row_ = 0;
};

// Scans a sample of a system catalog, whose rows a provider makes.
OperatorPtr MakeCatalogSampleScan(const plan::TableScanNode& node, ExecContext& context);

}  // namespace grizzly::executor
