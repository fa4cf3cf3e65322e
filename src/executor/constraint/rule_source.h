// What checks at the end of a statement need and a plan does not hold: rules of tables that foreign
// keys reach. Implemented where there is a binder (commands/, session/).
//
// THREADS  the statement's.
#pragma once

#include <memory>

#include "catalog/catalog.h"
#include "expr/expr.h"
#include "plan/modify_node.h"

namespace grizzly::executor {

class RuleSource {
 public:
  virtual ~RuleSource() = default;
  virtual std::shared_ptr<const plan::RowRules> RowRulesOf(const catalog::RelationPtr& table) = 0;
  // Where rows of a partitioned table go.
  virtual std::shared_ptr<const plan::RowRouting> RoutingOf(const catalog::RelationPtr& root) = 0;
  // A value of type `from` (InputExpr 0) as an assignment to the column in place `column` makes it.
  virtual expr::ExprPtr Assignment(const catalog::Relation& table, uint32_t column,
                                   const types::SqlType& from) = 0;
  // The column's DEFAULT; null: NULL.
  virtual expr::ExprPtr Default(const catalog::Relation& table, uint32_t column) = 0;
  // As it is now: a table that is locked late may have got or lost indexes since the plan was made.
  virtual catalog::SnapshotPtr LatestCatalog() = 0;
  // Whether neither table's definition is newer than the rule. Of partitioned tables nobody knows.
  virtual bool IsCurrent(const plan::ForeignKeyRule& rule) = 0;
  // The rules under the definitions of now; null: dropped meanwhile.
  virtual plan::ForeignKeyRulePtr Current(const plan::ForeignKeyRule& rule) = 0;
  virtual plan::IndexRulePtr Current(const plan::IndexRule& rule) = 0;
};

}  // namespace grizzly::executor
