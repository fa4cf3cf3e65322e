// ALTER TABLE of the relation as a whole: owner, storage parameters, persistence.
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

void ChangeOwner(CommandInput& input, const catalog::RelationPtr& relation,
                 const PgQuery__AlterTableCmd& command);
void SetOptions(CommandInput& input, const catalog::RelationPtr& relation,
                const PgQuery__AlterTableCmd& command);
void ResetOptions(CommandInput& input, const catalog::RelationPtr& relation,
                  const PgQuery__AlterTableCmd& command);
void SetLogged(CommandInput& input, const catalog::RelationPtr& table,
               const PgQuery__AlterTableCmd& command);
void SetUnlogged(CommandInput& input, const catalog::RelationPtr& table,
                 const PgQuery__AlterTableCmd& command);

// Options and what a view's mean for it.
void ApplyOptions(const std::vector<std::pair<std::string, std::string>>& options,
                  catalog::Relation* relation);

}  // namespace grizzly::commands
