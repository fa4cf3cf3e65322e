// Brings rows of a partitioned table to the partitions that take them.
//
// Rows come in the layout of the root; each leaf has a RowWriter of its own, made when its first row
// comes. Keys are computed level by level over the row as that level's table has it. A root that is a
// partition itself has one more key than parts: the condition its own bound sets.
//
// ERRORS   23514 no partition of relation "t" found for row; what RowWriter throws
// THREADS  the statement's.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "executor/modify/partition_check.h"
#include "executor/modify/row_writer.h"

namespace grizzly::executor {

class RowRouter {
 public:
  RowRouter(const plan::RowRouting& routing, ExecContext& context);
  ~RowRouter();

  // Throws when a row does not belong to the root table at all.
  void RequireRoot(const types::Batch& root_rows) { root_check_.Require(root_rows); }
  // Which leaf takes the row.
  size_t FindLeaf(const types::Batch& root_rows, uint32_t row);

  const plan::RowRouting& routing() const { return routing_; }
  const plan::RowRouting::Leaf& leaf(size_t index) const { return routing_.leaves[index]; }
  RowWriter& Writer(size_t leaf);
  // These rows as the leaf's, generated columns still NULL; valid until the next call for it.
  types::Batch& RowsOfLeaf(size_t leaf, const types::Batch& root_rows, types::Selection rows);
  // The rows of its last RowsOfLeaf, completed perhaps since.
  const types::Batch& LastRows(size_t leaf);
  // The leaf's column (0-based) of a column of the root; -1: dropped.
  int32_t LeafColumn(size_t leaf, size_t root_column);
  // Inserts one row where it belongs; returns the leaf.
  size_t InsertRow(const types::Batch& root_rows, uint32_t row);
  // A row went from this key to the leaf, where it was inserted last: what is to be checked of who refers to
  // the root. One row each.
  void NoteMoved(std::string from, size_t leaf, const types::Batch& old_root_row,
                 const types::Batch& root_row);
  // After the last row.
  void Finish();

 private:
  struct Level;
  struct Target;
  Target& TargetOf(size_t leaf);
  // The key values of the row at a partitioned table.
  void ComputeKey(Level& level, const types::Batch& root_rows, uint32_t row);
  [[noreturn]] void ThrowNoPartition(const Level& level) const;

  const plan::RowRouting& routing_;
  ExecContext& context_;
  PartitionCheck root_check_;
  std::vector<std::unique_ptr<Level>> levels_;    // one per table
  std::vector<std::unique_ptr<Target>> targets_;  // one per leaf; null: no row yet
  std::vector<types::Datum> key_;
  std::unique_ptr<ChangeNotes> root_notes_;       // null: nobody refers to the root
  size_t moves_noted_ = 0;
};

}  // namespace grizzly::executor
