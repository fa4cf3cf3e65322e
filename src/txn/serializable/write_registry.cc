#include "txn/serializable/write_registry.h"

#include <algorithm>

#include "txn/serializable/key_head.h"

namespace grizzly::txn {

void WriteRegistry::AddKey(SerializableTransaction& writer, std::string_view key) {
  const std::string_view head = HeadOf(key);
  uint32_t& count = writer.written_counts[std::string(head)];
  if (count >= per_index_max_) {
    if (count == per_index_max_) {
      AddWhole(writer, head);
      ++count;
    }
    return;
  }
  auto at = keys_.lower_bound(key);
  if (at == keys_.end() || at->first != key) at = keys_.try_emplace(at, std::string(key));
  std::vector<SerializableTransaction*>& writers = at->second;
  if (std::find(writers.begin(), writers.end(), &writer) != writers.end()) return;
  writers.push_back(&writer);
  writer.written_keys.push_back(at);
  ++count;
}

void WriteRegistry::AddWhole(SerializableTransaction& writer, std::string_view head) {
  writer.written_prefixes.emplace_back(head);
  whole_.emplace(head, &writer);
}

void WriteRegistry::UndoTo(SerializableTransaction& writer, size_t key_count) {
  while (writer.written_keys.size() > key_count) {
    const WriterMap::iterator at = writer.written_keys.back();
    writer.written_keys.pop_back();
    uint32_t& count = writer.written_counts[std::string(HeadOf(at->first))];
    if (count <= per_index_max_) --count;
    std::erase(at->second, &writer);
    if (at->second.empty()) keys_.erase(at);
  }
}

void WriteRegistry::Remove(SerializableTransaction& writer) {
  UndoTo(writer, 0);
  for (const std::string& head : writer.written_prefixes) {
    auto [at, end] = whole_.equal_range(head);
    at = std::find_if(at, end, [&](const auto& entry) { return entry.second == &writer; });
    if (at != end) whole_.erase(at);
  }
  writer.written_prefixes.clear();
  writer.written_counts.clear();
}

void WriteRegistry::Move(SerializableTransaction& from, SerializableTransaction& to) {
  for (const WriterMap::iterator& at : from.written_keys) AddKey(to, at->first);
  for (const std::string& head : from.written_prefixes) {
    if (std::find(to.written_prefixes.begin(), to.written_prefixes.end(), head) ==
        to.written_prefixes.end()) {
      AddWhole(to, head);
    }
  }
  Remove(from);
}

void WriteRegistry::ForEachWriterOf(std::string_view key, const Visitor& visit) const {
  const auto found = keys_.find(key);
  if (found != keys_.end()) {
    for (SerializableTransaction* writer : found->second) visit(*writer);
  }
  VisitWhole(key, visit);
}

void WriteRegistry::ForEachWriterIn(std::string_view from, std::string_view to,
                                    const Visitor& visit) const {
  for (auto at = keys_.lower_bound(from); at != keys_.end() && at->first < to; ++at) {
    for (SerializableTransaction* writer : at->second) visit(*writer);
  }
  VisitWhole(from, visit);
}

void WriteRegistry::VisitWhole(std::string_view key, const Visitor& visit) const {
  if (whole_.empty()) return;
  for (const size_t bytes : {kStorageHeadBytes, kKeyHeadBytes}) {
    auto [at, end] = whole_.equal_range(key.substr(0, bytes));
    for (; at != end; ++at) visit(*at->second);
  }
}

}  // namespace grizzly::txn
