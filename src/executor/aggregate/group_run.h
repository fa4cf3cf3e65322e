// Groups a worker has finished with, ordered by a few bits of their keys' hashes: part p of all workers' runs
// holds all there is of its groups, so parts are merged side by side.
//
// OWNS     keys and states. What has taken a state over puts null in its place.
// THREADS  filled by one; then different threads may take different parts.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/memory/arena.h"
#include "executor/group_table.h"
#include "plan/relational_node.h"

namespace grizzly::executor {

class GroupRun {
 public:
  static constexpr uint32_t kParts = 64;

  GroupRun(const plan::AggregateNode& node, std::unique_ptr<Arena> arena,
           std::unique_ptr<GroupTable> table, std::vector<char*> states);
  ~GroupRun();
  GroupRun(const GroupRun&) = delete;
  GroupRun& operator=(const GroupRun&) = delete;

  size_t group_count() const { return states_.size(); }
  // Group numbers; of all groups, part by part.
  std::span<const uint32_t> groups() const { return order_; }
  std::span<const uint32_t> GroupsOf(uint32_t part) const {
    return groups().subspan(starts_[part], starts_[part + 1] - starts_[part]);
  }
  const GroupTable& table() const { return *table_; }
  // No more groups will come: different threads may read the keys.
  void Seal() { table_->Seal(); }
  char*& state(uint32_t group) { return states_[group]; }

  // Keys and states that nobody took go; the arena lives on where the states are.
  std::unique_ptr<Arena> TakeArena();
  std::unique_ptr<GroupTable> TakeTable() { return std::move(table_); }
  std::vector<char*> TakeStates() { return std::move(states_); }

 private:
  void DestroyStates();

  const plan::AggregateNode& node_;
  std::unique_ptr<Arena> arena_;
  std::unique_ptr<GroupTable> table_;
  std::vector<char*> states_;     // by group
  std::vector<uint32_t> order_;   // group numbers by part
  std::vector<uint32_t> starts_;  // of the parts in order_, and its end
};

}  // namespace grizzly::executor
