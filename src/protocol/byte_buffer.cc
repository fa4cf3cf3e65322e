#include "protocol/byte_buffer.h"

#include <cstdlib>
#include <utility>

#include "base/error/sql_error.h"

namespace grizzly::protocol {
namespace {

constexpr size_t kFirstBytes = 8 * 1024;

int64_t TrackedBytes(size_t capacity) {
  return capacity > ByteBuffer::kUntrackedBytes ? static_cast<int64_t>(capacity) : 0;
}

}  // namespace

void ByteBuffer::Grow(size_t bytes_min) {
  const size_t capacity = std::max({bytes_min, capacity_ + capacity_ / 2, kFirstBytes});
  const int64_t more = TrackedBytes(capacity) - TrackedBytes(capacity_);
  if (tracker_ != nullptr && more > 0) tracker_->Reserve(more);
  auto* data = static_cast<char*>(std::realloc(data_, capacity));
  if (data == nullptr) {
    if (tracker_ != nullptr && more > 0) tracker_->Release(more);
    throw SqlError(SqlState::kOutOfMemory, "out of memory")
        .Detail(fmt::format("Failed on request of size {}.", capacity));
  }
  data_ = data;
  capacity_ = capacity;
}

void ByteBuffer::EraseFront(size_t bytes) {
  size_ -= bytes;
  if (size_ != 0 && bytes != 0) std::memmove(data_, data_ + bytes, size_);
}

void ByteBuffer::Free() {
  if (data_ == nullptr) return;
  if (tracker_ != nullptr && TrackedBytes(capacity_) > 0) tracker_->Release(TrackedBytes(capacity_));
  std::free(data_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

void ByteBuffer::Swap(ByteBuffer& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(tracker_, other.tracker_);
}

}  // namespace grizzly::protocol
