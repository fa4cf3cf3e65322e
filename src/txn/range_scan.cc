#include "txn/range_scan.h"

namespace grizzly::txn {
namespace {

class StoreScan final : public RangeScan {
 public:
  StoreScan(std::shared_ptr<const storage::StoreSnapshot> snapshot,
            std::unique_ptr<storage::StoreIterator> iterator, std::string_view from,
            std::string_view to, ScanDirection direction)
      : snapshot_(std::move(snapshot)), iterator_(std::move(iterator)), direction_(direction) {
    if (direction_ == ScanDirection::kForward) {
      iterator_->Seek(from);
    } else {
      iterator_->SeekToLastBefore(to);
    }
  }

  bool Valid() const override { return iterator_->Valid(); }
  void Next() override {
    direction_ == ScanDirection::kForward ? iterator_->Next() : iterator_->Prev();
  }
  std::string_view key() const override { return iterator_->key(); }
  std::string_view value() const override { return iterator_->value(); }

 private:
  const std::shared_ptr<const storage::StoreSnapshot> snapshot_;  // lives as long as its iterator
  const std::unique_ptr<storage::StoreIterator> iterator_;
  const ScanDirection direction_;
};

// Two ordered sources; on equal keys the own write hides the stored row, a deleted one hides it away.
class MergedScan final : public RangeScan {
 public:
  MergedScan(std::unique_ptr<RangeScan> stored, std::unique_ptr<WriteCursor> own,
             ScanDirection direction)
      : stored_(std::move(stored)),
        own_(std::move(own)),
        forward_(direction == ScanDirection::kForward) {
    Settle();
  }

  bool Valid() const override { return on_own_ || stored_->Valid(); }
  void Next() override {
    if (on_own_) {
      own_->Next();
    } else {
      stored_->Next();
    }
    Settle();
  }
  std::string_view key() const override { return on_own_ ? own_->key() : stored_->key(); }
  std::string_view value() const override { return on_own_ ? own_->value() : stored_->value(); }

 private:
  // Moves both sources on to the next row to show, and says which of them has it.
  void Settle() {
    on_own_ = false;
    for (; own_->Valid(); own_->Next()) {
      if (stored_->Valid()) {
        int order = stored_->key().compare(own_->key());
        if (!forward_) order = -order;
        if (order < 0) return;  // the stored row comes first
        if (order == 0) stored_->Next();
      }
      if (!own_->is_deleted()) {
        on_own_ = true;
        return;
      }
    }
  }

  const std::unique_ptr<RangeScan> stored_;
  const std::unique_ptr<WriteCursor> own_;
  const bool forward_;
  bool on_own_ = false;
};

}  // namespace

std::unique_ptr<RangeScan> NewRangeScan(storage::Store& store, const PendingWrites& writes,
                                        const ReadView& view, std::string_view from,
                                        std::string_view to, ScanDirection direction,
                                        bool fill_cache) {
  auto stored = std::make_unique<StoreScan>(
      view.snapshot, store.NewIterator(view.snapshot.get(), from, to, fill_cache), from, to,
      direction);
  if (writes.empty()) return stored;
  auto own = writes.NewCursor(
      {std::string(from), std::string(to), view.command, direction});
  if (own == nullptr) return stored;
  return std::make_unique<MergedScan>(std::move(stored), std::move(own), direction);
}

}  // namespace grizzly::txn
