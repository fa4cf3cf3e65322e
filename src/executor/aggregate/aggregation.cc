#include "executor/aggregate/aggregation.h"

#include <algorithm>

#include "executor/column_gather.h"
#include "executor/spill/spill_levels.h"
#include "executor/statement_resources.h"
#include "facts/aggregates.h"

namespace grizzly::executor {

namespace {

// Groups with their keys and states then take about a second-level cache.
constexpr size_t kRunGroups = 16'384;
constexpr uint64_t kRunRowsPerGroup = 2;
// States of more groups are asked for before they are worked on.
constexpr size_t kCachedStates = 1024;

uint32_t StateBytes(const expr::AggregateExpr& call) {
  return (call.function->state_bytes + 7) & ~7u;
}

}  // namespace

Aggregation::Aggregation(const plan::AggregateNode& node, ExecContext& context)
    : node_(node), out_(node.output_types) {
  for (const expr::ExprPtr& group : node.groups) {
    groups_.emplace_back(*group, context.evaluation);
    group_types_.push_back(group->type);
  }
  for (const auto& call : node.aggregates) AddCall(*call, context);
  call_inputs_.resize(calls_.size());
}

Aggregation::~Aggregation() { DestroyStates(); }

void Aggregation::AddCall(const expr::AggregateExpr& expression, ExecContext& context) {
  Call call;
  call.expr = &expression;
  call.is_distinct = DistinctInput::Suits(expression);
  call.is_ordered = !call.is_distinct && (expression.distinct || !expression.order_by.empty());
  if (expression.filter != nullptr) {
    call.filter = std::make_unique<expr::Evaluator>(*expression.filter, context.evaluation);
  } else if (!call.is_ordered && !call.is_distinct) {
    ShareInput(call);
  }
  if (call.same_input_as == UINT32_MAX) {
    for (const auto* list : {&expression.arguments, &expression.direct_arguments}) {
      for (const auto& argument : *list) {
        call.arguments.emplace_back(*argument, context.evaluation);
      }
    }
  }
  call.state_offset = state_bytes_;
  state_bytes_ += StateBytes(expression);
  calls_.push_back(std::move(call));
}

// sum(x) and avg(x) read one vector.
void Aggregation::ShareInput(Call& call) const {
  for (uint32_t i = 0; i < calls_.size(); ++i) {
    const Call& other = calls_[i];
    if (other.filter != nullptr || other.same_input_as != UINT32_MAX) continue;
    const auto& a = call.expr->arguments;
    const auto& b = other.expr->arguments;
    const bool same = !a.empty() && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                                               [](const expr::ExprPtr& x, const expr::ExprPtr& y) {
                                                 return expr::Equals(*x, *y) &&
                                                        !expr::IsVolatile(*x);
                                               });
    if (!same) continue;
    call.same_input_as = i;
    return;
  }
}

void Aggregation::Start(ExecContext& context) {
  DestroyStates();
  sets_.clear();
  arena_ = std::make_unique<Arena>(context.memory);
  rows_in_run_ = 0;
  spilled_.reset();
  MakeSets(context);
  next_set_ = next_group_ = 0;
}

void Aggregation::MakeSets(ExecContext& context) {
  const size_t count = std::max<size_t>(node_.grouping_sets.size(), 1);
  const auto distinct_calls = std::count_if(calls_.begin(), calls_.end(), [](const Call& call) { return call.is_distinct; });
  const int64_t budget = StatementResources::HashBudget(context) / std::max<int64_t>(distinct_calls * static_cast<int64_t>(count), 1);
  for (size_t s = 0; s < count; ++s) {
    GroupingSet set;
    set.in_set.assign(group_types_.size(), node_.grouping_sets.empty());
    if (!node_.grouping_sets.empty()) {
      for (uint32_t group : node_.grouping_sets[s]) set.in_set[group] = true;
    }
    std::vector<SqlType> key_types;
    for (size_t g = 0; g < group_types_.size(); ++g) {
      if (set.in_set[g]) key_types.push_back(group_types_[g]);
    }
    const bool has_keys = !key_types.empty();
    set.table = std::make_unique<GroupTable>(std::move(key_types), context.memory);
    for (const Call& call : calls_) {
      set.ordered.push_back(call.is_ordered ? std::make_unique<OrderedInput>(*call.expr, context)
                                            : nullptr);
      set.distinct.push_back(
          call.is_distinct ? std::make_unique<DistinctInput>(*call.expr, has_keys, budget, context) : nullptr);
    }
    // Without grouping columns there is one group even when no row comes.
    if (!has_keys) set.states.push_back(NewState());
    sets_.push_back(std::move(set));
  }
}

