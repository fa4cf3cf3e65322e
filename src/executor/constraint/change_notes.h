// Notes what a changed row leaves to be checked at the end of the statement or the transaction.
#pragma once

#include <string>
#include <string_view>

#include "executor/constraint/check_queue.h"
#include "executor/exec_context.h"
#include "plan/modify_node.h"
#include "types/batch.h"

namespace grizzly::executor {

class ChangeNotes {
 public:
  ChangeNotes(const plan::RowRules& rules, ExecContext& context);

  // Whether Inserted does anything.
  bool wants_inserts() const { return notes_any_; }
  // Rows have the table's columns first; suffixes are those the rows are stored under.
  void Inserted(const types::Batch& rows, uint32_t row, std::string_view suffix) {
    if (notes_any_) NoteNew(rows, row, suffix);
  }
  void Updated(std::string_view old_suffix, const types::Batch& old_rows, uint32_t old_row,
               std::string_view suffix, const types::Batch& rows, uint32_t row);
  void Deleted(const types::Batch& old_rows, uint32_t old_row) {
    if (!rules_.referenced_by.empty()) NoteGone(old_rows, old_row, nullptr, 0);
  }
  // Gone to another partition of its table.
  void Left(const types::Batch& old_rows, uint32_t old_row);

 private:
  void NoteNew(const types::Batch& rows, uint32_t row, std::string_view suffix);
  void NoteGone(const types::Batch& old_rows, uint32_t old_row, const types::Batch* rows,
                uint32_t row);
  void NoteGoneFor(const plan::ForeignKeyRulePtr& rule, const types::Batch& old_rows,
                   uint32_t old_row, const types::Batch* rows, uint32_t row);
  // `old_rows` null: a new row.
  void NoteReference(const plan::ForeignKeyRulePtr& rule, const types::Batch* old_rows,
                     uint32_t old_row, const types::Batch& rows, uint32_t row,
                     std::string_view suffix, bool moved);
  void NoteIndex(const plan::IndexRulePtr& rule, const types::Batch& rows, uint32_t row,
                 std::string_view suffix);
  CheckQueue& QueueFor(Oid constraint, bool deferrable, bool initially_deferred);

  const plan::RowRules& rules_;
  ExecContext& context_;
  const bool notes_any_;
  std::string old_values_, values_;
};

}  // namespace grizzly::executor
