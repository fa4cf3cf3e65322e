// SET, SHOW, PREPARE, EXECUTE, cursors, DISCARD: what a session does to itself.
#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/inheritance.h"
#include "executor/row_store.h"
#include "executor/table_access.h"
#include "facts/roles.h"
#include "facts/settings.h"
#include "facts/types.h"
#include "planner/binder/binder.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/setting_text.h"

namespace grizzly::session {
namespace {

bool IsTransactionSetting(std::string_view name) {
  return name == "transaction_isolation" || name == "transaction_read_only" ||
         name == "transaction_deferrable";
}

std::string ConstantText(const PgQuery__AConst& constant) {
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_SVAL: return constant.sval->sval;
    case PG_QUERY__A__CONST__VAL_IVAL: return std::to_string(constant.ival->ival);
    case PG_QUERY__A__CONST__VAL_FVAL: return constant.fval->fval;
    case PG_QUERY__A__CONST__VAL_BOOLVAL: return constant.boolval->boolval ? "on" : "off";
    default: return "";
  }
}

}  // namespace

std::string SettingText(const PgQuery__VariableSetStmt& statement) {
  std::string text;
  for (size_t i = 0; i < statement.n_args; ++i) {
    const PgQuery__Node& argument = *statement.args[i];
    std::string part;
    if (argument.node_case == PG_QUERY__NODE__NODE_A_CONST) {
      part = ConstantText(*argument.a_const);
    } else if (argument.node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
      // SET TIME ZONE INTERVAL '...' HOUR TO MINUTE
      ThrowNotSupported("SET TIME ZONE INTERVAL");
    }
    const bool is_list = std::string_view(statement.name) == "search_path";
    if (is_list) {
      bool plain = !part.empty() && !(part[0] >= '0' && part[0] <= '9');
      for (char c : part) {
        plain &= (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
      }
      if (!plain) {
        std::string quoted = "\"";
        for (char c : part) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        part = quoted + "\"";
      }
    }
    if (i > 0) text += ", ";
    text += part;
  }
  return text;
}

bool ClientSession::IsRoleSetting(std::string_view name) {
  return name == "role" || name == "session_authorization";
}

std::shared_ptr<const catalog::Role> ClientSession::FindRole(std::string_view name) {
  catalog::SharedCatalog& shared = instance_.shared_catalog();
  return transaction_ == nullptr ? shared.FindRole(name) : shared.FindRole(name, *transaction_);
}

// Without memberships: superusers may become anybody, others themselves.
void ClientSession::CheckRoleSetting(std::string_view name, std::string_view value) {
  const bool is_role = name == "role";
  if (is_role && value == "none") return;
  const auto found = FindRole(value);
  if (found == nullptr) {
    throw SqlError(SqlState::kInvalidParameterValue, fmt::format("role \"{}\" does not exist", value));
  }
  const catalog::Role& asking = is_role ? session_role() : *login_role_;
  if (asking.superuser || asking.oid == found->oid) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 is_role ? fmt::format("permission denied to set role \"{}\"", value)
                         : "permission denied to set session authorization");
}

// A new session user has no role but his own.
void ClientSession::CheckMaySet(std::string_view name) {
  const facts::SettingFact* fact = facts::FindSetting(name);
  if (fact == nullptr || role().superuser || fact->context != "superuser") return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("permission denied to set parameter \"{}\"", fact->name));
}

namespace {

// Settings whose value names an object.
void CheckNamedSetting(std::string_view name, std::string_view value) {
  const auto refuse = [&](std::string detail) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid value for parameter \"{}\": \"{}\"", name, value))
        .Detail(std::move(detail));
  };
  if (name == "default_table_access_method") {
    if (value.empty()) refuse(fmt::format("{} cannot be empty.", name));
    const facts::AccessMethodFact* method = catalog::FindAccessMethod(value);
    if (method == nullptr) refuse(fmt::format("Table access method \"{}\" does not exist.", value));
  }
  if (name == "default_tablespace" && !value.empty()) {
    const bool is_known = std::ranges::any_of(
        facts::AllTablespaces(), [&](const facts::TablespaceFact& fact) { return fact.spcname == value; });
    if (!is_known) refuse(fmt::format("Tablespace \"{}\" does not exist.", value));
  }
}

}  // namespace

