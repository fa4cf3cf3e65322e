// ALTER ROLE ... SET and ALTER DATABASE ... SET: what sessions to come start with.
#include "catalog/builtin.h"
#include "catalog/role_settings.h"
#include "commands/role/databases.h"
#include "commands/role/roles.h"
#include "facts/settings.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/setting_text.h"

namespace grizzly::session {
namespace {

// "DateStyle", however it was written.
std::string NameOfSetting(std::string_view written) {
  const facts::SettingFact* fact = facts::FindSetting(written);
  return fact == nullptr ? std::string(written) : std::string(fact->name);
}

std::shared_ptr<const catalog::Database> RequireDatabase(catalog::SharedCatalog& shared,
                                                         std::string_view name) {
  auto database = shared.FindDatabase(name);
  if (database != nullptr) return database;
  throw SqlError(SqlState::kInvalidCatalogName, fmt::format("database \"{}\" does not exist", name));
}

}  // namespace

// As for SET, at the time of the change.
void ClientSession::CheckMayStore(const std::string& name) {
  const facts::SettingFact* fact = facts::FindSetting(name);
  if (fact == nullptr || role().superuser || !fact->context.starts_with("superuser")) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("permission denied to set parameter \"{}\"", fact->name));
}

void ClientSession::ChangeStored(const PgQuery__VariableSetStmt& statement,
                                 catalog::StoredSettings* stored) {
  if (statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL) {
    // Others than superusers leave what they may not set.
    std::erase_if(*stored, [&](const auto& kept) {
      const facts::SettingFact* fact = facts::FindSetting(kept.first);
      return role().superuser || fact == nullptr || !fact->context.starts_with("superuser");
    });
    return;
  }
  const std::string name = NameOfSetting(statement.name);
  std::string value;
  switch (statement.kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE: value = SettingText(statement); break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_CURRENT:
      value = settings_.Show(name, /*missing_ok=*/false).value_or("");
      break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET: {
      const bool is_kept = std::erase_if(*stored, [&](const auto& kept) { return kept.first == name; }) > 0;
      if (!is_kept) settings_.Show(name, /*missing_ok=*/false);  // 42704 for none of ours
      CheckMayStore(name);
      return;
    }
    default: ThrowNotSupported("this form of SET");
  }
  CanonicalSetting(name, value);  // refuses what SET would
  CheckMayStore(name);
  for (auto& [kept, text] : *stored) {
    if (kept != name) continue;
    text = std::move(value);
    return;
  }
  stored->emplace_back(name, std::move(value));
}

void ClientSession::CheckMayAlter(const catalog::Role& role) {
  const catalog::Role& self = this->role();
  if (self.superuser) return;
  if (role.superuser) {
    throw SqlError(SqlState::kInsufficientPrivilege, "must be superuser to alter superusers");
  }
  if (!self.create_role && role.oid != self.oid) {
    throw SqlError(SqlState::kInsufficientPrivilege, "permission denied");
  }
}

// What is kept of the role's settings in a database; 0: for all roles, with the bootstrap superuser.
void ClientSession::ChangeStoredIn(const PgQuery__VariableSetStmt& statement, Oid database,
                                   catalog::Role role) {
  catalog::StoredSettings settings = catalog::SettingsIn(role, database);
  ChangeStored(statement, &settings);
  catalog::SetSettingsIn(database, settings, &role);
  instance_.shared_catalog().PutRole(*transaction_, std::move(role));
}

void ClientSession::RunAlterRoleSet(const PgQuery__AlterRoleSetStmt& statement) {
  const bool in_database = statement.database != nullptr && *statement.database != '\0';
  if (statement.role == nullptr && in_database) {
    return ChangeDatabaseSettings(statement.database, *statement.setstmt);
  }
  EnsureTransaction().NextCommand();
  commands::CommandInput input = MakeCommandInput("");
  catalog::SharedCatalog& shared = instance_.shared_catalog();
  if (statement.role == nullptr) {
    if (!role().superuser) {
      throw SqlError(SqlState::kInsufficientPrivilege, "must be superuser to alter settings globally");
    }
    const std::string owner = shared.FindRole(catalog::kBootstrapSuperuser)->name;
    return ChangeStoredIn(*statement.setstmt, kInvalidOid, *FindRole(owner));
  }
  catalog::Role role = *commands::ResolveRole(input, *statement.role);
  CheckMayAlter(role);
  if (in_database) {
    const auto database = RequireDatabase(shared, statement.database);
    return ChangeStoredIn(*statement.setstmt, database->oid, std::move(role));
  }
  catalog::StoredSettings settings = catalog::PlainSettings(role);
  ChangeStored(*statement.setstmt, &settings);
  catalog::SetPlainSettings(settings, &role);
  shared.PutRole(*transaction_, std::move(role));
}

void ClientSession::ChangeDatabaseSettings(std::string_view name,
                                           const PgQuery__VariableSetStmt& statement) {
  const auto found = RequireDatabase(instance_.shared_catalog(), name);
  if (!role().superuser && found->owner != role().oid) {
    throw SqlError(SqlState::kInsufficientPrivilege, fmt::format("must be owner of database {}", name));
  }
  catalog::Database database = *found;
  ChangeStored(statement, &database.settings);
  instance_.shared_catalog().AlterDatabase(database);
}

}  // namespace grizzly::session
