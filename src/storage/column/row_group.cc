#include "storage/column/row_group.h"

#include <mutex>

#include <xxhash.h>

#include "base/error/check.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"

namespace grizzly::storage {
namespace {

constexpr uint8_t kGroupFormatVersion = 1;
constexpr uint8_t kConsecutiveFlag = 1;
constexpr uint8_t kTimestampsFlag = 2;
constexpr Oid kInt8TypeOid = 20;

types::SqlType Int8Type() {
  return {kInt8TypeOid, types::kNoTypmod, kInvalidOid, types::PhysicalType::kInt64};
}

}  // namespace

void AppendGroupKey(std::string* key, TenantId tenant, StorageId storage, uint64_t last_row_id) {
  AppendKeyHead(key, tenant, storage, kGroupIndex);
  AppendBigEndian(key, last_row_id);
}

void AppendSegmentKey(std::string* key, TenantId tenant, StorageId storage, uint64_t group,
                      uint16_t column) {
  AppendKeyHead(key, tenant, storage, kSegmentIndex);
  AppendBigEndian(key, group);
  AppendBigEndian(key, column);
}

uint64_t TakeRowBlock(Store& store, TenantId tenant, StorageId storage) {
  static std::mutex taking;  // once in a hundred thousand rows
  std::lock_guard lock(taking);
  std::string key;
  AppendKeyHead(&key, tenant, storage, kRowBlockIndex);
  uint64_t block = 0;
  PinnedValue stored;
  if (store.Get(nullptr, key, &stored)) {
    ByteCursor in(stored.view());
    in.Take(sizeof(uint64_t));
    block = in.Read<uint64_t>();
  }
  std::string value(sizeof(uint64_t), '\0');
  AppendValue(&value, block + 1);
  const auto batch = store.NewBatch();
  batch->Put(key, value);
  store.Write(*batch, SyncMode::kNone);  // whatever commits rows of it is behind it in the log
  return (uint64_t{1} << 63) | (block << kRowBlockBits);
}

uint64_t GroupBytes(Store& store, TenantId tenant, StorageId storage) {
  std::string head;
  AppendKeyHead(&head, tenant, storage, kGroupIndex);
  uint64_t bytes = 0;
  const auto groups = store.NewIterator(nullptr, head, PrefixSuccessor(head));
  for (groups->Seek(head); groups->Valid(); groups->Next()) {
    bytes += groups->value().size();
    const GroupPtr group = DecodeGroup(groups->value());
    for (const GroupColumn& column : group->columns) bytes += column.byte_count;
  }
  return bytes;
}

std::string EncodeGroup(const GroupDescriptor& group) {
  std::string out(sizeof(uint64_t), '\0');
  const auto flags = static_cast<uint8_t>((group.ids_are_consecutive ? kConsecutiveFlag : 0) |
                                          (group.has_timestamps ? kTimestampsFlag : 0));
  AppendValue(&out, kGroupFormatVersion);
  AppendValue(&out, group.group);
  AppendValue(&out, group.first_row_id);
  AppendValue(&out, group.last_row_id);
  AppendValue(&out, group.row_count);
  AppendValue(&out, flags);
  AppendValue(&out, static_cast<uint16_t>(group.columns.size()));
  for (const GroupColumn& column : group.columns) {
    AppendValue(&out, column.byte_count);
    AppendZoneMap(column.zone, &out);
  }
  const std::string_view body = std::string_view(out).substr(sizeof(uint64_t));
  const auto checksum = static_cast<uint64_t>(XXH3_64bits(body.data(), body.size()));
  AppendValue(&out, checksum);
  return out;
}

GroupPtr DecodeGroup(std::string_view value) {
  auto group = std::make_shared<GroupDescriptor>();
  ByteCursor in(value);
  group->commit_timestamp = in.Read<uint64_t>();
  if (in.size() < sizeof(uint64_t)) ThrowDamagedSegment("a group without a checksum");
  const std::string_view body(in.data(), in.size() - sizeof(uint64_t));
  if (ReadValueAt<uint64_t>(body.data() + body.size()) != XXH3_64bits(body.data(), body.size())) {
    ThrowDamagedSegment("a group's checksum is wrong");
  }
  if (in.Read<uint8_t>() != kGroupFormatVersion) ThrowDamagedSegment("unknown version of a group");
  group->group = in.Read<uint64_t>();
  group->first_row_id = in.Read<uint64_t>();
  group->last_row_id = in.Read<uint64_t>();
  group->row_count = in.Read<uint32_t>();
  const auto flags = in.Read<uint8_t>();
  group->ids_are_consecutive = (flags & kConsecutiveFlag) != 0;
  group->has_timestamps = (flags & kTimestampsFlag) != 0;
  group->columns.resize(in.Read<uint16_t>());
  for (GroupColumn& column : group->columns) {
    column.byte_count = in.Read<uint32_t>();
    column.zone = ReadZoneMap(in);
  }
  return group;
}

// ---- GroupBuilder ----

GroupBuilder::GroupBuilder(const std::vector<types::SqlType>& column_types)
    : row_ids_(Int8Type()), timestamps_(Int8Type()) {
  for (const types::SqlType& type : column_types) columns_.emplace_back(type);
}

size_t GroupBuilder::byte_count() const {
  size_t bytes = row_ids_.byte_count() + timestamps_.byte_count();
  for (const SegmentWriter& column : columns_) bytes += column.byte_count();
  return bytes;
}

void GroupBuilder::Append(const types::Batch& rows, uint32_t first, uint32_t count) {
  GRIZZLY_CHECK(row_count_ + count <= kGroupRowsLimit && rows.column_count() >= columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) columns_[i].Append(rows.column(i), first, count);
  row_count_ += count;
}

void GroupBuilder::Clear() {
  row_count_ = 0;
  for (SegmentWriter& column : columns_) column.Clear();
  row_ids_.Clear();
  timestamps_.Clear();
}

void GroupBuilder::AppendIdentity(uint64_t row_id, uint64_t timestamp) {
  if (row_ids_.row_count() == 0) first_row_id_ = row_id;
  last_row_id_ = row_id;
  row_ids_.AppendDatum(types::Datum::Of(static_cast<int64_t>(row_id)));
  timestamps_.AppendDatum(types::Datum::Of(static_cast<int64_t>(timestamp)));
}

GroupDescriptor GroupBuilder::Finish(TenantId tenant, StorageId storage, uint64_t group,
                                     uint64_t first_row_id, const ForEach& for_each,
                                     StoreBatch& batch) {
  GroupDescriptor descriptor;
  descriptor.group = group;
  descriptor.row_count = row_count_;
  descriptor.first_row_id = first_row_id;
  descriptor.last_row_id = first_row_id + row_count_ - 1;
  descriptor.columns.resize(columns_.size());
  std::vector<std::string> values(columns_.size());
  const auto finish = [](SegmentWriter& writer, std::string* value, ZoneMap* zone) {
    value->assign(sizeof(uint64_t), '\0');
    writer.Finish(value, zone);
    writer.Clear();
  };
  for_each(columns_.size(), [&](size_t i) {
    finish(columns_[i], &values[i], &descriptor.columns[i].zone);
  });
  std::string key;
  const auto put = [&](uint16_t column, const std::string& value) {
    key.clear();
    AppendSegmentKey(&key, tenant, storage, group, column);
    batch.Put(key, value);
  };
  for (size_t i = 0; i < columns_.size(); ++i) {
    descriptor.columns[i].byte_count = static_cast<uint32_t>(values[i].size());
    put(static_cast<uint16_t>(i), values[i]);
  }
  if (row_ids_.row_count() > 0) {
    GRIZZLY_CHECK(row_ids_.row_count() == row_count_);
    descriptor.ids_are_consecutive = false;
    descriptor.has_timestamps = true;
    descriptor.first_row_id = first_row_id_;
    descriptor.last_row_id = last_row_id_;
    ZoneMap unused;
    std::string value;
    finish(row_ids_, &value, &unused);
    put(kRowIdColumn, value);
    finish(timestamps_, &value, &unused);
    put(kTimestampColumn, value);
  }
  row_count_ = 0;
  return descriptor;
}

}  // namespace grizzly::storage