void ClientSession::SetSetting(std::string_view name, std::string_view value, bool local) {
  CheckMaySet(name);
  if (IsRoleSetting(name)) CheckRoleSetting(name, value);
  CheckNamedSetting(name, value);
  settings_.Set(name, value, local, SettingSource::kSession);
  if (name == "session_authorization") settings_.Set("role", "none", local, SettingSource::kSession);
}

void ClientSession::FollowRoleSettings() {
  role_version_ = settings_.effective().version;
  const auto named = [&](std::string_view name, const std::shared_ptr<const catalog::Role>& now) {
    if (now->name == name) return now;
    const auto found = FindRole(name);
    return found == nullptr ? now : found;  // renamed or dropped meanwhile
  };
  session_role_ = named(settings_.Raw("session_authorization"), session_role_);
  const std::string wanted = settings_.Raw("role");
  const auto before = role_;
  role_ = wanted == "none" ? session_role_ : named(wanted, role_);
  if (role_->superuser == before->superuser) return;
  settings_.Set("is_superuser", role_->superuser ? "on" : "off", false, SettingSource::kServer);
  role_version_ = settings_.effective().version;
}

void ClientSession::RunSet(const PgQuery__VariableSetStmt& statement, std::string* tag) {
  *tag = "SET";
  const std::string name = statement.name == nullptr ? "" : statement.name;
  const bool in_block = block_ == BlockState::kExplicit;
  const auto warn_outside_block = [&](std::string_view what) {
    Diagnostic warning;
    warning.severity = Severity::kWarning;
    warning.state = SqlState::kNoActiveSqlTransaction;
    warning.message = fmt::format("{} can only be used in transaction blocks", what);
    Notify(std::move(warning));
  };
  switch (statement.kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE: {
      if (IsTransactionSetting(name)) {
        SetTransactionCharacteristic(name, CanonicalSetting(name, SettingText(statement)));
        return;
      }
      if (statement.is_local && !in_block) warn_outside_block("SET LOCAL");
      SetSetting(name, SettingText(statement), statement.is_local);
      return;
    }
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
      SetSetting(name, settings_.ResetValue(name), statement.is_local);
      return;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_CURRENT: ThrowNotSupported("SET FROM CURRENT");
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_MULTI: {
      // TRANSACTION, SESSION CHARACTERISTICS AS TRANSACTION: a list of DefElems.
      if (name == "TRANSACTION SNAPSHOT") ThrowNotSupported("SET TRANSACTION SNAPSHOT");
      const bool for_session = name == "SESSION CHARACTERISTICS";
      if (!for_session && !in_block) warn_outside_block("SET TRANSACTION");
      for (size_t i = 0; i < statement.n_args; ++i) {
        const PgQuery__DefElem& option = *statement.args[i]->def_elem;
        const std::string value = ConstantText(*option.arg->a_const);
        const std::string_view option_name = option.defname;
        const std::string truth = value == "0" || value == "off" ? "off"
                                  : value == "1"                 ? "on"
                                                                 : value;
        if (for_session) {
          settings_.Set("default_" + std::string(option_name), truth, false,
                        SettingSource::kSession);
        } else {
          SetTransactionCharacteristic(option_name, truth);
        }
      }
      return;
    }
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
      *tag = "RESET";
      if (name == "session_authorization") return SetSetting(name, login_role_->name, false);
      CheckMaySet(name);
      settings_.Reset(name);
      return;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL:
      *tag = "RESET";
      settings_.ResetAll();
      return;
    default: ThrowNotSupported("this form of SET");
  }
}

void ClientSession::SendTextRows(const std::vector<std::string>& names,
                                 const std::vector<std::vector<std::string>>& rows) {
  RowDescription columns;
  std::vector<types::SqlType> types;
  for (const std::string& name : names) {
    ResultColumn column;
    column.name = name;
    column.type = types::BuiltinType(facts::kTextOid);
    column.io = types::BuiltinTypeIo(facts::kTextOid);
    types.push_back(column.type);
    columns.push_back(std::move(column));
  }
  sink_.DescribeRows(columns);
  for (const auto& row : rows) {
    types::Batch batch(types, 1);
    for (size_t i = 0; i < row.size(); ++i) batch.column(i).SetString(0, row[i]);
    batch.set_row_count(1);
    sink_.Rows(columns, batch, settings_.effective().io);
  }
}

