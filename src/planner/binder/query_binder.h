// Queries: SELECT, VALUES, set operations, WITH; each becomes a plan and its output columns.
#pragma once

#include <optional>

#include "planner/binder/expression_binder.h"

namespace grizzly::planner {

struct OutputColumn {
  std::string name;
  ColumnId id = expr::kNoColumn;
};

struct BoundQuery {
  LogicalPtr plan;
  std::vector<OutputColumn> outputs;
  // Where the output expressions are, as long as untyped literals among them may still get a type.
  LogicalProject* projection = nullptr;
  LogicalValues* values = nullptr;
  std::vector<BoundStatement::RowKey> row_keys;  // as asked for
};

// One entry of a select list (or RETURNING), or what ORDER BY adds to it.
struct Target {
  ExprPtr expression;
  std::string name;
  bool junk = false;  // not part of the result
};

class QueryBinder {
 public:
  // `outer` is the level whose names a subquery may mention; null at the top.
  QueryBinder(BindState& state, QueryLevel* outer) : state_(state), outer_(outer) {}

  // The query is a cursor's: where WHERE CURRENT OF can use it, it also yields its rows' keys.
  void AskForRowKeys() { wants_row_keys_ = true; }

  // With `keep_unknown` untyped literals of the select list stay untyped (INSERT, UNION branches).
  BoundQuery Bind(const PgQuery__SelectStmt& select, bool keep_unknown = false);
  // SELECT, or a data-modifying statement with RETURNING inside WITH.
  BoundQuery BindAny(const ast::Node& node, bool keep_unknown = false);

 private:
  BoundQuery BindBody(const PgQuery__SelectStmt& select, QueryLevel& level, bool keep_unknown);
  BoundQuery BindSetOperation(const PgQuery__SelectStmt& select, QueryLevel& level);
  BoundQuery BindSetTree(const PgQuery__SelectStmt& select, QueryLevel& level);
  BoundQuery BindSetBranch(const PgQuery__SelectStmt& select, QueryLevel& level);
  BoundQuery BindValues(const PgQuery__SelectStmt& select, QueryLevel& level);
  BoundQuery FinishSetOperation(const PgQuery__SelectStmt& select, QueryLevel& level,
                                BoundQuery query);

  BindState& state_;
  QueryLevel* const outer_;
  bool wants_row_keys_ = false;
};

// Casts output i of a query to a type: in place where it is an untyped literal, else by a projection
// on top.
void CoerceOutputs(BindState& state, BoundQuery& query, const std::vector<SqlType>& types,
                   std::string_view construct, QueryLevel* owner);

// Makes untyped literals of the outputs text.
void ResolveUnknownOutputs(BindState& state, BoundQuery& query);

// ---- bind_from.cc ----
// The FROM list: its plan, its names added to the level. Null when there is no FROM.
LogicalPtr BindFrom(BindState& state, QueryLevel& level, ast::Node* const* nodes, size_t count);
// A scan of a table with all its columns, as a FROM item of the level.
struct BoundScan {
  LogicalPtr plan;
  RangeItem* item = nullptr;
};
BoundScan ScanTable(BindState& state, QueryLevel& level, const catalog::RelationPtr& relation,
                    std::string_view alias, bool only);
// Adds cross-joined, maybe lateral.
LogicalPtr JoinLogical(LogicalPtr left, LogicalPtr right);
// Names an item's columns after an alias list; throws 42P10 for too many.
void RenameColumns(RangeItem& item, const PgQuery__Alias* alias, std::string_view what);

// ---- bind_target_list.cc ----
std::vector<Target> BindTargetList(ExpressionBinder& binder, ast::Node* const* nodes, size_t count,
                                   Place place);
// The name an expression gives its column: PostgreSQL's FigureColname.
std::string ColumnNameOf(const ast::Node& node);
// A projection of the targets; ids of the outputs in order. Plain columns keep their ids when asked.
LogicalPtr ProjectTargets(BindState& state, QueryLevel* owner, LogicalPtr child,
                          std::vector<Target>& targets, std::vector<ColumnId>* ids);

// ---- bind_order_by.cc ----
struct SortTarget {
  size_t target = 0;
  expr::SortKey key;  // expression null: it is targets[target]
};
std::vector<SortTarget> BindOrderBy(ExpressionBinder& binder, ast::Node* const* nodes, size_t count,
                                    std::vector<Target>& targets, Place place);
// A target by its name or number, else the expression itself: its index in targets (added as junk).
size_t FindSortTarget(ExpressionBinder& binder, const ast::Node& node, std::vector<Target>& targets,
                      Place place);
LogicalPtr AddLimit(BindState& state, QueryLevel& level, const PgQuery__SelectStmt& select,
                    LogicalPtr child);

// ---- bind_group_by.cc ----
// Builds the aggregate node when the query needs one, replacing grouped expressions in the targets,
// HAVING and window calls by the node's columns; throws 42803 for what is left ungrouped.
LogicalPtr AddAggregation(ExpressionBinder& binder, const PgQuery__SelectStmt& select,
                          LogicalPtr child, std::vector<Target>& targets,
                          std::vector<ExprPtr>& having);

// ---- bind_cte.cc ----
// Binds the WITH list into the level; `plans` gets one plan per CTE.
void BindWith(BindState& state, QueryLevel& level, const PgQuery__WithClause& with,
              std::vector<LogicalPtr>* plans);
// Wraps a body in the level's CTEs.
LogicalPtr WrapInWith(QueryLevel& level, const PgQuery__WithClause& with,
                      std::vector<LogicalPtr> plans, LogicalPtr body);

// ---- bind_modify.cc and its neighbours ----
BoundQuery BindInsert(BindState& state, QueryLevel* outer, const PgQuery__InsertStmt& insert);
BoundQuery BindUpdate(BindState& state, QueryLevel* outer, const PgQuery__UpdateStmt& update);
BoundQuery BindDelete(BindState& state, QueryLevel* outer, const PgQuery__DeleteStmt& remove);
BoundQuery BindMerge(BindState& state, QueryLevel* outer, const PgQuery__MergeStmt& merge);

// ---- finish_plan.cc ----
// Fills in what passes through nodes, drops unmentioned columns from scans, types late parameters.
void FinishPlan(BindState& state, LogicalNode& root);

}  // namespace grizzly::planner
