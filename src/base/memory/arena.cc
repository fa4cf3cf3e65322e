#include "base/memory/arena.h"

#include <algorithm>

namespace grizzly {

Arena::~Arena() {
  if (tracker_ != nullptr) tracker_->Release(static_cast<int64_t>(allocated_bytes_));
}

char* Arena::AllocateSlow(size_t bytes, size_t alignment) {
  const size_t grown = blocks_.empty()
                           ? kArenaBlockBytesMin
                           : std::min(blocks_.back().bytes * 2, kArenaBlockBytesMax);
  const size_t block_bytes = std::max(grown, bytes + alignment);
  if (tracker_ != nullptr) tracker_->Reserve(static_cast<int64_t>(block_bytes));
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_bytes), block_bytes});
  allocated_bytes_ += block_bytes;
  next_ = reinterpret_cast<uintptr_t>(blocks_.back().data.get());
  end_ = next_ + block_bytes;
  const uintptr_t aligned = (next_ + alignment - 1) & ~(alignment - 1);
  next_ = aligned + bytes;
  return reinterpret_cast<char*>(aligned);
}

void Arena::Reset() {
  if (blocks_.empty()) return;
  size_t freed = 0;
  for (size_t i = 1; i < blocks_.size(); ++i) freed += blocks_[i].bytes;
  blocks_.resize(1);
  allocated_bytes_ -= freed;
  if (tracker_ != nullptr && freed > 0) tracker_->Release(static_cast<int64_t>(freed));
  next_ = reinterpret_cast<uintptr_t>(blocks_[0].data.get());
  end_ = next_ + blocks_[0].bytes;
}

}  // namespace grizzly
