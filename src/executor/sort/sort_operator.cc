// ORDER BY: keeps all rows, orders them, hands them out; with a limit below, only the best ones.
#include <algorithm>
#include <limits>

#include "executor/column_gather.h"
#include "executor/operators.h"
#include "executor/row_order.h"
#include "executor/sort/run_merge.h"
#include "executor/statement_resources.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

// A top-N sort cuts its rows back to N whenever it holds this many times N.
constexpr uint64_t kTopRowsSlack = 4;
constexpr uint64_t kTopRowsMin = 4096;

class SortOperator final : public Operator {
 public:
  SortOperator(const plan::SortNode& node, ExecContext& context)
      : Operator(node), sort_(node), out_(node.output_types) {
    types_ = node.output_types;
    std::vector<OrderColumn> order;
    for (const expr::SortKey& key : node.keys) {
      size_t column = types_.size();
      if (key.expression->kind == expr::ExprKind::kInput) {
        column = static_cast<const expr::InputExpr&>(*key.expression).index;
      } else {
        types_.push_back(key.expression->type);
        computed_.emplace_back(*key.expression, context.evaluation);
      }
      order.push_back({column, key.expression->type, key.descending, key.nulls_first});
    }
    order_ = std::make_unique<RowOrder>(std::move(order));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    child().Open(context);
    rows_ = std::make_unique<RowStore>(types_, context.memory);
    limit_ = EvaluateLimit(context);
    is_sorted_ = false;
    next_ = 0;
    has_threshold_ = false;
    runs_.clear();
    merge_.reset();
    emitted_ = 0;
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_sorted_) ReadAll(context);
    if (merge_ != nullptr) return NextMerged();
    const uint64_t left = order_of_rows_.size() - next_;
    if (left == 0) return nullptr;
    const uint32_t count = static_cast<uint32_t>(std::min<uint64_t>(left, types::kBatchRowsMax));
    out_.Reset();
    Gather(std::span(order_of_rows_).subspan(next_, count), out_.column_count(), out_);
    out_.set_row_count(count);
    next_ += count;
    return &out_;
  }

 private:
  uint64_t EvaluateLimit(ExecContext& context) const {
    if (sort_.limit == nullptr) return std::numeric_limits<uint64_t>::max();
    int64_t total = 0;
    for (const expr::ExprPtr* part : {&sort_.limit, &sort_.limit_offset}) {
      if (*part == nullptr) continue;
      expr::Evaluator evaluator(**part, context.evaluation);
      const Datum value = evaluator.EvaluateScalar();
      if (value.is_null()) {
        if (part == &sort_.limit) return std::numeric_limits<uint64_t>::max();
        continue;
      }
      if (__builtin_add_overflow(total, std::max<int64_t>(value.As<int64_t>(), 0), &total)) {
        return std::numeric_limits<uint64_t>::max();
      }
    }
    return static_cast<uint64_t>(total);
  }

  void ReadAll(ExecContext& context) {
    const uint64_t prune_at =
        limit_ > (std::numeric_limits<uint64_t>::max() / kTopRowsSlack)
            ? std::numeric_limits<uint64_t>::max()
            : std::max(limit_ * kTopRowsSlack, kTopRowsMin);
    const bool may_spill = StatementResources::Current().spill != nullptr;
    Batch widened;
    while (Batch* input = child().Next(context)) {
      Keep(*input, widened);
      if (rows_->row_count() >= prune_at) {
        Prune(context);
      } else if (may_spill &&
                 rows_->charged_bytes() > context.work_memory_bytes) {
        WriteRun(context);
      }
    }
    NoteMemory(context, sort_, rows_->charged_bytes());
    is_sorted_ = true;
    if (!runs_.empty()) {
      if (rows_->row_count() > 0) WriteRun(context);
      merge_ = std::make_unique<RunMerge>(*order_, types_, runs_);
      return;
    }
    order_of_rows_ = order_->Sort(*rows_);
    if (order_of_rows_.size() > limit_) order_of_rows_.resize(limit_);
  }

  // The rows in memory, in order, to a file of their own.
  void WriteRun(ExecContext& context) {
    NoteMemory(context, sort_, rows_->charged_bytes());
    auto run = WriteSortedRun(*order_, *rows_, limit_, context);
    NoteSpill(context, sort_, run->byte_count());
    runs_.push_back(std::move(run));
    rows_->Clear();
    has_threshold_ = false;
  }

  Batch* NextMerged() {
    const uint64_t wanted = std::min<uint64_t>(limit_ - emitted_, types::kBatchRowsMax);
    out_.Reset();
    const uint32_t count = merge_->Next(out_, static_cast<uint32_t>(wanted));
    if (count == 0) return nullptr;
    out_.set_row_count(count);
    emitted_ += count;
    return &out_;
  }

  void Keep(const Batch& input, Batch& widened) {
    const Batch& rows = computed_.empty() ? input : Widen(input, widened);
    if (!has_threshold_) {
      rows_->Append(rows);
      return;
    }
    // Of the rows the last of the best N so far beats none can be among them.
    const uint64_t last = limit_ - 1;
    const Batch& best = rows_->chunk(last / types::kBatchRowsMax);
    const auto place = static_cast<uint32_t>(last % types::kBatchRowsMax);
    better_.clear();
    for (uint32_t row = 0; row < rows.row_count(); ++row) {
      if (order_->Compare(rows, row, best, place) < 0) better_.push_back(row);
    }
    if (better_.empty()) return;
    Batch chosen;
    chosen.Reference(rows);
    chosen.Select(better_);
    rows_->Append(chosen);
  }

  // The input with the computed keys behind its columns.
  const Batch& Widen(const Batch& input, Batch& widened) {
    if (widened.column_count() == 0) {
      for (const SqlType& type : types_) widened.AddColumn(Vector(type, 0));
    }
    for (size_t i = 0; i < node().output_types.size(); ++i) {
      widened.column(i).Reference(input.column(i));
    }
    for (size_t i = 0; i < computed_.size(); ++i) {
      widened.column(node().output_types.size() + i).Reference(computed_[i].Evaluate(input));
    }
    widened.set_row_count(input.row_count());
    return widened;
  }

  void Prune(ExecContext& context) {
    std::vector<uint64_t> best = order_->Sort(*rows_);
    best.resize(std::min<uint64_t>(best.size(), limit_));
    auto kept = std::make_unique<RowStore>(types_, context.memory);
    for (uint64_t row : best) {
      kept->AppendRow(rows_->chunk(row / types::kBatchRowsMax),
                      static_cast<uint32_t>(row % types::kBatchRowsMax));
    }
    rows_ = std::move(kept);
    has_threshold_ = limit_ > 0 && rows_->row_count() == limit_;
  }

  // The store may have more columns (computed keys) than go up.
  void Gather(std::span<const uint64_t> rows, size_t columns, Batch& out) const {
    const std::vector<uint32_t> numbers(rows.begin(), rows.end());
    for (size_t c = 0; c < columns; ++c) GatherColumn(*rows_, c, numbers, out.column(c));
  }

  const plan::SortNode& sort_;
  std::vector<SqlType> types_;
  std::vector<expr::Evaluator> computed_;
  std::unique_ptr<RowOrder> order_;
  std::unique_ptr<RowStore> rows_;
  std::vector<uint64_t> order_of_rows_;
  bool has_threshold_ = false;      // the best limit_ rows so far are the first ones of rows_, in order
  std::vector<uint32_t> better_;
  std::vector<std::unique_ptr<SpillFile>> runs_;
  std::unique_ptr<RunMerge> merge_;  // of the runs; null: all rows are in memory
  uint64_t emitted_ = 0;
  uint64_t limit_ = 0;
  uint64_t next_ = 0;
  bool is_sorted_ = false;
  Batch out_;
};

}  // namespace

OperatorPtr MakeSort(const plan::SortNode& node, ExecContext& context) {
  return std::make_unique<SortOperator>(node, context);
}

}  // namespace grizzly::executor
