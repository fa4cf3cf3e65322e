// What CREATE TABLE and ALTER TABLE ADD say about columns and constraints, read from the parse tree
// and checked, before anything is made of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/relation.h"
#include "commands/command.h"
#include "commands/sequence/sequence_options.h"
#include "expr/expr.h"

namespace grizzly::commands {

struct ColumnElement {
  catalog::Column column;
  const ast::Node* default_expression = nullptr;
  const ast::Node* generated_expression = nullptr;
  std::optional<SequenceChange> sequence;  // serial or identity
  bool is_serial = false;
  bool is_explicitly_null = false;
  bool is_explicitly_not_null = false;
  int location = -1;
};

// When a constraint is checked.
struct ConstraintTiming {
  bool deferrable = false;
  bool initially_deferred = false;
  bool operator==(const ConstraintTiming&) const = default;
};

struct KeyElement {
  std::string name;  // empty: to be chosen
  bool primary = false;
  bool nulls_not_distinct = false;
  ConstraintTiming timing;
  std::string index_name;  // USING INDEX
  std::vector<std::string> columns;
  std::vector<std::string> include;
  std::vector<std::pair<std::string, std::string>> options;
  int location = -1;
};

struct CheckElement {
  std::string name;  // empty: to be chosen
  const ast::Node* expression = nullptr;
  bool no_inherit = false;
  bool not_valid = false;
  int location = -1;
  catalog::Definition definition;  // of LIKE, without an expression
  std::string comment;
};

struct ForeignKeyElement {
  std::string name;  // empty: to be chosen
  const PgQuery__RangeVar* referenced = nullptr;
  std::vector<std::string> columns;
  std::vector<std::string> referenced_columns;  // empty: its primary key
  std::vector<std::string> delete_set_columns;
  char match_type = 's';  // as pg_constraint has them
  char on_update = 'a';
  char on_delete = 'a';
  ConstraintTiming timing;
  bool not_valid = false;
};

struct ExclusionElement {
  std::string name;  // empty: to be chosen
  std::string access_method;
  struct Part {
    const PgQuery__IndexElem* element = nullptr;
    std::vector<std::string> operator_name;
  };
  std::vector<Part> parts;
  std::vector<std::string> include;
  const ast::Node* predicate = nullptr;
  std::vector<std::pair<std::string, std::string>> options;
  ConstraintTiming timing;
};

// An index of a LIKE's source.
struct LikeIndex {
  Oid index = kInvalidOid;
  bool with_comments = false;
};

struct TableElements {
  std::string table_name;
  std::vector<ColumnElement> columns;
  std::vector<KeyElement> keys;
  std::vector<CheckElement> checks;
  std::vector<ForeignKeyElement> foreign_keys;
  std::vector<ExclusionElement> exclusions;
  std::vector<LikeIndex> like_indexes;
  Oid of_type = kInvalidOid;  // CREATE TABLE OF
};

// ctid, xmin, tableoid ...
bool IsSystemColumnName(std::string_view name);
// Sets type, collation, storage and dimensions. serial is no type here.
void ReadColumnType(CommandInput& input, const PgQuery__ColumnDef& definition,
                    catalog::Column* column);
// How values of a type are stored unless the column says otherwise: pg_type.typstorage.
char StorageOfType(CommandInput& input, Oid type);
// COMPRESSION of a column as Column::compression. Throws 22023, 0A000.
char ReadCompression(CommandInput& input, const catalog::Column& column, std::string_view method);
// What the column's constraints ask for, of the last column of the elements.
void ReadColumnConstraints(CommandInput& input, const PgQuery__ColumnDef& definition,
                           TableElements* elements);
// Appends the column and what its constraints ask for.
void ReadColumn(CommandInput& input, const PgQuery__ColumnDef& definition, TableElements* elements);
// A column whose type is known: of PARTITION OF.
void ReadColumnOptions(CommandInput& input, const PgQuery__ColumnDef& definition,
                       const types::SqlType& type, TableElements* elements);
// 0A000: neither typed tables nor partitions have generated or identity columns of their own.
void RefuseGenerated(const PgQuery__ColumnDef& definition, std::string_view of_what);
// Type, dimensions and collation of an attribute of a composite type: a column without a name.
catalog::Column ReadAttributeType(CommandInput& input, const PgQuery__ColumnDef& definition);
// COLLATE of something of this type. Throws 42704, 42804.
Oid ReadCollation(CommandInput& input, const PgQuery__CollateClause& clause,
                  const types::SqlType& type);
// Throws 42704 collation "x" for encoding "UTF8" does not exist.
Oid RequireCollation(CommandInput& input, std::span<ast::Node* const> names, int location);
// A constraint of a whole table.
void ReadTableConstraint(const PgQuery__Constraint& constraint, TableElements* elements);

// SQL text of an expression with the search path it was written under.
catalog::Definition MakeDefinition(const CommandInput& input, const ast::Node& expression);
// The same for a DEFAULT that is bound already: as PostgreSQL prints it, so that its type is kept.
catalog::Definition MakeDefaultDefinition(CommandInput& input, const catalog::Column& column,
                                          const ast::Node& expression, const expr::Expr& bound);
// Binds DEFAULT, coerced, for its errors and what it mentions.
expr::ExprPtr BindNewDefault(CommandInput& input, const catalog::Column& column,
                             const ast::Node& expression);
// The same for GENERATED ALWAYS AS; `table` has all columns.
expr::ExprPtr BindNewGenerated(CommandInput& input, const catalog::Relation& table,
                               const catalog::Column& column, const ast::Node& expression);

}  // namespace grizzly::commands
