// rank(v) WITHIN GROUP (ORDER BY x) and its kin: where a row of these values would stand among the group's.
#pragma once

#include "planner/binder/function_call.h"

namespace grizzly::planner {

// rank, dense_rank, percent_rank or cume_dist as counts of the rows in front. `direct` and `sorted` are of equal
// length and types; `filter` is the call's FILTER, or null.
class HypotheticalSet {
 public:
  HypotheticalSet(ExpressionBinder& binder, std::vector<ExprPtr> direct,
                  std::vector<expr::SortKey> sorted, ExprPtr filter, int location);

  // Rows in front of the hypothetical one; `or_equal`: and its equals.
  std::unique_ptr<expr::AggregateExpr> CountInFront(bool or_equal);
  // Distinct ones among them.
  std::unique_ptr<expr::AggregateExpr> CountDistinctInFront();
  std::unique_ptr<expr::AggregateExpr> CountAll();

 private:
  ExprPtr InFront(size_t key, bool or_equal);
  ExprPtr Less(size_t key);
  ExprPtr IsNull(const expr::Expr& value, bool is_null);
  ExprPtr SameAs(size_t key);
  std::unique_ptr<expr::AggregateExpr> Count(ExprPtr condition, ExprPtr counted);

  ExpressionBinder& binder_;
  BindState& state_;
  std::vector<ExprPtr> direct_;
  std::vector<expr::SortKey> sorted_;
  ExprPtr filter_;
  const int location_;
};

}  // namespace grizzly::planner
