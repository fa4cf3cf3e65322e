// The one seam through which every byte of the store goes to a medium: a rocksdb::FileSystem.
//
// disk: RocksDB's POSIX one, its log files allocated ahead. memory: RocksDB's in-memory one. Either may be wrapped by a FaultInjector.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>

#include "storage/kv/store.h"

namespace grizzly::storage {

std::shared_ptr<rocksdb::FileSystem> OpenFileSystem(const StoreOptions& options);

// Wraps `base`; the injector must outlive the result.
std::shared_ptr<rocksdb::FileSystem> WrapWithFaults(std::shared_ptr<rocksdb::FileSystem> base,
                                                    FaultInjector& faults);

}  // namespace grizzly::storage
