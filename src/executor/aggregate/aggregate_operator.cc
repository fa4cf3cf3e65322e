// GROUP BY and aggregates: one hash table per grouping set, states in an arena.
//
// Aggregates with DISTINCT or ORDER BY keep their input rows per group and are fed in order at the end.
#include <algorithm>

#include "base/error/check.h"
#include "executor/aggregate/ordered_input.h"
#include "executor/group_table.h"
#include "executor/operators.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

// One aggregate call: how its arguments are computed and where its states lie.
struct Call {
  const expr::AggregateExpr* expr;
  std::vector<expr::Evaluator> arguments;
  std::unique_ptr<expr::Evaluator> filter;
  uint32_t state_offset = 0;
  bool is_ordered = false;  // DISTINCT, ORDER BY, WITHIN GROUP
};

// The groups of one grouping set.
struct GroupingSet {
  std::vector<bool> in_set;  // per group expression
  std::unique_ptr<GroupTable> table;
  std::vector<char*> states;  // by group
  std::vector<std::unique_ptr<OrderedInput>> ordered;  // by call; null for plain ones
};

class AggregateOperator final : public Operator {
 public:
  AggregateOperator(const plan::AggregateNode& node, ExecContext& context)
      : Operator(node), aggregate_(node), out_(node.output_types) {
    for (const expr::ExprPtr& group : node.groups) {
      groups_.emplace_back(*group, context.evaluation);
      group_types_.push_back(group->type);
    }
    for (const auto& call : node.aggregates) AddCall(*call, context);
  }

  ~AggregateOperator() override { DestroyStates(); }