void ClientSession::RunShow(const PgQuery__VariableShowStmt& statement) {
  const std::string name = statement.name;
  if (name == "all") {
    std::vector<std::vector<std::string>> rows;
    for (const facts::SettingFact& fact : facts::AllSettings()) {
      if (facts::HasFlag(fact, "NO_SHOW_ALL")) continue;
      rows.push_back({std::string(fact.name), *settings_.Show(fact.name, false),
                      std::string(fact.short_desc)});
    }
    SendTextRows({"name", "setting", "description"}, rows);
    return;
  }
  if (IsTransactionSetting(name)) {
    SendTextRows({name}, {{ShowTransactionSetting(name)}});
    return;
  }
  const facts::SettingFact* fact = facts::FindSetting(name);
  const std::string shown = *settings_.Show(name, false);
  SendTextRows({fact == nullptr ? name : std::string(fact->name)}, {{shown}});
}

// ---- PREPARE and EXECUTE ----

void ClientSession::RunPrepare(const PgQuery__PrepareStmt& statement) {
  const std::string name = statement.name;
  if (prepared_.contains(name)) {
    throw SqlError(SqlState::kDuplicatePstatement,
                   fmt::format("prepared statement \"{}\" already exists", name));
  }
  auto made = std::make_shared<PreparedStatement>();
  made->name = name;
  made->from_sql = true;
  made->prepare_time_us = statement_time_us_;
  const planner::BinderInput input = MakeBinderInput(Snapshot(), current_source_);
  for (size_t i = 0; i < statement.n_argtypes; ++i) {
    made->declared_parameters.push_back(
        planner::ResolveTypeName(*statement.argtypes[i]->type_name, input).oid);
  }
  // The text is parsed again so that the statement owns its tree.
  made->text = parser::ParsedText::Parse(current_source_);
  for (const parser::RawStatement& raw : made->text->statements()) {
    if (raw.node->node_case != PG_QUERY__NODE__NODE_PREPARE_STMT) continue;
    if (name != raw.node->prepare_stmt->name) continue;
    made->node = raw.node->prepare_stmt->query;
    made->statement_text = raw.text;
  }
  GRIZZLY_CHECK(made->node != nullptr);
  PlanPrepared(*made);
  prepared_[name] = std::move(made);
}

std::vector<types::Datum> ClientSession::EvaluateArguments(const PreparedStatement& statement,
                                                           PgQuery__Node* const* arguments,
                                                           size_t count, Arena& arena) {
  const auto& types = statement.plan->parameter_types;
  if (count != types.size()) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("wrong number of parameters for prepared statement \"{}\"",
                               statement.name))
        .Detail(fmt::format("Expected {} parameters but got {}.", types.size(), count));
  }
  std::vector<types::Datum> values;
  const planner::BinderInput input = MakeBinderInput(Snapshot(), current_source_);
  plan::Plan no_plan;
  executor::ExecContext context(no_plan, *transaction_);
  Arena scratch(&memory_);
  context.memory = &memory_;
  FillContext(context);
  context.evaluation.functions.scratch = &scratch;
  for (size_t i = 0; i < count; ++i) {
    expr::ExprPtr bound = planner::BindTableExpression(
        *arguments[i], nullptr, {}, planner::ExpressionPlace::kExecuteParameter, input);
    bound = planner::CoerceForAssignment(std::move(bound), types[i], fmt::format("${}", i + 1),
                                         input);
    expr::Evaluator evaluator(*bound, context.evaluation);
    values.push_back(evaluator.EvaluateScalar().CopyTo(types[i].physical, arena));
  }
  return values;
}

