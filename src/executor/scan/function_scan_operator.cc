// FROM f(...): set-returning functions side by side, the shorter ones padded with NULLs.
#include <algorithm>

#include "executor/operators.h"
#include "executor/row_store.h"
#include "executor/set_source.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

class FunctionScanOperator final : public Operator {
 public:
  FunctionScanOperator(const plan::FunctionScanNode& node, ExecContext& context)
      : Operator(node), scan_(node), out_(node.output_types) {
    size_t column = 0;
    for (const plan::FunctionScanNode::Function& function : node.functions) {
      const std::span<const SqlType> types(node.output_types.data() + column,
                                           function.column_count);
      sources_.push_back(std::make_unique<SetSource>(*function.call, types, context));
      column += function.column_count;
    }
  }

 protected:
  void DoOpen(ExecContext& context) override {
    for (auto& source : sources_) source->Open(context, Batch());
    row_number_ = 0;
    pending_.assign(sources_.size(), Pending{});
  }

  Batch* DoNext(ExecContext& context) override {
    if (sources_.size() == 1) return NextSingle(context);
    // Row by row: the functions' batches need not be equally long.
    out_.Reset();
    uint32_t rows = 0;
    while (rows < types::kBatchRowsMax && FillRow(context, rows)) ++rows;
    return Finish(rows);
  }

 private:
  struct Pending {
    const Batch* batch = nullptr;
    uint32_t row = 0;
    bool done = false;
  };

  Batch* NextSingle(ExecContext& context) {
    const Batch* batch = sources_[0]->Next(context);
    if (batch == nullptr) return nullptr;
    out_.Reset();
    for (size_t i = 0; i < batch->column_count(); ++i) out_.column(i).Reference(batch->column(i));
    return Finish(batch->row_count());
  }

  bool FillRow(ExecContext& context, uint32_t row) {
    bool any = false;
    for (size_t s = 0; s < sources_.size(); ++s) any |= Advance(context, s);
    if (!any) return false;
    size_t column = 0;
    for (size_t s = 0; s < sources_.size(); ++s) {
      Pending& pending = pending_[s];
      for (uint32_t i = 0; i < scan_.functions[s].column_count; ++i, ++column) {
        out_.column(column).SetDatum(
            row, pending.done ? Datum::Null() : pending.batch->column(i).GetDatum(pending.row));
      }
      ++pending.row;
    }
    return true;
  }

  bool Advance(ExecContext& context, size_t s) {
    Pending& pending = pending_[s];
    if (!pending.done && (pending.batch == nullptr || pending.row == pending.batch->row_count())) {
      pending.batch = sources_[s]->Next(context);
      pending.row = 0;
      pending.done = pending.batch == nullptr;
    }
    return !pending.done;
  }

  Batch* Finish(uint32_t rows) {
    if (rows == 0) return nullptr;
    if (scan_.ordinality) {
      int64_t* numbers = out_.columns().back().Data<int64_t>();
      for (uint32_t i = 0; i < rows; ++i) numbers[i] = ++row_number_;
    }
    out_.set_row_count(rows);
    return &out_;
  }

  const plan::FunctionScanNode& scan_;
  std::vector<std::unique_ptr<SetSource>> sources_;
  std::vector<Pending> pending_;
  int64_t row_number_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeFunctionScan(const plan::FunctionScanNode& node, ExecContext& context) {
  return std::make_unique<FunctionScanOperator>(node, context);
}

}  // namespace grizzly::executor
