// SELECT ... FOR UPDATE/SHARE: locks the marked rows, passes them as they are under the lock.
#include <cstring>
#include <unordered_map>

#include "executor/columnar/row_access.h"
#include "executor/modify/moved_rows.h"
#include "executor/modify/recheck.h"
#include "executor/operators.h"
#include "executor/table_access.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {
namespace {

using plan::LockRowsNode;

class LockRowsOperator final : public Operator {
 public:
  LockRowsOperator(const LockRowsNode& node, ExecContext&)
      : Operator(node), lock_(node), recheck_(*node.children[0]), out_(node.output_types, 1) {}

 protected:
  void DoOpen(ExecContext& context) override {
    child().Open(context);
    input_ = nullptr;
  }

  // Row by row: a LIMIT above must not have locked what it does not pass on.
  Batch* DoNext(ExecContext& context) override {
    for (;;) {
      if (input_ == nullptr || next_row_ == input_->row_count()) {
        input_ = child().Next(context);
        next_row_ = 0;
        if (input_ == nullptr) return nullptr;
      }
      out_.Reset();
      LockOne(context, *input_, next_row_++);
      if (out_.row_count() > 0) return &out_;
    }
  }

 private:
  void LockOne(ExecContext& context, const Batch& input, uint32_t row) {
    const LockRowsNode::Mark* changed = nullptr;
    RowAccess* changed_rows = nullptr;
    std::string changed_key;
    for (const LockRowsNode::Mark& mark : lock_.marks) {
      if (input.column(mark.row_key).IsNull(row)) continue;  // The null side of an outer join.
      const types::Datum value = input.column(mark.row_key).GetDatum(row);
      std::string key(SuffixOfMark(value.AsString()));
      const txn::LockOutcome outcome = context.transaction.LockRow(key, mark.mode, mark.wait);
      if (outcome == txn::LockOutcome::kNotAvailable) {
        if (mark.wait == txn::LockWait::kSkipLocked) return;
        throw SqlError(SqlState::kLockNotAvailable,
                       fmt::format("could not obtain lock on row in relation \"{}\"",
                                   mark.relation->name));
      }
      RowsOf(context, mark, key).GetLatest(key, &read_);
      if (read_.found() &&
          read_.commit_timestamp().value == TimestampOfMark(value.AsString())) {
        continue;
      }
      FollowMoves(context, RowsOf(context, mark, key), mark.mode, TimestampOfMark(value.AsString()),
                  &key, &read_);
      if (context.transaction.RefusesStaleRows()) {
        if (mark.mode == txn::RowLockMode::kKeyShare && KeepsItsKeys(context, mark, key)) continue;
        // PostgreSQL says so of a deleted row, too.
        throw SqlError(SqlState::kTRSerializationFailure,
                       "could not serialize access due to concurrent update");
      }
      if (!read_.found()) return;
      changed = &mark;
      changed_rows = &RowsOf(context, mark, key);
      changed_key = std::move(key);
    }
    if (changed == nullptr) {
      out_.Append(input, row, 1);
      return;
    }
    changed_rows->GetLatest(changed_key, &read_);
    const Batch* again = recheck_.Run(context, changed->scan_id, changed_key, read_.value());
    if (again != nullptr) out_.Append(*again, 0, 1);
  }

  // Of the table the key belongs to: the mark's, or one below it in its tree.
  RowAccess& RowsOf(ExecContext& context, const LockRowsNode::Mark& mark, std::string_view key) {
    std::unique_ptr<RowAccess>& rows = rows_[std::string(key.substr(0, storage::kKeyHeadBytes))];
    if (rows != nullptr) return *rows;
    const catalog::Relation* table = mark.relation.get();
    for (const auto& used : context.plan.relations) {
      if (key.starts_with(RowKeyHead(*used.relation))) table = used.relation.get();
    }
    rows = std::make_unique<RowAccess>(context, *table);
    return *rows;
  }

  // Whether the row in read_ has the keys that the snapshot's row has: FOR KEY SHARE locks no more than those, and
  // passes the row as the snapshot has it.
  bool KeepsItsKeys(ExecContext& context, const LockRowsNode::Mark& mark, std::string_view key) {
    if (!read_.found() || !key.starts_with(RowKeyHead(*mark.relation))) return false;
    RowsOf(context, mark, key).Get(context.view, key, &seen_);
    if (!seen_.found()) return false;
    for (const Oid oid : mark.relation->indexes) {
      const catalog::RelationPtr index = context.virtual_input.catalog->FindRelation(oid);
      if (index == nullptr || !index->index->unique || !index->index->predicate.empty()) continue;
      for (const catalog::IndexDefinition::Part& part : index->index->parts) {
        if (part.column != 0 && !IsSame(*mark.relation->row_layouts, part.column - 1u)) return false;
      }
    }
    return true;
  }
  bool IsSame(const storage::RowLayoutSet& layouts, uint32_t column) const {
    const types::Datum before = layouts.Decode(seen_.value(), column);
    const types::Datum now = layouts.Decode(read_.value(), column);
    if (before.is_null() || now.is_null()) return before.is_null() && now.is_null();
    const types::PhysicalType physical = layouts.column(column).type.physical;
    if (physical == types::PhysicalType::kString) return before.AsString() == now.AsString();
    return std::memcmp(before.payload(), now.payload(), types::PhysicalWidth(physical)) == 0;
  }

  const LockRowsNode& lock_;
  Recheck recheck_;
  std::unordered_map<std::string, std::unique_ptr<RowAccess>> rows_;  // by their keys' head
  FoundRow read_;
  FoundRow seen_;
  const Batch* input_ = nullptr;
  uint32_t next_row_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeLockRows(const LockRowsNode& node, ExecContext& context) {
  return std::make_unique<LockRowsOperator>(node, context);
}

}  // namespace grizzly::executor