void ClientSession::RunExecute(const PgQuery__ExecuteStmt& statement, std::string* tag) {
  const PreparedStatementPtr prepared = FindPrepared(statement.name);
  if (prepared->node == nullptr) return;
  PlanPrepared(*prepared);
  if (prepared->plan->root == nullptr) {
    // A utility statement: it runs as if typed.
    if (!RunSessionStatement(*prepared->node, tag)) {
      RunCommandStatement({prepared->node, 0, prepared->statement_text}, prepared->text->sql(),
                          tag);
    }
    return;
  }
  auto arena = std::make_unique<Arena>(&memory_);
  std::vector<types::Datum> parameters =
      EvaluateArguments(*prepared, statement.params, statement.n_params, *arena);
  LockAsPlanned(*prepared);
  CheckMayRun(*prepared->plan);
  const auto execution = NewExecution(prepared->plan);
  execution->parameters() = std::move(parameters);
  execution->Start();
  const RowDescription columns = Describe(*prepared->plan);
  const bool is_select = prepared->plan->statement_class == plan::StatementClass::kSelect;
  const bool has_rows = is_select || !columns.empty();
  if (has_rows) sink_.DescribeRows(columns);
  execution->Fetch(0, [&](const types::Batch& batch) {
    if (has_rows) sink_.Rows(columns, batch, settings_.effective().io);
  });
  *tag = CompletionTag(prepared->plan->statement_class,
                       is_select ? execution->rows_fetched() : execution->rows_changed());
}

void ClientSession::RunDeallocate(const PgQuery__DeallocateStmt& statement, std::string* tag) {
  if (statement.name == nullptr || *statement.name == '\0') {
    prepared_.clear();
    *tag = "DEALLOCATE ALL";
    return;
  }
  FindPrepared(statement.name);
  prepared_.erase(statement.name);
  *tag = "DEALLOCATE";
}

// ---- cursors ----

namespace {

constexpr int32_t kCursorScroll = 0x0002;
constexpr int32_t kCursorNoScroll = 0x0004;
constexpr int32_t kCursorBinary = 0x0001;
constexpr int32_t kCursorInsensitive = 0x0008;
constexpr int32_t kCursorAsensitive = 0x0010;
constexpr int32_t kCursorHold = 0x0020;

[[noreturn]] void ThrowBadCursor(SqlState state, std::string message, std::string detail = "") {
  SqlError error(state, std::move(message));
  if (!detail.empty()) std::move(error).Detail(std::move(detail));
  throw error;
}

void CheckCursorOptions(int32_t options) {
  const auto has = [&](int32_t option) { return (options & option) != 0; };
  if (has(kCursorScroll) && has(kCursorNoScroll)) {
    ThrowBadCursor(SqlState::kInvalidCursorDefinition, "cannot specify both SCROLL and NO SCROLL");
  }
  if (has(kCursorAsensitive) && has(kCursorInsensitive)) {
    ThrowBadCursor(SqlState::kInvalidCursorDefinition,
                   "cannot specify both ASENSITIVE and INSENSITIVE");
  }
}

// The command of the strongest row lock.
std::string_view LockCommand(const parser::ast::Node& query) {
  const PgQuery__SelectStmt& select = *query.select_stmt;
  if (select.n_locking_clause == 0) return "FOR UPDATE";
  switch (select.locking_clause[0]->locking_clause->strength) {
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE: return "FOR KEY SHARE";
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE: return "FOR SHARE";
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE: return "FOR NO KEY UPDATE";
    default: return "FOR UPDATE";
  }
}

// What changes or locks rows cannot be read twice, or after its transaction.
void CheckCursorPlan(const plan::Plan& plan, const PgQuery__DeclareCursorStmt& statement) {
  if (plan.writes) {
    ThrowBadCursor(SqlState::kFeatureNotSupported,
                   "DECLARE CURSOR must not contain data-modifying statements in WITH");
  }
  if (!plan.has_row_locks) return;
  const std::string_view command = LockCommand(*statement.query);
  if ((statement.options & kCursorHold) != 0) {
    ThrowBadCursor(SqlState::kFeatureNotSupported,
                   fmt::format("DECLARE CURSOR WITH HOLD ... {} is not supported", command),
                   "Holdable cursors must be READ ONLY.");
  }
  if ((statement.options & kCursorScroll) != 0) {
    ThrowBadCursor(SqlState::kFeatureNotSupported,
                   fmt::format("DECLARE SCROLL CURSOR ... {} is not supported", command),
                   "Scrollable cursors must be READ ONLY.");
  }
  if ((statement.options & kCursorInsensitive) != 0) {
    ThrowBadCursor(SqlState::kInvalidCursorDefinition,
                   fmt::format("DECLARE INSENSITIVE CURSOR ... {} is not valid", command),
                   "Insensitive cursors must be READ ONLY.");
  }
}

[[noreturn]] void ThrowForwardOnly() {
  throw SqlError(SqlState::kObjectNotInPrerequisiteState, "cursor can only scan forward")
      .Hint("Declare it with SCROLL option to enable backward scan.");
}

}  // namespace

