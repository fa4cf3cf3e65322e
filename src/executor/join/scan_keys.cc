#include "executor/join/scan_keys.h"

#include <algorithm>

#include "executor/join/join_table.h"

namespace grizzly::executor {

using expr::ExprKind;
using plan::JoinType;
using plan::Node;
using plan::NodeKind;

namespace {

// Joins trees of this depth are followed; each key may fork at each join.
constexpr int kTraceDepthMax = 64;
constexpr size_t kTracedMax = 32;
// Scans of fewer rows are not worth a filter.
constexpr double kScannedRowsMin = 1000;

bool IsInput(const expr::Expr& expression, uint32_t position) {
  return expression.kind == ExprKind::kInput &&
         static_cast<const expr::InputExpr&>(expression).index == position;
}

bool AnyVolatile(const std::vector<expr::ExprPtr>& list) {
  return std::any_of(list.begin(), list.end(),
                     [](const expr::ExprPtr& expression) { return expr::IsVolatile(*expression); });
}

class Tracer {
 public:
  void Trace(const Node& node, uint32_t position, int depth) {
    if (depth > kTraceDepthMax || found.size() >= kTracedMax) return;
    switch (node.kind) {
      case NodeKind::kTableScan: return AddScan(node, position);
      case NodeKind::kFilter:
        // What is kept is for other keys, too.
        if (static_cast<const plan::FilterNode&>(node).keeps_rows()) return;
        if (AnyVolatile(static_cast<const plan::FilterNode&>(node).conjuncts)) return;
        return Trace(*node.children[0], position, depth + 1);
      case NodeKind::kProject:
        return TraceProject(static_cast<const plan::ProjectNode&>(node), position, depth);
      case NodeKind::kSort: {
        const auto& sort = static_cast<const plan::SortNode&>(node);
        if (sort.limit == nullptr) Trace(*node.children[0], position, depth + 1);
        return;
      }
      case NodeKind::kAggregate: {
        const auto& aggregate = static_cast<const plan::AggregateNode&>(node);
        if (!aggregate.grouping_sets.empty() || position >= aggregate.groups.size()) return;
        return TraceInput(*aggregate.groups[position], *node.children[0], depth);
      }
      case NodeKind::kDistinct:
        if (!static_cast<const plan::DistinctNode&>(node).on.empty()) return;
        return Trace(*node.children[0], position, depth + 1);
      case NodeKind::kAppend:
        for (const auto& child : node.children) Trace(*child, position, depth + 1);
        return;
      case NodeKind::kHashJoin:
        return TraceHashJoin(static_cast<const plan::HashJoinNode&>(node), position, depth);
      case NodeKind::kNestedLoop: {
        const auto& join = static_cast<const plan::NestedLoopNode&>(node);
        if (position >= node.children[0]->output_types.size() || AnyVolatile(join.conditions)) return;
        return Trace(*node.children[0], position, depth + 1);
      }
      default: return;
    }
  }

  std::vector<ScanColumn> found;

 private:
  void AddScan(const Node& node, uint32_t position) {
    const auto& scan = static_cast<const plan::TableScanNode&>(node);
    if (scan.attnums[position] <= 0 || scan.unique_match || scan.index != nullptr ||
        scan.lock_first.has_value() || !scan.current_of.empty() || AnyVolatile(scan.filters)) {
      return;
    }
    found.push_back({&scan, position});
  }

  void TraceProject(const plan::ProjectNode& project, uint32_t position, int depth) {
    if (!AnyVolatile(project.expressions)) {
      TraceInput(*project.expressions[position], *project.children[0], depth);
    }
  }

  void TraceInput(const expr::Expr& passed, const Node& child, int depth) {
    if (passed.kind != ExprKind::kInput) return;
    Trace(child, static_cast<const expr::InputExpr&>(passed).index, depth + 1);
  }

  // Rows that lack the key may come out differently (as unmatched, say): they are dropped above all the same.
  void TraceHashJoin(const plan::HashJoinNode& join, uint32_t position, int depth) {
    if (join.type == JoinType::kFull || join.null_aware || AnyVolatile(join.conditions)) return;
    const Node &left = *join.children[0], &right = *join.children[1];
    const bool has_left = join.type != JoinType::kRightSemi && join.type != JoinType::kRightAnti;
    const auto left_width = static_cast<uint32_t>(has_left ? left.output_types.size() : 0);
    const bool from_left = position < left_width;
    if (!from_left) position -= left_width;
    // The side that may be filled up with NULLs decides nothing about the other.
    if (from_left && join.type == JoinType::kRight) return;
    if (!from_left && join.type == JoinType::kLeft) return;
    if (from_left || !join.keeps_right) Trace(from_left ? left : right, position, depth + 1);
    if (from_left && join.keeps_right) return;
    for (size_t k = 0; k < join.left_keys.size(); ++k) {
      if (k < join.null_equal.size() && join.null_equal[k]) continue;
      const expr::Expr& own = from_left ? *join.left_keys[k] : *join.right_keys[k];
      const expr::Expr& other = from_left ? *join.right_keys[k] : *join.left_keys[k];
      if (IsInput(own, position)) TraceInput(other, from_left ? right : left, depth);
    }
  }
};

}  // namespace

std::vector<ScanColumn> TraceToScans(const Node& node, uint32_t position) {
  Tracer tracer;
  tracer.Trace(node, position, 0);
  return std::move(tracer.found);
}

void ScanKeys::Withdraw(const plan::HashJoinNode& join) {
  for (auto& [scan, entries] : by_scan_) {
    std::erase_if(entries, [&](const Entry& entry) { return entry.join == &join; });
  }
}

void ScanKeys::Publish(const plan::HashJoinNode& join, const JoinTable& table) {
  Withdraw(join);
  const bool drops_unmatched = join.type == JoinType::kInner || join.type == JoinType::kSemi ||
                               join.type == JoinType::kRight || join.type == JoinType::kRightSemi ||
                               join.type == JoinType::kRightAnti;
  if (!drops_unmatched || !join.tells_keys) return;
  for (size_t k = 0; k < join.left_keys.size(); ++k) {
    const expr::Expr& key = *join.left_keys[k];
    if (key.kind != ExprKind::kInput || !table.HasIntegerKey(k)) continue;
    std::shared_ptr<const KeyFilter> filter;
    for (const ScanColumn& column :
         TraceToScans(*join.children[0], static_cast<const expr::InputExpr&>(key).index)) {
      // A filter of as many keys as the scan has rows would cost more than it saves.
      const double scanned = column.scan->estimated_rows;
      if (scanned < kScannedRowsMin || static_cast<double>(table.row_count()) > scanned) continue;
      if (filter == nullptr) filter = table.MakeKeyFilter(k);
      by_scan_[column.scan].push_back({column.output, filter, &join});
    }
  }
}

void PublishKeys(ExecContext& context, const plan::HashJoinNode& join, const JoinTable* table) {
  if (context.scan_keys == nullptr) context.scan_keys = std::make_shared<ScanKeys>();
  if (table == nullptr) {
    context.scan_keys->Withdraw(join);
  } else {
    context.scan_keys->Publish(join, *table);
  }
}

std::span<const ScanKeys::Entry> ScanKeys::Of(const Node& scan) const {
  const auto found = by_scan_.find(&scan);
  return found == by_scan_.end() ? std::span<const Entry>() : std::span<const Entry>(found->second);
}

}  // namespace grizzly::executor
