// GROUP BY and aggregates: one Aggregation, or some per worker, merged at the end by parts of the hash.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>

#include "executor/aggregate/aggregation.h"
#include "executor/operators.h"
#include "executor/parallel/parallel_safety.h"
#include "executor/parallel/parallel_step.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {
namespace {

// More groups than this are faster made once than merged.
constexpr double kMergedGroupsMax = 16'000'000;
// Fewer are merged before others have come to help.
constexpr size_t kSharedMergeMin = 8192;
constexpr double kGroupBytes = 64;  // besides keys and states

class AggregateOperator final : public Operator {
 public:
  AggregateOperator(const plan::AggregateNode& node, ExecContext& context)
      : Operator(node), aggregate_(node), result_(node, context) {}

 protected:
  void DoOpen(ExecContext& context) override {
    pending_.clear();
    result_.SetBudget(StatementResources::HashBudget(context), 0);
    result_.Start(context);
    is_read_ = false;
    step_ = MayMerge() && FitsMemory(context) ? ParallelStep::TryMake(*aggregate_.children[0], context) : nullptr;
    if (step_ == nullptr) child().Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_read_) {
      if (step_ != nullptr) {
        ReadParallel(context);
      } else {
        while (const Batch* input = child().Next(context)) result_.Consume(context, *input);
      }
      FinishRound(context, 0);
      is_read_ = true;
    }
    while (true) {
      if (Batch* batch = result_.Emit(context)) return batch;
      if (pending_.empty()) return nullptr;
      ReadPending(context);
    }
  }

 private:
  // A file of rows whose groups did not fit, and how many times they have been spilled.
  struct Pending {
    std::unique_ptr<SpillFile> file;
    uint32_t depth;
  };

  void FinishRound(ExecContext& context, uint32_t depth) {
    NoteMemory(context, aggregate_, result_.byte_count());
    for (auto& file : result_.TakeSpilled()) {
      NoteSpill(context, aggregate_, file->byte_count());
      pending_.push_back({std::move(file), depth + 1});
    }
    result_.Finish(context);
  }

  void ReadPending(ExecContext& context) {
    Pending next = std::move(pending_.back());
    pending_.pop_back();
    result_.SetBudget(StatementResources::HashBudget(context), next.depth);
    result_.Start(context);
    Batch batch(aggregate_.children[0]->output_types);
    while (next.file->Read(batch)) result_.Consume(context, batch);
    FinishRound(context, next.depth);
  }

  // Workers do not spill.
  bool FitsMemory(const ExecContext& context) const {
    const int64_t budget = StatementResources::HashBudget(context);
    double bytes = kGroupBytes;
    for (const SqlType& type : aggregate_.output_types) {
      bytes += types::PhysicalWidth(type.physical);
    }
    return budget == 0 || bytes * aggregate_.estimated_groups < static_cast<double>(budget);
  }

  bool MayMerge() const {
    if (!Aggregation::IsMergeable(aggregate_) || aggregate_.estimated_groups > kMergedGroupsMax) {
      return false;
    }
    for (const expr::ExprPtr& group : aggregate_.groups) {
      if (!IsParallelSafe(*group)) return false;
    }
    for (const auto& call : aggregate_.aggregates) {
      if (call->filter != nullptr && !IsParallelSafe(*call->filter)) return false;
      for (const expr::ExprPtr& argument : call->arguments) {
        if (!IsParallelSafe(*argument)) return false;
      }
    }
    return true;
  }

  void ReadParallel(ExecContext& context) {
    if (Aggregation::MakesRuns(aggregate_)) {
      MergeRuns(context, ReadRuns(context));
    } else {
      MergeWhole(context);
    }
    step_.reset();
  }

  void MergeWhole(ExecContext& context) {
    std::vector<std::unique_ptr<Aggregation>> parts(static_cast<size_t>(step_->worker_count()));
    step_->Run(context, [&](int worker, ExecContext& own, Operator& root) {
      auto part = std::make_unique<Aggregation>(aggregate_, own);
      part->Start(own);
      root.Open(own);
      while (const Batch* input = root.Next(own)) part->Consume(own, *input);
      part->Detach();
      parts[static_cast<size_t>(worker)] = std::move(part);
    });
    std::erase(parts, nullptr);
    if (parts.empty()) return;
    result_.TakeOver(*parts.front());
    for (size_t i = 1; i < parts.size(); ++i) result_.Merge(context, *parts[i]);
  }

  using Runs = std::vector<std::unique_ptr<GroupRun>>;

  Runs ReadRuns(ExecContext& context) {
    Runs runs;
    std::mutex mutex;
    step_->Run(context, [&](int, ExecContext& own, Operator& root) {
      Aggregation part(aggregate_, own);
      part.Start(own);
      Runs made;
      root.Open(own);
      while (const Batch* input = root.Next(own)) {
        part.Consume(own, *input);
        if (part.IsRunFull()) made.push_back(part.TakeRun(own));
      }
      if (part.group_count() > 0) made.push_back(part.TakeRun(own));
      const std::lock_guard lock(mutex);
      std::move(made.begin(), made.end(), std::back_inserter(runs));
    });
    // The one with the most groups stays as it is.
    std::stable_sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) {
      return a->group_count() > b->group_count();
    });
    return runs;
  }

  void MergeRuns(ExecContext& context, Runs runs) {
    size_t groups = 0;
    for (const auto& run : runs) groups += run->group_count();
    if (runs.size() > 1 && groups >= kSharedMergeMin) return MergeParts(context, std::move(runs));
    if (runs.empty()) return;
    result_.TakeOver(*runs.front());
    for (size_t i = 1; i < runs.size(); ++i) {
      result_.MergeRun(context, *runs[i], runs[i]->groups());
      result_.KeepArena(runs[i]->TakeArena());
    }
  }

  // Each part of the hashes by whichever worker is free.
  void MergeParts(ExecContext& context, Runs runs) {
    std::vector<std::unique_ptr<Aggregation>> parts(GroupRun::kParts);
    for (const auto& run : runs) run->Seal();
    std::atomic<uint32_t> next{0};
    RunInWorkers(context, step_->worker_count(), [&](int, ExecContext& own) {
      for (uint32_t p; (p = next.fetch_add(1)) < GroupRun::kParts;) {
        auto part = std::make_unique<Aggregation>(aggregate_, own);
        part->Start(own);
        size_t groups_max = 0;
        for (const auto& run : runs) groups_max += run->GroupsOf(p).size();
        part->ReserveGroups(groups_max);
        for (const auto& run : runs) part->MergeRun(own, *run, run->GroupsOf(p));
        part->Detach();
        parts[p] = std::move(part);
      }
    });
    for (const auto& run : runs) result_.KeepArena(run->TakeArena());
    for (const auto& part : parts) result_.AddGroups(*part);
  }

  const plan::AggregateNode& aggregate_;
  Aggregation result_;
  std::unique_ptr<ParallelStep> step_;
  std::vector<Pending> pending_;
  bool is_read_ = false;
};

}  // namespace

OperatorPtr MakeAggregate(const plan::AggregateNode& node, ExecContext& context) {
  return std::make_unique<AggregateOperator>(node, context);
}

}  // namespace grizzly::executor
