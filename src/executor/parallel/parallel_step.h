// A part of a plan that several workers run side by side, each with operators of its own: a pipeline of
// filters, projections and join probes over one driving scan, whose rows they share out in units.
//
// The hash tables of the pipeline's joins are built once, before, and read by all. A consumer above (an
// aggregate, a join's build side) gathers what the workers make.
//
// THREADS  made and destroyed by the statement's thread; the rest from all workers.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "executor/operator.h"
#include "executor/scan/scan_ranges.h"

namespace grizzly::executor {

class JoinTable;

// Calls work(worker, context) on this thread and on as many of `workers` - 1 others as are free, each with the
// leader's view and scratch memory of its own. Rethrows what the first failing one threw.
void RunInWorkers(ExecContext& leader, int workers,
                  const std::function<void(int, ExecContext&)>& work);

class ParallelStep {
 public:
  // Null when `pipeline` cannot run in parallel, or is not worth it here.
  static std::unique_ptr<ParallelStep> TryMake(const plan::Node& pipeline, ExecContext& context);

  int worker_count() const { return worker_count_; }
  // Builds the joins' tables, then calls work(worker, context, root) for each worker with its own
  // operators (not yet opened). Rethrows what the first failing one threw.
  void Run(ExecContext& leader,
           const std::function<void(int, ExecContext&, Operator&)>& work);

  // ---- for operators in workers ----
  bool IsDriver(const plan::Node& node) const { return &node == driver_; }
  // The first caller's `split` makes the units; returns their number.
  size_t SplitOnce(const std::function<size_t()>& split);
  // The next unit nobody has; false when there are none left, or another worker failed.
  bool TakeUnit(size_t* unit);
  std::vector<KeyRange>& ranges() { return ranges_; }  // the units of a scan by key
  std::shared_ptr<JoinTable> FindTable(const plan::Node& join) const;
  // Around a worker's probing of a join's table. True for one of them, when all have ended.
  void BeginProbe(const plan::Node& join);
  bool EndProbe(const plan::Node& join);

 private:
  ParallelStep(const plan::Node& pipeline, const plan::Node& driver)
      : pipeline_(pipeline), driver_(&driver) {}

  const plan::Node& pipeline_;
  const plan::Node* const driver_;
  std::vector<const plan::HashJoinNode*> joins_;
  int worker_count_ = 1;
  std::map<const plan::Node*, std::shared_ptr<JoinTable>> tables_;
  // Workers that probe a join's table now, and whether one has been the last. Who begins after that finds no
  // units left.
  struct Probing {
    int workers = 0;
    bool is_over = false;
  };
  std::map<const plan::Node*, Probing> probing_;
  std::mutex probing_mutex_;
  std::once_flag split_;
  std::vector<KeyRange> ranges_;
  size_t unit_count_ = 0;
  std::atomic<size_t> next_unit_{0};
  std::atomic<bool> failed_{false};
};

}  // namespace grizzly::executor
