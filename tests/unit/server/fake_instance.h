// A session that knows no SQL but a handful of words, so that the front door can be tested and
// measured alone. Every other statement answers one row, "abalance" int4 = 42.
//
//   rows N        N rows of (int4, text)       wide N      one text of N bytes
//   wait          blocks until canceled        fail        ERROR 42601
//   fatal         FATAL 57P01                  copy in     counts the rows it is sent, as a NOTICE
//   copy out N    N lines                      notice      a NOTICE, then a row
//   spin N        computes for N ms, telling nobody
//   lost          COPY IN that stops reading with an ERROR after one message
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "base/blocking/blocking_section.h"
#include "base/scram/scram.h"
#include "session/session.h"

namespace grizzly::server {

class FakeInstance;

class FakeSession final : public session::Session {
 public:
  FakeSession(FakeInstance& instance, session::ResultSink& sink, int32_t id);
  ~FakeSession() override;

  void Query(std::string_view sql) override {
    if (skipping_) return;
    token_.Reset();
    Run(sql, /*describe=*/true);
    if (!terminated_) sink_.ReadyForQuery(transaction_status());
  }
  void Parse(std::string_view name, std::string_view sql, std::span<const Oid>) override {
    if (skipping_) return;
    statements_[std::string(name)] = sql;
    sink_.ParseComplete();
  }
  void Bind(std::string_view, std::string_view statement, std::span<const session::ValueFormat>,
            std::span<const std::optional<std::string_view>> values,
            std::span<const session::ValueFormat>) override {
    if (skipping_) return;
    const auto found = statements_.find(statement);
    if (found == statements_.end()) {
      Skip(SqlError(SqlState::kInvalidSqlStatementName, "prepared statement does not exist"));
      return;
    }
    portal_ = &found->second;
    value_count_ = values.size();
    sink_.BindComplete();
  }
  void DescribeStatement(std::string_view) override {
    if (skipping_) return;
    sink_.DescribeParameters({});
    sink_.DescribeRows(columns_);
  }
  void DescribePortal(std::string_view) override {
    if (!skipping_) sink_.DescribeRows(columns_);
  }
  void Execute(std::string_view, uint32_t) override {
    if (skipping_) return;
    token_.Reset();
    Run(*portal_, /*describe=*/false);
  }
  void CloseStatement(std::string_view) override {
    if (!skipping_) sink_.CloseComplete();
  }
  void ClosePortal(std::string_view) override {
    if (!skipping_) sink_.CloseComplete();
  }
  void Sync() override {
    skipping_ = false;
    sink_.ReadyForQuery(transaction_status());
  }
  void ProtocolViolation(SqlError error, session::ProtocolKind kind) override {
    if (skipping_) return;
    if (kind == session::ProtocolKind::kExtended) {
      Skip(error);
    } else {
      sink_.Error(error.diagnostic());
      sink_.ReadyForQuery(transaction_status());
    }
  }
  session::TransactionStatus transaction_status() const override {
    return session::TransactionStatus::kIdle;
  }
  bool is_terminated() const override { return terminated_; }
  SessionId id() const override { return SessionId(id_); }
  int32_t cancel_key() const override { return id_ * 7; }
  void Cancel(CancelReason reason) override {
    token_.Cancel(reason);
    if (reason != CancelReason::kUserRequest && reason != CancelReason::kStatementTimeout) sink_.Wake();
  }
  int64_t idle_timeout_ms() const override;
  int64_t client_check_interval_ms() const override { return 0; }
  void IdleTimeout() override {
    End(SqlError(SqlState::kIdleSessionTimeout, "terminating connection due to idle-session timeout")
            .Fatal());
  }
  void Interrupt() override {
    try {
      token_.Check();
    } catch (const SqlError& error) {
      End(error);
    }
  }

