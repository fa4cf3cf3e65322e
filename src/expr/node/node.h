// The compiled form of an expression: a tree of nodes, each with the vector of its results.
//
// A node computes one value per row of the batch it is given; for a branch that only some rows reach,
// the parent gives it a batch of just those rows (BranchInput). Vectors are sized to the batches that
// come, and reused: in a steady state nothing is allocated.
#pragma once

#include <memory>
#include <vector>

#include "expr/evaluator.h"

namespace grizzly::expr {

using types::Batch;
using types::Selection;
using types::StringRef;
using types::Vector;
using types::VectorKind;

class EvaluatorNode {
 public:
  explicit EvaluatorNode(const SqlType& type) : result_(type, 0) {}
  virtual ~EvaluatorNode() = default;
  EvaluatorNode(const EvaluatorNode&) = delete;
  EvaluatorNode& operator=(const EvaluatorNode&) = delete;

  // Never called with an empty batch. The vector stays valid until the next call, and may
  // reference columns of `input`, constants or parameters.
  virtual const Vector& Evaluate(EvaluationState& state, const Batch& input) = 0;

 protected:
  // The result vector, flat, empty, with room for `rows`.
  Vector& Prepare(uint32_t rows) {
    result_.Reset();
    result_.Reserve(rows);
    return result_;
  }
  Vector result_;
};
using NodePtr = std::unique_ptr<EvaluatorNode>;

// Throws 0A000 or XX000 for what no evaluator runs (aggregates, logical columns ...).
NodePtr CompileNode(const Expr& expr);

// The columns of a batch that one branch reads, for some of its rows.
class BranchInput {
 public:
  explicit BranchInput(const Expr& branch);
  // `input` itself when all its rows are selected.
  const Batch& Select(const Batch& input, Selection rows);

 private:
  std::vector<uint32_t> columns_;
  Batch batch_;
};

// A branch and its input.
struct BranchNode {
  explicit BranchNode(const Expr& branch) : node(CompileNode(branch)), input(branch) {}
  const Vector& Evaluate(EvaluationState& state, const Batch& batch, Selection rows) {
    return node->Evaluate(state, input.Select(batch, rows));
  }
  NodePtr node;
  BranchInput input;
};

// Writes row i of `from` to row rows[i] of `target`, long strings by reference.
void ScatterRows(const Vector& from, Selection rows, Vector& target);

// Numbers from 0 to rows - 1 in `rows`.
void FillRows(std::vector<uint32_t>& rows, uint32_t row_count);

// A constant vector holding `value`; a long string is referenced.
void ReferToDatum(const Datum& value, Vector& vector);

// Runs a comparison over two vectors.
class ComparisonCall {
 public:
  explicit ComparisonCall(const ComparisonExpr::Comparison& comparison);
  const Vector& Run(EvaluationState& state, const Vector& left, const Vector& right,
                    uint32_t row_count);
  Oid function() const { return call_->function; }
  Oid collation() const { return call_->collation; }

 private:
  std::shared_ptr<const functions::CallSite> call_;
  functions::ScalarKernel kernel_;
  Vector result_;
};

// One file of nodes each.
NodePtr MakeLeafNode(const Expr& expr);
NodePtr MakeCallNode(const FunctionExpr& expr);
NodePtr MakeLogicNode(const ListExpr& expr);         // AND OR NOT, IS NULL, IS TRUE ...
NodePtr MakeChoiceNode(const Expr& expr);            // CASE, COALESCE, GREATEST, NULLIF
NodePtr MakeComparisonNode(const ComparisonExpr& expr);
NodePtr MakeCastNode(const Expr& expr);
NodePtr MakeArrayCastNode(const WrapExpr& expr);
NodePtr MakeContainerNode(const Expr& expr);         // ARRAY, ROW, fields, subscripts
NodePtr MakeCompositeNode(const Expr& expr);         // ROW, fields
NodePtr MakeSubplanNode(const SubplanExpr& expr);

}  // namespace grizzly::expr
