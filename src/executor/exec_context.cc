#include "executor/exec_context.h"

#include <algorithm>

#include "executor/constraint/check_queue.h"
#include "executor/cte_store.h"
#include "executor/subplan_runner.h"

namespace grizzly::executor {

ExecContext::ExecContext(const plan::Plan& plan_to_run, txn::Transaction& transaction_to_use)
    : plan(plan_to_run),
      transaction(transaction_to_use),
      outer_cells_storage(plan_to_run.cell_count),
      ctes(plan_to_run.cte_count) {
  evaluation.outer_cells = outer_cells_storage;
  if (!plan.subplans.empty()) {
    subplan_runner_ = MakeSubplanRunner(*this);
    evaluation.subplans = subplan_runner_.get();
  }
}

ExecContext::~ExecContext() = default;

const PinnedRow* ExecContext::FindPinned(uint32_t scan_id) const {
  for (const PinnedRow* row : pinned) {
    if (row->scan_id == scan_id) return row;
  }
  return nullptr;
}

bool ExecContext::IsUncontended(Oid relation) const {
  return std::find(uncontended_relations.begin(), uncontended_relations.end(), relation) !=
         uncontended_relations.end();
}

}  // namespace grizzly::executor
