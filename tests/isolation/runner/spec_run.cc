#include "isolation/runner/spec_run.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace grizzly::test {
namespace {

using Clock = std::chrono::steady_clock;

bool AnswerArrivesWithin(PGconn* connection, std::chrono::milliseconds time) {
  const auto deadline = Clock::now() + time;
  while (PQisBusy(connection)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd socket{PQsocket(connection), POLLIN, 0};
    if (left <= 0 || poll(&socket, 1, static_cast<int>(left)) <= 0) return false;
    if (PQconsumeInput(connection) == 0) return true;
  }
  return true;
}

std::string Rows(const PGresult* result) {
  std::string text;
  for (int column = 0; column < PQnfields(result); ++column) {
    text += fmt::format("{}{}", column > 0 ? "|" : "", PQfname(result, column));
  }
  text += "\n" + std::string(text.size(), '-') + "\n";
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < PQnfields(result); ++column) {
      text += fmt::format("{}{}", column > 0 ? "|" : "",
                          PQgetisnull(result, row, column) ? "NULL" : PQgetvalue(result, row, column));
    }
    text += "\n";
  }
  return text + fmt::format("({} row{})\n\n", PQntuples(result), PQntuples(result) == 1 ? "" : "s");
}

std::string Error(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr || message == nullptr) return PQresultErrorMessage(result);
  return fmt::format("ERROR {}:  {}\n", state, message);
}

}  // namespace

SpecRun::SpecRun(const Spec& spec, const Target& target, const std::string& database)
    : spec_(spec), target_(target), database_(database), control_(Connect()) {
  for (size_t i = 0; i < spec.sessions.size(); ++i) {
    connections_.push_back(Connect());
    PQsetNoticeReceiver(connections_[i].get(), &SpecRun::KeepNotice, this);
  }
}

SpecRun::Connection SpecRun::Connect() {
  Connection connection(PQconnectdb(target_.ConnectionString(database_).c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  return connection;
}

void SpecRun::KeepNotice(void* run, const PGresult* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY);
  const char* message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  if (severity == nullptr || message == nullptr) return;
  static_cast<SpecRun*>(run)->notices_ += fmt::format("{}:  {}\n", severity, message);
}

std::string SpecRun::Run() {
  for (const std::vector<Step>& steps : spec_.permutations) RunPermutation(steps);
  return std::move(report_);
}

void SpecRun::RunPermutation(const std::vector<Step>& steps) {
  report_ += report_.empty() ? "permutation:" : "\npermutation:";
  for (const Step& step : steps) report_ += " " + step.name;
  report_ += "\n";
  for (const std::string& setup : spec_.setups) RunAround(control_.get(), setup, "setup");
  for (size_t i = 0; i < connections_.size(); ++i) {
    RunAround(connections_[i].get(), spec_.sessions[i].setup, "setup of " + spec_.sessions[i].name);
  }
  for (const Step& step : steps) {
    StartStep(step);
    if (Complete(step.session, /*may_wait=*/true) == State::kWaiting) {
      report_ += fmt::format("step {}: {} <waiting ...>\n", step.name, step.sql);
      waiting_.push_back(step);
    } else {
      const std::string results = TakeResults(connections_[step.session].get());
      report_ += fmt::format("step {}: {}\n{}", step.name, step.sql, results);
    }
    CompleteWaiting(/*may_wait=*/true);
  }
  CompleteWaiting(/*may_wait=*/false);
  for (size_t i = 0; i < connections_.size(); ++i) {
    RunAround(connections_[i].get(), spec_.sessions[i].teardown,
              "teardown of " + spec_.sessions[i].name);
  }
  RunAround(control_.get(), spec_.teardown, "teardown");
}

// Setup and teardown: rows they return are part of the report, an error ends the run.
void SpecRun::RunAround(PGconn* connection, const std::string& sql, const std::string& what) {
  if (sql.empty()) return;
  std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection, sql.c_str()), PQclear);
  notices_.clear();
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK) {
    report_ += what + ":\n" + Rows(result.get());
  } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
    throw std::runtime_error(fmt::format("{} failed: {}", what, Error(result.get())));
  }
}

void SpecRun::StartStep(const Step& step) {
  const auto same_session = [&](const Step& other) { return other.session == step.session; };
  if (std::any_of(waiting_.begin(), waiting_.end(), same_session)) {
    Complete(step.session, /*may_wait=*/false);
    ReportCompleted(step.session);
  }
  if (PQsendQuery(connections_[step.session].get(), step.sql.c_str()) == 0) {
    throw std::runtime_error(fmt::format("step {} could not be sent: {}", step.name,
                                         PQerrorMessage(connections_[step.session].get())));
  }
}

SpecRun::State SpecRun::Complete(size_t session, bool may_wait) {
  const auto deadline = Clock::now() + kStepTimeout;
  int blocked_looks = 0;
  while (!AnswerArrivesWithin(connections_[session].get(), kTimeBetweenLooks)) {
    if (Clock::now() > deadline) {
      throw std::runtime_error(fmt::format("session {} did not answer in time; so far:\n{}",
                                           spec_.sessions[session].name, report_));
    }
    if (!may_wait) continue;
    blocked_looks = IsWaiting(session) ? blocked_looks + 1 : 0;
    if (blocked_looks >= kBlockedLooks) return State::kWaiting;
  }
  return State::kDone;
}

// Looks at each waiting step once more; with may_wait = false waits until all are through.
void SpecRun::CompleteWaiting(bool may_wait) {
  const std::vector<Step> steps = waiting_;
  for (const Step& step : steps) {
    if (Complete(step.session, may_wait) == State::kDone) ReportCompleted(step.session);
  }
}

void SpecRun::ReportCompleted(size_t session) {
  const auto step = std::find_if(waiting_.begin(), waiting_.end(),
                                 [&](const Step& other) { return other.session == session; });
  const std::string results = TakeResults(connections_[session].get());
  report_ += fmt::format("step {}: <... completed>\n{}", step->name, results);
  waiting_.erase(step);
}

// For a lock that another session of the spec has or wants before it, or for a safe snapshot.
bool SpecRun::IsWaiting(size_t session) {
  std::string others;
  for (size_t i = 0; i < connections_.size(); ++i) {
    if (i == session) continue;
    others += fmt::format("{}{}", others.empty() ? "" : ",", PQbackendPID(connections_[i].get()));
  }
  const std::string sql =
      fmt::format("SELECT pg_catalog.pg_isolation_test_session_is_blocked({}, '{{{}}}')",
                  PQbackendPID(connections_[session].get()), others);
  std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(control_.get(), sql.c_str()), PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    throw std::runtime_error("pg_isolation_test_session_is_blocked: " + Error(result.get()));
  }
  return *PQgetvalue(result.get(), 0, 0) == 't';
}

std::string SpecRun::TakeResults(PGconn* connection) {
  std::string text;
  while (PGresult* result = PQgetResult(connection)) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK) {
      text += Rows(result);
    } else if (status == PGRES_FATAL_ERROR) {
      text += Error(result);
    }
    PQclear(result);
  }
  return std::exchange(notices_, {}) + text;
}

}  // namespace grizzly::test
