// SEARCH and CYCLE of a recursive CTE: columns that both of its terms compute besides their own.
//
// SEARCH DEPTH FIRST BY a SET s     s: ARRAY[ROW(a)], then s || ROW(a)
// SEARCH BREADTH FIRST BY a SET s   s: ROW(0, a), then ROW(depth + 1, a)
// CYCLE a SET m TO v DEFAULT d USING p
//                                   p: ARRAY[ROW(a)], then p || ROW(a); m: d, then v where ROW(a) is
//                                   in p already; rows with m = v go no further
// SOURCE  PostgreSQL 15 docs, 7.8.2.1 "Search Order", 7.8.2.2 "Cycle Detection"
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

class SearchCycle {
 public:
  SearchCycle(BindState& state, QueryLevel& level, const PgQuery__CommonTableExpr& node);

  bool empty() const { return search_ == nullptr && cycle_ == nullptr; }
  // Throws 42601, 42701, 42883 for clauses that do not fit the query's columns.
  void Check(bool is_recursive, const std::vector<std::string>& column_names);
  // The clauses' columns, behind the query's own.
  void AddColumns(Cte& cte);
  void ExtendFirst(BoundQuery& first);
  // After the query's own outputs have the types of the CTE's columns; `projection` computes them.
  // Throws 0A000 when the recursive reference is not at the top level of the term.
  void ExtendRecursive(BoundQuery& recursive, LogicalProject* projection, const Cte& cte);

 private:
  struct Column {
    std::string name;
    SqlType type;
  };
  bool IsBreadthFirst() const;
  void CheckForm() const;
  void CheckNames(const std::vector<std::string>& column_names);
  void BindMark();
  std::vector<size_t> PositionsOf(ast::Node* const* names, size_t count,
                                  const std::vector<std::string>& column_names,
                                  std::string_view what, int location) const;
  ExprPtr RowOf(const std::vector<size_t>& positions, const BoundQuery& query, ExprPtr first);
  ExprPtr ArrayOf(ExprPtr row);
  ExprPtr Appended(ExprPtr path, ExprPtr row);
  ExprPtr IsIn(ExprPtr row, ExprPtr path);
  void PassOn(const std::vector<ColumnId>& ids, LogicalProject& project);
  void Project(BoundQuery& query, std::vector<ExprPtr> extra);

  BindState& state_;
  QueryLevel& level_;
  const PgQuery__CommonTableExpr& node_;
  const PgQuery__CTESearchClause* search_ = nullptr;
  const PgQuery__CTECycleClause* cycle_ = nullptr;
  std::vector<size_t> search_columns_;
  std::vector<size_t> cycle_columns_;
  ExprPtr mark_value_;
  ExprPtr mark_default_;
  std::vector<Column> columns_;  // in order: sequence, mark, path, then hidden ones
};

}  // namespace grizzly::planner
