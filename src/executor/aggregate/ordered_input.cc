#include "executor/aggregate/ordered_input.h"

#include "facts/types.h"
#include "types/sql_type.h"

namespace grizzly::executor {

using types::Batch;
using types::Vector;

OrderedInput::OrderedInput(const expr::AggregateExpr& call, ExecContext& context) : call_(call) {
  for (const auto* list : {&call.arguments, &call.direct_arguments}) {
    for (const auto& argument : *list) types_.push_back(argument->type);
  }
  const size_t argument_count = types_.size();
  const types::SqlType group_type = types::BuiltinType(facts::kInt8Oid);
  std::vector<OrderColumn> order;
  for (const expr::SortKey& key : call.order_by) {
    keys_.emplace_back(*key.expression, context.evaluation);
    types_.push_back(key.expression->type);
    order.push_back({types_.size() - 1, key.expression->type, key.descending, key.nulls_first});
  }
  order.insert(order.begin(), {types_.size(), group_type, false, false});
  types_.push_back(group_type);
  if (call.distinct) {
    // PostgreSQL has the ORDER BY keys among the arguments; the remaining ones order behind.
    for (size_t i = 0; i < argument_count; ++i) order.push_back({i, types_[i], false, false});
    compared_keys_ = order.size();
  }
  order_ = std::make_unique<RowOrder>(std::move(order));
  rows_ = std::make_unique<RowStore>(types_, context.memory);
}

void OrderedInput::Add(const Batch& rows, std::span<const Vector* const> arguments,
                       std::span<const uint32_t> groups, ExecContext&) {
  Batch kept;
  for (const types::SqlType& type : types_) kept.AddColumn(Vector(type, rows.row_count()));
  size_t column = 0;
  for (const Vector* argument : arguments) kept.column(column++).Reference(*argument);
  for (expr::Evaluator& key : keys_) kept.column(column++).Reference(key.Evaluate(rows));
  int64_t* numbers = kept.column(column).Data<int64_t>();
  for (uint32_t i = 0; i < rows.row_count(); ++i) numbers[i] = groups[i];
  kept.set_row_count(rows.row_count());
  rows_->Append(kept);
}

void OrderedInput::Feed(ExecContext& context, Arena& arena,
                        const std::function<char*(uint32_t)>& state_of) {
  const std::vector<uint64_t> order = order_->Sort(*rows_);
  const size_t group_column = types_.size() - 1;
  std::vector<uint64_t> run;
  int64_t run_group = -1;
  uint64_t previous = 0;
  for (uint64_t row : order) {
    const int64_t group = rows_->Get(row, group_column).As<int64_t>();
    const bool is_new_group = group != run_group;
    if (is_new_group || run.size() == types::kBatchRowsMax) {
      if (!run.empty()) FeedRows(context, arena, run, state_of(static_cast<uint32_t>(run_group)));
      run.clear();
      run_group = group;
    }
    const bool is_duplicate = call_.distinct && !is_new_group &&
                              order_->Equal(*rows_, previous, row, compared_keys_);
    if (!is_duplicate) run.push_back(row);
    previous = row;
  }
  if (!run.empty()) FeedRows(context, arena, run, state_of(static_cast<uint32_t>(run_group)));
}

void OrderedInput::FeedRows(ExecContext& context, Arena& arena, std::span<const uint64_t> rows,
                            char* state) {
  Batch batch(types_, static_cast<uint32_t>(rows.size()));
  rows_->Gather(rows, batch);
  std::vector<const Vector*> arguments;
  const size_t argument_count = call_.arguments.size() + call_.direct_arguments.size();
  for (size_t i = 0; i < argument_count; ++i) arguments.push_back(&batch.column(i));
  const functions::AggregateInput input{&context.evaluation.functions, call_.call.get(), &arena,
                                        arguments, static_cast<uint32_t>(rows.size())};
  if (call_.function->update_single != nullptr) {
    call_.function->update_single(input, state);
    return;
  }
  std::vector<char*> states(rows.size(), state);
  call_.function->update(input, states.data());
}

}  // namespace grizzly::executor
