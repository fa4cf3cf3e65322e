#include "executor/parallel/parallel_step.h"

#include <algorithm>
#include <thread>

#include "executor/join/join_table.h"
#include "executor/join/scan_keys.h"
#include "executor/parallel/parallel_safety.h"
#include "executor/parallel/worker_pool.h"
#include "executor/statement_resources.h"
#include "types/type_directory.h"

namespace grizzly::executor {
namespace {

int WorkersFor(double rows, double rows_min, int helpers_max) {
  const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int allowed = std::min(helpers_max + 1, threads);
  return static_cast<int>(std::min<double>(allowed, rows / (rows_min / 2)));
}

// The tables of a step do not go to files.
bool TablesFit(const ParallelPipeline& pipeline, const ExecContext& context) {
  const auto budget = static_cast<double>(StatementResources::HashBudget(context));
  return budget <= 0 || std::all_of(pipeline.joins.begin(), pipeline.joins.end(),
                                    [&](const plan::HashJoinNode* join) {
                                      return JoinTable::EstimatedBytes(*join) <= budget;
                                    });
}

// Adds a worker's counts to the statement's: rows add up, times are those of the slowest.
void AddMeasurements(const std::vector<NodeMeasurement>& worker,
                     std::vector<NodeMeasurement>* total) {
  for (size_t i = 0; i < worker.size(); ++i) {
    NodeMeasurement& node = (*total)[i];
    node.row_count += worker[i].row_count;
    node.batch_count += worker[i].batch_count;
    node.rows_filtered += worker[i].rows_filtered;
    node.spilled_bytes += worker[i].spilled_bytes;
    node.loop_count = std::max(node.loop_count, worker[i].loop_count);
    node.startup_ns = std::max(node.startup_ns, worker[i].startup_ns);
    node.total_ns = std::max(node.total_ns, worker[i].total_ns);
    node.memory_bytes_peak = std::max(node.memory_bytes_peak, worker[i].memory_bytes_peak);
  }
}

// The leader's view, parameters and cells; scratch memory of its own.
class WorkerExecution {
 public:
  explicit WorkerExecution(ExecContext& leader)
      : scratch_(leader.memory), context(leader.plan, leader.transaction) {
    context.view = leader.view;
    context.evaluation.functions = leader.evaluation.functions;
    context.evaluation.functions.scratch = &scratch_;
    context.evaluation.parameters = leader.evaluation.parameters;
    context.outer_cells_storage = leader.outer_cells_storage;
    context.evaluation.outer_cells = context.outer_cells_storage;
    context.cancel = leader.cancel;
    context.memory = leader.memory;
    context.work_memory_bytes = leader.work_memory_bytes;
    context.scan_keys = leader.scan_keys;
    context.virtual_tables = leader.virtual_tables;
    context.virtual_input = leader.virtual_input;
    context.transactions = leader.transactions;
  }

 private:
  Arena scratch_;

 public:
  ExecContext context;
};

}  // namespace

void RunInWorkers(ExecContext& leader, int workers,
                  const std::function<void(int, ExecContext&)>& work) {
  const StatementResources resources = StatementResources::Current();
  const types::TypeDirectory* const directory = types::CurrentTypeDirectory();
  resources.workers->Run(workers, [&](int worker) {
    const StatementResources::Scope scope(resources);
    const types::TypeDirectoryScope types_scope(directory);
    WorkerExecution own(leader);
    work(worker, own.context);
  });
}

std::unique_ptr<ParallelStep> ParallelStep::TryMake(const plan::Node& pipeline,
                                                    ExecContext& context) {
  // Workers do not have workers of their own.
  const StatementResources& resources = StatementResources::Current();
  if (resources.workers == nullptr || resources.parallel != nullptr || !context.pinned.empty()) {
    return nullptr;
  }
  const std::optional<ParallelPipeline> found = FindParallelPipeline(pipeline);
  if (!found) return nullptr;
  if (!TablesFit(*found, context)) return nullptr;
  const double rows = found->driver->total_cost;
  if (rows < resources.parallel_rows_min) return nullptr;
  const int workers =
      WorkersFor(rows, resources.parallel_rows_min, resources.parallel_workers_max);
  if (workers < 2) return nullptr;
  auto step = std::unique_ptr<ParallelStep>(new ParallelStep(pipeline, *found->driver));
  step->joins_ = found->joins;
  step->worker_count_ = workers;
  return step;
}

void ParallelStep::Run(ExecContext& leader,
                       const std::function<void(int, ExecContext&, Operator&)>& work) {
  for (const plan::HashJoinNode* join : joins_) {
    auto table = std::make_shared<JoinTable>(*join, leader);
    table->Build(leader);
    NoteMemory(leader, *join, table->byte_count());
    PublishKeys(leader, *join, table.get());
    tables_[join] = std::move(table);
  }
  const bool measures = leader.measurements != nullptr;
  std::mutex mutex;
  StatementResources resources = StatementResources::Current();
  resources.parallel = this;
  const StatementResources::Scope scope(resources);
  RunInWorkers(leader, worker_count_, [&](int worker, ExecContext& context) {
    try {
      std::vector<NodeMeasurement> measured;
      if (measures) {
        measured.resize(leader.measurements->size());
        context.measurements = &measured;
      }
      {
        const OperatorPtr root = Build(pipeline_, context);
        work(worker, context, *root);
      }
      context.measurements = nullptr;
      if (!measures) return;
      const std::lock_guard lock(mutex);
      AddMeasurements(measured, leader.measurements);
    } catch (...) {
      failed_.store(true, std::memory_order_relaxed);
      throw;
    }
  });
}

size_t ParallelStep::SplitOnce(const std::function<size_t()>& split) {
  std::call_once(split_, [&] { unit_count_ = split(); });
  return unit_count_;
}

bool ParallelStep::TakeUnit(size_t* unit) {
  if (failed_.load(std::memory_order_relaxed)) return false;
  *unit = next_unit_.fetch_add(1, std::memory_order_relaxed);
  return *unit < unit_count_;
}

void ParallelStep::BeginProbe(const plan::Node& join) {
  const std::lock_guard lock(probing_mutex_);
  ++probing_[&join].workers;
}

bool ParallelStep::EndProbe(const plan::Node& join) {
  const std::lock_guard lock(probing_mutex_);
  Probing& probing = probing_[&join];
  if (--probing.workers > 0 || probing.is_over) return false;
  return probing.is_over = true;
}

std::shared_ptr<JoinTable> ParallelStep::FindTable(const plan::Node& join) const {
  const auto found = tables_.find(&join);
  return found == tables_.end() ? nullptr : found->second;
}

}  // namespace grizzly::executor
