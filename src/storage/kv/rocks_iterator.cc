#include "storage/kv/rocks_iterator.h"

#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_options.h"

namespace grizzly::storage {
namespace {

constexpr size_t kScanReadaheadBytes = 1u << 20;  // for scans that do not fill the cache

bool SameHead(std::string_view a, std::string_view b) {
  return a.size() >= kKeyHeadBytes && b.size() >= kKeyHeadBytes &&
         a.substr(0, kKeyHeadBytes) == b.substr(0, kKeyHeadBytes);
}

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

RocksIterator::RocksIterator(rocksdb::DB* db, const rocksdb::Snapshot* snapshot,
                             std::string_view from, std::string_view to, bool fill_cache)
    : from_(from), to_(to), lower_(from_), upper_(to_) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  options.iterate_lower_bound = &lower_;
  options.iterate_upper_bound = &upper_;
  // Files whose Bloom filter does not know the 12-byte head are skipped; sound only if each key we
  // seek to has that head, so not when `to` is already the next index.
  options.total_order_seek = !SameHead(from, to);
  options.fill_cache = fill_cache;
  if (!fill_cache) options.readahead_size = kScanReadaheadBytes;
  iterator_.reset(db->NewIterator(options));
}

bool RocksIterator::Valid() const {
  if (iterator_->Valid()) [[likely]] return true;
  ThrowUnlessOk(iterator_->status(), "read from the store");
  return false;
}

void RocksIterator::Seek(std::string_view key) {
  iterator_->Seek(AsSlice(std::max(key, std::string_view(from_))));
}

void RocksIterator::SeekForPrev(std::string_view key) {
  if (key >= std::string_view(to_)) return SeekToLastBefore(to_);
  iterator_->SeekForPrev(AsSlice(key));
}

void RocksIterator::SeekToLastBefore(std::string_view key) {
  const std::string_view bound = std::min(key, std::string_view(to_));
  iterator_->SeekForPrev(AsSlice(bound));
  // With `bound` at the upper bound RocksDB already stays below it; otherwise the key may be there.
  if (iterator_->Valid() && iterator_->key().ToStringView() == bound) iterator_->Prev();
}

}  // namespace grizzly::storage
