// Scans a stored table: by key ranges of its rows or of an index, or one row by its unique key. (A columnar
// table's rows are scanned by columnar_scan_operator.cc; its indexes here.)
#include <algorithm>
#include <cstring>
#include <optional>

#include "catalog/access_method.h"
#include "executor/columnar/row_access.h"
#include "executor/filter_set.h"
#include "executor/join/scan_keys.h"
#include "executor/operators.h"
#include "executor/parallel/parallel_step.h"
#include "executor/scan/row_prefilter.h"
#include "executor/scan/scan_ranges.h"
#include "executor/scan/system_columns.h"
#include "executor/scan/table_sampler.h"
#include "executor/statement_resources.h"
#include "executor/table_access.h"
#include "plan/row_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {
namespace {

using plan::TableScanNode;

// Batches start small, because many scans end early, and grow.
constexpr uint32_t kFirstBatchRows = 32;
constexpr uint32_t kBatchGrowth = 8;
// A scan of more than this part of the block cache leaves the cache to others.
constexpr uint64_t kCacheShare = 4;
// Whether a scan is that big is looked up when it is estimated to read so many rows.
constexpr double kMeasuredRowsMin = 50'000;
constexpr uint64_t kRowsPerCheck = 8192;

class TableScanOperator final : public Operator {
 public:
  TableScanOperator(const TableScanNode& node, ExecContext& context)
      : Operator(node),
        scan_(node),
        table_(*node.relation),
        rows_by_key_(context.transaction, *context.transactions, *node.relation),
        ranges_(node, context.evaluation),
        prefilter_(node, context.evaluation),
        filters_(node.filters, context),
        head_(RowKeyHead(*node.relation)),
        capacity_(node.unique_match || !node.current_of.empty() ? 1 : FirstCapacity(node)),
        batch_(node.output_types, capacity_),
        columns_(StoredPlacesOf(node)),
        system_columns_(node, context) {
    decoder_.emplace(*table_.row_layouts, columns_);
  }

 protected:
  void DoOpen(ExecContext& context) override {
    rows_.reset();
    next_range_ = 0;
    point_done_ = false;
    pinned_ = context.FindPinned(scan_.scan_id);
    if (!scan_.current_of.empty()) cursor_row_ = context.cursor_row(scan_.current_of, table_);
    if (pinned_ != nullptr || IsPoint()) return;
    if (scan_.sample) sampler_.emplace(*scan_.sample, context);
    shared_ = StatementResources::Current().parallel;
    if (shared_ != nullptr && !shared_->IsDriver(scan_)) shared_ = nullptr;
    prefilter_.Open();
    if (context.scan_keys != nullptr) {
      for (const ScanKeys::Entry& entry : context.scan_keys->Of(scan_)) {
        prefilter_.AddKeys(scan_, entry.output, entry.keys);
      }
    }
    if (shared_ != nullptr) {
      shared_->SplitOnce([&] {
        shared_->ranges() = SplitRanges(ranges_.Compute(), context);
        return shared_->ranges().size();
      });
      fills_cache_ = FitsCache(shared_->ranges(), context);
      return;
    }
    key_ranges_ = ranges_.Compute();
    fills_cache_ = FitsCache(key_ranges_, context);
    if (scan_.backward) std::reverse(key_ranges_.begin(), key_ranges_.end());
  }

  Batch* DoNext(ExecContext& context) override {
    while (true) {
      const bool filled = pinned_ != nullptr ? FillPinned()
                          : IsPoint()        ? FillPoint(context)
                                             : FillFromRanges(context);
      if (skipped_ > 0) CountFiltered(context, static_cast<int64_t>(skipped_));
      skipped_ = 0;
      NoteLeftOut(context);
      if (!filled) return nullptr;
      const uint32_t before = batch_.row_count();
      filters_.Apply(batch_);
      CountFiltered(context, before - batch_.row_count());
      if (batch_.row_count() > 0) return &batch_;
      context.CheckCanceled();
    }
  }

