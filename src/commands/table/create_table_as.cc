#include "commands/table/create_table_as.h"

#include "commands/evaluation.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/table/bulk_insert.h"
#include "commands/table/create_table.h"
#include "commands/table/row_rules.h"
#include "commands/view/materialized_view.h"
#include "executor/modify/row_writer.h"
#include "facts/types.h"
#include "types/collation.h"
#include "types/type_directory.h"

namespace grizzly::commands {

void RefusePseudoTypes(const std::vector<catalog::Column>& columns) {
  for (const catalog::Column& column : columns) {
    const facts::TypeFact* fact = facts::FindType(column.type.oid);
    if (fact == nullptr || fact->typtype != 'p') continue;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("column \"{}\" has pseudo-type {}", column.name,
                               types::AnyTypeName(column.type.oid)));
  }
}

std::vector<catalog::Column> ColumnsOfResult(CommandInput& input, const plan::Plan& plan,
                                             const std::vector<std::string>& names) {
  if (names.size() > plan.columns.size()) {
    throw SqlError(SqlState::kSyntaxError, "too many column names were specified");
  }
  std::vector<catalog::Column> columns;
  for (size_t i = 0; i < plan.columns.size(); ++i) {
    catalog::Column column;
    column.name = i < names.size() ? names[i] : plan.columns[i].name;
    column.type = plan.columns[i].type;
    if (column.type.oid == facts::kUnknownOid) column.type = types::BuiltinType(facts::kTextOid);
    column.storage = StorageOfType(input, column.type.oid);
    if (column.type.collation == types::kConflictingCollation) {
      throw SqlError(SqlState::kIndeterminateCollation,
                     fmt::format("no collation was derived for column \"{}\" with collatable type {}",
                                 column.name, types::AnyTypeName(column.type.oid)))
          .Hint("Use the COLLATE clause to set the collation explicitly.");
    }
    for (const catalog::Column& other : columns) {
      if (other.name != column.name) continue;
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", column.name));
    }
    columns.push_back(std::move(column));
  }
  RefusePseudoTypes(columns);
  return columns;
}

uint64_t FillTable(CommandInput& input, const catalog::RelationPtr& table,
                   const PreparedQuery& query) {
  CommandExecution execution(input);
  const plan::RowRules rules = MakeRowRules(input, table);
  std::unique_ptr<BulkInsert> bulk;
  if (BulkInsert::Suits(input, *table)) {
    bulk = std::make_unique<BulkInsert>(input, rules, execution.context());
  }
  executor::RowWriter writer(rules, execution.context());
  uint64_t rows = 0;
  input.queries->Run(
      query.plan,
      [&](const types::Batch& batch) {
        uint32_t at = 0;
        rows += batch.row_count();
        if (bulk != nullptr) return bulk->Add(batch, &at);
        writer.InsertAll(batch, &at);
      },
      nullptr, query.parameters);
  bulk != nullptr ? bulk->Finish() : writer.Finish();
  return rows;
}

namespace {

PreparedQuery PlanSource(const ast::Node& source, CommandInput& input) {
  if (source.node_case != PG_QUERY__NODE__NODE_EXECUTE_STMT) {
    return {input.queries->Plan(source), {}, nullptr};
  }
  PreparedQuery query = input.queries->Prepared(*source.execute_stmt);
  if (query.plan == nullptr || query.plan->statement_class != plan::StatementClass::kSelect) {
    throw SqlError(SqlState::kWrongObjectType, "prepared statement is not a SELECT");
  }
  return query;
}

}  // namespace

std::string CreateTableAs(const PgQuery__CreateTableAsStmt& statement, CommandInput& input) {
  if (statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
    return CreateMaterializedView(statement, input);
  }
  const PgQuery__IntoClause& into = *statement.into;
  const CreationTarget target = LockNewName(input, *into.rel);
  if (input.editor.Current()->FindRelation(target.schema, target.name) != nullptr) {
    const std::string message = fmt::format("relation \"{}\" already exists", target.name);
    if (!statement.if_not_exists) throw SqlError(SqlState::kDuplicateTable, message);
    SendNotice(input, message + ", skipping", "", Severity::kNotice, SqlState::kDuplicateTable);
    return "CREATE TABLE AS";
  }
  const auto options = ReadStorageParameters(
      ParameterOwner::kTable, ListOf(into.options, into.n_options));
  const PreparedQuery query = PlanSource(*statement.query, input);
  const catalog::RelationPtr table = MakeTable(
      input, {target,
              ColumnsOfResult(input, *query.plan, StringsOf(ListOf(into.col_names, into.n_col_names))),
              options, ReadOnCommit(into.on_commit, target), TextOf(into.access_method)});
  if (into.skip_data) return "CREATE TABLE AS";
  return fmt::format("SELECT {}", FillTable(input, table, query));
}

}  // namespace grizzly::commands
