// UPDATE and DELETE, with RETURNING: lock, check that the version seen is still the latest, write.
//
// SOURCE  PostgreSQL 15 docs, 13.2.1 "Read Committed Isolation Level"
#include "executor/columnar/row_access.h"
#include "executor/constraint/kept_values.h"
#include "executor/modify/moved_rows.h"
#include "executor/modify/recheck.h"
#include "executor/modify/row_transfer.h"
#include "executor/modify/row_writer.h"
#include "executor/operators.h"
#include "executor/table_access.h"

namespace grizzly::executor {
namespace {

class ModifyOperator final : public Operator {
 public:
  ModifyOperator(const plan::ModifyNode& node, ExecContext& context)
      : Operator(node),
        modify_(node),
        is_delete_(node.kind == plan::NodeKind::kDelete),
        writer_(node.rules, context),
        rows_(context.transaction, *context.transactions, *node.rules.relation),
        recheck_(*node.children[0]) {
    for (const catalog::Column& column : node.rules.relation->columns) {
      row_types_.push_back(column.type);
    }
    for (const auto& assignment : node.assignments) {
      assignments_.emplace_back(*assignment.value, context.evaluation);
    }
    for (const auto& expression : node.returning) {
      returning_.emplace_back(*expression, context.evaluation);
    }
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
    for (const SqlType& type : row_types_) {
      old_.AddColumn(Vector(type, 0));
      new_.AddColumn(Vector(type, 1));
    }
    if (node.changed_keys.key_may_change && !is_delete_) FindKeyPlaces(context);
    if (node.routing == nullptr) return;
    partition_check_ = std::make_unique<PartitionCheck>(node.rules, context);
    router_ = std::make_unique<RowRouter>(*node.routing, context);
    transfer_ = std::make_unique<RowTransfer>(*router_, writer_, *node.rules.relation,
                                              node.root_columns);
  }

 protected:
  void DoOpen(ExecContext& context) override { child().Open(context); }

  Batch* DoNext(ExecContext& context) override {
    while (Batch* input = child().Next(context)) {
      StartResult(*input);
      if (modify_.locked_by_scan) {
        Change(context, *input);
      } else {
        LockRows(context, *input);
        ChangeInOrder(context, *input);
      }
      if (!returning_.empty() && result_.row_count() > 0) return Returning();
    }
    if (router_ != nullptr) router_->Finish();
    return nullptr;
  }

 private:
  // The columns others may know the row by (foreign keys): those of unique keys.
  void FindKeyPlaces(ExecContext& context) {
    for (const Oid oid : modify_.rules.relation->indexes) {
      const catalog::RelationPtr index = context.virtual_input.catalog->FindRelation(oid);
      if (index == nullptr || !index->index->unique || !index->index->immediate) continue;
      for (const catalog::IndexDefinition::Part& part : index->index->parts) {
        if (part.column != 0) key_places_.push_back(part.column - 1u);
      }
    }
  }

  struct Stale {
    std::string key;
    size_t place;  // how many current rows come before it
  };

  // Locks each row. Those that are as the scan saw them go to current_, others to stale_.
  void LockRows(ExecContext& context, const Batch& input) {
    stale_.clear();
    current_.clear();
    const auto marks = input.column(modify_.row_key).Reader<types::StringRef>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      const types::StringRef& mark = marks[row];
      key_ = writer_.row_key_head();
      key_.append(SuffixOfMark(mark.view()));
      context.transaction.LockRow(
          key_, is_delete_ ? txn::RowLockMode::kUpdate : txn::RowLockMode::kNoKeyUpdate);
      if (IsCurrent(context, TimestampOfMark(mark.view()))) current_.push_back(row);
    }
  }

