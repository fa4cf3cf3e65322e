#include "txn/write_run.h"

#include <cstring>

#include "base/error/check.h"
#include "storage/key/key_hash.h"

namespace grizzly::txn {
namespace {

struct StoredVersion {
  uint32_t position;
  uint32_t command;
  uint32_t bytes;
};
constexpr uint32_t kDeletedBytes = UINT32_MAX;

void AppendVersion(const WriteSet::Version& version, std::string* entry) {
  const StoredVersion head{version.position, version.command,
                           version.is_deleted() ? kDeletedBytes : version.value_bytes};
  entry->append(reinterpret_cast<const char*>(&head), sizeof(head));
  if (!version.is_deleted()) entry->append(version.bytes());
}

// The newest version in `entry` that is before `command` and not undone.
bool PickVersion(std::string_view entry, CommandId command, uint32_t limit, StoredVersion* head,
                 std::string_view* value) {
  while (!entry.empty()) {
    GRIZZLY_CHECK(entry.size() >= sizeof(*head));
    std::memcpy(head, entry.data(), sizeof(*head));
    entry.remove_prefix(sizeof(*head));
    const size_t bytes = head->bytes == kDeletedBytes ? 0 : head->bytes;
    if (head->command < command && head->position < limit) {
      *value = entry.substr(0, bytes);
      return true;
    }
    entry.remove_prefix(bytes);
  }
  return false;
}

}  // namespace

class RunCursor final : public WriteCursor {
 public:
  RunCursor(std::shared_ptr<const WriteRun> run, const WriteRange& range)
      : run_(std::move(run)), range_(range), iterator_(run_->file_->NewIterator()) {
    if (range_.is_forward()) {
      iterator_->Seek(range_.from);
    } else {
      iterator_->SeekToLastBefore(range_.to);
    }
    Settle();
  }

  bool Valid() const override { return valid_; }
  void Next() override {
    Step();
    Settle();
  }
  std::string_view key() const override { return iterator_->key(); }
  std::string_view value() const override { return value_; }
  bool is_deleted() const override { return head_.bytes == kDeletedBytes; }

 private:
  void Step() { range_.is_forward() ? iterator_->Next() : iterator_->Prev(); }
  bool InRange() const {
    if (!iterator_->Valid()) return false;
    return range_.is_forward() ? key() < std::string_view(range_.to)
                               : key() >= std::string_view(range_.from);
  }
  void Settle() {
    for (; InRange(); Step()) {
      valid_ = PickVersion(iterator_->value(), range_.command, run_->limit(), &head_, &value_);
      if (valid_) return;
    }
    valid_ = false;
  }

  const std::shared_ptr<const WriteRun> run_;
  const WriteRange range_;
  const std::unique_ptr<storage::StoreIterator> iterator_;
  bool valid_ = false;
  StoredVersion head_{};
  std::string_view value_;
};

WriteRun::WriteRun(storage::Store& store, const std::shared_ptr<WriteSet>& writes,
                   size_t first_position, MemoryTracker* memory)
    : first_position_(first_position),
      limit_(static_cast<uint32_t>(writes->position())),
      memory_set_(writes),
      filter_(writes->write_count(), memory) {
  const auto writer = store.NewSortedFile(storage::SortedFileUse::kRun);
  std::string entry;
  bool is_first = true;
  for (const WriteSet::Node* node = writes->First(); node != nullptr;
       node = WriteSet::Next(node)) {
    const WriteSet::Version* version = WriteSet::VersionOf(node, kSeesAll);
    if (version == nullptr) continue;
    entry.clear();
    for (; version != nullptr; version = version->older) AppendVersion(*version, &entry);
    const std::string_view key = WriteSet::KeyOf(node);
    writer->Put(key, entry);
    filter_.Add(storage::HashKey(key).low);
    if (is_first) first_key_ = key;
    is_first = false;
    last_key_ = key;
  }
  file_ = writer->Finish();
  GRIZZLY_CHECK(file_ != nullptr);
}

void WriteRun::UndoTo(size_t position) {
  const size_t kept = position <= first_position_ ? 0 : position - first_position_;
  if (kept >= limit()) return;
  limit_.store(static_cast<uint32_t>(kept), std::memory_order_relaxed);
  if (const auto writes = memory_set_.lock()) writes->UndoTo(kept);
}

bool WriteRun::Find(std::string_view key, uint64_t hash, CommandId command,
                    FoundWrite* found) const {
  if (key < std::string_view(first_key_) || key > std::string_view(last_key_)) return false;
  if (!filter_.MayContain(hash)) return false;
  std::lock_guard lock(finding_);
  if (finder_ == nullptr) finder_ = file_->NewIterator();
  finder_->Seek(key);
  if (!finder_->Valid() || finder_->key() != key) return false;
  StoredVersion head;
  std::string_view value;
  if (!PickVersion(finder_->value(), command, limit(), &head, &value)) return false;
  found->deleted = head.bytes == kDeletedBytes;
  found->command = head.command;
  const auto copy = std::make_shared<const std::string>(value);
  found->value = *copy;
  found->kept = copy;
  return true;
}

std::unique_ptr<WriteCursor> WriteRun::NewCursor(const WriteRange& range) const {
  return std::make_unique<RunCursor>(shared_from_this(), range);
}

}  // namespace grizzly::txn
