// ON DELETE and ON UPDATE: deletes or changes the rows that refer to values that are gone.
//
// ERRORS   40001 when a snapshot isolation level does not see the row as it is; what the changed
//          row's own constraints say, with PostgreSQL's context line.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "executor/columnar/row_access.h"
#include "executor/constraint/foreign_key_values.h"
#include "executor/modify/row_transfer.h"

namespace grizzly::executor {

class ForeignKeyAction {
 public:
  // `action` as pg_constraint has it: c, n or d. `rule`: of the table, or one leaf of it; `whole` the
  // constraint's. `router` of a partitioned table's rows that are changed, else null.
  ForeignKeyAction(const plan::ForeignKeyRule& whole, const plan::ForeignKeyRule& rule,
                   RowRouter* router, ExecContext& context, char action, bool is_delete);
  ~ForeignKeyAction();

  txn::RowLockMode lock_mode() const { return lock_mode_; }
  // Changes one row, locked and read. `new_values`: of the referenced columns (CASCADE of an update).
  void Apply(std::string_view row_key, const FoundRow& row,
             const std::vector<types::Datum>& new_values);

 private:
  // Defaults are those of the constraint's table: a partition's are for rows that name it.
  void PrepareValues(const plan::ForeignKeyRule& whole, bool is_delete);
  bool ChangesKey() const;
  void CheckInView(std::string_view row_key, const FoundRow& row);
  void Replace(std::string_view suffix, const std::vector<types::Datum>& new_values);
  void Write(std::string_view suffix);
  static std::string StatementText(const plan::ForeignKeyRule& rule, const ExecContext& context,
                                   char action, bool is_delete);

  const plan::ForeignKeyRule& rule_;
  ExecContext& context_;
  RowAccess rows_;
  const char action_;
  const bool deletes_;
  std::shared_ptr<const plan::RowRules> rules_;
  RowWriter writer_;
  plan::RowRouting::ColumnMap root_columns_;
  std::unique_ptr<RowTransfer> transfer_;   // null: rows stay where they are
  std::vector<uint32_t> set_columns_;       // places in the row
  std::vector<uint32_t> set_from_;          // CASCADE: columns of the constraint
  std::vector<expr::ExprPtr> expressions_;  // by set column; null: NULL
  std::vector<std::unique_ptr<expr::Evaluator>> evaluators_;
  txn::RowLockMode lock_mode_ = txn::RowLockMode::kUpdate;
  std::vector<uint32_t> all_columns_;
  types::Batch old_, new_, input_;
  const std::string statement_;
};

}  // namespace grizzly::executor
