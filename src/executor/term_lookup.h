// The rows that entries of an index of terms lead to.
//
// THREADS  one at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/memory/arena.h"
#include "storage/term/index_terms.h"
#include "txn/transaction.h"

namespace grizzly::executor {

class TermLookup {
 public:
  using Scan =
      std::function<std::unique_ptr<txn::RangeScan>(std::string_view from, std::string_view to)>;

  // `head`: of the index's keys. What is found is charged to `memory`.
  TermLookup(std::string head, Scan scan, MemoryTracker* memory, const CancelToken* cancel);

  struct Condition {
    uint32_t part = 0;
    storage::TermNeed need;
  };
  // The suffixes of rows that may satisfy all conditions, sorted, unique; valid until the next call. Nullopt: any
  // row may.
  std::optional<std::vector<std::string_view>> Find(const std::vector<Condition>& conditions);

 private:
  using Suffixes = std::vector<std::string_view>;
  std::optional<Suffixes> FindNeed(uint32_t part, const storage::TermNeed& need);
  Suffixes ScanRange(uint32_t part, const storage::TermNeed& need);

  const std::string head_;
  const Scan scan_;
  const CancelToken* const cancel_;
  std::unique_ptr<Arena> arena_;
};

}  // namespace grizzly::executor
