#include "executor/subplan_memo.h"

#include "executor/statement_resources.h"
#include "executor/value_hash.h"

namespace grizzly::executor {
namespace {

using types::Datum;

constexpr int64_t kBudgetShare = 4;
constexpr int64_t kBudgetWithoutLimit = int64_t{16} << 20;
// After so many values one in kFoundShare must have been known.
constexpr uint64_t kTriedValues = 4096;
constexpr uint64_t kFoundShare = 16;

}  // namespace

std::unique_ptr<SubplanMemo> SubplanMemo::TryMake(const expr::SubplanExpr& expr, ExecContext& context) {
  if (!context.plan.subplan_traits[expr.subplan].is_repeatable) return nullptr;
  std::vector<types::SqlType> types;
  for (const auto* list : {&expr.arguments, &expr.left}) {
    for (const auto& value : *list) {
      if (types::FindHash(value->type) == nullptr) return nullptr;
      types.push_back(value->type);
    }
  }
  const KeyColumns columns(types);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns.IsBytes(i) && !columns.IsString(i)) return nullptr;
  }
  return std::unique_ptr<SubplanMemo>(new SubplanMemo(expr, std::move(types), context));
}

SubplanMemo::SubplanMemo(const expr::SubplanExpr& expr, std::vector<types::SqlType> types, ExecContext& context)
    : result_type_(expr.type.physical),
      values_(types, context.memory),
      results_arena_(context.memory),
      wanted_(types, 1),
      budget_bytes_([&] {
        const int64_t budget = StatementResources::HashBudget(context);
        return budget > 0 ? budget / kBudgetShare : kBudgetWithoutLimit;
      }()) {}

const Datum* SubplanMemo::Find(std::span<const Datum> arguments, std::span<const Datum> left) {
  learns_ = learns_ && (asked_count_ < kTriedValues || found_count_ * kFoundShare >= asked_count_);
  if (!learns_ && found_count_ * kFoundShare < asked_count_) return nullptr;
  ++asked_count_;
  wanted_.Reset();
  columns_.clear();
  for (const auto& list : {arguments, left}) {
    for (const Datum& value : list) {
      types::Vector& column = wanted_.column(columns_.size());
      column.SetDatum(0, value);
      columns_.push_back(&column);
    }
  }
  values_.Find(columns_, 1, groups_);
  if (groups_[0] == GroupTable::kNoGroup) return nullptr;
  ++found_count_;
  return &results_[groups_[0]];
}

void SubplanMemo::Add(const Datum& result) {
  const auto bytes = values_.byte_count() + static_cast<int64_t>(results_arena_.allocated_bytes());
  learns_ = learns_ && bytes < budget_bytes_;
  if (!learns_) return;
  results_.push_back(result.CopyTo(result_type_, results_arena_));
  values_.FindOrAdd(columns_, 1, groups_);
}

}  // namespace grizzly::executor
