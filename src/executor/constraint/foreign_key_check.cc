#include "executor/constraint/foreign_key_check.h"

#include <algorithm>

#include "catalog/error_fields.h"
#include "executor/constraint/kept_values.h"
#include "executor/scan/table_rows.h"
#include "executor/constraint/transaction_checks.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Datum;

ForeignKeyCheck::ForeignKeyCheck(plan::ForeignKeyRulePtr rule, ExecContext& context)
    : rule_(std::move(rule)),
      context_(context),
      values_(*rule_, context),
      referenced_(*rule_, context) {
  for (const plan::ForeignKeyRulePtr& leaf : rule_->referencing_leaves) {
    referrers_.push_back(std::make_unique<Referrers>(*leaf, context));
  }
  if (rule_->referencing->IsPartitioned()) return;
  referrers_.push_back(std::make_unique<Referrers>(*rule_, context));
}

// PostgreSQL says the referencing table of either side's violations.
void ForeignKeyCheck::Throw(std::string message, std::string detail) {
  throw catalog::OfConstraint(
      SqlError(SqlState::kForeignKeyViolation, std::move(message)).Detail(std::move(detail)),
      *context_.virtual_input.catalog, *rule_->referencing, rule_->name);
}

void ForeignKeyCheck::ThrowMissing(const std::vector<Datum>& values) {
  const catalog::Relation& table = *rule_->referencing;
  Throw(fmt::format("insert or update on table \"{}\" violates foreign key constraint \"{}\"",
                    table.name, rule_->name),
        fmt::format("Key {} is not present in table \"{}\".",
                    DescribeValues(context_, table, rule_->referencing_columns, values),
                    rule_->referenced->name));
}

void ForeignKeyCheck::ThrowMixedNulls() {
  Throw(fmt::format("insert or update on table \"{}\" violates foreign key constraint \"{}\"",
                    rule_->referencing->name, rule_->name),
        "MATCH FULL does not allow mixing of null and nonnull key values.");
}

void ForeignKeyCheck::ThrowReferenced(const std::vector<Datum>& values) {
  const catalog::Relation& referenced = *rule_->referenced;
  const std::string& table = rule_->referencing->name;
  Throw(fmt::format("update or delete on table \"{}\" violates foreign key constraint \"{}\" on "
                    "table \"{}\"",
                    referenced.name, rule_->name, table),
        fmt::format("Key {} is still referenced from table \"{}\".",
                    DescribeValues(context_, referenced, rule_->referenced_columns, values), table));
}

void ForeignKeyCheck::CheckValues(const std::vector<Datum>& values, bool locks) {
  const auto nulls = std::count_if(values.begin(), values.end(),
                                   [](const Datum& value) { return value.is_null(); });
  if (nulls > 0) {
    const bool mixed = static_cast<size_t>(nulls) < values.size();
    if (rule_->match_type == 'f' && mixed) ThrowMixedNulls();
    return;
  }
  const bool can_be = values_.ToKey(values, &key_);
  if (can_be &&
      (locks ? referenced_.Lock(key_, /*in_snapshot=*/true) : referenced_.IsThere(key_))) {
    return;
  }
  // The row that refers to it may be gone or changed again by the same statement.
  if (locks && can_be && !SomeRowRefersTo(key_)) return;
  ThrowMissing(values);
}

bool ForeignKeyCheck::SomeRowRefersTo(const std::vector<Datum>& key) {
  std::string fields;
  AppendKeyFields(*rule_, key, &fields);
  TableRows rows(TableRows::ReaderOf(context_), *rule_->referencing, {nullptr, txn::kSeesAll},
                 rule_->referencing_columns);
  std::string now;
  while (const types::Batch* batch = rows.Next()) {
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      now.clear();
      if (values_.FieldsOfRow(*batch, row, &now) && now == fields) return true;
    }
  }
  return false;
}

void ForeignKeyCheck::CheckReference(std::string_view values) {
  CheckValues(ReadKeptValues(values, *rule_->referencing, rule_->referencing_columns),
              /*locks=*/true);
}

void ForeignKeyCheck::CheckReferrer(std::string_view suffix) {
  FoundRow row;
  referrers_.front()->rows.access().GetLatest(RowKeyHead(*rule_->referencing) + std::string(suffix), &row);
  if (!row.found()) return;
  const std::string stored(row.value());
  std::vector<Datum> values;
  for (const uint32_t place : rule_->referencing_columns) {
    values.push_back(rule_->referencing->row_layouts->Decode(stored, place));
  }
  CheckValues(values, /*locks=*/true);
}

void ForeignKeyCheck::ResolveGone(const std::vector<Check>& checks) {
  Gone deleted, updated;
  for (const Check& check : checks) {
    Gone& gone = check.other.empty() ? deleted : updated;
    ReferencingRows::Wanted wanted;
    wanted.values = ReadKeptValues(check.subject, *rule_->referenced, rule_->referenced_columns);
    AppendKeyFields(*rule_, wanted.values, &wanted.fields);
    gone.wanted.push_back(std::move(wanted));
    gone.new_values.push_back(
        check.other.empty()
            ? std::vector<Datum>()
            : ReadKeptValues(check.other, *rule_->referenced, rule_->referenced_columns));
  }
  const auto resolve = [&](Gone& gone, char action, bool is_delete) {
    if (gone.wanted.empty()) return;
    // The same key is there again: nothing to refuse.
    if (action == 'a') {
      std::erase_if(gone.wanted, [&](const ReferencingRows::Wanted& wanted) {
        return referenced_.Lock(wanted.values, /*in_snapshot=*/false);
      });
    }
    if (action == 'a' || action == 'r') return Restrict(gone);
    Act(gone, action, is_delete);
  };
  resolve(deleted, rule_->on_delete, true);
  resolve(updated, rule_->on_update, false);
}

