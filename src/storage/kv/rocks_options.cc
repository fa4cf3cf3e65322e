#include "storage/kv/rocks_options.h"

#include <mutex>
#include <vector>

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <sys/resource.h>

#include "storage/kv/block_allocator.h"

namespace grizzly::storage {
namespace {

constexpr double kBloomBitsPerKey = 10;  // 1 % false positives
constexpr size_t kBlockBytes = 8 * 1024;  // 4 KiB: Get 3 % faster, Next 10 % slower
constexpr int kOpenFilesMax = 4096;  // table readers kept open; each holds a file handle

// Half of the process's file handles at most; the others are for connections.
int OpenFilesMax() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kOpenFilesMax;
  return static_cast<int>(std::min<rlim_t>(kOpenFilesMax, limit.rlim_cur / 2));
}

rocksdb::BlockBasedTableOptions TableOptions(std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = kBlockBytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;
  // Filters and indexes are charged to the cache, so that block_cache_bytes is the whole bill.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kFlushedAndSimilar;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.optimize_filters_for_memory = true;
  // Get finds its key in a block by hash instead of by binary search.
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.data_block_hash_table_util_ratio = 0.75;
  table.format_version = 5;
  // Every fourth key is whole: less to unpack on the way to one (Get 3.4 to 2.9 us).
  table.block_restart_interval = 4;
  table.checksum = rocksdb::kXXH3;
  return table;
}

void SetCompaction(rocksdb::Options& rocks) {
  rocks.level_compaction_dynamic_level_bytes = true;
  rocks.target_file_size_base = 64u << 20;
  rocks.max_bytes_for_level_base = 512u << 20;
  rocks.level0_file_num_compaction_trigger = 4;
  // The bottom, too: Zstandard makes rows a quarter smaller (64 against 83 bytes of lineitem) and a scan that
  // misses the cache 1.7 times as long (0.40 against 0.24 us a row). Columnar segments bring their own.
  rocks.compression = rocksdb::kLZ4Compression;
}

void SetLog(rocksdb::Options& rocks) {
  // Synced commits of 4 puts, 1 / 8 / 32 threads, thousands a second: pipelined 14.8 / 30.0 / 33.7,
  // plain 14.9 / 29.2 / 30.5, unordered 13.4 / 34.6 / 46.1. Unordered writes lets a snapshot change
  // under its reader, so it is out. Recycling log files is switched off by RocksDB under
  // point-in-time recovery; compressing the log gained nothing.
  rocks.enable_pipelined_write = true;
  // Stops at the first torn record of the tail: what follows was never acknowledged.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocks.avoid_flush_during_recovery = false;  // so that the next restart does not replay it again
  rocks.max_total_wal_size = 4 * rocks.write_buffer_size;
  rocks.bytes_per_sync = 1u << 20;  // write table files out as they grow, not in one burst
}

}  // namespace

std::shared_ptr<rocksdb::Cache> MakeBlockCache(const StoreOptions& options) {
  // Lock-free: Get takes 2.7 us against 3.5 with the LRU cache on one thread, 1.3 against 1.8 on two.
  // The estimate of an entry's size is better too low than too high.
  // Kept until the process ends: RocksDB 7.8's clock cache may still hold a reference of its own when
  // it is destroyed, and aborts on it. A process opens one store.
  static std::vector<std::shared_ptr<rocksdb::Cache>>* const kept =
      new std::vector<std::shared_ptr<rocksdb::Cache>>();
  static std::mutex kept_mutex;
  std::lock_guard lock(kept_mutex);
  rocksdb::HyperClockCacheOptions cache(options.block_cache_bytes, kBlockBytes * 7 / 8);
  cache.memory_allocator = MakeBlockAllocator();
  kept->push_back(cache.MakeSharedCache());
  return kept->back();
}

rocksdb::Options MakeRocksOptions(const StoreOptions& options, rocksdb::Env* env,
                                  std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::Options rocks;
  rocks.env = env;
  rocks.write_buffer_size = options.write_buffer_bytes;
  rocks.max_write_buffer_number = 4;
  rocks.max_background_jobs = options.background_jobs_max;
  rocks.max_open_files = OpenFilesMax();
  rocks.skip_stats_update_on_db_open = true;
  rocks.skip_checking_sst_file_sizes_on_db_open = true;
  rocks.prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(kKeyHeadBytes));
  // A Get that misses the memtable should not walk its skip list.
  rocks.memtable_whole_key_filtering = true;
  rocks.memtable_prefix_bloom_size_ratio = 0.03;
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(cache)));
  rocks.enable_blob_files = options.blob_bytes_min > 0;
  rocks.min_blob_size = options.blob_bytes_min;
  rocks.blob_compression_type = rocksdb::kLZ4Compression;
  rocks.enable_blob_garbage_collection = true;
  rocks.blob_cache = std::move(cache);  // shared: block_cache_bytes is the bill for both
  SetCompaction(rocks);
  SetLog(rocks);
  rocks.statistics = rocksdb::CreateDBStatistics();
  rocks.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  rocks.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  rocks.keep_log_file_num = 4;
  rocks.max_log_file_size = 16u << 20;
  return rocks;
}

}  // namespace grizzly::storage
