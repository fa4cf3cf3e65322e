// One run of a plan: parameters, operators, position. A portal holds one while it is open.
//
// THREADS  the session's.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/memory/arena.h"
#include "executor/operator.h"
#include "plan/plan.h"

namespace grizzly::session {

class Execution {
 public:
  // `parameters` must live as long as this.
  Execution(plan::PlanPtr plan, txn::Transaction& transaction, MemoryTracker* session_memory);
  ~Execution();

  executor::ExecContext& context() { return *context_; }
  const plan::Plan& plan() const { return *plan_; }
  std::vector<types::Datum>& parameters() { return parameters_; }
  Arena& arena() { return arena_; }

  // Operators that want more spill or fail with 53200.
  void SetMemoryLimit(int64_t bytes) { memory_.SetLimit(bytes); }
  // What it writes are temporary tables, which a read-only transaction may; `writing` is set meanwhile.
  void AllowTemporaryWrites(bool* writing) { writing_ = writing; }
  // Builds and opens the operators; call after the context is filled in.
  void Start();
  // Hands out up to `rows_max` further rows (0: all) in batches. True when everything has been read.
  bool Fetch(uint64_t rows_max, const std::function<void(const types::Batch&)>& receive);
  uint64_t rows_fetched() const { return rows_fetched_; }
  uint64_t rows_changed() const { return context_->rows_changed; }
  bool is_finished() const { return finished_; }

 private:
  plan::PlanPtr plan_;
  MemoryTracker memory_;
  Arena arena_;    // parameter values
  Arena scratch_;  // of the functions
  std::vector<types::Datum> parameters_;
  std::unique_ptr<executor::ExecContext> context_;
  executor::OperatorPtr root_;
  types::Batch* pending_ = nullptr;  // a batch partly handed out
  uint32_t pending_row_ = 0;
  uint64_t rows_fetched_ = 0;
  bool finished_ = false;
  bool* writing_ = nullptr;
};

// "INSERT 0 3", "SELECT 12", ...
std::string CompletionTag(plan::StatementClass statement_class, uint64_t rows);

}  // namespace grizzly::session
