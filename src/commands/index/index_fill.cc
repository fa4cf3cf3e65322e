#include "commands/index/index_fill.h"

#include <algorithm>

#include "base/error/check.h"
#include "catalog/error_fields.h"
#include "catalog/layouts.h"
#include "commands/definitions.h"
#include "commands/table/stored_rows.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"

namespace grizzly::commands {

IndexFill::IndexFill(CommandInput& input, expr::EvaluationState& state,
                     const catalog::Relation& table, plan::RowRules::Index rules)
    : input_(input),
      rules_(std::move(rules)),
      head_(executor::IndexKeyHead(table, *rules_.index->index)) {
  if (catalog::HasTerms(*rules_.index->index)) {
    terms_ = std::make_unique<executor::TermEntries>(table, rules_, state);
    return;
  }
  for (const expr::ExprPtr& part : rules_.key_parts) parts_.emplace_back(*part, state);
  if (rules_.predicate != nullptr) {
    predicate_ = std::make_unique<expr::Evaluator>(*rules_.predicate, state);
  }
}

void IndexFill::Compute(const types::Batch& rows, Computed* computed) {
  computed->selected.assign(rows.row_count(), predicate_ == nullptr);
  if (predicate_ != nullptr) {
    for (const uint32_t row : predicate_->Filter(rows)) computed->selected[row] = true;
  }
  for (expr::Evaluator& part : parts_) computed->parts.push_back(&part.Evaluate(rows));
}

bool IndexFill::ComputeKey(const Computed& computed, uint32_t row, bool* is_unique) {
  if (!computed.selected[row]) return false;
  const storage::KeyLayout& layout = *rules_.index->index_key;
  bool has_null = false;
  key_ = head_;
  for (size_t part = 0; part < parts_.size(); ++part) {
    const types::Datum value = computed.parts[part]->GetDatum(row);
    has_null |= value.is_null();
    layout.AppendPart(part, value, &key_);
  }
  const catalog::IndexDefinition& definition = *rules_.index->index;
  *is_unique = definition.unique && (!has_null || definition.nulls_not_distinct);
  return true;
}

void IndexFill::AddTerms(const types::Batch& rows, const std::vector<std::string_view>& suffixes,
                         BulkWriter& writer) {
  for (uint32_t row = 0; row < rows.row_count(); ++row) {
    for (const std::string& term : terms_->KeysOf(rows, row)) {
      key_ = term;
      key_.append(suffixes[row]);
      value_.clear();
      executor::AppendTimestamp(0, &value_);
      value_.append(suffixes[row]);
      writer.Put(key_, value_);
    }
  }
}

void IndexFill::Add(const types::Batch& rows, const std::vector<std::string_view>& suffixes,
                    BulkWriter& writer) {
  if (terms_ != nullptr) return AddTerms(rows, suffixes, writer);
  Computed computed;
  Compute(rows, &computed);
  for (uint32_t row = 0; row < rows.row_count(); ++row) {
    bool is_unique = false;
    if (!ComputeKey(computed, row, &is_unique)) continue;
    if (is_unique && rules_.index->index->immediate) {
      if (key_ <= last_unique_) ascending_ = false;
      if (!ascending_ && !writer.is_direct()) {
        txn::RowRead read;
        input_.transaction.GetLatest(key_, &read);
        found_duplicate_ |= read.found();
      }
      last_unique_ = key_;
      ++unique_written_;
    } else {
      key_.append(suffixes[row]);
    }
    ++written_;
    value_.clear();
    executor::AppendTimestamp(0, &value_);
    value_.append(suffixes[row]);
    writer.Put(key_, value_);
  }
}

void IndexFill::ForEachEntry(const types::Batch& rows,
                             const std::vector<std::string_view>& suffixes,
                             const EntryVisitor& visit) {
  for (uint32_t row = 0; terms_ != nullptr && row < rows.row_count(); ++row) {
    std::string last;
    for (const std::string& term : terms_->KeysOf(rows, row)) {
      if (term == last) continue;
      key_ = last = term;
      key_.append(suffixes[row]);
      visit(key_, suffixes[row], /*is_unique=*/false);
    }
  }
  if (terms_ != nullptr) return;
  Computed computed;
  Compute(rows, &computed);
  for (uint32_t row = 0; row < rows.row_count(); ++row) {
    bool is_unique = false;
    if (!ComputeKey(computed, row, &is_unique)) continue;
    is_unique &= rules_.index->index->immediate;
    if (!is_unique) key_.append(suffixes[row]);
    visit(key_, suffixes[row], is_unique);
  }
}

bool IndexFill::KeysDiffer() {
  const storage::KeyLayout& layout = *rules_.index->index_key;
  const auto has_null = [&](std::string_view fields) {
    for (size_t part = 0; part < layout.part_count(); ++part) {
      if (fields[layout.FieldBytes(fields, part)] != storage::kValueMark) return true;
    }
    return false;
  };
  std::string last;
  const auto scan =
      input_.transaction.ScanLatest(head_, storage::PrefixSuccessor(head_));
  for (; scan->Valid(); scan->Next()) {
    if (input_.cancel != nullptr) input_.cancel->Check();
    const size_t suffix_bytes = executor::SuffixOfMark(scan->value()).size();
    std::string_view fields = scan->key().substr(head_.size());
    fields.remove_suffix(suffix_bytes);
    const bool counts = rules_.index->index->nulls_not_distinct || !has_null(fields);
    if (counts && !last.empty() && fields == last) return false;
    last = counts ? std::string(fields) : std::string();
  }
  return true;
}

bool IndexFill::IsUnique(const BulkWriter& writer) {
  if (rules_.index->index->unique && !rules_.index->index->immediate) return KeysDiffer();
  if (found_duplicate_ || (ascending_ && unique_written_ > 0)) return !found_duplicate_;
  if (unique_written_ == 0 || !writer.is_direct()) return true;
  uint64_t found = 0;
  const auto iterator = input_.transactions.store().NewIterator(
      nullptr, head_, storage::PrefixSuccessor(head_), /*fill_cache=*/false);
  for (iterator->Seek(head_); iterator->Valid(); iterator->Next()) ++found;
  return found == written_;
}

void IndexFill::UniqueKeys(const types::Batch& rows, std::vector<std::string>* keys) {
  Computed computed;
  Compute(rows, &computed);
  keys->assign(rows.row_count(), "");
  for (uint32_t row = 0; row < rows.row_count(); ++row) {
    bool is_unique = false;
    if (ComputeKey(computed, row, &is_unique) && is_unique) (*keys)[row] = key_;
  }
}

namespace {

// "Key (a, b)=(1, 2)" of a row.
std::string DescribeKey(CommandInput& input, const catalog::Relation& table, IndexFill& fill,
                        const types::Batch& rows, uint32_t row) {
  std::string names, values;
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  DefinitionInput definitions;
  definitions.catalog = snapshot;
  definitions.shared = &input.shared;
  definitions.search_path = &input.search_path;
  definitions.current_role = input.current_role;
  definitions.io = input.io;
  const std::vector<catalog::IndexDefinition::Part>& parts = fill.index().index->parts;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) names += ", ", values += ", ";
    names += KeyPartText(definitions, table, parts[i]);
    const types::Datum value = fill.PartOf(rows, row, i);
    if (value.is_null()) {
      values += "null";
    } else {
      snapshot->FindTypeIo(parts[i].type.oid)->Output(value, input.io, values);
    }
  }
  return fmt::format("Key ({})=({})", names, values);
}

}  // namespace

