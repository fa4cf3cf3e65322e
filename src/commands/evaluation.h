// Evaluating expressions and writing rows inside a command: an ExecContext without a planned query.
#pragma once

#include <memory>
#include <vector>

#include "commands/command.h"
#include "executor/exec_context.h"
#include "planner/binder/binder.h"

namespace grizzly::commands {

class CommandExecution {
 public:
  explicit CommandExecution(CommandInput& input);
  ~CommandExecution();
  executor::ExecContext& context() { return *context_; }
  expr::EvaluationState& evaluation() { return context_->evaluation; }

 private:
  plan::Plan plan_;
  Arena scratch_;
  std::unique_ptr<executor::ExecContext> context_;
};

planner::BinderInput MakeBinderInput(CommandInput& input);

// Ids 1 ... n for BindTableExpression over a table of n columns: id = attnum.
std::vector<expr::ColumnId> AttributeIds(const catalog::Relation& table);
// Expressions bound with AttributeIds, over a batch whose first columns are the table's.
expr::ExprPtr OverRow(expr::ExprPtr bound);
// Attribute numbers an expression bound with AttributeIds mentions; ascending.
std::vector<AttributeNumber> MentionedColumns(const expr::Expr& bound);

// `used` gets the objects it names.
expr::ExprPtr BindStored(CommandInput& input, const catalog::Definition& definition,
                         const catalog::Relation* table, planner::ExpressionPlace place,
                         planner::UsedObjects* used = nullptr);
// A column's DEFAULT, or its domain's, coerced to its type; null without one.
expr::ExprPtr BindDefault(CommandInput& input, const catalog::Column& column);

// A user's; others are not noted.
void UseCollation(Oid collation, planner::UsedObjects* used);
// The dependent needs all of them.
void AddDependencies(CommandInput& input, const planner::UsedObjects& used,
                     const catalog::ObjectAddress& dependent);

}  // namespace grizzly::commands
