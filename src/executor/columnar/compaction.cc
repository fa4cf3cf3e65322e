#include "executor/columnar/compaction.h"

#include <algorithm>
#include <optional>

#include "executor/columnar/columnar_source.h"
#include "executor/columnar/row_access.h"
#include "executor/columnar/row_appender.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {

using storage::GroupBuilder;
using storage::GroupPtr;

namespace {

// A group below this is written anew together with rows that follow or precede it.
constexpr uint32_t kSmallGroupRows = storage::kGroupRowsMax / 4;
// One changed row in so many, and the group is written anew.
constexpr uint32_t kChangedShare = 64;

class Compaction {
 public:
  Compaction(txn::Transaction& transaction, txn::TransactionManager& transactions,
             const catalog::Relation& table, const CancelToken* cancel, MemoryTracker* memory)
      : transactions_(transactions),
        store_(transactions.store()),
        table_(table),
        cancel_(cancel),
        memory_(memory),
        source_(transaction, transactions, {nullptr, txn::kSeesAll}, table),
        types_(ColumnTypesOf(table)),
        builder_(types_),
        decoded_(types_),
        from_delta_(types_),
        batch_(store_.NewBatch()) {
    for (const catalog::Column& column : table.columns) {
      targets_.push_back(column.dropped ? storage::RowLayoutSet::kSkip
                                        : static_cast<uint32_t>(column.attnum - 1));
    }
  }
  ~Compaction() { ReleaseMemory(); }

  CompactionCounts Run() {
    delta_ = source_.OpenDelta();
    for (size_t i = 0; i < source_.groups().size(); ++i) {
      const storage::GroupDescriptor& group = *source_.groups()[i];
      MoveRowsBefore(group.first_row_id);
      const auto opened = source_.Open(source_.groups()[i]);
      if (IsChanged(*opened) || (group.row_count < kSmallGroupRows && HasSomethingToJoin(i))) {
        Rewrite(*opened);
      } else {
        FinishGroup();
        SkipRowsUpTo(group.last_row_id);
      }
    }
    MoveRowsBefore(UINT64_MAX);
    FinishGroup();
    return counts_;
  }

 private:
  static bool IsChanged(const VisibleGroup& group) {
    return group.hidden().size() > group.group().row_count() / kChangedShare;
  }
  // Rows before it that wait, another small group behind it, or rows behind it.
  bool HasSomethingToJoin(size_t group) const {
    if (builder_.row_count() > 0) return true;
    const auto& groups = source_.groups();
    const storage::GroupDescriptor* next =
        group + 1 < groups.size() ? groups[group + 1].get() : nullptr;
    if (next != nullptr && next->row_count < kSmallGroupRows) return true;
    if (!delta_->Valid()) return false;
    const uint64_t row_id = RowIdOfKey(delta_->key());
    return row_id > groups[group]->last_row_id && (next == nullptr || row_id < next->first_row_id);
  }

  void MoveRowsBefore(uint64_t row_id) {
    for (; delta_->Valid() && RowIdOfKey(delta_->key()) < row_id; delta_->Next()) {
      MakeRoom();
      batch_->Delete(delta_->key());
      // A mark where no group is marks nothing.
      if (delta_->value().size() != storage::kDeletedMarkBytes) AppendDeltaRow();
    }
  }

  void SkipRowsUpTo(uint64_t row_id) {
    while (delta_->Valid() && RowIdOfKey(delta_->key()) <= row_id) delta_->Next();
  }

  void AppendDeltaRow() {
    from_delta_.Reset();
    table_.row_layouts->DecodeInto(delta_->value(), targets_, from_delta_, 0);
    SetDroppedNull(from_delta_, 1);
    from_delta_.set_row_count(1);
    builder_.Append(from_delta_, 0, 1);
    builder_.AppendIdentity(RowIdOfKey(delta_->key()), TimestampOfMark(delta_->value()));
    ++delta_rows_;
  }

  void SetDroppedNull(types::Batch& rows, uint32_t count) {
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (targets_[i] == storage::RowLayoutSet::kSkip) rows.column(i).SetAllNull(count);
    }
  }

  // The group's rows, with the delta's in the places of those it hides.
  void Rewrite(VisibleGroup& group) {
    GroupReader& reader = group.group();
    // A group has to hold it as a whole: its segments go when it is done.
    if (builder_.row_count() + reader.row_count() > storage::kGroupRowsMax) FinishGroup();
    auto hidden = group.hidden().begin();
    for (uint32_t block = 0; block < reader.block_count(); ++block) {
      DecodeBlock(reader, block);
      const uint32_t first = block * storage::kSegmentBlockRows;
      const uint32_t rows = reader.block_rows(block);
      uint32_t row = 0;
      while (row < rows) {
        const bool has_hidden = hidden != group.hidden().end() && *hidden < first + rows;
        const uint32_t end = has_hidden ? *hidden - first : rows;
        AppendGroupRows(reader, first, row, end - row);
        row = end;
        if (!has_hidden) break;
        MoveRowsOf(reader.RowIdAt(*hidden));
        ++row;
        ++hidden;
      }
      if (cancel_ != nullptr) cancel_->Check();
    }
    SkipMarks(reader.group().last_row_id);
    RemoveGroup(reader.group());
    ++groups_taken_;
  }

