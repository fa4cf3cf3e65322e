// Writes rows of one table: constraints, the row, its index entries; notes what is checked later.
//
// New rows come as batches whose first columns are the table's, by attnum. A row is checked before
// anything of it is written; all it writes goes to the transaction's write set under the current
// command.
//
// ERRORS   23502, 23514, 23505, 23P01 with the constraint's name and PostgreSQL's details; 44000 view checks.
// THREADS  the statement's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "executor/constraint/change_notes.h"
#include "executor/constraint/exclusion_search.h"
#include "executor/columnar/row_access.h"
#include "executor/columnar/row_appender.h"
#include "executor/exec_context.h"
#include "executor/fresh_row_ids.h"
#include "executor/modify/partition_check.h"
#include "executor/modify/row_description.h"
#include "executor/term_entries.h"
#include "expr/evaluator.h"
#include "plan/modify_node.h"

namespace grizzly::executor {

class RowWriter {
 public:
  RowWriter(const plan::RowRules& rules, ExecContext& context);
  ~RowWriter();

  // Fills generated columns of the whole batch, then checks NOT NULL, CHECK and view checks.
  void Complete(types::Batch& rows);
  // The view checks alone, of rows that go elsewhere.
  void RequireViewChecks(const types::Batch& rows) { CheckConditions(rows, /*of_views_only=*/true); }

  // What already has the place a new row wants.
  struct Conflict {
    catalog::RelationPtr index;  // the primary key's or unique index that is violated
    std::string row_suffix;      // of the row that is there
  };
  // Locks and looks up every unique key of row `row`. `replaced_suffix`: the row an UPDATE replaces,
  // which is no conflict. `arbiters` (not null): only these indexes yield a conflict, others throw.
  std::optional<Conflict> FindConflict(const types::Batch& rows, uint32_t row,
                                       std::string_view replaced_suffix,
                                       const std::vector<Oid>* arbiters);
  [[noreturn]] void ThrowConflict(const Conflict& conflict, const types::Batch& rows, uint32_t row);

  // Writes row `row`, known to be free of conflicts; its suffix is suffix().
  void Insert(const types::Batch& rows, uint32_t row);
  // All rows of the batch; a conflict throws. `at` counts the rows done, so that an error can say which it
  // was.
  void InsertAll(const types::Batch& rows, uint32_t* at);
  // After the last Insert or InsertAll.
  void Finish();
  // Replaces a row. `old_rows` has the old version's columns, like `rows`.
  void Update(std::string_view old_suffix, const types::Batch& old_rows, uint32_t old_row,
              const types::Batch& rows, uint32_t row);
  void Delete(std::string_view suffix, const types::Batch& old_rows, uint32_t old_row);
  // The same for a row that goes to another partition: who refers to the table above it still may.
  void Leave(std::string_view suffix, const types::Batch& old_rows, uint32_t old_row);

  // The suffix of the row last given to FindConflict or Insert.
  const std::string& suffix() const { return suffix_; }
  const std::string& row_key_head() const { return head_; }
  RowAccess& row_access() { return access_; }
  // Errors show rows as those of the table they came through: its column i is this one's columns[i].
  void DescribeRowsAs(const catalog::Relation& root, std::vector<int32_t> columns) {
    described_as_ = &root;
    described_columns_ = std::move(columns);
  }
  // No lock is taken for rows nobody else can see or make.
  void set_uncontended(bool uncontended) { uncontended_ = uncontended; }

 private:
  struct Index;
  void AddExclusions();
  void AwaitHolder(const std::string& key, std::string_view replaced_suffix);
  // Of the non-deferrable exclusion constraints.
  std::optional<Conflict> FindExclusion(const types::Batch& rows, uint32_t row,
                                        std::string_view replaced_suffix,
                                        const std::vector<Oid>* arbiters);
  [[noreturn]] void ThrowExcluded(const Conflict& conflict, const types::Batch& rows, uint32_t row);
  // What a row has in a part of an index.
  types::Datum KeyValue(const catalog::Relation& index, size_t part, const types::Batch& rows, uint32_t row);
  void CheckNotNull(const types::Batch& rows);
  void CheckConditions(const types::Batch& rows, bool of_views_only = false);
  std::string Describe(const types::Batch& rows, uint32_t row) const {
    return described_as_ == nullptr
               ? DescribeRow(table_, rows, row, context_)
               : DescribeRow(*described_as_, described_columns_, rows, row, context_);
  }
  void ComputeSuffix(const types::Batch& rows, uint32_t row);
  // False: the row has no entry there (partial index). Fills index.key and index.is_unique_key.
  bool ComputeEntry(Index& index, const types::Batch& rows, uint32_t row);
  void PutEntries(const types::Batch& rows, uint32_t row);
  void RequireNoConflict(const types::Batch& rows, uint32_t row);
  // Before an entry of the row is written or removed.
  void LockFilled(const catalog::IndexDefinition& index, std::string_view suffix);
  // Whether the row that an index being filled gives for the key has it: entries of rows that were changed meanwhile
  // may be there for a while.
  bool HoldsKey(Index& index, std::string_view suffix);
  void PutEntry(const Index& index, std::string_view suffix);
  void PutTerm(const std::string& key, std::string_view suffix);
  void UpdateTerms(TermEntries& entries, std::string_view old_suffix,
                   const types::Batch& old_rows, uint32_t old_row, const types::Batch& rows,
                   uint32_t row);
  void DeleteEntry(const Index& index, std::string_view suffix);
  void Remove(std::string_view suffix, const types::Batch& old_rows, uint32_t old_row);
  bool KeysEqual(const types::Batch& a, uint32_t row_a, const types::Batch& b, uint32_t row_b,
                 const Index& index) const;

  const plan::RowRules& rules_;
  const catalog::Relation& table_;
  ExecContext& context_;
  catalog::RowChanges& changes_;
  const std::string head_;
  RowAccess access_;
  std::unique_ptr<RowAppender> appender_;  // columnar tables
  uint64_t next_row_id_ = 0;               // of InsertAll, from the appender
  FreshRowIds fresh_row_ids_;
  bool uncontended_ = false;
  bool suffix_is_fresh_ = false;
  size_t moves_noted_ = 0;
  std::string suffix_;
  std::string key_;
  std::string value_;
  txn::RowRead read_;
  std::vector<std::unique_ptr<Index>> indexes_;
  std::vector<std::unique_ptr<TermEntries>> term_entries_;
  struct Condition {
    const plan::RowRules::Check* check;
    std::unique_ptr<expr::Evaluator> evaluator;
    bool is_view_check;
  };
  std::vector<Condition> conditions_;
  struct GeneratedColumn {
    size_t column;
    std::unique_ptr<expr::Evaluator> evaluator;
  };
  std::vector<GeneratedColumn> generated_;
  PartitionCheck partition_check_;
  const catalog::Relation* described_as_ = nullptr;
  std::vector<int32_t> described_columns_;
  catalog::RelationPtr primary_index_;
  std::vector<std::unique_ptr<ExclusionSearch>> exclusions_;
  ChangeNotes notes_;
};

}  // namespace grizzly::executor
