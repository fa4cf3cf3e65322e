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

// What EXPLAIN ANALYZE counts per node. Times, blocks and writes include those of the nodes below.
struct NodeMeasurement {
  uint64_t row_count = 0;
  uint64_t loop_count = 0;
  uint64_t batch_count = 0;
  int64_t startup_ns = 0;
  int64_t total_ns = 0;
  int64_t rows_filtered = 0;
  int64_t memory_bytes = 0;       // held by this node and those below, now
  int64_t memory_bytes_peak = 0;  // held by this node alone, at its calls' ends
  int64_t spilled_bytes = 0;
  uint64_t conflict_count = 0;    // INSERT ... ON CONFLICT: rows that were there
  uint64_t insert_count = 0;      // ... and those that were not; MERGE: of each action
  uint64_t update_count = 0;
  uint64_t delete_count = 0;
  uint64_t skip_count = 0;
  uint64_t blocks_hit = 0;        // of the store, from its cache
  uint64_t blocks_read = 0;       // ... from files
  uint64_t write_count = 0;       // keys written or deleted
  uint64_t write_bytes = 0;
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
  // Null unless the run is measured.
  NodeMeasurement* Measurement(ExecContext& context) const;

  std::vector<std::unique_ptr<Operator>> children_;

 private:
  friend std::unique_ptr<Operator> Build(const plan::Node& node, ExecContext& context);
  void MeasuredOpen(ExecContext& context);
  Batch* MeasuredNext(ExecContext& context);
  const plan::Node& node_;
};
using OperatorPtr = std::unique_ptr<Operator>;

// The operator tree for a plan node and everything below it.
OperatorPtr Build(const plan::Node& node, ExecContext& context);

}  // namespace grizzly::executor
