#include "commands/table/entry_sorter.h"

#include <algorithm>
#include <cstring>

#include "storage/key/key_layout.h"

namespace grizzly::commands {
namespace {

constexpr size_t kSortBytes = size_t{32} << 20;       // in memory before a run is written
constexpr size_t kRunBufferBytes = size_t{256} << 10;  // read or written at once
constexpr size_t kSizesBytes = 2 * sizeof(uint32_t);
constexpr int64_t kChargeStep = int64_t{1} << 20;

uint32_t SizeAt(const char* bytes) {
  uint32_t size;
  std::memcpy(&size, bytes, sizeof(size));
  return size;
}

uint64_t PrefixOf(std::string_view key) {
  unsigned char bytes[sizeof(uint64_t)] = {};
  if (key.size() > storage::kKeyHeadBytes) {
    key.remove_prefix(storage::kKeyHeadBytes);
    std::memcpy(bytes, key.data(), std::min(key.size(), sizeof(bytes)));
  }
  uint64_t prefix = 0;
  for (const unsigned char byte : bytes) prefix = prefix << 8 | byte;
  return prefix;
}

}  // namespace

// Sorted entries in a file; written, then read from the start.
struct EntrySorter::Run {
  explicit Run(executor::SpillSpace& space) : space(space), file(space.files().New()) {}
  ~Run() { space.Release(static_cast<int64_t>(charged)); }

  void Append(std::string_view entry) {
    buffer.append(entry);
    if (buffer.size() >= kRunBufferBytes) Flush();
  }
  void Flush() {
    space.Charge(static_cast<int64_t>(buffer.size()));
    charged += buffer.size();
    file->Append(buffer);
    buffer.clear();
  }
  void Finish() {
    Flush();
    file->Finish();
  }

  // The next entry into key and value; false: there is none.
  bool Next() {
    if (!Has(kSizesBytes)) return false;
    const size_t key_bytes = SizeAt(buffer.data() + place);
    const size_t value_bytes = SizeAt(buffer.data() + place + sizeof(uint32_t));
    Has(kSizesBytes + key_bytes + value_bytes);
    key = std::string_view(buffer).substr(place + kSizesBytes, key_bytes);
    value = std::string_view(buffer).substr(place + kSizesBytes + key_bytes, value_bytes);
    place += kSizesBytes + key_bytes + value_bytes;
    return true;
  }

  executor::SpillSpace& space;
  const std::unique_ptr<storage::TemporaryFile> file;
  std::string_view key, value;  // valid until Next

 private:
  // Reads on until `bytes` are there from `place`; false at the end of the file.
  bool Has(size_t bytes) {
    if (buffer.size() - place >= bytes) return true;
    if (read == file->size()) return false;
    buffer.erase(0, place);
    place = 0;
    const size_t kept = buffer.size();
    const size_t more = std::min<uint64_t>(std::max(bytes, kRunBufferBytes), file->size() - read);
    buffer.resize(kept + more);
    file->Read(read, more, buffer.data() + kept);
    read += more;
    return true;
  }

  std::string buffer;
  size_t place = 0;
  uint64_t read = 0;
  uint64_t charged = 0;
};

EntrySorter::EntrySorter(MemoryTracker* memory, executor::SpillSpace* spill)
    : memory_(memory), spill_(spill) {}

EntrySorter::~EntrySorter() { Charge(0); }

void EntrySorter::Charge(int64_t bytes) {
  if (memory_ == nullptr) return;
  if (bytes > charged_bytes_) memory_->Reserve(bytes - charged_bytes_);
  if (bytes < charged_bytes_) memory_->Release(charged_bytes_ - bytes);
  charged_bytes_ = bytes;
}

std::string_view EntrySorter::KeyAt(uint64_t place) const {
  const char* const entry = bytes_.data() + place;
  return {entry + kSizesBytes, SizeAt(entry)};
}

std::string_view EntrySorter::ValueAt(uint64_t place) const {
  const char* const entry = bytes_.data() + place;
  return {entry + kSizesBytes + SizeAt(entry), SizeAt(entry + sizeof(uint32_t))};
}

void EntrySorter::Put(std::string_view key, std::string_view value) {
  const size_t held = bytes_.size() + entries_.size() * sizeof(Entry);
  if (spill_ != nullptr && held + key.size() + value.size() > kSortBytes && !entries_.empty()) {
    WriteRun();
  }
  const uint64_t place = bytes_.size();
  const auto key_bytes = static_cast<uint32_t>(key.size());
  const auto value_bytes = static_cast<uint32_t>(value.size());
  bytes_.append(reinterpret_cast<const char*>(&key_bytes), sizeof(key_bytes));
  bytes_.append(reinterpret_cast<const char*>(&value_bytes), sizeof(value_bytes));
  bytes_.append(key);
  bytes_.append(value);
  entries_.push_back({PrefixOf(key), place});
  const auto capacity =
      static_cast<int64_t>(bytes_.capacity() + entries_.capacity() * sizeof(Entry));
  if (capacity >= charged_bytes_ + kChargeStep) Charge(capacity);
}

void EntrySorter::Sort() {
  // Later ones with the same key lie behind earlier ones.
  std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = KeyAt(a.place).compare(KeyAt(b.place));
    return order != 0 ? order < 0 : a.place < b.place;
  });
}

void EntrySorter::WriteRun() {
  Sort();
  auto run = std::make_unique<Run>(*spill_);
  for (const Entry& entry : entries_) {
    const char* const bytes = bytes_.data() + entry.place;
    run->Append({bytes, kSizesBytes + SizeAt(bytes) + SizeAt(bytes + sizeof(uint32_t))});
  }
  run->Finish();
  runs_.push_back(std::move(run));
  bytes_.clear();
  entries_.clear();
}

void EntrySorter::Merge(const std::function<void(std::string_view, std::string_view)>& take) {
  // A later run first among equal keys.
  const auto comes_later = [&](const std::pair<Run*, size_t>& a, const std::pair<Run*, size_t>& b) {
    const int order = a.first->key.compare(b.first->key);
    return order != 0 ? order > 0 : a.second < b.second;
  };
  std::vector<std::pair<Run*, size_t>> places;
  for (size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i]->Next()) places.emplace_back(runs_[i].get(), i);
  }
  std::make_heap(places.begin(), places.end(), comes_later);
  std::string last;
  bool is_first = true;
  while (!places.empty()) {
    std::pop_heap(places.begin(), places.end(), comes_later);
    Run& run = *places.back().first;
    if (is_first || run.key != last) {
      take(run.key, run.value);
      last.assign(run.key);
      is_first = false;
    }
    if (run.Next()) {
      std::push_heap(places.begin(), places.end(), comes_later);
    } else {
      places.pop_back();
    }
  }
}

void EntrySorter::TakeSorted(
    const std::function<void(std::string_view, std::string_view)>& take) {
  if (!runs_.empty()) {
    if (!entries_.empty()) WriteRun();
    bytes_.shrink_to_fit();
    Charge(static_cast<int64_t>(runs_.size() * kRunBufferBytes));
    Merge(take);
    runs_.clear();
  } else {
    Sort();
    for (size_t i = 0; i < entries_.size(); ++i) {
      const std::string_view key = KeyAt(entries_[i].place);
      if (i + 1 < entries_.size() && KeyAt(entries_[i + 1].place) == key) continue;
      take(key, ValueAt(entries_[i].place));
    }
  }
  bytes_ = {};
  entries_ = {};
  Charge(0);
}

}  // namespace grizzly::commands
