#include "storage/kv/block_allocator.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace grizzly::storage {
namespace {

constexpr size_t kClassBytes = 1024;
constexpr size_t kKeptBytesMax = 16 * kClassBytes;
constexpr uint32_t kNotKept = UINT32_MAX;
constexpr uint32_t kKeptPerClass = 4;

// In front of each buffer.
struct alignas(16) BufferHead {
  uint32_t size_class = kNotKept;
  BufferHead* next = nullptr;  // of the free ones
};

class KeptBuffers {
 public:
  ~KeptBuffers() {
    for (Kept& kept : classes_) {
      while (BufferHead* const head = Take(kept)) std::free(head);
    }
    is_gone = true;
  }
  BufferHead* Take(uint32_t size_class) { return Take(classes_[size_class]); }
  bool Keep(BufferHead* head) {
    Kept& kept = classes_[head->size_class];
    if (kept.count == kKeptPerClass) return false;
    head->next = kept.first;
    kept.first = head;
    ++kept.count;
    return true;
  }

  // Of this thread: what is freed while it ends is freed.
  static thread_local bool is_gone;
  static KeptBuffers* OfThread() {
    thread_local KeptBuffers buffers;
    return is_gone ? nullptr : &buffers;
  }

 private:
  struct Kept {
    BufferHead* first = nullptr;
    uint32_t count = 0;
  };
  static BufferHead* Take(Kept& kept) {
    BufferHead* const head = kept.first;
    if (head == nullptr) return nullptr;
    kept.first = head->next;
    --kept.count;
    return head;
  }

  std::array<Kept, kKeptBytesMax / kClassBytes + 1> classes_;
};

thread_local bool KeptBuffers::is_gone = false;

class BlockAllocator final : public rocksdb::MemoryAllocator {
 public:
  const char* Name() const override { return "GrizzlyBlockAllocator"; }

  void* Allocate(size_t size) override {
    uint32_t size_class = kNotKept;
    size_t bytes = size + sizeof(BufferHead);
    if (bytes <= kKeptBytesMax) {
      size_class = static_cast<uint32_t>((bytes + kClassBytes - 1) / kClassBytes);
      bytes = size_class * kClassBytes;
      KeptBuffers* const kept = KeptBuffers::OfThread();
      if (BufferHead* const head = kept == nullptr ? nullptr : kept->Take(size_class)) {
        return head + 1;
      }
    }
    void* const memory = std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    auto* const head = new (memory) BufferHead();
    head->size_class = size_class;
    return head + 1;
  }

  void Deallocate(void* buffer) override {
    BufferHead* const head = static_cast<BufferHead*>(buffer) - 1;
    KeptBuffers* const kept =
        head->size_class == kNotKept ? nullptr : KeptBuffers::OfThread();
    if (kept == nullptr || !kept->Keep(head)) std::free(head);
  }

  size_t UsableSize(void*, size_t size) const override {
    const size_t bytes = size + sizeof(BufferHead);
    return bytes > kKeptBytesMax ? bytes : (bytes + kClassBytes - 1) / kClassBytes * kClassBytes;
  }
};

}  // namespace

std::shared_ptr<rocksdb::MemoryAllocator> MakeBlockAllocator() {
  return std::make_shared<BlockAllocator>();
}

}  // namespace grizzly::storage
