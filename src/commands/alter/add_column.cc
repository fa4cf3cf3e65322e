#include "commands/alter/add_column.h"

#include <algorithm>

#include "catalog/error_fields.h"
#include "commands/alter/column_type.h"
#include "commands/constraint/exclusion.h"
#include "commands/constraint/foreign_key.h"
#include "commands/constraint/key_using_index.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/relation_lookup.h"
#include "commands/table/create_table.h"
#include "commands/table/inherit_columns.h"
#include "commands/table/table_rewrite.h"
#include "commands/type/composites.h"
#include "facts/types.h"
#include "storage/row/row_layout.h"
#include "executor/columnar/row_access.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

// What the rows there are read as in the new column, when that is one value.
void SetMissingValue(CommandInput& input, const expr::Expr& value, catalog::Column* column) {
  CommandExecution execution(input);
  expr::Evaluator evaluator(value, execution.evaluation());
  const types::Datum datum = evaluator.EvaluateScalar();
  column->has_missing = true;
  column->missing_is_null = datum.is_null();
  if (datum.is_null()) return;
  const types::TypeIo* io = input.editor.Current()->FindTypeIo(column->type.oid);
  io->Output(datum, types::IoSettings(), column->missing_value);
}

// The value of the column in old rows: a generation expression over them, or the default.
expr::ExprPtr ValueForOldRows(CommandInput& input, const Relation& table,
                              const catalog::Column& column) {
  if (column.generated == '\0') {
    if (column.identity == '\0') {
      if (expr::ExprPtr value = BindDefault(input, column)) return value;
      return planner::CoerceForAssignment(  // a domain may refuse it
          std::make_unique<expr::ConstExpr>(types::BuiltinType(facts::kUnknownOid),
                                            types::Datum::Null()),
          column.type, column.name, MakeBinderInput(input));
    }
    const RelationPtr sequence = Reread(input, column.owned_sequence);
    const catalog::Definition next{fmt::format("nextval('{}'::regclass)", sequence->oid),
                                   input.search_path.schemas()};
    return planner::CoerceForAssignment(
        BindStored(input, next, nullptr, planner::ExpressionPlace::kDefault), column.type,
        column.name, MakeBinderInput(input));
  }
  return OverRow(planner::CoerceForAssignment(
      BindStored(input, column.default_value, &table, planner::ExpressionPlace::kGenerated),
      column.type, column.name, MakeBinderInput(input)));
}

bool HasRows(CommandInput& input, const Relation& table) {
  if (!table.HasRows()) return false;
  return executor::ScanRows(input.transaction, input.transactions, {nullptr, txn::kSeesAll}, table)
      ->Valid();
}

// The sequence of a serial or identity column, owned by it.
void OwnSequence(CommandInput& input, Relation sequence, const Relation& table,
                 AttributeNumber attnum) {
  sequence.sequence->owner_table = table.oid;
  sequence.sequence->owner_column = attnum;
  input.editor.PutRelation(std::move(sequence));
}

}  // namespace

namespace {

// The columns of a primary key are NOT NULL in children, too.
void SetNotNullBelow(CommandInput& input, const Relation& table, const std::vector<std::string>& columns,
                     Reach reach) {
  for (const Oid descendant : LockDescendants(input, table, reach)) {
    Relation changed = *Reread(input, descendant);
    std::vector<AttributeNumber> newly;
    for (const std::string& name : columns) {
      catalog::Column& column = changed.columns[changed.FindColumn(name)->attnum - 1];
      if (!column.not_null) newly.push_back(column.attnum);
      column.not_null = true;
    }
    if (newly.empty()) continue;
    CheckStoredRows(input, changed, newly, "", nullptr);
    input.editor.PutRelation(std::move(changed));
  }
}

}  // namespace