  void DecodeBlock(GroupReader& reader, uint32_t block) {
    decoded_.Reset();
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (targets_[i] == storage::RowLayoutSet::kSkip) continue;
      reader.Column(static_cast<uint32_t>(i)).DecodeBlock(block, decoded_.column(i));
    }
    SetDroppedNull(decoded_, reader.block_rows(block));
    decoded_.set_row_count(reader.block_rows(block));
  }

  void AppendGroupRows(GroupReader& reader, uint32_t block_first, uint32_t row, uint32_t count) {
    if (count == 0) return;
    builder_.Append(decoded_, row, count);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t position = block_first + row + i;
      builder_.AppendIdentity(reader.RowIdAt(position), reader.TimestampAt(position));
    }
  }

  // The delta's row, or mark, of this id.
  void MoveRowsOf(uint64_t row_id) {
    SkipMarks(row_id - 1);
    if (!delta_->Valid() || RowIdOfKey(delta_->key()) != row_id) return;
    batch_->Delete(delta_->key());
    if (delta_->value().size() != storage::kDeletedMarkBytes) AppendDeltaRow();
    delta_->Next();
  }

  // Within a group's interval, but not of its rows: rows of ids it has not.
  void SkipMarks(uint64_t row_id) {
    while (delta_->Valid() && RowIdOfKey(delta_->key()) <= row_id) {
      batch_->Delete(delta_->key());
      if (delta_->value().size() != storage::kDeletedMarkBytes) AppendDeltaRow();
      delta_->Next();
    }
  }

  void RemoveGroup(const storage::GroupDescriptor& group) {
    std::string key;
    storage::AppendGroupKey(&key, table_.tenant, table_.storage, group.last_row_id);
    batch_->Delete(key);
    const auto remove = [&](uint16_t column) {
      key.clear();
      storage::AppendSegmentKey(&key, table_.tenant, table_.storage, group.group, column);
      batch_->Delete(key);
    };
    for (size_t i = 0; i < group.columns.size(); ++i) remove(static_cast<uint16_t>(i));
    if (!group.ids_are_consecutive) remove(storage::kRowIdColumn);
    if (group.has_timestamps) remove(storage::kTimestampColumn);
  }

  void MakeRoom() {
    if (builder_.row_count() == storage::kGroupRowsMax) FinishGroup();
    if (builder_.row_count() % storage::kSegmentBlockRows != 0) return;
    if (cancel_ != nullptr) cancel_->Check();
    ChargeMemory();
  }

  // Writes what was gathered, or leaves it where it is when it is too little for a group.
  void FinishGroup() {
    const uint32_t rows = builder_.row_count();
    if (rows >= storage::kGroupRowsMin || groups_taken_ > 0) {
      if (rows > 0) {
        const storage::GroupDescriptor group =
            builder_.Finish(table_.tenant, table_.storage, transactions_.NextTimestamp().value, 0,
                            ForEachColumn, *batch_);
        std::string key;
        storage::AppendGroupKey(&key, table_.tenant, table_.storage, group.last_row_id);
        std::string value = storage::EncodeGroup(group);
        const uint64_t timestamp = transactions_.NextTimestamp().value;
        std::memcpy(value.data(), &timestamp, sizeof(timestamp));
        batch_->Put(key, value);
        ++counts_.groups_written;
      }
      store_.Write(*batch_, storage::SyncMode::kNone);
      counts_.rows_moved += delta_rows_;
    }
    batch_->Clear();
    builder_.Clear();
    delta_rows_ = 0;
    groups_taken_ = 0;
    ReleaseMemory();
  }

  void ChargeMemory() {
    const auto bytes = static_cast<int64_t>(builder_.byte_count() + batch_->byte_count());
    if (memory_ != nullptr && bytes > charged_bytes_) memory_->Reserve(bytes - charged_bytes_);
    charged_bytes_ = std::max(charged_bytes_, bytes);
  }
  void ReleaseMemory() {
    if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
    charged_bytes_ = 0;
  }

  txn::TransactionManager& transactions_;
  storage::Store& store_;
  const catalog::Relation& table_;
  const CancelToken* const cancel_;
  MemoryTracker* const memory_;
  ColumnarSource source_;
  const std::vector<types::SqlType> types_;
  std::vector<uint32_t> targets_;
  GroupBuilder builder_;
  types::Batch decoded_;
  types::Batch from_delta_;
  std::unique_ptr<txn::RangeScan> delta_;
  std::unique_ptr<storage::StoreBatch> batch_;  // of the group being gathered
  uint64_t delta_rows_ = 0;                     // in it
  uint32_t groups_taken_ = 0;                   // whose rows are in it
  int64_t charged_bytes_ = 0;
  CompactionCounts counts_;
};

}  // namespace

CompactionCounts CompactColumnarTable(txn::Transaction& transaction,
                                      txn::TransactionManager& transactions,
                                      const catalog::Relation& table, const CancelToken* cancel,
                                      MemoryTracker* memory) {
  return Compaction(transaction, transactions, table, cancel, memory).Run();
}

}  // namespace grizzly::executor
