#include "storage/kv/block_counters.h"

#include <rocksdb/perf_context.h>

namespace grizzly::storage {

BlockCounters ThreadBlockCounters() {
  // RocksDB counts these at its default level.
  const rocksdb::PerfContext& counted = *rocksdb::get_perf_context();
  return {counted.block_cache_hit_count, counted.block_read_count};
}

}  // namespace grizzly::storage
