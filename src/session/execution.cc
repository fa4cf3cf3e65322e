#include "session/execution.h"

#include <algorithm>

#include "executor/constraint/finish_statement.h"

namespace grizzly::session {

Execution::Execution(plan::PlanPtr plan, txn::Transaction& transaction,
                     MemoryTracker* session_memory)
    : plan_(std::move(plan)),
      memory_("statement", session_memory),
      arena_(&memory_),
      scratch_(&memory_),
      context_(std::make_unique<executor::ExecContext>(*plan_, transaction)) {
  context_->memory = &memory_;
  context_->evaluation.functions.memory = &memory_;
  context_->evaluation.functions.scratch = &scratch_;
}

Execution::~Execution() {
  root_.reset();
  context_.reset();
}

namespace {

// While it lives, a read-only transaction may write.
class WritingScope {
 public:
  WritingScope(txn::Transaction& transaction, bool* writing)
      : transaction_(transaction), writing_(transaction.options().read_only ? writing : nullptr) {
    if (writing_ == nullptr) return;
    transaction_.mutable_options().read_only = false;
    *writing_ = true;
  }
  ~WritingScope() {
    if (writing_ == nullptr) return;
    transaction_.mutable_options().read_only = true;
    *writing_ = false;
  }
  WritingScope(const WritingScope&) = delete;
  WritingScope& operator=(const WritingScope&) = delete;

 private:
  txn::Transaction& transaction_;
  bool* const writing_;
};

}  // namespace

void Execution::Start() {
  const WritingScope scope(context_->transaction, writing_);
  context_->evaluation.parameters = parameters_;
  root_ = executor::Build(*plan_->root, *context_);
  root_->Open(*context_);
}

bool Execution::Fetch(uint64_t rows_max,
                      const std::function<void(const types::Batch&)>& receive) {
  const WritingScope scope(context_->transaction, writing_);
  uint64_t left = rows_max == 0 ? UINT64_MAX : rows_max;
  while (left > 0 && !finished_) {
    if (pending_ == nullptr) {
      pending_ = root_->Next(*context_);
      pending_row_ = 0;
      if (pending_ == nullptr) {
        executor::FinishStatement(*context_);
        finished_ = true;
        break;
      }
    }
    const uint32_t rest = pending_->row_count() - pending_row_;
    const uint32_t count = static_cast<uint32_t>(std::min<uint64_t>(left, rest));
    if (count == rest && pending_row_ == 0) {
      receive(*pending_);
    } else {
      types::Batch part;
      part.Reference(*pending_);
      part.Slice(pending_row_, count);
      receive(part);
    }
    pending_row_ += count;
    if (pending_row_ == pending_->row_count()) pending_ = nullptr;
    rows_fetched_ += count;
    left -= count;
  }
  return finished_;
}

std::string CompletionTag(plan::StatementClass statement_class, uint64_t rows) {
  switch (statement_class) {
    case plan::StatementClass::kSelect: return fmt::format("SELECT {}", rows);
    case plan::StatementClass::kInsert: return fmt::format("INSERT 0 {}", rows);
    case plan::StatementClass::kUpdate: return fmt::format("UPDATE {}", rows);
    case plan::StatementClass::kDelete: return fmt::format("DELETE {}", rows);
    case plan::StatementClass::kMerge: return fmt::format("MERGE {}", rows);
  }
  return "";
}

}  // namespace grizzly::session
