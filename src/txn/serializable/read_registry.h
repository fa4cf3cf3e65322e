// Who has read what: the SIREAD locks of serializable transactions, by key prefix and by range.
//
// A key read by itself, and a range that is all keys with one prefix (an equality on the first columns
// of an index), are a hash and a length; other ranges are kept as bounds. A transaction with more than
// `per_index_max` entries in an index has read all of it from then on: memory is bounded, at the price
// of conflicts that are none.
//
// THREADS  the caller's mutex.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "txn/serializable/serializable_image.h"
#include "txn/serializable/serializable_transaction.h"

namespace grizzly::txn {

class ReadRegistry {
 public:
  // `entries_max`: beyond so many in all, whole indexes only.
  ReadRegistry(size_t per_index_max, size_t entries_max)
      : per_index_max_(per_index_max), entries_max_(entries_max) {}

  void AddKey(SerializableTransaction& reader, std::string_view key);
  void AddRange(SerializableTransaction& reader, std::string_view from, std::string_view to);
  // All of an index, or of a storage: a prefix of kKeyHeadBytes or kStorageHeadBytes.
  void AddWhole(SerializableTransaction& reader, std::string_view head);
  void Remove(SerializableTransaction& reader);
  // What `from` has read counts as read by `to`.
  void Move(SerializableTransaction& from, SerializableTransaction& to);
  std::vector<SerializableImage::Reads> ImageOf(const SerializableTransaction& reader) const;
  void Restore(SerializableTransaction& reader, const std::vector<SerializableImage::Reads>& image);

  using Visitor = std::function<void(SerializableTransaction&)>;
  // Those whose reads cover the key. The visitor changes nothing here.
  void ForEachReader(std::string_view key, const Visitor& visit) const;
  // Whether the transaction has read anything whose key starts with `head`.
  static bool HasReadIn(const SerializableTransaction& reader, std::string_view head);
  size_t entry_count() const { return entry_count_; }

 private:
  struct Range {
    std::string from;
    std::string to;
    SerializableTransaction* reader;
  };
  struct StorageReads {
    // By length of the prefix.
    std::map<uint32_t, std::unordered_multimap<uint64_t, SerializableTransaction*>> prefixes;
    std::vector<Range> ranges;
    bool empty() const { return prefixes.empty() && ranges.empty(); }
  };

  void AddPrefix(SerializableTransaction& reader, std::string_view prefix, bool is_row);
  void Insert(SerializableTransaction& reader, IndexReads& reads, std::string_view prefix,
              uint64_t hash, bool is_row);
  // Prefixes that are known by their hash.
  void AddHashed(SerializableTransaction& reader, std::string_view head,
                 const std::vector<IndexReads::Prefix>& prefixes);
  // Makes room for one more in the index; false: it is covered already.
  bool MakeRoom(SerializableTransaction& reader, IndexReads& reads, std::string_view head);
  void DropEntries(SerializableTransaction& reader, IndexReads& reads, std::string_view head);
  void ErasePrefix(StorageReads& storage, const IndexReads::Prefix& prefix,
                   SerializableTransaction& reader);
  void ForgetIfEmpty(std::string_view head);

  const size_t per_index_max_;
  const size_t entries_max_;
  size_t entry_count_ = 0;
  std::unordered_map<uint64_t, StorageReads> storages_;  // by the first kStorageHeadBytes of keys
};

}  // namespace grizzly::txn
