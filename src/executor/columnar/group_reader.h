// Reading the row groups of a columnar table (storage/column/row_group.h).
//
// A descriptor is versioned like a row: who sees it in a view sees the group. Its segments are written
// before the descriptor is, never change, and go only after the last descriptor that names them, so they
// are read from the store directly.
// THREADS  a reader belongs to one thread; descriptors are shared.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "catalog/relation.h"
#include "storage/column/row_group.h"
#include "txn/transaction.h"

namespace grizzly::executor {

// By attnum - 1, dropped ones included.
std::vector<types::SqlType> ColumnTypesOf(const catalog::Relation& table);
// All groups in view, by row id.
std::vector<storage::GroupPtr> LoadGroups(txn::Transaction& transaction, const txn::ReadView& view,
                                          const catalog::Relation& table);
// The one whose interval the row id lies in, or null.
storage::GroupPtr FindGroup(txn::Transaction& transaction, const txn::ReadView& view,
                            const catalog::Relation& table, uint64_t row_id);

class GroupReader {
 public:
  // `snapshot` may be null: the latest. The table outlives the reader.
  GroupReader(storage::Store& store, std::shared_ptr<const storage::StoreSnapshot> snapshot,
              const catalog::Relation& table, storage::GroupPtr group,
              storage::SegmentCheck check = storage::SegmentCheck::kChecksum);
  ~GroupReader();

  const storage::GroupDescriptor& group() const { return *group_; }
  uint32_t row_count() const { return group_->row_count; }
  uint32_t block_count() const { return storage::BlockCount(group_->row_count); }
  uint32_t block_rows(uint32_t block) const {
    return storage::BlockRows(group_->row_count, block);
  }

  // By attnum - 1; opened when first asked for.
  storage::SegmentReader& Column(uint32_t column);
  uint64_t RowIdAt(uint32_t position);
  uint64_t TimestampAt(uint32_t position);
  // The whole row, in row format.
  std::string ComposeRow(uint32_t position);
  // Where the row with this id is.
  std::optional<uint32_t> Find(uint64_t row_id);

 private:
  struct Segment;
  storage::SegmentReader& Open(Segment& segment, uint16_t column, types::SqlType type);
  std::optional<uint32_t> FindInBlocks(uint64_t row_id);

  storage::Store& store_;
  const std::shared_ptr<const storage::StoreSnapshot> snapshot_;
  const catalog::Relation& table_;
  const storage::GroupPtr group_;
  const storage::SegmentCheck check_;
  std::vector<std::unique_ptr<Segment>> segments_;
  std::unique_ptr<Segment> row_ids_;
  std::unique_ptr<Segment> timestamps_;
};

}  // namespace grizzly::executor
