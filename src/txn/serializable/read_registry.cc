#include "txn/serializable/read_registry.h"

#include <algorithm>

#include "base/error/check.h"
#include "storage/key/key_hash.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "txn/serializable/key_head.h"

namespace grizzly::txn {
namespace {

uint64_t PrefixHash(std::string_view prefix) { return storage::HashKey(prefix).low; }

uint64_t StorageOf(std::string_view key) { return storage::ReadBigEndian<uint64_t>(key.data()); }

}  // namespace

void ReadRegistry::AddKey(SerializableTransaction& reader, std::string_view key) {
  AddPrefix(reader, key, /*is_row=*/true);
}

void ReadRegistry::AddRange(SerializableTransaction& reader, std::string_view from,
                            std::string_view to) {
  if (from >= to) return;
  if (storage::PrefixSuccessor(from) == to) return AddPrefix(reader, from, /*is_row=*/false);
  const std::string_view head = HeadOf(from);
  if (HeadOf(to) != head && storage::PrefixSuccessor(head) != to) {
    return AddWhole(reader, from.substr(0, kStorageHeadBytes));
  }
  IndexReads& reads = reader.reads[std::string(head)];
  if (!MakeRoom(reader, reads, head)) return;
  StorageReads& storage = storages_[StorageOf(from)];
  for (const Range& range : storage.ranges) {
    if (range.reader == &reader && range.from <= from && to <= range.to) return;
  }
  storage.ranges.push_back({std::string(from), std::string(to), &reader});
  ++reads.range_count;
  ++entry_count_;
}

void ReadRegistry::AddWhole(SerializableTransaction& reader, std::string_view head) {
  IndexReads& reads = reader.reads[std::string(head)];
  if (reads.whole) return;
  DropEntries(reader, reads, head);
  reads.whole = true;
  Insert(reader, reads, head, PrefixHash(head), /*is_row=*/false);
}

void ReadRegistry::AddPrefix(SerializableTransaction& reader, std::string_view prefix, bool is_row) {
  const std::string_view head = HeadOf(prefix);
  if (prefix.size() <= kKeyHeadBytes) return AddWhole(reader, head);
  const uint64_t hash = PrefixHash(prefix);
  if (reader.read_hashes.contains(hash)) return;
  IndexReads& reads = reader.reads[std::string(head)];
  if (!MakeRoom(reader, reads, head)) return;
  reader.read_hashes.insert(hash);
  Insert(reader, reads, prefix, hash, is_row);
}

void ReadRegistry::Insert(SerializableTransaction& reader, IndexReads& reads,
                          std::string_view prefix, uint64_t hash, bool is_row) {
  const auto bytes = static_cast<uint32_t>(prefix.size());
  storages_[StorageOf(prefix)].prefixes[bytes].emplace(hash, &reader);
  reads.prefixes.push_back({hash, bytes, is_row});
  ++entry_count_;
}

bool ReadRegistry::MakeRoom(SerializableTransaction& reader, IndexReads& reads,
                            std::string_view head) {
  if (reads.whole) return false;
  const auto storage = reader.reads.find(std::string(head.substr(0, kStorageHeadBytes)));
  if (storage != reader.reads.end() && storage->second.whole) return false;
  if (reads.prefixes.size() + reads.range_count < per_index_max_ && entry_count_ < entries_max_) {
    return true;
  }
  AddWhole(reader, head);
  return false;
}

void ReadRegistry::DropEntries(SerializableTransaction& reader, IndexReads& reads,
                               std::string_view head) {
  const auto found = storages_.find(StorageOf(head));
  if (found == storages_.end()) return;
  StorageReads& storage = found->second;
  for (const IndexReads::Prefix& prefix : reads.prefixes) ErasePrefix(storage, prefix, reader);
  entry_count_ -= reads.prefixes.size();
  reads.prefixes.clear();
  if (reads.range_count > 0) {
    entry_count_ -= std::erase_if(storage.ranges, [&](const Range& range) {
      return range.reader == &reader && range.from.starts_with(head);
    });
    reads.range_count = 0;
  }
  ForgetIfEmpty(head);
}

void ReadRegistry::ErasePrefix(StorageReads& storage, const IndexReads::Prefix& prefix,
                               SerializableTransaction& reader) {
  const auto table = storage.prefixes.find(prefix.bytes);
  GRIZZLY_CHECK(table != storage.prefixes.end());
  auto [at, end] = table->second.equal_range(prefix.hash);
  at = std::find_if(at, end, [&](const auto& entry) { return entry.second == &reader; });
  GRIZZLY_CHECK(at != end);
  table->second.erase(at);
  if (table->second.empty()) storage.prefixes.erase(table);
}

void ReadRegistry::ForgetIfEmpty(std::string_view head) {
  const auto found = storages_.find(StorageOf(head));
  if (found != storages_.end() && found->second.empty()) storages_.erase(found);
}

void ReadRegistry::Remove(SerializableTransaction& reader) {
  for (auto& [head, reads] : reader.reads) DropEntries(reader, reads, head);
  reader.reads.clear();
  reader.read_hashes.clear();
}

void ReadRegistry::Move(SerializableTransaction& from, SerializableTransaction& to) {
  // Ranges by their bounds, the rest by whole indexes: prefixes are known by their hash only.
  for (const auto& [head, reads] : from.reads) {
    if (reads.whole || reads.range_count > 0) {
      AddWhole(to, head);
      continue;
    }
    AddHashed(to, head, reads.prefixes);
  }
  Remove(from);
}

void ReadRegistry::AddHashed(SerializableTransaction& reader, std::string_view head,
                             const std::vector<IndexReads::Prefix>& prefixes) {
  IndexReads& reads = reader.reads[std::string(head)];
  for (const IndexReads::Prefix& prefix : prefixes) {
    if (reader.read_hashes.contains(prefix.hash)) continue;
    if (!MakeRoom(reader, reads, head)) return;
    reader.read_hashes.insert(prefix.hash);
    storages_[StorageOf(head)].prefixes[prefix.bytes].emplace(prefix.hash, &reader);
    reads.prefixes.push_back(prefix);
    ++entry_count_;
  }
}

std::vector<SerializableImage::Reads> ReadRegistry::ImageOf(
    const SerializableTransaction& reader) const {
  std::vector<SerializableImage::Reads> image;
  for (const auto& [head, reads] : reader.reads) {
    SerializableImage::Reads copy{head, reads.whole, reads.prefixes, {}};
    const auto storage = storages_.find(StorageOf(head));
    if (reads.range_count > 0 && storage != storages_.end()) {
      for (const Range& range : storage->second.ranges) {
        if (range.reader != &reader || !range.from.starts_with(head)) continue;
        copy.ranges.emplace_back(range.from, range.to);
      }
    }
    image.push_back(std::move(copy));
  }
  return image;
}

void ReadRegistry::Restore(SerializableTransaction& reader,
                           const std::vector<SerializableImage::Reads>& image) {
  for (const SerializableImage::Reads& reads : image) {
    if (reads.whole) {
      AddWhole(reader, reads.head);
      continue;
    }
    AddHashed(reader, reads.head, reads.prefixes);
    for (const auto& [from, to] : reads.ranges) AddRange(reader, from, to);
  }
}

void ReadRegistry::ForEachReader(std::string_view key, const Visitor& visit) const {
  const auto found = storages_.find(StorageOf(key));
  if (found == storages_.end()) return;
  for (const auto& [bytes, readers] : found->second.prefixes) {
    if (bytes > key.size()) break;
    auto [at, end] = readers.equal_range(PrefixHash(key.substr(0, bytes)));
    for (; at != end; ++at) visit(*at->second);
  }
  for (const Range& range : found->second.ranges) {
    if (range.from <= key && key < range.to) visit(*range.reader);
  }
}

bool ReadRegistry::HasReadIn(const SerializableTransaction& reader, std::string_view head) {
  return std::any_of(reader.reads.begin(), reader.reads.end(), [&](const auto& entry) {
    return entry.first.starts_with(head) || head.starts_with(entry.first);
  });
}

}  // namespace grizzly::txn
