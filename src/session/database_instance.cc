#include "session/database_instance.h"

#include <algorithm>
#include <random>

#include "base/log/log.h"
#include "catalog/builtin.h"
#include "catalog/role_settings.h"
#include "facts/types.h"
#include "session/auto_analyze.h"
#include "session/client_session.h"
#include "storage/kv/fault_injection.h"
#include "types/type_io.h"

namespace grizzly::session {
namespace {

storage::StoreOptions StoreOptionsFrom(const InstanceOptions& options) {
  storage::StoreOptions store;
  store.directory = options.directory;
  store.medium = options.medium;
  store.faults = storage::FaultInjector::FromEnvironment();
  for (const auto& [name, value] : options.settings) {
    // shared_buffers is in 8 kB pages: it is the block cache here.
    if (name == "shared_buffers") {
      store.block_cache_bytes = std::stoull(CanonicalSetting(name, value)) * 8192;
    }
  }
  return store;
}

// A timestamptz as text; never: empty.
bool IsPast(const std::string& time) {
  if (time.empty()) return false;
  Arena arena;
  const types::Datum parsed = types::BuiltinTypeIo(facts::kTimestamptzOid)
                                  ->Input(time, types::kNoTypmod, types::IoSettings(), arena);
  return parsed.As<int64_t>() < NowUs();
}

int32_t RandomKey() {
  thread_local std::random_device device;
  return static_cast<int32_t>(device());
}

void PlantFault(std::string_view name, txn::TransactionManager& transactions) {
  constexpr std::pair<std::string_view, txn::PlantedFault> kFaults[] = {
      {"row-lock", txn::PlantedFault::kRowLock},
      {"stale-row", txn::PlantedFault::kStaleRow},
      {"snapshot", txn::PlantedFault::kSnapshot},
      {"read-tracking", txn::PlantedFault::kReadTracking},
  };
  for (const auto& [known, fault] : kFaults) {
    if (name != known) continue;
    transactions.PlantFaultForTest(fault);
    log::Write(Severity::kWarning,
               fmt::format("isolation is broken on purpose: developer_fault is {}", name));
    return;
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid value for parameter \"developer_fault\": \"{}\"", name));
}

}  // namespace

std::unique_ptr<Instance> OpenInstance(const InstanceOptions& options) {
  return std::make_unique<DatabaseInstance>(options);
}

DatabaseInstance::DatabaseInstance(const InstanceOptions& options)
    : settings_(options.settings), memory_("server", nullptr) {
  const Settings checked(settings_);  // refuses unknown names and bad values before anything opens
  connections_max_ = std::stoi(checked.Raw("max_connections"));
  directory_ = options.directory;
  start_time_us_ = NowUs();
  store_ = storage::Store::Open(StoreOptionsFrom(options));
  temporary_files_ = std::make_unique<storage::TemporaryFiles>(StoreOptionsFrom(options));
  workers_ = std::make_unique<executor::WorkerPool>(std::stoi(checked.Raw("max_parallel_workers")));
  transactions_ = std::make_unique<txn::TransactionManager>(*store_, locks_);
  prepared_ = std::make_unique<txn::PreparedTransactions>(
      *transactions_, &memory_, std::stoi(checked.Raw("max_prepared_transactions")));
  running_ids_ = std::make_unique<RunningIds>(transactions_->NextTimestamp());
  for (const txn::PreparedTransaction& prepared : prepared_->List()) running_ids_->Add(prepared.id);
  if (!options.developer_fault.empty()) PlantFault(options.developer_fault, *transactions_);
  shared_ = catalog::OpenSharedCatalog(*transactions_);
  sequences_ = std::make_unique<catalog::Sequences>(*store_);
  virtual_tables_ = &catalog::FindCatalogTable;
  auto_analyze_ = std::make_unique<AutoAnalyze>(*this, checked);
}

DatabaseInstance::~DatabaseInstance() = default;

