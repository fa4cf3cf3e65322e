// CASE, COALESCE, GREATEST, LEAST, NULLIF.
#include "base/error/sql_error.h"
#include "expr/node/node.h"
#include "types/compare.h"

namespace grizzly::expr {
namespace {

class CaseNode final : public EvaluatorNode {
 public:
  explicit CaseNode(const CaseExpr& expr) : EvaluatorNode(expr.type), otherwise_(*expr.otherwise) {
    for (const CaseExpr::Branch& branch : expr.branches) {
      conditions_.emplace_back(*branch.condition);
      results_.emplace_back(*branch.result);
    }
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    FillRows(open_, row_count);
    bool prepared = false;
    for (size_t i = 0; i < conditions_.size() && !open_.empty(); ++i) {
      Split(conditions_[i].Evaluate(state, input, open_));
      if (taken_.empty()) continue;
      const Vector& value = results_[i].Evaluate(state, input, taken_);
      if (taken_.size() == row_count) return value;
      if (!prepared) Prepare(row_count);
      prepared = true;
      ScatterRows(value, taken_, result_);
    }
    if (open_.empty()) return result_;
    const Vector& value = otherwise_.Evaluate(state, input, open_);
    if (!prepared) return value;
    ScatterRows(value, open_, result_);
    return result_;
  }

 private:
  // Moves the rows where the condition holds from open_ to taken_.
  void Split(const Vector& condition) {
    const auto reader = condition.Reader<bool>();
    taken_.clear();
    uint32_t kept = 0;
    for (uint32_t i = 0; i < open_.size(); ++i) {
      if (!reader.IsNull(i) && reader[i]) {
        taken_.push_back(open_[i]);
      } else {
        open_[kept++] = open_[i];
      }
    }
    open_.resize(kept);
  }

  std::vector<BranchNode> conditions_;
  std::vector<BranchNode> results_;
  BranchNode otherwise_;
  std::vector<uint32_t> open_;
  std::vector<uint32_t> taken_;
};

class CoalesceNode final : public EvaluatorNode {
 public:
  explicit CoalesceNode(const ListExpr& expr) : EvaluatorNode(expr.type) {
    for (const ExprPtr& child : expr.children) alternatives_.emplace_back(*child);
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    FillRows(open_, input.row_count());
    bool prepared = false;
    for (BranchNode& alternative : alternatives_) {
      const Vector& value = alternative.Evaluate(state, input, open_);
      if (!prepared && (!value.MayHaveNulls() || &alternative == &alternatives_.back())) {
        return value;
      }
      if (!prepared) Prepare(input.row_count());
      prepared = true;
      Take(value);
      if (open_.empty()) return result_;
    }
    for (uint32_t row : open_) result_.SetNull(row);
    return result_;
  }

 private:
  void Take(const Vector& value) {
    local_.clear();
    uint32_t kept = 0;
    taken_.clear();
    for (uint32_t i = 0; i < open_.size(); ++i) {
      if (value.IsNull(i)) {
        open_[kept++] = open_[i];
      } else {
        local_.push_back(i);
        taken_.push_back(open_[i]);
      }
    }
    open_.resize(kept);
    if (taken_.empty()) return;
    found_.Slice(value, local_);
    ScatterRows(found_, taken_, result_);
  }

  std::vector<BranchNode> alternatives_;
  std::vector<uint32_t> open_;
  std::vector<uint32_t> taken_;
  std::vector<uint32_t> local_;
  Vector found_{result_.type(), 0};
};

class GreatestLeastNode final : public EvaluatorNode {
 public:
  explicit GreatestLeastNode(const ListExpr& expr)
      : EvaluatorNode(expr.type),
        least_(expr.choice == 1),
        collation_(expr.type.collation),
        compare_(types::FindCompare(expr.type)) {
    if (compare_ == nullptr) ThrowNotSupported("GREATEST or LEAST of this type", expr.location);
    for (const ExprPtr& child : expr.children) alternatives_.push_back(CompileNode(*child));
  }

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    std::vector<const Vector*> values;
    values.reserve(alternatives_.size());
    for (const NodePtr& node : alternatives_) values.push_back(&node->Evaluate(state, input));
    Vector& result = Prepare(input.row_count());
    for (uint32_t row = 0; row < input.row_count(); ++row) result.SetDatum(row, Best(values, row));
    return result;
  }

 private:
  Datum Best(const std::vector<const Vector*>& values, uint32_t row) const {
    Datum best;
    for (const Vector* vector : values) {
      const Datum value = vector->GetDatum(row);
      if (value.is_null()) continue;
      if (best.is_null()) {
        best = value;
        continue;
      }
      const int order = compare_(value, best, collation_);
      if (least_ ? order < 0 : order > 0) best = value;
    }
    return best;
  }

  const bool least_;
  const Oid collation_;
  const types::CompareFunction compare_;
  std::vector<NodePtr> alternatives_;
};

class NullIfNode final : public EvaluatorNode {
 public:
  explicit NullIfNode(const ComparisonExpr& expr)
      : EvaluatorNode(expr.type),
        left_(CompileNode(*expr.left)),
        right_(CompileNode(*expr.right)),
        equal_(expr.comparisons.at(0)) {}

  const Vector& Evaluate(EvaluationState& state, const Batch& input) override {
    const uint32_t row_count = input.row_count();
    const Vector& left = left_->Evaluate(state, input);
    const Vector& right = right_->Evaluate(state, input);
    const auto equal = equal_.Run(state, left, right, row_count).Reader<bool>();
    FillRows(rows_, row_count);
    Vector& result = Prepare(row_count);
    ScatterRows(left, rows_, result);
    for (uint32_t row = 0; row < row_count; ++row) {
      if (!equal.IsNull(row) && equal[row]) result.SetNull(row);
    }
    return result;
  }

 private:
  NodePtr left_;
  NodePtr right_;
  ComparisonCall equal_;
  std::vector<uint32_t> rows_;
};

}  // namespace

NodePtr MakeChoiceNode(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kCase:
      return std::make_unique<CaseNode>(static_cast<const CaseExpr&>(expr));
    case ExprKind::kCoalesce:
      return std::make_unique<CoalesceNode>(static_cast<const ListExpr&>(expr));
    case ExprKind::kNullIf:
      return std::make_unique<NullIfNode>(static_cast<const ComparisonExpr&>(expr));
    default:
      return std::make_unique<GreatestLeastNode>(static_cast<const ListExpr&>(expr));
  }
}

}  // namespace grizzly::expr
