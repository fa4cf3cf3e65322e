#include "executor/statement_resources.h"

#include <algorithm>

#include "base/memory/machine_memory.h"
#include "executor/operator.h"

namespace grizzly::executor {
namespace {

constexpr StatementResources kNone;
constexpr int64_t kMachineShare = 64;
constexpr int64_t kLimitShare = 8;

int64_t AutomaticBudget(const MemoryTracker* memory) {
  int64_t bytes = MachineMemoryBytes() / kMachineShare;
  for (; memory != nullptr; memory = memory->parent()) {
    if (memory->limit_bytes() >= 0) bytes = std::min(bytes, memory->limit_bytes() / kLimitShare);
  }
  return bytes;
}
thread_local const StatementResources* current_resources = &kNone;

}  // namespace

const StatementResources& StatementResources::Current() { return *current_resources; }

int64_t StatementResources::HashBudget(const ExecContext& context) {
  const StatementResources& own = Current();
  if (own.spill == nullptr || own.parallel != nullptr) return 0;
  const auto bytes = static_cast<int64_t>(static_cast<double>(context.work_memory_bytes) *
                                          own.hash_memory_multiplier);
  return own.hash_memory_is_automatic ? std::max(bytes, AutomaticBudget(context.memory)) : bytes;
}

int64_t StatementResources::StoreBudget(const ExecContext& context) {
  return Current().spill == nullptr ? 0 : static_cast<int64_t>(context.work_memory_bytes);
}

StatementResources::Scope::Scope(const StatementResources& resources) : outer_(current_resources) {
  current_resources = &resources;
}

StatementResources::Scope::~Scope() { current_resources = outer_; }

void NoteMemory(ExecContext& context, const plan::Node& node, int64_t bytes) {
  if (context.measurements == nullptr) return;
  int64_t& peak = (*context.measurements)[node.id].memory_bytes_peak;
  peak = std::max(peak, bytes);
}

void NoteSpill(ExecContext& context, const plan::Node& node, uint64_t bytes) {
  if (context.measurements == nullptr) return;
  (*context.measurements)[node.id].spilled_bytes += static_cast<int64_t>(bytes);
}

}  // namespace grizzly::executor
