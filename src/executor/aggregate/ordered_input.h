// The kept input of one aggregate call with DISTINCT, ORDER BY or WITHIN GROUP, for all groups.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "executor/exec_context.h"
#include "executor/row_order.h"
#include "executor/row_store.h"
#include "expr/evaluator.h"

namespace grizzly::executor {

class OrderedInput {
 public:
  OrderedInput(const expr::AggregateExpr& call, ExecContext& context);
  // `groups[i]` is the group of row i; `arguments` are the call's, computed over `rows`.
  void Add(const types::Batch& rows, std::span<const types::Vector* const> arguments,
           std::span<const uint32_t> groups, ExecContext& context);
  // Updates each group's state with its rows in order, duplicates left out under DISTINCT.
  void Feed(ExecContext& context, Arena& arena, const std::function<char*(uint32_t)>& state_of);

 private:
  void FeedRows(ExecContext& context, Arena& arena, std::span<const uint64_t> rows, char* state);

  const expr::AggregateExpr& call_;
  std::vector<expr::Evaluator> keys_;
  std::vector<types::SqlType> types_;  // arguments, keys, group number
  std::unique_ptr<RowStore> rows_;
  std::unique_ptr<RowOrder> order_;
  size_t compared_keys_ = 0;  // group and what must differ under DISTINCT
};

}  // namespace grizzly::executor