char* Aggregation::NewState() {
  char* state = arena_->Allocate(std::max(state_bytes_, 8u));
  for (const Call& call : calls_) call.expr->function->init(state + call.state_offset);
  return state;
}

void Aggregation::DestroyStates() {
  for (GroupingSet& set : sets_) {
    DestroyStates(node_, set.states);
    set.states.clear();
  }
  kept_arenas_.clear();
}

void Aggregation::DestroyStates(const plan::AggregateNode& node,
                                const std::vector<char*>& states) {
  uint32_t offset = 0;
  for (const auto& call : node.aggregates) {
    if (call->function->destroy != nullptr) {
      for (char* state : states) {
        if (state != nullptr) call->function->destroy(state + offset);
      }
    }
    offset += StateBytes(*call);
  }
}

void Aggregation::Detach() {
  groups_.clear();
  for (Call& call : calls_) {
    call.arguments.clear();
    call.filter.reset();
  }
}

bool Aggregation::MaySpill() const {
  return budget_bytes_ > 0 && depth_ < kSpillDepthMax && node_.grouping_sets.empty() &&
         !groups_.empty() &&
         std::none_of(calls_.begin(), calls_.end(), [](const Call& call) { return call.is_ordered; });
}

int64_t Aggregation::byte_count() const {
  int64_t bytes = arena_ == nullptr ? 0 : static_cast<int64_t>(arena_->allocated_bytes());
  for (const auto& arena : kept_arenas_) bytes += static_cast<int64_t>(arena->allocated_bytes());
  for (const GroupingSet& set : sets_) {
    bytes += set.table->byte_count();
    for (const auto& distinct : set.distinct) bytes += distinct == nullptr ? 0 : distinct->byte_count();
  }
  return bytes;
}

void Aggregation::Consume(ExecContext& context, const Batch& input) {
  if (spilled_ == nullptr) {
    ConsumeRows(context, input);
    if (MaySpill() && byte_count() > budget_bytes_) {
      spilled_ = std::make_unique<SpillPartitions>(
          *StatementResources::Current().spill, node_.children[0]->output_types, kSpillPartitions,
          SpillShift(depth_));
    }
    return;
  }
  std::vector<const Vector*> keys;
  for (expr::Evaluator& group : groups_) keys.push_back(&group.Evaluate(input));
  std::vector<uint32_t> known;
  SpillUnknown(context, input, keys, &known);
  if (known.empty()) return;
  Batch rest;
  rest.Reference(input);
  rest.Select(known);
  ConsumeRows(context, rest);
}

void Aggregation::SpillUnknown(ExecContext& context, const Batch& input,
                               const std::vector<const Vector*>& keys,
                               std::vector<uint32_t>* known) {
  context.CheckCanceled();
  GroupingSet& set = sets_[0];
  set.table->Find(keys, input.row_count(), set.groups);
  std::vector<uint32_t> unknown;
  for (uint32_t row = 0; row < input.row_count(); ++row) {
    (set.groups[row] == GroupTable::kNoGroup ? unknown : *known).push_back(row);
  }
  if (!unknown.empty()) spilled_->Write(input, set.table->batch_hashes(), &unknown);
}

std::vector<std::unique_ptr<SpillFile>> Aggregation::TakeSpilled() {
  if (spilled_ == nullptr) return {};
  auto files = TakeFiles(*spilled_);
  spilled_.reset();
  return files;
}

void Aggregation::ConsumeRows(ExecContext& context, const Batch& input) {
  rows_in_run_ += input.row_count();
  std::vector<const Vector*> keys;
  for (expr::Evaluator& group : groups_) keys.push_back(&group.Evaluate(input));
  for (GroupingSet& set : sets_) AssignGroups(set, keys, input.row_count());
  for (size_t c = 0; c < calls_.size(); ++c) ConsumeCall(context, c, input);
}

