#include "executor/constraint/referencing_rows.h"

#include <algorithm>
#include <unordered_map>

#include "executor/constraint/transaction_checks.h"
#include "executor/scan/table_rows.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Datum;

ReferencingRows::ReferencingRows(const plan::ForeignKeyRule& rule, ExecContext& context,
                                 ForeignKeyValues& values)
    : rule_(rule),
      context_(context),
      values_(values),
      access_(Choose(rule, context)),
      row_head_(RowKeyHead(*rule.referencing)),
      rows_(context.transaction, *context.transactions, *rule.referencing),
      one_row_(ColumnTypesOf(*rule.referencing), 1),
      targets_(rule.referencing->columns.size(), storage::RowLayoutSet::kSkip) {
  for (const uint32_t place : rule.referencing_columns) targets_[place] = place;
}

ReferencingRows::Access ReferencingRows::Choose(const plan::ForeignKeyRule& rule,
                                                const ExecContext& context) {
  Access best;
  const catalog::SnapshotPtr catalog = context.transaction_checks->source().LatestCatalog();
  for (const Oid oid : rule.referencing->indexes) {
    catalog::RelationPtr index = catalog->FindRelation(oid);
    if (index == nullptr || index->index_key == nullptr || !index->index->valid ||
        !index->index->predicate.empty()) {
      continue;
    }
    Access access;
    for (const catalog::IndexDefinition::Part& part : index->index->parts) {
      const auto place = std::find(rule.referencing_columns.begin(),
                                   rule.referencing_columns.end(), part.column - 1u);
      if (part.column == 0 || place == rule.referencing_columns.end()) break;
      const auto column = static_cast<uint32_t>(place - rule.referencing_columns.begin());
      const Oid collation = rule.referencing->columns[part.column - 1].type.collation;
      const bool same_order = part.collation == kInvalidOid || part.collation == collation;
      if (!rule.converts_back[column] || !same_order) break;
      access.columns.push_back(column);
    }
    if (access.columns.size() <= best.columns.size()) continue;
    access.index = std::move(index);
    best = std::move(access);
  }
  return best;
}

bool ReferencingRows::RangeOf(const std::vector<Datum>& values, std::string* prefix) const {
  const catalog::IndexDefinition& index = *access_.index->index;
  *prefix = index.clustered_by ? row_head_ : IndexKeyHead(*rule_.referencing, index);
  for (size_t part = 0; part < access_.columns.size(); ++part) {
    const uint32_t column = access_.columns[part];
    const std::optional<Datum> value = ConvertExactly(
        values[column], rule_.referenced->columns[rule_.referenced_columns[column]].type,
        rule_.referencing->columns[rule_.referencing_columns[column]].type);
    if (!value.has_value()) return false;
    access_.index->index_key->AppendPart(part, *value, prefix);
  }
  return true;
}

void ReferencingRows::Find(const std::vector<Wanted>& wanted, const Visit& visit) {
  if (access_.index == nullptr) return FindByScan(wanted, visit);
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!FindByIndex(wanted[i], i, visit)) return;
  }
}

bool ReferencingRows::FindByIndex(const Wanted& wanted, size_t which, const Visit& visit) {
  std::string prefix;
  if (!RangeOf(wanted.values, &prefix)) return true;
  txn::Transaction& transaction = context_.transaction;
  const txn::ReadView view{nullptr, transaction.current_command()};
  const bool clustered = access_.index->index->clustered_by;
  const auto scan = transaction.Scan(view, prefix, storage::PrefixSuccessor(prefix));
  std::string row_key;
  for (; scan->Valid(); scan->Next()) {
    context_.CheckCanceled();
    if (clustered) {
      row_key = scan->key();
    } else {
      row_key = row_head_;
      row_key.append(SuffixOfMark(scan->value()));
    }
    if (!visit(which, row_key)) return false;
  }
  return true;
}

void ReferencingRows::FindByScan(const std::vector<Wanted>& wanted, const Visit& visit) {
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < wanted.size(); ++i) places.emplace(wanted[i].fields, i);
  TableRows rows(TableRows::ReaderOf(context_), *rule_.referencing, {nullptr, context_.transaction.current_command()},
                 rule_.referencing_columns);
  std::string fields;
  while (const types::Batch* batch = rows.Next()) {
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      fields.clear();
      if (!values_.FieldsOfRow(*batch, row, &fields)) continue;
      const auto place = places.find(fields);
      if (place == places.end()) continue;
      if (!visit(place->second, row_head_ + std::string(rows.suffix(row)))) return;
    }
  }
}

bool ReferencingRows::ReadAgain(std::string_view row_key, std::string_view fields, FoundRow* row) {
  rows_.GetLatest(row_key, row);
  if (!row->found()) return false;
  one_row_.Reset();
  row->DecodeInto(*rule_.referencing, targets_, one_row_, 0);
  one_row_.set_row_count(1);
  std::string now;
  return values_.FieldsOfRow(one_row_, 0, &now) && now == fields;
}

}  // namespace grizzly::executor
