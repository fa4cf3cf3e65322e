// Operators: the moving half of a plan. One tree per execution, built from immutable nodes.
//
// PULL     Open, then Next until it returns null, then Close (or destruction). Open may be called again
//          at any time and starts over (a rescan: outer cells or parameters may have changed).
// BATCHES  The batch Next returns belongs to the operator; the caller may narrow it in place (Select,
//          Slice) and must be done with it before calling Next or Open again. Never empty.
// THREADS  one at a time, the statement's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "executor/exec_context.h"
#include "plan/plan.h"
#include "types/batch.h"

namespace grizzly::executor {

using types::Batch;
using types::Datum;
using types::Selection;
using types::SqlType;
using types::Vector;

// What EXPLAIN ANALYZE counts per node.
struct NodeMeasurement {
  uint64_t row_count = 0;
  uint64_t loop_count = 0;
  uint64_t batch_count = 0;
  int64_t startup_ns = 0;
  int64_t total_ns = 0;
  int64_t rows_filtered = 0;
  int64_t memory_bytes_peak = 0;
};

class Operator {
 public:
  explicit Operator(const plan::Node& node) : node_(node) {}
  virtual ~Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  void Open(ExecContext& context);
  // Null at the end. Checks for cancellation.
  Batch* Next(ExecContext& context);

  const plan::Node& node() const { return node_; }

 protected:
  virtual void DoOpen(ExecContext& context) = 0;
  virtual Batch* DoNext(ExecContext& context) = 0;
  Operator& child(size_t i = 0) { return *children_[i]; }
  const Operator& child(size_t i = 0) const { return *children_[i]; }
  void CountFiltered(ExecContext& context, int64_t rows);

  std::vector<std::unique_ptr<Operator>> children_;

 private:
  friend std::unique_ptr<Operator> Build(const plan::Node& node, ExecContext& context);
  Batch* MeasuredNext(ExecContext& context);
  const plan::Node& node_;
};
using OperatorPtr = std::unique_ptr<Operator>;

// The operator tree for a plan node and everything below it.
OperatorPtr Build(const plan::Node& node, ExecContext& context);

}  // namespace grizzly::executor
