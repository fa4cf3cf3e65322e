// pg_database, pg_authid, pg_auth_members, pg_tablespace, pg_shdescription, pg_db_role_setting.
#include "catalog/record.h"
#include "catalog/role_settings.h"
#include "catalog/virtual/row_writer.h"
#include "facts/roles.h"

namespace grizzly::catalog {
namespace {

constexpr int32_t kEncodingUtf8 = 6;
// There is no freezing here: what age() is asked of never gets old.
constexpr Oid kFrozenTransaction = 2;

// template0 and template1 are not open to everybody.
constexpr std::string_view kTemplatePrivileges = "{=c/postgres,postgres=CTc/postgres}";
constexpr bool IsOriginalTemplate(Oid database) { return database == 1 || database == 4; }

void ProduceDatabase(RowWriter& rows) {
  for (const auto& database : rows.input().shared->Databases()) {
    rows.Number(database->oid);
    rows.Text(database->name);
    rows.Number(database->owner);
    rows.Int4(kEncodingUtf8);
    rows.Char('c');
    rows.Bool(database->is_template);
    rows.Bool(database->allow_connections);
    rows.Int4(database->connection_limit);
    rows.Number(kFrozenTransaction);
    rows.Number(1);
    rows.Number(facts::kDefaultTablespaceOid);
    rows.Text("C");
    rows.Text("C");
    rows.Null();
    rows.Null();
    rows.Literal(IsOriginalTemplate(database->oid) ? kTemplatePrivileges : std::string_view());
    rows.Emit();
  }
}

void ProduceAuthId(RowWriter& rows) {
  for (const auto& role : rows.input().shared->Roles()) {
    rows.Number(role->oid);
    rows.Text(role->name);
    rows.Bool(role->superuser);
    rows.Bool(role->inherit);
    rows.Bool(role->create_role);
    rows.Bool(role->create_database);
    rows.Bool(role->can_login);
    rows.Bool(role->replication);
    rows.Bool(role->bypass_row_security);
    rows.Int4(role->connection_limit);
    rows.TextOrNull(role->password_verifier);
    rows.Literal(role->valid_until);
    rows.Emit();
  }
}

void ProduceAuthMembers(RowWriter& rows) {
  for (const facts::RoleMemberFact& fact : facts::AllRoleMembers()) {
    rows.Number(fact.roleid);
    rows.Number(fact.member);
    rows.Number(fact.grantor);
    rows.Bool(fact.admin_option);
    rows.Emit();
  }
}

void ProduceTablespace(RowWriter& rows) {
  for (const facts::TablespaceFact& fact : facts::AllTablespaces()) {
    rows.Number(fact.oid);
    rows.Text(fact.spcname);
    rows.Number(fact.spcowner);
    rows.Null();
    rows.Null();
    rows.Emit();
  }
}

void WriteSharedComment(RowWriter& rows, Oid object, Oid object_class, std::string_view comment) {
  if (comment.empty()) return;
  rows.Number(object);
  rows.Number(object_class);
  rows.Text(comment);
  rows.Emit();
}

void ProduceSharedDescription(RowWriter& rows) {
  for (const auto& database : rows.input().shared->Databases()) {
    WriteSharedComment(rows, database->oid, kDatabaseClass, database->comment);
  }
  for (const auto& role : rows.input().shared->Roles()) {
    WriteSharedComment(rows, role->oid, kRoleClass, role->comment);
  }
}

void WriteSettings(RowWriter& rows, Oid database, Oid role, const StoredSettings& settings) {
  if (settings.empty()) return;
  std::vector<std::string> texts;
  for (const auto& [name, value] : settings) texts.push_back(name + "=" + value);
  rows.Number(database);
  rows.Number(role);
  rows.Texts(texts);
  rows.Emit();
}

void ProduceDatabaseRoleSetting(RowWriter& rows) {
  for (const auto& database : rows.input().shared->Databases()) {
    WriteSettings(rows, database->oid, kInvalidOid, database->settings);
  }
  for (const auto& role : rows.input().shared->Roles()) {
    WriteSettings(rows, kInvalidOid, role->oid, PlainSettings(*role));
    for (const Oid database : DatabasesWithSettings(*role)) {
      if (database == kInvalidOid) {  // ALTER ROLE ALL SET
        WriteSettings(rows, kInvalidOid, kInvalidOid, SettingsIn(*role, database));
      } else if (rows.input().shared->FindDatabase(database) != nullptr) {
        WriteSettings(rows, database, role->oid, SettingsIn(*role, database));
      }
    }
  }
}

}  // namespace

std::span<const CatalogTableSource> SharedTables() {
  static constexpr CatalogTableSource kTables[] = {
      {kDatabaseClass, ProduceDatabase},      {kRoleClass, ProduceAuthId},
      {kRoleMembershipClass, ProduceAuthMembers}, {1213, ProduceTablespace},
      {2396, ProduceSharedDescription},       {2964, ProduceDatabaseRoleSetting},
  };
  return kTables;
}

}  // namespace grizzly::catalog
