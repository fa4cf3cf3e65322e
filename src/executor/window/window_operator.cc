// Window functions of one partitioning and order: sorts everything, then goes partition by partition and computes
// as many rows as it hands out.
#include <algorithm>

#include "executor/operators.h"
#include "executor/sort/sorted_rows.h"
#include "executor/window/window_frame.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

// An aggregate's state over the frame of the row it was last computed for.
struct RunningState {
  RunningState(const functions::AggregateFunction& function, MemoryTracker* memory)
      : function(function), arena(memory), state(arena.Allocate(std::max(function.state_bytes, 8u))) {
    function.init(state);
  }
  ~RunningState() {
    if (function.destroy != nullptr) function.destroy(state);
  }
  void Restart() {
    if (function.destroy != nullptr) function.destroy(state);
    function.init(state);
  }

  const functions::AggregateFunction& function;
  Arena arena;
  char* const state;
  std::vector<FrameRun> frame;
};

// One call and where its inputs are in the store.
struct Call {
  const expr::WindowExpr* expr;
  size_t first_argument = 0;
  int filter_column = -1;
  FrameClause frame;
  std::unique_ptr<RunningState> running;  // of an aggregate, in the partition at hand
};

class WindowOperator final : public Operator {
 public:
  WindowOperator(const plan::WindowNode& node, ExecContext& context)
      : Operator(node), window_(node), types_(node.children[0]->output_types) {
    child_width_ = types_.size();
    const expr::WindowExpr& first = *node.calls[0];
    std::vector<OrderColumn> order;
    for (const auto& key : first.partition_by) {
      order.push_back({AddColumn(*key, context), key->type, false, false});
    }
    partition_keys_ = order.size();
    for (const expr::SortKey& key : first.order_by) {
      order.push_back({AddColumn(*key.expression, context), key.expression->type, key.descending,
                       key.nulls_first});
    }
    sort_keys_ = order.size();
    if (sort_keys_ > partition_keys_) sort_key_column_ = order[partition_keys_].column;
    order_ = std::make_unique<RowOrder>(std::move(order));
    for (const auto& expression : node.calls) AddCall(*expression, context);
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    child().Open(context);
    rows_ = std::make_unique<SortedRows>(*order_, types_, context, window_);
    frames_.reset();
    is_read_ = false;
    partition_first_ = partition_last_ = next_ = 0;
    for (Call& call : calls_) call.frame = EvaluateFrame(*call.expr, context);
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_read_) ReadAll(context);
    if (next_ == partition_last_) {
      if (partition_last_ == rows_->row_count()) return nullptr;
      StartPartition(context);
    }
    return Emit(context);
  }

 private:
  size_t AddColumn(const expr::Expr& expression, ExecContext& context) {
    computed_.emplace_back(expression, context.evaluation);
    types_.push_back(expression.type);
    return types_.size() - 1;
  }

  void AddCall(const expr::WindowExpr& expression, ExecContext& context) {
    Call call;
    call.expr = &expression;
    call.first_argument = types_.size();
    for (const auto& argument : expression.arguments) AddColumn(*argument, context);
    if (expression.filter != nullptr) {
      call.filter_column = static_cast<int>(AddColumn(*expression.filter, context));
    }
    calls_.push_back(std::move(call));
  }

  static Datum EvaluateNotNull(const expr::Expr& offset, ExecContext& context, const char* which) {
    expr::Evaluator evaluator(offset, context.evaluation);
    const Datum value = evaluator.EvaluateScalar();
    if (value.is_null()) {
      throw SqlError(SqlState::kNullValueNotAllowed,
                     fmt::format("frame {} offset must not be null", which));
    }
    return value;
  }

  static int64_t EvaluateOffset(const expr::ExprPtr& offset, ExecContext& context,
                                const char* which) {
    if (offset == nullptr) return 0;
    const Datum value = EvaluateNotNull(*offset, context, which);
    if (value.As<int64_t>() < 0) {
      throw SqlError(SqlState::kInvalidPrecedingOrFollowingSize,
                     fmt::format("frame {} offset must not be negative", which));
    }
    return value.As<int64_t>();
  }

  // The bound of a RANGE frame: in_range over the row's key and the current row's, NULLs apart.
  FrameClause::Bound RangeBound(const expr::WindowExpr& call, const expr::ExprPtr& in_range,
                                ExecContext& context, bool is_end) {
    if (in_range == nullptr) return nullptr;
    if (in_range->kind != expr::ExprKind::kFunction) {  // folded: strict over a NULL offset
      throw SqlError(SqlState::kNullValueNotAllowed,
                     fmt::format("frame {} offset must not be null", is_end ? "ending" : "starting"));
    }
    const auto& test = static_cast<const expr::FunctionExpr&>(*in_range);
    EvaluateNotNull(*test.arguments[2], context, is_end ? "ending" : "starting");
    auto evaluator = std::make_shared<expr::Evaluator>(*in_range, context.evaluation);
    auto keys = std::make_shared<Batch>();
    for (int i = 0; i < 2; ++i) keys->AddColumn(Vector(test.arguments[0]->type, 1));
    const size_t column = sort_key_column_;
    const bool nulls_first = call.order_by[0].nulls_first;
    return [this, evaluator, keys, column, nulls_first, is_end](uint64_t row, uint64_t current) {
      const Datum key = Value(row, column), own = Value(current, column);
      if (key.is_null() || own.is_null()) {
        // NULLs are peers of each other and infinitely far from the rest.
        if (key.is_null() == own.is_null()) return true;
        const bool is_before = key.is_null() == nulls_first;
        return is_end == is_before;
      }
      keys->column(0).SetConstant(key);
      keys->column(1).SetConstant(own);
      keys->set_row_count(1);
      return !evaluator->Filter(*keys).empty();
    };
  }

  FrameClause EvaluateFrame(const expr::WindowExpr& call, ExecContext& context) {
    FrameClause frame{call.mode, call.start, call.end, call.exclusion};
    if (call.mode == expr::FrameMode::kRange) {
      frame.reaches_start = RangeBound(call, call.start_offset, context, false);
      frame.within_end = RangeBound(call, call.end_offset, context, true);
      return frame;
    }
    frame.start_offset = EvaluateOffset(call.start_offset, context, "starting");
    frame.end_offset = EvaluateOffset(call.end_offset, context, "ending");
    return frame;
  }

  void ReadAll(ExecContext& context) {
    Batch widened;
    for (const SqlType& type : types_) widened.AddColumn(Vector(type, 0));
    while (const Batch* input = child().Next(context)) {
      for (size_t i = 0; i < child_width_; ++i) widened.column(i).Reference(input->column(i));
      for (size_t i = 0; i < computed_.size(); ++i) {
        widened.column(child_width_ + i).Reference(computed_[i].Evaluate(*input));
      }
      widened.set_row_count(input->row_count());
      rows_->Append(widened);
    }
    rows_->Finish();
    is_read_ = true;
  }

  void StartPartition(ExecContext& context) {
    partition_first_ = partition_last_;
    std::vector<uint64_t> group_starts;
    while (partition_last_ < rows_->row_count()) {
      if (partition_last_ > partition_first_) {
        const uint64_t previous = partition_last_ - 1;
        if (!order_->Equal(*rows_, previous, partition_last_, partition_keys_)) break;
        // Without ORDER BY all rows of a partition are peers.
        if (order_->Equal(*rows_, previous, partition_last_, sort_keys_)) {
          ++partition_last_;
          continue;
        }
      }
      group_starts.push_back(partition_last_ - partition_first_);
      ++partition_last_;
    }
    frames_ = std::make_unique<WindowFrames>(partition_last_ - partition_first_,
                                             std::move(group_starts));
    for (Call& call : calls_) {
      if (call.expr->window != nullptr) continue;
      call.running = std::make_unique<RunningState>(*call.expr->aggregate, context.memory);
    }
    next_ = partition_first_;
  }

  Datum Value(uint64_t partition_row, size_t column) const {
    return rows_->Get(partition_first_ + partition_row, column);
  }

  // Rows [first, first + count) of the partition.
  void RunWindowFunction(ExecContext& context, const Call& call, uint64_t first, uint32_t count,
                         Vector& result) {
    functions::WindowPartition partition;
    partition.row_count = frames_->row_count();
    partition.argument_count = static_cast<uint32_t>(call.expr->arguments.size());
    partition.argument = [&](uint32_t index, uint64_t row) {
      return Value(row, call.first_argument + index);
    };
    partition.peers_start = [&](uint64_t row) { return frames_->PeersStart(row); };
    partition.peers_end = [&](uint64_t row) { return frames_->PeersEnd(row); };
    partition.frame = [&](uint64_t row, std::vector<FrameRun>& runs) {
      frames_->Frame(call.frame, row, runs);
    };
    context.evaluation.functions.result_heap = &result.heap();
    call.expr->window(context.evaluation.functions, *call.expr->call, partition, result,
                      static_cast<uint32_t>(first), count);
  }

  // ---- aggregates over frames ----

  void RunAggregate(ExecContext& context, const Call& call, uint64_t first, uint32_t count,
                    Vector& result) {
    RunningState& running = *call.running;
    std::vector<FrameRun> runs;
    for (uint32_t i = 0; i < count; ++i) {
      runs.clear();
      frames_->Frame(call.frame, first + i, runs);
      const std::vector<FrameRun>& held = running.frame;
      if (GrowsFrom(held, runs)) {
        const uint64_t from = held.empty() ? (runs.empty() ? 0 : runs[0].first) : held[0].last;
        if (!runs.empty()) AddRows(context, call, from, runs[0].last);
      } else {
        running.Restart();
        for (const FrameRun& run : runs) AddRows(context, call, run.first, run.last);
      }
      running.frame = runs;
      context.evaluation.functions.result_heap = &result.heap();
      char* const state = running.state;
      running.function.finalize(context.evaluation.functions, *call.expr->call, &state, 1, result, i);
    }
  }

  // The frame of the row before, extended at its end: its state can go on.
  static bool GrowsFrom(const std::vector<FrameRun>& held, const std::vector<FrameRun>& runs) {
    if (held.empty()) return runs.size() <= 1;
    return held.size() == 1 && runs.size() == 1 && runs[0].first == held[0].first &&
           runs[0].last >= held[0].last;
  }

  void AddRows(ExecContext& context, const Call& call, uint64_t first, uint64_t last) {
    RunningState& running = *call.running;
    while (first < last) {
      std::vector<uint64_t> rows;
      for (; first < last && rows.size() < types::kBatchRowsMax; ++first) {
        if (call.filter_column >= 0) {
          const Datum keep = Value(first, static_cast<size_t>(call.filter_column));
          if (keep.is_null() || !keep.AsBool()) continue;
        }
        rows.push_back(first);
      }
      if (rows.empty()) continue;
      Batch arguments;
      std::vector<const Vector*> views;
      const uint32_t count = static_cast<uint32_t>(rows.size());
      for (size_t a = 0; a < call.expr->arguments.size(); ++a) {
        Vector column(call.expr->arguments[a]->type, count);
        for (uint32_t i = 0; i < count; ++i) {
          column.SetDatum(i, Value(rows[i], call.first_argument + a));
        }
        arguments.AddColumn(std::move(column));
      }
      for (const Vector& column : arguments.columns()) views.push_back(&column);
      const functions::AggregateInput input{&context.evaluation.functions, call.expr->call.get(),
                                            &running.arena, views, count};
      if (call.expr->aggregate->update_single != nullptr) {
        call.expr->aggregate->update_single(input, running.state);
      } else {
        std::vector<char*> states(count, running.state);
        call.expr->aggregate->update(input, states.data());
      }
    }
  }

  Batch* Emit(ExecContext& context) {
    context.CheckCanceled();
    const uint64_t first = next_ - partition_first_;
    const auto count = static_cast<uint32_t>(
        std::min<uint64_t>(partition_last_ - next_, types::kBatchRowsMax));
    out_.Reset();
    for (size_t c = 0; c < child_width_; ++c) {
      Vector& column = out_.column(c);
      for (uint32_t i = 0; i < count; ++i) column.SetDatum(i, rows_->Get(next_ + i, c));
    }
    for (size_t c = 0; c < calls_.size(); ++c) {
      Vector& result = out_.column(child_width_ + c);
      if (calls_[c].expr->window != nullptr) {
        RunWindowFunction(context, calls_[c], first, count, result);
      } else {
        RunAggregate(context, calls_[c], first, count, result);
      }
    }
    out_.set_row_count(count);
    next_ += count;
    return &out_;
  }

  const plan::WindowNode& window_;
  std::vector<SqlType> types_;  // the child's columns, then keys, arguments, filters
  size_t child_width_ = 0;
  std::vector<expr::Evaluator> computed_;
  std::vector<Call> calls_;
  std::unique_ptr<RowOrder> order_;
  size_t partition_keys_ = 0;
  size_t sort_keys_ = 0;
  size_t sort_key_column_ = 0;  // of the first ORDER BY key
  std::unique_ptr<SortedRows> rows_;
  std::unique_ptr<WindowFrames> frames_;  // of the partition at hand
  bool is_read_ = false;
  uint64_t partition_first_ = 0;  // places in rows_
  uint64_t partition_last_ = 0;
  uint64_t next_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeWindow(const plan::WindowNode& node, ExecContext& context) {
  return std::make_unique<WindowOperator>(node, context);
}

}  // namespace grizzly::executor