void ClientSession::RunDeclareCursor(const PgQuery__DeclareCursorStmt& statement) {
  const std::string name = statement.portalname;
  CheckCursorOptions(statement.options);
  const bool hold = (statement.options & kCursorHold) != 0;
  if (!hold && block_ != BlockState::kExplicit) {
    throw SqlError(SqlState::kNoActiveSqlTransaction,
                   "DECLARE CURSOR can only be used in transaction blocks");
  }
  if (portals_.contains(name)) {
    throw SqlError(SqlState::kDuplicateCursor, fmt::format("cursor \"{}\" already exists", name));
  }
  auto prepared = std::make_shared<PreparedStatement>();
  prepared->statement_text = current_source_;
  prepared->plan = PlanCursor(*statement.query);
  CheckCursorPlan(*prepared->plan, statement);
  auto portal = std::make_unique<Portal>();
  portal->name = name;
  portal->is_cursor = true;
  portal->hold = hold;
  portal->scroll =
      (statement.options & kCursorNoScroll) == 0 && !prepared->plan->has_row_locks;
  portal->columns = Describe(*prepared->plan);
  if ((statement.options & kCursorBinary) != 0) {
    for (ResultColumn& column : portal->columns) column.format = ValueFormat::kBinary;
  }
  portal->creation_time_us = statement_time_us_;
  portal->savepoint_depth = savepoints_.size();
  portal->rows = std::make_unique<executor::RowStore>(prepared->plan->root->output_types, &memory_);
  portal->execution = NewExecution(prepared->plan);
  portal->execution->Start();
  portal->statement = std::move(prepared);
  portals_[name] = std::move(portal);
}

// Reads on until `rows` rows are kept, or all.
std::string ClientSession::CursorRow(std::string_view name, const catalog::Relation& relation) {
  const auto found = portals_.find(std::string(name));
  if (found == portals_.end() || !found->second->is_cursor) {
    throw SqlError(SqlState::kUndefinedCursor, fmt::format("cursor \"{}\" does not exist", name));
  }
  const Portal& portal = *found->second;
  const auto refuse = [&](std::string what) {
    throw SqlError(SqlState::kInvalidCursorState, fmt::format("cursor \"{}\" {}", name, what));
  };
  if (portal.execution == nullptr) refuse("is held from a previous transaction");
  const plan::Plan& plan = portal.execution->plan();
  // The table's own, or that of a table it descends from.
  const auto names = [&](Oid oid) {
    const catalog::RelationPtr root = Snapshot()->FindRelation(oid);
    if (root == nullptr) return false;
    for (const catalog::RelationPtr& member : catalog::TreeOf(*Snapshot(), root)) {
      if (member->oid == relation.oid) return true;
    }
    return false;
  };
  const plan::Plan::RowKey* key = nullptr;
  size_t keys = 0;
  for (const plan::Plan::RowKey& each : plan.row_keys) {
    if (!names(each.relation)) continue;
    key = &each;
    ++keys;
  }
  if (plan.has_row_locks && keys != 1) {
    refuse(fmt::format("{} to table \"{}\"",
                       keys == 0 ? "does not have a FOR UPDATE/SHARE reference"
                                 : "has multiple FOR UPDATE/SHARE references",
                       relation.name));
  }
  if (keys != 1) refuse(fmt::format("is not a simply updatable scan of table \"{}\"", relation.name));
  if (portal.position == 0 || portal.position > portal.rows->row_count()) {
    refuse("is not positioned on a row");
  }
  const types::Datum mark = portal.rows->Get(portal.position - 1, key->position);
  const std::string_view row_key = mark.AsString().substr(txn::kRowTimestampBytes);
  if (!row_key.starts_with(executor::RowKeyHead(relation))) return "";
  return std::string(executor::SuffixOfRowKey(row_key));
}

