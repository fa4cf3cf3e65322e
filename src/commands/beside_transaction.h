// A transaction beside the statement's own: what it commits stays, however the statement ends.
//
// For statements in several steps that others must see one by one (CREATE INDEX CONCURRENTLY). The statement's
// locks stay held meanwhile, and keep this one out where they conflict.
// THREADS  the statement's.
#pragma once

#include <memory>

#include "commands/command.h"

namespace grizzly::commands {

class BesideTransaction {
 public:
  struct Use {
    bool heeds_cancel = true;
    bool is_synced = true;  // false: a later commit makes it durable
  };
  // `outer` outlives it.
  explicit BesideTransaction(const CommandInput& outer) : BesideTransaction(outer, Use()) {}
  BesideTransaction(const CommandInput& outer, Use use);

  CommandInput& input() { return input_; }
  txn::Transaction& transaction() { return *transaction_; }
  void Commit() { transaction_->Commit(); }  // without it, it is rolled back

 private:
  std::unique_ptr<txn::Transaction> transaction_;
  std::unique_ptr<catalog::CatalogEditor> editor_;
  CommandInput input_;
};

}  // namespace grizzly::commands
