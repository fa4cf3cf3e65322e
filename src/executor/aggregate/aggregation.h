// Groups and the states of their aggregates: what one thread gathers, and what threads merge.
//
// One hash table per grouping set, states in an arena. Aggregates with DISTINCT see each value of a group once;
// where the order of rows matters, they and those with ORDER BY keep their input rows and are fed in order at the end.
// THREADS one at a time.
#pragma once

#include <memory>
#include <vector>

#include "executor/aggregate/distinct_input.h"
#include "executor/aggregate/group_run.h"
#include "executor/aggregate/ordered_input.h"
#include "executor/group_table.h"
#include "executor/operator.h"
#include "executor/spill/spill_file.h"
#include "expr/evaluator.h"
#include "functions/aggregate/held_bytes.h"

namespace grizzly::executor {

class Aggregation {
 public:
  Aggregation(const plan::AggregateNode& node, ExecContext& context);
  ~Aggregation();
  Aggregation(const Aggregation&) = delete;
  Aggregation& operator=(const Aggregation&) = delete;

  // Empty again: no groups, but for the one without grouping columns.
  void Start(ExecContext& context);
  void Consume(ExecContext& context, const Batch& input);
  // For who has no groups yet: takes those of `other`, as Merge would, without making them anew.
  void TakeOver(Aggregation& other);
  // Adds the groups and states of `other`, which saw other rows of the same input.
  void Merge(ExecContext& context, Aggregation& other);
  // Whether what workers make is handed over in runs: there are grouping columns, one set of them.
  static bool MakesRuns(const plan::AggregateNode& node) {
    return !node.groups.empty() && node.grouping_sets.empty();
  }
  // Enough groups for a run, which then fits a cache, and few enough that rows seem to come near their like.
  bool IsRunFull();
  // All groups so far; then there are none again.
  std::unique_ptr<GroupRun> TakeRun(ExecContext& context);
  // For who has no groups yet: takes those of the run.
  void TakeOver(GroupRun& run);
  // Adds these groups of the run; their states move here or are combined.
  void MergeRun(ExecContext& context, GroupRun& run, std::span<const uint32_t> groups);
  void ReserveGroups(size_t count) { sets_[0].table->Reserve(count); }
  // Puts the groups of `other`, among which there is none of the own, beside them, to be handed out.
  void AddGroups(Aggregation& other);
  // Memory that states here are in.
  void KeepArena(std::unique_ptr<Arena> arena) { kept_arenas_.push_back(std::move(arena)); }
  // Destroys states of all calls; null: none.
  static void DestroyStates(const plan::AggregateNode& node, const std::vector<char*>& states);
  // Lets go of what refers to the context it was made with; Merge from it is still possible.
  void Detach();
  // All rows are in.
  void Finish(ExecContext& context);
  // Beyond so many bytes rows of groups not yet known go to files (0: never); they are what TakeSpilled
  // hands out after Finish, each file to be consumed after another Start.
  void SetBudget(int64_t bytes, uint32_t depth) {
    budget_bytes_ = bytes;
    depth_ = depth;
  }
  std::vector<std::unique_ptr<SpillFile>> TakeSpilled();
  int64_t byte_count() const;
  size_t group_count() const { return sets_.empty() ? 0 : sets_[0].states.size(); }
  // The next groups; null at the end.
  Batch* Emit(ExecContext& context);

  // Whether parts of the input may be aggregated apart and merged.
  static bool IsMergeable(const plan::AggregateNode& node);

 private:
  // One aggregate call: how its arguments are computed and where its states lie.
  struct Call {
    const expr::AggregateExpr* expr;
    std::vector<expr::Evaluator> arguments;
    std::unique_ptr<expr::Evaluator> filter;
    uint32_t state_offset = 0;
    uint32_t same_input_as = UINT32_MAX;  // an earlier call with the same argument: computed once
    bool is_distinct = false;             // DISTINCT, in any order
    bool is_ordered = false;              // ORDER BY, WITHIN GROUP, other DISTINCT
  };
  // The groups of one grouping set.
  struct GroupingSet {
    std::vector<bool> in_set;  // per group expression
    std::unique_ptr<GroupTable> table;
    std::vector<char*> states;  // by group
    std::vector<std::unique_ptr<OrderedInput>> ordered;    // by call; null for others
    std::vector<std::unique_ptr<DistinctInput>> distinct;  // as well
    std::vector<uint32_t> groups;     // of the current batch's rows
    std::vector<char*> row_states;    // the same, as states
  };

  bool MaySpill() const;
  // Moves rows of unknown groups to files; the others, if there are any, are in *known.
  void SpillUnknown(ExecContext& context, const Batch& input,
                    const std::vector<const Vector*>& keys, std::vector<uint32_t>* known);
  void ConsumeRows(ExecContext& context, const Batch& input);
  void AddCall(const expr::AggregateExpr& expression, ExecContext& context);
  void ShareInput(Call& call) const;
  void MakeSets(ExecContext& context);
  char* NewState();
  void DestroyStates();
  void AssignGroups(GroupingSet& set, const std::vector<const Vector*>& keys, uint32_t row_count);
  void ConsumeCall(ExecContext& context, size_t c, const Batch& input);
  // A call whose rows are not all fed as they come. `chosen`: of the batch at hand (null: all).
  void ConsumeKept(ExecContext& context, size_t c, GroupingSet& set, const Batch& rows,
                   const std::vector<uint32_t>* chosen);
  void Update(ExecContext& context, Call& call, GroupingSet& set,
              std::span<const Vector* const> arguments, const std::vector<uint32_t>* kept,
              uint32_t row_count);
  void MergeSet(ExecContext& context, GroupingSet& target, GroupingSet& source);
  void MergeStates(ExecContext& context, GroupRun& run, std::span<const uint32_t> groups);
  void FinishKept(ExecContext& context);
  Batch* EmitGroups(ExecContext& context);
  void ChargeResults(ExecContext& context);
  void EmitKeys(const GroupingSet& set, uint32_t count);
  void EmitGroupingCalls(const GroupingSet& set, uint32_t count);

  const plan::AggregateNode& node_;
  std::vector<expr::Evaluator> groups_;
  std::vector<SqlType> group_types_;
  std::vector<Call> calls_;
  std::vector<std::vector<const Vector*>> call_inputs_;  // by call, of the current batch
  uint32_t state_bytes_ = 0;
  std::vector<GroupingSet> sets_;
  std::unique_ptr<Arena> arena_;
  std::vector<std::unique_ptr<Arena>> kept_arenas_;  // of others' groups
  uint64_t rows_in_run_ = 0;
  bool makes_one_run_ = false;  // the first run was full of groups of hardly more than a row
  int64_t budget_bytes_ = 0;
  uint32_t depth_ = 0;
  std::unique_ptr<SpillPartitions> spilled_;  // set: no groups are added any more
  std::vector<char*> call_states_;
  Batch merged_keys_;  // of a run
  std::vector<uint64_t> merged_hashes_;
  size_t next_set_ = 0;
  size_t next_group_ = 0;
  Batch out_;
  functions::HeldBytes result_bytes_;  // of out_
};

}  // namespace grizzly::executor
