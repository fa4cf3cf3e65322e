// IS DISTINCT FROM and row comparison. (x op ANY (array): array_comparison_node.cc.)
#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "expr/node/array_comparison_node.h"
#include "expr/node/node.h"
#include "facts/operators.h"

namespace grizzly::expr {
namespace {

class DistinctNode final : public EvaluatorNode {
 public:
  explicit DistinctNode(const ComparisonExpr& expr)
      : EvaluatorNode(expr.type),
        when_distinct_(!expr.negated),
        left_(CompileNode(*expr.left)),
        right_(CompileNode(*expr.right)),
        equal_(expr.comparisons.at(0)) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    const Vector& left = left_->Evaluate(state, input);
    const Vector& right = right_->Evaluate(state, input);
    const auto equal = equal_.Run(state, left, right, row_count).Reader<bool>();
    Vector& result = Prepare(row_count);
    bool* out = result.Data<bool>();
    for (uint32_t row = 0; row < row_count; ++row) {
      const bool left_null = left.IsNull(row);
      const bool right_null = right.IsNull(row);
      const bool distinct =
          left_null || right_null ? left_null != right_null : equal.IsNull(row) || !equal[row];
      out[row] = distinct == when_distinct_;
    }
    return result;
  }

 private:
  const bool when_distinct_;
  NodePtr left_;
  NodePtr right_;
  ComparisonCall equal_;
};

enum class RowOperation : uint8_t { kLess, kLessEqual, kEqual, kGreaterEqual, kGreater, kNotEqual };

// The = of the operand types of `operator_oid`.
ComparisonExpr::Comparison EqualityBeside(const ComparisonExpr::Comparison& comparison) {
  const facts::OperatorFact* op = facts::FindOperator(comparison.operator_oid);
  const facts::OperatorFact* equal =
      op == nullptr ? nullptr : facts::FindOperator("=", op->oprleft, op->oprright);
  if (equal == nullptr) ThrowNotSupported("row comparison of these types");
  ComparisonExpr::Comparison found = comparison;
  auto call = std::make_shared<functions::CallSite>(*comparison.call);
  call->function = equal->oprcode;
  found.call = std::move(call);
  found.implementation = functions::BuiltinRegistry().Find(equal->oprcode);
  found.operator_oid = equal->oid;
  return found;
}

// (a, b) op (c, d). = and <> look at every column; an order is decided by the first column that
// differs, and NULL there makes the whole NULL.
class RowCompareNode final : public EvaluatorNode {
 public:
  explicit RowCompareNode(const ComparisonExpr& expr)
      : EvaluatorNode(expr.type), operation_(static_cast<RowOperation>(expr.row_operation)) {
    GRIZZLY_CHECK(expr.left->kind == ExprKind::kRow && expr.right->kind == ExprKind::kRow);
    const auto& left = static_cast<const ListExpr&>(*expr.left).children;
    const auto& right = static_cast<const ListExpr&>(*expr.right).children;
    GRIZZLY_CHECK(left.size() == right.size() && left.size() == expr.comparisons.size());
    for (size_t i = 0; i < left.size(); ++i) {
      left_.push_back(CompileNode(*left[i]));
      right_.push_back(CompileNode(*right[i]));
      comparisons_.emplace_back(expr.comparisons[i]);
      if (IsOrder()) equalities_.emplace_back(EqualityBeside(expr.comparisons[i]));
    }
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    Vector& result = Prepare(row_count);
    bool* out = result.Data<bool>();
    std::fill_n(out, row_count, operation_ == RowOperation::kEqual);
    decided_.assign(row_count, false);
    for (size_t i = 0; i < left_.size(); ++i) {
      const Vector& left = left_[i]->Evaluate(state, input);
      const Vector& right = right_[i]->Evaluate(state, input);
      const auto holds = comparisons_[i].Run(state, left, right, row_count).Reader<bool>();
      if (!IsOrder()) {
        ApplyEquality(holds, row_count, out);
        continue;
      }
      const auto equal = equalities_[i].Run(state, left, right, row_count).Reader<bool>();
      ApplyOrder(holds, equal, i + 1 == left_.size(), row_count, out);
    }
    return result;
  }

 private:
  bool IsOrder() const {
    return operation_ != RowOperation::kEqual && operation_ != RowOperation::kNotEqual;
  }

  // One column that decides beats any NULL.
  void ApplyEquality(const types::VectorReader<bool>& holds, uint32_t row_count, bool* out) {
    const bool deciding = operation_ == RowOperation::kNotEqual;
    for (uint32_t row = 0; row < row_count; ++row) {
      if (decided_[row]) continue;
      if (holds.IsNull(row)) {
        result_.SetNull(row);
      } else if (holds[row] == deciding) {
        out[row] = deciding;
        result_.SetValid(row);
        decided_[row] = true;
      }
    }
  }

  // `holds` is the column's operator: < or <= (> or >=); for unequal values they agree.
  void ApplyOrder(const types::VectorReader<bool>& holds, const types::VectorReader<bool>& equal,
                  bool is_last, uint32_t row_count, bool* out) {
    const bool when_equal =
        operation_ == RowOperation::kLessEqual || operation_ == RowOperation::kGreaterEqual;
    for (uint32_t row = 0; row < row_count; ++row) {
      if (decided_[row]) continue;
      if (equal.IsNull(row)) {
        result_.SetNull(row);
        decided_[row] = true;
      } else if (!equal[row]) {
        out[row] = holds[row];
        decided_[row] = true;
      } else if (is_last) {
        out[row] = when_equal;
      }
    }
  }

  const RowOperation operation_;
  std::vector<NodePtr> left_;
  std::vector<NodePtr> right_;
  std::vector<ComparisonCall> comparisons_;
  std::vector<ComparisonCall> equalities_;
  std::vector<bool> decided_;
};

}  // namespace

NodePtr MakeComparisonNode(const ComparisonExpr& expr) {
  switch (expr.kind) {
    case ExprKind::kDistinct:
      return std::make_unique<DistinctNode>(expr);
    case ExprKind::kRowCompare:
      return std::make_unique<RowCompareNode>(expr);
    default:
      return MakeArrayComparisonNode(expr);
  }
}

}  // namespace grizzly::expr
