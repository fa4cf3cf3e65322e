// What the statement running on this thread may use besides the thread and its memory.
//
// Installed per thread by who runs statements, as BlockingSection's observer is: operators ask for it
// when they open. Without it everything runs on one thread and nothing spills.
#pragma once

#include <cstdint>

#include "executor/exec_context.h"
#include "plan/node.h"

namespace grizzly::executor {

class ParallelStep;
class SpillSpace;
class WorkerPool;

// Rows a scan must be estimated to read before workers are worth their start, unless a test says otherwise.
inline constexpr double kParallelRowsMin = 100'000;

struct StatementResources {
  WorkerPool* workers = nullptr;
  int parallel_workers_max = 0;         // max_parallel_workers_per_gather
  SpillSpace* spill = nullptr;
  double hash_memory_multiplier = 1;    // of work_mem, for hash tables
  bool hash_memory_is_automatic = false;  // nobody has set work_mem: more, by the machine's memory
  ParallelStep* parallel = nullptr;     // set in workers: what they share
  double parallel_rows_min = kParallelRowsMin;  // a scan must read before workers are worth their start
  uint32_t batch_rows_max = 0;          // grizzly.batch_rows_max: operators hand on no more at once; 0: any

  // Of this thread.
  static const StatementResources& Current();
  // Bytes a hash table may hold before it spills; 0: it may not. Where work_mem was not set, a 64th of the
  // machine's memory, and at most an eighth of any limit above the statement, but not less than work_mem says.
  static int64_t HashBudget(const ExecContext& context);
  // ... rows that are only kept.
  static int64_t StoreBudget(const ExecContext& context);

  class Scope {
   public:
    explicit Scope(const StatementResources& resources);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    const StatementResources* const outer_;
  };
};

// Keeps the peak of what a node's operator holds, for EXPLAIN ANALYZE.
void NoteMemory(ExecContext& context, const plan::Node& node, int64_t bytes);
// Adds up what it wrote to files.
void NoteSpill(ExecContext& context, const plan::Node& node, uint64_t bytes);

}  // namespace grizzly::executor
