#include "commands/role/roles.h"

#include <map>

#include "base/scram/scram.h"
#include "catalog/object_text.h"
#include "commands/relation_lookup.h"
#include "facts/types.h"
#include "types/type_io.h"

namespace grizzly::commands {
namespace {

struct Flag {
  std::string_view option;
  bool catalog::Role::*member;
};
constexpr Flag kFlags[] = {
    {"superuser", &catalog::Role::superuser},
    {"inherit", &catalog::Role::inherit},
    {"createrole", &catalog::Role::create_role},
    {"createdb", &catalog::Role::create_database},
    {"canlogin", &catalog::Role::can_login},
    {"isreplication", &catalog::Role::replication},
    {"bypassrls", &catalog::Role::bypass_row_security},
};

void CheckRoleName(std::string_view name, int location) {
  const bool prefixed = name.starts_with("pg_");
  if (!prefixed && name != "none" && name != "public") return;
  SqlError error(SqlState::kReservedName, fmt::format("role name \"{}\" is reserved", name));
  if (prefixed) {
    throw std::move(error).Detail("Role names starting with \"pg_\" are reserved.");
  }
  throw std::move(error).At(location);
}

std::string ReadValidUntil(CommandInput& input, const std::string& text) {
  Arena arena(input.memory);
  const types::TypeIo* io = types::BuiltinTypeIo(facts::kTimestamptzOid);
  std::string written;
  // As any session will read it.
  io->Output(io->Input(text, types::kNoTypmod, input.io, arena), types::IoSettings(), written);
  return written;
}

void SetPassword(const Option& option, catalog::Role* role) {
  if (option.value == nullptr) {  // PASSWORD NULL
    role->password_verifier.clear();
    return;
  }
  const std::string password = OptionText(option);
  role->password_verifier = scram::ParseVerifier(password).has_value()
                                ? password
                                : scram::BuildVerifier(password);
}

void ApplyOption(CommandInput& input, const Option& option, catalog::Role* role) {
  for (const Flag& flag : kFlags) {
    if (flag.option != option.name) continue;
    role->*flag.member = OptionBool(option);
    return;
  }
  if (option.name == "password") return SetPassword(option, role);
  if (option.name == "connectionlimit") {
    const int64_t limit = OptionInteger(option);
    if (limit < -1) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("invalid connection limit: {}", limit));
    }
    role->connection_limit = static_cast<int32_t>(limit);
    return;
  }
  if (option.name == "validUntil") {
    role->valid_until = ReadValidUntil(input, OptionText(option));
    return;
  }
  if (option.name == "sysid") {
    return SendNotice(input, "SYSID can no longer be specified");
  }
  ThrowNotSupported("role memberships (IN ROLE, ROLE, ADMIN, GROUP)", option.location);
}

void ApplyOptions(CommandInput& input, std::span<ast::Node* const> nodes, catalog::Role* role) {
  const std::vector<Option> options = OptionsOf(nodes);
  RefuseRepeated(options);
  for (const Option& option : options) ApplyOption(input, option, role);
}

void RequireRoleMaker(CommandInput& input, std::string_view what) {
  if (input.is_superuser) return;
  const auto self = input.shared.FindRole(input.current_role);
  if (self != nullptr && self->create_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege, fmt::format("permission denied{}", what));
}

}  // namespace

void RefuseRepeated(const std::vector<Option>& options) {
  for (size_t i = 0; i < options.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (options[i].name != options[j].name) continue;
      throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options")
          .At(options[i].location);
    }
  }
}

std::shared_ptr<const catalog::Role> ResolveRole(CommandInput& input,
                                                 const PgQuery__RoleSpec& spec) {
  switch (spec.roletype) {
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_ROLE:
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_USER:
      return input.shared.FindRole(input.current_role);
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_SESSION_USER:
      return input.shared.FindRole(input.services->SessionUser());
    default: break;
  }
  const std::string_view name = spec.roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC
                                    ? "public"
                                    : TextOf(spec.rolename);
  auto role = input.shared.FindRole(name, input.transaction);
  if (role != nullptr) return role;
  throw SqlError(SqlState::kUndefinedObject, fmt::format("role \"{}\" does not exist", name));
}

std::string CreateRole(const PgQuery__CreateRoleStmt& statement, CommandInput& input) {
  RequireRoleMaker(input, " to create role");
  const std::string name(TextOf(statement.role));
  CheckRoleName(name, -1);
  catalog::Role role;
  role.name = name;
  role.can_login = statement.stmt_type == PG_QUERY__ROLE_STMT_TYPE__ROLESTMT_USER;
  ApplyOptions(input, ListOf(statement.options, statement.n_options), &role);
  if (role.superuser || role.replication || role.bypass_row_security) {
    RequireSuperuser(input, "must be superuser to create superusers");
  }
  if (input.shared.FindRole(name, input.transaction) != nullptr) {
    throw SqlError(SqlState::kDuplicateObject, fmt::format("role \"{}\" already exists", name));
  }
  role.oid = input.shared.NewSharedOid();
  input.shared.PutRole(input.transaction, std::move(role));
  return "CREATE ROLE";
}

