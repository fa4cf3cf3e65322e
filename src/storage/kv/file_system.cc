#include "storage/kv/file_system.h"

#include "storage/kv/fault_state.h"

namespace grizzly::storage {
namespace {

std::shared_ptr<rocksdb::FileSystem> NewMemoryFileSystem() {
  // The Env owns its file system by shared_ptr; keep both alive together.
  std::shared_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  return env->GetFileSystem();
}

}  // namespace

std::shared_ptr<rocksdb::FileSystem> OpenFileSystem(const StoreOptions& options) {
  if (options.faults == nullptr) {
    return options.medium == StoreMedium::kMemory ? NewMemoryFileSystem()
                                                  : rocksdb::FileSystem::Default();
  }
  FaultInjector::State& state = options.faults->state();
  if (options.medium == StoreMedium::kMemory) {
    std::lock_guard lock(state.mutex);
    if (state.base == nullptr) state.base = NewMemoryFileSystem();
    return WrapWithFaults(state.base, *options.faults);
  }
  {
    std::lock_guard lock(state.mutex);
    state.base = rocksdb::FileSystem::Default();
  }
  return WrapWithFaults(state.base, *options.faults);
}

}  // namespace grizzly::storage
