// Hidden ids for new rows of a table without a primary key.
//
// THREADS  the statement's.
#pragma once

#include <cstdint>
#include <memory>

#include "catalog/relation.h"
#include "txn/row_ids.h"
#include "txn/transaction.h"

namespace grizzly::executor {

class FreshRowIds {
 public:
  FreshRowIds(txn::TransactionManager& transactions, const catalog::Relation& table)
      : transactions_(transactions), table_(table) {}

  // Rows of a columnar table that are not bulk rows go by the clock: their ids lie below all of those.
  uint64_t Next();
  // The row keeps an id from elsewhere: later ones are greater.
  void Pass(uint64_t id);

 private:
  txn::RowIdCounter* Counter();

  txn::TransactionManager& transactions_;
  const catalog::Relation& table_;
  std::shared_ptr<txn::RowIdCounter> counter_;  // looked up at the first row
};

}  // namespace grizzly::executor
