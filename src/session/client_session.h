// One client: its transaction block, settings, prepared statements, portals, and the statement loop.
//
// The parts are one file each: client_session.cc (messages, errors), statement_loop.cc (which statement
// goes where), query_statements.cc (plan, lock, run), transaction_control.cc (BEGIN ... ROLLBACK TO), two_phase.cc (PREPARE TRANSACTION), constraint_checks.cc (SET CONSTRAINTS, what a
// transaction owes),
// session_statements.cc (SET, SHOW, PREPARE, cursors, DISCARD), services.cc (what functions ask).
//
// THREADS  as session.h says.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/role_settings.h"
#include "catalog/search_path.h"
#include "base/error/check.h"
#include "commands/command.h"
#include "commands/definitions.h"
#include "executor/constraint/transaction_checks.h"
#include "executor/row_store.h"
#include "planner/binder/view_changeability.h"
#include "executor/spill/spill_space.h"
#include "executor/statement_resources.h"
#include "session/database_instance.h"
#include "session/execution.h"
#include "session/running_ids.h"
#include "session/session.h"
#include "session/session_types.h"
#include "session/settings.h"

namespace grizzly::session {

class Services;

struct PreparedStatement {
  std::string name;
  std::shared_ptr<const parser::ParsedText> text;  // null: an empty statement
  const parser::ast::Node* node = nullptr;
  std::string_view statement_text;
  std::vector<Oid> declared_parameters;
  plan::PlanPtr plan;             // plannable statements; replanned when the catalog changed
  uint64_t catalog_version = 0;
  std::string environment;
  RowDescription columns;         // all text
  std::vector<Oid> parameter_types;
  bool from_sql = false;
  int64_t prepare_time_us = 0;
};
using PreparedStatementPtr = std::shared_ptr<PreparedStatement>;

struct Portal {
  std::string name;
  PreparedStatementPtr statement;
  RowDescription columns;
  std::unique_ptr<Execution> execution;  // null until first executed, and for utility statements
  std::vector<types::Datum> parameters;
  std::unique_ptr<Arena> arena;          // of the parameters
  bool finished = false;
  // SQL cursors: rows already read are kept, so that they may be read again (SCROLL, WITH HOLD).
  bool is_cursor = false;
  bool scroll = false;
  bool hold = false;
  std::unique_ptr<executor::RowStore> rows;
  uint64_t position = 0;                 // rows before the cursor; 0: before the first
  int64_t creation_time_us = 0;
  size_t savepoint_depth = 0;            // savepoints that were open when it was made
};

enum class BlockState : uint8_t {
  kNone,      // no transaction
  kImplicit,  // one statement, or the statements of one message up to Sync
  kExplicit,  // BEGIN
  kFailed,    // an error happened in it; only its end is accepted
};

class ClientSession final : public Session, private commands::QueryRunner,
                            private commands::CopyChannel, private executor::RuleSource {
 public:
  ClientSession(DatabaseInstance& instance, std::shared_ptr<TenantState> tenant, SessionId id,
                int32_t cancel_key, const ConnectRequest& request,
                std::shared_ptr<const catalog::Role> role, const SettingList& reset_values,
                ResultSink& sink);
  ~ClientSession() override;

  // ---- Session ----
  void Query(std::string_view sql) override;
  void Parse(std::string_view statement_name, std::string_view sql,
             std::span<const Oid> parameter_types) override;
  void Bind(std::string_view portal_name, std::string_view statement_name,
            std::span<const ValueFormat> formats,
            std::span<const std::optional<std::string_view>> values,
            std::span<const ValueFormat> result_formats) override;
  void DescribeStatement(std::string_view statement_name) override;
  void DescribePortal(std::string_view portal_name) override;
  void Execute(std::string_view portal_name, uint32_t max_rows) override;
  void CloseStatement(std::string_view statement_name) override;
  void ClosePortal(std::string_view portal_name) override;
  void Sync() override;
  void ProtocolViolation(SqlError error, ProtocolKind kind) override;
  void Interrupt() override;
  TransactionStatus transaction_status() const override;
  bool is_terminated() const override { return terminated_; }
  SessionId id() const override { return id_; }
  int32_t cancel_key() const override { return cancel_key_; }
  void Cancel(CancelReason reason) override;
  int64_t idle_timeout_ms() const override;
  int64_t client_check_interval_ms() const override {
    return settings_.effective().client_check_interval_ms;
  }
  void IdleTimeout() override;

  // ---- what views and functions show ----
  struct Activity {
    std::string user, application, client_address, query;
    Oid database = kInvalidOid;
    Oid role = kInvalidOid;
    std::string database_name;
    int client_port = 0;
    int64_t backend_start_us = 0, transaction_start_us = 0, query_start_us = 0, state_change_us = 0;
    const char* state = "idle";
    bool is_upkeep = false;
    std::optional<TlsParameters> tls;
  };
  Activity CurrentActivity() const;  // any thread
  Settings& settings() { return settings_; }
  DatabaseInstance& instance() { return instance_; }
  TenantState& tenant() { return *tenant_; }
  bool is_upkeep() const { return activity_.is_upkeep; }
  const std::map<std::string, PreparedStatementPtr>& prepared() const { return prepared_; }
  const std::map<std::string, std::unique_ptr<Portal>>& portals() const { return portals_; }
  // CURRENT_USER: what SET ROLE says, else SESSION_USER.
  const catalog::Role& role() {
    if (role_version_ != settings_.effective().version) FollowRoleSettings();
    return *role_;
  }
  // SESSION_USER: who logged in, or what SET SESSION AUTHORIZATION says.
  const catalog::Role& session_role() {
    role();
    return *session_role_;
  }
  catalog::SnapshotPtr Snapshot();
  commands::DefinitionInput MakeDefinitionInput();
  const catalog::SearchPath& CurrentSearchPath(const catalog::CatalogSnapshot& snapshot);
  txn::Transaction& EnsureTransaction();
  // The transaction's number (an xid8), given at the first call.
  TransactionId TransactionNumber();
  // 0 while it has none; one that has written anything has one.
  TransactionId AssignedNumber();
  // Which transactions with a number the current statement does not see.
  const VisibleIds& VisibleNumbers();
  // This session's pg_temp_N; kInvalidOid while it has none.
  Oid TemporarySchema(const catalog::CatalogSnapshot& snapshot) const;
  Oid MakeTemporarySchema();
  // What sessions that did not end left in all temporary schemas; before any other session is there.
  void DropTemporaryLeftovers();
  // Of this database; check_stored.cc.
  std::vector<std::string> CheckStoredData();
  // Null between transactions.
  txn::Transaction* transaction() { return transaction_.get(); }
  // Under stats_fetch_consistency = snapshot, what a transaction reads of the statistics is of its first read.
  void NoteStatisticsRead();
  int64_t statistics_read_us() const { return statistics_read_us_; }  // 0: none
  void ForgetStatisticsRead() { statistics_read_us_ = 0; }
  Services& services() { return *services_; }
  const MemoryTracker& memory() const { return memory_; }

  // ---- queries within functions (nested_queries.cc) ----
  // One plannable statement, planned and locked. Errors have no position: it is another text.
  plan::PlanPtr PlanText(std::string_view sql);
  void RunPlanned(const plan::PlanPtr& plan,
                  const std::function<void(const types::Batch&)>& receive);
  // Reads on from a cursor, `count` rows (0: the one it stands on, < 0: none); `describe` gets its columns first.
  void FetchCursor(
      std::string_view name, int64_t count,
      const std::function<void(const std::vector<std::pair<std::string, types::SqlType>>&)>& describe,
      const std::function<void(const types::Batch&)>& receive);
  planner::ViewChangeability ChangeabilityOfView(const catalog::RelationPtr& view);
  void Notify(Diagnostic notice);
  void Warn(std::string message);

 private:
  friend class Services;
  friend class SessionTypes;

  // ---- client_session.cc ----
  template <typename Action>
  void Guard(std::string_view sql, bool extended, Action action);
  void HandleError(SqlError error, std::string_view sql, bool extended);
  void StartStatement(std::string_view sql);
  void FinishStatement();
  void SendReports();

  // ---- statement_loop.cc ----
  bool RunFromPlanCache(std::string_view sql);
  void RunSimple(const std::shared_ptr<const parser::ParsedText>& text,
                 const parser::RawStatement& statement, bool is_last);
  void CheckAllowedInFailedBlock(const parser::ast::Node& node);
  void RunUtility(const parser::RawStatement& statement, const std::string& source);
  // True when the session ran it itself.
  bool RunSessionStatement(const parser::ast::Node& node, std::string* tag);
  void RunCommandStatement(const parser::RawStatement& statement, const std::string& source,
                           std::string* tag);
  commands::CommandInput MakeCommandInput(std::string_view source);
  void CompleteStatement(std::string_view tag, bool commit_first);

  // ---- query_statements.cc ----
  enum class Parameters : uint8_t { kNone, kInferred };  // whether $n may appear
  const std::string& Environment();
  planner::BinderInput MakeBinderInput(const catalog::SnapshotPtr& snapshot,
                                       std::string_view source);
  void ReportChanges();
  std::vector<types::Datum> SampleParameters(const std::vector<planner::LiftedLiteral>& lifted,
                                             const std::vector<parser::Literal>* literals,
                                             Arena& arena);
  // Who else than the client plans a statement.
  struct PlanUse {
    bool by_cursor = false;  // it asks which rows it is on
    const catalog::ViewDefinition* by_view = nullptr;
  };
  plan::PlanPtr PlanStatement(const parser::ast::Node& node, std::string_view source,
                              const std::vector<parser::Literal>* literals,
                              std::span<const Oid> parameter_types, Parameters parameters,
                              std::vector<planner::LiftedLiteral>* lifted, uint64_t* version,
                              const PlanUse& use);
  plan::PlanPtr PlanAndLock(const parser::ast::Node& statement, const PlanUse& use);
  plan::PlanPtr PlanCursor(const parser::ast::Node& query);
  void LockRelations(const plan::Plan& plan);
  void LockAndVerify(const plan::PlanPtr& plan, uint64_t version, bool* stale);
  // Locks what the prepared statement uses, and plans it anew if that has changed since it was planned.
  void LockAsPlanned(PreparedStatement& statement);
  std::unique_ptr<Execution> NewExecution(const plan::PlanPtr& plan);
  void FillContext(executor::ExecContext& context);
  void RunPlan(const plan::PlanPtr& plan, std::vector<types::Datum> parameters,
               std::unique_ptr<Arena> arena, bool describe, bool commit_first);
  void CheckMayRun(const plan::Plan& plan);
  RowDescription Describe(const plan::Plan& plan);
  types::Datum ReadLiteral(const parser::Literal& literal, const planner::LiftedLiteral& lifted,
                           Arena& arena);
  types::Datum ReadParameter(const types::SqlType& type, std::optional<std::string_view> value,
                             ValueFormat format, size_t number, Arena& arena);
  void PlanPrepared(PreparedStatement& statement);

  // ---- transaction_control.cc ----
  void RunTransactionStatement(const PgQuery__TransactionStmt& statement, std::string* tag);
  void BeginBlock(const PgQuery__TransactionStmt& statement);
  void CommitTransaction();
  void RollbackTransaction();
  void AbortAfterError();
  void EndTransactionState(bool committed);
  // Before the transaction takes a snapshot.
  void LookAtRunning();
  void DefineSavepoint(const std::string& name);
  void ReleaseSavepoint(const std::string& name);
  void RollbackToSavepoint(const std::string& name);
  // AND CHAIN: a new block like the one before.
  void BeginChained(const txn::TransactionOptions& options);
  catalog::CatalogEditor& Editor();
  void SetTransactionCharacteristic(std::string_view name, std::string_view value);
  std::string ShowTransactionSetting(std::string_view name);

  void WarnNoTransaction();

  // ---- two_phase.cc ----
  void RunTwoPhaseStatement(const PgQuery__TransactionStmt& statement, std::string* tag);
  void CheckMayPrepare();
  void PrepareTransaction(const std::string& name);
  void EndPrepared(const PgQuery__TransactionStmt& statement, bool commit);
  void CheckNotUsedByPrepared(const catalog::Database& database);

  // ---- constraint_checks.cc ----
  void RunSetConstraints(const PgQuery__ConstraintsSetStmt& statement);
  std::vector<Oid> ConstraintsNamed(const PgQuery__RangeVar& name, bool deferred);
  // Checks what the transaction owes: all of it, or what is no longer deferred.
  void RunOwedChecks(bool only_immediate);

  // ---- temporary_objects.cc ----
  void RunOnCommit();
  void DropTemporaryObjects();
  void EndTemporaryObjects();

  // ---- session_statements.cc ----
  // With what this transaction has made.
  std::shared_ptr<const catalog::Role> FindRole(std::string_view name);
  static bool IsRoleSetting(std::string_view name);
  void CheckRoleSetting(std::string_view name, std::string_view value);
  // 42501 for what only superusers set.
  void CheckMaySet(std::string_view name);
  void SetSetting(std::string_view name, std::string_view value, bool local);
  void FollowRoleSettings();
  void RunSet(const PgQuery__VariableSetStmt& statement, std::string* tag);
  void RunShow(const PgQuery__VariableShowStmt& statement);
  // ---- stored_settings.cc ----
  void RunAlterRoleSet(const PgQuery__AlterRoleSetStmt& statement);
  void ChangeDatabaseSettings(std::string_view name, const PgQuery__VariableSetStmt& statement);
  void ChangeStored(const PgQuery__VariableSetStmt& statement, catalog::StoredSettings* stored);
  void ChangeStoredIn(const PgQuery__VariableSetStmt& statement, Oid database, catalog::Role role);
  void CheckMayStore(const std::string& name);
  void CheckMayAlter(const catalog::Role& role);
  void RunPrepare(const PgQuery__PrepareStmt& statement);
  void RunExecute(const PgQuery__ExecuteStmt& statement, std::string* tag);
  void RunDeallocate(const PgQuery__DeallocateStmt& statement, std::string* tag);
  void RunDeclareCursor(const PgQuery__DeclareCursorStmt& statement);
  void RunFetch(const PgQuery__FetchStmt& statement, std::string* tag);
  void RunClosePortal(const PgQuery__ClosePortalStmt& statement, std::string* tag);
  void RunDiscard(const PgQuery__DiscardStmt& statement, std::string* tag);
  std::vector<types::Datum> EvaluateArguments(const PreparedStatement& statement,
                                              PgQuery__Node* const* arguments, size_t count,
                                              Arena& arena);
  void SendTextRows(const std::vector<std::string>& names,
                    const std::vector<std::vector<std::string>>& rows);
  void FillCursorTo(Portal& portal, uint64_t rows);
  // Rows [first, last] of a cursor, numbered from 1 (0: none), and where it stands afterwards.
  struct FetchedRows {
    uint64_t first = 0, last = 0, position = 0;
    bool reversed = false;
  };
  FetchedRows FetchAt(Portal& portal, int64_t target);
  FetchedRows FetchForward(Portal& portal, uint64_t count);
  FetchedRows FetchBackward(Portal& portal, uint64_t count);
  void ReadFetched(Portal& portal, const FetchedRows& fetched, uint64_t row_count,
                   const std::function<void(const types::Batch&)>& receive);
  void SendFetched(Portal& portal, const FetchedRows& fetched, uint64_t row_count);
  // WHERE CURRENT OF: the key suffix of the table's row the cursor stands on.
  std::string CursorRow(std::string_view name, const catalog::Relation& relation);

  PreparedStatementPtr FindPrepared(std::string_view name);
  Portal& FindPortal(std::string_view name);
  void DropPortals(bool keep_held);
  void DropPortalsMadeUnder(size_t savepoint_depth);

  // pg_get_viewdef and its like (statement_loop.cc).
  std::optional<std::string> DefinitionText(Oid function, Oid object, int32_t column, bool pretty);

  // ---- commands::QueryRunner ----
  plan::PlanPtr Plan(const parser::ast::Node& statement) override;
  plan::PlanPtr PlanOfView(const parser::ast::Node& query,
                           const catalog::ViewDefinition& view) override;
  uint64_t Run(const plan::PlanPtr& plan,
               const std::function<void(const types::Batch&)>& receive,
               commands::QueryMeasurement* measurement,
               std::span<const types::Datum> parameters) override;
  commands::PreparedQuery Prepared(const PgQuery__ExecuteStmt& execute) override;

  // ---- executor::RuleSource (constraint_checks.cc) ----
  std::shared_ptr<const plan::RowRules> RowRulesOf(const catalog::RelationPtr& table) override;
  std::shared_ptr<const plan::RowRouting> RoutingOf(const catalog::RelationPtr& root) override;
  expr::ExprPtr Assignment(const catalog::Relation& table, uint32_t column,
                           const types::SqlType& from) override;
  expr::ExprPtr Default(const catalog::Relation& table, uint32_t column) override;
  catalog::SnapshotPtr LatestCatalog() override { return Snapshot(); }
  bool IsCurrent(const plan::ForeignKeyRule& rule) override;
  plan::ForeignKeyRulePtr Current(const plan::ForeignKeyRule& rule) override;
  plan::IndexRulePtr Current(const plan::IndexRule& rule) override;

  // ---- commands::CopyChannel ----
  void BeginIn(commands::CopyWireFormat format, int16_t column_count) override;
  std::optional<std::string_view> Read() override;
  void BeginOut(commands::CopyWireFormat format, int16_t column_count) override;
  void Write(std::string_view bytes) override;
  void EndOut() override;

  DatabaseInstance& instance_;
  executor::SpillSpace spill_{instance_.temporary_files()};
  executor::StatementResources resources_{&instance_.workers(), 0, &spill_};
  std::shared_ptr<TenantState> tenant_;
  const SessionId id_;
  const int32_t cancel_key_;
  ResultSink& sink_;
  CancelToken cancel_;
  MemoryTracker memory_;
  Settings settings_;
  const std::shared_ptr<const catalog::Role> login_role_;
  std::shared_ptr<const catalog::Role> session_role_;
  std::shared_ptr<const catalog::Role> role_;
  uint64_t role_version_ = 0;  // of the settings that the two before come from
  std::unique_ptr<Services> services_;
  std::unique_ptr<SessionTypes> types_;

  BlockState block_ = BlockState::kNone;
  bool several_statements_ = false;  // in the message that runs: they are a transaction block
  bool InTransactionBlock() const { return block_ == BlockState::kExplicit || several_statements_; }
  std::unique_ptr<txn::Transaction> transaction_;
  TransactionId transaction_number_;  // 0: none yet
  VisibleIds visible_ids_;
  bool has_looked_ = false;  // at what runs, in this transaction
  std::unique_ptr<catalog::CatalogEditor> editor_;
  struct Savepoint {
    std::string name;
    size_t depth;
    size_t settings_position;
    size_t uncontended_count;
    executor::TransactionChecks::Position checks;
    bool read_only;
  };
  std::vector<Savepoint> savepoints_;
  std::vector<Oid> uncontended_relations_;
  catalog::RowChangesByRelation row_changes_;  // of the transaction, for the statistics
  executor::TransactionChecks checks_{*this, &memory_};

  std::map<std::string, PreparedStatementPtr> prepared_;
  std::map<std::string, std::unique_ptr<Portal>> portals_;

  catalog::SearchPath search_path_;
  uint64_t search_path_catalog_version_ = UINT64_MAX;
  uint64_t search_path_settings_version_ = UINT64_MAX;
  std::string environment_;
  uint64_t environment_version_ = UINT64_MAX;
  std::string current_source_;  // text that locations of the running statement count in

  int temporary_slot_ = 0;  // 0: no temporary schema yet
  bool writes_temporary_ = false;  // a statement of a read-only transaction writes temporary tables
  std::string temporary_schema_name_;
  std::vector<Oid> on_commit_tables_;
  bool is_ending_ = false;
  CancelToken ending_cancel_;  // of what runs when the client is gone
  CancelToken& cancel_token() { return is_ending_ ? ending_cancel_ : cancel_; }

  bool skip_to_sync_ = false;
  bool terminated_ = false;
  int64_t statement_time_us_ = 0;
  int64_t transaction_time_us_ = 0;
  int64_t statistics_read_us_ = 0;
  std::optional<TimerQueue::Id> statement_timer_;
  std::string shape_;                      // scratch of the plan cache
  std::vector<parser::Literal> literals_;  // scratch of the plan cache

  mutable std::mutex activity_mutex_;
  Activity activity_;
};

// µs since 2000-01-01 UTC.
int64_t NowUs();

}  // namespace grizzly::session
