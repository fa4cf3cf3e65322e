#include "executor/aggregate/distinct_input.h"

#include <algorithm>
#include <array>

#include "executor/statement_resources.h"
#include "facts/aggregates.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "types/compare.h"

namespace grizzly::executor {

using types::Batch;
using types::Vector;

namespace {

// In any order the same result.
constexpr std::array<std::string_view, 11> kOrderFree = {"count", "sum", "avg", "min", "max", "bool_and", "bool_or",
                                                         "every", "bit_and", "bit_or", "bit_xor"};

// Sums of floats are rounded on the way.
bool IsRounded(const types::SqlType& type, std::string_view name) {
  const bool is_float = type.oid == facts::kFloat4Oid || type.oid == facts::kFloat8Oid;
  return is_float && (name == "sum" || name == "avg");
}

}  // namespace

bool DistinctInput::Suits(const expr::AggregateExpr& call) {
  const bool is_plain = call.distinct && call.order_by.empty() && call.direct_arguments.empty() &&
                        call.arguments.size() == 1 && call.function->update != nullptr;
  if (!is_plain || facts::FindAggregate(call.call->function) == nullptr) return false;
  const std::string_view name = facts::FindProc(call.call->function)->proname;
  const types::SqlType& type = call.arguments[0]->type;
  return std::find(kOrderFree.begin(), kOrderFree.end(), name) != kOrderFree.end() && !IsRounded(type, name) &&
         types::FindHash(type) != nullptr && types::FindCompare(type) != nullptr;
}

DistinctInput::DistinctInput(const expr::AggregateExpr& call, bool has_groups, int64_t budget_bytes,
                             ExecContext& context)
    : call_(call), has_groups_(has_groups), budget_bytes_(budget_bytes) {
  for (const auto& argument : call.arguments) types_.push_back(argument->type);
  if (has_groups) types_.push_back(types::BuiltinType(facts::kInt4Oid));
  rows_ = Batch(types_);
  MakeTable(context);
}

void DistinctInput::MakeTable(ExecContext& context) {
  table_ = std::make_unique<GroupTable>(types_, context.memory);
}

void DistinctInput::Add(ExecContext& context, Arena& arena, std::span<const Vector* const> arguments,
                        std::span<const uint32_t> groups, const StateOf& state_of) {
  rows_.Reset();
  for (size_t i = 0; i < arguments.size(); ++i) rows_.column(i).Reference(*arguments[i]);
  if (has_groups_) {
    auto* const numbers = rows_.column(arguments.size()).Data<int32_t>();
    for (size_t row = 0; row < groups.size(); ++row) numbers[row] = static_cast<int32_t>(groups[row]);
  }
  rows_.set_row_count(static_cast<uint32_t>(groups.size()));
  Take(context, arena, state_of);
}

// rows_
void DistinctInput::Take(ExecContext& context, Arena& arena, const StateOf& state_of) {
  std::vector<const Vector*> keys;
  for (const Vector& column : rows_.columns()) keys.push_back(&column);
  if (spilled_ != nullptr) return SpillUnknown(keys);
  table_->FindOrAdd(keys, rows_.row_count(), places_);
  FeedFresh(context, arena, state_of);
  if (budget_bytes_ > 0 && depth_ < kSpillDepthMax && table_->byte_count() > budget_bytes_) {
    spilled_ = std::make_unique<SpillPartitions>(*StatementResources::Current().spill, types_, kSpillPartitions,
                                                 SpillShift(depth_));
  }
}

void DistinctInput::FeedFresh(ExecContext& context, Arena& arena, const StateOf& state_of) {
  const std::span<const uint32_t> fresh = table_->new_rows();
  if (fresh.empty()) return;
  Vector argument(types_[0], 0);
  argument.Slice(rows_.column(0), fresh);
  const Vector* const arguments[] = {&argument};
  const auto count = static_cast<uint32_t>(fresh.size());
  const functions::AggregateInput input{&context.evaluation.functions, call_.call.get(), &arena, arguments, count};
  if (!has_groups_ && call_.function->update_single != nullptr) {
    call_.function->update_single(input, state_of(0));
    return;
  }
  states_.assign(count, has_groups_ ? nullptr : state_of(0));
  if (has_groups_) {
    const auto groups = rows_.columns().back().Reader<int32_t>();
    for (uint32_t i = 0; i < count; ++i) states_[i] = state_of(static_cast<uint32_t>(groups[fresh[i]]));
  }
  call_.function->update(input, states_.data());
}

void DistinctInput::SpillUnknown(std::span<const Vector* const> keys) {
  table_->Find(keys, rows_.row_count(), places_);
  std::vector<uint32_t> unknown;
  for (uint32_t row = 0; row < rows_.row_count(); ++row) {
    if (places_[row] == GroupTable::kNoGroup) unknown.push_back(row);
  }
  if (!unknown.empty()) spilled_->Write(rows_, table_->batch_hashes(), &unknown);
}

void DistinctInput::KeepSpilled() {
  if (spilled_ == nullptr) return;
  for (auto& file : TakeFiles(*spilled_)) pending_.push_back({std::move(file), depth_ + 1});
  spilled_.reset();
}

void DistinctInput::Finish(ExecContext& context, Arena& arena, const StateOf& state_of) {
  KeepSpilled();
  while (!pending_.empty()) {
    const SpilledPart part = std::move(pending_.back());
    pending_.pop_back();
    depth_ = part.depth;
    MakeTable(context);
    rows_ = Batch(types_);
    while (part.file->Read(rows_)) {
      context.CheckCanceled();
      Take(context, arena, state_of);
    }
    KeepSpilled();
  }
  table_.reset();
}

}  // namespace grizzly::executor
