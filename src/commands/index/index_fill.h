// Makes the entries of one index for the rows of a table, and finds out whether a unique one is.
//
// Uniqueness costs nothing while keys come in ascending order. Otherwise entries that overwrote each
// other are noticed at the end by counting (written past the write set), or at once (within it).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/evaluation.h"
#include "commands/table/bulk_writer.h"
#include "executor/term_entries.h"
#include "expr/evaluator.h"
#include "plan/modify_node.h"

namespace grizzly::commands {

class IndexFill {
 public:
  // `table` is what keys are made under (its storage may be new).
  IndexFill(CommandInput& input, expr::EvaluationState& state, const catalog::Relation& table,
            plan::RowRules::Index rules);

  // Entries for all rows; suffixes[i] is row i's key behind its head.
  void Add(const types::Batch& rows, const std::vector<std::string_view>& suffixes,
           BulkWriter& writer);
  // Calls `visit` with each row's entries: the key, the suffix the value holds, and whether no other row may have
  // this key.
  using EntryVisitor =
      std::function<void(std::string_view key, std::string_view suffix, bool is_unique)>;
  void ForEachEntry(const types::Batch& rows, const std::vector<std::string_view>& suffixes,
                    const EntryVisitor& visit);
  // True when every unique key was there once. The writer must have been flushed.
  bool IsUnique(const BulkWriter& writer);
  // Keys of the rows, one per row; empty: no entry or not held to be unique. For finding a duplicate.
  void UniqueKeys(const types::Batch& rows, std::vector<std::string>* keys);
  // A key part of one row, as it is stored.
  types::Datum PartOf(const types::Batch& rows, uint32_t row, size_t part) {
    return parts_[part].Evaluate(rows).GetDatum(row);
  }
  const catalog::Relation& index() const { return *rules_.index; }

 private:
  struct Computed {
    std::vector<const types::Vector*> parts;
    std::vector<bool> selected;
  };
  void AddTerms(const types::Batch& rows, const std::vector<std::string_view>& suffixes,
                BulkWriter& writer);
  void Compute(const types::Batch& rows, Computed* computed);
  // False when the row has no entry; sets key_ (without suffix) and *is_unique.
  bool ComputeKey(const Computed& computed, uint32_t row, bool* is_unique);
  // Of a deferrable key, whose entries end with the row's key.
  bool KeysDiffer();

  CommandInput& input_;
  plan::RowRules::Index rules_;
  const std::string head_;
  std::unique_ptr<executor::TermEntries> terms_;  // an index of terms: its entries
  std::vector<expr::Evaluator> parts_;
  std::unique_ptr<expr::Evaluator> predicate_;
  std::string key_, value_, last_unique_;
  uint64_t unique_written_ = 0;
  uint64_t written_ = 0;
  bool ascending_ = true;
  bool found_duplicate_ = false;
};

// Whether two rows of the table share a key of `fill`'s index: throws 23505 could not create unique
// index, with the key. `convert`: what becomes of the rows before they are indexed; empty: nothing.
// `shown` is the table they are rows of then.
using RowConvert = std::function<const types::Batch&(const types::Batch&)>;
[[noreturn]] void ThrowDuplicateKey(CommandInput& input, const catalog::Relation& stored_table,
                                    const catalog::Relation& shown, IndexFill& fill,
                                    const RowConvert& convert);
// Throws it if two rows of the view do.
void RequireNoDuplicateKey(CommandInput& input, const catalog::Relation& stored_table,
                           const catalog::Relation& shown, IndexFill& fill,
                           const RowConvert& convert, const txn::ReadView& view);

}  // namespace grizzly::commands
