// A filter: the rows for which a condition is true, conjunct by conjunct.
//
// Each conjunct sees only the rows its predecessors kept. `column op constant` on machine types and
// text writes the surviving rows directly, without a vector of booleans.
#pragma once

#include <memory>
#include <vector>

#include "expr/node/node.h"

namespace grizzly::expr {

class Conjunct {
 public:
  virtual ~Conjunct() = default;
  // Keeps in `rows` (ascending) those for which the conjunct is true.
  virtual void Keep(EvaluationState& state, const Batch& input, std::vector<uint32_t>& rows) = 0;
};

// Null when `expr` is no comparison it knows.
std::unique_ptr<Conjunct> MakeFastConjunct(const Expr& expr);

class RowFilter {
 public:
  explicit RowFilter(const Expr& condition);
  Selection Run(EvaluationState& state, const Batch& input);

 private:
  void AddConjuncts(const Expr& condition);
  std::vector<std::unique_ptr<Conjunct>> conjuncts_;
  std::vector<uint32_t> rows_;
};

}  // namespace grizzly::expr
