#include "commands/maintenance/cluster.h"

#include "commands/alter/table_properties.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;

void CheckOptions(const PgQuery__ClusterStmt& statement) {
  for (const Option& option : OptionsOf(ListOf(statement.params, statement.n_params))) {
    if (option.name == "verbose") {
      OptionBool(option);
      continue;
    }
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("unrecognized CLUSTER option \"{}\"", option.name))
        .At(option.location);
  }
}

void RequireClusteredBefore(CommandInput& input, const catalog::Relation& table) {
  for (const Oid oid : table.indexes) {
    if (Reread(input, oid)->index->clustered_on) return;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("there is no previously clustered index for table \"{}\"", table.name));
}

}  // namespace

std::string Cluster(const PgQuery__ClusterStmt& statement, CommandInput& input) {
  CheckOptions(statement);
  if (statement.relation == nullptr) {  // every table with a mark: they are as they should be
    RefuseInTransactionBlock(input, "CLUSTER");
    return "CLUSTER";
  }
  const RelationPtr table = LockRelation(input, *statement.relation,
                                         txn::RelationLockMode::kAccessExclusive);
  if (!table->HasRows()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a table or materialized view", table->name));
  }
  RequireOwner(input, *table);
  const std::string_view name = TextOf(statement.indexname);
  if (name.empty()) {
    RequireClusteredBefore(input, *table);
  } else {
    MarkClustered(input, *table, RequireClusterIndex(input, *table, name)->oid);
  }
  return "CLUSTER";
}

}  // namespace grizzly::commands
