// What hash joins tell the scans below their left side: only rows with these keys can meet anything.
//
// A join that has built its table publishes the keys before it opens its left child. From there a key is
// followed down to the columns of tables it comes from: through filters, projections, sorts, unions, other joins
// (and over their equalities to the other side), and through the grouping columns of aggregates, whose other
// groups nobody will see. So one selective condition thins out every scan its key reaches.
//
// THREADS  published by the statement's thread while no worker runs; read by all.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "executor/join/key_filter.h"
#include "plan/plan.h"

namespace grizzly::executor {

class JoinTable;
struct ExecContext;

class ScanKeys {
 public:
  struct Entry {
    uint32_t output;  // of the scan
    std::shared_ptr<const KeyFilter> keys;
    const plan::HashJoinNode* join;
  };

  // Replaces what the join published before.
  void Publish(const plan::HashJoinNode& join, const JoinTable& table);
  void Withdraw(const plan::HashJoinNode& join);
  std::span<const Entry> Of(const plan::Node& scan) const;

 private:
  std::map<const plan::Node*, std::vector<Entry>> by_scan_;
};

// For a join about to open its left child. Null: its table does not hold all rows, nothing is known.
void PublishKeys(ExecContext& context, const plan::HashJoinNode& join, const JoinTable* table);

// The columns of table scans that output `position` of `node` must equal in each row that matters.
struct ScanColumn {
  const plan::TableScanNode* scan;
  uint32_t output;
};
std::vector<ScanColumn> TraceToScans(const plan::Node& node, uint32_t position);

}  // namespace grizzly::executor
