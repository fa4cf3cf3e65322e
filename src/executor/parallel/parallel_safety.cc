#include "executor/parallel/parallel_safety.h"

#include <algorithm>

#include "facts/procs.h"
#include "facts/types.h"

namespace grizzly::executor {

using expr::ExprKind;
using plan::JoinType;
using plan::Node;
using plan::NodeKind;

namespace {

bool IsSafeFunction(Oid oid) {
  const facts::ProcFact* proc = facts::FindProc(oid);
  return proc != nullptr && proc->proparallel == 's';
}

bool AreSafeComparisons(const expr::ComparisonExpr& expression) {
  return std::all_of(expression.comparisons.begin(), expression.comparisons.end(),
                     [](const auto& comparison) {
                       return IsSafeFunction(comparison.call->function);
                     });
}

bool AllSafe(const std::vector<expr::ExprPtr>& list) {
  return std::all_of(list.begin(), list.end(), [](const expr::ExprPtr& expression) {
    return expression == nullptr || IsParallelSafe(*expression);
  });
}

bool IsSafeScan(const plan::TableScanNode& scan) {
  if (scan.lock_first.has_value()) return false;
  if (!AllSafe(scan.filters) || !AllSafe(scan.bounds.equal)) return false;
  for (const expr::ExprPtr* bound :
       {&scan.bounds.lower, &scan.bounds.upper, &scan.bounds.any_of}) {
    if (*bound != nullptr && !IsParallelSafe(**bound)) return false;
  }
  for (const plan::TermCondition& term : scan.terms) {
    if (!IsParallelSafe(*term.value)) return false;
  }
  // xmin, cmin, xmax, cmax ask the transaction, which is one thread's.
  for (const AttributeNumber attnum : scan.attnums) {
    if (attnum <= -2 && attnum >= -5) return false;
  }
  return true;
}

// What each worker runs by itself, again for every row.
bool IsSafeInner(const Node& node) {
  switch (node.kind) {
    case NodeKind::kTableScan: return IsSafeScan(static_cast<const plan::TableScanNode&>(node));
    case NodeKind::kFilter:
      return AllSafe(static_cast<const plan::FilterNode&>(node).conjuncts) &&
             IsSafeInner(*node.children[0]);
    case NodeKind::kProject:
      return AllSafe(static_cast<const plan::ProjectNode&>(node).expressions) &&
             IsSafeInner(*node.children[0]);
    default: return false;
  }
}

bool Descend(const Node& node, ParallelPipeline* pipeline) {
  switch (node.kind) {
    case NodeKind::kFilter:
      return !static_cast<const plan::FilterNode&>(node).keeps_rows() &&
             AllSafe(static_cast<const plan::FilterNode&>(node).conjuncts) &&
             Descend(*node.children[0], pipeline);
    case NodeKind::kProject:
      return AllSafe(static_cast<const plan::ProjectNode&>(node).expressions) &&
             Descend(*node.children[0], pipeline);
    case NodeKind::kHashJoin: {
      const auto& join = static_cast<const plan::HashJoinNode&>(node);
      if (join.keeps_right || !AllSafe(join.left_keys) || !AllSafe(join.right_keys) || !AllSafe(join.conditions)) {
        return false;
      }
      pipeline->joins.push_back(&join);
      return Descend(*node.children[0], pipeline);
    }
    case NodeKind::kNestedLoop: {
      const auto& join = static_cast<const plan::NestedLoopNode&>(node);
      return AllSafe(join.arguments) && AllSafe(join.conditions) &&
             IsSafeInner(*node.children[1]) && Descend(*node.children[0], pipeline);
    }
    case NodeKind::kTableScan: {
      const auto& scan = static_cast<const plan::TableScanNode&>(node);
      pipeline->driver = &scan;
      return !scan.sample && scan.current_of.empty() && !scan.unique_match && !scan.backward &&
             scan.index == nullptr && scan.row_goal < 0 && IsSafeScan(scan);
    }
    default: return false;
  }
}

}  // namespace

bool IsParallelSafe(const expr::Expr& expression) {
  switch (expression.kind) {
    case ExprKind::kConst:
    case ExprKind::kParam:
    case ExprKind::kInput:
    case ExprKind::kOuter:
    case ExprKind::kBool:
    case ExprKind::kCase:
    case ExprKind::kCoalesce:
    case ExprKind::kGreatestLeast:
    case ExprKind::kNullTest:
    case ExprKind::kBooleanTest:
    case ExprKind::kArray:
    case ExprKind::kRow:
    case ExprKind::kSubscript:
    case ExprKind::kRelabel: break;
    case ExprKind::kFunction: {
      const auto& call = static_cast<const expr::FunctionExpr&>(expression);
      if (call.volatility == 'v' || !IsSafeFunction(call.call->function)) return false;
      break;
    }
    case ExprKind::kNullIf:
    case ExprKind::kDistinct:
    case ExprKind::kScalarArray:
    case ExprKind::kInList:
    case ExprKind::kRowCompare:
      if (!AreSafeComparisons(static_cast<const expr::ComparisonExpr&>(expression))) return false;
      break;
    default: return false;
  }
  bool all = true;
  expr::ForEachChild(expression,
                     [&](const expr::Expr& child) { all = all && IsParallelSafe(child); });
  return all;
}

std::optional<ParallelPipeline> FindParallelPipeline(const Node& top) {
  ParallelPipeline pipeline;
  if (!Descend(top, &pipeline)) return std::nullopt;
  return pipeline;
}

}  // namespace grizzly::executor
