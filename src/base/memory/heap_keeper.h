// What glibc's malloc does with freed memory: kept for the next statement, given back when nobody wants it.
//
// As it comes, malloc hands freed pages back to the kernel at once; a statement that builds and drops a hash table of
// some megabytes then pays for faulting every page in again (a third of TPC-H's Q09 and Q18). Here freed memory stays with the
// process, and a thread looks every few seconds for what was free at all looks of the last minute.
// OWNS     its thread; the destructor waits for it.
// THREADS  made once per process, before other threads allocate.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace grizzly {

class HeapKeeper {
 public:
  HeapKeeper();
  ~HeapKeeper();
  HeapKeeper(const HeapKeeper&) = delete;
  HeapKeeper& operator=(const HeapKeeper&) = delete;

  // Bytes that are resident and in no allocation.
  static int64_t FreeResidentBytes();
  // Gives back what malloc holds free.
  static void GiveBack();

 private:
  static constexpr size_t kLooks = 12;
  void Watch();

  std::array<int64_t, kLooks> free_bytes_{};  // at the last looks: giving back stops who allocates, so a minute counts
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace grizzly