 protected:
  void DoOpen(ExecContext& context) override {
    DestroyStates();
    sets_.clear();
    arena_ = std::make_unique<Arena>(context.memory);
    MakeSets(context);
    child().Open(context);
    is_read_ = false;
    next_set_ = next_group_ = 0;
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_read_) {
      while (const Batch* input = child().Next(context)) Consume(context, *input);
      FinishOrdered(context);
      is_read_ = true;
    }
    while (next_set_ < sets_.size()) {
      if (next_group_ < sets_[next_set_].states.size()) return Emit(context);
      ++next_set_;
      next_group_ = 0;
    }
    return nullptr;
  }

 private:
  void AddCall(const expr::AggregateExpr& expression, ExecContext& context) {
    Call call;
    call.expr = &expression;
    for (const auto& argument : expression.arguments) {
      call.arguments.emplace_back(*argument, context.evaluation);
    }
    if (expression.filter != nullptr) {
      call.filter = std::make_unique<expr::Evaluator>(*expression.filter, context.evaluation);
    }
    call.is_ordered = expression.distinct || !expression.order_by.empty();
    call.state_offset = state_bytes_;
    state_bytes_ += (expression.function->state_bytes + 7) & ~7u;
    calls_.push_back(std::move(call));
  }

  void MakeSets(ExecContext& context) {
    const size_t count = std::max<size_t>(aggregate_.grouping_sets.size(), 1);
    for (size_t s = 0; s < count; ++s) {
      GroupingSet set;
      set.in_set.assign(groups_.size(), aggregate_.grouping_sets.empty());
      if (!aggregate_.grouping_sets.empty()) {
        for (uint32_t group : aggregate_.grouping_sets[s]) set.in_set[group] = true;
      }
      std::vector<SqlType> key_types;
      for (size_t g = 0; g < groups_.size(); ++g) {
        if (set.in_set[g]) key_types.push_back(group_types_[g]);
      }
      const bool has_keys = !key_types.empty();
      set.table = std::make_unique<GroupTable>(std::move(key_types), context.memory);
      for (const Call& call : calls_) {
        set.ordered.push_back(call.is_ordered
                                  ? std::make_unique<OrderedInput>(*call.expr, context)
                                  : nullptr);
      }
      // Without grouping columns there is one group even when no row comes.
      if (!has_keys) set.states.push_back(NewState());
      sets_.push_back(std::move(set));
    }
  }

  char* NewState() {
    char* state = arena_->Allocate(std::max(state_bytes_, 8u));
    for (const Call& call : calls_) call.expr->function->init(state + call.state_offset);
    return state;
  }

  void DestroyStates() {
    for (GroupingSet& set : sets_) {
      for (char* state : set.states) {
        for (const Call& call : calls_) {
          if (call.expr->function->destroy != nullptr) {
            call.expr->function->destroy(state + call.state_offset);
          }
        }
      }
      set.states.clear();
    }
  }

  void Consume(ExecContext& context, const Batch& input) {
    std::vector<const Vector*> keys;
    for (expr::Evaluator& group : groups_) keys.push_back(&group.Evaluate(input));
    for (GroupingSet& set : sets_) AssignGroups(set, keys, input.row_count());
    for (size_t c = 0; c < calls_.size(); ++c) ConsumeCall(context, c, input);
  }

  // Fills group_numbers_[set].
  void AssignGroups(GroupingSet& set, const std::vector<const Vector*>& keys, uint32_t row_count) {
    const size_t s = static_cast<size_t>(&set - sets_.data());
    if (group_numbers_.size() <= s) group_numbers_.resize(sets_.size());
    std::vector<const Vector*> own;
    for (size_t g = 0; g < keys.size(); ++g) {
      if (set.in_set[g]) own.push_back(keys[g]);
    }
    if (own.empty()) {
      group_numbers_[s].assign(row_count, 0);
      return;
    }
    set.table->FindOrAdd(own, row_count, group_numbers_[s]);
    while (set.states.size() < set.table->group_count()) set.states.push_back(NewState());
  }

  void ConsumeCall(ExecContext& context, size_t c, const Batch& input) {
    Call& call = calls_[c];
    const Batch* rows = &input;
    Batch filtered;
    std::vector<uint32_t> kept;
    if (call.filter != nullptr) {
      const Selection selected = call.filter->Filter(input);
      if (selected.empty()) return;
      kept.assign(selected.begin(), selected.end());
      filtered.Reference(input);
      filtered.Select(kept);
      rows = &filtered;
    }
    std::vector<const Vector*> arguments;
    for (expr::Evaluator& argument : call.arguments) arguments.push_back(&argument.Evaluate(*rows));
    for (size_t s = 0; s < sets_.size(); ++s) {
      if (sets_[s].ordered[c] != nullptr) {
        CurrentGroups(s, kept, rows->row_count());
        sets_[s].ordered[c]->Add(*rows, arguments, current_groups_, context);
      } else {
        Update(context, call, sets_[s], s, arguments, kept, rows->row_count());
      }
    }
  }

  void CurrentGroups(size_t s, const std::vector<uint32_t>& kept, uint32_t row_count) {
    if (kept.empty()) {
      current_groups_.assign(group_numbers_[s].begin(), group_numbers_[s].begin() + row_count);
      return;
    }
    current_groups_.resize(row_count);
    for (uint32_t i = 0; i < row_count; ++i) current_groups_[i] = group_numbers_[s][kept[i]];
  }

  void Update(ExecContext& context, Call& call, GroupingSet& set, size_t s,
              std::span<const Vector* const> arguments, const std::vector<uint32_t>& kept,
              uint32_t row_count) {
    const functions::AggregateInput update{&context.evaluation.functions, call.expr->call.get(),
                                           arena_.get(), arguments, row_count};
    if (set.states.size() == 1 && call.expr->function->update_single != nullptr) {
      call.expr->function->update_single(update, set.states[0] + call.state_offset);
      return;
    }
    CurrentGroups(s, kept, row_count);
    row_states_.resize(row_count);
    for (uint32_t i = 0; i < row_count; ++i) {
      row_states_[i] = set.states[current_groups_[i]] + call.state_offset;
    }
    call.expr->function->update(update, row_states_.data());
  }

  void FinishOrdered(ExecContext& context) {
    for (GroupingSet& set : sets_) {
      for (size_t c = 0; c < calls_.size(); ++c) {
        if (set.ordered[c] == nullptr) continue;
        set.ordered[c]->Feed(context, *arena_, [&](uint32_t group) {
          return set.states[group] + calls_[c].state_offset;
        });
      }
    }
  }

  Batch* Emit(ExecContext& context) {
    GroupingSet& set = sets_[next_set_];
    const uint32_t count = static_cast<uint32_t>(
        std::min<size_t>(set.states.size() - next_group_, types::kBatchRowsMax));
    out_.Reset();
    EmitKeys(set, count);
    const size_t group_count = groups_.size();
    for (size_t c = 0; c < calls_.size(); ++c) {
      row_states_.resize(count);
      for (uint32_t i = 0; i < count; ++i) {
        row_states_[i] = set.states[next_group_ + i] + calls_[c].state_offset;
      }
      Vector& result = out_.column(group_count + c);
      context.evaluation.functions.result_heap = &result.heap();
      calls_[c].expr->function->finalize(context.evaluation.functions, *calls_[c].expr->call,
                                         row_states_.data(), count, result, 0);
    }
    EmitGroupingCalls(set, count);
    out_.set_row_count(count);
    next_group_ += count;
    return &out_;
  }

  void EmitKeys(const GroupingSet& set, uint32_t count) {
    size_t key = 0;
    for (size_t g = 0; g < groups_.size(); ++g) {
      Vector& target = out_.column(g);
      if (!set.in_set[g]) {
        target.SetAllNull(count);
        continue;
      }
      for (uint32_t i = 0; i < count; ++i) {
        target.SetDatum(i, set.table->keys().Get(next_group_ + i, key));
      }
      ++key;
    }
  }

  // GROUPING(a, b): bit set where the column is not in the set, the last argument in bit 0.
  void EmitGroupingCalls(const GroupingSet& set, uint32_t count) {
    for (size_t i = 0; i < aggregate_.grouping_calls.size(); ++i) {
      int32_t mask = 0;
      for (uint32_t group : aggregate_.grouping_calls[i]) {
        mask = (mask << 1) | (set.in_set[group] ? 0 : 1);
      }
      Vector& target = out_.column(groups_.size() + calls_.size() + i);
      std::fill_n(target.Data<int32_t>(), count, mask);
    }
  }

  const plan::AggregateNode& aggregate_;
  std::vector<expr::Evaluator> groups_;
  std::vector<SqlType> group_types_;
  std::vector<Call> calls_;
  uint32_t state_bytes_ = 0;
  std::vector<GroupingSet> sets_;
  std::unique_ptr<Arena> arena_;
  std::vector<std::vector<uint32_t>> group_numbers_;  // by set, of the current batch
  std::vector<uint32_t> current_groups_;
  std::vector<char*> row_states_;
  bool is_read_ = false;
  size_t next_set_ = 0;
  size_t next_group_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeAggregate(const plan::AggregateNode& node, ExecContext& context) {
  return std::make_unique<AggregateOperator>(node, context);
}

}  // namespace grizzly::executor
