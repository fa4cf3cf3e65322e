#include "txn/store_change.h"

#include <algorithm>
#include <cstring>

#include "base/blocking/blocking_section.h"

namespace grizzly::txn {
namespace {

constexpr uint64_t kFileBytesMax = 64u << 20;  // as the store's own table files
constexpr uint32_t kKeysPerCheck = 4096;

// Sorted and without overlaps.
void Unite(std::vector<KeyRange>& ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const KeyRange& a, const KeyRange& b) { return a.from < b.from; });
  size_t kept = 0;
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].from <= ranges[kept].to) {
      ranges[kept].to = std::max(ranges[kept].to, ranges[i].to);
    } else {
      ranges[++kept] = std::move(ranges[i]);
    }
  }
  if (!ranges.empty()) ranges.resize(kept + 1);
}

// Cuts what comes in key order into files whose ranges do not overlap.
class FileCutter {
 public:
  FileCutter(storage::Store& store, std::vector<KeyRange> drops)
      : store_(store), drops_(std::move(drops)) {
    Unite(drops_);
  }

  // The file to write `key` to; null when its range is dropped.
  storage::SortedFileWriter* For(std::string_view key) {
    while (next_drop_ < drops_.size() && std::string_view(drops_[next_drop_].from) <= key) {
      DropNext();
    }
    if (next_drop_ > 0 && key < std::string_view(drops_[next_drop_ - 1].to)) return nullptr;
    if (writer_ != nullptr && writer_->byte_count() >= kFileBytesMax) Cut();
    if (writer_ == nullptr) {
      writer_ = store_.NewSortedFile(storage::SortedFileUse::kIngestion);
    }
    return writer_.get();
  }

  std::vector<std::unique_ptr<storage::SortedFile>> Finish() {
    while (next_drop_ < drops_.size()) DropNext();
    Cut();
    return std::move(files_);
  }

 private:
  void DropNext() {
    Cut();
    writer_ = store_.NewSortedFile(storage::SortedFileUse::kIngestion);
    writer_->DeleteRange(drops_[next_drop_].from, drops_[next_drop_].to);
    Cut();
    ++next_drop_;
  }
  void Cut() {
    if (writer_ == nullptr) return;
    if (auto file = writer_->Finish()) files_.push_back(std::move(file));
    writer_.reset();
  }

  storage::Store& store_;
  std::vector<KeyRange> drops_;
  size_t next_drop_ = 0;
  std::unique_ptr<storage::SortedFileWriter> writer_;
  std::vector<std::unique_ptr<storage::SortedFile>> files_;
};

}  // namespace

void GatherChange(StoreChange& change, storage::StoreBatch& batch) {
  char stamp[kRowTimestampBytes];
  if (change.stamp.has_value()) std::memcpy(stamp, &change.stamp->value, sizeof(stamp));
  for (WriteCursor& write = change.writes; write.Valid(); write.Next()) {
    if (write.is_deleted()) {
      batch.Delete(write.key());
    } else if (change.stamp.has_value()) {
      batch.PutParts(write.key(), {stamp, sizeof(stamp)}, write.value().substr(sizeof(stamp)));
    } else {
      batch.Put(write.key(), write.value());
    }
  }
  // Last: a dropped storage may have got rows in this transaction, too.
  for (const KeyRange& range : change.drops) batch.DeleteRange(range.from, range.to);
}

void ApplyInFiles(storage::Store& store, StoreChange change, const CancelToken& cancel) {
  BlockingSection blocking;
  FileCutter files(store, std::move(change.drops));
  std::string value;
  uint32_t keys = 0;
  for (WriteCursor& write = change.writes; write.Valid(); write.Next()) {
    if (++keys % kKeysPerCheck == 0) cancel.Check();
    storage::SortedFileWriter* const file = files.For(write.key());
    if (file == nullptr) continue;
    if (write.is_deleted()) {
      file->Delete(write.key());
      continue;
    }
    value.assign(write.value());
    if (change.stamp.has_value()) {
      std::memcpy(value.data(), &change.stamp->value, kRowTimestampBytes);
    }
    file->Put(write.key(), value);
  }
  store.Ingest(files.Finish());
}

void Reclaim(storage::Store& store, const std::vector<KeyRange>& ranges) noexcept {
  for (const KeyRange& range : ranges) {
    try {
      store.ReclaimRange(range.from, range.to);
    } catch (const std::exception&) {
      return;  // compaction gets there some time
    }
  }
}

void DropWritten(storage::Store& store, const std::vector<KeyRange>& ranges) noexcept {
  for (const KeyRange& range : ranges) {
    try {
      store.DropRange(range.from, range.to);
    } catch (const std::exception&) {
      return;
    }
  }
}

}  // namespace grizzly::txn
