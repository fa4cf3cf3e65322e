// INSERT, with ON CONFLICT and RETURNING.
#include <unordered_set>

#include "executor/modify/returned_columns.h"
#include "executor/modify/routed_insert.h"
#include "executor/modify/row_writer.h"
#include "executor/operators.h"
#include "executor/table_access.h"

namespace grizzly::executor {
namespace {

class InsertOperator final : public Operator {
 public:
  InsertOperator(const plan::InsertNode& node, ExecContext& context)
      : Operator(node),
        insert_(node),
        writer_(node.rules, context),
        system_columns_(node.system_columns, context) {
    const catalog::Relation& table = *node.rules.relation;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      row_types_.push_back(table.columns[i].type);
      values_.push_back(i < node.values.size() && node.values[i] != nullptr
                            ? std::make_unique<expr::Evaluator>(*node.values[i], context.evaluation)
                            : nullptr);
      if (values_.back() != nullptr && expr::IsVolatile(*node.values[i])) ++volatile_values_;
    }
    for (const auto& expression : node.returning) {
      returning_.emplace_back(*expression, context.evaluation);
    }
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
    if (node.on_conflict.has_value()) SetUpConflict(context);
  }

 protected:
  void DoOpen(ExecContext& context) override { child().Open(context); }

  Batch* DoNext(ExecContext& context) override {
    while (const Batch* input = child().Next(context)) {
      MakeRows(*input);
      writer_.Complete(rows_);
      if (insert_.on_conflict.has_value()) {
        InsertOrResolve(context);
      } else {
        InsertAll(context);
      }
      if (!returning_.empty() && result_.row_count() > 0) return Returning();
    }
    writer_.Finish();
    return nullptr;
  }

 private:
  void SetUpConflict(ExecContext& context) {
    const plan::OnConflictRules& rules = *insert_.on_conflict;
    for (const auto& assignment : rules.assignments) {
      assignments_.emplace_back(*assignment.value, context.evaluation);
    }
    if (rules.where != nullptr) {
      where_ = std::make_unique<expr::Evaluator>(*rules.where, context.evaluation);
    }
    for (uint32_t i = 0; i < row_types_.size(); ++i) all_columns_.push_back(i);
  }

