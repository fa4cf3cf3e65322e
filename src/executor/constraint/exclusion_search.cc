#include "executor/constraint/exclusion_search.h"

#include "catalog/layouts.h"
#include "executor/constraint/key_text.h"
#include "executor/scan/table_rows.h"
#include "executor/table_access.h"
#include "executor/term_entries.h"
#include "executor/term_lookup.h"
#include "facts/operators.h"

namespace grizzly::executor {

using types::Batch;
using types::Datum;

ExclusionSearch::ExclusionSearch(plan::IndexRulePtr rule, const plan::RowRules::Index& parts,
                                 ExecContext& context)
    : rule_(std::move(rule)),
      parts_rules_(parts),
      context_(context),
      head_(IndexKeyHead(*rule_->table, *rule_->index->index)),
      row_head_(RowKeyHead(*rule_->table)),
      excludes_(*rule_->excludes, context.evaluation),
      rows_(context.transaction, *context.transactions, *rule_->table),
      values_arena_(context.memory) {
  for (const auto& part : parts.key_parts) parts_.emplace_back(*part, context.evaluation);
  if (parts.predicate != nullptr) {
    predicate_ = std::make_unique<expr::Evaluator>(*parts.predicate, context.evaluation);
  }
  for (const catalog::Column& column : rule_->table->columns) {
    row_types_.push_back(column.type);
    targets_.push_back(column.dropped ? storage::RowLayoutSet::kSkip
                                      : static_cast<uint32_t>(column.attnum - 1));
  }
}

bool ExclusionSearch::ComputeParts(const Batch& rows, uint32_t row, std::vector<Datum>* values) {
  Batch one;
  one.Reference(rows);
  one.Select(types::Selection(&row, 1));
  if (predicate_ != nullptr && predicate_->Filter(one).empty()) return false;
  values->clear();
  values_arena_.Reset();
  for (expr::Evaluator& part : parts_) {
    const types::Vector& value = part.Evaluate(one);
    values->push_back(value.GetDatum(0).CopyTo(value.physical(), values_arena_));
    if (values->back().is_null()) return false;
  }
  return true;
}

bool ExclusionSearch::ReadStored(std::string_view suffix, Batch* rows) {
  FoundRow row;
  rows_.GetLatest(row_head_ + std::string(suffix), &row);
  if (!row.found()) return false;
  row.DecodeInto(*rule_->table, targets_, *rows, 0);
  for (const catalog::Column& column : rule_->table->columns) {
    if (column.dropped) rows->column(column.attnum - 1).SetAllNull(1);
  }
  rows->set_row_count(1);
  return true;
}

std::optional<std::string> ExclusionSearch::Find(const Batch& rows, uint32_t row,
                                                 std::string_view own_suffix) {
  std::vector<Datum> values;
  if (!ComputeParts(rows, row, &values)) return std::nullopt;
  if (rule_->index->index_key != nullptr) return FindByKey(values, own_suffix);
  std::optional<std::string> found;
  if (catalog::HasTerms(*rule_->index->index) && FindByTerms(values, own_suffix, &found)) return found;
  return FindByScan(values, own_suffix);
}

std::optional<std::string> ExclusionSearch::FindForStored(std::string_view suffix) {
  Batch rows(row_types_, 1);
  if (!ReadStored(suffix, &rows)) return std::nullopt;
  return Find(rows, 0, suffix);
}

std::optional<std::string> ExclusionSearch::FindByKey(const std::vector<Datum>& values,
                                                      std::string_view own_suffix) {
  std::string prefix = head_;
  for (size_t i = 0; i < values.size(); ++i) {
    rule_->index->index_key->AppendPart(i, values[i], &prefix);
  }
  if (!context_.IsUncontended(rule_->table->oid)) {
    context_.transaction.LockRow(prefix, txn::RowLockMode::kUpdate);
  }
  const auto scan = context_.transaction.ScanLatest(prefix, storage::PrefixSuccessor(prefix));
  for (; scan->Valid(); scan->Next()) {
    const std::string_view suffix = SuffixOfMark(scan->value());
    if (suffix != own_suffix) return std::string(suffix);
  }
  return std::nullopt;
}

bool ExclusionSearch::FindByTerms(const std::vector<Datum>& values, std::string_view own_suffix,
                                  std::optional<std::string>* found) {
  if (!context_.IsUncontended(rule_->table->oid)) {
    context_.transaction.LockRow(head_, txn::RowLockMode::kUpdate);
  }
  const catalog::Constraint* constraint = nullptr;
  for (const catalog::Constraint& each : rule_->table->constraints) {
    if (each.oid == rule_->constraint) constraint = &each;
  }
  if (constraint == nullptr) return false;
  std::vector<storage::IndexTerms> terms = TermsOfIndex(*rule_->index);
  std::vector<TermLookup::Condition> conditions;
  for (uint32_t part = 0; part < values.size(); ++part) {
    const facts::OperatorFact* op = facts::FindOperator(constraint->exclusion_operators[part]);
    if (op == nullptr) return false;
    const types::SqlType& type = rule_->index->index->parts[part].type;
    conditions.push_back({part, terms[part].Need(op->oprname, values[part], type)});
  }
  TermLookup lookup(
      head_,
      [this](std::string_view from, std::string_view to) {
        return context_.transaction.ScanLatest(from, to);
      },
      context_.memory, context_.evaluation.functions.cancel);
  const auto suffixes = lookup.Find(conditions);
  if (!suffixes.has_value()) return false;
  for (const std::string_view suffix : *suffixes) {
    Batch row(row_types_, 1);
    if (suffix == own_suffix || !ReadStored(suffix, &row)) continue;
    if (!FirstExcluded(row, values).has_value()) continue;
    *found = std::string(suffix);
    return true;
  }
  return true;
}

std::optional<std::string> ExclusionSearch::FindByScan(const std::vector<Datum>& values,
                                                       std::string_view own_suffix) {
  if (!context_.IsUncontended(rule_->table->oid)) {
    context_.transaction.LockRow(head_, txn::RowLockMode::kUpdate);
  }
  TableRows rows(TableRows::ReaderOf(context_), *rule_->table, {nullptr, txn::kSeesAll}, AllPlaces(*rule_->table));
  while (types::Batch* batch = rows.Next()) {
    std::vector<uint32_t> others;
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      if (rows.suffix(row) != own_suffix) others.push_back(row);
    }
    if (others.size() < batch->row_count()) batch->Select(others);
    if (const auto found = FirstExcluded(*batch, values)) {
      return std::string(rows.suffix(others[*found]));
    }
  }
  return std::nullopt;
}

