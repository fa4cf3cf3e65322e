#include "executor/constraint/change_notes.h"

#include "base/error/check.h"
#include "executor/constraint/kept_values.h"
#include "executor/constraint/transaction_checks.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Batch;

ChangeNotes::ChangeNotes(const plan::RowRules& rules, ExecContext& context)
    : rules_(rules),
      context_(context),
      notes_any_(!rules.references.empty() || !rules.index_rules.empty()) {
  GRIZZLY_CHECK(context.transaction_checks != nullptr ||
                (!notes_any_ && rules.referenced_by.empty()));
}

CheckQueue& ChangeNotes::QueueFor(Oid constraint, bool deferrable, bool initially_deferred) {
  if (context_.transaction_checks->IsDeferred(constraint, deferrable, initially_deferred)) {
    return context_.transaction_checks->owed();
  }
  if (context_.checks == nullptr) context_.checks = std::make_unique<CheckQueue>(context_.memory);
  return *context_.checks;
}

void ChangeNotes::Updated(std::string_view old_suffix, const Batch& old_rows, uint32_t old_row,
                          std::string_view suffix, const Batch& rows, uint32_t row) {
  if (!rules_.referenced_by.empty()) NoteGone(old_rows, old_row, &rows, row);
  if (!notes_any_) return;
  const bool moved = old_suffix != suffix;
  for (const plan::ForeignKeyRulePtr& rule : rules_.references) {
    NoteReference(rule, &old_rows, old_row, rows, row, suffix, moved);
  }
  for (const plan::IndexRulePtr& rule : rules_.index_rules) {
    if (rule->excludes == nullptr) {
      const auto columns = rule->index->index_key->columns();
      old_values_.clear();
      values_.clear();
      AppendKeptValues(old_rows, old_row, columns, &old_values_);
      AppendKeptValues(rows, row, columns, &values_);
      if (values_ == old_values_) continue;
    }
    NoteIndex(rule, rows, row, suffix);
  }
}

void ChangeNotes::NoteNew(const Batch& rows, uint32_t row, std::string_view suffix) {
  for (const plan::ForeignKeyRulePtr& rule : rules_.references) {
    NoteReference(rule, nullptr, 0, rows, row, suffix, false);
  }
  for (const plan::IndexRulePtr& rule : rules_.index_rules) NoteIndex(rule, rows, row, suffix);
}

void ChangeNotes::NoteGone(const Batch& old_rows, uint32_t old_row, const Batch* rows,
                           uint32_t row) {
  for (const plan::ForeignKeyRulePtr& rule : rules_.referenced_by) {
    NoteGoneFor(rule, old_rows, old_row, rows, row);
  }
}

void ChangeNotes::Left(const Batch& old_rows, uint32_t old_row) {
  for (const plan::ForeignKeyRulePtr& rule : rules_.referenced_by) {
    if (!rule->is_part) NoteGoneFor(rule, old_rows, old_row, nullptr, 0);
  }
}

void ChangeNotes::NoteGoneFor(const plan::ForeignKeyRulePtr& rule, const Batch& old_rows,
                              uint32_t old_row, const Batch* rows, uint32_t row) {
  old_values_.clear();
  values_.clear();
  if (AppendKeptValues(old_rows, old_row, rule->referenced_columns, &old_values_) > 0) return;
  if (rows != nullptr) {
    AppendKeptValues(*rows, row, rule->referenced_columns, &values_);
    if (values_ == old_values_) return;
  }
  // Only NO ACTION may be put off.
  const bool no_action = (rows == nullptr ? rule->on_delete : rule->on_update) == 'a';
  QueueFor(rule->constraint, rule->deferrable && no_action, rule->initially_deferred)
      .Add(CheckKind::kReferenced, {rule, nullptr}, old_values_, values_);
}

void ChangeNotes::NoteReference(const plan::ForeignKeyRulePtr& rule, const Batch* old_rows,
                                uint32_t old_row, const Batch& rows, uint32_t row,
                                std::string_view suffix, bool moved) {
  values_.clear();
  const size_t nulls = AppendKeptValues(rows, row, rule->referencing_columns, &values_);
  const bool all_null = nulls == rule->referencing_columns.size();
  if (nulls > 0 && (rule->match_type != 'f' || all_null)) return;
  bool changed = true;
  if (old_rows != nullptr) {
    old_values_.clear();
    AppendKeptValues(*old_rows, old_row, rule->referencing_columns, &old_values_);
    changed = values_ != old_values_;
  }
  const bool deferred = context_.transaction_checks->IsDeferred(rule->constraint, rule->deferrable,
                                                                rule->initially_deferred);
  // A row that moves takes along what it owes.
  if (!changed && !(deferred && moved)) return;
  QueueFor(rule->constraint, rule->deferrable, rule->initially_deferred)
      .Add(deferred ? CheckKind::kReferrer : CheckKind::kReference, {rule, nullptr},
           deferred ? suffix : std::string_view(values_));
}

void ChangeNotes::NoteIndex(const plan::IndexRulePtr& rule, const Batch& rows, uint32_t row,
                            std::string_view suffix) {
  const bool exclusion = rule->excludes != nullptr;
  if (exclusion && !rule->deferrable) return;  // checked as the row is written
  CheckQueue& queue = QueueFor(rule->constraint, rule->deferrable, rule->initially_deferred);
  if (exclusion) return queue.Add(CheckKind::kExclusion, {nullptr, rule}, suffix);
  const catalog::IndexDefinition& definition = *rule->index->index;
  const storage::KeyLayout& layout = *rule->index->index_key;
  values_ = IndexKeyHead(*rule->table, definition);
  bool has_null = false;
  for (size_t i = 0; i < layout.part_count(); ++i) {
    const types::Datum value = rows.column(layout.columns()[i]).GetDatum(row);
    has_null |= value.is_null();
    layout.AppendPart(i, value, &values_);
  }
  if (has_null && !definition.nulls_not_distinct) return;
  queue.Add(CheckKind::kIndexKey, {nullptr, rule}, values_);
}

}  // namespace grizzly::executor
