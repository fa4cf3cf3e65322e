// The key ranges a table scan reads, computed from its bounds at each (re)scan.
#pragma once

#include <string>
#include <vector>

#include "expr/evaluator.h"
#include "plan/scan_node.h"

namespace grizzly::executor {

struct ExecContext;

struct KeyRange {
  std::string from;  // inclusive
  std::string to;    // exclusive
};

// The ranges cut into pieces of about the same size, for workers to share.
std::vector<KeyRange> SplitRanges(std::vector<KeyRange> ranges, ExecContext& context);

// Evaluators of a node's bounds, and the ranges they come to.
class ScanRanges {
 public:
  ScanRanges(const plan::TableScanNode& node, expr::EvaluationState& state);

  // In key order, disjoint; empty when a bound is NULL. With unique_match: each `from` is the exact
  // key.
  std::vector<KeyRange> Compute();
  // The exact key of a unique_match scan with plain equalities; false: a bound is NULL.
  bool ComputePoint(std::string* key);

 private:
  void AddRange(const std::string& prefix, size_t fixed_parts, std::vector<KeyRange>* ranges);
  std::vector<types::Datum> AnyOfElements();
  std::vector<KeyRange> ComputeByTid();

  const plan::TableScanNode& node_;
  const storage::KeyLayout* layout_;  // null: hidden row ids
  std::string head_;
  std::vector<expr::Evaluator> equal_;
  std::unique_ptr<expr::Evaluator> lower_;
  std::unique_ptr<expr::Evaluator> upper_;
  std::unique_ptr<expr::Evaluator> any_of_;
};

}  // namespace grizzly::executor
