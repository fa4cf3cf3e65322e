#include "session/client_session.h"

#include <chrono>
#include <new>

#include "session/services.h"

namespace grizzly::session {
namespace {

constexpr int64_t kUnixToPostgresEpochUs = int64_t{946'684'800} * 1'000'000;

// Locations are byte offsets, clients expect characters from 1.
int CharacterPosition(std::string_view sql, int byte_offset) {
  if (byte_offset < 0) return 0;
  int position = 1;
  const size_t end = std::min<size_t>(static_cast<size_t>(byte_offset), sql.size());
  for (size_t i = 0; i < end; ++i) {
    if ((static_cast<unsigned char>(sql[i]) & 0xC0) != 0x80) ++position;
  }
  return position;
}

}  // namespace

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
             .count() -
         kUnixToPostgresEpochUs;
}

ClientSession::ClientSession(DatabaseInstance& instance, std::shared_ptr<TenantState> tenant,
                             SessionId id, int32_t cancel_key, const ConnectRequest& request,
                             std::shared_ptr<const catalog::Role> role,
                             const SettingList& reset_values, ResultSink& sink)
    : instance_(instance),
      tenant_(std::move(tenant)),
      id_(id),
      cancel_key_(cancel_key),
      sink_(sink),
      memory_("session", &instance.memory()),
      settings_(reset_values),
      login_role_(std::move(role)),
      session_role_(login_role_),
      role_(login_role_),
      services_(std::make_unique<Services>(*this)),
      types_(std::make_unique<SessionTypes>(*this)) {
  settings_.effective().io.reg_names = services_.get();
  for (const auto& [name, value] : request.settings) {
    settings_.Set(name, value, false, SettingSource::kStartup);
  }
  settings_.TakeChangedReports();
  activity_.user = role_->name;
  activity_.role = role_->oid;
  activity_.application = settings_.Raw("application_name");
  activity_.client_address = request.client_address;
  activity_.client_port = request.client_port;
  activity_.is_upkeep = request.is_upkeep;
  activity_.tls = request.tls;
  activity_.database = tenant_->database->oid;
  activity_.database_name = tenant_->database->name;
  activity_.backend_start_us = activity_.state_change_us = NowUs();
}

ClientSession::~ClientSession() {
  portals_.clear();
  if (transaction_ != nullptr) RollbackTransaction();
  EndTemporaryObjects();
  instance_.Remove(*this);
}

TransactionStatus ClientSession::transaction_status() const {
  switch (block_) {
    case BlockState::kExplicit: return TransactionStatus::kInBlock;
    case BlockState::kFailed: return TransactionStatus::kFailed;
    default: return TransactionStatus::kIdle;
  }
}

ClientSession::Activity ClientSession::CurrentActivity() const {
  std::lock_guard lock(activity_mutex_);
  return activity_;
}

int64_t ClientSession::idle_timeout_ms() const {
  const EffectiveSettings& effective = settings_.effective();
  const bool in_block = block_ == BlockState::kExplicit || block_ == BlockState::kFailed;
  return in_block ? effective.idle_in_transaction_timeout_ms : effective.idle_session_timeout_ms;
}

void ClientSession::IdleTimeout() {
  const bool in_block = block_ == BlockState::kExplicit || block_ == BlockState::kFailed;
  HandleError(in_block ? SqlError(SqlState::kIdleInTransactionSessionTimeout,
                                  "terminating connection due to idle-in-transaction timeout")
                             .Fatal()
                       : SqlError(SqlState::kIdleSessionTimeout,
                                  "terminating connection due to idle-session timeout")
                             .Fatal(),
              {}, false);
}

void ClientSession::Cancel(CancelReason reason) {
  cancel_.Cancel(reason);
  // Reasons that end the session reach it while it waits for a message or a slow client, too.
  if (reason != CancelReason::kUserRequest && reason != CancelReason::kStatementTimeout) {
    sink_.Wake();
  }
}

void ClientSession::StartStatement(std::string_view sql) {
  cancel_.Reset();
  cancel_.Check();  // a session that was told to end does not start another statement
  statement_time_us_ = NowUs();
  types_->StartStatement();
  const int64_t timeout_ms = settings_.effective().statement_timeout_ms;
  if (timeout_ms > 0 && !statement_timer_.has_value()) {
    statement_timer_ = instance_.timers().Schedule(
        std::chrono::milliseconds(timeout_ms),
        [this] { cancel_.Cancel(CancelReason::kStatementTimeout); });
  }
  std::lock_guard lock(activity_mutex_);
  activity_.query.assign(sql.substr(0, 1024));
  activity_.state = "active";
  activity_.query_start_us = activity_.state_change_us = statement_time_us_;
}