 private:
  static uint32_t FirstCapacity(const TableScanNode& node) {
    return node.estimated_rows > kFirstBatchRows * kBatchGrowth ? types::kBatchRowsMax
                                                                : kFirstBatchRows;
  }

  void ResetBatch() {
    batch_.Reset();
    decoder_->Attach(batch_);
  }

  bool IsPoint() const {
    if (!scan_.current_of.empty()) return true;
    return scan_.unique_match && scan_.index == nullptr && scan_.bounds.any_of == nullptr;
  }

  void Decode(std::string_view suffix, std::string_view value, uint32_t row) {
    decoder_->Decode(value, row);
    if (system_columns_.any()) system_columns_.Fill(suffix, TimestampOfMark(value), row, batch_);
  }

  // read_
  void DecodeFound(std::string_view suffix, uint32_t row) {
    if (system_columns_.any()) return Decode(suffix, read_.value(), row);
    read_.DecodeInto(table_, columns_, batch_, row);
  }

  bool FillPinned() {
    // Of the tables of a tree, the one that has the row.
    if (point_done_ || !pinned_->key.starts_with(head_)) return false;
    point_done_ = true;
    ResetBatch();
    Decode(SuffixOfRowKey(pinned_->key), pinned_->value, 0);
    batch_.set_row_count(1);
    return true;
  }

  // Sets key_; false: no row can match.
  bool PointKey() {
    if (scan_.current_of.empty()) return ranges_.ComputePoint(&key_);
    if (cursor_row_.empty()) return false;
    key_ = head_ + cursor_row_;
    return true;
  }

  bool FillPoint(ExecContext& context) {
    if (point_done_) return false;
    point_done_ = true;
    if (!PointKey()) return false;
    ResetBatch();
    if (scan_.lock_first.has_value()) {
      if (!ReadLocked(context)) return false;
    } else {
      rows_by_key_.Get(context.view, key_, &read_);
    }
    if (!read_.found()) return false;
    DecodeFound(SuffixOfRowKey(key_), 0);
    batch_.set_row_count(1);
    return true;
  }

  // Locks, then reads what is latest under the lock; a snapshot isolation level must have seen it.
  bool ReadLocked(ExecContext& context) {
    const txn::LockOutcome outcome =
        context.transaction.LockRow(key_, *scan_.lock_first, scan_.lock_wait);
    if (outcome == txn::LockOutcome::kNotAvailable) return false;
    rows_by_key_.GetLatest(key_, &read_);
    if (!context.transaction.RefusesStaleRows()) return true;
    rows_by_key_.Get(context.view, key_, &seen_);
    if (seen_.found() == read_.found() &&
        (!read_.found() || seen_.commit_timestamp() == read_.commit_timestamp())) {
      return true;
    }
    if (!seen_.found()) return false;  // inserted after the snapshot: not there for us
    throw SqlError(SqlState::kTRSerializationFailure,
                   read_.found() ? "could not serialize access due to concurrent update"
                                 : "could not serialize access due to concurrent delete");
  }

  bool FillFromRanges(ExecContext& context) {
    ResetBatch();
    if (next_capacity_ > capacity_) {
      capacity_ = next_capacity_;
      for (Vector& column : batch_.columns()) column.Reserve(capacity_);
      decoder_->Attach(batch_);
    }
    uint32_t row = 0;
    while (row < capacity_) {
      if (rows_ == nullptr && !OpenNextRange(context)) break;
      if (!rows_->Valid()) {
        rows_.reset();
        continue;
      }
      if (sampler_ && !sampler_->Takes(rows_->key())) {
        if (++rows_left_out_ % types::kBatchRowsMax == 0) context.CheckCanceled();
        rows_->Next();
        continue;
      }
      if (scan_.index == nullptr) {
        const std::string_view value = rows_->value();
        if (prefilter_.Passes(value)) {
          Decode(SuffixOfRowKey(rows_->key()), value, row++);
        } else if (++skipped_ % kRowsPerCheck == 0) {
          context.CheckCanceled();
        }
      } else if (FetchRow(context, SuffixOfMark(rows_->value()))) {
        DecodeFound(SuffixOfRowKey(key_), row++);
      }
      rows_->Next();
    }
    batch_.set_row_count(row);
    if (row == capacity_) Grow();
    return row > 0;
  }

