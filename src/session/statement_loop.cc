// Which statement goes where.
#include <chrono>
#include <thread>

#include "base/blocking/blocking_section.h"
#include "facts/procs.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"

namespace grizzly::session {
namespace {

bool EndsFailedBlock(const parser::ast::Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_TRANSACTION_STMT) return false;
  switch (node.transaction_stmt->kind) {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE: return true;
    default: return false;
  }
}

bool IsPlannable(const parser::ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT: return true;
    default: return false;
  }
}

}  // namespace

void ClientSession::CheckAllowedInFailedBlock(const parser::ast::Node& node) {
  if (block_ != BlockState::kFailed || EndsFailedBlock(node)) return;
  throw SqlError(SqlState::kInFailedSqlTransaction,
                 "current transaction is aborted, commands ignored until end of transaction block");
}

void ClientSession::RunSimple(const std::shared_ptr<const parser::ParsedText>& text,
                              const parser::RawStatement& statement, bool is_last) {
  const parser::ast::Node& node = *statement.node;
  CheckAllowedInFailedBlock(node);
  cancel_.Check();
  if (IsPlannable(node)) {
    EnsureTransaction();
    const plan::PlanPtr plan = Plan(node);
    if (!plan->parameter_types.empty()) {
      throw SqlError(SqlState::kUndefinedParameter, "there is no parameter $1");
    }
    RunPlan(plan, {}, nullptr, true, is_last && block_ == BlockState::kImplicit);
    return;
  }
  std::string tag;
  if (!RunSessionStatement(node, &tag)) RunCommandStatement(statement, text->sql(), &tag);
  CompleteStatement(tag, is_last && block_ == BlockState::kImplicit);
}

void ClientSession::CompleteStatement(std::string_view tag, bool commit_first) {
  if (commit_first) CommitTransaction();
  SendReports();
  if (!tag.empty()) sink_.CommandComplete(tag);
}

bool ClientSession::RunSessionStatement(const parser::ast::Node& node, std::string* tag) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
      RunTransactionStatement(*node.transaction_stmt, tag);
      return true;
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
      EnsureTransaction();
      RunSet(*node.variable_set_stmt, tag);
      return true;
    case PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT:
      RunAlterRoleSet(*node.alter_role_set_stmt);
      *tag = "ALTER ROLE";
      return true;
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_SET_STMT:
      EnsureTransaction();
      ChangeDatabaseSettings(node.alter_database_set_stmt->dbname, *node.alter_database_set_stmt->setstmt);
      *tag = "ALTER DATABASE";
      return true;
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
      RunShow(*node.variable_show_stmt);
      *tag = "SHOW";
      return true;
    case PG_QUERY__NODE__NODE_PREPARE_STMT:
      EnsureTransaction();
      RunPrepare(*node.prepare_stmt);
      *tag = "PREPARE";
      return true;
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
      EnsureTransaction();
      RunExecute(*node.execute_stmt, tag);
      return true;
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
      RunDeallocate(*node.deallocate_stmt, tag);
      return true;
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
      EnsureTransaction();
      RunDeclareCursor(*node.declare_cursor_stmt);
      *tag = "DECLARE CURSOR";
      return true;
    case PG_QUERY__NODE__NODE_FETCH_STMT:
      RunFetch(*node.fetch_stmt, tag);
      return true;
    case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
      RunClosePortal(*node.close_portal_stmt, tag);
      return true;
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
      EnsureTransaction();
      RunSetConstraints(*node.constraints_set_stmt);
      *tag = "SET CONSTRAINTS";
      return true;
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
      RunDiscard(*node.discard_stmt, tag);
      return true;
    default: return false;
  }
}

