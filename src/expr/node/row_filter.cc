#include "expr/node/row_filter.h"

namespace grizzly::expr {
namespace {

class GeneralConjunct final : public Conjunct {
 public:
  explicit GeneralConjunct(const Expr& expr) : branch_(expr) {}

  void Keep(EvaluationState& state, const Batch& input, std::vector<uint32_t>& rows) override {
    const auto holds = branch_.Evaluate(state, input, rows).Reader<bool>();
    const uint32_t count = static_cast<uint32_t>(rows.size());
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; ++i) {
      rows[kept] = rows[i];
      kept += !holds.IsNull(i) && holds[i] ? 1 : 0;
    }
    rows.resize(kept);
  }

 private:
  BranchNode branch_;
};

}  // namespace

RowFilter::RowFilter(const Expr& condition) { AddConjuncts(condition); }

void RowFilter::AddConjuncts(const Expr& condition) {
  if (condition.kind == ExprKind::kBool) {
    const auto& list = static_cast<const ListExpr&>(condition);
    if (static_cast<BoolOperation>(list.choice) == BoolOperation::kAnd) {
      for (const ExprPtr& child : list.children) AddConjuncts(*child);
      return;
    }
  }
  std::unique_ptr<Conjunct> fast = MakeFastConjunct(condition);
  conjuncts_.push_back(fast != nullptr ? std::move(fast)
                                       : std::make_unique<GeneralConjunct>(condition));
}

Selection RowFilter::Run(EvaluationState& state, const Batch& input) {
  FillRows(rows_, input.row_count());
  for (const std::unique_ptr<Conjunct>& conjunct : conjuncts_) {
    if (rows_.empty()) break;
    conjunct->Keep(state, input, rows_);
  }
  return rows_;
}

}  // namespace grizzly::expr
