// The two kinds of RangeScan: over the store alone, and with own writes on top. Internal to txn.
#pragma once

#include "txn/pending_writes.h"
#include "txn/transaction.h"

namespace grizzly::txn {

// Takes the plain one when no own write lies in the range.
std::unique_ptr<RangeScan> NewRangeScan(storage::Store& store, const PendingWrites& writes,
                                        const ReadView& view, std::string_view from,
                                        std::string_view to, ScanDirection direction,
                                        bool fill_cache);

}  // namespace grizzly::txn
