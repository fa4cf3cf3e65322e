// Nodes that lock and change rows.
#pragma once

#include <optional>

#include "plan/constraint_rule.h"
#include "plan/node.h"
#include "txn/lock/lock_manager.h"

namespace grizzly::catalog {
class PartitionMap;  // catalog/partition_map.h
}

namespace grizzly::plan {

struct LockRowsNode final : Node {
  LockRowsNode();
  ~LockRowsNode() override;
  struct Mark {
    uint32_t scan_id = 0;
    uint32_t row_key = 0;  // input position
    catalog::RelationPtr relation;
    txn::RowLockMode mode = txn::RowLockMode::kUpdate;
    txn::LockWait wait = txn::LockWait::kBlock;
  };
  std::vector<Mark> marks;
};

// Expressions over the new row: input i is column attnum i + 1 (dropped ones are NULL).
struct RowRules {
  catalog::RelationPtr relation;
  struct Generated {
    AttributeNumber attnum;
    ExprPtr value;
  };
  std::vector<Generated> generated;
  struct Check {
    std::string name;
    ExprPtr condition;
  };
  std::vector<Check> checks;
  struct Index {
    catalog::RelationPtr index;
    std::vector<ExprPtr> key_parts;
    ExprPtr predicate;
    bool plain_columns = false;  // key_parts are all InputExpr: no evaluation needed
  };
  std::vector<Index> indexes;
  std::vector<Check> view_checks;
  // Checked when the statement or the transaction is over.
  std::vector<ForeignKeyRulePtr> referenced_by;  // foreign keys that refer to this table
  std::vector<ForeignKeyRulePtr> references;     // its own
  std::vector<IndexRulePtr> index_rules;
  ExprPtr partition_check;     // of a partition; rows that were routed to it need none
};

// Where rows of a partitioned table go. Expressions are over the row of the table they belong to.
struct RowRouting {
  // attnum - 1 of the root's column that is this table's; -1: the root has none.
  using ColumnMap = std::vector<int32_t>;
  struct Table {
    catalog::RelationPtr relation;
    ColumnMap from_root;
    std::vector<ExprPtr> keys;
    std::shared_ptr<const catalog::PartitionMap> map;
    std::vector<int32_t> targets;  // by position in `map`: leaf, or ~table
  };
  struct Leaf {
    RowRules rules;
    ColumnMap from_root;
    std::vector<Oid> arbiters;     // ON CONFLICT: the leaf's own indexes
    // The table between it and the root that a foreign key refers to, not by way of the root: rows do
    // not leave it. Null: none.
    catalog::RelationPtr held_by;
  };
  std::vector<Table> tables;       // [0] the root
  std::vector<Leaf> leaves;
  RowRules root;                   // its relation, and who refers to rows that move
};

// What assignments to some columns may meet.
struct ChangedKeys {
  bool key_may_change = false;     // one is part of a unique key
  bool may_conflict = false;       // a key or an exclusion constraint may refuse the new row
};

struct OnConflictRules {
  bool do_nothing = true;
  std::vector<Oid> arbiters;   // unique indexes; empty: any
  // Over existing row (attnums) followed by the proposed row (attnums).
  struct Assignment {
    AttributeNumber attnum;
    ExprPtr value;
  };
  std::vector<Assignment> assignments;
  ExprPtr where;
};

struct InsertNode final : Node {
  InsertNode();
  ~InsertNode() override;
  RowRules rules;
  std::shared_ptr<const RowRouting> routing;  // into a partitioned table; null: into rules.relation
  std::vector<ExprPtr> values;     // [attnum - 1], over the child; null pointer: NULL (or generated)
  std::optional<OnConflictRules> on_conflict;
  std::vector<ExprPtr> returning;  // over the new row followed by these of it
  std::vector<AttributeNumber> system_columns;
};

// kUpdate and kDelete.
struct ModifyNode final : Node {
  explicit ModifyNode(NodeKind k);
  ~ModifyNode() override;
  RowRules rules;
  uint32_t target_scan_id = 0;
  uint32_t row_key = 0;                 // child positions
  std::vector<int32_t> old_columns;     // [attnum - 1]: child position, -1 for dropped
  std::vector<OnConflictRules::Assignment> assignments;  // over the child
  std::vector<ExprPtr> returning;       // over the new (DELETE: old) row followed by the child
  bool locked_by_scan = false;          // the child's scan has lock_first
  // UPDATE of a partition through a partitioned table: where rows go that it no longer takes, and
  // where their root's columns are in its own row.
  std::shared_ptr<const RowRouting> routing;
  RowRouting::ColumnMap root_columns;
  ChangedKeys changed_keys;
};

// The child joins target and source: where no target row matches, its row key is NULL. For each of its
// rows the first action of the right kind whose condition holds is taken.
//
// The target may be a tree of tables. Actions are over the columns of the one that is named.
struct MergeNode final : Node {
  MergeNode();
  ~MergeNode() override;
  enum class ActionKind : uint8_t { kNothing, kInsert, kUpdate, kDelete };
  struct Action {
    bool matched = false;
    ActionKind kind = ActionKind::kNothing;
    ExprPtr condition;                                    // over the child; null: always
    std::vector<OnConflictRules::Assignment> assignments;  // kUpdate: over the child
    std::vector<ExprPtr> values;                          // kInsert: as InsertNode's
  };
  catalog::RelationPtr relation;      // the one that is named
  // The tables with rows. Of a partitioned one none: its leaves are those of `routing`.
  std::vector<RowRouting::Leaf> tables;
  std::shared_ptr<const RowRouting> routing;
  bool may_move = false;              // an assigned column may decide which leaf takes the row
  std::vector<ChangedKeys> changed_keys;  // by table, or leaf
  uint32_t target_scan_id = 0;
  uint32_t row_key = 0;               // child position of the whole row key
  std::vector<Action> actions;
};

}  // namespace grizzly::plan
