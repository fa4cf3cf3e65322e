// Row groups: what a columnar table's rows become when they are many.
//
// A group holds the rows of an interval of row ids, as one segment per column. No two groups' intervals
// overlap. A row of the delta (row format, index 0, under its row id) hides the group's row of that id;
// one of eight bytes, only a timestamp, says that the group's row is deleted.
//
// FORMAT   version 1, on disk
//          descriptor key := head(kGroupIndex) last_row_id:u64 big-endian
//          descriptor     := commit_timestamp:u64 version:u8 group:u64 first_row_id:u64 last_row_id:u64
//                            row_count:u32 flags:u8 column_count:u16 column... checksum:u64
//          column         := byte_count:u32 zone (zone_map.h)
//          flags          := 1: row ids are first_row_id + position, else segment kRowIdColumn says them
//                          | 2: segment kTimestampColumn says when each row was committed, else they
//                            were with the descriptor
//          segment key    := head(kSegmentIndex) group:u64 column:u16, big-endian
//          segment value  := eight zero bytes, segment (segment.h)
//          row block      := head(kRowBlockIndex): eight zero bytes, blocks given out so far u64
//          row ids        := a commit clock's time (rows of the delta), or, with the highest bit set,
//                            block << kRowBlockBits | number in it (rows that became a group at once)
//          A column is its attnum - 1. Groups have the columns the table had; later ones read as missing.
//          A group number is used once: a segment never changes under its key.
// LIMITS   groups are made of kGroupRowsMax rows; rows that had to stay with them may make them larger, up
//          to kGroupRowsLimit
// ERRORS   XX001
// THREADS  free functions and plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "storage/column/segment.h"
#include "storage/kv/store.h"
#include "types/batch.h"

namespace grizzly::storage {

inline constexpr uint32_t kGroupRowsMax = 60 * kSegmentBlockRows;
inline constexpr uint32_t kGroupRowsMin = kSegmentBlockRows;  // fewer are read faster as rows
inline constexpr uint32_t kGroupRowsLimit = 4 * kGroupRowsMax;
inline constexpr size_t kDeletedMarkBytes = 8;
// Index ids are storage ids, which count up from one.
inline constexpr IndexId kGroupIndex{UINT32_MAX - 1};
inline constexpr IndexId kSegmentIndex{UINT32_MAX - 2};
inline constexpr IndexId kRowBlockIndex{UINT32_MAX - 3};
inline constexpr int kRowBlockBits = 17;
static_assert(kGroupRowsMax <= uint32_t{1} << kRowBlockBits);
inline constexpr uint16_t kRowIdColumn = UINT16_MAX;
inline constexpr uint16_t kTimestampColumn = UINT16_MAX - 1;

struct GroupColumn {
  uint32_t byte_count = 0;
  ZoneMap zone;
};

struct GroupDescriptor {
  uint64_t commit_timestamp = 0;  // 0: by this transaction
  uint64_t group = 0;
  uint64_t first_row_id = 0;
  uint64_t last_row_id = 0;
  uint32_t row_count = 0;
  bool ids_are_consecutive = true;
  bool has_timestamps = false;
  std::vector<GroupColumn> columns;
};
using GroupPtr = std::shared_ptr<const GroupDescriptor>;

void AppendGroupKey(std::string* key, TenantId tenant, StorageId storage, uint64_t last_row_id);
void AppendSegmentKey(std::string* key, TenantId tenant, StorageId storage, uint64_t group,
                      uint16_t column);
// The first of kGroupRowsMax consecutive row ids of the table that nobody else gets.
uint64_t TakeRowBlock(Store& store, TenantId tenant, StorageId storage);
// Bytes of all groups of a table, as of now.
uint64_t GroupBytes(Store& store, TenantId tenant, StorageId storage);
std::string EncodeGroup(const GroupDescriptor& group);  // the timestamp zero
GroupPtr DecodeGroup(std::string_view value);

// Gathers rows and makes a group of them.
class GroupBuilder {
 public:
  explicit GroupBuilder(const std::vector<types::SqlType>& column_types);

  // Rows [first, first + count) of a batch whose first columns are the table's.
  void Append(const types::Batch& rows, uint32_t first, uint32_t count);
  // ... of the row appended last, when ids are not consecutive or rows are older than the group.
  void AppendIdentity(uint64_t row_id, uint64_t timestamp);
  uint32_t row_count() const { return row_count_; }
  size_t byte_count() const;
  void Clear();

  // Calls work(0) ... work(count - 1), in any order, by any threads, and returns when all have returned.
  using ForEach = std::function<void(size_t count, const std::function<void(size_t)>& work)>;

  // Puts the segments into the batch, returns what describes them, and is empty again. Row ids are
  // consecutive from `first_row_id`, or those given with AppendIdentity. Each column is one call's work.
  GroupDescriptor Finish(TenantId tenant, StorageId storage, uint64_t group, uint64_t first_row_id,
                         const ForEach& for_each, StoreBatch& batch);

 private:
  uint32_t row_count_ = 0;
  std::vector<SegmentWriter> columns_;
  SegmentWriter row_ids_;
  SegmentWriter timestamps_;
  uint64_t first_row_id_ = 0;
  uint64_t last_row_id_ = 0;
};

}  // namespace grizzly::storage
