// AND, OR, NOT, IS [NOT] NULL, IS [NOT] TRUE / FALSE / UNKNOWN.
#include "base/error/check.h"
#include "expr/node/composite_fields.h"
#include "expr/node/node.h"

namespace grizzly::expr {
namespace {

// The operands after the first see only the rows that none before decided.
class AndOrNode final : public EvaluatorNode {
 public:
  explicit AndOrNode(const ListExpr& expr)
      : EvaluatorNode(expr.type),
        deciding_(static_cast<BoolOperation>(expr.choice) == BoolOperation::kOr) {
    for (const ExprPtr& child : expr.children) operands_.emplace_back(*child);
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    Vector& result = Prepare(row_count);
    bool* out = result.Data<bool>();
    std::fill_n(out, row_count, !deciding_);
    FillRows(open_, row_count);
    for (BranchNode& operand : operands_) {
      if (open_.empty()) break;
      Apply(operand.Evaluate(state, input, open_), out);
    }
    return result;
  }

 private:
  void Apply(const Vector& operand, bool* out) {
    const auto reader = operand.Reader<bool>();
    uint32_t kept = 0;
    for (uint32_t i = 0; i < open_.size(); ++i) {
      const uint32_t row = open_[i];
      if (reader.IsNull(i)) {
        result_.SetNull(row);
        open_[kept++] = row;
      } else if (reader[i] == deciding_) {
        out[row] = deciding_;
        result_.SetValid(row);
      } else {
        open_[kept++] = row;
      }
    }
    open_.resize(kept);
  }

  const bool deciding_;  // true for OR, false for AND
  std::vector<BranchNode> operands_;
  std::vector<uint32_t> open_;
};

class NotNode final : public EvaluatorNode {
 public:
  explicit NotNode(const ListExpr& expr)
      : EvaluatorNode(expr.type), child_(CompileNode(*expr.children[0])) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    Vector& result = Prepare(input.row_count());
    const auto reader = child.Reader<bool>();
    bool* out = result.Data<bool>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      if (reader.IsNull(row)) {
        result.SetNull(row);
      } else {
        out[row] = !reader[row];
      }
    }
    return result;
  }

 private:
  NodePtr child_;
};

class NullTestNode final : public EvaluatorNode {
 public:
  explicit NullTestNode(const ListExpr& expr)
      : EvaluatorNode(expr.type),
        want_null_(static_cast<NullTestKind>(expr.choice & 1) == NullTestKind::kIsNull),
        by_field_((expr.choice & 2) != 0),
        child_(CompileNode(*expr.children[0])) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    Vector& result = Prepare(input.row_count());
    bool* out = result.Data<bool>();
    if (by_field_) {
      for (uint32_t row = 0; row < input.row_count(); ++row) {
        out[row] = AllFieldsAre(child.GetDatum(row), want_null_);
      }
    } else if (!child.MayHaveNulls()) {
      std::fill_n(out, input.row_count(), !want_null_);
    } else {
      for (uint32_t row = 0; row < input.row_count(); ++row) {
        out[row] = child.IsNull(row) == want_null_;
      }
    }
    return result;
  }

 private:
  const bool want_null_;
  const bool by_field_;
  NodePtr child_;
};

class BooleanTestNode final : public EvaluatorNode {
 public:
  explicit BooleanTestNode(const ListExpr& expr)
      : EvaluatorNode(expr.type),
        test_(static_cast<BooleanTestKind>(expr.choice)),
        child_(CompileNode(*expr.children[0])) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const Vector& child = child_->Evaluate(state, input);
    Vector& result = Prepare(input.row_count());
    const auto reader = child.Reader<bool>();
    bool* out = result.Data<bool>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      const bool is_null = reader.IsNull(row);
      out[row] = Holds(is_null, !is_null && reader[row]);
    }
    return result;
  }

 private:
  bool Holds(bool is_null, bool value) const {
    switch (test_) {
      case BooleanTestKind::kIsTrue: return !is_null && value;
      case BooleanTestKind::kIsNotTrue: return is_null || !value;
      case BooleanTestKind::kIsFalse: return !is_null && !value;
      case BooleanTestKind::kIsNotFalse: return is_null || value;
      case BooleanTestKind::kIsUnknown: return is_null;
      case BooleanTestKind::kIsNotUnknown: return !is_null;
    }
    GRIZZLY_UNREACHABLE("a boolean test");
  }

  const BooleanTestKind test_;
  NodePtr child_;
};

}  // namespace

NodePtr MakeLogicNode(const ListExpr& expr) {
  if (expr.kind == ExprKind::kNullTest) return std::make_unique<NullTestNode>(expr);
  if (expr.kind == ExprKind::kBooleanTest) return std::make_unique<BooleanTestNode>(expr);
  if (static_cast<BoolOperation>(expr.choice) == BoolOperation::kNot) {
    return std::make_unique<NotNode>(expr);
  }
  return std::make_unique<AndOrNode>(expr);
}

}  // namespace grizzly::expr