namespace {

// How many sessions besides `self` are in a database. Those that are leaving get a moment to do so; those that are
// told to end, as the server's own always are, get PostgreSQL's five seconds.
size_t OtherSessions(DatabaseInstance& instance, Oid database, SessionId self, bool terminate,
                     const CancelToken& cancel) {
  constexpr int kStepMs = 20;
  for (int i = 0;; ++i) {
    const int count = instance.SessionsOn(database, self);
    bool is_ending = terminate;
    instance.ForEachSession([&](ClientSession& session) {
      if (session.tenant().database->oid != database || session.id() == self) return;
      if (!terminate && !session.is_upkeep()) return;
      session.Cancel(CancelReason::kAdminShutdown);
      is_ending = true;
    });
    if (count == 0 || i >= (is_ending ? 5'000 : 500) / kStepMs) return static_cast<size_t>(count);
    cancel.Check();
    const BlockingSection blocking;
    std::this_thread::sleep_for(std::chrono::milliseconds(kStepMs));
  }
}

}  // namespace

commands::CommandInput ClientSession::MakeCommandInput(std::string_view source) {
  const catalog::SnapshotPtr snapshot = Snapshot();
  const catalog::SearchPath& path = CurrentSearchPath(*snapshot);
  types::IoSettings io = settings_.effective().io;
  io.transaction_time_us = transaction_time_us_;
  commands::CommandInput input{.transaction = *transaction_,
                               .transactions = instance_.transactions(),
                               .editor = Editor(),
                               .shared = instance_.shared_catalog(),
                               .catalog = *tenant_->catalog,
                               .sequences = instance_.sequences(),
                               .search_path = path};
  input.creation_schema = path.has_creation_schema() ? path.CreationSchema() : kInvalidOid;
  input.tenant = tenant_->database->tenant;
  input.current_role = role().oid;
  input.is_superuser = role().superuser;
  input.source_text = source;
  input.services = services_.get();
  input.io = io;
  input.memory = &memory_;
  input.cancel = &cancel_token();
  input.notice = [this](Diagnostic notice) { Notify(std::move(notice)); };
  input.copy_channel = this;
  input.queries = this;
  input.virtual_tables = &instance_.virtual_tables();
  input.in_transaction_block = InTransactionBlock();
  input.in_savepoint = !savepoints_.empty();
  input.uncontended_relations = &uncontended_relations_;
  input.checks = &checks_;
  input.row_changes = &row_changes_;
  input.make_temporary_schema = [this] { return MakeTemporarySchema(); };
  input.on_commit_tables = &on_commit_tables_;
  input.other_sessions = [this](Oid database, bool terminate) {
    if (const auto found = instance_.shared_catalog().FindDatabase(database)) CheckNotUsedByPrepared(*found);
    return OtherSessions(instance_, database, id_, terminate, cancel_token());
  };
  return input;
}

namespace {

// Commands that change nothing anybody else would see, or see to it themselves.
bool MayRunReadOnly(const parser::ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_COPY_STMT: return !node.copy_stmt->is_from;
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
    case PG_QUERY__NODE__NODE_LOCK_STMT: return true;
    default: return false;
  }
}

void RefuseInReadOnly(const parser::ast::Node& node) {
  if (MayRunReadOnly(node)) return;
  const bool copies = node.node_case == PG_QUERY__NODE__NODE_COPY_STMT;
  throw SqlError(SqlState::kReadOnlySqlTransaction,
                 fmt::format("cannot execute {} in a read-only transaction",
                             copies ? "COPY FROM" : parser::CommandTag(node)));
}

}  // namespace

void ClientSession::RunCommandStatement(const parser::RawStatement& statement,
                                        const std::string& source, std::string* tag) {
  const parser::ast::Node& node = *statement.node;
  if (!commands::IsCommand(node)) ThrowNotSupported(parser::CommandTag(node));
  EnsureTransaction();
  if (transaction_->options().read_only) RefuseInReadOnly(node);
  if (commands::RunsOutsideTransactionBlock(node) && InTransactionBlock()) {
    throw SqlError(SqlState::kActiveSqlTransaction,
                   fmt::format("{} cannot run inside a transaction block",
                               parser::CommandTag(node)));
  }
  RowDescription columns;
  for (const plan::PlanColumn& column : commands::CommandColumns(node)) {
    ResultColumn result;
    result.name = column.name;
    result.type = column.type;
    result.type_length = column.type_length;
    result.io = column.io;
    columns.push_back(std::move(result));
  }
  transaction_->NextCommand();
  commands::CommandInput input = MakeCommandInput(source);
  bool described = false;
  // In the extended protocol the rows were described with the portal.
  for (const auto& [name, portal] : portals_) {
    const PreparedStatementPtr& run = portal->statement;
    if (columns.empty() || run == nullptr || run->text == nullptr) continue;
    if (&run->text->sql() != &source || portal->columns.size() != columns.size()) continue;
    columns = portal->columns;
    described = true;
  }
  input.receive_rows = [&](const types::Batch& batch) {
    if (!described) sink_.DescribeRows(columns);
    described = true;
    sink_.Rows(columns, batch, settings_.effective().io);
  };
  *tag = commands::RunCommand(statement, input);
  // Plans made from the old statistics go.
  if (node.node_case == PG_QUERY__NODE__NODE_VACUUM_STMT) tenant_->plans.Clear();
}

commands::DefinitionInput ClientSession::MakeDefinitionInput() {
  commands::DefinitionInput input;
  input.catalog = Snapshot();
  input.shared = &instance_.shared_catalog();
  input.search_path = &CurrentSearchPath(*input.catalog);
  input.current_role = role().oid;
  input.io = settings_.effective().io;
  return input;
}

std::optional<std::string> ClientSession::DefinitionText(Oid function, Oid object, int32_t column,
                                                         bool pretty) {
  const facts::ProcFact* proc = facts::FindProc(function);
  GRIZZLY_CHECK(proc != nullptr);
  if (proc->prosrc.starts_with("pg_get_function")) {
    return FunctionDefinition(*this, proc->prosrc, object, column);
  }
  return commands::DefinitionText(MakeDefinitionInput(), function, object, column, pretty);
}

// ---- commands::CopyChannel ----

void ClientSession::BeginIn(commands::CopyWireFormat format, int16_t column_count) {
  sink_.BeginCopyIn(format == commands::CopyWireFormat::kText ? ValueFormat::kText
                                                              : ValueFormat::kBinary,
                    column_count);
}
std::optional<std::string_view> ClientSession::Read() { return sink_.ReadCopyData(); }
void ClientSession::BeginOut(commands::CopyWireFormat format, int16_t column_count) {
  sink_.BeginCopyOut(format == commands::CopyWireFormat::kText ? ValueFormat::kText
                                                               : ValueFormat::kBinary,
                     column_count);
}
void ClientSession::Write(std::string_view bytes) { sink_.CopyData(bytes); }
void ClientSession::EndOut() { sink_.EndCopyOut(); }

}  // namespace grizzly::session
