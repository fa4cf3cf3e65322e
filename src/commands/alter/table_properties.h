// ALTER TABLE of the relation as a whole: owner, storage parameters, clustering, persistence, replica
// identity.
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

void ChangeOwner(CommandInput& input, const catalog::RelationPtr& relation,
                 const PgQuery__AlterTableCmd& command);
void SetOptions(CommandInput& input, const catalog::RelationPtr& relation,
                const PgQuery__AlterTableCmd& command);
void ResetOptions(CommandInput& input, const catalog::RelationPtr& relation,
                  const PgQuery__AlterTableCmd& command);
void ClusterOn(CommandInput& input, const catalog::RelationPtr& table,
               const PgQuery__AlterTableCmd& command);
void SetWithoutCluster(CommandInput& input, const catalog::RelationPtr& table,
                       const PgQuery__AlterTableCmd& command);
void SetLogged(CommandInput& input, const catalog::RelationPtr& table,
               const PgQuery__AlterTableCmd& command);
void SetUnlogged(CommandInput& input, const catalog::RelationPtr& table,
                 const PgQuery__AlterTableCmd& command);
void SetReplicaIdentity(CommandInput& input, const catalog::RelationPtr& table,
                        const PgQuery__AlterTableCmd& command);

// Marks one index of the table as the one CLUSTER takes, kInvalidOid: none.
void MarkClustered(CommandInput& input, const catalog::Relation& table, Oid index);
// An index of the table by name. Throws 42704, 0A000 cannot cluster on partial index "i".
catalog::RelationPtr RequireClusterIndex(CommandInput& input, const catalog::Relation& table,
                                         std::string_view name);
// Options and what a view's mean for it.
void ApplyOptions(const std::vector<std::pair<std::string, std::string>>& options,
                  catalog::Relation* relation);

}  // namespace grizzly::commands
