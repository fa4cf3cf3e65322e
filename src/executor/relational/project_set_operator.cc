// Set-returning functions in a target list: for each input row, rows until the longest set ends.
//
// SOURCE  PostgreSQL 15 docs, 38.5.9 "SQL Functions Returning Sets"
#include "executor/operators.h"
#include "executor/set_source.h"
#include "expr/evaluator.h"
#include "functions/set/record_of_set.h"

namespace grizzly::executor {
namespace {

class ProjectSetOperator final : public Operator {
 public:
  ProjectSetOperator(const plan::ProjectNode& node, ExecContext& context)
      : Operator(node), out_(node.output_types) {
    for (size_t i = 0; i < node.expressions.size(); ++i) {
      const expr::Expr& expression = *node.expressions[i];
      Column column;
      if (expression.kind == expr::ExprKind::kSetFunction) {
        const auto columns = ColumnsOfSet(static_cast<const expr::SetFunctionExpr&>(expression),
                                          node.output_types[i]);
        column.set = std::make_unique<SetSource>(expression, columns, context);
        column.is_record = columns.data() != &node.output_types[i];
      } else {
        column.scalar = std::make_unique<expr::Evaluator>(expression, context.evaluation);
      }
      columns_.push_back(std::move(column));
    }
  }

 protected:
  void DoOpen(ExecContext& context) override {
    child().Open(context);
    input_ = nullptr;
    in_row_ = false;
  }

  Batch* DoNext(ExecContext& context) override {
    out_.Reset();
    uint32_t rows = 0;
    while (rows < types::kBatchRowsMax) {
      if (!in_row_ && !StartRow(context)) break;
      if (FillRow(context, rows)) {
        ++rows;
      } else {
        in_row_ = false;
      }
    }
    out_.set_row_count(rows);
    return rows == 0 ? nullptr : &out_;
  }

 private:
  struct Column {
    std::unique_ptr<SetSource> set;
    std::unique_ptr<expr::Evaluator> scalar;
    Datum value;                   // scalars: of the current row
    const Batch* batch = nullptr;  // sets
    uint32_t row = 0;
    bool done = false;
    bool is_record = false;  // sets: the value is a record of the set's columns
  };

  bool StartRow(ExecContext& context) {
    while (input_ == nullptr || input_row_ == input_->row_count()) {
      input_ = child().Next(context);
      input_row_ = 0;
      if (input_ == nullptr) return false;
    }
    const uint32_t row = input_row_++;
    current_ = Batch();
    current_.Reference(*input_);
    current_.Select(Selection(&row, 1));
    for (Column& column : columns_) {
      if (column.scalar != nullptr) {
        column.value = column.scalar->Evaluate(current_).GetDatum(0);
      } else {
        column.set->Open(context, current_);
        column.batch = nullptr;
        column.done = false;
      }
    }
    in_row_ = true;
    return true;
  }

  bool FillRow(ExecContext& context, uint32_t target) {
    bool any = false;
    for (Column& column : columns_) {
      if (column.set == nullptr || column.done) continue;
      if (column.batch == nullptr || column.row == column.batch->row_count()) {
        column.batch = column.set->Next(context);
        column.row = 0;
        column.done = column.batch == nullptr;
      }
      any |= !column.done;
    }
    if (!any) return false;
    for (size_t i = 0; i < columns_.size(); ++i) {
      out_.column(i).SetDatum(target, ValueOf(columns_[i], out_.column(i)));
    }
    return true;
  }

  static Datum ValueOf(Column& column, Vector& target) {
    if (column.scalar != nullptr) return column.value;
    if (column.done) return Datum::Null();
    const uint32_t row = column.row++;
    if (!column.is_record) return column.batch->column(0).GetDatum(row);
    return functions::RecordOfRow(target.type(), *column.batch, row, target.heap());
  }

  std::vector<Column> columns_;
  const Batch* input_ = nullptr;
  uint32_t input_row_ = 0;
  bool in_row_ = false;
  Batch current_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeProjectSet(const plan::ProjectNode& node, ExecContext& context) {
  return std::make_unique<ProjectSetOperator>(node, context);
}

}  // namespace grizzly::executor
