// The rows of one aggregate call with DISTINCT, each fed once to its group's state as it is first met: for calls whose
// result does not depend on the order of their rows. (Others are sorted: ordered_input.h.)
//
// Beyond its budget the rows not met so far go to files by the hash of their values, to be looked at in Finish.
// THREADS  one at a time.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "executor/exec_context.h"
#include "executor/group_table.h"
#include "executor/spill/spill_levels.h"

namespace grizzly::executor {

class DistinctInput {
 public:
  using StateOf = std::function<char*(uint32_t group)>;

  static bool Suits(const expr::AggregateExpr& call);
  // `has_groups`: there is more than one group. `budget_bytes` 0: nothing goes to files.
  DistinctInput(const expr::AggregateExpr& call, bool has_groups, int64_t budget_bytes, ExecContext& context);

  // `groups[i]` is the group of row i.
  void Add(ExecContext& context, Arena& arena, std::span<const types::Vector* const> arguments,
           std::span<const uint32_t> groups, const StateOf& state_of);
  // All rows are in: those in files, too.
  void Finish(ExecContext& context, Arena& arena, const StateOf& state_of);

  int64_t byte_count() const { return table_ == nullptr ? 0 : table_->byte_count(); }

 private:
  void Take(ExecContext& context, Arena& arena, const StateOf& state_of);
  void FeedFresh(ExecContext& context, Arena& arena, const StateOf& state_of);
  void SpillUnknown(std::span<const types::Vector* const> keys);
  void KeepSpilled();
  void MakeTable(ExecContext& context);

  const expr::AggregateExpr& call_;
  const bool has_groups_;
  const int64_t budget_bytes_;
  std::vector<types::SqlType> types_;  // arguments, group number
  types::Batch rows_;                  // at hand, of types_
  std::unique_ptr<GroupTable> table_;  // values met, with their groups
  std::vector<uint32_t> places_;       // in the table, by row
  std::vector<char*> states_;
  uint32_t depth_ = 0;                 // how many times the rows at hand have been to files
  std::unique_ptr<SpillPartitions> spilled_;
  std::vector<SpilledPart> pending_;
};

}  // namespace grizzly::executor
