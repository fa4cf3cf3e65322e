#include "executor/constraint/foreign_key_check.h"

#include <algorithm>

#include "catalog/error_fields.h"
#include "executor/constraint/kept_values.h"
#include "executor/constraint/table_rows.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Datum;

ForeignKeyCheck::ForeignKeyCheck(plan::ForeignKeyRulePtr rule, ExecContext& context)
    : rule_(std::move(rule)),
      context_(context),
      values_(*rule_, context),
      referenced_(*rule_, context),
      referencing_(*rule_, context, values_) {}

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
  fields_.clear();
  const bool can_be = values_.FieldsOfReferencing(values, &fields_);
  if (can_be && (locks ? referenced_.Lock(fields_, /*in_snapshot=*/true)
                       : referenced_.IsThere(fields_))) {
    return;
  }
  // The row that refers to it may be gone or changed again by the same statement.
  if (locks && can_be && !SomeRowRefersTo(fields_)) return;
  ThrowMissing(values);
}

bool ForeignKeyCheck::SomeRowRefersTo(std::string_view fields) {
  TableRows rows(context_, *rule_->referencing, {nullptr, txn::kSeesAll},
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
  referencing_.access().GetLatest(RowKeyHead(*rule_->referencing) + std::string(suffix), &row);
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
    values_.FieldsOfReferenced(wanted.values, &wanted.fields);
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
        return referenced_.Lock(wanted.fields, /*in_snapshot=*/false);
      });
    }
    if (action == 'a' || action == 'r') return Restrict(gone);
    Act(gone, action, is_delete);
  };
  resolve(deleted, rule_->on_delete, true);
  resolve(updated, rule_->on_update, false);
}

void ForeignKeyCheck::Restrict(const Gone& gone) {
  FoundRow read;
  size_t first = gone.wanted.size();  // the value that is said to be referenced
  referencing_.Find(gone.wanted, [&](size_t which, std::string_view row_key) {
    const ReferencingRows::Wanted& wanted = gone.wanted[which];
    if (which >= first || !referencing_.ReadAgain(row_key, wanted.fields, &read)) return true;
    if (!context_.IsUncontended(rule_->referencing->oid)) {
      // Somebody may be about to delete it.
      context_.transaction.LockRow(row_key, txn::RowLockMode::kKeyShare);
      if (!referencing_.ReadAgain(row_key, wanted.fields, &read)) return true;
    }
    first = which;
    return which > 0 && !referencing_.goes_in_order();
  });
  if (first < gone.wanted.size()) ThrowReferenced(gone.wanted[first].values);
}

void ForeignKeyCheck::Act(const Gone& gone, char action, bool is_delete) {
  ForeignKeyAction change(*rule_, context_, action, is_delete);
  FoundRow read;
  referencing_.Find(gone.wanted, [&](size_t which, std::string_view row_key) {
    const ReferencingRows::Wanted& wanted = gone.wanted[which];
    if (!context_.IsUncontended(rule_->referencing->oid)) {
      context_.transaction.LockRow(row_key, change.lock_mode());
    }
    if (!referencing_.ReadAgain(row_key, wanted.fields, &read)) return true;
    change.Apply(row_key, read, gone.new_values[which]);
    return true;
  });
  // A default may be the very value that is gone.
  if (action != 'd') return;
  context_.transaction.NextCommand();
  Gone still = gone;
  std::erase_if(still.wanted, [&](const ReferencingRows::Wanted& wanted) {
    return referenced_.Lock(wanted.fields, /*in_snapshot=*/false);
  });
  Restrict(still);
}

void ForeignKeyCheck::CheckAllRows() {
  TableRows rows(context_, *rule_->referencing, {nullptr, txn::kSeesAll},
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
