// A statement ready to run, as often and by as many sessions as like: the plan cache's unit.
#pragma once

#include <string>
#include <vector>

#include "plan/modify_node.h"
#include "plan/node.h"
#include "plan/relational_node.h"
#include "plan/scan_node.h"
#include "types/type_io.h"

namespace grizzly::plan {

enum class StatementClass : uint8_t { kSelect, kInsert, kUpdate, kDelete, kMerge };

struct PlanColumn {
  std::string name;
  SqlType type;
  Oid table = kInvalidOid;
  AttributeNumber attnum = 0;
  int16_t type_length = -1;
  const types::TypeIo* io = nullptr;
};

struct Plan {
  Plan();
  ~Plan();
  StatementClass statement_class = StatementClass::kSelect;
  NodePtr root;
  std::vector<NodePtr> subplans;             // SubplanExpr::subplan
  struct SubplanTraits {
    bool is_repeatable = false;              // the same cells give the same rows, as often as it runs ...
    std::vector<uint32_t> ctes;              // ... while these common table expressions from outside stay the same
  };
  std::vector<SubplanTraits> subplan_traits; // by subplan
  uint32_t cell_count = 0;
  uint32_t cte_count = 0;
  uint32_t node_count = 0;
  std::vector<PlanColumn> columns;           // of the result; empty without RETURNING
  // Cursors: the root's outputs behind `columns` that say which row of a table each row is.
  struct RowKey {
    Oid relation = kInvalidOid;
    uint32_t position = 0;                   // of the root's outputs
  };
  std::vector<RowKey> row_keys;
  std::vector<SqlType> parameter_types;      // the client's, then the lifted literals'
  uint32_t client_parameter_count = 0;
  struct UsedRelation {
    catalog::RelationPtr relation;
    txn::RelationLockMode mode;
  };
  std::vector<UsedRelation> relations;
  bool writes = false;                       // needs a transaction that may write
  bool has_row_locks = false;
  std::shared_ptr<const void> keeps_alive;   // the catalog snapshot the TypeIo pointers are from
};
using PlanPtr = std::shared_ptr<const Plan>;

}  // namespace grizzly::plan
