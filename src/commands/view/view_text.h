// The text a view is kept as: its query with every * written out and every table name qualified, so
// that later tables and columns change nothing in it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

// A tree that may be changed; lives as long as its arena.
ast::Node* CloneTree(const ast::Node& node, Arena& arena);
// Every message of the tree, parents first.
void WalkTree(ast::Node& node, const std::function<void(ProtobufCMessage&)>& visit);
// Every table name of the tree, subqueries included (CTE names among them).
void ForEachRangeVar(ast::Node& node, const std::function<void(PgQuery__RangeVar&)>& visit);

// `direct`: the relations it names.
catalog::ViewDefinition StoredQuery(CommandInput& input, const ast::Node& query,
                                    std::vector<Oid>* direct);
// The same text after a column of a relation it uses got another name; called before that happens.
std::string RenameColumnInQuery(CommandInput& input, const catalog::ViewDefinition& view,
                                const catalog::Relation& relation, AttributeNumber attnum,
                                const std::string& new_name);
// The same text after a relation got another name or schema.
std::string RenameRelationInQuery(const std::string& query, const std::string& old_schema,
                                  const std::string& old_name, const std::string& new_schema,
                                  const std::string& new_name);

}  // namespace grizzly::commands
