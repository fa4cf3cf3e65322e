// Many new rows of a table whose storage was made in this transaction: past the write set, without row
// locks. For COPY and CREATE TABLE AS.
//
// Rows that come in ascending key order need no look-up; others are looked up one by one.
// ERRORS   23505 duplicate key value violates unique constraint.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "commands/evaluation.h"
#include "commands/table/bulk_writer.h"
#include "executor/term_entries.h"
#include "executor/fresh_row_ids.h"
#include "executor/modify/row_writer.h"

namespace grizzly::commands {

class BulkInsert {
 public:
  // Whether it may be used for the table now.
  static bool Suits(CommandInput& input, const catalog::Relation& table);

  // The rules and the context outlive it.
  BulkInsert(CommandInput& input, const plan::RowRules& rules, executor::ExecContext& context);
  ~BulkInsert();

  // Rows that are complete: generated columns filled, constraints checked. `at` counts the rows done,
  // so that an error can say which it was.
  void Add(const types::Batch& rows, uint32_t* at);
  void Finish();

 private:
  struct Index;
  void PutRow(const types::Batch& rows, uint32_t row);
  void AddToGroups(const types::Batch& rows, uint32_t* at);
  void PutEntries(const types::Batch& rows, uint32_t row);
  // Throws when the key is there already.
  void RequireNew(const std::string& key, std::string* last, bool* ascending,
                  const catalog::RelationPtr& index, const types::Batch& rows, uint32_t row);

  CommandInput& input_;
  const plan::RowRules& rules_;
  executor::ExecContext& context_;
  const catalog::Relation& table_;
  const std::string head_;
  executor::FreshRowIds fresh_row_ids_;
  std::unique_ptr<BulkWriter> writer_;
  std::unique_ptr<executor::RowAppender> appender_;  // columnar tables: the rows, but not their entries
  executor::RowWriter conflicts_;  // words the error
  executor::ChangeNotes notes_;
  std::vector<std::unique_ptr<Index>> indexes_;
  std::vector<std::unique_ptr<executor::TermEntries>> term_entries_;
  catalog::RelationPtr primary_;
  bool was_empty_;
  bool rows_ascending_;
  std::string last_row_key_, suffix_, key_, value_;
  std::unordered_set<std::string> unflushed_;  // keys looked up since the last flush
  size_t unflushed_bytes_ = 0;
};

}  // namespace grizzly::commands
