#include "commands/command.h"

#include "commands/alter/alter_table.h"
#include "commands/alter/comment.h"
#include "commands/alter/rename.h"
#include "commands/copy/copy_from.h"
#include "commands/copy/copy_to.h"
#include "commands/drop/drop.h"
#include "commands/explain/explain.h"
#include "commands/index/create_index.h"
#include "commands/maintenance/cluster.h"
#include "commands/maintenance/lock_table.h"
#include "commands/maintenance/reindex.h"
#include "commands/maintenance/vacuum.h"
#include "commands/object/collations.h"
#include "commands/object/conversions.h"
#include "commands/object/extended_statistics.h"
#include "commands/object/operator_families.h"
#include "commands/object/text_search.h"
#include "commands/object/text_search_methods.h"
#include "commands/role/databases.h"
#include "commands/role/roles.h"
#include "commands/schema/schemas.h"
#include "commands/sequence/sequences.h"
#include "commands/table/create_table.h"
#include "commands/table/create_table_as.h"
#include "commands/table/truncate.h"
#include "commands/type/composites.h"
#include "commands/type/domains.h"
#include "commands/type/enums.h"
#include "commands/type/ranges.h"
#include "commands/view/create_view.h"
#include "commands/view/materialized_view.h"

namespace grizzly::commands {
namespace {

using Run = std::string (*)(const ast::Node& node, CommandInput& input);

struct CommandKind {
  PgQuery__Node__NodeCase node;
  Run run;
};

// CREATE of what is described by a list of options.
std::string Define(const PgQuery__DefineStmt& statement, CommandInput& input) {
  switch (statement.kind) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION: return CreateCollation(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY:
      return CreateTextSearchDictionary(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION:
      return CreateTextSearchConfiguration(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER:
      return CreateTextSearchParser(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE:
      return CreateTextSearchTemplate(statement, input);
    default: ThrowNotSupported("CREATE of this kind of object");
  }
}

constexpr CommandKind kCommands[] = {
    {PG_QUERY__NODE__NODE_CREATE_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateTable(*n.create_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_ENUM_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateEnum(*n.create_enum_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_ENUM_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterEnum(*n.alter_enum_stmt, i); }},
    {PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateComposite(*n.composite_type_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateDomain(*n.create_domain_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterDomain(*n.alter_domain_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_RANGE_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateRange(*n.create_range_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT,
     [](const ast::Node& n, CommandInput& i) {
       return CreateTableAs(*n.create_table_as_stmt, i);
     }},
    {PG_QUERY__NODE__NODE_DEFINE_STMT,
     [](const ast::Node& n, CommandInput& i) { return Define(*n.define_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_CONVERSION_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateConversion(*n.create_conversion_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_OP_FAMILY_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateOperatorFamily(*n.create_op_family_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_OP_FAMILY_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterOperatorFamily(*n.alter_op_family_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_STATS_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateStatistics(*n.create_stats_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_STATS_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterStatistics(*n.alter_stats_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_COLLATION_STMT,
     [](const ast::Node& n, CommandInput& i) {
       return RefreshCollation(*n.alter_collation_stmt, i);
     }},
    {PG_QUERY__NODE__NODE_ALTER_TSDICTIONARY_STMT,
     [](const ast::Node& n, CommandInput& i) {
       return AlterTextSearchDictionary(*n.alter_tsdictionary_stmt, i);
     }},
    {PG_QUERY__NODE__NODE_ALTER_TSCONFIGURATION_STMT,
     [](const ast::Node& n, CommandInput& i) {
       return AlterTextSearchConfiguration(*n.alter_tsconfiguration_stmt, i);
     }},
    {PG_QUERY__NODE__NODE_DROP_STMT,
     [](const ast::Node& n, CommandInput& i) { return Drop(*n.drop_stmt, i); }},
    {PG_QUERY__NODE__NODE_INDEX_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateIndex(*n.index_stmt, i); }},
    {PG_QUERY__NODE__NODE_TRUNCATE_STMT,
     [](const ast::Node& n, CommandInput& i) { return Truncate(*n.truncate_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_TABLE_STMT,
     [](const ast::Node& n, CommandInput& i) {
       const PgQuery__AlterTableStmt& statement = *n.alter_table_stmt;
       return statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE
                  ? AlterComposite(statement, i)
                  : AlterTable(statement, i);
     }},
    {PG_QUERY__NODE__NODE_RENAME_STMT,
     [](const ast::Node& n, CommandInput& i) { return Rename(*n.rename_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT,
     [](const ast::Node& n, CommandInput& i) { return SetSchema(*n.alter_object_schema_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_OWNER_STMT,
     [](const ast::Node& n, CommandInput& i) { return SetOwner(*n.alter_owner_stmt, i); }},
    {PG_QUERY__NODE__NODE_COMMENT_STMT,
     [](const ast::Node& n, CommandInput& i) { return Comment(*n.comment_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateSchema(*n.create_schema_stmt, i); }},
    {PG_QUERY__NODE__NODE_VIEW_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateView(*n.view_stmt, i); }},
    {PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT,
     [](const ast::Node& n, CommandInput& i) {
       return RefreshMaterializedView(*n.refresh_mat_view_stmt, i);
     }},
    {PG_QUERY__NODE__NODE_CREATE_SEQ_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateSequence(*n.create_seq_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_SEQ_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterSequence(*n.alter_seq_stmt, i); }},
    {PG_QUERY__NODE__NODE_COPY_STMT,
     [](const ast::Node& n, CommandInput& i) {
       return n.copy_stmt->is_from ? CopyFrom(*n.copy_stmt, i) : CopyTo(*n.copy_stmt, i);
     }},
    {PG_QUERY__NODE__NODE_EXPLAIN_STMT,
     [](const ast::Node& n, CommandInput& i) { return Explain(*n.explain_stmt, i); }},
    {PG_QUERY__NODE__NODE_VACUUM_STMT,
     [](const ast::Node& n, CommandInput& i) { return Vacuum(*n.vacuum_stmt, i); }},
    {PG_QUERY__NODE__NODE_CHECK_POINT_STMT,
     [](const ast::Node&, CommandInput& i) { return Checkpoint(i); }},
    {PG_QUERY__NODE__NODE_REINDEX_STMT,
     [](const ast::Node& n, CommandInput& i) { return Reindex(*n.reindex_stmt, i); }},
    {PG_QUERY__NODE__NODE_CLUSTER_STMT,
     [](const ast::Node& n, CommandInput& i) { return Cluster(*n.cluster_stmt, i); }},
    {PG_QUERY__NODE__NODE_LOCK_STMT,
     [](const ast::Node& n, CommandInput& i) { return LockTable(*n.lock_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATEDB_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateDatabase(*n.createdb_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterDatabase(*n.alter_database_stmt, i); }},
    {PG_QUERY__NODE__NODE_DROPDB_STMT,
     [](const ast::Node& n, CommandInput& i) { return DropDatabase(*n.dropdb_stmt, i); }},
    {PG_QUERY__NODE__NODE_CREATE_ROLE_STMT,
     [](const ast::Node& n, CommandInput& i) { return CreateRole(*n.create_role_stmt, i); }},
    {PG_QUERY__NODE__NODE_ALTER_ROLE_STMT,
     [](const ast::Node& n, CommandInput& i) { return AlterRole(*n.alter_role_stmt, i); }},
    {PG_QUERY__NODE__NODE_DROP_ROLE_STMT,
     [](const ast::Node& n, CommandInput& i) { return DropRole(*n.drop_role_stmt, i); }},
};

Run FindCommand(const ast::Node& statement) {
  for (const CommandKind& kind : kCommands) {
    if (kind.node == statement.node_case) return kind.run;
  }
  return nullptr;
}

}  // namespace

bool IsCommand(const ast::Node& statement) { return FindCommand(statement) != nullptr; }

std::string RunCommand(const parser::RawStatement& statement, CommandInput& input) {
  if (input.in_transaction_block && RunsOutsideTransactionBlock(*statement.node)) {
    throw SqlError(SqlState::kActiveSqlTransaction,
                   fmt::format("{} cannot run inside a transaction block",
                               parser::CommandTag(*statement.node)));
  }
  const Run run = FindCommand(*statement.node);
  if (run == nullptr) ThrowNotSupported(parser::CommandTag(*statement.node), statement.location);
  return run(*statement.node, input);
}

namespace {

CommandInput CopyOfInput(const CommandInput& input, txn::Transaction& transaction,
                         catalog::CatalogEditor& editor, const catalog::SearchPath& path) {
  CommandInput under{.transaction = transaction,
                     .transactions = input.transactions,
                     .editor = editor,
                     .shared = input.shared,
                     .catalog = input.catalog,
                     .sequences = input.sequences,
                     .search_path = path};
  under.creation_schema = input.creation_schema;
  under.tenant = input.tenant;
  under.current_role = input.current_role;
  under.is_superuser = input.is_superuser;
  under.source_text = input.source_text;
  under.services = input.services;
  under.io = input.io;
  under.memory = input.memory;
  under.cancel = input.cancel;
  under.notice = input.notice;
  under.receive_rows = input.receive_rows;
  under.copy_channel = input.copy_channel;
  under.queries = input.queries;
  under.virtual_tables = input.virtual_tables;
  under.other_sessions = input.other_sessions;
  under.in_transaction_block = input.in_transaction_block;
  under.in_savepoint = input.in_savepoint;
  under.make_temporary_schema = input.make_temporary_schema;
  under.on_commit_tables = input.on_commit_tables;
  under.uncontended_relations = input.uncontended_relations;
  under.checks = input.checks;
  return under;
}

}  // namespace

CommandInput UnderSearchPath(const CommandInput& input, const catalog::SearchPath& path) {
  return CopyOfInput(input, input.transaction, input.editor, path);
}

CommandInput InTransaction(const CommandInput& input, txn::Transaction& transaction,
                           catalog::CatalogEditor& editor) {
  CommandInput inside = CopyOfInput(input, transaction, editor, input.search_path);
  inside.uncontended_relations = nullptr;
  inside.on_commit_tables = nullptr;
  return inside;
}

std::vector<plan::PlanColumn> CommandColumns(const ast::Node& statement) {
  if (statement.node_case != PG_QUERY__NODE__NODE_EXPLAIN_STMT) return {};
  return ExplainColumns(*statement.explain_stmt);
}

bool RunsOutsideTransactionBlock(const ast::Node& statement) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
    case PG_QUERY__NODE__NODE_DROPDB_STMT: return true;
    case PG_QUERY__NODE__NODE_VACUUM_STMT: return statement.vacuum_stmt->is_vacuumcmd;
    default: return false;
  }
}

}  // namespace grizzly::commands
