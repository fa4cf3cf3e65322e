// Constructors and destructors of the nodes, here so that not every file that includes them makes them anew.
#include "plan/plan.h"

namespace grizzly::plan {

OneRowNode::OneRowNode() : Node(NodeKind::kOneRow) {}
OneRowNode::~OneRowNode() = default;
ValuesNode::ValuesNode() : Node(NodeKind::kValues) {}
ValuesNode::~ValuesNode() = default;
TableScanNode::TableScanNode() : Node(NodeKind::kTableScan) {}
TableScanNode::~TableScanNode() = default;
VirtualScanNode::VirtualScanNode() : Node(NodeKind::kVirtualScan) {}
VirtualScanNode::~VirtualScanNode() = default;
FunctionScanNode::FunctionScanNode() : Node(NodeKind::kFunctionScan) {}
FunctionScanNode::~FunctionScanNode() = default;
CteScanNode::CteScanNode(NodeKind k) : Node(k) {}
CteScanNode::~CteScanNode() = default;
FilterNode::FilterNode() : Node(NodeKind::kFilter) {}
FilterNode::~FilterNode() = default;
ProjectNode::ProjectNode(NodeKind k) : Node(k) {}
ProjectNode::~ProjectNode() = default;
NestedLoopNode::NestedLoopNode() : Node(NodeKind::kNestedLoop) {}
NestedLoopNode::~NestedLoopNode() = default;
HashJoinNode::HashJoinNode() : Node(NodeKind::kHashJoin) {}
HashJoinNode::~HashJoinNode() = default;
AggregateNode::AggregateNode() : Node(NodeKind::kAggregate) {}
AggregateNode::~AggregateNode() = default;
WindowNode::WindowNode() : Node(NodeKind::kWindow) {}
WindowNode::~WindowNode() = default;
SortNode::SortNode() : Node(NodeKind::kSort) {}
SortNode::~SortNode() = default;
LimitNode::LimitNode() : Node(NodeKind::kLimit) {}
LimitNode::~LimitNode() = default;
DistinctNode::DistinctNode() : Node(NodeKind::kDistinct) {}
DistinctNode::~DistinctNode() = default;
AppendNode::AppendNode() : Node(NodeKind::kAppend) {}
AppendNode::~AppendNode() = default;
SetOperationNode::SetOperationNode() : Node(NodeKind::kSetOperation) {}
SetOperationNode::~SetOperationNode() = default;
WithNode::WithNode() : Node(NodeKind::kWith) {}
WithNode::~WithNode() = default;
RecursiveUnionNode::RecursiveUnionNode() : Node(NodeKind::kRecursiveUnion) {}
RecursiveUnionNode::~RecursiveUnionNode() = default;
LockRowsNode::LockRowsNode() : Node(NodeKind::kLockRows) {}
LockRowsNode::~LockRowsNode() = default;
InsertNode::InsertNode() : Node(NodeKind::kInsert) {}
InsertNode::~InsertNode() = default;
ModifyNode::ModifyNode(NodeKind k) : Node(k) {}
ModifyNode::~ModifyNode() = default;
MergeNode::MergeNode() : Node(NodeKind::kMerge) {}
MergeNode::~MergeNode() = default;
Plan::Plan() = default;
Plan::~Plan() = default;

}  // namespace grizzly::plan
