// Values as error messages show them.
#pragma once

#include <string>

#include "executor/exec_context.h"
#include "types/batch.h"

namespace grizzly::executor {

// "1", "null"; cut after 64 bytes.
std::string DescribeValue(const types::SqlType& type, const types::Datum& value,
                          const ExecContext& context);
// "(1, x, null)": the columns of a row of `table`, whose batch has them first.
std::string DescribeRow(const catalog::Relation& table, const types::Batch& rows, uint32_t row,
                        const ExecContext& context);
// The same when column i of the table is column columns[i] of the batch; -1: not shown.
std::string DescribeRow(const catalog::Relation& table, const std::vector<int32_t>& columns,
                        const types::Batch& rows, uint32_t row, const ExecContext& context);

}  // namespace grizzly::executor
