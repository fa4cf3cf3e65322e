// INSERT into a partitioned table: as insert_operator.cc, each row into the partition that takes it.
#include <unordered_set>

#include "executor/modify/returned_columns.h"
#include "executor/modify/routed_insert.h"
#include "executor/modify/row_router.h"
#include "executor/operators.h"
#include "executor/table_access.h"

namespace grizzly::executor {
namespace {

class RoutedInsertOperator final : public Operator {
 public:
  RoutedInsertOperator(const plan::InsertNode& node, ExecContext& context)
      : Operator(node),
        insert_(node),
        router_(*node.routing, context),
        system_columns_(node.system_columns, context) {
    if (!node.rules.view_checks.empty()) {
      view_checks_ = std::make_unique<RowWriter>(node.rules, context);
    }
    const catalog::Relation& root = *node.rules.relation;
    for (size_t i = 0; i < root.columns.size(); ++i) {
      row_types_.push_back(root.columns[i].type);
      rows_.AddColumn(Vector(root.columns[i].type, 1));
      values_.push_back(i < node.values.size() && node.values[i] != nullptr
                            ? std::make_unique<expr::Evaluator>(*node.values[i], context.evaluation)
                            : nullptr);
    }
    for (const auto& expression : node.returning) {
      returning_.emplace_back(*expression, context.evaluation);
    }
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
    if (!node.on_conflict.has_value()) return;
    for (const auto& assignment : node.on_conflict->assignments) {
      assignments_.emplace_back(*assignment.value, context.evaluation);
    }
    if (node.on_conflict->where != nullptr) {
      where_ = std::make_unique<expr::Evaluator>(*node.on_conflict->where, context.evaluation);
    }
  }

 protected:
  void DoOpen(ExecContext& context) override { child().Open(context); }

  Batch* DoNext(ExecContext& context) override {
    while (const Batch* input = child().Next(context)) {
      MakeRows(*input);
      router_.RequireRoot(rows_);
      if (view_checks_ != nullptr) view_checks_->RequireViewChecks(rows_);
      if (!returning_.empty()) StartResult();
      InsertRows(context);
      if (!returning_.empty() && result_.row_count() > 0) return Returning();
      context.CheckCanceled();
    }
    router_.Finish();
    return nullptr;
  }

 private:
  void MakeRows(const Batch& input) {
    rows_.Reset();
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != nullptr) {
        rows_.column(i).Reference(values_[i]->Evaluate(input));
      } else {
        rows_.column(i).SetConstant(Datum::Null());
      }
    }
    rows_.set_row_count(input.row_count());
  }

  // Rows of one leaf go together: all of the batch, or, where their order shows, those in a row.
  void InsertRows(ExecContext& context) {
    const bool in_order = !returning_.empty() || insert_.on_conflict.has_value();
    for (uint32_t row = 0; row < rows_.row_count(); ++row) {
      const size_t leaf = router_.FindLeaf(rows_, row);
      if (in_order && !groups_.empty() && groups_.back().leaf != leaf) FlushGroups(context);
      GroupOf(leaf).rows.push_back(row);
    }
    FlushGroups(context);
  }

  struct Group {
    size_t leaf;
    std::vector<uint32_t> rows;
  };

  Group& GroupOf(size_t leaf) {
    if (group_of_leaf_.size() <= leaf) group_of_leaf_.resize(leaf + 1, 0);
    if (group_of_leaf_[leaf] == 0) {
      groups_.push_back({leaf, {}});
      group_of_leaf_[leaf] = groups_.size();
    }
    return groups_[group_of_leaf_[leaf] - 1];
  }

  void FlushGroups(ExecContext& context) {
    for (const Group& group : groups_) {
      group_of_leaf_[group.leaf] = 0;
      InsertGroup(context, group);
    }
    groups_.clear();
  }

  void InsertGroup(ExecContext& context, const Group& group) {
    Batch& rows = router_.RowsOfLeaf(group.leaf, rows_, group.rows);
    RowWriter& writer = router_.Writer(group.leaf);
    writer.Complete(rows);
    if (insert_.on_conflict.has_value()) {
      for (uint32_t i = 0; i < rows.row_count(); ++i) {
        InsertOrResolve(context, group.leaf, rows, i, group.rows[i]);
      }
      return;
    }
    uint32_t at = 0;
    context.rows_changed += rows.row_count();
    if (system_columns_.empty()) {
      writer.InsertAll(rows, &at);
      return AddResult(group.leaf, rows, 0, rows.row_count());
    }
    for (; at < rows.row_count(); ++at) {  // each row is asked for its key
      if (const auto conflict = writer.FindConflict(rows, at, {}, nullptr)) {
        writer.ThrowConflict(*conflict, rows, at);
      }
      writer.Insert(rows, at);
      AddWritten(group.leaf, rows, at, /*is_update=*/false);
    }
  }

