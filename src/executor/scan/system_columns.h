// What a table scan gives out beside a row's own columns: its key, ctid, xmin, tableoid.
#pragma once

#include <string>
#include <string_view>

#include "plan/scan_node.h"
#include "types/batch.h"

namespace grizzly::executor {

// Sets the system columns of row `row`: `value` is the stored row (with its timestamp), `head` and `suffix` its
// key. `mark` is working space.
void FillSystemColumns(const plan::TableScanNode& scan, std::string_view head,
                       std::string_view suffix, std::string_view value, uint32_t row,
                       types::Batch& batch, std::string* mark);

}  // namespace grizzly::executor
