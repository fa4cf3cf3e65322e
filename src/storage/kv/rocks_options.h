// RocksDB as we run it: every choice in one place, with its reason. Internal to storage/kv.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include "storage/key/key_layout.h"
#include "storage/kv/store.h"

namespace grizzly::storage {

std::shared_ptr<rocksdb::Cache> MakeBlockCache(const StoreOptions& options);
// `env` must outlive the store; `cache` is where it keeps blocks, filters and indexes.
rocksdb::Options MakeRocksOptions(const StoreOptions& options, rocksdb::Env* env,
                                  std::shared_ptr<rocksdb::Cache> cache);

}  // namespace grizzly::storage
