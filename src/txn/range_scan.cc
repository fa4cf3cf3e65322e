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
  MergedScan(std::unique_ptr<RangeScan> stored, const WriteSet& writes, CommandId command,
             std::string_view from, std::string_view to, ScanDirection direction)
      : stored_(std::move(stored)),
        command_(command),
        from_(from),
        to_(to),
        forward_(direction == ScanDirection::kForward),
        node_(forward_ ? writes.FirstAtOrAfter(from) : writes.LastBefore(to)) {
    Settle();
  }

  bool Valid() const override { return on_own_ || stored_->Valid(); }
  void Next() override {
    if (on_own_) {
      Step();
    } else {
      stored_->Next();
    }
    Settle();
  }
  std::string_view key() const override {
    return on_own_ ? WriteSet::KeyOf(node_) : stored_->key();
  }
  std::string_view value() const override { return on_own_ ? version_->bytes() : stored_->value(); }

 private:
  void Step() { node_ = forward_ ? WriteSet::Next(node_) : WriteSet::Previous(node_); }
  bool NodeInRange() const {
    if (node_ == nullptr) return false;
    return forward_ ? WriteSet::KeyOf(node_) < to_ : WriteSet::KeyOf(node_) >= from_;
  }

  // Moves both sources on to the next row to show, and says which of them has it.
  void Settle() {
    on_own_ = false;
    while (NodeInRange()) {
      version_ = WriteSet::VersionOf(node_, command_);
      if (version_ == nullptr) {  // not visible, or undone
        Step();
        continue;
      }
      if (stored_->Valid()) {
        int order = stored_->key().compare(WriteSet::KeyOf(node_));
        if (!forward_) order = -order;
        if (order < 0) return;  // the stored row comes first
        if (order == 0) stored_->Next();
      }
      if (!version_->is_deleted()) {
        on_own_ = true;
        return;
      }
      Step();
    }
  }

  const std::unique_ptr<RangeScan> stored_;
  const CommandId command_;
  const std::string from_;
  const std::string to_;
  const bool forward_;
  const WriteSet::Node* node_;
  const WriteSet::Version* version_ = nullptr;
  bool on_own_ = false;
};

}  // namespace

std::unique_ptr<RangeScan> NewRangeScan(storage::Store& store, const WriteSet& writes,
                                        const ReadView& view, std::string_view from,
                                        std::string_view to, ScanDirection direction,
                                        bool fill_cache) {
  auto stored = std::make_unique<StoreScan>(
      view.snapshot, store.NewIterator(view.snapshot.get(), from, to, fill_cache), from, to,
      direction);
  if (writes.empty() || !writes.TouchesRange(from, to)) return stored;
  return std::make_unique<MergedScan>(std::move(stored), writes, view.command, from, to, direction);
}

}  // namespace grizzly::txn