  // The batch's rows one after the other as they came, with those that changed meanwhile as they are.
  void ChangeInOrder(ExecContext& context, Batch& input) {
    if (stale_.empty()) {
      if (current_.size() < input.row_count()) input.Select(current_);
      if (input.row_count() > 0) Change(context, input);
      return;
    }
    size_t done = 0;
    const auto change_to = [&](size_t end) {
      if (done == end) return;
      Batch run;
      run.Reference(input);
      run.Select(types::Selection(current_).subspan(done, end - done));
      Change(context, run);
      done = end;
    };
    for (const Stale& stale : stale_) {
      change_to(stale.place);
      ChangeStale(context, stale);
    }
    change_to(current_.size());
  }

  // Of key_, locked. Not current and still there: remembered in stale_.
  bool IsCurrent(ExecContext& context, uint64_t seen_timestamp) {
    rows_.GetLatest(key_, &read_);
    if (read_.own_command() == context.transaction.current_command() &&
        read_.own_command() != 0) {
      return false;  // This statement changed it already.
    }
    if (read_.found() && read_.commit_timestamp().value == seen_timestamp) return true;
    FollowMoves(context, rows_, txn::RowLockMode::kUpdate, seen_timestamp, &key_, &read_);
    if (context.transaction.RefusesStaleRows()) {
      throw SqlError(SqlState::kTRSerializationFailure,
                     read_.found() ? "could not serialize access due to concurrent update"
                                   : "could not serialize access due to concurrent delete");
    }
    if (read_.found()) stale_.push_back({key_, current_.size()});
    return false;
  }

  void ChangeStale(ExecContext& context, const Stale& stale) {
    rows_.GetLatest(stale.key, &read_);
    if (!read_.found()) return;
    Batch* input = recheck_.Run(context, modify_.target_scan_id, stale.key, read_.value());
    if (input == nullptr) return;
    if (input->row_count() > 1) input->Slice(0, 1);
    Change(context, *input);
  }

  void Change(ExecContext& context, Batch& input) {
    for (size_t i = 0; i < row_types_.size(); ++i) {
      const int32_t position = modify_.old_columns[i];
      if (position >= 0) {
        old_.column(i).Reference(input.column(position));
      } else {
        old_.column(i).SetConstant(Datum::Null());
      }
    }
    old_.set_row_count(input.row_count());
    if (is_delete_) {
      DeleteRows(input);
      context.rows_changed += input.row_count();
      AddResult(old_, input);
      return;
    }
    new_.Reset();
    for (size_t i = 0; i < row_types_.size(); ++i) new_.column(i).Reference(old_.column(i));
    for (size_t i = 0; i < assignments_.size(); ++i) {
      new_.column(modify_.assignments[i].attnum - 1).Reference(assignments_[i].Evaluate(input));
    }
    new_.set_row_count(input.row_count());
    context.rows_changed += input.row_count();
    if (router_ != nullptr && MoveRows(context, input)) return;
    writer_.Complete(new_);
    UpdateRows(context, input, old_, new_);
    AddResult(new_, input);
  }

  // Rows that this partition no longer takes go to the one that does, each at its place in the batch.
  // False: every row stays.
  bool MoveRows(ExecContext& context, Batch& input) {
    std::vector<uint32_t> moving = partition_check_->FindFailing(new_);
    if (moving.empty()) return false;
    uint32_t done = 0;
    for (const uint32_t row : moving) {
      KeepRows(context, input, done, row);
      MoveRow(context, input, row);
      done = row + 1;
    }
    KeepRows(context, input, done, input.row_count());
    return true;
  }

  // The rows [first, end) of the batch in hand stay here.
  void KeepRows(ExecContext& context, const Batch& input, uint32_t first, uint32_t end) {
    if (first == end) return;
    Batch part_input, part_old, part_new;
    const std::pair<const Batch*, Batch*> parts[] = {
        {&input, &part_input}, {&old_, &part_old}, {&new_, &part_new}};
    for (const auto& [whole, part] : parts) {
      part->Reference(*whole);
      part->Slice(first, end - first);
    }
    writer_.Complete(part_new);
    UpdateRows(context, part_input, part_old, part_new);
    AddResult(part_new, part_input);
  }