void ForeignKeyCheck::Restrict(const Gone& gone) {
  size_t first = gone.wanted.size();  // the value that is said to be referenced
  for (const auto& referrers : referrers_) RestrictIn(*referrers, gone, &first);
  if (first < gone.wanted.size()) ThrowReferenced(gone.wanted[first].values);
}

void ForeignKeyCheck::RestrictIn(Referrers& referrers, const Gone& gone, size_t* first) {
  FoundRow read;
  ReferencingRows& rows = referrers.rows;
  rows.Find(gone.wanted, [&](size_t which, std::string_view row_key) {
    const ReferencingRows::Wanted& wanted = gone.wanted[which];
    if (which >= *first || !rows.ReadAgain(row_key, wanted.fields, &read)) return true;
    if (!context_.IsUncontended(referrers.rule.referencing->oid)) {
      // Somebody may be about to delete it.
      context_.transaction.LockRow(row_key, txn::RowLockMode::kKeyShare);
      if (!rows.ReadAgain(row_key, wanted.fields, &read)) return true;
    }
    *first = which;
    return which > 0 && !rows.goes_in_order();
  });
}

void ForeignKeyCheck::Act(const Gone& gone, char action, bool is_delete) {
  FoundRow read;
  std::unique_ptr<RowRouter> router;  // for rows that the action takes out of their partition
  std::shared_ptr<const plan::RowRouting> routing;
  if (rule_->referencing->IsPartitioned() && !(is_delete && action == 'c')) {
    routing = context_.transaction_checks->source().RoutingOf(rule_->referencing);
    router = std::make_unique<RowRouter>(*routing, context_);
  }
  for (const auto& referrers : referrers_) {
    ForeignKeyAction change(*rule_, referrers->rule, router.get(), context_, action, is_delete);
    ReferencingRows& rows = referrers->rows;
    rows.Find(gone.wanted, [&](size_t which, std::string_view row_key) {
      const ReferencingRows::Wanted& wanted = gone.wanted[which];
      if (!context_.IsUncontended(referrers->rule.referencing->oid)) {
        context_.transaction.LockRow(row_key, change.lock_mode());
      }
      if (!rows.ReadAgain(row_key, wanted.fields, &read)) return true;
      change.Apply(row_key, read, gone.new_values[which]);
      return true;
    });
  }
  if (router != nullptr) router->Finish();
  // A default may be the very value that is gone.
  if (action != 'd') return;
  context_.transaction.NextCommand();
  Gone still = gone;
  std::erase_if(still.wanted, [&](const ReferencingRows::Wanted& wanted) {
    return referenced_.Lock(wanted.values, /*in_snapshot=*/false);
  });
  Restrict(still);
}

void ForeignKeyCheck::CheckNoneRefers() {
  for (const auto& referrers : referrers_) {
    const plan::ForeignKeyRule& rule = referrers->rule;
    TableRows rows(TableRows::ReaderOf(context_), *rule.referencing, {nullptr, txn::kSeesAll}, rule.referencing_columns);
    std::vector<Datum> values;
    while (const types::Batch* batch = rows.Next()) {
      for (uint32_t row = 0; row < batch->row_count(); ++row) {
        values.clear();
        bool has_null = false;
        for (const uint32_t place : rule.referencing_columns) {
          values.push_back(batch->column(place).GetDatum(row));
          has_null |= values.back().is_null();
        }
        if (has_null || !referrers->values.ToKey(values, &key_) || !referenced_.IsThere(key_)) continue;
        ThrowRemoved(rule, values);
      }
    }
  }
}

void ForeignKeyCheck::ThrowRemoved(const plan::ForeignKeyRule& rule,
                                   const std::vector<Datum>& values) {
  Throw(fmt::format("removing partition \"{}\" violates foreign key constraint \"{}\"",
                    rule_->referenced->name, rule_->name),
        fmt::format("Key {} is still referenced from table \"{}\".",
                    DescribeValues(context_, *rule.referencing, rule.referencing_columns, values),
                    rule_->referencing->name));
}

void ForeignKeyCheck::CheckAllRows() {
  TableRows rows(TableRows::ReaderOf(context_), *rule_->referencing, {nullptr, txn::kSeesAll},
                 rule_->referencing_columns);
  std::vector<Datum> values;
  while (const types::Batch* batch = rows.Next()) {
    for (uint32_t row = 0; row < batch->row_count(); ++row) {
      values.clear();
      for (const uint32_t place : rule_->referencing_columns) {
        values.push_back(batch->column(place).GetDatum(row));
      }
      CheckValues(values, /*locks=*/false);
    }
  }
}

}  // namespace grizzly::executor
