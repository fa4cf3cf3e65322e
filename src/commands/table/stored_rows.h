// The rows a table has, a batch at a time: for building indexes, rewriting, and checking new constraints.
#pragma once

#include "commands/command.h"
#include "executor/scan/table_rows.h"

namespace grizzly::commands {

// Every column is decoded, and values are kept.
class StoredRows : public executor::TableRows {
 public:
  // Without a view: those it has now, latest committed and own.
  StoredRows(CommandInput& input, const catalog::Relation& table,
             const txn::ReadView& view = {nullptr, txn::kSeesAll})
      : TableRows({input.transaction, input.transactions, input.cancel}, table, view,
                  executor::AllPlaces(table), Values::kKept) {}
};

}  // namespace grizzly::commands
