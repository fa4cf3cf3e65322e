// What a subplan came to, by the values it was run for: a correlated subquery runs once for each of them.
//
// Only for values whose equality is that of their bytes. Where most values are new, it gives up; beyond its share of
// the memory for hash tables it learns nothing more.
// THREADS  one at a time, the runner's.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/memory/arena.h"
#include "executor/exec_context.h"
#include "executor/group_table.h"
#include "types/batch.h"

namespace grizzly::executor {

class SubplanMemo {
 public:
  // Null: results of this subplan are not kept.
  static std::unique_ptr<SubplanMemo> TryMake(const expr::SubplanExpr& expr, ExecContext& context);

  // The result for these values, null when it is not known; Add then says it. The values are the arguments, then
  // the left side.
  const types::Datum* Find(std::span<const types::Datum> arguments, std::span<const types::Datum> left);
  void Add(const types::Datum& result);

 private:
  SubplanMemo(const expr::SubplanExpr& expr, std::vector<types::SqlType> types, ExecContext& context);

  const types::PhysicalType result_type_;
  GroupTable values_;
  Arena results_arena_;
  std::vector<types::Datum> results_;  // by group of values_
  types::Batch wanted_;                // the values asked for last
  std::vector<const types::Vector*> columns_;
  std::vector<uint32_t> groups_;
  const int64_t budget_bytes_;
  uint64_t asked_count_ = 0;
  uint64_t found_count_ = 0;
  bool learns_ = true;
};

}  // namespace grizzly::executor
