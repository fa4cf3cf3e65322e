// The text a view is kept as: its query with every * written out and every table name qualified, so
// that later tables and columns change nothing in it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalog/object_text.h"
#include "commands/ast_read.h"
#include "commands/command.h"
#include "planner/binder/binder.h"

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
// A view's query after things it names got other names.
struct QueryRewriting {
  planner::BinderInput binder;                   // with the catalog as it was
  const catalog::ViewDefinition* view = nullptr;
  std::vector<catalog::ObjectAddress> columns;   // those that were renamed
  catalog::SnapshotPtr after;
  std::function<void(expr::ExprPtr&)> rewrite;   // of each expression
};
// Its text. Throws what binding throws.
std::string RewriteQuery(const QueryRewriting& rewriting);

}  // namespace grizzly::commands
