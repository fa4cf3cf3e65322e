// Logical plans: relational algebra over columns that have ids. Made by the binder, rewritten by the
// optimizer, turned into a plan::Plan by physical/.
//
// COLUMNS  Each column any node produces has a ColumnId, unique in the statement; StatementColumns
//          says what it is. A node's `outputs` lists what it passes up, in order. An expression may
//          mention ids its node's children do not produce only inside a subquery or on the right of
//          a lateral join: those are correlated.
// OWNS     nodes own their children and expressions.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "expr/expr.h"

namespace grizzly::catalog {
class PartitionMap;  // catalog/partition_map.h
}

namespace grizzly::planner {

using expr::ColumnId;
using expr::ExprPtr;
using types::SqlType;

struct StatementColumn {
  std::string name;
  SqlType type;
  Oid table = kInvalidOid;          // the table column it is, unchanged; 0: computed
  AttributeNumber attnum = 0;
};

class StatementColumns {
 public:
  StatementColumns() : columns_(1) {}  // id 0 is kNoColumn
  ColumnId Add(StatementColumn column) {
    columns_.push_back(std::move(column));
    return static_cast<ColumnId>(columns_.size() - 1);
  }
  const StatementColumn& operator[](ColumnId id) const { return columns_[id]; }
  StatementColumn& operator[](ColumnId id) { return columns_[id]; }
  size_t size() const { return columns_.size(); }

 private:
  std::vector<StatementColumn> columns_;
};

enum class LogicalKind : uint8_t {
  kScan,          // a stored table, materialised view, or virtual catalog table
  kValues,
  kFunctionScan,  // FROM f(...), ROWS FROM (...), WITH ORDINALITY
  kOneRow,        // no FROM: one row without columns
  kFilter,
  kProject,
  kProjectSet,    // set-returning functions in the target list
  kJoin,
  kAggregate,
  kWindow,
  kSort,
  kLimit,
  kDistinct,
  kSetOperation,
  kWith,
  kCteScan,
  kRecursiveUnion,
  kWorkTable,     // the recursive reference inside kRecursiveUnion
  kLockRows,
  kInsert,
  kUpdate,
  kDelete,
  kMerge,
};

struct LogicalNode;
using LogicalPtr = std::unique_ptr<LogicalNode>;

struct LogicalNode {
  const LogicalKind kind;
  std::vector<LogicalPtr> children;
  std::vector<ColumnId> outputs;
  // Filled in by the optimizer.
  double estimated_rows = -1;

  explicit LogicalNode(LogicalKind k) : kind(k) {}
  virtual ~LogicalNode() = default;
  virtual LogicalPtr Clone() const = 0;
  // Calls `visit` with each expression of this node alone; it may replace them.
  virtual void VisitExpressions(const std::function<void(ExprPtr&)>& visit) = 0;

