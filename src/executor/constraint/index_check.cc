#include "executor/constraint/index_check.h"

#include "catalog/error_fields.h"
#include "executor/columnar/row_access.h"
#include "executor/constraint/foreign_key_values.h"
#include "executor/constraint/transaction_checks.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Datum;

IndexCheck::IndexCheck(plan::IndexRulePtr rule, ExecContext& context)
    : rule_(std::move(rule)), context_(context) {
  if (rule_->excludes == nullptr) return;
  rules_ = context.transaction_checks->source().RowRulesOf(rule_->table);
  for (const plan::RowRules::Index& index : rules_->indexes) {
    if (index.index->oid != rule_->index->oid) continue;
    search_ = std::make_unique<ExclusionSearch>(rule_, index, context);
  }
}

void IndexCheck::CheckKey(std::string_view key) {
  if (!context_.IsUncontended(rule_->table->oid)) {
    context_.transaction.LockRow(key, txn::RowLockMode::kUpdate);
  }
  const auto scan = context_.transaction.ScanLatest(key, storage::PrefixSuccessor(key));
  if (!scan->Valid()) return;
  const std::string first(SuffixOfMark(scan->value()));
  scan->Next();
  if (scan->Valid()) ThrowDuplicate(first);
}

void IndexCheck::ThrowDuplicate(std::string_view suffix) {
  const catalog::Relation& table = *rule_->table;
  FoundRow row;
  RowAccess(context_.transaction, *context_.transactions, table)
      .GetLatest(RowKeyHead(table) + std::string(suffix), &row);
  std::vector<uint32_t> places;
  std::vector<Datum> values;
  for (const uint32_t place : rule_->index->index_key->columns()) {
    places.push_back(place);
    values.push_back(table.row_layouts->Decode(row.value(), place));
  }
  throw catalog::OfConstraint(
      SqlError(SqlState::kUniqueViolation,
               fmt::format("duplicate key value violates unique constraint \"{}\"", rule_->name))
          .Detail("Key " + DescribeValues(context_, table, places, values) + " already exists."),
      *context_.virtual_input.catalog, table, rule_->name);
}

void IndexCheck::CheckRow(std::string_view suffix) {
  if (search_ == nullptr) return;
  const auto other = search_->FindForStored(suffix);
  if (!other.has_value()) return;
  ThrowExclusion(context_, *rule_, search_->DescribeStored(suffix),
                 search_->DescribeStored(*other));
}

void ThrowExclusion(const ExecContext& context, const plan::IndexRule& rule, const std::string& key,
                    const std::string& existing_key) {
  throw catalog::OfConstraint(
      SqlError(
          SqlState::kExclusionViolation,
          fmt::format("conflicting key value violates exclusion constraint \"{}\"", rule.name))
          .Detail(fmt::format("Key {} conflicts with existing key {}.", key, existing_key)),
      *context.virtual_input.catalog, *rule.table, rule.name);
}

}  // namespace grizzly::executor