std::string AlterRole(const PgQuery__AlterRoleStmt& statement, CommandInput& input) {
  const auto before = ResolveRole(input, *statement.role);
  catalog::Role role = *before;
  ApplyOptions(input, ListOf(statement.options, statement.n_options), &role);
  if (before->superuser || role.superuser) {
    RequireSuperuser(input,
                     "must be superuser to alter superuser roles or change superuser attribute");
  }
  const bool only_password =
      statement.n_options == 1 && OptionsOf(ListOf(statement.options, 1))[0].name == "password";
  if (!only_password || before->oid != input.current_role) RequireRoleMaker(input, "");
  input.shared.PutRole(input.transaction, std::move(role));
  return "ALTER ROLE";
}

std::string RenameRole(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const std::string name(TextOf(statement.subname));
  const std::string new_name(TextOf(statement.newname));
  const auto before = input.shared.FindRole(name, input.transaction);
  if (before == nullptr) {
    throw SqlError(SqlState::kUndefinedObject, fmt::format("role \"{}\" does not exist", name));
  }
  const auto refuse_own = [&](bool is_own, std::string_view which) {
    if (!is_own) return;
    throw SqlError(SqlState::kFeatureNotSupported, fmt::format("{} user cannot be renamed", which));
  };
  refuse_own(name == input.services->SessionUser(), "session");
  refuse_own(before->oid == input.current_role, "current");
  CheckRoleName(name, -1);
  CheckRoleName(new_name, -1);
  if (input.shared.FindRole(new_name, input.transaction) != nullptr) {
    throw SqlError(SqlState::kDuplicateObject, fmt::format("role \"{}\" already exists", new_name));
  }
  if (before->superuser) RequireSuperuser(input, "must be superuser to rename superusers");
  RequireRoleMaker(input, " to rename role");
  catalog::Role role = *before;
  role.name = new_name;
  input.shared.PutRole(input.transaction, std::move(role));
  return "ALTER ROLE";
}

std::string DropRole(const PgQuery__DropRoleStmt& statement, CommandInput& input) {
  RequireRoleMaker(input, " to drop role");
  for (const ast::Node* node : ListOf(statement.roles, statement.n_roles)) {
    const PgQuery__RoleSpec& spec = *node->role_spec;
    if (spec.roletype != PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CSTRING) {
      throw SqlError(SqlState::kInvalidParameterValue, "cannot use special role specifier in DROP ROLE");
    }
    const std::string name(TextOf(spec.rolename));
    const auto role = input.shared.FindRole(name, input.transaction);
    if (role == nullptr) {
      if (!statement.missing_ok) ResolveRole(input, spec);
      SendNotice(input, fmt::format("role \"{}\" does not exist, skipping", name));
      continue;
    }
    if (role->oid == input.current_role) {
      throw SqlError(SqlState::kObjectInUse, "current user cannot be dropped");
    }
    if (role->name == input.services->SessionUser()) {
      throw SqlError(SqlState::kObjectInUse, "session user cannot be dropped");
    }
    if (role->superuser) RequireSuperuser(input, "must be superuser to drop superusers");
    RefuseOwner(input, *role);
    input.shared.DropRole(input.transaction, role->oid);
  }
  return "DROP ROLE";
}

void RefuseOwner(CommandInput& input, const catalog::Role& role) {
  std::vector<std::string> lines;
  for (const auto& database : input.shared.Databases()) {
    if (database->owner == role.oid) lines.push_back("owner of database " + database->name);
  }
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  snapshot->ForEachSchema([&](const catalog::Schema& schema) {
    if (schema.owner == role.oid) lines.push_back("owner of schema " + schema.name);
  });
  snapshot->ForEachRelation([&](const catalog::RelationPtr& relation) {
    if (relation->owner != role.oid || relation->index.has_value()) return;
    if (relation->kind == catalog::RelationKind::kCompositeType) return;
    lines.push_back(fmt::format("owner of {} {}", catalog::RelationKindName(relation->kind),
                                relation->name));
  });
  std::map<Oid, std::string> types;
  snapshot->ForEachType([&](const catalog::Type& type) {
    if (type.owner != role.oid || type.element != kInvalidOid) return;
    const catalog::RelationPtr relation =
        type.relation == kInvalidOid ? nullptr : snapshot->FindRelation(type.relation);
    // Row types belong to what they are of.
    if (relation != nullptr && relation->kind != catalog::RelationKind::kCompositeType) return;
    types[type.oid] = type.name;
  });
  for (const auto& [oid, name] : types) lines.push_back("owner of type " + name);
  if (lines.empty()) return;
  std::string detail;
  for (const std::string& line : lines) detail += (detail.empty() ? "" : "\n") + line;
  throw SqlError(SqlState::kDependentObjectsStillExist,
                 fmt::format("role \"{}\" cannot be dropped because some objects depend on it",
                             role.name))
      .Detail(detail);
}

}  // namespace grizzly::commands
