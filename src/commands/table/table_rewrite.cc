#include "commands/table/table_rewrite.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/error_fields.h"
#include "catalog/layouts.h"
#include "commands/evaluation.h"
#include "commands/index/index_fill.h"
#include "commands/table/bulk_writer.h"
#include "commands/table/row_rules.h"
#include "commands/table/stored_rows.h"
#include "executor/columnar/row_appender.h"
#include "executor/fresh_row_ids.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::commands {
namespace {

void CheckNotNull(CommandInput& input, const catalog::Relation& table, const types::Batch& rows,
                  const std::vector<AttributeNumber>& columns) {
  for (const AttributeNumber attnum : columns) {
    const types::Vector& values = rows.column(attnum - 1);
    if (!values.MayHaveNulls()) continue;
    for (uint32_t row = 0; row < rows.row_count(); ++row) {
      if (!values.IsNull(row)) continue;
      const std::string& name = table.columns[attnum - 1].name;
      throw catalog::OfColumn(
          SqlError(SqlState::kNotNullViolation,
                   fmt::format("column \"{}\" of relation \"{}\" contains null values", name,
                               table.name)),
          *input.editor.Current(), table, name);
    }
  }
}

void RequireTrue(CommandInput& input, const catalog::Relation& table, const std::string& check,
                 const types::Vector& result, uint32_t rows) {
  for (uint32_t row = 0; row < rows; ++row) {
    const types::Datum value = result.GetDatum(row);
    if (value.is_null() || value.AsBool()) continue;
    throw catalog::OfConstraint(
        SqlError(SqlState::kCheckViolation,
                 fmt::format("check constraint \"{}\" of relation \"{}\" is violated by some row",
                             check, table.name)),
        *input.editor.Current(), table, check);
  }
}

// The clustering key as an index: its entries are the rows, and its uniqueness theirs.
class RowPlacement {
 public:
  // `keeps_row_ids`: the rows had hidden ids before.
  RowPlacement(CommandInput& input, const catalog::Relation& table, bool keeps_row_ids)
      : input_(input),
        table_(table),
        keeps_row_ids_(keeps_row_ids),
        head_(executor::RowKeyHead(table)),
        fresh_row_ids_(input.transactions, table) {
    if (!catalog::IsColumnar(table)) return;
    appender_ = std::make_unique<executor::RowAppender>(input.transaction, input.transactions,
                                                        table, input.memory);
  }

  // Suffixes of the rows in the new storage; views into this object.
  const std::vector<std::string_view>& Place(const types::Batch& rows, const StoredRows& stored) {
    suffixes_.clear();
    bytes_.clear();
    ends_.clear();
    const std::vector<uint64_t>* const row_ids =
        appender_ != nullptr ? &appender_->TakeRowIds(rows.row_count()) : nullptr;
    for (uint32_t row = 0; row < rows.row_count(); ++row) {
      if (table_.row_key != nullptr) {
        key_.clear();
        table_.row_key->AppendFromRow(rows, row, &key_);
        bytes_.append(key_);
      } else if (row_ids != nullptr) {
        storage::AppendBigEndian(&bytes_, (*row_ids)[row]);
      } else if (keeps_row_ids_) {
        bytes_.append(stored.suffix(row));
        fresh_row_ids_.Pass(storage::ReadBigEndian<uint64_t>(stored.suffix(row).data()));
      } else {
        storage::AppendBigEndian(&bytes_, fresh_row_ids_.Next());
      }
      ends_.push_back(bytes_.size());
    }
    size_t begin = 0;
    for (const size_t end : ends_) {
      suffixes_.push_back(std::string_view(bytes_).substr(begin, end - begin));
      begin = end;
    }
    return suffixes_;
  }

  // Writes the rows that were placed last.
  void Write(const types::Batch& rows, const StoredRows& stored, bool same_bytes,
             BulkWriter& writer) {
    if (appender_ != nullptr) {
      written_ += rows.row_count();
      return appender_->Append(rows);
    }
    for (uint32_t row = 0; row < rows.row_count(); ++row) {
      value_.clear();
      if (same_bytes) {
        value_.append(txn::kRowTimestampBytes, '\0');
        value_.append(stored.value(row).substr(txn::kRowTimestampBytes));
      } else {
        table_.row_layouts->EncodeRow(rows, row, &value_);
      }
      Put(suffixes_[row], value_, writer);
    }
  }
  void Finish() {
    if (appender_ != nullptr) appender_->Finish();
  }

