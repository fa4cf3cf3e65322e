#include "executor/constraint/foreign_key_action.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "executor/constraint/transaction_checks.h"
#include "executor/table_access.h"

namespace grizzly::executor {
namespace {

using types::Datum;
using types::SqlType;

std::vector<SqlType> RowTypes(const catalog::Relation& table) {
  std::vector<SqlType> types;
  for (const catalog::Column& column : table.columns) types.push_back(column.type);
  return types;
}

std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

ForeignKeyAction::ForeignKeyAction(const plan::ForeignKeyRule& whole,
                                   const plan::ForeignKeyRule& rule, RowRouter* router,
                                   ExecContext& context, char action, bool is_delete)
    : rule_(rule),
      context_(context),
      rows_(context.transaction, *context.transactions, *rule.referencing),
      action_(action),
      deletes_(is_delete && action == 'c'),
      rules_(context.transaction_checks->source().RowRulesOf(rule.referencing)),
      writer_(*rules_, context),
      old_(RowTypes(*rule.referencing), 1),
      statement_(StatementText(whole, context, action, is_delete)) {
  for (const catalog::Column& column : rule.referencing->columns) {
    all_columns_.push_back(column.dropped ? storage::RowLayoutSet::kSkip
                                          : static_cast<uint32_t>(column.attnum - 1));
  }
  for (const SqlType& type : RowTypes(*rule.referencing)) new_.AddColumn(types::Vector(type, 1));
  if (deletes_) return;
  PrepareValues(whole, is_delete);
  if (router != nullptr) {
    root_columns_ = catalog::MapColumnsByName(*whole.referencing, *rule.referencing);
    transfer_ = std::make_unique<RowTransfer>(*router, writer_, *rule.referencing, root_columns_);
  } else if (!ChangesKey()) {
    lock_mode_ = txn::RowLockMode::kNoKeyUpdate;
  }
}

ForeignKeyAction::~ForeignKeyAction() = default;

void ForeignKeyAction::PrepareValues(const plan::ForeignKeyRule& whole, bool is_delete) {
  RuleSource& source = context_.transaction_checks->source();
  const catalog::Relation& table = *rule_.referencing;
  const bool some = is_delete && action_ != 'c' && !rule_.delete_set_columns.empty();
  set_columns_ = some ? rule_.delete_set_columns : rule_.referencing_columns;
  const auto& set_of_whole = some ? whole.delete_set_columns : whole.referencing_columns;
  for (size_t i = 0; i < set_columns_.size(); ++i) {
    const auto of_constraint = static_cast<uint32_t>(i);
    if (action_ == 'c') {
      set_from_.push_back(of_constraint);
      const SqlType& from = rule_.referenced->columns[rule_.referenced_columns[i]].type;
      input_.AddColumn(types::Vector(from, 1));
      expressions_.push_back(source.Assignment(table, set_columns_[i], from));
    } else {
      expressions_.push_back(
          action_ == 'd' ? source.Default(*whole.referencing, set_of_whole[i]) : nullptr);
    }
    evaluators_.push_back(expressions_.back() == nullptr
                              ? nullptr
                              : std::make_unique<expr::Evaluator>(*expressions_.back(),
                                                                  context_.evaluation));
  }
}

// A changed column is part of a key that others may refer to.
bool ForeignKeyAction::ChangesKey() const {
  for (const Oid oid : rule_.referencing->indexes) {
    const catalog::RelationPtr index = context_.virtual_input.catalog->FindRelation(oid);
    if (index == nullptr || !index->index->unique) continue;
    for (const catalog::IndexDefinition::Part& part : index->index->parts) {
      const auto place = std::find(set_columns_.begin(), set_columns_.end(), part.column - 1u);
      if (part.column == 0 || place != set_columns_.end()) return true;
    }
  }
  return false;
}

void ForeignKeyAction::CheckInView(std::string_view row_key, const FoundRow& row) {
  if (context_.transaction.options().isolation < txn::IsolationLevel::kRepeatableRead) return;
  if (row.commit_timestamp().value == 0) return;  // an own version
  FoundRow seen;
  rows_.Get({context_.view.snapshot, txn::kSeesAll}, row_key, &seen);
  if (seen.found() && seen.commit_timestamp() == row.commit_timestamp()) return;
  throw SqlError(SqlState::kTRSerializationFailure,
                 "could not serialize access due to concurrent update");
}

void ForeignKeyAction::Apply(std::string_view row_key, const FoundRow& row,
                             const std::vector<Datum>& new_values) {
  try {
    CheckInView(row_key, row);
    old_.Reset();
    row.DecodeInto(*rule_.referencing, all_columns_, old_, 0);
    for (const catalog::Column& column : rule_.referencing->columns) {
      if (column.dropped) old_.column(column.attnum - 1).SetAllNull(1);
    }
    old_.set_row_count(1);
    const std::string suffix(SuffixOfRowKey(row_key));
    if (deletes_) {
      writer_.Delete(suffix, old_, 0);
    } else {
      Replace(suffix, new_values);
    }
  } catch (SqlError& error) {
    error.AddContext("SQL statement \"" + statement_ + "\"");
    throw;
  }
}

void ForeignKeyAction::Replace(std::string_view suffix, const std::vector<Datum>& new_values) {
  new_.Reset();
  for (size_t i = 0; i < new_.column_count(); ++i) new_.column(i).Reference(old_.column(i));
  if (action_ == 'c') {
    input_.Reset();
    for (size_t i = 0; i < input_.column_count(); ++i) input_.column(i).SetDatum(0, new_values[i]);
    input_.set_row_count(1);
  }
  for (size_t i = 0; i < set_columns_.size(); ++i) {
    Datum value = Datum::Null();
    if (evaluators_[i] != nullptr && action_ == 'c') {
      types::Batch one;
      one.AddColumn(types::Vector(input_.column(i).type(), 1));
      one.column(0).Reference(input_.column(i));
      one.set_row_count(1);
      value = evaluators_[i]->Evaluate(one).GetDatum(0);
    } else if (evaluators_[i] != nullptr) {
      value = evaluators_[i]->EvaluateScalar();
    }
    types::Vector& column = new_.column(set_columns_[i]);
    column = types::Vector(column.type(), 1);
    if (value.is_null()) {
      column.SetAllNull(1);
    } else {
      column.SetDatum(0, value);
    }
  }
  new_.set_row_count(1);
  if (transfer_ != nullptr && !transfer_->StaysWith(new_, 0)) {
    transfer_->Move(suffix, old_, 0, new_, 0);
  } else {
    Write(suffix);
  }
}

void ForeignKeyAction::Write(std::string_view suffix) {
  writer_.Complete(new_);
  if (const auto conflict = writer_.FindConflict(new_, 0, suffix, nullptr)) {
    writer_.ThrowConflict(*conflict, new_, 0);
  }
  writer_.Update(suffix, old_, 0, new_, 0);
}

// The statement PostgreSQL runs for it, which error contexts show.
std::string ForeignKeyAction::StatementText(const plan::ForeignKeyRule& rule,
                                            const ExecContext& context, char action,
                                            bool is_delete) {
  const catalog::Relation& table = *rule.referencing;
  const catalog::Schema* schema = context.virtual_input.catalog->FindSchema(table.schema);
  const std::string name =
      (schema == nullptr ? "" : Quoted(schema->name) + ".") + Quoted(table.name);
  const char* const only = table.IsPartitioned() ? "" : "ONLY ";
  const bool deletes = is_delete && action == 'c';
  int parameter = 1;
  std::string text = deletes ? fmt::format("DELETE FROM {}{}", only, name)
                             : fmt::format("UPDATE {}{} SET ", only, name);
  if (!deletes) {
    const bool some = is_delete && action != 'c' && !rule.delete_set_columns.empty();
    const auto& set = some ? rule.delete_set_columns : rule.referencing_columns;
    for (size_t i = 0; i < set.size(); ++i) {
      if (i > 0) text += ", ";
      text += Quoted(table.columns[set[i]].name) + " = ";
      text += action == 'c' ? "$" + std::to_string(parameter++)
                            : std::string(action == 'n' ? "NULL" : "DEFAULT");
    }
  }
  for (size_t i = 0; i < rule.referencing_columns.size(); ++i) {
    text += i == 0 ? " WHERE " : " AND ";
    text += "$" + std::to_string(parameter++) + " OPERATOR(pg_catalog.=) " +
            Quoted(table.columns[rule.referencing_columns[i]].name);
  }
  return text;
}

}  // namespace grizzly::executor