  // Rows that are not in the sample.
  void NoteLeftOut(ExecContext& context) {
    if (NodeMeasurement* measured = Measurement(context)) measured->skip_count += rows_left_out_;
    rows_left_out_ = 0;
  }

  // Entries and rows are versioned alike, so an entry in view always finds its row.
  bool FetchRow(ExecContext& context, std::string_view suffix) {
    key_.assign(head_);
    key_.append(suffix);
    rows_by_key_.Get(context.view, key_, &read_);
    return read_.found();
  }

  bool FitsCache(const std::vector<KeyRange>& ranges, ExecContext& context) const {
    if (scan_.total_cost < kMeasuredRowsMin || ranges.empty() || context.transactions == nullptr) {
      return true;
    }
    storage::Store& store = context.transactions->store();
    return store.ApproximateBytes(ranges.front().from, ranges.back().to) <=
           store.BlockCacheBytes() / kCacheShare;
  }

  const KeyRange* NextRange() {
    if (shared_ != nullptr) {
      size_t unit;
      return shared_->TakeUnit(&unit) ? &shared_->ranges()[unit] : nullptr;
    }
    return next_range_ == key_ranges_.size() ? nullptr : &key_ranges_[next_range_++];
  }

  bool OpenNextRange(ExecContext& context) {
    const KeyRange* next = NextRange();
    if (next == nullptr) return false;
    const KeyRange& range = *next;
    rows_ = context.transaction.Scan(
        context.view, range.from, range.to,
        scan_.backward ? txn::ScanDirection::kBackward : txn::ScanDirection::kForward,
        fills_cache_);
    return true;
  }

  // The batch in hand keeps its vectors: the next fill resets and, being flat again, may grow.
  void Grow() { next_capacity_ = std::min(capacity_ * kBatchGrowth, types::kBatchRowsMax); }

  const TableScanNode& scan_;
  const catalog::Relation& table_;
  RowAccess rows_by_key_;
  ScanRanges ranges_;
  RowPrefilter prefilter_;
  FilterSet filters_;
  const std::string head_;
  uint32_t capacity_;
  uint32_t next_capacity_ = 0;
  Batch batch_;
  const std::vector<uint32_t> columns_;
  std::optional<storage::RowDecoder> decoder_;
  SystemColumns system_columns_;
  bool fills_cache_ = true;

  const PinnedRow* pinned_ = nullptr;
  std::string cursor_row_;  // WHERE CURRENT OF: the row's key suffix
  std::optional<TableSampler> sampler_;
  uint64_t rows_left_out_ = 0;
  ParallelStep* shared_ = nullptr;  // whose units are scanned; null: all ranges
  uint64_t skipped_ = 0;            // rows the prefilter left out
  std::vector<KeyRange> key_ranges_;
  size_t next_range_ = 0;
  std::unique_ptr<txn::RangeScan> rows_;
  bool point_done_ = false;
  std::string key_;
  FoundRow read_;
  FoundRow seen_;
};

}  // namespace

OperatorPtr MakeTableScan(const TableScanNode& node, ExecContext& context) {
  if (node.relation->oid < kFirstUserOid) return MakeCatalogSampleScan(node, context);
  if (!node.terms.empty()) return MakeTermScan(node, context);
  // By key, rows of groups are found like others.
  const bool scans_groups =
      catalog::IsColumnar(*node.relation) && node.index == nullptr && node.current_of.empty();
  if (scans_groups) return MakeColumnarScan(node, context);
  return std::make_unique<TableScanOperator>(node, context);
}

}  // namespace grizzly::executor