void ClientSession::FillCursorTo(Portal& portal, uint64_t rows) {
  while (!portal.finished && portal.rows->row_count() < rows) {
    if (portal.execution == nullptr) {
      throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                     fmt::format("portal \"{}\" cannot be run", portal.name));
    }
    const uint64_t wanted = std::min<uint64_t>(rows - portal.rows->row_count(), 1u << 20);
    try {
      portal.finished = portal.execution->Fetch(
          wanted, [&](const types::Batch& batch) { portal.rows->Append(batch); });
    } catch (...) {
      portal.execution.reset();  // it cannot go on from here
      throw;
    }
  }
}

ClientSession::FetchedRows ClientSession::FetchAt(Portal& portal, int64_t target) {
  // The row it stands on is read again by going back to it.
  const auto position = static_cast<int64_t>(portal.position);
  const bool on_row = position > 0 && portal.position <= portal.rows->row_count();
  const bool goes_back = target < position || (target == position && on_row);
  if (goes_back && !portal.scroll) ThrowForwardOnly();
  target = std::max<int64_t>(target, 0);
  FillCursorTo(portal, static_cast<uint64_t>(target));
  FetchedRows fetched;
  fetched.position = std::min<uint64_t>(static_cast<uint64_t>(target), portal.rows->row_count() + 1);
  if (fetched.position >= 1 && fetched.position <= portal.rows->row_count()) {
    fetched.first = fetched.last = fetched.position;
  }
  return fetched;
}

ClientSession::FetchedRows ClientSession::FetchForward(Portal& portal, uint64_t count) {
  FetchedRows fetched;
  const uint64_t end = count > UINT64_MAX - portal.position ? UINT64_MAX : portal.position + count;
  FillCursorTo(portal, end);
  const uint64_t rows = portal.rows->row_count();
  if (portal.position < rows) {
    fetched.first = portal.position + 1;
    fetched.last = std::min<uint64_t>(end, rows);
  }
  fetched.position = end > rows ? rows + 1 : end;
  return fetched;
}

ClientSession::FetchedRows ClientSession::FetchBackward(Portal& portal, uint64_t count) {
  if (!portal.scroll) ThrowForwardOnly();
  FetchedRows fetched;
  const uint64_t available = portal.position == 0 ? 0 : portal.position - 1;
  const uint64_t taken = std::min(available, count);
  if (taken > 0) {
    fetched.last = portal.position - 1;
    fetched.first = portal.position - taken;
  }
  fetched.position = count > available ? 0 : portal.position - taken;
  fetched.reversed = true;
  return fetched;
}

void ClientSession::RunFetch(const PgQuery__FetchStmt& statement, std::string* tag) {
  const auto found = portals_.find(statement.portalname);
  if (found == portals_.end() || !found->second->is_cursor) {
    throw SqlError(SqlState::kUndefinedCursor,
                   fmt::format("cursor \"{}\" does not exist", statement.portalname));
  }
  Portal& portal = *found->second;
  const int64_t count = statement.how_many;
  const uint64_t distance = count == INT64_MAX ? UINT64_MAX : static_cast<uint64_t>(std::abs(count));
  FetchedRows fetched;
  switch (statement.direction) {
    case PG_QUERY__FETCH_DIRECTION__FETCH_ABSOLUTE:
      if (count < 0) FillCursorTo(portal, UINT64_MAX);
      fetched = FetchAt(portal, count < 0
                                    ? static_cast<int64_t>(portal.rows->row_count()) + 1 + count
                                    : count);
      break;
    case PG_QUERY__FETCH_DIRECTION__FETCH_RELATIVE:
      fetched = FetchAt(portal, static_cast<int64_t>(portal.position) + count);
      break;
    default: {
      const bool is_backward =
          (statement.direction == PG_QUERY__FETCH_DIRECTION__FETCH_BACKWARD) != (count < 0);
      fetched = distance == 0 ? FetchAt(portal, static_cast<int64_t>(portal.position))
                : is_backward ? FetchBackward(portal, distance)
                              : FetchForward(portal, distance);
    }
  }
  portal.position = fetched.position;
  const uint64_t row_count = fetched.first == 0 ? 0 : fetched.last - fetched.first + 1;
  if (statement.ismove) {
    *tag = fmt::format("MOVE {}", row_count);
    return;
  }
  sink_.DescribeRows(portal.columns);
  SendFetched(portal, fetched, row_count);
  *tag = fmt::format("FETCH {}", row_count);
}

