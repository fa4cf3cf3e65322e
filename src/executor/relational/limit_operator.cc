// LIMIT and OFFSET: passes rows [offset, offset + limit) of its child, then stops pulling.
//
// SOURCE  PostgreSQL 15 docs, "LIMIT and OFFSET": NULL limit is no limit, NULL offset is zero.
#include <algorithm>
#include <limits>

#include "executor/operators.h"
#include "executor/row_order.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

int64_t EvaluateCount(const expr::ExprPtr& expression, ExecContext& context, int64_t when_null,
                      const char* clause, SqlState negative) {
  if (expression == nullptr) return when_null;
  expr::Evaluator evaluator(*expression, context.evaluation);
  const Datum value = evaluator.EvaluateScalar();
  if (value.is_null()) return when_null;
  const int64_t rows = value.As<int64_t>();
  if (rows < 0) throw SqlError(negative, fmt::format("{} must not be negative", clause));
  return rows;
}

class LimitOperator final : public Operator {
 public:
  explicit LimitOperator(const plan::LimitNode& node) : Operator(node), limit_(node) {}

 protected:
  // Counts are evaluated at every (re)scan: they may hold parameters.
  void DoOpen(ExecContext& context) override {
    rows_to_skip_ = EvaluateCount(limit_.offset, context, 0, "OFFSET",
                                  SqlState::kInvalidRowCountInResultOffsetClause);
    rows_to_pass_ = EvaluateCount(limit_.count, context, std::numeric_limits<int64_t>::max(),
                                  "LIMIT", SqlState::kInvalidRowCountInLimitClause);
    last_row_.reset();
    ties_only_ = false;
    if (rows_to_pass_ > 0) child().Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (rows_to_pass_ > 0 || ties_only_) {
      Batch* batch = child().Next(context);
      if (batch == nullptr) return nullptr;
      if (ties_only_) return PassTies(*batch, 0);
      const int64_t skipped = std::min<int64_t>(rows_to_skip_, batch->row_count());
      const int64_t passed = std::min<int64_t>(rows_to_pass_, batch->row_count() - skipped);
      rows_to_skip_ -= skipped;
      rows_to_pass_ -= passed;
      if (passed == 0) continue;  // The whole batch fell under OFFSET.
      if (rows_to_pass_ == 0 && limit_.with_ties) {
        return PassWithTies(context, *batch, static_cast<uint32_t>(skipped),
                            static_cast<uint32_t>(passed));
      }
      batch->Slice(static_cast<uint32_t>(skipped), static_cast<uint32_t>(passed));
      return batch;
    }
    return nullptr;
  }

 private:
  // The batch in which the count runs out: its last row sets the tie.
  Batch* PassWithTies(ExecContext& context, Batch& batch, uint32_t skipped, uint32_t passed) {
    if (order_ == nullptr) {
      std::vector<OrderColumn> columns;
      for (const expr::SortKey& key : limit_.tie_keys) {
        const auto& input = static_cast<const expr::InputExpr&>(*key.expression);
        columns.push_back({input.index, input.type, key.descending, key.nulls_first});
      }
      order_ = std::make_unique<RowOrder>(std::move(columns));
    }
    last_row_ = std::make_unique<RowStore>(node().output_types, context.memory);
    last_row_->AppendRow(batch, skipped + passed - 1);
    uint32_t end = skipped + passed;
    while (end < batch.row_count() && IsTie(batch, end)) ++end;
    ties_only_ = end == batch.row_count();
    batch.Slice(skipped, end - skipped);
    return &batch;
  }

  Batch* PassTies(Batch& batch, uint32_t from) {
    uint32_t end = from;
    while (end < batch.row_count() && IsTie(batch, end)) ++end;
    ties_only_ = end == batch.row_count();
    if (end == 0) return nullptr;
    batch.Slice(0, end);
    return &batch;
  }

  bool IsTie(const Batch& batch, uint32_t row) const {
    return order_->Compare(last_row_->chunk(0), 0, batch, row) == 0;
  }

  const plan::LimitNode& limit_;
  int64_t rows_to_skip_ = 0;
  int64_t rows_to_pass_ = 0;
  bool ties_only_ = false;
  std::unique_ptr<RowOrder> order_;
  std::unique_ptr<RowStore> last_row_;
};

}  // namespace

OperatorPtr MakeLimit(const plan::LimitNode& node, ExecContext&) {
  return std::make_unique<LimitOperator>(node);
}

}  // namespace grizzly::executor
