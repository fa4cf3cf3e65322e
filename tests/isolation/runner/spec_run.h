// Runs a spec's permutations and writes what happened: every step, its rows or error, who waited.
//
// WAITING  a step that pg_isolation_test_session_is_blocked shows as waiting kBlockedLooks times in a row is
//          reported as `<waiting ...>`, and once more as `<... completed>` when it is through.
// TIMEOUT  a step that does not end in kStepTimeout ends the run with a std::runtime_error.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "isolation/runner/spec.h"
#include "support/target.h"

namespace grizzly::test {

inline constexpr int kBlockedLooks = 6;
inline constexpr std::chrono::milliseconds kTimeBetweenLooks{15};
inline constexpr std::chrono::seconds kStepTimeout{60};

class SpecRun {
 public:
  SpecRun(const Spec& spec, const Target& target, const std::string& database);

  // The whole report, as expected/NAME.out holds it.
  std::string Run();

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Connection = std::unique_ptr<PGconn, Finish>;
  enum class State { kDone, kWaiting };

  Connection Connect();
  void RunPermutation(const std::vector<Step>& steps);
  void RunAround(PGconn* connection, const std::string& sql, const std::string& what);
  void StartStep(const Step& step);
  // Waits until the session's step is done or seen to wait; reports results when it is done.
  State Complete(size_t session, bool may_wait);
  void CompleteWaiting(bool may_wait);
  void ReportCompleted(size_t session);
  bool IsWaiting(size_t session);
  std::string TakeResults(PGconn* connection);
  static void KeepNotice(void* run, const PGresult* notice);

  const Spec& spec_;
  const Target& target_;
  const std::string database_;
  Connection control_;
  std::vector<Connection> connections_;
  std::vector<Step> waiting_;  // in the order in which they began to wait
  std::string report_;
  std::string notices_;
};

}  // namespace grizzly::test
