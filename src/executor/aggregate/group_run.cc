#include "executor/aggregate/group_run.h"

#include "executor/aggregate/aggregation.h"

namespace grizzly::executor {
namespace {

// The highest bits: hash tables use the lowest ones, spilled rows those in between.
constexpr int kPartShift = 58;
static_assert(GroupRun::kParts == 1u << (64 - kPartShift));

}  // namespace

GroupRun::GroupRun(const plan::AggregateNode& node, std::unique_ptr<Arena> arena,
                   std::unique_ptr<GroupTable> table, std::vector<char*> states)
    : node_(node),
      arena_(std::move(arena)),
      table_(std::move(table)),
      states_(std::move(states)),
      order_(states_.size()),
      starts_(kParts + 1, 0) {
  const std::span<const uint64_t> hashes = table_->group_hashes();
  for (const uint64_t hash : hashes) ++starts_[(hash >> kPartShift) + 1];
  for (uint32_t part = 0; part < kParts; ++part) starts_[part + 1] += starts_[part];
  std::vector<uint32_t> next(starts_.begin(), starts_.end() - 1);
  for (uint32_t group = 0; group < hashes.size(); ++group) {
    order_[next[hashes[group] >> kPartShift]++] = group;
  }
}

GroupRun::~GroupRun() { DestroyStates(); }

void GroupRun::DestroyStates() {
  Aggregation::DestroyStates(node_, states_);
  states_.clear();
}

std::unique_ptr<Arena> GroupRun::TakeArena() {
  DestroyStates();
  table_.reset();
  return std::move(arena_);
}

}  // namespace grizzly::executor