  bool IsUnique(const BulkWriter& writer) {
    if (lost_ || ascending_ || !writer.is_direct()) return !lost_;
    uint64_t found = 0;
    const auto iterator = input_.transactions.store().NewIterator(
        nullptr, head_, storage::PrefixSuccessor(head_), /*fill_cache=*/false);
    for (iterator->Seek(head_); iterator->Valid(); iterator->Next()) ++found;
    return found == written_;
  }
  uint64_t row_count() const { return written_; }

 private:
  void Put(std::string_view suffix, std::string_view value, BulkWriter& writer) {
    if (suffix <= last_) ascending_ = false;
    last_ = suffix;
    key_ = head_;
    key_.append(suffix);
    if (!ascending_ && !writer.is_direct()) {
      txn::RowRead read;
      input_.transaction.GetLatest(key_, &read);
      lost_ |= read.found();
    }
    ++written_;
    writer.Put(key_, value);
  }

  CommandInput& input_;
  const catalog::Relation& table_;
  const bool keeps_row_ids_;
  const std::string head_;
  executor::FreshRowIds fresh_row_ids_;
  std::unique_ptr<executor::RowAppender> appender_;  // into a columnar table
  std::string bytes_, key_, last_, value_;
  std::vector<size_t> ends_;
  std::vector<std::string_view> suffixes_;
  bool ascending_ = true, lost_ = false;
  uint64_t written_ = 0;
};

// Old rows with the new columns in place.
class RowConversion {
 public:
  RowConversion(const catalog::Relation& before, const catalog::Relation& after,
                std::vector<ComputedColumn> computed, expr::EvaluationState& state)
      : computed_(std::move(computed)), out_(executor::ColumnTypesOf(after)) {
    for (const ComputedColumn& column : computed_) evaluators_.emplace_back(*column.value, state);
    // A row of one layout version with the same columns is the same bytes.
    same_bytes_ = computed_.empty() && before.columns.size() == after.columns.size() &&
                  before.layout_column_counts.size() <= 1 && !catalog::IsColumnar(before);
  }

  const types::Batch& Convert(const types::Batch& rows) {
    if (computed_.empty() && out_.column_count() == rows.column_count()) return rows;
    out_.Reset();
    for (size_t i = 0; i < out_.column_count(); ++i) {
      if (i < rows.column_count()) {
        out_.column(i).Reference(rows.column(i));
      } else {
        out_.column(i).SetAllNull(rows.row_count());
      }
    }
    for (size_t i = 0; i < computed_.size(); ++i) {
      out_.column(computed_[i].attnum - 1).Reference(evaluators_[i].Evaluate(rows));
    }
    out_.set_row_count(rows.row_count());
    return out_;
  }
  bool same_bytes() const { return same_bytes_; }

 private:
  std::vector<ComputedColumn> computed_;
  std::vector<expr::Evaluator> evaluators_;
  types::Batch out_;
  bool same_bytes_;
};

std::vector<AttributeNumber> NotNullColumns(const catalog::Relation& table) {
  std::vector<AttributeNumber> columns;
  for (const catalog::Column& column : table.columns) {
    if (column.not_null && !column.dropped) columns.push_back(column.attnum);
  }
  return columns;
}

std::vector<std::unique_ptr<IndexFill>> FillsOf(CommandInput& input, expr::EvaluationState& state,
                                                const catalog::Relation& table, bool clustered) {
  std::vector<std::unique_ptr<IndexFill>> fills;
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const Oid oid : table.indexes) {
    const catalog::RelationPtr index = snapshot->FindRelation(oid);
    const bool has_entries = index->index_key != nullptr || catalog::HasTerms(*index->index);
    if (index->index->clustered_by != clustered || !has_entries) continue;
    fills.push_back(std::make_unique<IndexFill>(input, state, table,
                                                MakeIndexRules(input, table, index)));
  }
  return fills;
}

// All were made anew, those that a failed CONCURRENTLY left among them.
void MakeIndexesValid(CommandInput& input, const catalog::Relation& table) {
  for (const Oid oid : table.indexes) {
    const catalog::RelationPtr index = input.editor.Current()->FindRelation(oid);
    if (index == nullptr || index->index->valid) continue;
    catalog::Relation changed = *index;
    changed.index->valid = changed.index->ready = true;
    changed.index->filling = false;
    input.editor.PutRelation(std::move(changed));
  }
}

