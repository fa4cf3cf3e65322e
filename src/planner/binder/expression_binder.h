// Raw expressions become bound ones, in the scope of one query level.
//
// bind_expression.cc dispatches on the kind of node; each family of kinds has a file of its own.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "planner/binder/coerce.h"
#include "planner/binder/scope.h"
#include "planner/binder/type_resolution.h"

namespace grizzly::planner {

class ExpressionBinder {
 public:
  ExpressionBinder(BindState& state, QueryLevel& level) : state_(state), level_(level) {}

  // The type of an untyped literal stays unknown.
  ExprPtr Bind(const ast::Node& node);
  ExprPtr BindAt(const ast::Node& node, Place place);
  // WHERE, HAVING, ON ...: a boolean, split into conjuncts.
  std::vector<ExprPtr> BindCondition(const ast::Node* node, Place place);

  // ---- operators (bind_operator.cc) ----
  ExprPtr MakeOperator(std::span<const std::string_view> name, ExprPtr left, ExprPtr right,
                       int location);
  ExprPtr MakeOperator(std::string_view name, ExprPtr left, ExprPtr right, int location);
  // The comparison applied to pairs (IS DISTINCT, NULLIF, ANY, row comparisons): coerces both sides.
  expr::ComparisonExpr::Comparison MakeComparison(std::span<const std::string_view> name,
                                                  ExprPtr& left, ExprPtr& right, int location,
                                                  SqlType* result = nullptr);

  // ---- for targets (bind_target_list.cc, bind_insert.cc) ----
  ExprPtr BindSubquery(const PgQuery__SubLink& link);
  // WindowExprs without calls: what WINDOW defines, in its order (bind_window.cc).
  std::vector<ExprPtr> BindNamedWindows(const PgQuery__SelectStmt& select);

  BindState& state() { return state_; }
  QueryLevel& level() { return level_; }

 private:
  // ---- bind_expression.cc ----
  ExprPtr Dispatch(const ast::Node& node);
  ExprPtr DispatchRest(const ast::Node& node);
  ExprPtr BindConstant(const PgQuery__AConst& constant);
  ExprPtr BindNumber(const char* text, int location);
  ExprPtr BindBitString(const PgQuery__AConst& constant);
  ExprPtr BindColumnReference(const PgQuery__ColumnRef& reference);
  ExprPtr BindQualified(const PgQuery__ColumnRef& reference,
                        const std::vector<std::string_view>& names);
  ExprPtr BindBool(const PgQuery__BoolExpr& node);
  ExprPtr BindNullTest(const PgQuery__NullTest& node);
  ExprPtr BindBooleanTest(const PgQuery__BooleanTest& node);
  ExprPtr BindCollate(const PgQuery__CollateClause& node);
  ExprPtr BindValueFunction(const PgQuery__SQLValueFunction& node);

  // ---- bind_cast.cc ----
  ExprPtr BindCast(const PgQuery__TypeCast& node);
  ExprPtr BindArray(const PgQuery__AArrayExpr& node, Oid array_type, Oid element_type,
                    int32_t typmod);

  // ---- bind_choice.cc ----
  ExprPtr BindCase(const PgQuery__CaseExpr& node);
  ExprPtr BindCoalesce(const PgQuery__CoalesceExpr& node);
  ExprPtr BindGreatestLeast(const PgQuery__MinMaxExpr& node);

  // ---- bind_row.cc ----
  ExprPtr BindRow(const PgQuery__RowExpr& node);
  ExprPtr BindIndirection(const PgQuery__AIndirection& node);
  ExprPtr SelectField(ExprPtr row, std::string_view field, int location);
  ExprPtr Subscript(ExprPtr container, std::span<ast::Node* const> indexes, int location);
  ExprPtr CompareRows(std::span<const std::string_view> name, std::vector<ExprPtr> left,
                      std::vector<ExprPtr> right, int location);
  ExprPtr DistinctRows(std::vector<ExprPtr> left, std::vector<ExprPtr> right, bool negated,
                       int location);

  // ---- bind_operator.cc ----
  ExprPtr BindOperatorNode(const PgQuery__AExpr& node);
  ExprPtr BindPlainOperator(const PgQuery__AExpr& node);
  ExprPtr BindAnyAll(const PgQuery__AExpr& node, bool all);
  ExprPtr MakeAnyAll(std::span<const std::string_view> name, ExprPtr left, ExprPtr right, bool all,
                     int location);
  ExprPtr BindDistinct(const PgQuery__AExpr& node, bool negated);
  ExprPtr BindNullIf(const PgQuery__AExpr& node);
  ExprPtr BindIn(const PgQuery__AExpr& node);
  ExprPtr BindInAsArray(const PgQuery__AExpr& node, const ExprPtr& left,
                        std::vector<ExprPtr> values, Oid common);
  ExprPtr BindBetween(const PgQuery__AExpr& node);

  // ---- bind_subquery.cc ----
  ExprPtr BindAnySubquery(const PgQuery__SubLink& link);

  // ---- bind_function_call.cc ----
  ExprPtr BindFunctionCall(const PgQuery__FuncCall& call);
  struct Call;  // a function call being bound
  void BindArguments(const PgQuery__FuncCall& node, Call& call);
  void Resolve(Call& call);
  [[noreturn]] void ThrowNoFunction(const Call& call, Choice choice);
  void CoerceArguments(Call& call);
  void AddDefaults(Call& call);
  ExprPtr FinishScalar(Call& call);
  ExprPtr FinishSet(Call& call);
  void RefuseAggregateSyntax(const Call& call);

  // ---- bind_aggregate.cc ----
  ExprPtr FinishAggregate(Call& call);
  ExprPtr FinishHypotheticalSet(Call& call);  // hypothetical_set.cc
  // For the level to see that they are grouped.
  void KeepDirectArguments(const std::vector<ExprPtr>& direct, const std::vector<expr::SortKey>& sorted);
  void FinishOrderedSet(Call& call, expr::AggregateExpr& aggregate);
  ExprPtr AddAggregate(std::unique_ptr<expr::AggregateExpr> aggregate);
  QueryLevel& LevelOfAggregate(const expr::Expr& aggregate);
  void CheckAggregateAllowed(QueryLevel& level, int location);
  ExprPtr BindGroupingCall(const PgQuery__GroupingFunc& node);

  // ---- bind_window.cc ----
  ExprPtr FinishWindow(Call& call);

  BindState& state_;
  QueryLevel& level_;
};

// Sort keys of ORDER BY inside a call, a window or a query, over a bound expression.
expr::SortKey MakeSortKey(BindState& state, ExprPtr expression, const PgQuery__SortBy& sort);
// ASC, DESC, USING, NULLS of a key whose expression is elsewhere.
void FillSortKey(BindState& state, const SqlType& type, const PgQuery__SortBy& sort, int location,
                 expr::SortKey& key);

// Throws 54001 when the stack is nearly used up.
void CheckStackDepth();

}  // namespace grizzly::planner