 private:
  void End(const SqlError& error) {
    sink_.Error(error.diagnostic());
    terminated_ = true;
  }
  void Skip(const SqlError& error) {
    sink_.Error(error.diagnostic());
    skipping_ = true;
  }
  void Run(std::string_view sql, bool describe) {
    try {
      RunOrThrow(sql, describe);
    } catch (const SqlError& error) {
      sink_.Error(error.diagnostic());
      if (error.diagnostic().severity == Severity::kFatal) terminated_ = true;
      if (!describe) skipping_ = true;
    }
  }
  void RunOrThrow(std::string_view sql, bool describe);
  void SendRows(int count);
  void WaitForCancel();

  FakeInstance& instance_;
  session::ResultSink& sink_;
  const int32_t id_;
  CancelToken token_;
  bool terminated_ = false;
  bool skipping_ = false;
  std::map<std::string, std::string, std::less<>> statements_;
  std::string* portal_ = nullptr;
  size_t value_count_ = 0;
  session::RowDescription columns_;
  types::Batch row_;
};

class FakeInstance final : public session::Instance {
 public:
  std::optional<session::RoleLogin> FindRoleLogin(std::string_view role) override {
    if (role == "nobody") return std::nullopt;
    session::RoleLogin login{.can_login = true, .is_superuser = role == "postgres"};
    if (role == "bob") login.password_verifier = bob_verifier;
    return login;
  }
  std::unique_ptr<session::Session> Connect(const session::ConnectRequest& request,
                                            session::ResultSink& sink) override {
    if (request.database == "missing") {
      throw SqlError(SqlState::kInvalidCatalogName, "database \"missing\" does not exist").Fatal();
    }
    std::lock_guard lock(mutex);
    last_request = request;
    return std::make_unique<FakeSession>(*this, sink, ++last_id);
  }
  std::vector<std::pair<std::string, std::string>> ReportedParameters(session::Session&) override {
    return {{"server_version", "15.0"}, {"client_encoding", "UTF8"}};
  }
  bool CancelSession(SessionId id, int32_t key) override {
    std::lock_guard lock(mutex);
    for (FakeSession* session : sessions) {
      if (session->id() == id && session->cancel_key() == key) {
        session->Cancel(CancelReason::kUserRequest);
        return true;
      }
    }
    return false;
  }
  void TerminateAllSessions() override {
    std::lock_guard lock(mutex);
    for (FakeSession* session : sessions) session->Cancel(CancelReason::kAdminShutdown);
  }
  size_t session_count() const override {
    std::lock_guard lock(mutex);
    return sessions.size();
  }
  void ReloadConfiguration(const std::vector<std::pair<std::string, std::string>>&) override { ++reloads; }
  bool IsReady(std::string*) override { return true; }
  std::vector<std::pair<std::string, uint64_t>> Statistics() const override {
    return {{"fake_value", 7}};
  }
  std::string ServerVersion() const override { return "15.0 (fake)"; }
  std::vector<std::string> CheckStoredData() override { return {}; }

