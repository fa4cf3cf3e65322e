#include "executor/fresh_row_ids.h"

#include "catalog/access_method.h"

namespace grizzly::executor {

txn::RowIdCounter* FreshRowIds::Counter() {
  if (counter_ == nullptr && !catalog::IsColumnar(table_)) {
    counter_ = transactions_.row_ids().CounterOf(table_.tenant, table_.storage);
  }
  return counter_.get();
}

uint64_t FreshRowIds::Next() {
  txn::RowIdCounter* const counter = Counter();
  return counter == nullptr ? transactions_.NextTimestamp().value : counter->Next();
}

void FreshRowIds::Pass(uint64_t id) {
  if (txn::RowIdCounter* const counter = Counter()) counter->Pass(id);
}

}  // namespace grizzly::executor