std::optional<RoleLogin> DatabaseInstance::FindRoleLogin(std::string_view role) {
  const auto found = shared_->FindRole(role);
  if (found == nullptr) return std::nullopt;
  RoleLogin login;
  login.can_login = found->can_login;
  login.is_superuser = found->superuser;
  login.connection_limit = found->connection_limit;
  // An expired password is none: the client learns no more than that it was wrong.
  if (!IsPast(found->valid_until)) login.password_verifier = found->password_verifier;
  return login;
}

std::shared_ptr<TenantState> DatabaseInstance::OpenTenant(
    const std::shared_ptr<const catalog::Database>& database) {
  std::lock_guard lock(mutex_);
  std::weak_ptr<TenantState>& slot = tenants_[database->tenant.value];
  auto state = slot.lock();
  if (state == nullptr || (state->database != database && SeatsOn(database->oid) == 1)) {
    state = std::make_shared<TenantState>();
    state->database = database;
    state->catalog = shared_->OpenCatalog(database->tenant);
    slot = state;
  }
  std::erase_if(recently_used_, [&](const auto& kept) { return kept->database->oid == database->oid; });
  recently_used_.push_back(state);
  if (recently_used_.size() > kIdleTenantsKept) recently_used_.pop_front();
  return state;
}

std::unique_ptr<Session> DatabaseInstance::Connect(const ConnectRequest& request,
                                                   ResultSink& sink) {
  const auto role = shared_->FindRole(request.user);
  if (role == nullptr) {
    throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                   fmt::format("role \"{}\" does not exist", request.user))
        .Fatal();
  }
  if (!role->can_login) {
    throw SqlError(SqlState::kInvalidAuthorizationSpecification,
                   fmt::format("role \"{}\" is not permitted to log in", request.user))
        .Fatal();
  }
  const std::string& name = request.database.empty() ? request.user : request.database;
  const auto database = shared_->FindDatabase(name);
  if (database == nullptr) {
    throw SqlError(SqlState::kInvalidCatalogName,
                   fmt::format("database \"{}\" does not exist", name))
        .Fatal();
  }
  if (!database->allow_connections) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("database \"{}\" is not currently accepting connections", name))
        .Fatal();
  }
  SettingList reset;
  {
    std::lock_guard lock(mutex_);
    reset = settings_;
  }
  // The later ones win: of all roles, of the database, of the role, of the role in the database.
  const auto add = [&](const catalog::StoredSettings& settings) {
    reset.insert(reset.end(), settings.begin(), settings.end());
  };
  const auto owner = shared_->FindRole(catalog::kBootstrapSuperuser);
  if (owner != nullptr) add(catalog::SettingsIn(*owner, kInvalidOid));
  add(database->settings);
  add(catalog::PlainSettings(*role));
  add(catalog::SettingsIn(*role, database->oid));
  reset.emplace_back("session_authorization", role->name);
  reset.emplace_back("is_superuser", role->superuser ? "on" : "off");
  SessionId id;
  {
    std::lock_guard lock(mutex_);
    if (!request.is_upkeep) RequireRoom(*role, *database);
    do {
      next_session_id_ = next_session_id_ == INT32_MAX ? 1000 : next_session_id_ + 1;
    } while (sessions_.contains(next_session_id_));
    id = SessionId{next_session_id_};
    sessions_.emplace(id.value, Seat{role->oid, database->oid, nullptr});
  }
  try {
    auto session = std::make_unique<ClientSession>(*this, OpenTenant(database), id, RandomKey(),
                                                   request, role, reset, sink);
    std::call_once(session->tenant().leftovers_dropped,
                   [&] { session->DropTemporaryLeftovers(); });
    std::lock_guard lock(mutex_);
    sessions_[id.value].session = session.get();
    return session;
  } catch (...) {
    std::lock_guard lock(mutex_);
    sessions_.erase(id.value);
    throw;
  }
}

