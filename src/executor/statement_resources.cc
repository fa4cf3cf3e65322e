#include "executor/statement_resources.h"

#include <algorithm>
#include <limits>

#include "base/memory/machine_memory.h"
#include "executor/operator.h"

namespace grizzly::executor {
namespace {

constexpr StatementResources kNone;
constexpr int64_t kMachineShare = 64;
constexpr int64_t kLimitShare = 8;

// A part of the smallest limit that the statement is under: it may have several states at once.
int64_t ShareOfLimit(const MemoryTracker* memory) {
  int64_t bytes = std::numeric_limits<int64_t>::max();
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
  const int64_t wanted =
      own.hash_memory_is_automatic ? std::max(bytes, MachineMemoryBytes() / kMachineShare) : bytes;
  return std::min(wanted, ShareOfLimit(context.memory));
}

int64_t StatementResources::StoreBudget(const ExecContext& context) {
  if (Current().spill == nullptr) return 0;
  return std::min(static_cast<int64_t>(context.work_memory_bytes), ShareOfLimit(context.memory));
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
