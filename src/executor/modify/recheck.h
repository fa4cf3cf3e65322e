// "The row changed while we waited": does its new version still belong to the statement?
//
// Runs the plan below the changing node once more with the target's scan pinned to the new version,
// all other tables as of the statement's snapshot (PostgreSQL's EvalPlanQual).
#pragma once

#include <memory>
#include <string_view>

#include "executor/operator.h"

namespace grizzly::executor {

class Recheck {
 public:
  explicit Recheck(const plan::Node& source) : source_(source) {}

  // The source's row for this version; null: it no longer qualifies. Valid until the next call.
  Batch* Run(ExecContext& context, uint32_t scan_id, std::string_view key, std::string_view value);
  // The next batch of the last Run; null: no more.
  Batch* Next(ExecContext& context);

 private:
  const plan::Node& source_;
  PinnedRow row_;  // of the last Run; its operators look at it
  OperatorPtr root_;
};

}  // namespace grizzly::executor
