#include "txn/young_ranges.h"

#include "base/error/sql_error.h"

namespace grizzly::txn {

void YoungRanges::Add(std::string head, uint64_t sequence) {
  std::lock_guard lock(mutex_);
  ranges_.push_back({std::move(head), sequence});
  if (ranges_.size() > kYoungRangesMax) {
    floor_ = ranges_.front().sequence;
    ranges_.pop_front();
  }
  newest_.store(sequence, std::memory_order_release);
}

void YoungRanges::CheckEach(std::string_view key, uint64_t snapshot_sequence) const {
  std::lock_guard lock(mutex_);
  bool is_young = snapshot_sequence < floor_;
  for (auto range = ranges_.rbegin(); !is_young && range != ranges_.rend(); ++range) {
    if (range->sequence <= snapshot_sequence) break;
    is_young = key.starts_with(range->head);
  }
  if (!is_young) return;
  throw SqlError(SqlState::kTRSerializationFailure,
                 "could not serialize access due to concurrent creation of an index")
      .Hint("The transaction might succeed if retried.");
}

}  // namespace grizzly::txn