void ClientSession::SendFetched(Portal& portal, const FetchedRows& fetched, uint64_t row_count) {
  ReadFetched(portal, fetched, row_count, [&](const types::Batch& rows) {
    sink_.Rows(portal.columns, rows, settings_.effective().io);
  });
}

void ClientSession::ReadFetched(Portal& portal, const FetchedRows& fetched, uint64_t row_count,
                                const std::function<void(const types::Batch&)>& receive) {
  for (uint64_t i = 0; i < row_count; i += types::kBatchRowsMax) {
    std::vector<uint64_t> rows;
    for (uint64_t k = i; k < std::min<uint64_t>(row_count, i + types::kBatchRowsMax); ++k) {
      rows.push_back(fetched.reversed ? fetched.last - 1 - k : fetched.first - 1 + k);
    }
    types::Batch batch(portal.rows->column_types(), static_cast<uint32_t>(rows.size()));
    portal.rows->Gather(rows, batch);
    // Without the row keys that WHERE CURRENT OF uses.
    types::Batch visible;
    for (size_t c = 0; c < portal.columns.size(); ++c) {
      visible.AddColumn(std::move(batch.column(c)));
    }
    visible.set_row_count(static_cast<uint32_t>(rows.size()));
    receive(visible);
  }
}

void ClientSession::RunClosePortal(const PgQuery__ClosePortalStmt& statement, std::string* tag) {
  if (statement.portalname == nullptr || *statement.portalname == '\0') {
    std::erase_if(portals_, [](const auto& entry) { return entry.second->is_cursor; });
    *tag = "CLOSE CURSOR ALL";
    return;
  }
  const auto found = portals_.find(statement.portalname);
  if (found == portals_.end()) {
    throw SqlError(SqlState::kUndefinedCursor,
                   fmt::format("cursor \"{}\" does not exist", statement.portalname));
  }
  portals_.erase(found);
  *tag = "CLOSE CURSOR";
}

void ClientSession::RunDiscard(const PgQuery__DiscardStmt& statement, std::string* tag) {
  switch (statement.target) {
    case PG_QUERY__DISCARD_MODE__DISCARD_PLANS:
      tenant_->plans.Clear();
      *tag = "DISCARD PLANS";
      return;
    case PG_QUERY__DISCARD_MODE__DISCARD_SEQUENCES:
      services_->ForgetSequences();
      *tag = "DISCARD SEQUENCES";
      return;
    case PG_QUERY__DISCARD_MODE__DISCARD_TEMP:
      DropTemporaryObjects();
      *tag = "DISCARD TEMP";
      return;
    case PG_QUERY__DISCARD_MODE__DISCARD_ALL:
      if (block_ == BlockState::kExplicit) {
        throw SqlError(SqlState::kActiveSqlTransaction,
                       "DISCARD ALL cannot run inside a transaction block");
      }
      portals_.clear();
      EnsureTransaction();
      SetSetting("session_authorization", login_role_->name, /*local=*/false);
      settings_.ResetAll();
      prepared_.clear();
      services_->ForgetSequences();
      services_->ReleaseAdvisoryLocks();
      DropTemporaryObjects();
      *tag = "DISCARD ALL";
      return;
    default: ThrowNotSupported("DISCARD");
  }
}

}  // namespace grizzly::session
