// Memory of uncompressed blocks: a few freed buffers stay with each thread, for the next blocks it reads.
//
// A scan that does not fill the cache frees a block for each one it reads, and all are of about one size; malloc
// took a tenth of such a scan's time.
// THREADS  any; a buffer may be freed by another thread than the one that got it.
#pragma once

#include <rocksdb/memory_allocator.h>

#include <memory>

namespace grizzly::storage {

std::shared_ptr<rocksdb::MemoryAllocator> MakeBlockAllocator();

}  // namespace grizzly::storage
