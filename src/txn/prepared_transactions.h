// Two-phase commit: transactions between PREPARE TRANSACTION and their end, over restarts too.
//
// A prepared transaction is a record in the store, with its writes and the names of its locks, and an owner in
// the lock table. Its end reads the writes back, so it is the same whether the server was restarted or not.
//
// FORMAT   tenant 0, storage kPreparedStorage (big-endian numbers)
//          index 0, id u64             the header: prepared_record.h
//          index 1, id u64, key        a write: 'P' value (its timestamp still zero), or 'D'
// THREADS  any; one session at a time ends a transaction.
// ERRORS   42710, 42704, 55000, 53200 in PostgreSQL's words, and those of Store.
// SOURCE   PostgreSQL 15 docs, PREPARE TRANSACTION
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "base/memory/memory_tracker.h"
#include "txn/transaction.h"

namespace grizzly::txn {

inline constexpr size_t kPreparedNameBytesMax = 199;

struct PreparedTransaction {
  TransactionId id;
  std::string name;          // the transaction identifier
  Oid owner = kInvalidOid;
  Oid database = kInvalidOid;
  TenantId tenant;
  int64_t prepared_us = 0;   // since 2000-01-01 UTC
  bool changes_catalog = false;  // of its database
  bool changes_server = false;   // what all databases share
};

class PreparedTransactions {
 public:
  // `memory` pays for the locks. Takes up what the store has, with its locks: before sessions are there.
  PreparedTransactions(TransactionManager& transactions, MemoryTracker* memory, int count_max);
  ~PreparedTransactions();

  // Keeps a name for a transaction about to be prepared. Throws if it is taken, or there are too many.
  void Reserve(std::string_view name);
  void GiveUp(std::string_view name);
  // On disk when it returns; the transaction has left its session. On a throw it is rolled back and the
  // reservation is gone. `prepared.name` is reserved; id and changes_server are filled in here.
  void Prepare(std::unique_ptr<Transaction> transaction, PreparedTransaction prepared);

  std::vector<PreparedTransaction> List() const;  // in the order they were prepared

  // The right to end one, until it goes out of scope.
  class Claim {
   public:
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    const PreparedTransaction& transaction() const;
    // Both are on disk when they return. `publish` runs after the write, before locks go.
    void Commit(const std::function<void()>& publish);
    void Rollback();

   private:
    friend class PreparedTransactions;
    Claim(PreparedTransactions& all, std::string name);
    PreparedTransactions& all_;
    const std::string name_;
  };
  // Throws 42704 when there is none, 55000 when somebody else ends it now.
  std::unique_ptr<Claim> Find(std::string_view name);

 private:
  struct Entry {
    PreparedTransaction description;
    std::unique_ptr<Transaction> transaction;  // only locks; null while it is being prepared
    bool busy = true;
  };
  void Recover();
  void Release(const std::string& name);
  void Remove(const std::string& name);
  void End(const Entry& entry, bool commit, const std::function<void()>& publish);

  TransactionManager& transactions_;
  MemoryTracker* const memory_;
  const int count_max_;
  CancelToken no_cancel_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  // by name; guarded by mutex_
};

}  // namespace grizzly::txn
