// Binds FROM items; for the bind_from files.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// Whether the right side mentions what the left one makes: then their join is lateral.
bool DependsOn(const LogicalNode& right, const LogicalNode& left);

class FromBinder {
 public:
  FromBinder(BindState& state, QueryLevel& level) : state_(state), level_(level) {}

  struct Item {
    LogicalPtr plan;
    Namespace names;           // what it lets the rest of the query see
    RangeItem* row = nullptr;  // its columns as one row
  };
  Item Bind(const ast::Node& node);
  // Throws 42712 when two items answer to one name.
  void CheckConflicts(const Namespace& a, const Namespace& b);

 private:
  Item MakeItem(LogicalPtr plan, RangeItem* item);
  Item BindTable(const PgQuery__RangeVar& name);
  Item BindSequence(const catalog::RelationPtr& sequence, const PgQuery__RangeVar& name);
  Item BindView(const catalog::RelationPtr& view, std::string_view alias,
                const PgQuery__RangeVar& name);
  Item BindCte(Cte& cte, const PgQuery__RangeVar& name);
  Item BindSample(const PgQuery__RangeTableSample& node);      // bind_table_sample.cc
  Item BindXmlTable(const PgQuery__RangeTableFunc& node);       // bind_xml_table.cc
  Item BindSubselect(const PgQuery__RangeSubselect& node);

  // ---- bind_from_function.cc ----
  Item BindFunctions(const PgQuery__RangeFunction& node);
  void AddUnnests(const PgQuery__RangeFunction& node, const PgQuery__FuncCall& call,
                  LogicalFunctionScan& scan, RangeItem& item);
  void RecordDefinitions(ast::Node* const* definitions, const std::vector<SqlType>& types);
  void AddFunction(const PgQuery__RangeFunction& node, const PgQuery__List& pair,
                   LogicalFunctionScan& scan, RangeItem& item);

  // ---- bind_join.cc ----
  Item BindJoin(const PgQuery__JoinExpr& node);
  void BindUsing(const PgQuery__JoinExpr& node, Item& left, Item& right, LogicalJoin& join,
                 RangeItem& row);
  void MergeColumn(const PgQuery__JoinExpr& node, std::string_view name, Item& left, Item& right,
                   LogicalJoin& join, RangeItem& row);

  BindState& state_;
  QueryLevel& level_;
};

}  // namespace grizzly::planner
