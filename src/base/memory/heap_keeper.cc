#include "base/memory/heap_keeper.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace grizzly {
namespace {

// Free at the end of a heap: below this nothing is handed back, and a heap grows by as much.
constexpr int kKeptBytes = 64 << 20;
// Larger allocations come from the kernel and go back to it.
constexpr int kMappedBytesMin = 4 << 20;
// What may stay free for good.
constexpr int64_t kFreeBytesMax = 256 << 20;
constexpr std::chrono::seconds kPause{5};
// Looking takes at most one part in so many of the time.
constexpr int kLookShare = 500;

int64_t ResidentBytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long long total = 0, resident = 0, shared = 0;
  const int fields = std::fscanf(file, "%lld %lld %lld", &total, &resident, &shared);
  std::fclose(file);
  return fields == 3 ? (resident - shared) * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace

HeapKeeper::HeapKeeper() {
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_TOP_PAD, kKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kMappedBytesMin);
  thread_ = std::thread([this] { Watch(); });
}

HeapKeeper::~HeapKeeper() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

int64_t HeapKeeper::FreeResidentBytes() {
  const struct mallinfo2 heap = mallinfo2();
  return ResidentBytes() - static_cast<int64_t>(heap.uordblks + heap.hblkhd);
}

void HeapKeeper::GiveBack() { malloc_trim(kKeptBytes); }

void HeapKeeper::Watch() {
  std::unique_lock lock(mutex_);
  std::chrono::nanoseconds pause = kPause;
  for (size_t look = 0; !wake_.wait_for(lock, pause, [this] { return stopping_; }); ++look) {
    const auto start = std::chrono::steady_clock::now();
    // A look goes through all that is free, which stops who allocates.
    free_bytes_[look % kLooks] = ResidentBytes() > kFreeBytesMax ? FreeResidentBytes() : 0;
    pause = std::max<std::chrono::nanoseconds>(kPause, kLookShare * (std::chrono::steady_clock::now() - start));
    if (*std::min_element(free_bytes_.begin(), free_bytes_.end()) <= kFreeBytesMax) continue;
    GiveBack();
    free_bytes_.fill(0);
  }
}

}  // namespace grizzly
