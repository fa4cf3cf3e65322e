// Own writes in key order: each key once, with its newest version that a command may see.
//
// Over one memory set, one run, or several of them merged. What is written or undone meanwhile does not
// disturb a cursor; whether it still shows it is not said.
// THREADS  one at a time.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "txn/transaction.h"
#include "txn/write_set.h"

namespace grizzly::txn {

class WriteCursor {
 public:
  virtual ~WriteCursor() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;  // in the direction it was made with
  virtual std::string_view key() const = 0;    // valid until Next
  virtual std::string_view value() const = 0;  // empty when deleted
  virtual bool is_deleted() const = 0;
};

// Of keys in [from, to).
struct WriteRange {
  std::string from;
  std::string to;
  CommandId command = kSeesAll;
  ScanDirection direction = ScanDirection::kForward;

  bool is_forward() const { return direction == ScanDirection::kForward; }
};

// Keeps `writes` alive.
std::unique_ptr<WriteCursor> NewMemoryCursor(std::shared_ptr<const WriteSet> writes,
                                             const WriteRange& range);
// `sources` from newest to oldest: the first one that has a key decides.
std::unique_ptr<WriteCursor> MergeCursors(std::vector<std::unique_ptr<WriteCursor>> sources,
                                          ScanDirection direction);

}  // namespace grizzly::txn
