#include "base/error/check.h"
#include "executor/operators.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {
namespace {

OperatorPtr Make(const plan::Node& node, ExecContext& context) {
  using plan::NodeKind;
  switch (node.kind) {
    case NodeKind::kOneRow:
      return MakeOneRow(static_cast<const plan::OneRowNode&>(node), context);
    case NodeKind::kValues:
      return MakeValues(static_cast<const plan::ValuesNode&>(node), context);
    case NodeKind::kTableScan:
      return MakeTableScan(static_cast<const plan::TableScanNode&>(node), context);
    case NodeKind::kVirtualScan:
      return MakeVirtualScan(static_cast<const plan::VirtualScanNode&>(node), context);
    case NodeKind::kFunctionScan:
      return MakeFunctionScan(static_cast<const plan::FunctionScanNode&>(node), context);
    case NodeKind::kFilter:
      return MakeFilter(static_cast<const plan::FilterNode&>(node), context);
    case NodeKind::kProject:
      return MakeProject(static_cast<const plan::ProjectNode&>(node), context);
    case NodeKind::kProjectSet:
      return MakeProjectSet(static_cast<const plan::ProjectNode&>(node), context);
    case NodeKind::kNestedLoop:
      return MakeNestedLoop(static_cast<const plan::NestedLoopNode&>(node), context);
    case NodeKind::kHashJoin:
      return MakeHashJoin(static_cast<const plan::HashJoinNode&>(node), context);
    case NodeKind::kAggregate:
      return MakeAggregate(static_cast<const plan::AggregateNode&>(node), context);
    case NodeKind::kWindow:
      return MakeWindow(static_cast<const plan::WindowNode&>(node), context);
    case NodeKind::kSort: return MakeSort(static_cast<const plan::SortNode&>(node), context);
    case NodeKind::kLimit: return MakeLimit(static_cast<const plan::LimitNode&>(node), context);
    case NodeKind::kDistinct:
      return MakeDistinct(static_cast<const plan::DistinctNode&>(node), context);
    case NodeKind::kAppend:
      return MakeAppend(static_cast<const plan::AppendNode&>(node), context);
    case NodeKind::kSetOperation:
      return MakeSetOperation(static_cast<const plan::SetOperationNode&>(node), context);
    case NodeKind::kWith: return MakeWith(static_cast<const plan::WithNode&>(node), context);
    case NodeKind::kCteScan:
    case NodeKind::kWorkTable:
      return MakeCteScan(static_cast<const plan::CteScanNode&>(node), context);
    case NodeKind::kRecursiveUnion:
      return MakeRecursiveUnion(static_cast<const plan::RecursiveUnionNode&>(node), context);
    case NodeKind::kLockRows:
      return MakeLockRows(static_cast<const plan::LockRowsNode&>(node), context);
    case NodeKind::kInsert:
      return MakeInsert(static_cast<const plan::InsertNode&>(node), context);
    case NodeKind::kUpdate:
    case NodeKind::kDelete:
      return MakeModify(static_cast<const plan::ModifyNode&>(node), context);
    case NodeKind::kMerge:
      return MakeMerge(static_cast<const plan::MergeNode&>(node), context);
  }
  GRIZZLY_UNREACHABLE("plan node without an operator");
}

}  // namespace

OperatorPtr Build(const plan::Node& node, ExecContext& context) {
  OperatorPtr op = Make(node, context);
  // WITH keeps its CTEs apart: only the body is a child to pull from.
  const size_t first = node.kind == plan::NodeKind::kWith ? node.children.size() - 1 : 0;
  for (size_t i = first; i < node.children.size(); ++i) {
    op->children_.push_back(Build(*node.children[i], context));
  }
  const uint32_t rows_max = StatementResources::Current().batch_rows_max;
  return rows_max == 0 ? std::move(op) : MakeSplit(std::move(op), rows_max);
}

}  // namespace grizzly::executor