  void InsertOrResolve(ExecContext& context, size_t leaf, const Batch& rows, uint32_t row,
                       uint32_t root_row) {
    RowWriter& writer = router_.Writer(leaf);
    const auto conflict = writer.FindConflict(rows, row, {}, &router_.leaf(leaf).arbiters);
    if (!conflict.has_value()) {
      writer.Insert(rows, row);
      changed_.insert(writer.row_key_head() + writer.suffix());
      context.rows_changed += 1;
      AddWritten(leaf, rows, row, /*is_update=*/false);
    } else if (insert_.on_conflict->do_nothing) {
      RequireVisible(context, writer, writer.row_key_head() + conflict->row_suffix);
    } else {
      UpdateExisting(context, leaf, conflict->row_suffix, root_row);
    }
  }

  // Nor may it decide to do nothing by a row it cannot see, unless that is its own.
  static void RequireVisible(ExecContext& context, RowWriter& writer, const std::string& key) {
    if (!context.transaction.RefusesStaleRows()) return;
    FoundRow found;
    writer.row_access().GetLatest(key, &found);
    if (found.found() && found.own_command() != 0) return;
    CheckSnapshot(context, writer, key, found);
  }

  void UpdateExisting(ExecContext& context, size_t leaf, const std::string& suffix,
                      uint32_t root_row) {
    RowWriter& writer = router_.Writer(leaf);
    const std::string key = writer.row_key_head() + suffix;
    context.transaction.LockRow(key, txn::RowLockMode::kUpdate);
    if (changed_.contains(key)) {
      throw SqlError(SqlState::kCardinalityViolation,
                     "ON CONFLICT DO UPDATE command cannot affect row a second time")
          .Hint("Ensure that no rows proposed for insertion within the same command have "
                "duplicate constrained values.");
    }
    FoundRow found;
    writer.row_access().GetLatest(key, &found);
    CheckSnapshot(context, writer, key, found);
    const Batch existing = DecodeExisting(leaf, found.value());
    const Batch pair = PairOf(leaf, existing, root_row);
    if (where_ != nullptr) {
      Batch copy;
      copy.Reference(pair);
      if (where_->Filter(copy).empty()) return;
    }
    Batch updated(TypesOf(leaf), 1);
    for (size_t i = 0; i < existing.column_count(); ++i) {
      updated.column(i).SetDatum(0, existing.column(i).GetDatum(0));
    }
    for (size_t i = 0; i < assignments_.size(); ++i) {
      const size_t root_column = insert_.on_conflict->assignments[i].attnum - 1;
      Vector& column = updated.column(router_.LeafColumn(leaf, root_column));
      column.Reset();
      column.SetDatum(0, assignments_[i].Evaluate(pair).GetDatum(0));
    }
    updated.set_row_count(1);
    RequireSameLeaf(leaf, updated);
    writer.Complete(updated);
    if (auto conflict = writer.FindConflict(updated, 0, suffix, nullptr)) {
      writer.ThrowConflict(*conflict, updated, 0);
    }
    writer.Update(suffix, existing, 0, updated, 0);
    changed_.insert(writer.row_key_head() + writer.suffix());
    context.rows_changed += 1;
    AddWritten(leaf, updated, 0, /*is_update=*/true);
  }

  std::vector<SqlType> TypesOf(size_t leaf) const {
    std::vector<SqlType> types;
    for (const catalog::Column& column : router_.leaf(leaf).rules.relation->columns) {
      types.push_back(column.type);
    }
    return types;
  }

  Batch DecodeExisting(size_t leaf, std::string_view stored) const {
    Batch existing(TypesOf(leaf), 1);
    std::vector<uint32_t> all;
    for (uint32_t i = 0; i < existing.column_count(); ++i) all.push_back(i);
    router_.leaf(leaf).rules.relation->row_layouts->DecodeInto(stored, all, existing, 0);
    existing.set_row_count(1);
    return existing;
  }