void ClientSession::FinishStatement() {
  if (statement_timer_.has_value()) {
    instance_.timers().Cancel(*statement_timer_);
    statement_timer_.reset();
  }
  std::lock_guard lock(activity_mutex_);
  activity_.state = block_ == BlockState::kExplicit ? "idle in transaction"
                    : block_ == BlockState::kFailed ? "idle in transaction (aborted)"
                                                    : "idle";
  activity_.state_change_us = statement_time_us_;
  activity_.transaction_start_us = transaction_ != nullptr ? transaction_time_us_ : 0;
}

void ClientSession::SendReports() {
  for (const std::string& name : settings_.TakeChangedReports()) {
    for (std::string_view reported : Settings::ReportedNames()) {
      if (reported.size() != name.size()) continue;
      if (strncasecmp(reported.data(), name.data(), name.size()) != 0) continue;
      sink_.ParameterStatus(reported, *settings_.Show(name, false));
      if (reported == "application_name") {
        std::lock_guard lock(activity_mutex_);
        activity_.application = settings_.Raw(name);
      }
    }
  }
}

void ClientSession::Notify(Diagnostic notice) {
  if (notice.severity < settings_.effective().client_min_messages &&
      notice.severity != Severity::kInfo) {
    return;
  }
  sink_.Notice(notice);
}

void ClientSession::Warn(std::string message) {
  Diagnostic warning;
  warning.severity = Severity::kWarning;
  warning.state = SqlState::kWarning;
  warning.message = std::move(message);
  Notify(std::move(warning));
}

void ClientSession::HandleError(SqlError error, std::string_view sql, bool extended) {
  Diagnostic& diagnostic = error.diagnostic();
  if (error.byte_offset() >= 0 && diagnostic.position == 0) {
    diagnostic.position = CharacterPosition(sql, error.byte_offset());
  }
  AbortAfterError();
  if (extended) skip_to_sync_ = true;
  if (diagnostic.severity == Severity::kFatal) terminated_ = true;
  sink_.Error(diagnostic);
  SendReports();  // what a rollback changed back
}

template <typename Action>
void ClientSession::Guard(std::string_view sql, bool extended, Action action) {
  const types::TypeDirectoryScope types(types_.get());
  const executor::StatementResources::Scope resources(resources_);
  try {
    action();
  } catch (SqlError& error) {
    HandleError(std::move(error), sql, extended);
  } catch (const std::bad_alloc&) {
    HandleError(SqlError(SqlState::kOutOfMemory, "out of memory"), sql, extended);
  } catch (const std::exception& error) {
    HandleError(SqlError(SqlState::kInternalError, fmt::format("internal error: {}", error.what())),
                sql, extended);
  }
}

// ---- simple protocol ----

void ClientSession::Query(std::string_view sql) {
  skip_to_sync_ = false;
  Guard(sql, false, [&] {
    StartStatement(sql);
    portals_.erase("");
    if (RunFromPlanCache(sql)) return;
    const auto text = parser::ParsedText::Parse(sql);
    current_source_.assign(sql);
    if (text->statements().empty()) {
      sink_.EmptyQuery();
      return;
    }
    const size_t count = text->statements().size();
    several_statements_ = count > 1;
    for (size_t i = 0; i < count; ++i) {
      RunSimple(text, text->statements()[i], i + 1 == count);
    }
  });
  several_statements_ = false;
  if (terminated_) return;
  if (block_ == BlockState::kImplicit) Guard(sql, false, [&] { CommitTransaction(); });
  FinishStatement();
  SendReports();
  sink_.ReadyForQuery(transaction_status());
}

// ---- extended protocol ----

