// ALTER TABLE ... ALTER COLUMN, but for its type: default, NOT NULL, generation, identity, statistics,
// storage, compression, options. Each leaves the catalog as its result.
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

void SetNotNull(CommandInput& input, const catalog::RelationPtr& table,
                const PgQuery__AlterTableCmd& command);
void DropNotNull(CommandInput& input, const catalog::RelationPtr& table,
                 const PgQuery__AlterTableCmd& command);
void SetColumnDefault(CommandInput& input, const catalog::RelationPtr& table,
                      const PgQuery__AlterTableCmd& command);
void DropExpression(CommandInput& input, const catalog::RelationPtr& table,
                    const PgQuery__AlterTableCmd& command);
void AddIdentity(CommandInput& input, const catalog::RelationPtr& table,
                 const PgQuery__AlterTableCmd& command);
void SetIdentity(CommandInput& input, const catalog::RelationPtr& table,
                 const PgQuery__AlterTableCmd& command);
void DropIdentity(CommandInput& input, const catalog::RelationPtr& table,
                  const PgQuery__AlterTableCmd& command);
void SetStatistics(CommandInput& input, const catalog::RelationPtr& table,
                   const PgQuery__AlterTableCmd& command);
void SetStorage(CommandInput& input, const catalog::RelationPtr& table,
                const PgQuery__AlterTableCmd& command);
void SetCompression(CommandInput& input, const catalog::RelationPtr& table,
                    const PgQuery__AlterTableCmd& command);
void SetColumnOptions(CommandInput& input, const catalog::RelationPtr& table,
                      const PgQuery__AlterTableCmd& command);
void ResetColumnOptions(CommandInput& input, const catalog::RelationPtr& table,
                        const PgQuery__AlterTableCmd& command);

// A column that may be altered. Throws 42703; 0A000 cannot alter system column "xmin".
const catalog::Column& RequireAlterableColumn(const catalog::Relation& relation,
                                              std::string_view name);

}  // namespace grizzly::commands
