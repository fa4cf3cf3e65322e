// One maker per node kind; each lives in the file named after its operator.
#pragma once

#include "executor/operator.h"

namespace grizzly::executor {

OperatorPtr MakeOneRow(const plan::OneRowNode& node, ExecContext& context);
OperatorPtr MakeValues(const plan::ValuesNode& node, ExecContext& context);
OperatorPtr MakeTableScan(const plan::TableScanNode& node, ExecContext& context);
OperatorPtr MakeTermScan(const plan::TableScanNode& node, ExecContext& context);
OperatorPtr MakeColumnarScan(const plan::TableScanNode& node, ExecContext& context);
OperatorPtr MakeVirtualScan(const plan::VirtualScanNode& node, ExecContext& context);
OperatorPtr MakeFunctionScan(const plan::FunctionScanNode& node, ExecContext& context);
OperatorPtr MakeFilter(const plan::FilterNode& node, ExecContext& context);
OperatorPtr MakeKeptFilter(const plan::FilterNode& node, ExecContext& context);
OperatorPtr MakeProject(const plan::ProjectNode& node, ExecContext& context);
OperatorPtr MakeProjectSet(const plan::ProjectNode& node, ExecContext& context);
OperatorPtr MakeNestedLoop(const plan::NestedLoopNode& node, ExecContext& context);
OperatorPtr MakeHashJoin(const plan::HashJoinNode& node, ExecContext& context);
OperatorPtr MakeAggregate(const plan::AggregateNode& node, ExecContext& context);
OperatorPtr MakeWindow(const plan::WindowNode& node, ExecContext& context);
OperatorPtr MakeSort(const plan::SortNode& node, ExecContext& context);
OperatorPtr MakeLimit(const plan::LimitNode& node, ExecContext& context);
OperatorPtr MakeDistinct(const plan::DistinctNode& node, ExecContext& context);
OperatorPtr MakeAppend(const plan::AppendNode& node, ExecContext& context);
OperatorPtr MakeSetOperation(const plan::SetOperationNode& node, ExecContext& context);
OperatorPtr MakeWith(const plan::WithNode& node, ExecContext& context);
OperatorPtr MakeCteScan(const plan::CteScanNode& node, ExecContext& context);
OperatorPtr MakeRecursiveUnion(const plan::RecursiveUnionNode& node, ExecContext& context);
OperatorPtr MakeLockRows(const plan::LockRowsNode& node, ExecContext& context);
OperatorPtr MakeInsert(const plan::InsertNode& node, ExecContext& context);
OperatorPtr MakeModify(const plan::ModifyNode& node, ExecContext& context);
OperatorPtr MakeMerge(const plan::MergeNode& node, ExecContext& context);

// `below` in batches of at most `rows_max` rows.
OperatorPtr MakeSplit(OperatorPtr below, uint32_t rows_max);

}  // namespace grizzly::executor