  mutable std::mutex mutex;
  std::set<FakeSession*> sessions;
  session::ConnectRequest last_request;
  int32_t last_id = 0;
  std::atomic<int> reloads{0};
  std::atomic<int64_t> idle_timeout_ms{0};
  std::string bob_verifier = scram::BuildVerifier("secret");
};

inline FakeSession::FakeSession(FakeInstance& instance, session::ResultSink& sink, int32_t id)
    : instance_(instance), sink_(sink), id_(id) {
  instance_.sessions.insert(this);  // under the instance's mutex: Connect holds it
  const types::SqlType int4{.oid = 23, .physical = types::PhysicalType::kInt32};
  columns_.push_back({.name = "abalance", .type = int4, .type_length = 4});
  const types::SqlType column_types[] = {int4};
  row_ = types::Batch(column_types, 1);
  row_.column(0).Data<int32_t>()[0] = 42;
  row_.set_row_count(1);
}

inline FakeSession::~FakeSession() {
  std::lock_guard lock(instance_.mutex);
  instance_.sessions.erase(this);
}

inline int64_t FakeSession::idle_timeout_ms() const { return instance_.idle_timeout_ms; }

inline void FakeSession::SendRows(int count) {
  const types::SqlType kTypes[] = {{.oid = 23, .physical = types::PhysicalType::kInt32},
                                   {.oid = 25, .physical = types::PhysicalType::kString}};
  session::RowDescription columns;
  columns.push_back({.name = "n", .type = kTypes[0], .type_length = 4});
  columns.push_back({.name = "t", .type = kTypes[1]});
  sink_.DescribeRows(columns);
  for (int sent = 0; sent < count;) {
    token_.Check();
    types::Batch batch(kTypes);
    const int rows = std::min<int>(count - sent, types::kBatchRowsMax);
    for (int i = 0; i < rows; ++i) {
      batch.column(0).Data<int32_t>()[i] = sent + i;
      batch.column(1).SetString(i, "row " + std::to_string(sent + i));
    }
    if (rows > 1) batch.column(1).SetNull(1);
    batch.set_row_count(rows);
    sink_.Rows(columns, batch, {});
    sent += rows;
  }
}

inline void FakeSession::WaitForCancel() {
  std::mutex mutex;
  std::condition_variable wake;
  bool woken = false;
  {
    CancelToken::WakeScope scope(token_, [&] {
      std::lock_guard lock(mutex);
      woken = true;
      wake.notify_one();
    });
    BlockingSection blocking;
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return woken; });
  }
  token_.Check();
}

inline void FakeSession::RunOrThrow(std::string_view sql, bool describe) {
  const auto number = [&] { return std::atoi(std::string(sql.substr(sql.rfind(' ') + 1)).c_str()); };
  if (sql.starts_with("rows ")) {
    SendRows(number());
  } else if (sql.starts_with("wide ")) {
    const types::SqlType text[] = {{.oid = 25, .physical = types::PhysicalType::kString}};
    session::RowDescription columns;
    columns.push_back({.name = "t", .type = text[0]});
    types::Batch batch(text, 1);
    batch.column(0).SetString(0, std::string(number(), 'x'));
    batch.set_row_count(1);
    sink_.DescribeRows(columns);
    sink_.Rows(columns, batch, {});
  } else if (sql.starts_with("spin ")) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(number());
    while (std::chrono::steady_clock::now() < end) {
    }
  } else if (sql == "wait") {
    WaitForCancel();
  } else if (sql == "fail") {
    throw SqlError(SqlState::kSyntaxError, "syntax error at or near \"fail\"");
  } else if (sql == "fatal") {
    throw SqlError(SqlState::kAdminShutdown, "terminating").Fatal();
  } else if (sql == "notice") {
    SqlError notice(SqlState::kWarning, "mind the bear");
    notice.diagnostic().severity = Severity::kNotice;
    sink_.Notice(notice.diagnostic());
  } else if (sql == "copy in") {
    sink_.BeginCopyIn(session::ValueFormat::kText, 1);
    size_t bytes = 0;
    while (const auto chunk = sink_.ReadCopyData()) bytes += chunk->size();
    // The statement's own text must have stayed where it was.
    sink_.CommandComplete(std::string(sql) + " " + std::to_string(bytes));
    return;
  } else if (sql == "lost") {
    sink_.BeginCopyIn(session::ValueFormat::kText, 1);
    sink_.ReadCopyData();
    throw SqlError(SqlState::kBadCopyFileFormat, "enough");
  } else if (sql.starts_with("copy out ")) {
    sink_.BeginCopyOut(session::ValueFormat::kText, 1);
    for (int i = 0; i < number(); ++i) sink_.CopyData(std::to_string(i) + "\n");
    sink_.EndCopyOut();
  } else {
    if (describe) sink_.DescribeRows(columns_);
    sink_.Rows(columns_, row_, {});
  }
  sink_.CommandComplete("SELECT 1");
}

}  // namespace grizzly::server
