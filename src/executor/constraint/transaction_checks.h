// Which constraints a transaction defers (SET CONSTRAINTS), and the checks it still owes.
//
// A check is noted as deferred by the mode of its time. SET CONSTRAINTS IMMEDIATE and the commit run
// what is owed; a savepoint rolled back to forgets what came after it.
//
// THREADS  the session's.
// SOURCE   PostgreSQL 15 docs, SET CONSTRAINTS
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "executor/constraint/check_queue.h"
#include "executor/constraint/rule_source.h"

namespace grizzly::executor {

class TransactionChecks {
 public:
  // Both outlive this.
  TransactionChecks(RuleSource& source, MemoryTracker* memory)
      : source_(source), memory_(memory) {}

  RuleSource& source() { return source_; }

  bool IsDeferred(Oid constraint, bool deferrable, bool initially_deferred) const;
  void SetAll(bool deferred);
  void Set(Oid constraint, bool deferred);

  // Where deferred checks go.
  CheckQueue& owed();
  bool owes_any() const { return owed_ != nullptr && !owed_->empty(); }
  // Whether something is owed for rows of the table.
  bool OwesFor(Oid table) const;
  // Takes what is owed: all, or only checks of constraints that are not deferred now. With `keep` (a
  // savepoint may bring the present back) they stay owed as well.
  std::unique_ptr<CheckQueue> Take(bool only_immediate, bool keep);

  struct Modes {
    std::optional<bool> all;
    std::map<Oid, bool> each;
  };
  struct Position {
    Modes modes;
    size_t owed = 0;
  };
  Position Here() const { return {modes_, owed_ == nullptr ? 0 : owed_->size()}; }
  void UndoTo(const Position& position);
  // The transaction is over.
  void Clear();

 private:
  RuleSource& source_;
  MemoryTracker* const memory_;
  Modes modes_;
  std::unique_ptr<CheckQueue> owed_;
};

}  // namespace grizzly::executor
