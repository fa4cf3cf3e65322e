// The opened data directory: what all sessions share.
//
// OWNS     store, lock manager, transactions, shared catalog, sequences, tenants, the list of sessions.
// THREADS  any, but for construction and destruction.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/memory/memory_tracker.h"
#include "catalog/catalog.h"
#include "catalog/sequence.h"
#include "catalog/virtual_table.h"
#include "executor/exec_context.h"
#include "executor/parallel/worker_pool.h"
#include "session/running_ids.h"
#include "storage/kv/temporary_files.h"
#include "session/open_instance.h"
#include "session/plan_cache.h"
#include "session/session.h"
#include "session/statistics_resets.h"
#include "session/temporary_slots.h"
#include "session/timer_queue.h"
#include "txn/prepared_transactions.h"
#include "txn/transaction.h"

namespace grizzly::session {

class AutoAnalyze;
class ClientSession;

// Databases nobody is connected to of which plans are kept, and changed rows known to AutoAnalyze.
inline constexpr size_t kIdleTenantsKept = 32;

// One database while sessions use it.
struct TenantState {
  std::shared_ptr<const catalog::Database> database;
  std::shared_ptr<catalog::Catalog> catalog;
  PlanCache plans;
  TemporarySlots temporary_slots;
  std::once_flag leftovers_dropped;  // of temporary objects, before the first session gets in
  std::atomic<int> session_count{0};
  std::optional<std::vector<Oid>> uncounted;  // AutoAnalyze's: tables that were filled before the start
};

class DatabaseInstance final : public Instance {
 public:
  explicit DatabaseInstance(const InstanceOptions& options);
  ~DatabaseInstance() override;

  // ---- Instance ----
  std::optional<RoleLogin> FindRoleLogin(std::string_view role) override;
  std::unique_ptr<Session> Connect(const ConnectRequest& request, ResultSink& sink) override;
  std::vector<std::pair<std::string, std::string>> ReportedParameters(Session& session) override;
  bool CancelSession(SessionId id, int32_t cancel_key) override;
  void TerminateAllSessions() override;
  size_t session_count() const override;
  void ReloadConfiguration(const SettingList& settings) override;
  bool IsReady(std::string* reason) override;
  std::vector<std::pair<std::string, uint64_t>> Statistics() const override;
  std::string ServerVersion() const override;
  std::vector<std::string> CheckStoredData() override;

  // ---- for sessions ----
  storage::Store& store() { return *store_; }
  txn::LockManager& locks() { return locks_; }
  txn::TransactionManager& transactions() { return *transactions_; }
  txn::PreparedTransactions& prepared_transactions() { return *prepared_; }
  RunningIds& running_ids() { return *running_ids_; }
  catalog::SharedCatalog& shared_catalog() { return *shared_; }
  catalog::Sequences& sequences() { return *sequences_; }
  TimerQueue& timers() { return timers_; }
  MemoryTracker& memory() { return memory_; }
  executor::WorkerPool& workers() { return *workers_; }
  storage::TemporaryFiles& temporary_files() { return *temporary_files_; }
  const executor::VirtualTableLookup& virtual_tables() const { return virtual_tables_; }
  int64_t start_time_us() const { return start_time_us_; }
  StatisticsResets& statistics_resets() { return statistics_resets_; }
  // Absolute path; empty for stores in memory.
  const std::string& directory() const { return directory_; }

  void Remove(ClientSession& session);
  // Databases that sessions use now, and those used last.
  std::vector<std::shared_ptr<TenantState>> TenantsOfLate();
  // Sessions other than `except` on the database; for DROP DATABASE.
  int SessionsOn(Oid database, SessionId except);
  // Calls `visit` under the list's lock.
  void ForEachSession(const std::function<void(ClientSession&)>& visit);
  bool SignalSession(SessionId id, CancelReason reason);

 private:
  // For a session that has its seat.
  std::shared_ptr<TenantState> OpenTenant(const std::shared_ptr<const catalog::Database>& database);

  SettingList settings_;  // guarded by mutex_ once open
  MemoryTracker memory_;
  std::unique_ptr<storage::Store> store_;
  txn::LockManager locks_;
  std::unique_ptr<txn::TransactionManager> transactions_;
  std::unique_ptr<txn::PreparedTransactions> prepared_;
  std::unique_ptr<RunningIds> running_ids_;
  std::unique_ptr<catalog::SharedCatalog> shared_;
  std::unique_ptr<catalog::Sequences> sequences_;
  TimerQueue timers_;
  std::unique_ptr<executor::WorkerPool> workers_;
  std::unique_ptr<storage::TemporaryFiles> temporary_files_;
  executor::VirtualTableLookup virtual_tables_;
  int64_t start_time_us_ = 0;
  StatisticsResets statistics_resets_;
  std::string directory_;
  int connections_max_ = 100;

  mutable std::mutex mutex_;
  struct Seat {
    Oid role = kInvalidOid;
    Oid database = kInvalidOid;
    ClientSession* session = nullptr;  // null while it is being made
  };
  // Throws 53300 when the server, the database or the role has its number of sessions. Wants mutex_.
  void RequireRoom(const catalog::Role& role, const catalog::Database& database) const;
  int SeatsOn(Oid database) const;  // wants mutex_

  std::unordered_map<int32_t, Seat> sessions_;                              // guarded by mutex_
  std::unordered_map<uint32_t, std::weak_ptr<TenantState>> tenants_;        // guarded by mutex_
  std::deque<std::shared_ptr<TenantState>> recently_used_;                  // guarded by mutex_
  int32_t next_session_id_ = 1000;                                          // guarded by mutex_
  std::unique_ptr<AutoAnalyze> auto_analyze_;  // last: it stops before all else
};

}  // namespace grizzly::session
