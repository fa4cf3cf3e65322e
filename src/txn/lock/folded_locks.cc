#include "txn/lock/folded_locks.h"

#include <algorithm>

#include "txn/lock/lock_table.h"

namespace grizzly::txn {
namespace {

constexpr uint64_t kModeBits = 3;
constexpr size_t kRecentMax = 4096;
constexpr size_t kMergedAtOnce = 8;
constexpr size_t kBlockMax = size_t{1} << 21;  // bigger ones are not merged: 16 MiB

int64_t BytesOf(size_t locks) { return static_cast<int64_t>(locks * sizeof(uint64_t)); }

// The hashes are uniform, so a lock is close to where its value says.
ModeMask ModesIn(const std::vector<uint64_t>& sorted, uint64_t low) {
  const auto guess = static_cast<size_t>(
      (static_cast<unsigned __int128>(low) * sorted.size()) >> 64);
  size_t from = guess, to = guess, step = 16;
  while (from > 0 && sorted[from] >= low) from -= std::min(from, step), step *= 2;
  step = 16;
  while (to < sorted.size() && sorted[to] < low) to += step, step *= 2;
  to = std::min(to + 1, sorted.size());
  ModeMask modes = 0;
  for (auto lock = std::lower_bound(sorted.begin() + static_cast<ptrdiff_t>(from),
                                    sorted.begin() + static_cast<ptrdiff_t>(to), low);
       lock != sorted.end() && *lock <= low + kModeBits; ++lock) {
    modes |= static_cast<ModeMask>(1u << (*lock & kModeBits));
  }
  return modes;
}

}  // namespace

FoldedLocks::FoldedLocks(MemoryTracker* memory) : memory_(memory) {
  if (memory_ != nullptr) memory_->Reserve(BytesOf(kRecentMax));
  recent_.reserve(kRecentMax);
}

FoldedLocks::~FoldedLocks() {
  if (memory_ != nullptr) memory_->Release(ChargedBytes());
}

int64_t FoldedLocks::ChargedBytes() const {
  int64_t bytes = BytesOf(kRecentMax);
  for (const Block& block : blocks_) bytes += BytesOf(block.locks.capacity());
  return bytes;
}

void FoldedLocks::ChargeTo(MemoryTracker* memory) {
  if (memory != nullptr) memory->Reserve(ChargedBytes());
  if (memory_ != nullptr) memory_->Release(ChargedBytes());
  memory_ = memory;
}

std::vector<uint64_t> FoldedLocks::All() const {
  std::vector<uint64_t> all = recent_;
  for (const Block& block : blocks_) {
    all.insert(all.end(), block.locks.begin(), block.locks.end());
  }
  return all;
}

uint64_t FoldedLocks::HashIn(uint64_t lock) { return lock & ~kModeBits; }
uint8_t FoldedLocks::ModeIn(uint64_t lock) { return static_cast<uint8_t>(lock & kModeBits); }

void FoldedLocks::Add(uint64_t hash, uint8_t mode) {
  if (recent_.size() == kRecentMax) Seal();
  recent_.push_back((hash & ~kModeBits) | mode);
  ++count_;
}

void FoldedLocks::Seal() {
  if (memory_ != nullptr) memory_->Reserve(BytesOf(kRecentMax));
  Block block{recent_first_, recent_};
  block.locks.shrink_to_fit();
  std::sort(block.locks.begin(), block.locks.end());
  blocks_.push_back(std::move(block));
  recent_.clear();
  recent_first_ = count_;
  for (size_t size = kRecentMax; size < kBlockMax && blocks_.size() >= kMergedAtOnce;
       size *= kMergedAtOnce) {
    const bool all_small = std::all_of(blocks_.end() - kMergedAtOnce, blocks_.end(),
                                       [&](const Block& b) { return b.locks.size() <= size; });
    if (!all_small) break;
    MergeLast(kMergedAtOnce);
  }
}

void FoldedLocks::MergeLast(size_t blocks) {
  const auto first = blocks_.end() - static_cast<ptrdiff_t>(blocks);
  size_t total = 0;
  for (auto block = first; block != blocks_.end(); ++block) total += block->locks.size();
  if (memory_ != nullptr) memory_->Reserve(BytesOf(total));
  Block merged{first->first, {}};
  merged.locks.reserve(total);
  for (auto block = first; block != blocks_.end(); ++block) {
    const auto middle = static_cast<ptrdiff_t>(merged.locks.size());
    merged.locks.insert(merged.locks.end(), block->locks.begin(), block->locks.end());
    std::inplace_merge(merged.locks.begin(), merged.locks.begin() + middle, merged.locks.end());
    if (memory_ != nullptr) memory_->Release(BytesOf(block->locks.capacity()));
  }
  merged.locks.erase(std::unique(merged.locks.begin(), merged.locks.end()), merged.locks.end());
  blocks_.erase(first, blocks_.end());
  blocks_.push_back(std::move(merged));
}

ModeMask FoldedLocks::ModesOf(uint64_t hash) const {
  const uint64_t low = hash & ~kModeBits;
  ModeMask modes = 0;
  for (const uint64_t lock : recent_) {
    if ((lock & ~kModeBits) == low) modes |= static_cast<ModeMask>(1u << (lock & kModeBits));
  }
  for (const Block& block : blocks_) modes |= ModesIn(block.locks, low);
  return modes;
}

void FoldedLocks::TruncateTo(size_t count) {
  if (count >= count_) return;
  count_ = count;
  if (count >= recent_first_) {
    recent_.resize(count - recent_first_);
    return;
  }
  recent_.clear();
  while (!blocks_.empty() && blocks_.back().first >= count) {
    if (memory_ != nullptr) memory_->Release(BytesOf(blocks_.back().locks.capacity()));
    blocks_.pop_back();
  }
  recent_first_ = count;
}

}  // namespace grizzly::txn
