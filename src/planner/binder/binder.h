// Names, types, overloads: a raw statement and a catalog snapshot become a logical plan.
//
// Handles the plannable statements: SELECT, VALUES, TABLE, INSERT, UPDATE, DELETE, MERGE (and the
// query inside EXPLAIN, CREATE TABLE AS, DECLARE CURSOR, COPY (query)). Type resolution follows
// PostgreSQL 15 docs, chapter 10, to the letter. Errors are PostgreSQL's, with position.
//
// THREADS  any; a binder works on one statement.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/error/sql_error.h"
#include "catalog/catalog.h"
#include "catalog/object_text.h"
#include "catalog/search_path.h"
#include "expr/expr.h"
#include "parser/parse.h"
#include "planner/logical/logical_plan.h"

namespace grizzly::planner {

// A constant of the statement's text taken as a parameter, so that the plan serves the same text
// with other constants. Literals the binder did not take here are part of the plan: the cache
// compares their text.
struct LiftedLiteral {
  uint32_t literal = 0;        // index into the literals of parser::LiftLiterals
  int parameter = 0;           // ParamExpr index: behind the statement's own $n
  SqlType type;                // what it was resolved to; its text goes through the type's input
  bool negated = false;
};

// A relation the plan depends on, with the lock its execution takes.
struct PlannedRelation {
  catalog::RelationPtr relation;
  txn::RelationLockMode mode = txn::RelationLockMode::kAccessShare;
};

enum class StatementClass : uint8_t { kSelect, kInsert, kUpdate, kDelete, kMerge };

struct BoundStatement {
  StatementClass statement_class = StatementClass::kSelect;
  LogicalPtr root;
  StatementColumns columns;
  struct ResultColumn {
    std::string name;
    ColumnId column;
  };
  std::vector<ResultColumn> results;        // empty without RETURNING
  struct RowKey {
    Oid relation = kInvalidOid;
    ColumnId column = expr::kNoColumn;
  };
  std::vector<RowKey> row_keys;             // BinderInput::wants_row_keys
  std::vector<SqlType> parameter_types;     // of $1 ..., inferred where they were 0
  std::vector<LiftedLiteral> lifted;
  std::vector<PlannedRelation> relations;
  bool has_row_locks = false;               // FOR UPDATE/SHARE
  bool modifies_in_cte = false;
  bool uses_temporary_relation = false;
};

// What an expression or a query names besides its FROM items and their columns: types, collations, fields of row
// types, and what constants of the reg* types stand for. Built-in objects are not among them.
using UsedObjects = std::set<catalog::ObjectAddress>;

struct BinderInput {
  catalog::SnapshotPtr catalog;
  catalog::SharedCatalog* shared = nullptr;
  const catalog::SearchPath* search_path = nullptr;
  // The statement is this view's query; null: it is none's.
  const catalog::ViewDefinition* view = nullptr;
  Oid current_role = kInvalidOid;
  std::string_view current_database;        // a.b.c may name no other
  std::string_view source_text;             // for positions and text-dependent names
  const std::vector<parser::Literal>* literals = nullptr;  // null: constants stay constants
  std::vector<Oid> parameter_types;         // as declared by the client; 0: infer
  bool variable_parameters = true;          // $n beyond the declared ones may appear
  std::function<void(const Diagnostic&)> notice;
  // The session's: constants that depend on them are tried when they are bound. Null: not tried.
  const types::IoSettings* io = nullptr;
  bool transform_null_equals = false;
  bool wants_row_keys = false;              // a cursor: WHERE CURRENT OF asks which row it is on
  bool allow_unimplemented = false;         // tests: functions we do not have yet bind, too
  // Gets what the statement names, not what definitions behind it do. Null: nobody asks.
  UsedObjects* used_objects = nullptr;
};

BoundStatement Bind(const parser::ast::Node& statement, const BinderInput& input);

// An expression over one table's columns (defaults, checks, index parts, generated columns, USING of
// ALTER TYPE): each column is ColumnExpr(columns[attnum - 1]). `purpose` names the place in errors.
enum class ExpressionPlace : uint8_t {
  kDefault, kCheck, kGenerated, kIndexPart, kIndexPredicate, kAlterUsing, kPartitionBound,
  kPartitionKey, kDomainCheck, kPolicy, kCopyWhere, kExecuteParameter,
};
ExprPtr BindTableExpression(const parser::ast::Node& expression, const catalog::Relation* relation,
                            std::span<const ColumnId> columns, ExpressionPlace place,
                            const BinderInput& input);
// The same from stored text, whose names then are the statement's.
ExprPtr BindDefinition(const catalog::Definition& definition, const catalog::Relation* relation,
                       std::span<const ColumnId> columns, ExpressionPlace place,
                       const BinderInput& input);
// Coerces to a column's type as an assignment does; throws 42804 with PostgreSQL's wording.
ExprPtr CoerceForAssignment(ExprPtr expression, const SqlType& target, std::string_view column_name,
                            const BinderInput& input);
// A column's stored DEFAULT, or its domain's, coerced to its type.
ExprPtr BindColumnDefault(const catalog::Column& column, const BinderInput& input);
// A domain's CHECK, where VALUE is InputExpr 0 of the type `base`.
ExprPtr BindDomainCondition(const parser::ast::Node& condition, Oid base, const BinderInput& input);
ExprPtr BindDomainCondition(const catalog::Definition& condition, Oid base,
                            const BinderInput& input);
// InputExpr 0, a value of the domain's base type, checked against all constraints of the domain.
ExprPtr BindDomainCast(Oid domain, const BinderInput& input);
// Resolves a TypeName of the grammar ("numeric(10,2)", "int4[]", "public.mood").
SqlType ResolveTypeName(const PgQuery__TypeName& type_name, const BinderInput& input);

}  // namespace grizzly::planner
