// Scans a columnar table: row groups first, a block of columns at a time, then the delta.
//
// A group that its zone maps rule out is not opened. Of the others, the columns of a filter are decoded
// when the filter is reached, the remaining columns only for the rows that all filters kept. Rows that the
// delta hides are left out from the start. Workers of a parallel step share out the groups, and the delta as
// one more unit.
#include <algorithm>

#include "executor/columnar/columnar_source.h"
#include "executor/columnar/lazy_columns.h"
#include "executor/columnar/zone_filter.h"
#include "executor/filter_set.h"
#include "executor/join/scan_keys.h"
#include "executor/operators.h"
#include "executor/parallel/parallel_step.h"
#include "executor/scan/table_sampler.h"
#include "executor/statement_resources.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"

namespace grizzly::executor {
namespace {

using plan::TableScanNode;

class ColumnarScanOperator final : public Operator {
 public:
  ColumnarScanOperator(const TableScanNode& node, ExecContext& context)
      : Operator(node),
        scan_(node),
        head_(RowKeyHead(*node.relation)),
        zones_(node, context),
        filters_(node.filters, context),
        columns_(node, context),
        batch_(node.output_types) {}

 protected:
  void DoOpen(ExecContext& context) override {
    pinned_ = context.FindPinned(scan_.scan_id);
    pinned_done_ = false;
    reader_.reset();
    delta_.reset();
    source_.reset();
    if (pinned_ != nullptr) return;
    if (scan_.sample) sampler_.emplace(*scan_.sample, context);
    zones_.Open();
    source_ = std::make_unique<ColumnarSource>(context.transaction, *context.transactions,
                                               context.view, *scan_.relation);
    OpenShared(context);
  }

  Batch* DoNext(ExecContext& context) override {
    Batch* const batch = NextBatch(context);
    if (NodeMeasurement* measured = Measurement(context)) measured->skip_count += left_out_;
    left_out_ = 0;
    return batch;
  }

 private:
  Batch* NextBatch(ExecContext& context) {
    while (true) {
      context.CheckCanceled();
      if (pinned_ != nullptr) {
        if (!FillPinned()) return nullptr;
      } else if (delta_ == nullptr) {
        if (!FillFromGroup(context)) {
          if (shared_ != nullptr && !has_delta_) return nullptr;
          delta_ = source_->OpenDelta();
          continue;
        }
      } else if (!FillFromDelta(context)) {
        return nullptr;
      }
      if (batch_.row_count() > 0) return &batch_;
    }
  }

  void OpenShared(ExecContext& context) {
    columns_.ForgetKeys();
    if (context.scan_keys != nullptr) {
      for (const ScanKeys::Entry& entry : context.scan_keys->Of(scan_)) {
        columns_.AddKeys(entry.output, entry.keys);
      }
    }
    shared_ = StatementResources::Current().parallel;
    if (shared_ != nullptr && !shared_->IsDriver(scan_)) shared_ = nullptr;
    if (shared_ == nullptr) return;
    shared_->SplitOnce([&] { return source_->groups().size() + 1; });
    has_delta_ = false;
  }

  std::unique_ptr<VisibleGroup> NextGroup() {
    const auto wanted = [&](const storage::GroupDescriptor& group) {
      return zones_.MayMatch(group) && columns_.MayMatchKeys(group);
    };
    if (shared_ == nullptr) return source_->NextGroup(wanted);
    for (size_t unit; shared_->TakeUnit(&unit);) {
      if (unit == source_->groups().size()) {
        has_delta_ = true;
      } else if (wanted(*source_->groups()[unit])) {
        return source_->Open(source_->groups()[unit]);
      }
    }
    return nullptr;
  }

  // False: there are no more groups. The batch may be empty.
  bool FillFromGroup(ExecContext& context) {
    while (reader_ == nullptr || block_ == reader_->group().block_count()) {
      reader_ = NextGroup();
      if (reader_ == nullptr) return false;
      columns_.StartGroup(*reader_);
      block_ = 0;
    }
    const uint32_t rows = reader_->group().block_rows(block_);
    const uint32_t kept = columns_.Fill(block_, RowsToRead(), batch_);
    CountFiltered(context, static_cast<int64_t>(rows) - kept);
    ++block_;
    return true;
  }

  // Of the block: those that are visible and in the sample; null: all.
  const std::vector<uint32_t>* RowsToRead() {
    const std::vector<uint32_t>* const visible = reader_->VisibleRows(block_);
    if (!sampler_.has_value()) return visible;
    GroupReader& group = reader_->group();
    const auto count = visible != nullptr ? static_cast<uint32_t>(visible->size())
                                          : group.block_rows(block_);
    sampled_.clear();
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t row = visible != nullptr ? (*visible)[i] : i;
      const uint64_t row_id = group.RowIdAt(block_ * storage::kSegmentBlockRows + row);
      if (sampler_->TakesNumber(row_id)) sampled_.push_back(row);
    }
    left_out_ += count - sampled_.size();
    return &sampled_;
  }

  bool FillFromDelta(ExecContext& context) {
    batch_.Reset();
    uint32_t rows = 0;
    for (; rows < types::kBatchRowsMax && delta_->Valid(); delta_->Next()) {
      if (delta_->value().size() == storage::kDeletedMarkBytes) continue;
      if (sampler_.has_value() && !sampler_->TakesNumber(DeltaRowId())) {
        ++left_out_;
        continue;
      }
      columns_.FillFromRow(SuffixOfRowKey(delta_->key()), delta_->value(), batch_, rows++);
    }
    if (rows == 0) return false;
    Finish(context, rows);
    return true;
  }

  uint64_t DeltaRowId() const {
    return storage::ReadBigEndian<uint64_t>(SuffixOfRowKey(delta_->key()).data());
  }

  bool FillPinned() {
    // Of the tables of a tree, the one that has the row.
    if (pinned_done_ || !pinned_->key.starts_with(head_)) return false;
    pinned_done_ = true;
    batch_.Reset();
    columns_.FillFromRow(SuffixOfRowKey(pinned_->key), pinned_->value, batch_, 0);
    batch_.set_row_count(1);
    filters_.Apply(batch_);
    return true;
  }

  void Finish(ExecContext& context, uint32_t rows) {
    batch_.set_row_count(rows);
    filters_.Apply(batch_);
    CountFiltered(context, static_cast<int64_t>(rows) - batch_.row_count());
  }

  const TableScanNode& scan_;
  const std::string head_;
  ZoneFilter zones_;
  FilterSet filters_;  // of rows that come whole
  LazyColumns columns_;
  Batch batch_;
  const PinnedRow* pinned_ = nullptr;
  bool pinned_done_ = false;
  ParallelStep* shared_ = nullptr;  // of the workers this one is among
  bool has_delta_ = false;          // of the units, this worker got the delta
  std::unique_ptr<ColumnarSource> source_;
  std::unique_ptr<VisibleGroup> reader_;
  uint32_t block_ = 0;
  std::optional<TableSampler> sampler_;
  std::vector<uint32_t> sampled_;
  uint64_t left_out_ = 0;           // rows that are not in the sample, not noted yet
  std::unique_ptr<txn::RangeScan> delta_;
};

}  // namespace

OperatorPtr MakeColumnarScan(const TableScanNode& node, ExecContext& context) {
  return std::make_unique<ColumnarScanOperator>(node, context);
}

}  // namespace grizzly::executor
