#include "executor/modify/merge_tables.h"

#include "base/error/check.h"
#include "catalog/inheritance.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Batch;
using types::Datum;
using types::Vector;

MergeTable::MergeTable(const plan::RowRouting::Leaf& table, const plan::ChangedKeys& keys,
                       const catalog::Relation& root, RowWriter* writer, RowRouter* router,
                       ExecContext& context)
    : relation_(*table.rules.relation),
      keys_(keys),
      from_root_(table.from_root),
      root_columns_(catalog::MapColumnsByName(root, relation_)),
      own_writer_(writer == nullptr ? std::make_unique<RowWriter>(table.rules, context) : nullptr),
      writer_(writer == nullptr ? own_writer_.get() : writer) {
  if (own_writer_ != nullptr && relation_.oid != root.oid) {
    own_writer_->DescribeRowsAs(root, root_columns_);
  }
  if (router != nullptr) {
    transfer_ = std::make_unique<RowTransfer>(*router, *writer_, relation_, root_columns_);
  }
  for (const catalog::Column& column : relation_.columns) {
    stored_columns_.push_back(column.dropped ? storage::RowLayoutSet::kSkip
                                             : static_cast<uint32_t>(column.attnum - 1));
    old_.AddColumn(Vector(column.type, 1));
    new_.AddColumn(Vector(column.type, 1));
  }
}

void MergeTable::TakeOld(const FoundRow& row) {
  old_.Reset();
  row.DecodeInto(relation_, stored_columns_, old_, 0);
  for (const catalog::Column& column : relation_.columns) {
    if (column.dropped) old_.column(column.attnum - 1).SetAllNull(1);
  }
  old_.set_row_count(1);
}

void MergeTable::Delete(std::string_view key, const FoundRow& row) {
  TakeOld(row);
  writer_->Delete(SuffixOfRowKey(key), old_, 0);
}

Batch& MergeTable::BeginUpdate(const FoundRow& row) {
  TakeOld(row);
  new_.Reset();
  for (size_t i = 0; i < old_.column_count(); ++i) new_.column(i).Reference(old_.column(i));
  new_.set_row_count(1);
  return new_;
}

void MergeTable::FinishUpdate(std::string_view key) {
  const std::string suffix(SuffixOfRowKey(key));
  if (transfer_ != nullptr && !transfer_->StaysWith(new_, 0)) {
    transfer_->Move(suffix, old_, 0, new_, 0);
  } else {
    Write(suffix);
  }
}

void MergeTable::Write(std::string_view suffix) {
  writer_->Complete(new_);
  if (keys_.may_conflict) {
    if (const auto conflict = writer_->FindConflict(new_, 0, suffix, nullptr)) {
      writer_->ThrowConflict(*conflict, new_, 0);
    }
  }
  writer_->Update(suffix, old_, 0, new_, 0);
}

void MergeTable::Insert(const Batch& root_row) {
  new_.Reset();
  for (size_t i = 0; i < from_root_.size(); ++i) {
    if (from_root_[i] < 0) {
      new_.column(i).SetConstant(Datum::Null());
    } else {
      new_.column(i).Reference(root_row.column(from_root_[i]));
    }
  }
  new_.set_row_count(1);
  writer_->Complete(new_);
  if (const auto conflict = writer_->FindConflict(new_, 0, {}, nullptr)) {
    writer_->ThrowConflict(*conflict, new_, 0);
  }
  writer_->Insert(new_, 0);
}

MergeTables::MergeTables(const plan::MergeNode& node, ExecContext& context)
    : node_(node), context_(context) {
  if (node.routing != nullptr) router_ = std::make_unique<RowRouter>(*node.routing, context);
  tables_.resize(leaves().size());
  for (size_t i = 0; i < tables_.size(); ++i) {
    by_head_.emplace(RowKeyHead(*leaves()[i].rules.relation), i);
  }
}

MergeTable& MergeTables::Number(size_t table) {
  if (tables_[table] == nullptr) {
    tables_[table] = std::make_unique<MergeTable>(
        leaves()[table], node_.changed_keys[table], *node_.relation,
        router_ == nullptr ? nullptr : &router_->Writer(table),
        node_.may_move ? router_.get() : nullptr, context_);
  }
  return *tables_[table];
}

MergeTable& MergeTables::Of(std::string_view row_key) {
  const auto found = by_head_.find(std::string(row_key.substr(0, storage::kKeyHeadBytes)));
  GRIZZLY_CHECK(found != by_head_.end());
  return Number(found->second);
}

void MergeTables::Insert(const Batch& row) {
  if (router_ != nullptr) {
    router_->RequireRoot(row);
    router_->InsertRow(row, 0);
  } else {
    Number(0).Insert(row);
  }
}

void MergeTables::Finish() {
  if (router_ != nullptr) return router_->Finish();
  for (const auto& table : tables_) {
    if (table != nullptr) table->Finish();
  }
}

}  // namespace grizzly::executor