void Aggregation::AssignGroups(GroupingSet& set, const std::vector<const Vector*>& keys,
                               uint32_t row_count) {
  std::vector<const Vector*> own;
  for (size_t g = 0; g < keys.size(); ++g) {
    if (set.in_set[g]) own.push_back(keys[g]);
  }
  if (own.empty()) {
    set.groups.assign(row_count, 0);
  } else {
    set.table->FindOrAdd(own, row_count, set.groups);
    while (set.states.size() < set.table->group_count()) set.states.push_back(NewState());
  }
  set.row_states.resize(row_count);
  const bool fits_cache = set.states.size() <= kCachedStates;
  for (uint32_t i = 0; i < row_count; ++i) {
    set.row_states[i] = set.states[set.groups[i]];
    if (!fits_cache) __builtin_prefetch(set.row_states[i], 1);
  }
}

void Aggregation::ConsumeCall(ExecContext& context, size_t c, const Batch& input) {
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
  std::vector<const Vector*>& arguments = call_inputs_[c];
  if (call.same_input_as != UINT32_MAX) {
    arguments = call_inputs_[call.same_input_as];
  } else {
    arguments.clear();
    for (expr::Evaluator& argument : call.arguments) {
      arguments.push_back(&argument.Evaluate(*rows));
    }
  }
  const std::vector<uint32_t>* chosen = call.filter != nullptr ? &kept : nullptr;
  for (GroupingSet& set : sets_) {
    if (call.is_ordered || call.is_distinct) {
      ConsumeKept(context, c, set, *rows, chosen);
    } else {
      Update(context, call, set, arguments, chosen, rows->row_count());
    }
  }
}

void Aggregation::ConsumeKept(ExecContext& context, size_t c, GroupingSet& set, const Batch& rows,
                              const std::vector<uint32_t>* chosen) {
  std::vector<uint32_t> groups;
  for (uint32_t i = 0; i < rows.row_count(); ++i) {
    groups.push_back(set.groups[chosen == nullptr ? i : (*chosen)[i]]);
  }
  if (set.ordered[c] != nullptr) return set.ordered[c]->Add(rows, call_inputs_[c], groups, context);
  set.distinct[c]->Add(context, *arena_, call_inputs_[c], groups, [&](uint32_t group) {
    return set.states[group] + calls_[c].state_offset;
  });
}

void Aggregation::Update(ExecContext& context, Call& call, GroupingSet& set,
                         std::span<const Vector* const> arguments,
                         const std::vector<uint32_t>* kept, uint32_t row_count) {
  const functions::AggregateInput update{&context.evaluation.functions, call.expr->call.get(),
                                         arena_.get(), arguments, row_count};
  if (set.states.size() == 1 && call.expr->function->update_single != nullptr) {
    call.expr->function->update_single(update, set.states[0] + call.state_offset);
    return;
  }
  call_states_.resize(row_count);
  char* const* const states = set.row_states.data();
  char** const own = call_states_.data();
  if (kept == nullptr) {
    for (uint32_t i = 0; i < row_count; ++i) own[i] = states[i] + call.state_offset;
  } else {
    for (uint32_t i = 0; i < row_count; ++i) own[i] = states[(*kept)[i]] + call.state_offset;
  }
  call.expr->function->update(update, call_states_.data());
}

// ---- merging ----

bool Aggregation::IsMergeable(const plan::AggregateNode& node) {
  return std::all_of(node.aggregates.begin(), node.aggregates.end(), [](const auto& call) {
    const facts::AggregateFact* fact = facts::FindAggregate(call->call->function);
    return !call->distinct && call->order_by.empty() && call->function->combine != nullptr &&
           fact != nullptr && fact->aggcombinefn != kInvalidOid;
  });
}

void Aggregation::TakeOver(Aggregation& other) {
  std::swap(sets_, other.sets_);
  std::swap(arena_, other.arena_);
}

void Aggregation::Merge(ExecContext& context, Aggregation& other) {
  for (size_t s = 0; s < sets_.size(); ++s) MergeSet(context, sets_[s], other.sets_[s]);
}

