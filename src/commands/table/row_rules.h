// What a new row of a table must satisfy and keep up, from the catalog: for COPY and rewrites, which
// have no planned INSERT.
#pragma once

#include "commands/command.h"
#include "plan/modify_node.h"

namespace grizzly::commands {

plan::RowRules MakeRowRules(CommandInput& input, const catalog::RelationPtr& table);
// Where rows of a partitioned table go.
plan::RowRouting MakeRowRouting(CommandInput& input, const catalog::RelationPtr& root);
// One index's part of it.
plan::RowRules::Index MakeIndexRules(CommandInput& input, const catalog::Relation& table,
                                     const catalog::RelationPtr& index);

}  // namespace grizzly::commands
