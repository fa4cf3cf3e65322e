// Making an index on a table that is locked: for CREATE INDEX, PRIMARY KEY, UNIQUE and EXCLUDE.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

struct IndexRequest {
  std::string name;  // in the table's schema
  bool unique = false;
  bool primary = false;
  bool is_constraint = false;
  bool nulls_not_distinct = false;
  ConstraintTiming timing;
  std::string access_method = "btree";
  std::vector<Oid> exclusion_operators;  // one per part: an exclusion constraint
  std::vector<catalog::IndexDefinition::Part> parts;
  std::vector<std::string> part_names;  // the index's own column names
  std::vector<AttributeNumber> include;
  catalog::Definition predicate;
  std::vector<std::pair<std::string, std::string>> options;
  bool only = false;                     // of a partitioned table, not of its partitions
  std::vector<AttributeNumber> mentioned;  // columns in expressions and the predicate
};

// A key part over a column, with the default operator class. Throws 42704 for a type without.
catalog::IndexDefinition::Part PartOfColumn(const catalog::Column& column);
// Sets the operator class; `type_name` for the error.
void SetDefaultOpclass(CommandInput& input, catalog::IndexDefinition::Part* part,
                       std::string_view access_method = "btree");

// Puts index, constraint and table into the catalog and fills the index, or moves the rows into the
// order of the primary key. `is_new_table`: there are no rows. Returns the table as it is then.
catalog::RelationPtr DefineIndex(CommandInput& input, const catalog::RelationPtr& table,
                                 IndexRequest request, bool is_new_table);

// Puts an index into the catalog that writers keep up from the commit on, and nobody reads: for CONCURRENTLY. Returns it.
catalog::RelationPtr DefineUnfilledIndex(CommandInput& input, const catalog::RelationPtr& table,
                                         const IndexRequest& request);

// The request of a PRIMARY KEY or UNIQUE constraint; its name is chosen when it has none. Throws
// 42703, 42701.
IndexRequest RequestOfKey(CommandInput& input, const catalog::Relation& table,
                          const KeyElement& key);

// Columns that the request's expressions and predicate mention.
void SetMentioned(CommandInput& input, const catalog::Relation& table, IndexRequest* request);
// Throws 42P16 multiple primary keys for table "t" are not allowed.
void RefuseSecondPrimaryKey(const catalog::Relation& table, bool adds_primary);

}  // namespace grizzly::commands