void ClientSession::Parse(std::string_view statement_name, std::string_view sql,
                          std::span<const Oid> parameter_types) {
  if (skip_to_sync_ || terminated_) return;
  Guard(sql, true, [&] {
    StartStatement(sql);
    if (!statement_name.empty() && prepared_.contains(std::string(statement_name))) {
      throw SqlError(SqlState::kDuplicatePstatement,
                     fmt::format("prepared statement \"{}\" already exists", statement_name));
    }
    auto statement = std::make_shared<PreparedStatement>();
    statement->name = statement_name;
    statement->declared_parameters.assign(parameter_types.begin(), parameter_types.end());
    statement->prepare_time_us = statement_time_us_;
    statement->text = parser::ParsedText::Parse(sql);
    const auto& statements = statement->text->statements();
    if (statements.size() > 1) {
      throw SqlError(SqlState::kSyntaxError,
                     "cannot insert multiple commands into a prepared statement");
    }
    if (!statements.empty()) {
      statement->node = statements[0].node;
      statement->statement_text = statements[0].text;
      CheckAllowedInFailedBlock(*statement->node);
      current_source_ = statement->text->sql();
      PlanPrepared(*statement);
    }
    prepared_[std::string(statement_name)] = std::move(statement);
    sink_.ParseComplete();
  });
}

void ClientSession::Bind(std::string_view portal_name, std::string_view statement_name,
                         std::span<const ValueFormat> formats,
                         std::span<const std::optional<std::string_view>> values,
                         std::span<const ValueFormat> result_formats) {
  if (skip_to_sync_ || terminated_) return;
  Guard({}, true, [&] {
    PreparedStatementPtr statement = FindPrepared(statement_name);
    StartStatement(statement->statement_text);
    if (statement->node != nullptr) CheckAllowedInFailedBlock(*statement->node);
    if (!portal_name.empty() && portals_.contains(std::string(portal_name))) {
      throw SqlError(SqlState::kDuplicateCursor,
                     fmt::format("cursor \"{}\" already exists", portal_name));
    }
    if (statement->node != nullptr) {
      current_source_ = statement->text->sql();
      PlanPrepared(*statement);
    }
    if (values.size() != statement->parameter_types.size()) {
      throw SqlError(SqlState::kProtocolViolation,
                     fmt::format("bind message supplies {} parameters, but prepared statement "
                                 "\"{}\" requires {}",
                                 values.size(), statement_name,
                                 statement->parameter_types.size()));
    }
    auto portal = std::make_unique<Portal>();
    portal->name = portal_name;
    portal->statement = statement;
    portal->arena = std::make_unique<Arena>(&memory_);
    portal->creation_time_us = statement_time_us_;
    portal->savepoint_depth = savepoints_.size();
    for (size_t i = 0; i < values.size(); ++i) {
      const ValueFormat format = formats.empty()       ? ValueFormat::kText
                                 : formats.size() == 1 ? formats[0]
                                                       : formats[i];
      portal->parameters.push_back(ReadParameter(statement->plan->parameter_types[i], values[i],
                                                 format, i + 1, *portal->arena));
    }
    portal->columns = statement->columns;
    if (result_formats.size() > 1 && result_formats.size() != portal->columns.size()) {
      throw SqlError(SqlState::kProtocolViolation,
                     fmt::format("bind message has {} result formats but query has {} columns",
                                 result_formats.size(), portal->columns.size()));
    }
    for (size_t i = 0; i < portal->columns.size(); ++i) {
      if (!result_formats.empty()) {
        portal->columns[i].format = result_formats[result_formats.size() == 1 ? 0 : i];
      }
    }
    portals_[std::string(portal_name)] = std::move(portal);
    sink_.BindComplete();
  });
}

namespace {

// A query has rows even if they have no columns.
bool GivesRows(const PreparedStatement& statement, const RowDescription& columns) {
  if (!columns.empty()) return true;
  const parser::ast::Node* const node = statement.node;
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
         node->select_stmt->into_clause == nullptr;
}

}  // namespace

void ClientSession::DescribeStatement(std::string_view statement_name) {
  if (skip_to_sync_ || terminated_) return;
  Guard({}, true, [&] {
    const PreparedStatementPtr statement = FindPrepared(statement_name);
    sink_.DescribeParameters(statement->parameter_types);
    if (GivesRows(*statement, statement->columns)) {
      sink_.DescribeRows(statement->columns);
    } else {
      sink_.NoData();
    }
  });
}

void ClientSession::DescribePortal(std::string_view portal_name) {
  if (skip_to_sync_ || terminated_) return;
  Guard({}, true, [&] {
    const Portal& portal = FindPortal(portal_name);
    if (GivesRows(*portal.statement, portal.columns)) {
      sink_.DescribeRows(portal.columns);
    } else {
      sink_.NoData();
    }
  });
}

