// Looks at single columns of a stored row before it is decoded: `column op constant` on machine types.
//
// The scan's filters are applied afterwards in any case; this only saves decoding rows that fail.
// THREADS one at a time.
#pragma once

#include <vector>

#include "executor/join/key_filter.h"
#include "expr/evaluator.h"
#include "plan/scan_node.h"

namespace grizzly::executor {

class RowPrefilter {
 public:
  RowPrefilter(const plan::TableScanNode& node, expr::EvaluationState& state);

  // Computes the constants; call at each (re)scan.
  void Open();
  // From now on leaves out rows whose output `output` of the scan is not among the keys, too.
  void AddKeys(const plan::TableScanNode& node, uint32_t output,
               std::shared_ptr<const KeyFilter> keys);
  // False: some filter is certainly not true for the row.
  bool Passes(std::string_view row) {
    return (conditions_.empty() || PassesConditions(row)) && (keys_.empty() || PassesKeys(row));
  }

 private:
  // The values that pass lie in [low, high]; both as order-preserving int64.
  struct Condition {
    uint32_t column;
    types::PhysicalType physical;
    int operation;  // strategy number: 1 <, 2 <=, 3 =, 4 >=, 5 >
    std::unique_ptr<expr::Evaluator> value;
    types::SqlType value_type;
    int64_t low = INT64_MIN;
    int64_t high = INT64_MAX;
    bool is_known = false;
  };
  // Keys that hardly leave out rows are no longer asked.
  struct Keys {
    uint32_t column;
    std::shared_ptr<const KeyFilter> filter;
    uint32_t asked = 0;
    uint32_t passed = 0;
  };
  bool PassesConditions(std::string_view row) const;
  bool PassesKeys(std::string_view row);

  const storage::RowLayoutSet* layouts_;
  std::vector<Condition> conditions_;
  std::vector<Keys> keys_;
};

}  // namespace grizzly::executor
