// Keeps statistics fresh: every autovacuum_naptime it looks at the databases in use or used last and analyzes,
// one by one, the tables of which more rows changed than autovacuum_analyze_threshold plus
// autovacuum_analyze_scale_factor of their rows. Columnar tables it vacuums as well, so that new rows move
// into row groups. What changed before the server started nobody knows: tables that have rows and were never
// analyzed are, once.
//
// It works through sessions of its own, as a superuser, and passes over tables that are locked.
// OWNS     its thread; the destructor cancels what it runs and waits.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/ids/ids.h"
#include "session/settings.h"

namespace grizzly::session {

class DatabaseInstance;
struct TenantState;

class AutoAnalyze {
 public:
  // Does nothing with autovacuum off. `instance` must outlive it.
  AutoAnalyze(DatabaseInstance& instance, const Settings& settings);
  ~AutoAnalyze();
  // One round, as the thread does it.
  void RunOnce();

 private:
  void Serve();
  void AnalyzeTenant(const std::shared_ptr<TenantState>& tenant);
  bool IsWorthIt(double rows, uint64_t changed_rows) const;
  std::vector<Oid> TablesToAnalyze(TenantState& tenant);

  DatabaseInstance& instance_;
  double threshold_;
  double scale_factor_;
  int naptime_seconds_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;          // guarded by mutex_
  std::thread thread_;
};

}  // namespace grizzly::session
