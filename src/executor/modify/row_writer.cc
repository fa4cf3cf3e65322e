#include "executor/modify/row_writer.h"

#include <algorithm>

#include "base/error/check.h"
#include "catalog/error_fields.h"
#include "catalog/layouts.h"
#include "executor/constraint/index_check.h"
#include "executor/constraint/key_text.h"
#include "executor/scan/table_rows.h"
#include "catalog/access_method.h"
#include "executor/modify/moved_rows.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Batch;
using types::Datum;
using types::Vector;

namespace {

void AppendBigEndian(uint64_t value, std::string* out) {
  for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

}  // namespace

struct RowWriter::Index {
  const plan::RowRules::Index* rules;
  const catalog::IndexDefinition* definition;
  std::string head;
  std::vector<expr::Evaluator> parts;         // when not plain columns
  std::unique_ptr<expr::Evaluator> predicate;
  // Of the row last computed:
  std::string key;             // with the suffix where it belongs to the key
  bool is_unique_key = false;  // the key has no suffix: two rows must not share it
  bool has_entry = false;
};

RowWriter::RowWriter(const plan::RowRules& rules, ExecContext& context)
    : rules_(rules),
      table_(*rules.relation),
      context_(context),
      changes_(context.ChangesOf(rules.relation->oid)),
      head_(RowKeyHead(*rules.relation)),
      access_(context.transaction, *context.transactions, *rules.relation),
      fresh_row_ids_(*context.transactions, *rules.relation),
      uncontended_(context.IsUncontended(rules.relation->oid)),
      partition_check_(rules, context),
      notes_(rules, context) {
  for (const Oid oid : table_.indexes) {
    catalog::RelationPtr index = context.virtual_input.catalog->FindRelation(oid);
    if (index != nullptr && index->index->clustered_by) primary_index_ = std::move(index);
  }
  AddExclusions();
  for (const plan::RowRules::Index& index : rules.indexes) {
    if (catalog::HasTerms(*index.index->index)) {
      term_entries_.push_back(std::make_unique<TermEntries>(table_, index, context.evaluation));
    }
    if (index.index->index_key == nullptr) continue;  // no entries of its own
    auto made = std::make_unique<Index>();
    made->rules = &index;
    made->definition = &*index.index->index;
    made->head = IndexKeyHead(table_, *index.index->index);
    if (!index.plain_columns) {
      for (const auto& part : index.key_parts) made->parts.emplace_back(*part, context.evaluation);
    }
    if (index.predicate != nullptr) {
      made->predicate = std::make_unique<expr::Evaluator>(*index.predicate, context.evaluation);
    }
    indexes_.push_back(std::move(made));
  }
  const auto add_checks = [&](const std::vector<plan::RowRules::Check>& checks, bool is_view) {
    for (const plan::RowRules::Check& check : checks) {
      conditions_.push_back(
          {&check, std::make_unique<expr::Evaluator>(*check.condition, context.evaluation), is_view});
    }
  };
  add_checks(rules.checks, false);
  // PostgreSQL tries them by name.
  std::stable_sort(conditions_.begin(), conditions_.end(), [](const auto& a, const auto& b) {
    return a.check->name < b.check->name;
  });
  add_checks(rules.view_checks, true);
  for (const plan::RowRules::Generated& column : rules.generated) {
    generated_.push_back(
        {static_cast<size_t>(column.attnum - 1),
         std::make_unique<expr::Evaluator>(*column.value, context.evaluation)});
  }
}

RowWriter::~RowWriter() = default;

void RowWriter::AddExclusions() {
  for (const plan::IndexRulePtr& rule : rules_.index_rules) {
    if (rule->excludes == nullptr || rule->deferrable) continue;
    for (const plan::RowRules::Index& index : rules_.indexes) {
      if (index.index->oid != rule->index->oid) continue;
      exclusions_.push_back(std::make_unique<ExclusionSearch>(rule, index, context_));
    }
  }
}

void RowWriter::Complete(Batch& rows) {
  for (GeneratedColumn& column : generated_) {
    const Vector& value = column.evaluator->Evaluate(rows);
    rows.column(column.column).CopyFrom(value, rows.row_count());
  }
  CheckNotNull(rows);
  CheckConditions(rows);
  partition_check_.Require(rows);
}

// Of the rows that fail, the first one is reported: what it lacks before what it violates.
void RowWriter::CheckNotNull(const Batch& rows) {
  uint32_t failing = rows.row_count();
  const catalog::Column* lacking = nullptr;
  for (const catalog::Column& column : table_.columns) {
    if (!column.not_null || column.dropped) continue;
    const Vector& values = rows.column(column.attnum - 1);
    if (!values.MayHaveNulls()) continue;
    for (uint32_t row = 0; row < failing; ++row) {
      if (!values.IsNull(row)) continue;
      failing = row;
      lacking = &column;
    }
  }
  if (lacking == nullptr) return;
  if (failing > 0 && !conditions_.empty()) {
    Batch before;
    before.Reference(rows);
    before.Slice(0, failing);
    CheckConditions(before);
  }
  throw catalog::OfColumn(
      SqlError(SqlState::kNotNullViolation,
               fmt::format("null value in column \"{}\" of relation \"{}\" violates not-null "
                           "constraint",
                           lacking->name, table_.name))
          .Detail("Failing row contains " + Describe(rows, failing) + "."),
      *context_.virtual_input.catalog, table_, lacking->name);
}

void RowWriter::CheckConditions(const Batch& rows, bool of_views_only) {
  uint32_t failing = rows.row_count();
  const Condition* violated = nullptr;
  for (Condition& condition : conditions_) {
    if (of_views_only && !condition.is_view_check) continue;
    const Vector& result = condition.evaluator->Evaluate(rows);
    for (uint32_t row = 0; row < failing; ++row) {
      const Datum value = result.GetDatum(row);
      // A CHECK passes when it is NULL; a view's condition must be true.
      if (value.is_null() ? !condition.is_view_check : value.AsBool()) continue;
      failing = row;
      violated = &condition;
    }
  }
  if (violated == nullptr) return;
  if (violated->is_view_check) {
    throw SqlError(SqlState::kWithCheckOptionViolation,
                   fmt::format("new row violates check option for view \"{}\"",
                               violated->check->name))
        .Detail("Failing row contains " + Describe(rows, failing) + ".");
  }
  throw catalog::OfConstraint(
      SqlError(SqlState::kCheckViolation,
               fmt::format("new row for relation \"{}\" violates check constraint \"{}\"",
                           table_.name, violated->check->name))
          .Detail("Failing row contains " + Describe(rows, failing) + "."),
      *context_.virtual_input.catalog, table_, violated->check->name);
}

void RowWriter::ComputeSuffix(const Batch& rows, uint32_t row) {
  suffix_.clear();
  suffix_is_fresh_ = table_.row_key == nullptr;
  if (suffix_is_fresh_) {
    AppendBigEndian(next_row_id_ != 0 ? next_row_id_ : fresh_row_ids_.Next(), &suffix_);
  } else {
    table_.row_key->AppendFromRow(rows, row, &suffix_);
  }
}

bool RowWriter::ComputeEntry(Index& index, const Batch& rows, uint32_t row) {
  const catalog::IndexDefinition& definition = *index.definition;
  const storage::KeyLayout& layout = *index.rules->index->index_key;
  index.has_entry = false;
  Batch one_row;
  if (index.predicate != nullptr || !index.rules->plain_columns) {
    one_row.Reference(rows);
    one_row.Select(types::Selection(&row, 1));
  }
  if (index.predicate != nullptr && index.predicate->Filter(one_row).empty()) return false;
  bool has_null = false;
  index.key = index.head;
  for (size_t i = 0; i < layout.part_count(); ++i) {
    const Datum value = index.rules->plain_columns
                            ? rows.column(layout.columns()[i]).GetDatum(row)
                            : index.parts[i].Evaluate(one_row).GetDatum(0);
    has_null |= value.is_null();
    layout.AppendPart(i, value, &index.key);
  }
  index.is_unique_key = definition.unique && definition.immediate &&
                        (!has_null || definition.nulls_not_distinct);
  index.has_entry = true;
  return true;
}

std::optional<RowWriter::Conflict> RowWriter::FindConflict(const Batch& rows, uint32_t row,
                                                           std::string_view replaced_suffix,
                                                           const std::vector<Oid>* arbiters) {
  ComputeSuffix(rows, row);
  const auto decides = [&](const catalog::Relation& index) {
    return arbiters == nullptr || arbiters->empty() ||
           std::find(arbiters->begin(), arbiters->end(), index.oid) != arbiters->end();
  };
  std::optional<Conflict> found;
  const auto note = [&](const catalog::RelationPtr& index, std::string_view key,
                        std::string_view suffix) {
    Conflict conflict{index, std::string(suffix)};
    const bool is_error = arbiters == nullptr || !decides(*index);
    context_.transaction.NoteKeyTaken(key, is_error);
    if (is_error && arbiters != nullptr) ThrowConflict(conflict, rows, row);
    if (!found.has_value()) found = std::move(conflict);
  };
  if (!suffix_is_fresh_ && suffix_ != replaced_suffix) {
    key_ = head_ + suffix_;
    if (!uncontended_) context_.transaction.LockRow(key_, txn::RowLockMode::kUpdate);
    context_.transaction.GetLatest(key_, &read_);
    if (read_.found()) {
      note(primary_index_, key_, suffix_);
    } else {
      context_.transaction.NoteKeyFree(key_);
    }
  }
  for (const auto& index : indexes_) {
    if (!index->definition->unique) continue;
    if (!index->definition->immediate && arbiters != nullptr && arbiters->empty()) {
      throw catalog::OfConstraint(
          SqlError(SqlState::kObjectNotInPrerequisiteState,
                   "ON CONFLICT does not support deferrable unique constraints/exclusion "
                   "constraints as arbiters"),
          *context_.virtual_input.catalog, table_, index->rules->index->name);
    }
    if (found.has_value() && !index->definition->valid) continue;  // one that is built in another's place
    if (!ComputeEntry(*index, rows, row) || !index->is_unique_key) continue;
    if (!uncontended_) context_.transaction.LockRow(index->key, txn::RowLockMode::kUpdate);
    context_.transaction.GetLatest(index->key, &read_);
    AwaitHolder(index->key, replaced_suffix);
    if (!read_.found()) {
      context_.transaction.NoteKeyFree(index->key);
    } else if (SuffixOfMark(read_.value()) != replaced_suffix &&
               (!index->definition->filling || HoldsKey(*index, SuffixOfMark(read_.value())))) {
      note(index->rules->index, index->key, SuffixOfMark(read_.value()));
    }
  }
  if (found.has_value() || exclusions_.empty()) return found;
  return FindExclusion(rows, row, replaced_suffix, arbiters);
}

// The row that has the key, as read_ says, may be about to lose it: who changes it is waited for.
void RowWriter::AwaitHolder(const std::string& key, std::string_view replaced_suffix) {
  std::string holder;
  while (!uncontended_ && read_.found() && SuffixOfMark(read_.value()) != replaced_suffix) {
    const std::string row_key = head_ + std::string(SuffixOfMark(read_.value()));
    if (row_key == holder) return;
    holder = row_key;
    context_.transaction.LockRow(holder, txn::RowLockMode::kKeyShare);
    context_.transaction.GetLatest(key, &read_);
  }
}

std::optional<RowWriter::Conflict> RowWriter::FindExclusion(const Batch& rows, uint32_t row,
                                                            std::string_view replaced_suffix,
                                                            const std::vector<Oid>* arbiters) {
  for (const auto& exclusion : exclusions_) {
    const auto other = exclusion->Find(rows, row, replaced_suffix);
    if (!other.has_value()) continue;
    Conflict conflict{exclusion->rule().index, *other};
    const bool decides = arbiters == nullptr || arbiters->empty() ||
                         std::find(arbiters->begin(), arbiters->end(), conflict.index->oid) !=
                             arbiters->end();
    if (!decides) ThrowConflict(conflict, rows, row);
    return conflict;
  }
  return std::nullopt;
}

void RowWriter::ThrowExcluded(const Conflict& conflict, const Batch& rows, uint32_t row) {
  for (const auto& exclusion : exclusions_) {
    if (exclusion->rule().index->oid != conflict.index->oid) continue;
    ThrowExclusion(context_, exclusion->rule(), exclusion->Describe(rows, row),
                   exclusion->DescribeStored(conflict.row_suffix));
  }
  GRIZZLY_UNREACHABLE("an exclusion constraint without a search");
}

Datum RowWriter::KeyValue(const catalog::Relation& index, size_t part, const Batch& rows, uint32_t row) {
  const AttributeNumber attnum = index.index->parts[part].column;
  if (attnum != 0) return rows.column(attnum - 1).GetDatum(row);
  const auto made = std::find_if(indexes_.begin(), indexes_.end(), [&](const auto& candidate) {
    return candidate->rules->index->oid == index.oid;
  });
  GRIZZLY_CHECK(made != indexes_.end());
  Batch one_row;
  one_row.Reference(rows);
  one_row.Select(types::Selection(&row, 1));
  return (*made)->parts[part].Evaluate(one_row).GetDatum(0);
}

void RowWriter::ThrowConflict(const Conflict& conflict, const Batch& rows, uint32_t row) {
  if (conflict.index->index->exclusion) ThrowExcluded(conflict, rows, row);
  std::string names, values;
  const catalog::IndexDefinition& index = *conflict.index->index;
  for (size_t i = 0; i < index.parts.size(); ++i) {
    if (i > 0) names += ", ", values += ", ";
    names += KeyPartText(context_, table_, *conflict.index, i);
    const Datum value = KeyValue(*conflict.index, i, rows, row);
    if (value.is_null()) {
      values += "null";
    } else if (const auto* io = context_.virtual_input.catalog->FindTypeIo(index.parts[i].type.oid)) {
      io->Output(value, *context_.evaluation.functions.io, values);
    }
  }
  throw catalog::OfConstraint(
      SqlError(SqlState::kUniqueViolation,
               fmt::format("duplicate key value violates unique constraint \"{}\"",
                           conflict.index->name))
          .Detail(fmt::format("Key ({})=({}) already exists.", names, values)),
      *context_.virtual_input.catalog, table_, conflict.index->name);
}

void RowWriter::LockFilled(const catalog::IndexDefinition& index, std::string_view suffix) {
  if (!index.filling || uncontended_) return;
  context_.transaction.LockRow(FillLockKey(table_, index, suffix), txn::RowLockMode::kUpdate);
}

bool RowWriter::HoldsKey(Index& index, std::string_view suffix) {
  FoundRow row;
  access_.GetLatest(head_ + std::string(suffix), &row);
  if (!row.found()) return false;
  std::vector<uint32_t> places(table_.columns.size(), storage::RowLayoutSet::kSkip);
  for (const uint32_t place : AllPlaces(table_)) places[place] = place;
  Batch stored(ColumnTypesOf(table_), 1);
  row.DecodeInto(table_, places, stored, 0);
  for (const catalog::Column& column : table_.columns) {
    if (column.dropped) stored.column(column.attnum - 1).SetAllNull(1);
  }
  stored.set_row_count(1);
  const std::string wanted = index.key;
  const bool holds =
      ComputeEntry(index, stored, 0) && index.is_unique_key && index.key == wanted;
  index.key = wanted;
  index.is_unique_key = index.has_entry = true;
  return holds;
}

void RowWriter::PutEntry(const Index& index, std::string_view suffix) {
  LockFilled(*index.definition, suffix);
  key_ = index.key;
  if (!index.is_unique_key) key_.append(suffix);
  value_.clear();
  AppendTimestamp(0, &value_);
  value_.append(suffix);
  context_.Put(key_, value_);
}

void RowWriter::DeleteEntry(const Index& index, std::string_view suffix) {
  LockFilled(*index.definition, suffix);
  if (index.definition->filling && index.is_unique_key) {
    // Another row may have the key, since nothing told it of this one.
    context_.transaction.LockRow(index.key, txn::RowLockMode::kUpdate);
    context_.transaction.GetLatest(index.key, &read_);
    if (read_.found() && SuffixOfMark(read_.value()) != suffix) return;
  }
  key_ = index.key;
  if (!index.is_unique_key) key_.append(suffix);
  context_.Delete(key_);
}

void RowWriter::PutTerm(const std::string& key, std::string_view suffix) {
  key_ = key;
  key_.append(suffix);
  value_.clear();
  AppendTimestamp(0, &value_);
  value_.append(suffix);
  context_.Put(key_, value_);
}

// Terms that the old and the new row share keep their entries.
void RowWriter::UpdateTerms(TermEntries& entries, std::string_view old_suffix,
                            const Batch& old_rows, uint32_t old_row, const Batch& rows,
                            uint32_t row) {
  const std::vector<std::string> before = entries.KeysOf(old_rows, old_row);
  const std::vector<std::string>& after = entries.KeysOf(rows, row);
  const bool key_moved = suffix_ != old_suffix;
  LockFilled(entries.definition(), old_suffix);
  if (key_moved) LockFilled(entries.definition(), suffix_);
  for (const std::string& key : before) {
    if (!key_moved && std::binary_search(after.begin(), after.end(), key)) continue;
    context_.Delete(key + std::string(old_suffix));
  }
  for (const std::string& key : after) {
    if (!key_moved && std::binary_search(before.begin(), before.end(), key)) continue;
    PutTerm(key, suffix_);
  }
}

void RowWriter::Insert(const Batch& rows, uint32_t row) {
  ++changes_.inserted;
  value_.clear();
  table_.row_layouts->EncodeRow(rows, row, &value_);
  key_ = head_ + suffix_;
  context_.Put(key_, value_);
  PutEntries(rows, row);
}

void RowWriter::PutEntries(const Batch& rows, uint32_t row) {
  for (const auto& index : indexes_) {
    if (ComputeEntry(*index, rows, row)) PutEntry(*index, suffix_);
  }
  for (const auto& entries : term_entries_) {
    LockFilled(entries->definition(), suffix_);
    for (const std::string& key : entries->KeysOf(rows, row)) PutTerm(key, suffix_);
  }
  notes_.Inserted(rows, row, suffix_);
}

void RowWriter::RequireNoConflict(const Batch& rows, uint32_t row) {
  if (const auto conflict = FindConflict(rows, row, {}, nullptr)) {
    ThrowConflict(*conflict, rows, row);
  }
}

void RowWriter::InsertAll(const Batch& rows, uint32_t* at) {
  // What excludes others has to be stored before the next row is looked at.
  if (!catalog::IsColumnar(table_) || !exclusions_.empty()) {
    for (*at = 0; *at < rows.row_count(); ++*at) {
      RequireNoConflict(rows, *at);
      Insert(rows, *at);
    }
    return;
  }
  if (appender_ == nullptr) {
    appender_ = std::make_unique<RowAppender>(context_.transaction, *context_.transactions, table_,
                                              context_.memory);
  }
  const std::vector<uint64_t>& row_ids = appender_->TakeRowIds(rows.row_count());
  const bool goes_by_row =
      !indexes_.empty() || !term_entries_.empty() || notes_.wants_inserts();
  for (*at = 0; *at < rows.row_count() && goes_by_row; ++*at) {
    next_row_id_ = row_ids[*at];
    RequireNoConflict(rows, *at);
    PutEntries(rows, *at);
  }
  next_row_id_ = 0;
  appender_->Append(rows);
  changes_.inserted += rows.row_count();
}

void RowWriter::Finish() {
  if (appender_ != nullptr) appender_->Finish();
}

bool RowWriter::KeysEqual(const Batch& a, uint32_t row_a, const Batch& b, uint32_t row_b,
                          const Index& index) const {
  if (index.predicate != nullptr || !index.rules->plain_columns) return false;
  const storage::KeyLayout& layout = *index.rules->index->index_key;
  for (uint32_t column : layout.columns()) {
    const Vector& vector_a = a.column(column);
    const Vector& vector_b = b.column(column);
    const bool null_a = vector_a.IsNull(row_a), null_b = vector_b.IsNull(row_b);
    if (null_a != null_b) return false;
    if (null_a) continue;
    const Datum value_a = vector_a.GetDatum(row_a), value_b = vector_b.GetDatum(row_b);
    if (vector_a.physical() == types::PhysicalType::kString
            ? value_a.AsString() != value_b.AsString()
            : std::memcmp(value_a.payload(), value_b.payload(),
                          types::PhysicalWidth(vector_a.physical())) != 0) {
      return false;
    }
  }
  return true;
}

void RowWriter::Update(std::string_view old_suffix, const Batch& old_rows, uint32_t old_row,
                       const Batch& rows, uint32_t row) {
  ++changes_.updated;
  if (table_.row_key == nullptr) {
    suffix_ = old_suffix;
  } else {
    suffix_.clear();
    table_.row_key->AppendFromRow(rows, row, &suffix_);
  }
  const bool key_moved = suffix_ != old_suffix;
  if (key_moved) context_.Delete(head_ + std::string(old_suffix));
  value_.clear();
  table_.row_layouts->EncodeRow(rows, row, &value_);
  key_ = head_ + suffix_;
  context_.Put(key_, value_);
  if (key_moved && !uncontended_ && moves_noted_ < kMovesKept) {
    ++moves_noted_;
    NoteMoveAtCommit(context_.transaction, *context_.transactions, head_ + std::string(old_suffix),
                     key_);
  }
  for (const auto& index : indexes_) {
    if (!key_moved && KeysEqual(old_rows, old_row, rows, row, *index)) continue;
    if (ComputeEntry(*index, old_rows, old_row)) DeleteEntry(*index, old_suffix);
    if (ComputeEntry(*index, rows, row)) PutEntry(*index, suffix_);
  }
  for (const auto& entries : term_entries_) {
    UpdateTerms(*entries, old_suffix, old_rows, old_row, rows, row);
  }
  notes_.Updated(old_suffix, old_rows, old_row, suffix_, rows, row);
}

void RowWriter::Remove(std::string_view suffix, const Batch& old_rows, uint32_t old_row) {
  ++changes_.deleted;
  key_ = head_ + std::string(suffix);
  context_.CountWrite(key_.size());
  access_.Delete(key_);
  for (const auto& index : indexes_) {
    if (ComputeEntry(*index, old_rows, old_row)) DeleteEntry(*index, suffix);
  }
  for (const auto& entries : term_entries_) {
    LockFilled(entries->definition(), suffix);
    for (const std::string& term : entries->KeysOf(old_rows, old_row)) {
      context_.Delete(term + std::string(suffix));
    }
  }
}

void RowWriter::Delete(std::string_view suffix, const Batch& old_rows, uint32_t old_row) {
  Remove(suffix, old_rows, old_row);
  notes_.Deleted(old_rows, old_row);
}

void RowWriter::Leave(std::string_view suffix, const Batch& old_rows, uint32_t old_row) {
  Remove(suffix, old_rows, old_row);
  notes_.Left(old_rows, old_row);
}

}  // namespace grizzly::executor
