// Copies a table's rows into another storage, with other columns or another clustering key, together
// with all its index entries; and checks rows against new constraints.
#pragma once

#include <vector>

#include "commands/command.h"
#include "expr/expr.h"

namespace grizzly::commands {

struct ComputedColumn {
  AttributeNumber attnum = 0;
  expr::ExprPtr value;  // over the old row (InputExpr by attnum - 1)
};

// From `before`, whose rows are stored, into `after`, whose storage is new and empty. Throws 23505
// could not create unique index, 23502 for a NULL in a NOT NULL column, 23514 for a failing check.
// Returns the number of rows.
uint64_t RewriteTable(CommandInput& input, const catalog::Relation& before,
                      const catalog::RelationPtr& after, std::vector<ComputedColumn> computed);

// Fills a new index of `table`.
void FillIndex(CommandInput& input, const catalog::RelationPtr& table,
               const catalog::RelationPtr& index);

// Throws 23502 column "a" of relation "t" contains null values; 23514 check constraint "c" of relation
// "t" is violated by some row.
void CheckStoredRows(CommandInput& input, const catalog::Relation& table,
                     const std::vector<AttributeNumber>& not_null, const std::string& check_name,
                     const expr::Expr* check);

}  // namespace grizzly::commands
