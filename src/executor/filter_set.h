// Conjuncts applied to a batch one after the other, each to the rows the ones before left.
#pragma once

#include <span>
#include <vector>

#include "executor/exec_context.h"
#include "expr/evaluator.h"

namespace grizzly::executor {

class FilterSet {
 public:
  FilterSet(std::span<const expr::ExprPtr> conjuncts, ExecContext& context) {
    evaluators_.reserve(conjuncts.size());
    for (const expr::ExprPtr& conjunct : conjuncts) {
      evaluators_.emplace_back(*conjunct, context.evaluation);
    }
  }
  bool empty() const { return evaluators_.empty(); }

  void Apply(types::Batch& batch) {
    for (expr::Evaluator& evaluator : evaluators_) {
      if (batch.row_count() == 0) return;
      const types::Selection selected = evaluator.Filter(batch);
      if (selected.size() < batch.row_count()) batch.Select(selected);
    }
  }

 private:
  std::vector<expr::Evaluator> evaluators_;
};

}  // namespace grizzly::executor