// NOT VALID: rows there need not satisfy it.
bool IsValidated(const catalog::Relation& table, const std::string& check) {
  return std::none_of(table.constraints.begin(), table.constraints.end(),
                      [&](const catalog::Constraint& constraint) {
                        return constraint.name == check && !constraint.validated;
                      });
}

}  // namespace

uint64_t RewriteTable(CommandInput& input, const catalog::Relation& before,
                      const catalog::RelationPtr& after, std::vector<ComputedColumn> computed) {
  if (!after->HasRows()) return 0;  // partitioned
  CommandExecution execution(input);
  const plan::RowRules rules = MakeRowRules(input, after);
  std::vector<std::pair<std::string, expr::Evaluator>> checks;
  for (const plan::RowRules::Check& check : rules.checks) {
    if (!IsValidated(*after, check.name)) continue;
    checks.emplace_back(check.name, expr::Evaluator(*check.condition, execution.evaluation()));
  }
  auto fills = FillsOf(input, execution.evaluation(), *after, /*clustered=*/false);
  const std::vector<AttributeNumber> not_null = NotNullColumns(*after);
  BulkWriter writer(input, RangeOfStorage(after->tenant, after->storage));
  RowPlacement placement(input, *after, before.row_key == nullptr);
  RowConversion conversion(before, *after, std::move(computed), execution.evaluation());
  StoredRows stored(input, before);
  while (const types::Batch* old_rows = stored.Next()) {
    const types::Batch& rows = conversion.Convert(*old_rows);
    CheckNotNull(input, *after, rows, not_null);
    for (auto& [name, check] : checks) {
      RequireTrue(input, *after, name, check.Evaluate(rows), rows.row_count());
    }
    const std::vector<std::string_view>& suffixes = placement.Place(rows, stored);
    placement.Write(rows, stored, conversion.same_bytes(), writer);
    for (const auto& fill : fills) fill->Add(rows, suffixes, writer);
  }
  placement.Finish();
  writer.Flush();
  const auto convert = [&](const types::Batch& rows) -> const types::Batch& {
    return conversion.Convert(rows);
  };
  if (!placement.IsUnique(writer)) {
    auto clustering = FillsOf(input, execution.evaluation(), *after, /*clustered=*/true);
    ThrowDuplicateKey(input, before, *after, *clustering.front(), convert);
  }
  for (const auto& fill : fills) {
    if (!fill->IsUnique(writer)) ThrowDuplicateKey(input, before, *after, *fill, convert);
  }
  writer.Finish();
  MakeIndexesValid(input, *after);
  return placement.row_count();
}

void FillIndex(CommandInput& input, const catalog::RelationPtr& table,
               const catalog::RelationPtr& index) {
  if (index->index_key == nullptr && !catalog::HasTerms(*index->index)) return;
  CommandExecution execution(input);
  IndexFill fill(input, execution.evaluation(), *table, MakeIndexRules(input, *table, index));
  BulkWriter writer(input, RangeOfIndex(table->tenant, table->storage, index->index->index_id));
  StoredRows stored(input, *table);
  std::vector<std::string_view> suffixes;
  while (const types::Batch* rows = stored.Next()) {
    suffixes.clear();
    for (uint32_t row = 0; row < rows->row_count(); ++row) suffixes.push_back(stored.suffix(row));
    fill.Add(*rows, suffixes, writer);
  }
  writer.Flush();
  if (!fill.IsUnique(writer)) ThrowDuplicateKey(input, *table, *table, fill, {});
  writer.Finish();
}

void CheckStoredRows(CommandInput& input, const catalog::Relation& table,
                     const std::vector<AttributeNumber>& not_null, const std::string& check_name,
                     const expr::Expr* check) {
  if (!table.HasRows()) return;  // partitioned
  CommandExecution execution(input);
  std::unique_ptr<expr::Evaluator> evaluator;
  if (check != nullptr) {
    evaluator = std::make_unique<expr::Evaluator>(*check, execution.evaluation());
  }
  StoredRows stored(input, table);
  while (const types::Batch* rows = stored.Next()) {
    CheckNotNull(input, table, *rows, not_null);
    if (evaluator != nullptr) {
      RequireTrue(input, table, check_name, evaluator->Evaluate(*rows), rows->row_count());
    }
  }
}

}  // namespace grizzly::commands
