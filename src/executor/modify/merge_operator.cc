// MERGE: row by row, the first action of the right kind whose condition holds.
//
// SOURCE  PostgreSQL 15 docs, "MERGE", and 13.2.1 on what happens to rows that changed meanwhile
#include "executor/modify/merge_tables.h"
#include "executor/modify/moved_rows.h"
#include "executor/modify/recheck.h"
#include "executor/operators.h"
#include "executor/table_access.h"

namespace grizzly::executor {
namespace {

using ActionKind = plan::MergeNode::ActionKind;

// One WHEN clause, ready to be evaluated.
struct Action {
  const plan::MergeNode::Action* node;
  std::unique_ptr<expr::Evaluator> condition;
  std::vector<std::unique_ptr<expr::Evaluator>> values;  // of assignments, or by column
};

class MergeOperator final : public Operator {
 public:
  MergeOperator(const plan::MergeNode& node, ExecContext& context)
      : Operator(node), merge_(node), tables_(node, context), recheck_(*node.children[0]) {
    for (const catalog::Column& column : node.relation->columns) {
      new_.AddColumn(Vector(column.type, 1));
    }
    for (const plan::MergeNode::Action& action : node.actions) AddAction(action, context);
  }

 protected:
  void DoOpen(ExecContext& context) override { child().Open(context); }

  Batch* DoNext(ExecContext& context) override {
    while (const Batch* input = child().Next(context)) {
      for (uint32_t row = 0; row < input->row_count(); ++row) {
        Batch one;
        one.Reference(*input);
        one.Slice(row, 1);
        if (HasTarget(one)) {
          Matched(context, one);
        } else {
          NotMatched(context, one);
        }
      }
    }
    tables_.Finish();
    return nullptr;
  }

 private:
  static std::unique_ptr<expr::Evaluator> MakeEvaluator(const expr::ExprPtr& expression,
                                                        ExecContext& context) {
    if (expression == nullptr) return nullptr;
    return std::make_unique<expr::Evaluator>(*expression, context.evaluation);
  }

  void AddAction(const plan::MergeNode::Action& action, ExecContext& context) {
    Action made;
    made.node = &action;
    made.condition = MakeEvaluator(action.condition, context);
    for (const auto& assignment : action.assignments) {
      made.values.push_back(MakeEvaluator(assignment.value, context));
    }
    for (const auto& value : action.values) made.values.push_back(MakeEvaluator(value, context));
    actions_.push_back(std::move(made));
  }

  bool HasTarget(const Batch& row) const {
    return !row.column(merge_.row_key).GetDatum(0).is_null();
  }
  std::string MarkOf(const Batch& row) const {
    const Datum mark = row.column(merge_.row_key).GetDatum(0);
    return std::string(mark.AsString());
  }

  Action* Choose(bool matched, const Batch& row) {
    for (Action& action : actions_) {
      if (action.node->matched != matched) continue;
      if (action.condition == nullptr || !action.condition->Filter(row).empty()) return &action;
    }
    return nullptr;
  }

  void Matched(ExecContext& context, const Batch& source) {
    Batch row;
    row.Reference(source);
    for (;;) {
      Action* const action = Choose(true, row);
      if (action == nullptr || action->node->kind == ActionKind::kNothing) return Skip(context);
      const std::string mark = MarkOf(row);
      key_ = SuffixOfMark(mark);
      MergeTable& table = tables_.Of(key_);
      const bool is_delete = action->node->kind == ActionKind::kDelete;
      context.transaction.LockRow(key_, is_delete || table.changes_key()
                                            ? txn::RowLockMode::kUpdate
                                            : txn::RowLockMode::kNoKeyUpdate);
      if (IsCurrent(context, table, TimestampOfMark(mark))) {
        return is_delete ? Delete(context, table) : Update(context, table, *action, row);
      }
      if (!Reread(context, row)) return NotMatched(context, source);
    }
  }

  // Of key_, locked.
  bool IsCurrent(ExecContext& context, MergeTable& table, uint64_t seen_timestamp) {
    table.rows().GetLatest(key_, &read_);
    if (read_.own_command() == context.transaction.current_command() && read_.own_command() != 0) {
      throw SqlError(SqlState::kCardinalityViolation,
                     "MERGE command cannot affect row a second time")
          .Hint("Ensure that not more than one source row matches any one target row.");
    }
    if (read_.found() && read_.commit_timestamp().value == seen_timestamp) return true;
    FollowMoves(context, table.rows(), txn::RowLockMode::kUpdate, seen_timestamp, &key_, &read_);
    if (!context.transaction.RefusesStaleRows()) return false;
    throw SqlError(SqlState::kTRSerializationFailure,
                   read_.found() ? "could not serialize access due to concurrent update"
                                 : "could not serialize access due to concurrent delete");
  }

  // The joined row again, with the target row's new version. False: they do not match any more.
  bool Reread(ExecContext& context, Batch& row) {
    if (!read_.found()) return false;
    const std::string value(read_.value());
    for (Batch* input = recheck_.Run(context, merge_.target_scan_id, key_, value); input != nullptr;
         input = recheck_.Next(context)) {
      for (uint32_t i = 0; i < input->row_count(); ++i) {
        if (input->column(merge_.row_key).GetDatum(i).is_null()) continue;
        input->Slice(i, 1);
        row.Reference(*input);
        return true;
      }
    }
    return false;
  }

  void Skip(ExecContext& context) {
    if (NodeMeasurement* measured = Measurement(context)) ++measured->skip_count;
  }

  // The row in read_.
  void Delete(ExecContext& context, MergeTable& table) {
    table.Delete(key_, read_);
    context.rows_changed += 1;
    if (NodeMeasurement* measured = Measurement(context)) ++measured->delete_count;
  }

  void Update(ExecContext& context, MergeTable& table, Action& action, const Batch& row) {
    Batch& updated = table.BeginUpdate(read_);
    for (size_t i = 0; i < action.values.size(); ++i) {
      const int32_t place = table.PlaceOf(action.node->assignments[i].attnum);
      updated.column(place).Reference(action.values[i]->Evaluate(row));
    }
    table.FinishUpdate(key_);
    context.rows_changed += 1;
    if (NodeMeasurement* measured = Measurement(context)) ++measured->update_count;
  }

  void NotMatched(ExecContext& context, const Batch& row) {
    Action* const action = Choose(false, row);
    if (action == nullptr || action->node->kind == ActionKind::kNothing) return Skip(context);
    new_.Reset();
    for (size_t i = 0; i < action->values.size(); ++i) {
      if (action->values[i] != nullptr) {
        new_.column(i).Reference(action->values[i]->Evaluate(row));
      } else {
        new_.column(i).SetConstant(Datum::Null());
      }
    }
    new_.set_row_count(1);
    tables_.Insert(new_);
    context.rows_changed += 1;
    if (NodeMeasurement* measured = Measurement(context)) ++measured->insert_count;
  }

  const plan::MergeNode& merge_;
  MergeTables tables_;
  Recheck recheck_;
  std::vector<Action> actions_;
  std::string key_;
  FoundRow read_;
  Batch new_;  // for INSERT, in the columns of the table that is named
};

}  // namespace

OperatorPtr MakeMerge(const plan::MergeNode& node, ExecContext& context) {
  return std::make_unique<MergeOperator>(node, context);
}

}  // namespace grizzly::executor