  void MoveRow(ExecContext& context, const Batch& input, uint32_t row) {
    const auto marks = input.column(modify_.row_key).Reader<types::StringRef>();
    const std::string suffix(SuffixOfMark(marks[row].view()));
    // Nobody may refer to the row while it goes away.
    context.transaction.LockRow(writer_.row_key_head() + suffix, txn::RowLockMode::kUpdate);
    transfer_->Move(suffix, old_, row, new_, row);
    if (returning_.empty()) return;
    Batch part_input;
    part_input.Reference(input);
    part_input.Slice(row, 1);
    AddResult(transfer_->LastMoved(), part_input);
  }

  void DeleteRows(const Batch& input) {
    const auto marks = input.column(modify_.row_key).Reader<types::StringRef>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      writer_.Delete(SuffixOfMark(marks[row].view()), old_, row);
    }
  }

  bool ChangesKey(const Batch& old_rows, const Batch& new_rows, uint32_t row) const {
    std::string before, after;
    AppendKeptValues(old_rows, row, key_places_, &before);
    AppendKeptValues(new_rows, row, key_places_, &after);
    return before != after;
  }

  void UpdateRows(ExecContext& context, const Batch& input, const Batch& old_rows,
                  const Batch& new_rows) {
    const auto marks = input.column(modify_.row_key).Reader<types::StringRef>();
    for (uint32_t row = 0; row < input.row_count(); ++row) {
      const std::string_view suffix = SuffixOfMark(marks[row].view());
      // Nobody may refer to the row while its key goes away.
      if (!key_places_.empty() && ChangesKey(old_rows, new_rows, row)) {
        context.transaction.LockRow(writer_.row_key_head() + std::string(suffix),
                                    txn::RowLockMode::kUpdate);
      }
      if (modify_.changed_keys.may_conflict) {
        if (auto conflict = writer_.FindConflict(new_rows, row, suffix, nullptr)) {
          writer_.ThrowConflict(*conflict, new_rows, row);
        }
      }
      writer_.Update(suffix, old_rows, row, new_rows, row);
    }
  }

  void StartResult(Batch& input) {
    stale_.clear();
    if (returning_.empty()) return;
    if (result_.column_count() == 0) {
      for (const SqlType& type : row_types_) result_.AddColumn(Vector(type, 1));
      for (Vector& column : input.columns()) result_.AddColumn(Vector(column.type(), 1));
    }
    result_.Reset();
  }

  // RETURNING sees the row followed by the child's columns.
  void AddResult(const Batch& rows, const Batch& input) {
    if (returning_.empty()) return;
    const uint32_t first = result_.row_count();
    for (size_t i = 0; i < row_types_.size(); ++i) {
      result_.column(i).CopyRows(rows.column(i), 0, input.row_count(), first);
    }
    for (size_t i = 0; i < input.column_count(); ++i) {
      result_.column(row_types_.size() + i)
          .CopyRows(input.column(i), 0, input.row_count(), first);
    }
    result_.set_row_count(first + input.row_count());
  }

  Batch* Returning() {
    for (size_t i = 0; i < returning_.size(); ++i) {
      out_.column(i).Reference(returning_[i].Evaluate(result_));
    }
    out_.set_row_count(result_.row_count());
    return &out_;
  }

  const plan::ModifyNode& modify_;
  const bool is_delete_;
  RowWriter writer_;
  RowAccess rows_;
  Recheck recheck_;
  std::unique_ptr<PartitionCheck> partition_check_;  // with router_
  std::unique_ptr<RowRouter> router_;
  std::unique_ptr<RowTransfer> transfer_;            // with router_
  std::vector<SqlType> row_types_;
  std::vector<expr::Evaluator> assignments_;
  std::vector<expr::Evaluator> returning_;
  std::vector<uint32_t> key_places_;
  std::string key_;
  FoundRow read_;
  std::vector<uint32_t> current_;
  std::vector<Stale> stale_;
  Batch old_;
  Batch new_;
  Batch result_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeModify(const plan::ModifyNode& node, ExecContext& context) {
  return std::make_unique<ModifyOperator>(node, context);
}

}  // namespace grizzly::executor
