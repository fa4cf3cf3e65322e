// How many blocks this thread has had from the store: for EXPLAIN (BUFFERS).
#pragma once

#include <cstdint>

namespace grizzly::storage {

struct BlockCounters {
  uint64_t from_cache = 0;
  uint64_t from_files = 0;
};

// Since the thread began. Cheap; any thread.
BlockCounters ThreadBlockCounters();

}  // namespace grizzly::storage
