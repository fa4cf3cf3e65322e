// CREATE TABLE, CREATE TABLE AS, and the parts of it that ALTER TABLE shares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

std::string CreateTable(const PgQuery__CreateStmt& statement, CommandInput& input);

// An empty table of these columns, with row types and storage; names and locks are settled.
struct NewTable {
  CreationTarget target;
  std::vector<catalog::Column> columns;
  std::vector<std::pair<std::string, std::string>> options;
  char on_commit = '\0';
  std::string_view access_method = {};  // empty: default_table_access_method
  catalog::RelationKind kind = catalog::RelationKind::kTable;
  std::optional<catalog::ViewDefinition> view;  // of a materialized view
  bool populated = true;
  Oid of_type = kInvalidOid;
};
catalog::RelationPtr MakeTable(CommandInput& input, NewTable made);
// ON COMMIT as Relation::on_commit has it. Throws 42P16 unless the table is temporary.
char ReadOnCommit(PgQuery__OnCommitAction action, const CreationTarget& target);
// The row type of a table or view, and the array type over it.
Oid MakeRowTypes(CommandInput& input, Oid schema, const std::string& name, Oid relation);
// Throws 42710 when a type other than a relation's has the name.
void RefuseTakenTypeName(CommandInput& input, const CreationTarget& target);
// Sequences of serial and identity columns: made beside the table `of`, before it. Sets
// column.owned_sequence and, for serial, its default.
catalog::Relation MakeColumnSequence(CommandInput& input, const CreationTarget& of,
                                     ColumnElement* element);
// Binds defaults and generation expressions of `elements` (their columns are in `table` already) and
// records what they mention.
void SetColumnExpressions(CommandInput& input, std::vector<ColumnElement>& elements,
                          catalog::Relation* table);
// After the table is in the catalog: what its defaults depend on.
void AddDefaultDependencies(CommandInput& input, const catalog::Relation& table,
                            const std::vector<AttributeNumber>& columns);
// Binds, names and adds a CHECK. Returns it.
catalog::Constraint MakeCheck(CommandInput& input, const catalog::Relation& table,
                              const CheckElement& check, bool is_new_table);
// ... its partition key, its check.
void AddPartitionKeyDependencies(CommandInput& input, const catalog::Relation& table);
void AddCheckDependencies(CommandInput& input, const catalog::Relation& table,
                          const catalog::Constraint& check);

// Throws 42P16: no table or view stores records, or what only functions take.
void RefusePseudoTypes(const std::vector<catalog::Column>& columns);

}  // namespace grizzly::commands
