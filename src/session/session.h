// One client's session as the front door sees it: PostgreSQL's messages as calls, answers through a
// ResultSink. The session never sees a socket, the front door never sees SQL.
//
// THREADS  one call at a time, from the thread that read the message; it runs to completion there.
//          Cancel and Terminate are safe from any thread.
// ERRORS   no call throws SqlError: an error goes to ResultSink::Error, and after one in the extended
//          protocol every call up to Sync does nothing. After a FATAL error is_terminated() holds.
// SOURCE   PostgreSQL 15 docs, chapter 55 "Frontend/Backend Protocol"
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/error/sql_error.h"
#include "base/ids/ids.h"
#include "session/tls_parameters.h"
#include "types/batch.h"
#include "types/type_io.h"

namespace grizzly::session {

enum class ValueFormat : int16_t { kText = 0, kBinary = 1 };

struct ResultColumn {
  std::string name;
  types::SqlType type;
  Oid table_oid = kInvalidOid;     // the column it comes straight from, as RowDescription tells it
  AttributeNumber table_column = 0;
  int16_t type_length = -1;        // pg_type.typlen
  const types::TypeIo* io = nullptr;  // kept alive by the plan
  ValueFormat format = ValueFormat::kText;
};
using RowDescription = std::vector<ResultColumn>;

enum class TransactionStatus : char { kIdle = 'I', kInBlock = 'T', kFailed = 'E' };

// Which protocol a message belongs to: after an error the simple one goes on with ReadyForQuery, the
// extended one skips to Sync.
enum class ProtocolKind : uint8_t { kSimple, kExtended };

// Where answers go. Implemented by server/pgwire; gathered, and written when the server decides.
// A sink whose client is gone or too slow throws SqlError 08006 from any call.
class ResultSink {
 public:
  virtual ~ResultSink() = default;

  virtual void DescribeRows(const RowDescription& columns) = 0;  // RowDescription
  virtual void DescribeParameters(std::span<const Oid> types) = 0;
  virtual void NoData() = 0;
  // The columns' formats and types are those of `columns`; it stays valid until CommandComplete.
  virtual void Rows(const RowDescription& columns, const types::Batch& batch,
                    const types::IoSettings& settings) = 0;
  virtual void CommandComplete(std::string_view tag) = 0;
  virtual void EmptyQuery() = 0;
  virtual void PortalSuspended() = 0;
  virtual void ParseComplete() = 0;
  virtual void BindComplete() = 0;
  virtual void CloseComplete() = 0;
  virtual void ReadyForQuery(TransactionStatus status) = 0;
  virtual void Notice(const Diagnostic& notice) = 0;
  virtual void Error(const Diagnostic& error) = 0;
  virtual void ParameterStatus(std::string_view name, std::string_view value) = 0;
  // Writes out what is gathered (Flush, or before a long wait).
  virtual void Flush() = 0;
  // From any thread: the session got a cancel reason that ends it (pg_terminate_backend, DROP
  // DATABASE). The front door then calls Session::Interrupt if it was waiting for a message, and
  // breaks off a wait for a slow client.
  virtual void Wake() = 0;

  // COPY ... FROM STDIN: starts copy-in mode, then chunks until nullopt (CopyDone). A CopyFail
  // throws SqlError 57014 with the client's message. The view is valid until the next call.
  virtual void BeginCopyIn(ValueFormat format, int16_t column_count) = 0;
  virtual std::optional<std::string_view> ReadCopyData() = 0;
  // COPY ... TO STDOUT.
  virtual void BeginCopyOut(ValueFormat format, int16_t column_count) = 0;
  virtual void CopyData(std::string_view bytes) = 0;
  virtual void EndCopyOut() = 0;
};

class Session {
 public:
  virtual ~Session() = default;

  // Simple protocol: runs every statement of `sql`, then ReadyForQuery.
  virtual void Query(std::string_view sql) = 0;