void DatabaseInstance::RequireRoom(const catalog::Role& role,
                                   const catalog::Database& database) const {
  const auto refuse = [](std::string message) {
    throw SqlError(SqlState::kTooManyConnections, std::move(message)).Fatal();
  };
  if (static_cast<int>(sessions_.size()) >= connections_max_) refuse("sorry, too many clients already");
  if (role.superuser || (role.connection_limit < 0 && database.connection_limit < 0)) return;
  int of_role = 0, of_database = 0;
  for (const auto& [id, seat] : sessions_) {
    of_role += seat.role == role.oid ? 1 : 0;
    of_database += seat.database == database.oid ? 1 : 0;
  }
  if (role.connection_limit >= 0 && of_role >= role.connection_limit) {
    refuse(fmt::format("too many connections for role \"{}\"", role.name));
  }
  if (database.connection_limit >= 0 && of_database >= database.connection_limit) {
    refuse(fmt::format("too many connections for database \"{}\"", database.name));
  }
}

void DatabaseInstance::Remove(ClientSession& session) {
  std::lock_guard lock(mutex_);
  sessions_.erase(session.id().value);
}

std::vector<std::pair<std::string, std::string>> DatabaseInstance::ReportedParameters(
    Session& session) {
  auto& client = static_cast<ClientSession&>(session);
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::string_view name : Settings::ReportedNames()) {
    parameters.emplace_back(name, *client.settings().Show(name, false));
  }
  return parameters;
}

bool DatabaseInstance::CancelSession(SessionId id, int32_t cancel_key) {
  std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id.value);
  if (found == sessions_.end() || found->second.session == nullptr ||
      found->second.session->cancel_key() != cancel_key) {
    return false;
  }
  found->second.session->Cancel(CancelReason::kUserRequest);
  return true;
}

bool DatabaseInstance::SignalSession(SessionId id, CancelReason reason) {
  std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id.value);
  if (found == sessions_.end() || found->second.session == nullptr) return false;
  found->second.session->Cancel(reason);
  return true;
}

void DatabaseInstance::TerminateAllSessions() {
  ForEachSession([](ClientSession& session) { session.Cancel(CancelReason::kAdminShutdown); });
}

void DatabaseInstance::ForEachSession(const std::function<void(ClientSession&)>& visit) {
  std::lock_guard lock(mutex_);
  for (const auto& [id, seat] : sessions_) {
    if (seat.session != nullptr) visit(*seat.session);
  }
}

std::vector<std::shared_ptr<TenantState>> DatabaseInstance::TenantsOfLate() {
  std::lock_guard lock(mutex_);
  std::erase_if(recently_used_, [&](const auto& kept) { return shared_->FindDatabase(kept->database->oid) == nullptr; });
  std::vector<std::shared_ptr<TenantState>> of_late;
  for (const auto& [number, tenant] : tenants_) {
    if (auto state = tenant.lock()) of_late.push_back(std::move(state));
  }
  return of_late;
}

int DatabaseInstance::SeatsOn(Oid database) const {
  return static_cast<int>(std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& session) { return session.second.database == database; }));
}

int DatabaseInstance::SessionsOn(Oid database, SessionId except) {
  int count = 0;
  ForEachSession([&](ClientSession& session) {
    if (session.tenant().database->oid == database && session.id() != except) ++count;
  });
  return count;
}

size_t DatabaseInstance::session_count() const {
  std::lock_guard lock(mutex_);
  return sessions_.size();
}

void DatabaseInstance::ReloadConfiguration(const SettingList& settings) {
  try {
    const Settings checked(settings);
  } catch (const SqlError& error) {
    log::Write(Severity::kLog, fmt::format("the configuration was not reloaded: {}", error.what()));
    return;
  }
  // Sessions that begin from now on start with these.
  std::lock_guard lock(mutex_);
  settings_ = settings;
}

std::vector<std::pair<std::string, uint64_t>> DatabaseInstance::Statistics() const {
  return store_->Statistics();
}

bool DatabaseInstance::IsReady(std::string* reason) {
  const auto stopped = store_->WriteStopReason();
  if (stopped.has_value() && reason != nullptr) *reason = *stopped;
  return !stopped.has_value();
}

std::string DatabaseInstance::ServerVersion() const {
  std::lock_guard lock(mutex_);
  return *Settings(settings_).Show("server_version", false);
}

}  // namespace grizzly::session