  // The existing row as the root's, then the proposed one.
  Batch PairOf(size_t leaf, const Batch& existing, uint32_t root_row) {
    Batch pair;
    for (size_t half = 0; half < 2; ++half) {
      for (const SqlType& type : row_types_) pair.AddColumn(Vector(type, 1));
    }
    for (size_t i = 0; i < row_types_.size(); ++i) {
      const int32_t column = router_.LeafColumn(leaf, i);
      pair.column(i).SetConstant(column < 0 ? Datum::Null() : existing.column(column).GetDatum(0));
      pair.column(row_types_.size() + i).SetConstant(rows_.column(i).GetDatum(root_row));
    }
    pair.set_row_count(1);
    return pair;
  }

  void RequireSameLeaf(size_t leaf, const Batch& updated) {
    Batch as_root(row_types_, 1);
    for (size_t i = 0; i < row_types_.size(); ++i) {
      const int32_t column = router_.LeafColumn(leaf, i);
      if (column >= 0) as_root.column(i).SetConstant(updated.column(column).GetDatum(0));
    }
    as_root.set_row_count(1);
    if (view_checks_ != nullptr) view_checks_->RequireViewChecks(as_root);
    if (router_.FindLeaf(as_root, 0) == leaf) return;
    throw SqlError(SqlState::kFeatureNotSupported, "invalid ON UPDATE specification")
        .Detail("The result tuple would appear in a different partition than the original tuple.");
  }

  // A snapshot isolation level may not update what it cannot see.
  static void CheckSnapshot(ExecContext& context, RowWriter& writer, const std::string& key,
                            const FoundRow& found) {
    if (!context.transaction.RefusesStaleRows()) return;
    FoundRow seen;
    writer.row_access().Get(context.view, key, &seen);
    if (seen.found() && found.found() && seen.commit_timestamp() == found.commit_timestamp()) return;
    throw SqlError(SqlState::kTRSerializationFailure,
                   "could not serialize access due to concurrent update");
  }

  void StartResult() {
    if (result_.column_count() == 0) result_ = Batch(row_types_, 1);
    result_.Reset();
    system_columns_.Reset();
  }

  // A row that was routed says where it is, and no more.
  void RequireKnownColumns() const {
    constexpr AttributeNumber kCtidColumn = -1, kTableOidColumn = -6;
    for (const AttributeNumber attnum : insert_.system_columns) {
      if (attnum == kCtidColumn || attnum == kTableOidColumn) continue;
      throw SqlError(SqlState::kFeatureNotSupported,
                     "cannot retrieve a system column in this context");
    }
  }

  // The one row that was written last.
  void AddWritten(size_t leaf, const Batch& rows, uint32_t row, bool is_update) {
    if (returning_.empty()) return;
    RequireKnownColumns();
    AddResult(leaf, rows, row, 1);
    system_columns_.Add(*router_.leaf(leaf).rules.relation, router_.Writer(leaf).suffix(), is_update);
  }

  // RETURNING sees the row as the root's.
  void AddResult(size_t leaf, const Batch& rows, uint32_t first, uint32_t count) {
    if (returning_.empty()) return;
    const uint32_t at = result_.row_count();
    for (size_t i = 0; i < row_types_.size(); ++i) {
      const int32_t column = router_.LeafColumn(leaf, i);
      if (column >= 0) result_.column(i).CopyRows(rows.column(column), first, count, at);
    }
    result_.set_row_count(at + count);
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
  RowRouter router_;
  ReturnedColumns system_columns_;
  std::unique_ptr<RowWriter> view_checks_;   // of the root's rows; null: none
  std::vector<SqlType> row_types_;
  std::vector<std::unique_ptr<expr::Evaluator>> values_;
  std::vector<expr::Evaluator> returning_;
  std::vector<expr::Evaluator> assignments_;
  std::unique_ptr<expr::Evaluator> where_;
  std::vector<Group> groups_;
  std::vector<size_t> group_of_leaf_;        // 1-based position in groups_; 0: none
  std::unordered_set<std::string> changed_;  // ON CONFLICT: keys written by this statement
  Batch rows_;
  Batch result_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeRoutedInsert(const plan::InsertNode& node, ExecContext& context) {
  return std::make_unique<RoutedInsertOperator>(node, context);
}

}  // namespace grizzly::executor
