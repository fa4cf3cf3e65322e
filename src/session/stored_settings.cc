// ALTER ROLE ... SET and ALTER DATABASE ... SET: what sessions to come start with.
#include "commands/role/databases.h"
#include "commands/role/roles.h"
#include "facts/settings.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/setting_text.h"

namespace grizzly::session {
namespace {

using Stored = std::vector<std::pair<std::string, std::string>>;

// "DateStyle", however it was written.
std::string NameOfSetting(std::string_view written) {
  const facts::SettingFact* fact = facts::FindSetting(written);
  return fact == nullptr ? std::string(written) : std::string(fact->name);
}

}  // namespace

void ClientSession::ChangeStored(const PgQuery__VariableSetStmt& statement, Stored* stored) {
  if (statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL) return stored->clear();
  const std::string name = NameOfSetting(statement.name);
  std::string value;
  switch (statement.kind) {
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE: value = SettingText(statement); break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_CURRENT:
      value = settings_.Show(name, /*missing_ok=*/false).value_or("");
      break;
    case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT:
    case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET:
      settings_.Show(name, /*missing_ok=*/false);  // 42704 for none of ours
      std::erase_if(*stored, [&](const auto& kept) { return kept.first == name; });
      return;
    default: ThrowNotSupported("this form of SET");
  }
  CanonicalSetting(name, value);  // refuses what SET would
  for (auto& [kept, text] : *stored) {
    if (kept != name) continue;
    text = std::move(value);
    return;
  }
  stored->emplace_back(name, std::move(value));
}

void ClientSession::RunAlterRoleSet(const PgQuery__AlterRoleSetStmt& statement) {
  if (statement.role == nullptr) ThrowNotSupported("ALTER ROLE ALL SET");
  EnsureTransaction().NextCommand();
  commands::CommandInput input = MakeCommandInput("");
  catalog::Role role = *commands::ResolveRole(input, *statement.role);
  const catalog::Role& self = this->role();
  if (!self.superuser && (role.superuser || !self.create_role) && role.oid != self.oid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   role.superuser ? "must be superuser to alter superusers" : "permission denied");
  }
  ChangeStored(*statement.setstmt, &role.settings);
  instance_.shared_catalog().PutRole(*transaction_, std::move(role));
}

void ClientSession::RunAlterDatabaseSet(const PgQuery__AlterDatabaseSetStmt& statement) {
  const auto found = instance_.shared_catalog().FindDatabase(statement.dbname);
  if (found == nullptr) {
    throw SqlError(SqlState::kInvalidCatalogName,
                   fmt::format("database \"{}\" does not exist", statement.dbname));
  }
  if (!role().superuser && found->owner != role().oid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("must be owner of database {}", statement.dbname));
  }
  catalog::Database database = *found;
  ChangeStored(*statement.setstmt, &database.settings);
  instance_.shared_catalog().AlterDatabase(database);
}

}  // namespace grizzly::session