void AddConstraints(CommandInput& input, const RelationPtr& table, const TableElements& elements,
                    Reach reach) {
  RelationPtr current = table;
  for (const CheckElement& check : elements.checks) {
    Relation merged = *current;
    if (MergeOwnCheck(input, check, &merged)) {
      current = input.editor.PutRelation(std::move(merged));
      continue;
    }
    catalog::Constraint constraint = MakeCheck(input, *current, check, /*is_new_table=*/false);
    const expr::ExprPtr condition = OverRow(
        BindStored(input, constraint.check, current.get(), planner::ExpressionPlace::kCheck));
    if (constraint.validated) {
      CheckStoredRows(input, *current, {}, constraint.name, condition.get());
    }
    Relation changed = *current;
    changed.constraints.push_back(constraint);
    current = input.editor.PutRelation(std::move(changed));
    AddCheckDependencies(input, *current, constraint);
    AddCheckToChildren(input, *current, constraint, reach);
  }
  for (const KeyElement& key : elements.keys) {
    RefuseSecondPrimaryKey(*current, key.primary);
    if (!key.index_name.empty()) {
      current = AddKeyUsingIndex(input, current, key);
      continue;
    }
    IndexRequest request = RequestOfKey(input, *current, key);
    request.only = reach == Reach::kOnly;
    for (const std::string& column : key.columns) {
      if (request.only && key.primary) RequireNotNullInPartitions(input, *current, column);
    }
    current = DefineIndex(input, current, std::move(request), /*is_new_table=*/false);
    if (key.primary) SetNotNullBelow(input, *current, key.columns, reach);
  }
  for (const ExclusionElement& exclusion : elements.exclusions) {
    current = AddExclusion(input, current, exclusion, /*is_new_table=*/false);
  }
  for (const ForeignKeyElement& foreign_key : elements.foreign_keys) {
    current = AddForeignKey(input, current, foreign_key, reach, /*is_new_table=*/false);
  }
}

void AddColumn(CommandInput& input, const RelationPtr& table,
               const PgQuery__ColumnDef& definition, bool if_not_exists, Reach reach) {
  const std::string_view name = TextOf(definition.colname);
  if (table->FindColumn(name) != nullptr) {
    const std::string message =
        fmt::format("column \"{}\" of relation \"{}\" already exists", name, table->name);
    if (!if_not_exists) throw SqlError(SqlState::kDuplicateColumn, message);
    return SendNotice(input, message + ", skipping", "", Severity::kNotice,
                      SqlState::kDuplicateColumn);
  }
  if (table->IsPartition()) {
    throw SqlError(SqlState::kWrongObjectType, "cannot add column to a partition");
  }
  TableElements elements;
  elements.table_name = table->name;
  ReadColumn(input, definition, &elements);
  RefuseSelfMember(input, *table, elements.columns.front().column.type.oid);
  const RelationPtr after = AppendColumn(input, table, std::move(elements.columns.front()));
  AddColumnToChildren(input, *after, after->columns.back().attnum, reach);
  AddConstraints(input, Reread(input, table->oid), elements, reach);
}

RelationPtr AppendColumn(CommandInput& input, const RelationPtr& table, ColumnElement given) {
  std::vector<ColumnElement> elements;
  elements.push_back(std::move(given));
  ColumnElement& element = elements.front();
  element.column.attnum = static_cast<AttributeNumber>(table->columns.size() + 1);
  if (table->columns.size() >= storage::kColumnsMax) {
    throw SqlError(SqlState::kTooManyColumns,
                   fmt::format("tables can have at most {} columns", storage::kColumnsMax));
  }
  std::optional<Relation> sequence;
  if (element.sequence.has_value()) {
    sequence = MakeColumnSequence(
        input, {table->schema, table->name, table->persistence}, &element);
  }
  Relation changed = *table;
  changed.columns.push_back(element.column);
  SetColumnExpressions(input, elements, &changed);
  catalog::Column& column = changed.columns.back();
  const bool has_rows = HasRows(input, *table);
  const auto type = input.editor.Current()->FindType(column.type.oid);
  const bool is_domain = type != nullptr && type->typtype == 'd';
  const expr::ExprPtr value =
      column.default_value.empty() && column.identity == '\0' && !is_domain
          ? nullptr
          : ValueForOldRows(input, changed, column);
  const bool rewrites =
      has_rows && value != nullptr &&
      (column.generated != '\0' || column.identity != '\0' || expr::IsVolatile(*value));
  if (has_rows && !rewrites && value != nullptr) SetMissingValue(input, *value, &column);
  const bool reads_null = !column.has_missing || column.missing_is_null;
  if (has_rows && !rewrites && column.not_null && reads_null) {
    throw catalog::OfColumn(
        SqlError(SqlState::kNotNullViolation,
                 fmt::format("column \"{}\" of relation \"{}\" contains null values", column.name,
                             table->name)),
        *input.editor.Current(), *table, column.name);
  }
  if (rewrites) {
    RefuseUsedRowType(input, *table);
    changed.storage = NewStorage(input);
  }
  const AttributeNumber attnum = column.attnum;
  RelationPtr after = input.editor.PutRelation(std::move(changed));
  if (sequence.has_value()) OwnSequence(input, std::move(*sequence), *after, attnum);
  if (rewrites) {
    std::vector<ComputedColumn> computed;
    computed.push_back({attnum, value->Clone()});
    RewriteTable(input, *table, after, std::move(computed));
    DropStorageAtCommit(input, *table);
  }
  AddDefaultDependencies(input, *after, {attnum});
  return Reread(input, table->oid);
}

}  // namespace grizzly::commands
