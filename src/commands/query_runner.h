// Planning and running a query inside a command (CREATE TABLE AS, COPY (query), EXPLAIN): the session
// does it, with its plan cache, settings and trackers.
//
// THREADS  the statement's.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/memory/arena.h"
#include "catalog/relation.h"
#include "executor/operator.h"
#include "parser/ast.h"
#include "plan/plan.h"

namespace grizzly::commands {

// One execution, as EXPLAIN ANALYZE reports it.
struct QueryMeasurement {
  std::vector<executor::NodeMeasurement> nodes;  // by plan::Node::id
  uint64_t rows_changed = 0;
};

// A prepared statement's plan, and the values EXECUTE gives.
struct PreparedQuery {
  plan::PlanPtr plan;
  std::vector<types::Datum> parameters;
  std::shared_ptr<Arena> arena;  // of the parameters
};

class QueryRunner {
 public:
  virtual ~QueryRunner() = default;

  // SELECT, VALUES, INSERT, UPDATE, DELETE. Takes the locks of planning. Throws what planning throws.
  virtual plan::PlanPtr Plan(const parser::ast::Node& statement) = 0;
  // The query of a view, as it was meant when the view was made.
  virtual plan::PlanPtr PlanOfView(const parser::ast::Node& query,
                                   const catalog::ViewDefinition& view) = 0;
  // Runs it in the current transaction as a command of its own; `receive` gets each batch of its
  // result, valid during the call. `measurement` null: not wanted. Returns the number of rows.
  virtual uint64_t Run(const plan::PlanPtr& plan,
                       const std::function<void(const types::Batch&)>& receive,
                       QueryMeasurement* measurement,
                       std::span<const types::Datum> parameters = {}) = 0;
  // The statement a SQL-level EXECUTE names; its plan is null when it is a utility statement. Throws
  // 26000 when there is none.
  virtual PreparedQuery Prepared(const PgQuery__ExecuteStmt& execute) = 0;
};

}  // namespace grizzly::commands