  void MakeRows(const Batch& input) {
    if (rows_.column_count() == 0) {
      for (const SqlType& type : row_types_) rows_.AddColumn(Vector(type, 1));
    }
    rows_.Reset();
    if (volatile_values_ > 1) return MakeRowsOneByOne(input);
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != nullptr) {
        rows_.column(i).Reference(values_[i]->Evaluate(input));
      } else {
        rows_.column(i).SetConstant(Datum::Null());
      }
    }
    rows_.set_row_count(input.row_count());
  }

  // Values that look at each other's effects (nextval and currval) are computed row after row.
  void MakeRowsOneByOne(const Batch& input) {
    for (size_t i = 0; i < values_.size(); ++i) rows_.column(i).Reserve(input.row_count());
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      Batch one;
      one.Reference(input);
      one.Slice(row, 1);
      for (size_t i = 0; i < values_.size(); ++i) {
        const Datum value =
            values_[i] == nullptr ? Datum::Null() : values_[i]->Evaluate(one).GetDatum(0);
        if (value.is_null()) {
          rows_.column(i).SetNull(row);
        } else {
          rows_.column(i).SetDatum(row, value);
        }
      }
    }
    rows_.set_row_count(input.row_count());
  }

  void InsertAll(ExecContext& context) {
    uint32_t at = 0;
    system_columns_.Reset();
    if (system_columns_.empty()) {
      writer_.InsertAll(rows_, &at);
    } else {
      InsertOneByOne();
    }
    context.rows_changed += rows_.row_count();
    if (!returning_.empty()) result_.Reference(rows_);
  }

  // Each row is asked for its key.
  void InsertOneByOne() {
    for (uint32_t row = 0; row < rows_.row_count(); ++row) {
      if (const auto conflict = writer_.FindConflict(rows_, row, {}, nullptr)) {
        writer_.ThrowConflict(*conflict, rows_, row);
      }
      writer_.Insert(rows_, row);
      system_columns_.Add(*insert_.rules.relation, writer_.suffix(), /*is_update=*/false);
    }
  }

  void InsertOrResolve(ExecContext& context) {
    if (result_.column_count() == 0) result_ = Batch(row_types_, 1);
    result_.Reset();
    system_columns_.Reset();
    const plan::OnConflictRules& rules = *insert_.on_conflict;
    for (uint32_t row = 0; row < rows_.row_count(); ++row) {
      const auto conflict = writer_.FindConflict(rows_, row, {}, &rules.arbiters);
      CountOutcome(context, conflict.has_value());
      if (!conflict.has_value()) {
        writer_.Insert(rows_, row);
        changed_.insert(writer_.suffix());
        context.rows_changed += 1;
        AddToResult(rows_, row, /*is_update=*/false);
      } else if (rules.do_nothing) {
        RequireVisible(context, conflict->row_suffix);
      } else {
        UpdateExisting(context, row, conflict->row_suffix);
      }
    }
  }

  // The row that was written last.
  void AddToResult(const Batch& rows, uint32_t row, bool is_update) {
    if (returning_.empty()) return;
    result_.Append(rows, row, 1);
    system_columns_.Add(*insert_.rules.relation, writer_.suffix(), is_update);
  }

  // Nor may it decide to do nothing by a row it cannot see, unless that is its own.
  void RequireVisible(ExecContext& context, const std::string& suffix) {
    if (!context.transaction.RefusesStaleRows()) return;
    const std::string key = writer_.row_key_head() + suffix;
    writer_.row_access().GetLatest(key, &existing_read_);
    if (existing_read_.found() && existing_read_.own_command() != 0) return;
    CheckSnapshot(context, key);
  }

  void CountOutcome(ExecContext& context, bool conflicts) const {
    NodeMeasurement* const measured = Measurement(context);
    if (measured == nullptr) return;
    ++(conflicts ? measured->conflict_count : measured->insert_count);
  }

  void UpdateExisting(ExecContext& context, uint32_t row, const std::string& suffix) {
    const std::string key = writer_.row_key_head() + suffix;
    context.transaction.LockRow(key, txn::RowLockMode::kUpdate);
    if (changed_.contains(suffix)) {
      throw SqlError(SqlState::kCardinalityViolation,
                     "ON CONFLICT DO UPDATE command cannot affect row a second time")
          .Hint("Ensure that no rows proposed for insertion within the same command have "
                "duplicate constrained values.");
    }
    writer_.row_access().GetLatest(key, &existing_read_);
    CheckSnapshot(context, key);
    // Existing row, then the proposed one.
    Batch pair;
    for (size_t half = 0; half < 2; ++half) {
      for (const SqlType& type : row_types_) pair.AddColumn(Vector(type, 1));
    }
    insert_.rules.relation->row_layouts->DecodeInto(existing_read_.value(), all_columns_, pair, 0);
    for (size_t i = 0; i < row_types_.size(); ++i) {
      pair.column(row_types_.size() + i).SetConstant(rows_.column(i).GetDatum(row));
    }
    pair.set_row_count(1);
    if (where_ != nullptr && where_->Filter(pair).empty()) return;
    Batch updated(row_types_, 1);
    for (size_t i = 0; i < row_types_.size(); ++i) {
      updated.column(i).SetDatum(0, pair.column(i).GetDatum(0));
    }
    for (size_t i = 0; i < assignments_.size(); ++i) {
      const size_t column = insert_.on_conflict->assignments[i].attnum - 1;
      updated.column(column).Reset();
      updated.column(column).SetDatum(0, assignments_[i].Evaluate(pair).GetDatum(0));
    }
    updated.set_row_count(1);
    writer_.Complete(updated);
    if (auto conflict = writer_.FindConflict(updated, 0, suffix, nullptr)) {
      writer_.ThrowConflict(*conflict, updated, 0);
    }
    writer_.Update(suffix, pair, 0, updated, 0);
    changed_.insert(writer_.suffix());
    context.rows_changed += 1;
    AddToResult(updated, 0, /*is_update=*/true);
  }

  // A snapshot isolation level may not update what it cannot see.
  void CheckSnapshot(ExecContext& context, const std::string& key) {
    if (!context.transaction.RefusesStaleRows()) return;
    FoundRow seen;
    writer_.row_access().Get(context.view, key, &seen);
    if (seen.found() && existing_read_.found() &&
        seen.commit_timestamp() == existing_read_.commit_timestamp()) {
      return;
    }
    throw SqlError(SqlState::kTRSerializationFailure,
                   "could not serialize access due to concurrent update");
  }

  Batch* Returning() {
    Batch& rows = system_columns_.empty() ? result_ : system_columns_.Behind(result_);
    for (size_t i = 0; i < returning_.size(); ++i) {
      out_.column(i).Reference(returning_[i].Evaluate(rows));
    }
    out_.set_row_count(result_.row_count());
    return &out_;
  }

  const plan::InsertNode& insert_;
  RowWriter writer_;
  ReturnedColumns system_columns_;
  std::vector<SqlType> row_types_;
  size_t volatile_values_ = 0;
  std::vector<std::unique_ptr<expr::Evaluator>> values_;
  std::vector<expr::Evaluator> returning_;
  std::vector<expr::Evaluator> assignments_;
  std::unique_ptr<expr::Evaluator> where_;
  std::vector<uint32_t> all_columns_;
  std::unordered_set<std::string> changed_;  // ON CONFLICT: suffixes written by this statement
  FoundRow existing_read_;
  Batch rows_;
  Batch result_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeInsert(const plan::InsertNode& node, ExecContext& context) {
  if (node.routing != nullptr) return MakeRoutedInsert(node, context);
  return std::make_unique<InsertOperator>(node, context);
}

}  // namespace grizzly::executor
