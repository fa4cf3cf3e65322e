// Everything a columnar table has in one view: its groups with the rows that are still there, and its
// delta. What scans, rewrites, ANALYZE and the moving of rows read from.
//
// Several threads make one each, over the same view, and share the groups out by their number: they all have
// the same ones in the same order.
// THREADS  one.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "executor/columnar/group_reader.h"

namespace grizzly::executor {

// A group and which of its rows the view sees.
class VisibleGroup {
 public:
  VisibleGroup(std::unique_ptr<GroupReader> reader, std::vector<uint32_t> hidden)
      : reader_(std::move(reader)), hidden_(std::move(hidden)) {}

  GroupReader& group() { return *reader_; }
  const GroupReader& group() const { return *reader_; }
  // Positions the delta hides, ascending.
  const std::vector<uint32_t>& hidden() const { return hidden_; }
  // The block's rows that are not, by number in the block; null: all of them. Valid until the next call.
  const std::vector<uint32_t>* VisibleRows(uint32_t block);

 private:
  std::unique_ptr<GroupReader> reader_;
  std::vector<uint32_t> hidden_;
  std::vector<uint32_t> visible_;
};

class ColumnarSource {
 public:
  // All outlive it, and what it hands out.
  ColumnarSource(txn::Transaction& transaction, txn::TransactionManager& transactions,
                 txn::ReadView view, const catalog::Relation& table);

  const std::vector<storage::GroupPtr>& groups() const { return groups_; }
  // The next group that `wanted` takes, or null.
  std::unique_ptr<VisibleGroup> NextGroup(
      const std::function<bool(const storage::GroupDescriptor&)>& wanted);
  std::unique_ptr<VisibleGroup> Open(const storage::GroupPtr& group);
  // All rows of the delta, deletion marks (storage::kDeletedMarkBytes long) among them.
  std::unique_ptr<txn::RangeScan> OpenDelta();
  // ... those with ids in [first, last].
  std::unique_ptr<txn::RangeScan> OpenDelta(uint64_t first, uint64_t last);

 private:
  txn::Transaction& transaction_;
  txn::TransactionManager& transactions_;
  txn::ReadView view_;
  const catalog::Relation& table_;
  std::vector<storage::GroupPtr> groups_;
  size_t next_ = 0;
};

// Rows the latest committed state has: of groups by their descriptors, of the delta by counting.
uint64_t CountColumnarRows(ColumnarSource& source);

}  // namespace grizzly::executor
