// The two kinds of RangeScan: over the store alone, and with a write set on top. Internal to txn.
#pragma once

#include "txn/transaction.h"
#include "txn/write_set.h"

namespace grizzly::txn {

// Takes the plain one when no own write lies in the range. `writes` must outlive the scan.
std::unique_ptr<RangeScan> NewRangeScan(storage::Store& store, const WriteSet& writes,
                                        const ReadView& view, std::string_view from,
                                        std::string_view to, ScanDirection direction,
                                        bool fill_cache);

}  // namespace grizzly::txn
