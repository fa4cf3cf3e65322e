// Whether new rows belong into the partition they are meant for.
//
// ERRORS   23514 new row for relation "t" violates partition constraint
#pragma once

#include <memory>
#include <vector>

#include "executor/exec_context.h"
#include "expr/evaluator.h"
#include "plan/modify_node.h"

namespace grizzly::executor {

class PartitionCheck {
 public:
  // `condition` over the table's rows; null: every row belongs.
  PartitionCheck(const catalog::Relation& table, const expr::Expr* condition,
                 ExecContext& context);
  PartitionCheck(const plan::RowRules& rules, ExecContext& context)
      : PartitionCheck(*rules.relation, rules.partition_check.get(), context) {}

  // Rows that do not belong; none when the table is no partition. Valid until the next call.
  const std::vector<uint32_t>& FindFailing(const types::Batch& rows);
  // Throws for the first of them.
  void Require(const types::Batch& rows);

 private:
  const catalog::Relation& table_;
  ExecContext& context_;
  std::unique_ptr<expr::Evaluator> condition_;  // null: every row belongs
  std::vector<uint32_t> failing_;
};

}  // namespace grizzly::executor
