#include "txn/write_cursor.h"

#include <algorithm>

namespace grizzly::txn {
namespace {

class MemoryCursor final : public WriteCursor {
 public:
  MemoryCursor(std::shared_ptr<const WriteSet> writes, const WriteRange& range)
      : writes_(std::move(writes)),
        range_(range),
        node_(range.is_forward() ? writes_->FirstAtOrAfter(range.from)
                                 : writes_->LastBefore(range.to)) {
    Settle();
  }

  bool Valid() const override { return version_ != nullptr; }
  void Next() override {
    Step();
    Settle();
  }
  std::string_view key() const override { return WriteSet::KeyOf(node_); }
  std::string_view value() const override {
    return version_->is_deleted() ? std::string_view() : version_->bytes();
  }
  bool is_deleted() const override { return version_->is_deleted(); }

 private:
  void Step() { node_ = range_.is_forward() ? WriteSet::Next(node_) : WriteSet::Previous(node_); }
  bool InRange() const {
    if (node_ == nullptr) return false;
    return range_.is_forward() ? key() < std::string_view(range_.to)
                               : key() >= std::string_view(range_.from);
  }
  // To the next node that has a version in view; others are undone, or of later commands.
  void Settle() {
    version_ = nullptr;
    for (; InRange(); Step()) {
      version_ = WriteSet::VersionOf(node_, range_.command);
      if (version_ != nullptr) return;
    }
  }

  const std::shared_ptr<const WriteSet> writes_;
  const WriteRange range_;
  const WriteSet::Node* node_;
  const WriteSet::Version* version_ = nullptr;
};

// A heap of sources by key; of equal keys the newest source is on top.
class MergedCursor final : public WriteCursor {
 public:
  MergedCursor(std::vector<std::unique_ptr<WriteCursor>> sources, bool forward)
      : sources_(std::move(sources)), forward_(forward) {
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i]->Valid()) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), After{*this});
  }

  bool Valid() const override { return !heap_.empty(); }
  void Next() override {
    key_.assign(top().key());
    while (!heap_.empty() && top().key() == std::string_view(key_)) {
      std::pop_heap(heap_.begin(), heap_.end(), After{*this});
      top_of_popped().Next();
      if (top_of_popped().Valid()) {
        std::push_heap(heap_.begin(), heap_.end(), After{*this});
      } else {
        heap_.pop_back();
      }
    }
  }
  std::string_view key() const override { return top().key(); }
  std::string_view value() const override { return top().value(); }
  bool is_deleted() const override { return top().is_deleted(); }

 private:
  struct After {
    const MergedCursor& cursor;
    bool operator()(size_t a, size_t b) const {
      const int order = cursor.sources_[a]->key().compare(cursor.sources_[b]->key());
      if (order != 0) return cursor.forward_ ? order > 0 : order < 0;
      return a > b;
    }
  };
  const WriteCursor& top() const { return *sources_[heap_.front()]; }
  WriteCursor& top_of_popped() { return *sources_[heap_.back()]; }

  const std::vector<std::unique_ptr<WriteCursor>> sources_;
  const bool forward_;
  std::vector<size_t> heap_;
  std::string key_;
};

}  // namespace

std::unique_ptr<WriteCursor> NewMemoryCursor(std::shared_ptr<const WriteSet> writes,
                                             const WriteRange& range) {
  return std::make_unique<MemoryCursor>(std::move(writes), range);
}

std::unique_ptr<WriteCursor> MergeCursors(std::vector<std::unique_ptr<WriteCursor>> sources,
                                          ScanDirection direction) {
  if (sources.size() == 1) return std::move(sources[0]);
  return std::make_unique<MergedCursor>(std::move(sources),
                                        direction == ScanDirection::kForward);
}

}  // namespace grizzly::txn
