#include "executor/modify/row_transfer.h"

#include <algorithm>

namespace grizzly::executor {

using types::Batch;
using types::Datum;
using types::Vector;

RowTransfer::RowTransfer(RowRouter& router, RowWriter& from, const catalog::Relation& partition,
                         const plan::RowRouting::ColumnMap& root_columns)
    : router_(router), from_(from), partition_(partition), root_columns_(root_columns) {
  for (const plan::RowRouting::Leaf& leaf : router.routing().leaves) {
    if (leaf.rules.relation->oid == partition.oid) own_leaf_ = &leaf;
  }
}

Batch RowTransfer::AsRoot(const Batch& rows, uint32_t row) const {
  Batch root_row;
  for (const int32_t column : root_columns_) {
    Vector value(column < 0 ? types::SqlType{} : partition_.columns[column].type, 1);
    value.SetConstant(column < 0 ? Datum::Null() : rows.column(column).GetDatum(row));
    root_row.AddColumn(std::move(value));
  }
  root_row.set_row_count(1);
  return root_row;
}

bool RowTransfer::StaysWith(const Batch& rows, uint32_t row) {
  const Batch root_row = AsRoot(rows, row);
  router_.RequireRoot(root_row);
  return &router_.leaf(router_.FindLeaf(root_row, 0)) == own_leaf_;
}

void RowTransfer::RequireMayLeave() const {
  if (own_leaf_ == nullptr || own_leaf_->held_by == nullptr) return;
  const std::string& root = router_.routing().root.relation->name;
  throw SqlError(SqlState::kFeatureNotSupported,
                 "cannot move tuple across partitions when a non-root ancestor of the source "
                 "partition is directly referenced in a foreign key")
      .Detail(fmt::format("A foreign key points to ancestor \"{}\" but not the root ancestor \"{}\".",
                          own_leaf_->held_by->name, root))
      .Hint(fmt::format("Consider defining the foreign key on table \"{}\".", root));
}

void RowTransfer::Move(std::string_view suffix, const Batch& old_rows, uint32_t old_row,
                       const Batch& rows, uint32_t row) {
  root_row_ = AsRoot(rows, row);
  router_.RequireRoot(root_row_);
  Batch moving;
  moving.Reference(rows);
  moving.Slice(row, 1);
  from_.RequireViewChecks(moving);
  RequireMayLeave();
  from_.Leave(suffix, old_rows, old_row);
  leaf_ = router_.InsertRow(root_row_, 0);
  router_.NoteMoved(from_.row_key_head() + std::string(suffix), leaf_, AsRoot(old_rows, old_row),
                    root_row_);
}

Batch RowTransfer::LastMoved() {
  Batch moved;
  const Batch& there = router_.LastRows(leaf_);
  for (size_t i = 0; i < partition_.columns.size(); ++i) {
    const auto root = std::find(root_columns_.begin(), root_columns_.end(), static_cast<int32_t>(i));
    const int32_t column = root == root_columns_.end()
                               ? -1
                               : router_.LeafColumn(leaf_, root - root_columns_.begin());
    Vector value(partition_.columns[i].type, 1);
    value.SetConstant(column < 0 ? Datum::Null() : there.column(column).GetDatum(0));
    moved.AddColumn(std::move(value));
  }
  moved.set_row_count(1);
  return moved;
}

}  // namespace grizzly::executor
