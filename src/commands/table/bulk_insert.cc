#include "commands/table/bulk_insert.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/layouts.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::commands {

struct BulkInsert::Index {
  const plan::RowRules::Index* rules;
  std::string head;
  std::vector<expr::Evaluator> parts;
  std::unique_ptr<expr::Evaluator> predicate;
  std::vector<const types::Vector*> values;  // of the batch
  std::vector<bool> selected;
  std::string last;
  bool ascending;
};

bool BulkInsert::Suits(CommandInput& input, const catalog::Relation& table) {
  if (input.uncontended_relations == nullptr || !MayWriteDirectly(input)) return false;
  const std::vector<Oid>& fresh = *input.uncontended_relations;
  if (std::find(fresh.begin(), fresh.end(), table.oid) == fresh.end()) return false;
  // Each row is compared with those before it, which have to be where reads find them.
  return std::none_of(table.constraints.begin(), table.constraints.end(),
                      [](const catalog::Constraint& constraint) {
                        return constraint.kind == catalog::ConstraintKind::kExclusion;
                      });
}

BulkInsert::BulkInsert(CommandInput& input, const plan::RowRules& rules,
                       executor::ExecContext& context)
    : input_(input),
      rules_(rules),
      context_(context),
      table_(*rules.relation),
      head_(executor::RowKeyHead(table_)),
      fresh_row_ids_(input.transactions, table_),
      conflicts_(rules, context),
      notes_(rules, context) {
  KeyRange range = RangeOfStorage(table_.tenant, table_.storage);
  was_empty_ = !input.transaction.ScanLatest(range.from, range.to)->Valid();
  rows_ascending_ = was_empty_;
  writer_ = std::make_unique<BulkWriter>(input, std::move(range));
  if (catalog::IsColumnar(table_)) {
    appender_ = std::make_unique<executor::RowAppender>(input.transaction, input.transactions,
                                                        table_, input.memory);
  }
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const Oid oid : table_.indexes) {
    catalog::RelationPtr index = snapshot->FindRelation(oid);
    if (index != nullptr && index->index->clustered_by) primary_ = std::move(index);
  }
  for (const plan::RowRules::Index& index : rules.indexes) {
    if (catalog::HasTerms(*index.index->index)) {
      term_entries_.push_back(
          std::make_unique<executor::TermEntries>(table_, index, context.evaluation));
    }
    if (index.index->index_key == nullptr) continue;  // no entries of its own
    auto made = std::make_unique<Index>();
    made->rules = &index;
    made->head = executor::IndexKeyHead(table_, *index.index->index);
    for (const expr::ExprPtr& part : index.key_parts) {
      made->parts.emplace_back(*part, context.evaluation);
    }
    if (index.predicate != nullptr) {
      made->predicate = std::make_unique<expr::Evaluator>(*index.predicate, context.evaluation);
    }
    made->ascending = was_empty_;
    indexes_.push_back(std::move(made));
  }
}

BulkInsert::~BulkInsert() = default;

void BulkInsert::RequireNew(const std::string& key, std::string* last, bool* ascending,
                            const catalog::RelationPtr& index, const types::Batch& rows,
                            uint32_t row) {
  if (key <= *last) *ascending = false;
  if (*ascending) {
    *last = key;
    return;
  }
  bool found = !unflushed_.insert(key).second || key == *last;
  if (!found) {
    if (unflushed_bytes_ == 0) writer_->Flush();  // what came while keys ascended
    txn::RowRead read;
    input_.transaction.GetLatest(key, &read);
    found = read.found();
  }
  if (found) conflicts_.ThrowConflict({index, ""}, rows, row);
  unflushed_bytes_ += key.size();
  if (unflushed_bytes_ < BulkWriter::kBatchBytes) return;
  writer_->Flush();
  unflushed_.clear();
  unflushed_bytes_ = 0;
  unflushed_.insert(key);  // not written yet
}

void BulkInsert::PutRow(const types::Batch& rows, uint32_t row) {
  suffix_.clear();
  if (table_.row_key != nullptr) {
    table_.row_key->AppendFromRow(rows, row, &suffix_);
  } else {
    storage::AppendBigEndian(&suffix_, fresh_row_ids_.Next());
  }
  key_ = head_;
  key_.append(suffix_);
  if (table_.row_key != nullptr) {
    RequireNew(key_, &last_row_key_, &rows_ascending_, primary_, rows, row);
  }
  value_.clear();
  table_.row_layouts->EncodeRow(rows, row, &value_);
  writer_->Put(key_, value_);
  PutEntries(rows, row);
}

void BulkInsert::PutEntries(const types::Batch& rows, uint32_t row) {
  for (const auto& index : indexes_) {
    if (!index->selected[row]) continue;
    const catalog::IndexDefinition& definition = *index->rules->index->index;
    const storage::KeyLayout& layout = *index->rules->index->index_key;
    bool has_null = false;
    key_ = index->head;
    for (size_t part = 0; part < index->values.size(); ++part) {
      const types::Datum value = index->values[part]->GetDatum(row);
      has_null |= value.is_null();
      layout.AppendPart(part, value, &key_);
    }
    if (definition.unique && definition.immediate && (!has_null || definition.nulls_not_distinct)) {
      RequireNew(key_, &index->last, &index->ascending, index->rules->index, rows, row);
    } else {
      key_.append(suffix_);
    }
    value_.clear();
    executor::AppendTimestamp(0, &value_);
    value_.append(suffix_);
    writer_->Put(key_, value_);
  }
  for (const auto& entries : term_entries_) {
    for (const std::string& term : entries->KeysOf(rows, row)) {
      key_ = term + suffix_;
      value_.clear();
      executor::AppendTimestamp(0, &value_);
      value_.append(suffix_);
      writer_->Put(key_, value_);
    }
  }
  notes_.Inserted(rows, row, suffix_);
}

void BulkInsert::Add(const types::Batch& rows, uint32_t* at) {
  for (const auto& index : indexes_) {
    index->values.clear();
    for (expr::Evaluator& part : index->parts) index->values.push_back(&part.Evaluate(rows));
    index->selected.assign(rows.row_count(), index->predicate == nullptr);
    if (index->predicate == nullptr) continue;
    for (const uint32_t row : index->predicate->Filter(rows)) index->selected[row] = true;
  }
  context_.ChangesOf(table_.oid).inserted += rows.row_count();
  if (appender_ != nullptr) return AddToGroups(rows, at);
  for (*at = 0; *at < rows.row_count(); ++*at) PutRow(rows, *at);
}

void BulkInsert::AddToGroups(const types::Batch& rows, uint32_t* at) {
  const std::vector<uint64_t>& row_ids = appender_->TakeRowIds(rows.row_count());
  const bool looks_at_rows = !indexes_.empty() || !term_entries_.empty() || notes_.wants_inserts();
  for (*at = 0; looks_at_rows && *at < rows.row_count(); ++*at) {
    suffix_.clear();
    storage::AppendBigEndian(&suffix_, row_ids[*at]);
    PutEntries(rows, *at);
  }
  appender_->Append(rows);
}

void BulkInsert::Finish() {
  if (appender_ != nullptr) appender_->Finish();
  writer_->Finish();
}

}  // namespace grizzly::commands