void Aggregation::MergeSet(ExecContext& context, GroupingSet& target, GroupingSet& source) {
  const RowStore& keys = source.table->keys();
  const bool has_keys = !keys.column_types().empty();
  const size_t chunks = has_keys ? keys.chunk_count() : 1;
  size_t next = 0;  // group of the source
  for (size_t c = 0; c < chunks; ++c) {
    context.CheckCanceled();
    uint32_t count = 1;
    if (has_keys) {
      const Batch& chunk = keys.chunk(c);
      count = chunk.row_count();
      std::vector<const Vector*> columns;
      for (size_t k = 0; k < keys.column_types().size(); ++k) columns.push_back(&chunk.column(k));
      target.table->FindOrAdd(columns, count, target.groups);
      while (target.states.size() < target.table->group_count()) {
        target.states.push_back(NewState());
      }
    } else {
      target.groups.assign(1, 0);
    }
    for (const Call& call : calls_) {
      const functions::AggregateInput input{&context.evaluation.functions, call.expr->call.get(),
                                            arena_.get(), {}, 0};
      for (uint32_t i = 0; i < count; ++i) {
        call.expr->function->combine(input, source.states[next + i] + call.state_offset,
                                     target.states[target.groups[i]] + call.state_offset);
      }
    }
    next += count;
  }
}

// ---- runs ----

bool Aggregation::IsRunFull() {
  if (makes_one_run_ || group_count() < kRunGroups) return false;
  makes_one_run_ = rows_in_run_ < kRunRowsPerGroup * group_count();
  return !makes_one_run_;
}

std::unique_ptr<GroupRun> Aggregation::TakeRun(ExecContext& context) {
  GroupingSet& set = sets_[0];
  auto run = std::make_unique<GroupRun>(node_, std::move(arena_), std::move(set.table),
                                        std::move(set.states));
  set.states.clear();
  Start(context);
  return run;
}

void Aggregation::TakeOver(GroupRun& run) {
  sets_[0].table = run.TakeTable();
  sets_[0].states = run.TakeStates();
  KeepArena(run.TakeArena());
}

void Aggregation::MergeRun(ExecContext& context, GroupRun& run,
                           std::span<const uint32_t> groups) {
  GroupingSet& target = sets_[0];
  const std::span<const uint64_t> hashes = run.table().group_hashes();
  while (merged_keys_.column_count() < group_types_.size()) {
    merged_keys_.AddColumn(Vector(group_types_[merged_keys_.column_count()]));
  }
  while (!groups.empty()) {
    context.CheckCanceled();
    const auto chosen = groups.first(std::min<size_t>(groups.size(), types::kBatchRowsMax));
    groups = groups.subspan(chosen.size());
    merged_keys_.Reset();
    std::vector<const Vector*> keys;
    for (size_t k = 0; k < group_types_.size(); ++k) {
      GatherColumn(run.table().keys(), k, chosen, merged_keys_.column(k));
      keys.push_back(&merged_keys_.column(k));
    }
    merged_hashes_.clear();
    for (const uint32_t group : chosen) merged_hashes_.push_back(hashes[group]);
    target.table->FindOrAddHashed(keys, merged_hashes_.data(),
                                  static_cast<uint32_t>(chosen.size()), target.groups);
    MergeStates(context, run, chosen);
  }
}

// `groups` of the run are target.groups here. States of new groups move, the others are added to what is here.
void Aggregation::MergeStates(ExecContext& context, GroupRun& run,
                              std::span<const uint32_t> groups) {
  GroupingSet& target = sets_[0];
  target.states.resize(target.table->group_count(), nullptr);
  for (const uint32_t row : target.table->new_rows()) {
    std::swap(target.states[target.groups[row]], run.state(groups[row]));
  }
  if (target.table->new_rows().size() == groups.size()) return;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (run.state(groups[i]) == nullptr) continue;
    __builtin_prefetch(run.state(groups[i]));
    __builtin_prefetch(target.states[target.groups[i]], 1);
  }
  for (const Call& call : calls_) {
    const functions::AggregateInput input{&context.evaluation.functions, call.expr->call.get(),
                                          arena_.get(), {}, 0};
    for (size_t i = 0; i < groups.size(); ++i) {
      const char* const source = run.state(groups[i]);
      if (source == nullptr) continue;
      call.expr->function->combine(input, source + call.state_offset,
                                   target.states[target.groups[i]] + call.state_offset);
    }
  }
}

