// A shared catalog over an in-memory store, and transactions to change it with.
#pragma once

#include <gtest/gtest.h>

#include "base/cancel/cancel_token.h"
#include "catalog/shared_catalog.h"
#include "txn/lock/lock_manager.h"
#include "txn/lock/lock_settings.h"
#include "txn/transaction.h"

namespace grizzly::catalog {

class CatalogTestBase : public testing::Test {
 protected:
  CatalogTestBase() {
    storage::StoreOptions options;
    options.medium = storage::StoreMedium::kMemory;
    options.directory = "/catalog_test";
    store_ = storage::Store::Open(options);
    transactions_ = std::make_unique<txn::TransactionManager>(*store_, locks_);
    Reopen();
  }

  // As a restart: everything in memory is forgotten.
  void Reopen() {
    shared_.reset();
    shared_ = OpenSharedCatalog(*transactions_);
  }
  std::unique_ptr<txn::Transaction> Begin() {
    auto transaction = transactions_->Begin({}, cancel_, nullptr, &lock_settings_);
    transaction->NextCommand();
    return transaction;
  }

  std::unique_ptr<storage::Store> store_;
  txn::LockManager locks_;
  txn::LockSettings lock_settings_;
  CancelToken cancel_;
  std::unique_ptr<txn::TransactionManager> transactions_;
  std::unique_ptr<SharedCatalog> shared_;
};

}  // namespace grizzly::catalog
