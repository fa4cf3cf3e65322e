#include "executor/modify/partition_check.h"

#include "catalog/error_fields.h"
#include "executor/modify/row_description.h"

namespace grizzly::executor {

PartitionCheck::PartitionCheck(const catalog::Relation& table, const expr::Expr* condition,
                               ExecContext& context)
    : table_(table), context_(context) {
  if (condition == nullptr) return;
  condition_ = std::make_unique<expr::Evaluator>(*condition, context.evaluation);
}

const std::vector<uint32_t>& PartitionCheck::FindFailing(const types::Batch& rows) {
  failing_.clear();
  if (condition_ == nullptr) return failing_;
  const types::Vector& result = condition_->Evaluate(rows);
  for (uint32_t row = 0; row < rows.row_count(); ++row) {
    const types::Datum value = result.GetDatum(row);
    if (!value.is_null() && !value.AsBool()) failing_.push_back(row);
  }
  return failing_;
}

void PartitionCheck::Require(const types::Batch& rows) {
  if (FindFailing(rows).empty()) return;
  throw catalog::OfTable(
      SqlError(SqlState::kCheckViolation,
               fmt::format("new row for relation \"{}\" violates partition constraint",
                           table_.name))
          .Detail("Failing row contains " + DescribeRow(table_, rows, failing_.front(), context_) +
                  "."),
      *context_.virtual_input.catalog, table_);
}

}  // namespace grizzly::executor
