// Leaves (constants, parameters, columns), function calls, subplans.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "expr/constant_folding.h"
#include "expr/fixed.h"
#include "expr/node/node.h"
#include "facts/procs.h"

namespace grizzly::expr {
namespace {

class ConstNode final : public EvaluatorNode {
 public:
  explicit ConstNode(const ConstExpr& expr) : EvaluatorNode(expr.type) {
    ReferToDatum(expr.value, result_);
  }
  const Vector& Evaluate(EvaluationState&, const Batch&) override { return result_; }
};

class ParamNode final : public EvaluatorNode {
 public:
  explicit ParamNode(const ParamExpr& expr)
      : EvaluatorNode(expr.type), index_(static_cast<size_t>(expr.index)) {}
  const Vector& Evaluate(EvaluationState& state, const Batch&) override {
    GRIZZLY_CHECK(index_ < state.parameters.size());
    ReferToDatum(state.parameters[index_], result_);
    return result_;
  }

 private:
  const size_t index_;
};

class OuterNode final : public EvaluatorNode {
 public:
  explicit OuterNode(const OuterExpr& expr) : EvaluatorNode(expr.type), cell_(expr.cell) {}
  const Vector& Evaluate(EvaluationState& state, const Batch&) override {
    GRIZZLY_CHECK(cell_ < state.outer_cells.size());
    ReferToDatum(state.outer_cells[cell_], result_);
    return result_;
  }

 private:
  const uint32_t cell_;
};

class InputNode final : public EvaluatorNode {
 public:
  explicit InputNode(const InputExpr& expr) : EvaluatorNode(expr.type), index_(expr.index) {}
  const Vector& Evaluate(EvaluationState&, const Batch& input) override {
    GRIZZLY_CHECK(index_ < input.column_count());
    return input.column(index_);
  }

 private:
  const uint32_t index_;
};

class CallNode final : public EvaluatorNode {
 public:
  explicit CallNode(const FunctionExpr& expr)
      : EvaluatorNode(expr.type), call_(expr.call), kernel_(expr.implementation->scalar) {
    for (const ExprPtr& argument : expr.arguments) children_.push_back(CompileNode(*argument));
    arguments_.resize(children_.size());
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    for (size_t i = 0; i < children_.size(); ++i) {
      arguments_[i] = &children_[i]->Evaluate(state, input);
    }
    Vector& result = Prepare(input.row_count());
    state.functions.result_heap = &result.heap();
    kernel_(state.functions, *call_, arguments_, input.row_count(), result);
    return result;
  }

 private:
  const std::shared_ptr<const functions::CallSite> call_;
  const functions::ScalarKernel kernel_;
  std::vector<NodePtr> children_;
  std::vector<const Vector*> arguments_;
};

// A call of fixed arguments: computed for one row a batch, and the same for all others.
class FixedCallNode final : public EvaluatorNode {
 public:
  explicit FixedCallNode(const FunctionExpr& expr) : EvaluatorNode(expr.type), call_(expr) {
    one_row_.set_row_count(1);
  }
  const Vector& Evaluate(EvaluationState& state, const Batch&) override {
    ReferToDatum(call_.Evaluate(state, one_row_).GetDatum(0), result_);
    return result_;
  }

 private:
  CallNode call_;
  Batch one_row_;
};

bool IsLeaf(const Expr& expr) {
  return expr.kind == ExprKind::kConst || expr.kind == ExprKind::kParam ||
         expr.kind == ExprKind::kInput || expr.kind == ExprKind::kOuter;
}

bool IsNull(const Expr& expr) {
  return expr.kind == ExprKind::kConst && static_cast<const ConstExpr&>(expr).value.is_null();
}

// The largest parts that planning would know, were its literals not lifted out of the plan.
void CollectKnown(const Expr& expr, std::vector<const Expr*>& known) {
  if (IsLeaf(expr)) return;
  if (IsFoldableOnceBound(expr)) {
    known.push_back(&expr);
    return;
  }
  ForEachChild(expr, [&](const Expr& child) { CollectKnown(child, known); });
}

// A strict call of which planning would know parts: they are computed first, and if an argument is a known NULL, the
// call is NULL without its other arguments.
class KnownNullNode final : public EvaluatorNode {
 public:
  explicit KnownNullNode(const FunctionExpr& expr)
      : EvaluatorNode(expr.type), call_(std::make_unique<CallNode>(expr)), null_(expr.type, 1) {
    for (const ExprPtr& argument : expr.arguments) {
      std::vector<const Expr*> parts;
      CollectKnown(*argument, parts);
      for (const Expr* part : parts) known_.push_back({CompileNode(*part), part == argument.get()});
      is_null_ = is_null_ || IsNull(*argument);
    }
    null_.SetConstant(types::Datum::Null());
  }

