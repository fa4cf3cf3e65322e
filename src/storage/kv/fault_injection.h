// A disk that goes wrong on request: failing operations, power loss, flipped bits.
//
// Given to a store through StoreOptions::faults. It sits between the store and its files, counts what
// passes and knows for every file how much of it is synced.
//
//   Power loss   Crash() makes every further operation fail, as for a machine that is off. Destroy the
//                store, then call Revive(): what was not synced is gone (or torn), files whose
//                directory entry was not synced too; then the store may be opened again.
//   Death        kKill and kKillAfter end the process with SIGKILL at an operation, for crash tests of a whole
//                server: FromEnvironment().
//   Memory       with StoreMedium::kMemory the files live in the injector, so they survive reopening.
//
// THREADS  every member from any thread; Revive and CorruptFile only while no store is open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace grizzly::storage {

enum class FaultKind : uint8_t {
  kIoError,   // EIO
  kDiskFull,  // ENOSPC
  kKill,       // the process dies instead of it
  kKillAfter,  // the process dies when it is done
};

// Bits of a set.
enum FileOperation : uint32_t {
  kFileAppend = 1,
  kFileSync = 2,
  kFileCreate = 4,
  kFileRename = 8,
  kFileDelete = 16,
  kFileRead = 32,
  kDirectorySync = 64,
  kAllFileWrites = kFileAppend | kFileSync | kFileCreate | kFileRename | kFileDelete | kDirectorySync,
};

enum class CrashLoss : uint8_t {
  kAllUnsynced,  // exactly what was synced is left
  kTornTail,     // of the unsynced bytes a random prefix is left, its last bytes perhaps garbage
};

class FaultInjector {
 public:
  FaultInjector();
  ~FaultInjector();
  FaultInjector(const FaultInjector&) = delete;
  FaultInjector& operator=(const FaultInjector&) = delete;

  // The n-th operation of the set from now on (1 is the next) fails; with `count` above one, so do
  // the following ones. `file_part` restricts it to files with that in their name (".log" is the log).
  void FailOperation(uint64_t n, FaultKind kind, uint32_t operations = kAllFileWrites,
                     uint64_t count = 1, std::string_view file_part = {});
  void StopFailing();
  // Operations of each kind in kAllFileWrites seen so far; to run "for every n".
  uint64_t write_operation_count() const;
  uint64_t sync_count() const;
  bool has_failed() const;  // a planned failure has happened

  void Crash();
  void Revive(CrashLoss loss, uint64_t seed = 0);

  // Flips one bit of the file ending with `file_suffix` (the newest by name) at `offset` from its
  // start, modulo its size. False when there is no such file.
  bool CorruptFile(std::string_view file_suffix, uint64_t offset);

  // What GRIZZLY_FAULT asks for, "KIND:OPERATION:FILE_PART:N[:COUNT]", say "kill_after:sync:.log:3" or
  // "enospc:write::100:50"; operations are append, sync, create, rename, delete, read, directory_sync and
  // write (all but read), kinds eio, enospc, kill, kill_after. Null without it; the same one for the
  // whole process. Throws F0000 when it makes no sense.
  static FaultInjector* FromEnvironment();

  struct State;
  State& state() { return *state_; }  // for storage/kv/file_system.cc

 private:
  std::unique_ptr<State> state_;
};

}  // namespace grizzly::storage
