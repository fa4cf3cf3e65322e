// What binding a query decided, by the nodes of its tree: what printing the query as PostgreSQL does needs
// to know.
//
// OWNS     clones of expressions; refers to the tree, which must outlive it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "planner/binder/binder.h"

namespace grizzly::planner {

struct SelectRecord {
  struct Output {
    ExprPtr expression;
    std::string name;
    bool junk = false;                    // only sorted by
  };
  struct Sort {
    size_t output = 0;
    Oid operator_oid = kInvalidOid;
    bool descending = false;
    bool nulls_first = false;
  };
  std::vector<Output> outputs;            // as before aggregation
  std::vector<Sort> order;
  std::vector<size_t> distinct_on;        // outputs
  std::map<ColumnId, std::string> names;  // "t.a", quoted, of the FROM items' columns
  std::map<ColumnId, ExprPtr> calls;      // aggregates, window functions, GROUPING
  std::vector<ExprPtr> windows;           // WindowExprs of WINDOW
  // Columns of each FROM item that answers to a name, by that name.
  std::map<std::string, std::vector<std::string>> item_columns;
};

// (a, b) = (SELECT x, y) or (a, b) < ANY (SELECT x, y).
struct RowSubquery {
  std::vector<ExprPtr> left;  // with the casts the comparison asks for
  std::string operator_name;
  const PgQuery__SubLink* link = nullptr;
};

struct QueryRecord {
  std::map<const PgQuery__SelectStmt*, SelectRecord> selects;
  // Conditions, LIMIT, GROUP BY elements, VALUES entries, functions in FROM.
  std::map<const parser::ast::Node*, ExprPtr> expressions;
  std::map<int, const PgQuery__SubLink*> subqueries;  // by SubqueryExpr::location
  std::map<int, RowSubquery> row_subqueries;  // by the location of what they became
  std::map<const PgQuery__JoinExpr*, std::vector<std::string>> merged_columns;
  std::map<int, const PgQuery__FuncCall*> calls;  // by the location of what they became
  std::set<int> cases;  // locations of CASE x WHEN y
  std::map<const void*, SqlType> types;  // of columns of XMLTABLE and of column definition lists
  std::vector<Oid> used_constraints;  // primary keys that GROUP BY goes by
  StatementColumns columns;
};

// Binds and tells what was decided. Throws what Bind throws.
QueryRecord BindAndRecord(const parser::ast::Node& statement, const BinderInput& input);

}  // namespace grizzly::planner
