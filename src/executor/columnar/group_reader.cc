#include "executor/columnar/group_reader.h"

#include <algorithm>

#include "executor/columnar/verified_segments.h"
#include "facts/types.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"
#include "types/hash_bytes.h"

namespace grizzly::executor {

using storage::GroupPtr;

namespace {

std::string GroupHead(const catalog::Relation& table) {
  std::string head;
  storage::AppendKeyHead(&head, table.tenant, table.storage, storage::kGroupIndex);
  return head;
}

}  // namespace

std::vector<types::SqlType> ColumnTypesOf(const catalog::Relation& table) {
  std::vector<types::SqlType> types;
  for (const catalog::Column& column : table.columns) types.push_back(column.type);
  return types;
}

std::vector<GroupPtr> LoadGroups(txn::Transaction& transaction, const txn::ReadView& view,
                                 const catalog::Relation& table) {
  const std::string head = GroupHead(table);
  std::vector<GroupPtr> groups;
  const auto scan = transaction.Scan(view, head, storage::PrefixSuccessor(head));
  for (; scan->Valid(); scan->Next()) groups.push_back(storage::DecodeGroup(scan->value()));
  return groups;
}

GroupPtr FindGroup(txn::Transaction& transaction, const txn::ReadView& view,
                   const catalog::Relation& table, uint64_t row_id) {
  std::string key;
  storage::AppendGroupKey(&key, table.tenant, table.storage, row_id);
  const auto scan = transaction.Scan(view, key, storage::PrefixSuccessor(GroupHead(table)));
  if (!scan->Valid()) return nullptr;
  GroupPtr group = storage::DecodeGroup(scan->value());
  return group->first_row_id <= row_id ? group : nullptr;
}

struct GroupReader::Segment {
  storage::PinnedValue pinned;
  std::unique_ptr<storage::SegmentReader> reader;
};

GroupReader::GroupReader(storage::Store& store,
                         std::shared_ptr<const storage::StoreSnapshot> snapshot,
                         const catalog::Relation& table, GroupPtr group,
                         storage::SegmentCheck check)
    : store_(store),
      snapshot_(std::move(snapshot)),
      table_(table),
      group_(std::move(group)),
      check_(check),
      segments_(table.columns.size()) {}

GroupReader::~GroupReader() = default;

storage::SegmentReader& GroupReader::Open(Segment& segment, uint16_t column, types::SqlType type) {
  std::string key;
  storage::AppendSegmentKey(&key, table_.tenant, table_.storage, group_->group, column);
  // A transaction's own group may be younger than its snapshot.
  if (!store_.Get(snapshot_.get(), key, &segment.pinned) &&
      (snapshot_ == nullptr || !store_.Get(nullptr, key, &segment.pinned))) {
    storage::ThrowDamagedSegment("it is missing");
  }
  const std::string_view bytes = segment.pinned.view().substr(txn::kRowTimestampBytes);
  // The size is part of it: a segment that was cut short is another one.
  const uint64_t known_as = types::CombineHash(types::HashBytes(key), bytes.size());
  const bool is_known = VerifiedSegments::Instance().Has(known_as);
  segment.reader = storage::SegmentReader::Open(
      bytes, type, is_known ? storage::SegmentCheck::kNone : check_);
  if (!is_known && check_ == storage::SegmentCheck::kChecksum) {
    VerifiedSegments::Instance().Add(known_as);
  }
  return *segment.reader;
}

storage::SegmentReader& GroupReader::Column(uint32_t column) {
  std::unique_ptr<Segment>& segment = segments_[column];
  if (segment != nullptr) return *segment->reader;
  segment = std::make_unique<Segment>();
  const storage::RowColumn& layout = table_.row_layouts->column(column);
  if (column >= group_->columns.size()) {
    segment->reader =
        storage::SegmentReader::OfConstant(layout.missing, layout.type, group_->row_count);
    return *segment->reader;
  }
  return Open(*segment, static_cast<uint16_t>(column), layout.type);
}

uint64_t GroupReader::RowIdAt(uint32_t position) {
  if (group_->ids_are_consecutive) return group_->first_row_id + position;
  if (row_ids_ == nullptr) {
    row_ids_ = std::make_unique<Segment>();
    Open(*row_ids_, storage::kRowIdColumn, types::BuiltinType(facts::kInt8Oid));
  }
  return static_cast<uint64_t>(row_ids_->reader->At(position).As<int64_t>());
}

std::string GroupReader::ComposeRow(uint32_t position) {
  std::vector<types::Datum> values(table_.columns.size());
  for (uint32_t column = 0; column < values.size(); ++column) {
    if (!table_.columns[column].dropped) values[column] = Column(column).At(position);
  }
  std::string row;
  table_.row_layouts->Encode(values, &row);
  const uint64_t timestamp = TimestampAt(position);
  std::memcpy(row.data(), &timestamp, sizeof(timestamp));
  return row;
}

uint64_t GroupReader::TimestampAt(uint32_t position) {
  if (!group_->has_timestamps) return group_->commit_timestamp;
  if (timestamps_ == nullptr) {
    timestamps_ = std::make_unique<Segment>();
    Open(*timestamps_, storage::kTimestampColumn, types::BuiltinType(facts::kInt8Oid));
  }
  return static_cast<uint64_t>(timestamps_->reader->At(position).As<int64_t>());
}

std::optional<uint32_t> GroupReader::Find(uint64_t row_id) {
  if (row_id < group_->first_row_id || row_id > group_->last_row_id) return std::nullopt;
  if (group_->ids_are_consecutive) return static_cast<uint32_t>(row_id - group_->first_row_id);
  return FindInBlocks(row_id);
}

// The first value of a block is cheap to read in every encoding; then one block is decoded.
std::optional<uint32_t> GroupReader::FindInBlocks(uint64_t row_id) {
  uint32_t low = 0, high = block_count();
  while (high - low > 1) {
    const uint32_t middle = (low + high) / 2;
    if (RowIdAt(middle * storage::kSegmentBlockRows) <= row_id) {
      low = middle;
    } else {
      high = middle;
    }
  }
  RowIdAt(0);  // opens the segment of a group of one block
  types::Vector ids(types::BuiltinType(facts::kInt8Oid), storage::kSegmentBlockRows);
  row_ids_->reader->DecodeBlock(low, ids);
  const auto values = ids.Reader<uint64_t>();
  uint32_t first = 0, last = block_rows(low);
  while (first < last) {
    const uint32_t middle = (first + last) / 2;
    if (values[middle] < row_id) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  if (first == block_rows(low) || values[first] != row_id) return std::nullopt;
  return low * storage::kSegmentBlockRows + first;
}

}  // namespace grizzly::executor