void ClientSession::Execute(std::string_view portal_name, uint32_t max_rows) {
  if (skip_to_sync_ || terminated_) return;
  const auto found = portals_.find(std::string(portal_name));
  const std::string_view sql =
      found != portals_.end() && found->second->statement->text != nullptr
          ? std::string_view(found->second->statement->text->sql())
          : std::string_view();
  Guard(sql, true, [&] {
    Portal& portal = FindPortal(portal_name);
    PreparedStatement& statement = *portal.statement;
    StartStatement(statement.statement_text);
    if (statement.node == nullptr) {
      sink_.EmptyQuery();
      return;
    }
    CheckAllowedInFailedBlock(*statement.node);
    current_source_ = statement.text->sql();
    if (statement.plan == nullptr || statement.plan->root == nullptr) {
      std::string tag;
      const parser::RawStatement raw = statement.text->statements()[0];
      if (!RunSessionStatement(*raw.node, &tag)) {
        RunCommandStatement(raw, statement.text->sql(), &tag);
      }
      if (portals_.contains(std::string(portal_name))) portal.finished = true;
      sink_.CommandComplete(tag);
      return;
    }
    if (portal.execution == nullptr && !portal.finished) {
      EnsureTransaction();
      LockAsPlanned(statement);
      CheckMayRun(*statement.plan);
      portal.execution = NewExecution(statement.plan);
      portal.execution->parameters() = portal.parameters;
      portal.execution->Start();
    }
    uint64_t fetched = 0;
    if (!portal.finished) {
      const types::IoSettings& io = settings_.effective().io;
      portal.finished =
          portal.execution->Fetch(max_rows, [&](const types::Batch& batch) {
            if (GivesRows(statement, portal.columns)) sink_.Rows(portal.columns, batch, io);
            fetched += batch.row_count();
          });
    }
    if (!portal.finished) {
      sink_.PortalSuspended();
      return;
    }
    const bool is_select = statement.plan->statement_class == plan::StatementClass::kSelect;
    const uint64_t rows = is_select                      ? fetched
                          : portal.execution == nullptr ? 0
                                                        : portal.execution->rows_changed();
    portal.execution.reset();
    sink_.CommandComplete(CompletionTag(statement.plan->statement_class, rows));
  });
}

void ClientSession::CloseStatement(std::string_view statement_name) {
  if (skip_to_sync_ || terminated_) return;
  prepared_.erase(std::string(statement_name));
  sink_.CloseComplete();
}

void ClientSession::ClosePortal(std::string_view portal_name) {
  if (skip_to_sync_ || terminated_) return;
  portals_.erase(std::string(portal_name));
  sink_.CloseComplete();
}

void ClientSession::Sync() {
  if (terminated_) return;
  skip_to_sync_ = false;
  if (block_ == BlockState::kImplicit) {
    Guard({}, false, [&] { CommitTransaction(); });
  }
  portals_.erase("");
  FinishStatement();
  SendReports();
  if (!terminated_) sink_.ReadyForQuery(transaction_status());
}

void ClientSession::ProtocolViolation(SqlError error, ProtocolKind kind) {
  if (skip_to_sync_ || terminated_) return;
  const bool extended = kind == ProtocolKind::kExtended;
  HandleError(std::move(error), {}, extended);
  if (!extended && !terminated_) sink_.ReadyForQuery(transaction_status());
}

void ClientSession::Interrupt() {
  Guard({}, false, [&] { cancel_.Check(); });
}

PreparedStatementPtr ClientSession::FindPrepared(std::string_view name) {
  const auto found = prepared_.find(std::string(name));
  if (found != prepared_.end()) return found->second;
  if (name.empty()) {
    throw SqlError(SqlState::kUndefinedPstatement, "unnamed prepared statement does not exist");
  }
  throw SqlError(SqlState::kUndefinedPstatement,
                 fmt::format("prepared statement \"{}\" does not exist", name));
}

Portal& ClientSession::FindPortal(std::string_view name) {
  const auto found = portals_.find(std::string(name));
  if (found != portals_.end()) return *found->second;
  throw SqlError(SqlState::kUndefinedCursor, fmt::format("portal \"{}\" does not exist", name));
}

void ClientSession::DropPortalsMadeUnder(size_t savepoint_depth) {
  std::erase_if(portals_, [&](const auto& entry) {
    return entry.second->savepoint_depth >= savepoint_depth;
  });
}

void ClientSession::DropPortals(bool keep_held) {
  std::erase_if(portals_, [&](const auto& entry) {
    return !(keep_held && entry.second->hold && entry.second->finished);
  });
}

}  // namespace grizzly::session
