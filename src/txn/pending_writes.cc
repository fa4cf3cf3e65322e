#include "txn/pending_writes.h"

#include <algorithm>

#include "base/blocking/blocking_section.h"
#include "base/error/sql_error.h"
#include "storage/key/key_hash.h"

namespace grizzly::txn {
namespace {

constexpr size_t kRunBytesMin = 64 * 1024;  // less is not worth a file

}  // namespace

PendingWrites::PendingWrites(storage::Store& store) : store_(store) {}

void PendingWrites::Open(MemoryTracker* memory, const size_t* memory_bytes_max) {
  memory_ = memory;
  memory_bytes_max_ = memory_bytes_max;
  recent_->Open(memory);
}

void PendingWrites::RenewRecent() {
  if (recent_.use_count() == 1) {
    recent_->Clear();
  } else {
    recent_ = std::make_shared<WriteSet>();
  }
  recent_->Open(memory_);
}

void PendingWrites::Clear() {
  memory_ = nullptr;
  RenewRecent();
  recent_first_ = 0;
  runs_.clear();
}

void PendingWrites::MoveToRun() {
  const size_t first = recent_first_;
  if (!recent_->empty()) {
    BlockingSection blocking;
    runs_.push_back(std::make_shared<WriteRun>(store_, recent_, first, memory_));
  }
  recent_first_ = position();
  recent_ = std::make_shared<WriteSet>();  // the run knows the old one
  recent_->Open(memory_);
}

template <typename Add>
void PendingWrites::AddWrite(Add add) {
  if (recent_->memory_bytes() >= *memory_bytes_max_) [[unlikely]] MoveToRun();
  try {
    add();
  } catch (const SqlError& error) {
    if (error.state() != SqlState::kOutOfMemory || recent_->memory_bytes() < kRunBytesMin) throw;
    MoveToRun();
    add();
  }
}

void PendingWrites::Put(std::string_view key, std::string_view value, CommandId command) {
  AddWrite([&] { recent_->Put(key, value, command); });
}

void PendingWrites::Delete(std::string_view key, CommandId command) {
  AddWrite([&] { recent_->Delete(key, command); });
}

void PendingWrites::UndoTo(size_t position) {
  if (position >= recent_first_) return recent_->UndoTo(position - recent_first_);
  recent_->UndoTo(0);
  while (!runs_.empty() && runs_.back()->first_position() >= position) {
    runs_.back()->UndoTo(position);  // for cursors that still read it
    runs_.pop_back();
  }
  if (!runs_.empty()) runs_.back()->UndoTo(position);
  recent_first_ = position;
  RenewRecent();
}

bool PendingWrites::Find(std::string_view key, CommandId command, FoundWrite* found) const {
  if (const WriteSet::Version* own = recent_->Find(key, command)) {
    found->deleted = own->is_deleted();
    found->command = own->command;
    found->value = found->deleted ? std::string_view() : own->bytes();
    found->kept = recent_;
    return true;
  }
  if (runs_.empty()) [[likely]] return false;
  const uint64_t hash = storage::HashKey(key).low;
  return std::any_of(runs_.rbegin(), runs_.rend(), [&](const std::shared_ptr<WriteRun>& run) {
    return run->Find(key, hash, command, found);
  });
}

std::unique_ptr<WriteCursor> PendingWrites::NewCursor(const WriteRange& range) const {
  std::vector<std::unique_ptr<WriteCursor>> sources;
  if (recent_->TouchesRange(range.from, range.to)) {
    sources.push_back(NewMemoryCursor(recent_, range));
  }
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if ((*run)->TouchesRange(range.from, range.to)) sources.push_back((*run)->NewCursor(range));
  }
  if (sources.empty()) return nullptr;
  return MergeCursors(std::move(sources), range.direction);
}

std::unique_ptr<WriteCursor> PendingWrites::All() const {
  // Above every key: those of the store start with a tenant's number.
  static const std::string kEnd(64, '\xFF');
  const WriteRange everything{"", kEnd};
  std::vector<std::unique_ptr<WriteCursor>> sources;
  sources.push_back(NewMemoryCursor(recent_, everything));
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    sources.push_back((*run)->NewCursor(everything));
  }
  return MergeCursors(std::move(sources), ScanDirection::kForward);
}

}  // namespace grizzly::txn
