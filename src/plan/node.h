// Physical plans: immutable trees that the executor runs. Shared between sessions by the plan cache.
//
// Expressions refer to the child's output by position (InputExpr), to an enclosing row by cell
// (OuterExpr), to parameters by number. Nodes with two children see the left one's columns first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "catalog/relation.h"
#include "expr/expr.h"
#include "types/sql_type.h"

namespace grizzly::plan {

using expr::ExprPtr;
using types::SqlType;

enum class NodeKind : uint8_t {
  kOneRow,
  kValues,
  kTableScan,
  kVirtualScan,
  kFunctionScan,
  kFilter,
  kProject,
  kProjectSet,
  kNestedLoop,
  kHashJoin,
  kAggregate,
  kWindow,
  kSort,
  kLimit,
  kDistinct,
  kAppend,
  kSetOperation,
  kWith,
  kCteScan,
  kRecursiveUnion,
  kWorkTable,
  kLockRows,
  kInsert,
  kUpdate,
  kDelete,
  kMerge,
};

struct Node {
  const NodeKind kind;
  std::vector<std::unique_ptr<Node>> children;
  std::vector<SqlType> output_types;
  double estimated_rows = 1;
  double startup_cost = 0;
  double total_cost = 0;
  uint32_t id = 0;  // position in the plan, for EXPLAIN ANALYZE

  explicit Node(NodeKind k) : kind(k) {}
  virtual ~Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
};
using NodePtr = std::unique_ptr<Node>;

}  // namespace grizzly::plan