void RequireNoDuplicateKey(CommandInput& input, const catalog::Relation& stored_table,
                           const catalog::Relation& shown, IndexFill& fill,
                           const RowConvert& convert, const txn::ReadView& view) {
  const auto converted = [&](const types::Batch& rows) -> const types::Batch& {
    return convert ? convert(rows) : rows;
  };
  // Two passes, eight bytes a row: hashes that occur twice, then a row whose key occurs twice.
  std::vector<uint64_t> hashes;
  std::vector<std::string> keys;
  StoredRows first_pass(input, stored_table, view);
  while (const types::Batch* rows = first_pass.Next()) {
    fill.UniqueKeys(converted(*rows), &keys);
    for (const std::string& key : keys) {
      if (!key.empty()) hashes.push_back(std::hash<std::string>()(key));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  std::vector<std::string> seen;
  StoredRows second_pass(input, stored_table, view);
  while (const types::Batch* stored = second_pass.Next()) {
    const types::Batch& rows = converted(*stored);
    fill.UniqueKeys(rows, &keys);
    for (uint32_t row = 0; row < rows.row_count(); ++row) {
      const uint64_t hash = std::hash<std::string>()(keys[row]);
      const auto place = std::lower_bound(hashes.begin(), hashes.end(), hash);
      if (keys[row].empty() || place + 1 == hashes.end() || place[1] != hash) continue;
      if (std::find(seen.begin(), seen.end(), keys[row]) != seen.end()) {
        throw catalog::OfConstraint(
            SqlError(SqlState::kUniqueViolation,
                     fmt::format("could not create unique index \"{}\"", fill.index().name))
                .Detail(DescribeKey(input, shown, fill, rows, row) + " is duplicated."),
            *input.editor.Current(), shown, fill.index().name);
      }
      seen.push_back(keys[row]);
    }
  }
}

void ThrowDuplicateKey(CommandInput& input, const catalog::Relation& stored_table,
                       const catalog::Relation& shown, IndexFill& fill,
                       const RowConvert& convert) {
  RequireNoDuplicateKey(input, stored_table, shown, fill, convert, {nullptr, txn::kSeesAll});
  GRIZZLY_UNREACHABLE("entries were lost though no key is duplicated");
}

}  // namespace grizzly::commands
