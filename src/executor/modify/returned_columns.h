// System columns of the rows that INSERT returns: what a scan would give out of them.
//
// xmax is 0 for a new row, and the transaction for one that ON CONFLICT has updated, as PostgreSQL has it.
// THREADS  the statement's.
#pragma once

#include <string_view>
#include <vector>

#include "executor/exec_context.h"
#include "types/batch.h"

namespace grizzly::executor {

class ReturnedColumns {
 public:
  ReturnedColumns(const std::vector<AttributeNumber>& attnums, ExecContext& context);

  bool empty() const { return attnums_.empty(); }
  void Reset();
  // Of the next row; `suffix` is its key without the head.
  void Add(const catalog::Relation& table, std::string_view suffix, bool is_update);
  // The columns of `rows`, then these; valid until the next call.
  types::Batch& Behind(const types::Batch& rows);

 private:
  void Set(size_t column, const catalog::Relation& table, std::string_view suffix, bool is_update);

  const std::vector<AttributeNumber>& attnums_;
  ExecContext& context_;
  types::Batch columns_;
  types::Batch one_;
  types::Batch joined_;
};

}  // namespace grizzly::executor