  // Whether there is something to leave out.
  static bool IsFor(const FunctionExpr& expr) {
    const auto& arguments = expr.arguments;
    const auto inner = std::count_if(arguments.begin(), arguments.end(),
                                     [](const ExprPtr& argument) { return !IsLeaf(*argument); });
    const bool has_null = std::any_of(arguments.begin(), arguments.end(),
                                      [](const ExprPtr& argument) { return IsNull(*argument); });
    if (!expr.strict || inner + has_null < 2) return false;
    const auto known = std::count_if(arguments.begin(), arguments.end(), [](const ExprPtr& argument) {
      return !IsLeaf(*argument) && IsFoldableOnceBound(*argument);
    });
    return known + has_null > 0 && known < inner;
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    bool is_null = is_null_;
    for (const Known& part : known_) {
      const Vector& value = part.node->Evaluate(state, input);
      is_null = is_null || (part.is_argument && value.kind() == VectorKind::kConstant &&
                            value.GetDatum(0).is_null());
    }
    return is_null ? null_ : call_->Evaluate(state, input);
  }

 private:
  struct Known {
    NodePtr node;
    bool is_argument;
  };

  const NodePtr call_;
  std::vector<Known> known_;
  bool is_null_ = false;
  Vector null_;
};

class SubplanNode final : public EvaluatorNode {
 public:
  explicit SubplanNode(const SubplanExpr& expr) : EvaluatorNode(expr.type), expr_(expr) {
    for (const ExprPtr& argument : expr.arguments) arguments_.push_back(CompileNode(*argument));
    for (const ExprPtr& left : expr.left) left_.push_back(CompileNode(*left));
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    GRIZZLY_CHECK(state.subplans != nullptr);
    const std::vector<const Vector*> arguments = EvaluateAll(arguments_, state, input);
    const std::vector<const Vector*> left = EvaluateAll(left_, state, input);
    Vector& result = Prepare(input.row_count());
    std::vector<Datum> argument_values(arguments.size());
    std::vector<Datum> left_values(left.size());
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      GetRow(arguments, row, argument_values);
      GetRow(left, row, left_values);
      const Datum value = state.subplans->Run(expr_, argument_values, left_values, result.heap());
      result.SetDatum(row, value);
    }
    return result;
  }

 private:
  static std::vector<const Vector*> EvaluateAll(const std::vector<NodePtr>& nodes,
                                                EvaluationState& state, const Batch& input) {
    std::vector<const Vector*> vectors;
    vectors.reserve(nodes.size());
    for (const NodePtr& node : nodes) vectors.push_back(&node->Evaluate(state, input));
    return vectors;
  }
  static void GetRow(const std::vector<const Vector*>& vectors, uint32_t row,
                     std::vector<Datum>& values) {
    for (size_t i = 0; i < vectors.size(); ++i) values[i] = vectors[i]->GetDatum(row);
  }

  const SubplanExpr& expr_;
  std::vector<NodePtr> arguments_;
  std::vector<NodePtr> left_;
};

}  // namespace

NodePtr MakeLeafNode(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConst:
      return std::make_unique<ConstNode>(static_cast<const ConstExpr&>(expr));
    case ExprKind::kParam:
      return std::make_unique<ParamNode>(static_cast<const ParamExpr&>(expr));
    case ExprKind::kOuter:
      return std::make_unique<OuterNode>(static_cast<const OuterExpr&>(expr));
    default:
      return std::make_unique<InputNode>(static_cast<const InputExpr&>(expr));
  }
}

NodePtr MakeCallNode(const FunctionExpr& expr) {
  GRIZZLY_CHECK(expr.call != nullptr);
  if (expr.implementation == nullptr || expr.implementation->scalar == nullptr) {
    const facts::ProcFact* proc = facts::FindProc(expr.call->function);
    ThrowNotSupported(proc == nullptr ? fmt::format("function {}", expr.call->function)
                                      : fmt::format("function {}", proc->proname),
                      expr.location);
  }
  if (KnownNullNode::IsFor(expr)) return std::make_unique<KnownNullNode>(expr);
  if (IsFixed(expr)) return std::make_unique<FixedCallNode>(expr);
  return std::make_unique<CallNode>(expr);
}

NodePtr MakeSubplanNode(const SubplanExpr& expr) { return std::make_unique<SubplanNode>(expr); }

}  // namespace grizzly::expr
