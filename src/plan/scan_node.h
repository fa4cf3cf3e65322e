// Where rows come from.
#pragma once

#include <optional>

#include "plan/node.h"
#include "txn/lock/lock_manager.h"

namespace grizzly::plan {

struct OneRowNode final : Node {
  OneRowNode();
  ~OneRowNode() override;
};

struct ValuesNode final : Node {
  ValuesNode();
  ~ValuesNode() override;
  std::vector<std::string> column_names;   // for EXPLAIN, as in the other scans
  std::vector<std::vector<ExprPtr>> rows;  // no input columns
};

// How a table scan finds its rows in an index (or the rows' own clustering key).
//
// The first `equal.size()` key parts are fixed by these expressions; the next part may be bounded.
// Expressions use no input columns (constants, parameters, outer cells) and have exactly the key
// part's type. A NULL among them means no row matches.
struct KeyBounds {
  std::vector<ExprPtr> equal;
  ExprPtr lower;
  ExprPtr upper;
  bool lower_inclusive = true;
  bool upper_inclusive = true;
  // x IN (list) / = ANY(array) on the first part: one probe per element, in key order, distinct.
  ExprPtr any_of;
  bool empty() const {
    return equal.empty() && lower == nullptr && upper == nullptr && any_of == nullptr;
  }
};

// A condition that an index of terms helps to find rows for: index part OP value. The rows found are more than
// those it holds for.
struct TermCondition {
  uint32_t part = 0;
  std::string op;                          // the operator's name
  ExprPtr value;                           // uses no input columns; NULL: no row matches
};

// TABLESAMPLE. The expressions use no input columns.
struct TableSample {
  bool by_block = false;                   // SYSTEM; else BERNOULLI, row by row
  ExprPtr percentage;                      // float4
  ExprPtr repeatable;                      // float8; null: another sample each time
};

// Rows of a stored table: all, or those within bounds of the clustering key or an index.
struct TableScanNode final : Node {
  TableScanNode();
  ~TableScanNode() override;
  catalog::RelationPtr relation;
  std::string alias;
  catalog::RelationPtr index;              // null: by the rows' own key
  KeyBounds bounds;
  std::vector<TermCondition> terms;        // all hold; `index` is one of terms
  bool by_tid = false;                     // bounds are those of ctid; the filters decide
  bool unique_match = false;               // bounds fix a whole unique key: at most one row
  bool backward = false;
  // output i: column attnums[i]; 0 the row key (bytea); kTableOidAttribute and the like < 0.
  std::vector<AttributeNumber> attnums;
  std::vector<ExprPtr> filters;            // over the outputs; conjuncts in order of evaluation
  uint32_t scan_id = 0;
  // Set when the scan feeds an UPDATE, DELETE or FOR UPDATE directly and finds rows by unique key: it
  // locks first and reads the latest version, so no recheck is needed.
  std::optional<txn::RowLockMode> lock_first;
  txn::LockWait lock_wait = txn::LockWait::kBlock;
  int64_t row_goal = -1;                   // a LIMIT above: fetch no more than about so many
  std::optional<TableSample> sample;
  // WHERE CURRENT OF: the one row this cursor of the session stands on.
  std::string current_of;
};

struct VirtualScanNode final : Node {
  VirtualScanNode();
  ~VirtualScanNode() override;
  catalog::RelationPtr relation;
  std::string alias;
  std::vector<AttributeNumber> attnums;
  std::vector<ExprPtr> filters;
  int filter_column = -1;                  // 0-based column with an equality the provider may use
  ExprPtr filter_value;
};

struct FunctionScanNode final : Node {
  FunctionScanNode();
  ~FunctionScanNode() override;
  struct Function {
    ExprPtr call;                          // SetFunctionExpr, or a scalar expression: one row
    uint32_t column_count = 1;
  };
  std::vector<Function> functions;         // side by side; the shorter ones padded with NULLs
  bool ordinality = false;
  std::string alias;
  std::vector<std::string> column_names;
};

struct CteScanNode final : Node {
  explicit CteScanNode(NodeKind k = NodeKind::kCteScan);  // or kWorkTable
  ~CteScanNode() override;
  uint32_t cte = 0;                        // slot in ExecContext
  std::string name;
  std::string alias;
  std::vector<std::string> column_names;
};

}  // namespace grizzly::plan
