// Nodes that turn rows into other rows.
#pragma once

#include "plan/node.h"

namespace grizzly::plan {

struct FilterNode final : Node {
  FilterNode();
  ~FilterNode() override;
  std::vector<ExprPtr> conjuncts;
  // Of a filter that is opened again and again over a child whose rows stay the same: the first conjuncts are
  // kept_keys[i] = kept_values[i]. From the second time on the child's rows are kept and found by these keys.
  std::vector<ExprPtr> kept_keys;    // over the child's columns
  std::vector<ExprPtr> kept_values;  // over cells alone
  std::vector<bool> kept_null_equal; // IS NOT DISTINCT FROM
  bool keeps_rows() const { return !kept_keys.empty(); }
};

struct ProjectNode final : Node {
  explicit ProjectNode(NodeKind k = NodeKind::kProject);
  ~ProjectNode() override;
  std::vector<ExprPtr> expressions;  // kProjectSet: SetFunctionExpr only at the top of one
};

// kRightSemi, kRightAnti: the right rows that meet a left one, or do not; of hash joins only.
enum class JoinType : uint8_t { kInner, kLeft, kRight, kFull, kSemi, kAnti, kRightSemi, kRightAnti };

// For each left row, rescans the right child. `cells` are set from the left row first, so the right
// side may depend on it (lateral joins, index lookups, correlated subqueries).
struct NestedLoopNode final : Node {
  NestedLoopNode();
  ~NestedLoopNode() override;
  JoinType type = JoinType::kInner;  // not kRight ...
  std::vector<uint32_t> cells;
  std::vector<ExprPtr> arguments;    // over the left columns, one per cell
  std::vector<ExprPtr> conditions;   // over left and right columns
  bool right_is_fixed = false;       // no cells: the right side is read once and kept
  bool keeps_right = false;          // ... and is the same when the join is opened again
};

// Builds a hash table of the right child, probes with the left one.
struct HashJoinNode final : Node {
  HashJoinNode();
  ~HashJoinNode() override;
  JoinType type = JoinType::kInner;
  std::vector<ExprPtr> left_keys;    // over the left columns
  std::vector<ExprPtr> right_keys;   // over the right columns alone (positions from 0)
  std::vector<bool> null_equal;      // IS NOT DISTINCT FROM for key i
  std::vector<ExprPtr> conditions;   // further ones, over left and right columns
  bool null_aware = false;           // kAnti as NOT IN
  bool tells_keys = true;            // the scans below the left child hear of the right side's keys
  bool keeps_right = false;          // the right side is the same when the join is opened again
};

struct AggregateNode final : Node {
  AggregateNode();
  ~AggregateNode() override;
  std::vector<ExprPtr> groups;
  std::vector<std::unique_ptr<expr::AggregateExpr>> aggregates;  // arguments over the child
  std::vector<std::vector<uint32_t>> grouping_sets;
  std::vector<std::vector<uint32_t>> grouping_calls;
  double estimated_groups = 1;
};

struct WindowNode final : Node {
  WindowNode();
  ~WindowNode() override;
  std::vector<std::unique_ptr<expr::WindowExpr>> calls;  // all of one partitioning and order
};

struct SortNode final : Node {
  SortNode();
  ~SortNode() override;
  std::vector<expr::SortKey> keys;
  ExprPtr limit;                     // top-N: rows wanted, with OFFSET added; null: all
  ExprPtr limit_offset;
};

struct LimitNode final : Node {
  LimitNode();
  ~LimitNode() override;
  ExprPtr count;
  ExprPtr offset;
  bool with_ties = false;
  std::vector<expr::SortKey> tie_keys;
};

// Distinct rows over `on` (positions; empty: all columns). Sorted input: the first row of each run.
struct DistinctNode final : Node {
  DistinctNode();
  ~DistinctNode() override;
  std::vector<ExprPtr> on;
  bool input_is_sorted = false;
};

struct PartitionPruning;  // plan/pruning.h

struct AppendNode final : Node {
  AppendNode();
  ~AppendNode() override;
  std::shared_ptr<const PartitionPruning> pruning;  // which children are opened; null: all
};

enum class SetOperationType : uint8_t { kUnion, kIntersect, kExcept };

struct SetOperationNode final : Node {
  SetOperationNode();
  ~SetOperationNode() override;
  SetOperationType operation = SetOperationType::kUnion;
  bool all = false;
};

// children: the CTEs' plans in order, then the body. A CTE is run when first read, except
// data-modifying ones, which run to completion whether read or not.
struct WithNode final : Node {
  WithNode();
  ~WithNode() override;
  struct Cte {
    uint32_t cte = 0;
    std::string name;
    bool modifies = false;
  };
  std::vector<Cte> ctes;
};

struct RecursiveUnionNode final : Node {
  RecursiveUnionNode();
  ~RecursiveUnionNode() override;
  uint32_t cte = 0;
  bool all = true;
};

}  // namespace grizzly::plan