void Aggregation::AddGroups(Aggregation& other) {
  for (GroupingSet& set : other.sets_) sets_.push_back(std::move(set));
  other.sets_.clear();
  KeepArena(std::move(other.arena_));
}

// ---- results ----

void Aggregation::Finish(ExecContext& context) { FinishKept(context); }

void Aggregation::FinishKept(ExecContext& context) {
  for (GroupingSet& set : sets_) {
    // Merged parts have none.
    for (size_t c = 0; c < std::min(calls_.size(), set.ordered.size()); ++c) {
      const auto state_of = [&](uint32_t group) { return set.states[group] + calls_[c].state_offset; };
      if (set.ordered[c] != nullptr) set.ordered[c]->Feed(context, *arena_, state_of);
      if (set.distinct[c] != nullptr) set.distinct[c]->Finish(context, *arena_, state_of);
    }
  }
}

Batch* Aggregation::Emit(ExecContext& context) {
  while (next_set_ < sets_.size()) {
    if (next_group_ < sets_[next_set_].states.size()) return EmitGroups(context);
    ++next_set_;
    next_group_ = 0;
  }
  return nullptr;
}

Batch* Aggregation::EmitGroups(ExecContext& context) {
  GroupingSet& set = sets_[next_set_];
  const uint32_t count = static_cast<uint32_t>(
      std::min<size_t>(set.states.size() - next_group_, types::kBatchRowsMax));
  out_.Reset();
  for (uint32_t i = 0; i < count; ++i) __builtin_prefetch(set.states[next_group_ + i]);
  EmitKeys(set, count);
  for (size_t c = 0; c < calls_.size(); ++c) {
    call_states_.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      call_states_[i] = set.states[next_group_ + i] + calls_[c].state_offset;
    }
    Vector& result = out_.column(group_types_.size() + c);
    context.evaluation.functions.result_heap = &result.heap();
    calls_[c].expr->function->finalize(context.evaluation.functions, *calls_[c].expr->call,
                                       call_states_.data(), count, result, 0);
  }
  ChargeResults(context);
  EmitGroupingCalls(set, count);
  out_.set_row_count(count);
  next_group_ += count;
  return &out_;
}

// What string_agg, array_agg ... made, until the next batch.
void Aggregation::ChargeResults(ExecContext& context) {
  size_t bytes = 0;
  for (size_t c = 0; c < calls_.size(); ++c) {
    // Those that gather values own memory; what others make is small.
    if (calls_[c].expr->function->destroy == nullptr) continue;
    Vector& result = out_.column(group_types_.size() + c);
    if (result.physical() == types::PhysicalType::kString) bytes += result.heap().allocated_bytes();
  }
  result_bytes_.LetGo();
  result_bytes_.Grow(context.memory, bytes);
}

void Aggregation::EmitKeys(const GroupingSet& set, uint32_t count) {
  std::vector<uint32_t> rows(count);
  for (uint32_t i = 0; i < count; ++i) rows[i] = static_cast<uint32_t>(next_group_) + i;
  size_t key = 0;
  for (size_t g = 0; g < group_types_.size(); ++g) {
    if (set.in_set[g]) {
      GatherColumn(set.table->keys(), key++, rows, out_.column(g));
    } else {
      out_.column(g).SetAllNull(count);
    }
  }
}

// GROUPING(a, b): bit set where the column is not in the set, the last argument in bit 0.
void Aggregation::EmitGroupingCalls(const GroupingSet& set, uint32_t count) {
  for (size_t i = 0; i < node_.grouping_calls.size(); ++i) {
    int32_t mask = 0;
    for (uint32_t group : node_.grouping_calls[i]) {
      mask = (mask << 1) | (set.in_set[group] ? 0 : 1);
    }
    Vector& target = out_.column(group_types_.size() + calls_.size() + i);
    std::fill_n(target.Data<int32_t>(), count, mask);
  }
}

}  // namespace grizzly::executor