  // Extended protocol. Parameter type 0 means "infer".
  virtual void Parse(std::string_view statement_name, std::string_view sql,
                     std::span<const Oid> parameter_types) = 0;
  // A missing value is NULL. `formats` has 0, 1 or as many entries as values, as on the wire.
  virtual void Bind(std::string_view portal_name, std::string_view statement_name,
                    std::span<const ValueFormat> formats,
                    std::span<const std::optional<std::string_view>> values,
                    std::span<const ValueFormat> result_formats) = 0;
  virtual void DescribeStatement(std::string_view statement_name) = 0;
  virtual void DescribePortal(std::string_view portal_name) = 0;
  // max_rows 0: all.
  virtual void Execute(std::string_view portal_name, uint32_t max_rows) = 0;
  virtual void CloseStatement(std::string_view statement_name) = 0;
  virtual void ClosePortal(std::string_view portal_name) = 0;
  virtual void Sync() = 0;  // ends with ReadyForQuery
  // A message of a known type that cannot be taken now, or is malformed: the transaction fails as by
  // an error in a statement; answers the error and, in the simple protocol, ReadyForQuery; in the
  // extended one skips to Sync. Does nothing while skipping.
  virtual void ProtocolViolation(SqlError error, ProtocolKind kind) = 0;

  virtual TransactionStatus transaction_status() const = 0;
  virtual bool is_terminated() const = 0;
  virtual SessionId id() const = 0;            // BackendKeyData: process id
  virtual int32_t cancel_key() const = 0;      // BackendKeyData: secret
  // Stops the running statement (kUserRequest ...) or ends the session (kAdminShutdown, kClientGone).
  virtual void Cancel(CancelReason reason) = 0;
  // Milliseconds the front door may wait for the next message before ending the session with
  // 25P03 / 57P05; 0: for ever.
  virtual int64_t idle_timeout_ms() const = 0;
  // How often to look whether the client is still there while it runs statements; 0: never.
  virtual int64_t client_check_interval_ms() const = 0;
  virtual void IdleTimeout() = 0;              // that wait is over: answers the FATAL error
  // Called between messages after ResultSink::Wake: answers the FATAL error of the cancel reason.
  virtual void Interrupt() = 0;
};

// What a client says at startup, after TLS and before authentication.
struct ConnectRequest {
  std::string user;
  std::string database;  // empty: the user's name
  std::vector<std::pair<std::string, std::string>> settings;  // application_name, options, ...
  std::string client_address;  // empty for a Unix socket
  int client_port = 0;
  std::optional<TlsParameters> tls;
  bool is_upkeep = false;  // an autovacuum worker: needs no room, makes way for DROP DATABASE
};

// pg_authid as far as login needs it.
struct RoleLogin {
  bool can_login = false;
  bool is_superuser = false;
  int connection_limit = -1;
  std::string password_verifier;  // SCRAM-SHA-256$...; empty: none
};

// An opened data directory: storage, transactions, tenants, caches; one per process.
class Instance {
 public:
  virtual ~Instance() = default;

  // For authentication, before a session exists.
  virtual std::optional<RoleLogin> FindRoleLogin(std::string_view role) = 0;
  // After authentication. Throws SqlError FATAL: 3D000 no such database, 28000, 53300 ...
  // The sink must outlive the session. Sends nothing: the caller asks for the parameters below.
  virtual std::unique_ptr<Session> Connect(const ConnectRequest& request, ResultSink& sink) = 0;
  // The GUC_REPORT parameters to announce (ParameterStatus) after Connect.
  virtual std::vector<std::pair<std::string, std::string>> ReportedParameters(Session& session) = 0;
  // CancelRequest: false when no such session or a wrong key.
  virtual bool CancelSession(SessionId id, int32_t cancel_key) = 0;
  // Ends every session with 57P01 (fast shutdown); returns at once.
  virtual void TerminateAllSessions() = 0;
  virtual size_t session_count() const = 0;
  // SIGHUP: rereads the configuration file.
  virtual void ReloadConfiguration(
      const std::vector<std::pair<std::string, std::string>>& settings) = 0;
  // Whether the store takes writes; false with the reason after a failed sync.
  virtual bool IsReady(std::string* reason) = 0;
  // (name, value) gauges for the metrics page: memory trackers, store, statements.
  virtual std::vector<std::pair<std::string, uint64_t>> Statistics() const = 0;
  virtual std::string ServerVersion() const = 0;  // "15.x (GrizzlyDB ...)"
  // Reads everything that is stored, checks indexes against tables, constraints, checksums. A sentence for each
  // thing that is wrong.
  virtual std::vector<std::string> CheckStoredData() = 0;
};

}  // namespace grizzly::session