 protected:
  LogicalNode(const LogicalNode& other);  // clones children
};

struct LogicalScan final : LogicalNode {
  LogicalScan();
  ~LogicalScan() override;
  LogicalScan(const LogicalScan&);
  catalog::RelationPtr relation;
  std::string alias;
  // outputs[i] is table column attnums[i]; 0: the row's key (bytea, for UPDATE, DELETE, FOR UPDATE
  // and ctid), tableoid is kTableOidAttribute.
  std::vector<AttributeNumber> attnums;
  bool only = false;                        // ONLY: no inheritance children
  std::vector<ExprPtr> filters;             // pushed down by the optimizer; conjuncts over outputs
  uint32_t scan_id = 0;                     // unique in the statement, for rechecks
  bool is_target = false;                   // of UPDATE, DELETE, MERGE
  struct Sample {                           // TABLESAMPLE
    bool by_block = false;                  // SYSTEM; else BERNOULLI
    ExprPtr percentage;                     // float4
    ExprPtr repeatable;                     // float8; may be null
  };
  std::optional<Sample> sample;
  std::string current_of;                   // WHERE CURRENT OF this cursor
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};
inline constexpr AttributeNumber kRowKeyAttribute = 0;
inline constexpr AttributeNumber kTableOidAttribute = -6;
inline constexpr AttributeNumber kXminAttribute = -2;
inline constexpr AttributeNumber kCtidAttribute = -1;

struct LogicalValues final : LogicalNode {
  LogicalValues();
  ~LogicalValues() override;
  LogicalValues(const LogicalValues&);
  std::vector<std::vector<ExprPtr>> rows;   // each as long as outputs
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

struct LogicalFunctionScan final : LogicalNode {
  LogicalFunctionScan();
  ~LogicalFunctionScan() override;
  LogicalFunctionScan(const LogicalFunctionScan&);
  struct Function {
    ExprPtr call;               // SetFunctionExpr, or any scalar expression (one row)
    uint32_t column_count = 1;  // of outputs, in order
  };
  std::vector<Function> functions;
  bool ordinality = false;      // one more int8 output
  std::string alias;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

struct LogicalOneRow final : LogicalNode {
  LogicalOneRow();
  ~LogicalOneRow() override;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>&) override {}
};

struct LogicalFilter final : LogicalNode {
  LogicalFilter();
  ~LogicalFilter() override;
  LogicalFilter(const LogicalFilter&);
  std::vector<ExprPtr> conjuncts;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// outputs[i] = expressions[i]. A plain ColumnExpr may keep its id.
struct LogicalProject final : LogicalNode {
  explicit LogicalProject(LogicalKind k = LogicalKind::kProject);
  ~LogicalProject() override;
  LogicalProject(const LogicalProject&);
  std::vector<ExprPtr> expressions;         // kProjectSet: SetFunctionExpr at any top level
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

enum class JoinType : uint8_t { kInner, kLeft, kRight, kFull, kSemi, kAnti };

struct LogicalJoin final : LogicalNode {
  LogicalJoin();
  ~LogicalJoin() override;
  LogicalJoin(const LogicalJoin&);
  JoinType type = JoinType::kInner;
  std::vector<ExprPtr> conditions;          // conjuncts; empty: cross join
  bool lateral = false;                     // the right child may use the left one's columns
  bool null_aware = false;                  // kAnti for NOT IN
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// outputs: the grouping columns, then one per aggregate, then (grouping sets) one int4 bitmask per
// GROUPING call.
struct LogicalAggregate final : LogicalNode {
  LogicalAggregate();
  ~LogicalAggregate() override;
  LogicalAggregate(const LogicalAggregate&);
  std::vector<ExprPtr> groups;
  std::vector<ExprPtr> aggregates;          // AggregateExpr
  // Grouping sets as indexes into groups; empty: one set of all. An empty set within is ().
  std::vector<std::vector<uint32_t>> grouping_sets;
  std::vector<std::vector<uint32_t>> grouping_calls;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// outputs: the child's outputs, then one per window call.
struct LogicalWindow final : LogicalNode {
  LogicalWindow();
  ~LogicalWindow() override;
  LogicalWindow(const LogicalWindow&);
  std::vector<ExprPtr> calls;               // WindowExpr
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

struct LogicalSort final : LogicalNode {
  LogicalSort();
  ~LogicalSort() override;
  LogicalSort(const LogicalSort&);
  std::vector<expr::SortKey> keys;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

struct LogicalLimit final : LogicalNode {
  LogicalLimit();
  ~LogicalLimit() override;
  LogicalLimit(const LogicalLimit&);
  ExprPtr count;                            // int8; null: none
  ExprPtr offset;
  bool with_ties = false;                   // then the child is a LogicalSort
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// DISTINCT over `on` (empty: all outputs). With `on` the child is sorted so that the row wanted of
// each group comes first.
struct LogicalDistinct final : LogicalNode {
  LogicalDistinct();
  ~LogicalDistinct() override;
  LogicalDistinct(const LogicalDistinct&);
  std::vector<ExprPtr> on;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

enum class SetOperationType : uint8_t { kUnion, kIntersect, kExcept };

// Two children of equal width and (by then) equal types; outputs are new columns, by position.
struct LogicalSetOperation final : LogicalNode {
  LogicalSetOperation();
  ~LogicalSetOperation() override;
  LogicalSetOperation(const LogicalSetOperation&) = default;
  SetOperationType operation = SetOperationType::kUnion;
  bool all = false;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>&) override {}
};

// children: one per CTE, then the body. A data-modifying CTE's child is its kInsert ... node.
struct LogicalWith final : LogicalNode {
  LogicalWith();
  ~LogicalWith() override;
  LogicalWith(const LogicalWith&) = default;
  struct Cte {
    uint32_t cte_id = 0;                    // unique in the statement
    std::string name;
    char materialized = 'd';                // 'd' default, 'a' always, 'n' never
    uint32_t reference_count = 0;
  };
  std::vector<Cte> ctes;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>&) override {}
};

// outputs: new columns, by position those of the CTE.
struct LogicalCteScan final : LogicalNode {
  explicit LogicalCteScan(LogicalKind k = LogicalKind::kCteScan);
  ~LogicalCteScan() override;
  LogicalCteScan(const LogicalCteScan&) = default;
  uint32_t cte_id = 0;                      // kWorkTable: of the recursive union
  std::string alias;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>&) override {}
};

// children: the non-recursive term, the recursive one.
struct LogicalRecursiveUnion final : LogicalNode {
  LogicalRecursiveUnion();
  ~LogicalRecursiveUnion() override;
  LogicalRecursiveUnion(const LogicalRecursiveUnion&) = default;
  uint32_t cte_id = 0;
  bool all = true;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>&) override {}
};

struct LogicalLockRows final : LogicalNode {
  LogicalLockRows();
  ~LogicalLockRows() override;
  LogicalLockRows(const LogicalLockRows&) = default;
  struct Mark {
    uint32_t scan_id = 0;
    ColumnId row_key = expr::kNoColumn;
    txn::RowLockMode mode = txn::RowLockMode::kUpdate;
    txn::LockWait wait = txn::LockWait::kBlock;
  };
  std::vector<Mark> marks;
  bool inherited = false;  // asked for further out: of the rows that come out there
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>&) override {}
};

// ---- changing rows ----

// What every change of a table's rows must check and keep up. Expressions are over the ids of
// `row_columns` (the new row, one per attnum; kNoColumn for dropped ones).
struct RowRules {
  catalog::RelationPtr relation;
  std::vector<ColumnId> row_columns;
  struct Generated {
    AttributeNumber attnum;
    ExprPtr value;
  };
  std::vector<Generated> generated;         // computed after everything else, in column order
  struct Check {
    std::string name;
    ExprPtr condition;
  };
  std::vector<Check> checks;
  struct Index {                            // every index that has entries of its own
    catalog::RelationPtr index;
    std::vector<ExprPtr> key_parts;         // one per IndexDefinition part
    ExprPtr predicate;                      // partial index; may be null
  };
  std::vector<Index> indexes;
  ExprPtr partition_check;                  // of a partition; may be null
  ColumnId table_oid = expr::kNoColumn;     // RETURNING mentions tableoid: the row's own table
  struct ViewCheck {                        // WITH CHECK OPTION
    std::string view_name;
    ExprPtr condition;
  };
  std::vector<ViewCheck> view_checks;
  RowRules Clone() const;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit);
};

struct OnConflict {
  bool do_nothing = true;
  // The unique indexes that decide; empty with DO NOTHING: any.
  std::vector<Oid> arbiters;
  // DO UPDATE: over `existing` (the row there, one per attnum) and `excluded` (the row proposed).
  std::vector<ColumnId> existing;
  std::vector<ColumnId> excluded;
  struct Assignment {
    AttributeNumber attnum;
    ExprPtr value;
  };
  std::vector<Assignment> assignments;
  ExprPtr where;                            // may be null
};

// Where rows of a partitioned table go. Expressions are over the row of the table they belong to.
struct RowRouting {
  struct Table {                            // partitioned ones, [0] the root
    catalog::RelationPtr relation;
    std::vector<ColumnId> row_columns;
    std::vector<ExprPtr> keys;              // one per part, over row_columns
    std::shared_ptr<const catalog::PartitionMap> map;
    // By position in `map`: >= 0 index into leaves, < 0: ~index into tables.
    std::vector<int32_t> targets;
  };
  std::vector<Table> tables;
  std::vector<RowRules> leaves;
};

// child: the rows to insert. values[attnum - 1] is over the child's outputs (a NULL or default
// expression where the statement gives none; null pointer for dropped and generated columns).
struct LogicalInsert final : LogicalNode {
  LogicalInsert();
  ~LogicalInsert() override;
  LogicalInsert(const LogicalInsert&);
  RowRules rules;
  std::vector<ExprPtr> values;
  std::shared_ptr<RowRouting> routing;      // into a partitioned table; null: into rules.relation
  std::optional<OnConflict> on_conflict;
  std::vector<ExprPtr> returning;           // over rules.row_columns and these; outputs are theirs
  std::map<AttributeNumber, ColumnId> system_columns;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// child: produces the target's row key and all its columns (`old_columns`), joined with FROM or USING
// rows. UPDATE: assignments are over the child's outputs; unassigned columns keep old values.
// RETURNING is over rules.row_columns (new row; DELETE: old row) and the child's outputs.
struct LogicalModify final : LogicalNode {
  explicit LogicalModify(LogicalKind k) : LogicalNode(k) {}  // kUpdate or kDelete
  LogicalModify(const LogicalModify&);
  RowRules rules;
  uint32_t target_scan_id = 0;
  ColumnId row_key = expr::kNoColumn;
  std::vector<ColumnId> old_columns;        // one per attnum; kNoColumn for dropped
  // UPDATE of a partition through a partitioned table: where rows go that it no longer takes. Shared
  // by the changes of all its partitions.
  std::shared_ptr<RowRouting> routing;
  std::vector<OnConflict::Assignment> assignments;
  std::vector<ExprPtr> returning;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// child: target and source joined, as for LogicalModify, the row key a whole one, since the target may be
// a tree of tables; it is NULL where no target row matches. Conditions, assignments and values are over
// the child's outputs and of the table that is named.
struct LogicalMerge final : LogicalNode {
  LogicalMerge();
  ~LogicalMerge() override;
  LogicalMerge(const LogicalMerge&);
  enum class ActionKind : uint8_t { kNothing, kInsert, kUpdate, kDelete };
  struct Action {
    bool matched = false;
    ActionKind kind = ActionKind::kNothing;
    ExprPtr condition;                      // may be null
    std::vector<OnConflict::Assignment> assignments;
    std::vector<ExprPtr> values;            // [attnum - 1], as LogicalInsert's
  };
  catalog::RelationPtr relation;            // the one that is named
  std::vector<RowRules> tables;             // those with rows, the named one first
  std::shared_ptr<RowRouting> routing;      // instead, of a partitioned table
  bool may_move = false;                    // an UPDATE may take rows out of their partitions
  uint32_t target_scan_id = 0;
  ColumnId row_key = expr::kNoColumn;
  std::vector<Action> actions;
  LogicalPtr Clone() const override;
  void VisitExpressions(const std::function<void(ExprPtr&)>& visit) override;
};

// The body of a SubqueryExpr.
struct LogicalSubquery final : expr::SubqueryBody {
  LogicalPtr plan;
  std::unique_ptr<SubqueryBody> Clone() const override;
  std::vector<ColumnId> OuterColumns() const override;
};

// Ids mentioned in the subtree (subqueries included) and not produced in it; sorted, unique.
std::vector<ColumnId> FreeColumns(const LogicalNode& node);
// The tree as text, one node a line with outputs and expressions: EXPLAIN (bound), golden files.
std::string ToString(const LogicalNode& node, const StatementColumns& columns);

}  // namespace grizzly::planner