// The place in `rows` of the first that does not go with the new row's parts.
std::optional<size_t> ExclusionSearch::FirstExcluded(Batch& rows,
                                                     const std::vector<Datum>& values) {
  if (rows.row_count() == 0) return std::nullopt;
  std::vector<uint32_t> chosen;
  if (predicate_ != nullptr) {
    const types::Selection kept = predicate_->Filter(rows);
    chosen.assign(kept.begin(), kept.end());
    if (chosen.empty()) return std::nullopt;
    rows.Select(chosen);
  }
  Batch pairs;
  for (expr::Evaluator& part : parts_) {
    const types::Vector& value = part.Evaluate(rows);
    pairs.AddColumn(types::Vector(value.type(), 1));
    pairs.columns().back().Reference(value);
  }
  for (size_t i = 0; i < values.size(); ++i) {
    pairs.AddColumn(types::Vector(pairs.column(i).type(), 1));
    pairs.columns().back().SetConstant(values[i]);
  }
  pairs.set_row_count(rows.row_count());
  const types::Selection excluded = excludes_.Filter(pairs);
  if (excluded.empty()) return std::nullopt;
  return chosen.empty() ? excluded[0] : chosen[excluded[0]];
}

std::string ExclusionSearch::Describe(const Batch& rows, uint32_t row) {
  std::vector<Datum> values;
  ComputeParts(rows, row, &values);
  std::string names, texts;
  const catalog::IndexDefinition& index = *rule_->index->index;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) names += ", ", texts += ", ";
    names += KeyPartText(context_, *rule_->table, *rule_->index, i);
    const auto* io = context_.virtual_input.catalog->FindTypeIo(index.parts[i].type.oid);
    if (io != nullptr) io->Output(values[i], *context_.evaluation.functions.io, texts);
  }
  return "(" + names + ")=(" + texts + ")";
}

std::string ExclusionSearch::DescribeStored(std::string_view suffix) {
  Batch rows(row_types_, 1);
  return ReadStored(suffix, &rows) ? Describe(rows, 0) : std::string();
}

}  // namespace grizzly::executor
