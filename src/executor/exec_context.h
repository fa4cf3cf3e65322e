// One execution of a plan: everything operators share that is not in the plan.
//
// OWNS     CTE stores and outer cells. The transaction, trackers, settings are the session's and
//          outlive it.
// THREADS  the statement's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/error/sql_error.h"
#include "base/memory/memory_tracker.h"
#include "catalog/catalog.h"
#include "catalog/statistics.h"
#include "catalog/virtual_table.h"
#include "expr/evaluator.h"
#include "plan/plan.h"
#include "txn/transaction.h"

namespace grizzly::executor {

class CheckQueue;         // executor/constraint/check_queue.h
class CteStore;
class ScanKeys;           // executor/join/scan_keys.h
class TransactionChecks;  // executor/constraint/transaction_checks.h
struct NodeMeasurement;

// Replaces what a scan of UPDATE's, DELETE's or FOR UPDATE's table returns by one row version, while a
// changed row is checked again (READ COMMITTED).
struct PinnedRow {
  uint32_t scan_id = 0;
  std::string key;
  std::string value;
};

// Finds the provider of a catalog relation without stored rows.
using VirtualTableLookup = std::function<const catalog::VirtualTable*(Oid relation)>;

struct ExecContext {
  ExecContext(const plan::Plan& plan_to_run, txn::Transaction& transaction_to_use);
  ~ExecContext();

  const plan::Plan& plan;
  txn::Transaction& transaction;
  txn::ReadView view;
  expr::EvaluationState evaluation;   // parameters, functions, outer cells, subplans
  const CancelToken* cancel = nullptr;
  MemoryTracker* memory = nullptr;
  int64_t work_memory_bytes = 4 << 20;
  const VirtualTableLookup* virtual_tables = nullptr;
  catalog::VirtualTableInput virtual_input;
  txn::TransactionManager* transactions = nullptr;  // row ids
  std::function<void(Diagnostic)> notice;

  std::vector<types::Datum> outer_cells_storage;
  std::vector<std::shared_ptr<CteStore>> ctes;        // by slot
  std::shared_ptr<ScanKeys> scan_keys;                // null: no join has told anything yet
  std::vector<const PinnedRow*> pinned;               // usually empty; a Recheck's
  std::vector<NodeMeasurement>* measurements = nullptr;  // EXPLAIN ANALYZE: by node id
  // WHERE CURRENT OF: the key suffix of the row of `relation` that this cursor of the session stands
  // on. Throws 34000, 24000.
  std::function<std::string(std::string_view cursor, const catalog::Relation& relation)> cursor_row;
  uint64_t rows_changed = 0;                          // for the command tag
  catalog::RowChangesByRelation* row_changes = nullptr;  // the transaction's, for the statistics; may be null
  // What is checked later: at the end of this statement (made by the first change that needs it) and
  // by the transaction (the session's). FinishStatement runs the former.
  std::unique_ptr<CheckQueue> checks;
  TransactionChecks* transaction_checks = nullptr;
  uint64_t keys_written = 0;                          // EXPLAIN (WAL): rows and index entries
  uint64_t bytes_written = 0;

  // The transaction's, counted.
  void Put(std::string_view key, std::string_view value) {
    CountWrite(key.size() + value.size());
    transaction.Put(key, value);
  }
  void Delete(std::string_view key) {
    CountWrite(key.size());
    transaction.Delete(key);
  }
  void CountWrite(size_t bytes) {
    ++keys_written;
    bytes_written += bytes;
  }
  void CheckCanceled() const {
    if (cancel != nullptr) cancel->Check();
  }
  const PinnedRow* FindPinned(uint32_t scan_id) const;
  // Where changes of a table's rows are counted; valid as long as the context and the transaction.
  catalog::RowChanges& ChangesOf(Oid relation) {
    return row_changes == nullptr ? uncounted_ : (*row_changes)[relation];
  }
  // Rows of this table are new to everybody else: no row locks are needed to insert.
  bool IsUncontended(Oid relation) const;
  std::vector<Oid> uncontended_relations;

 private:
  catalog::RowChanges uncounted_;
  std::unique_ptr<expr::SubplanRunner> subplan_runner_;
};

}  // namespace grizzly::executor
