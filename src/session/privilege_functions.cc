// has_table_privilege() and its kin, pg_has_role(), acldefault().
//
// Rights are what an object's access list says (built-in objects have PostgreSQL's), or the defaults of
// its kind. Superusers and owners may do everything.
// SOURCE  PostgreSQL 15 docs, "Access Privilege Inquiry Functions" and table 5.1
#include <algorithm>
#include <map>

#include "catalog/builtin.h"
#include "facts/catalog_relations.h"
#include "facts/namespaces.h"
#include "facts/roles.h"
#include "facts/settings.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"
#include "types/array.h"

namespace grizzly::session {
namespace {

using types::Datum;

// The letters of a kind's privileges, and what its access list says when it has none.
struct PrivilegeKind {
  std::string_view name;           // as in has_<name>_privilege
  char letter;                     // as in acldefault()
  std::string_view owner_letters;
  std::string_view public_letters;
};
constexpr PrivilegeKind kKinds[] = {
    {"table", 'r', "arwdDxt", ""},     {"column", 'c', "", ""},
    {"sequence", 's', "rwU", ""},      {"database", 'd', "CTc", "Tc"},
    {"function", 'f', "X", "X"},       {"language", 'l', "U", "U"},
    {"schema", 'n', "UC", ""},         {"tablespace", 't', "C", ""},
    {"type", 'T', "U", "U"},           {"foreign_data_wrapper", 'F', "U", ""},
    {"server", 'S', "U", ""},          {"parameter", 'p', "sA", ""},
    {"any_column", 'r', "arwx", ""},
};

struct PrivilegeName {
  std::string_view name;
  char letter;
};
constexpr PrivilegeName kNames[] = {
    {"SELECT", 'r'},     {"INSERT", 'a'},  {"UPDATE", 'w'},    {"DELETE", 'd'},
    {"TRUNCATE", 'D'},   {"REFERENCES", 'x'}, {"TRIGGER", 't'}, {"EXECUTE", 'X'},
    {"USAGE", 'U'},      {"CREATE", 'C'},  {"TEMPORARY", 'T'}, {"TEMP", 'T'},
    {"CONNECT", 'c'},    {"SET", 's'},     {"ALTER SYSTEM", 'A'}, {"MEMBER", 'm'},
};

struct Privilege {
  char letter;
  bool grant_option;
};

bool EqualFold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "select, insert with grant option"
std::vector<Privilege> ParsePrivileges(std::string_view list, std::string_view allowed) {
  constexpr std::string_view kWithGrant = " WITH GRANT OPTION";
  std::vector<Privilege> privileges;
  for (;;) {
    const size_t comma = list.find(',');
    const std::string_view item = Trim(list.substr(0, comma));
    std::string_view name = item;
    bool grant_option = false;
    if (name.size() > kWithGrant.size() &&
        EqualFold(name.substr(name.size() - kWithGrant.size()), kWithGrant)) {
      name.remove_suffix(kWithGrant.size());
      grant_option = true;
    }
    const auto found = std::ranges::find_if(kNames, [&](const PrivilegeName& known) {
      return EqualFold(known.name, name) && allowed.find(known.letter) != std::string_view::npos;
    });
    if (found == std::end(kNames)) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("unrecognized privilege type: \"{}\"", item));
    }
    privileges.push_back({found->letter, grant_option});
    if (comma == std::string_view::npos) return privileges;
    list.remove_prefix(comma + 1);
  }
}

// Who asks: a role, or everybody ("public").
struct Asker {
  Oid role = kInvalidOid;
  std::string name;
  bool superuser = false;
};

Asker FindAsker(const SystemCall& call, const Datum& role, bool by_name) {
  catalog::SharedCatalog& shared = call.session.instance().shared_catalog();
  if (!by_name) {
    const auto found = shared.FindRole(role.As<Oid>());
    if (found == nullptr) return {role.As<Oid>(), "", false};
    return {found->oid, found->name, found->superuser};
  }
  const std::string_view name = role.AsString();
  if (name == "public") return {};
  const auto found = shared.FindRole(name);
  if (found == nullptr) {
    throw SqlError(SqlState::kUndefinedObject, fmt::format("role \"{}\" does not exist", name));
  }
  return {found->oid, found->name, found->superuser};
}

Asker CurrentAsker(const SystemCall& call) {
  const catalog::Role& role = call.session.role();
  return {role.oid, role.name, role.superuser};
}

// The object asked about: its owner and access list ("{a=r/b,...}"; null data: the default).
struct Target {
  bool exists = true;
  Oid owner = kInvalidOid;
  std::string_view acl;
};

bool AclGrants(std::string_view acl, std::string_view grantee, const Privilege& privilege) {
  std::string_view rest = acl.substr(1, acl.size() - 2);
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    std::string_view item = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    const size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    if (!name.empty() && name != grantee) continue;
    item = item.substr(equals + 1, item.find('/') - equals - 1);
    const size_t at = item.find(privilege.letter);
    if (at == std::string_view::npos) continue;
    if (!privilege.grant_option || (at + 1 < item.size() && item[at + 1] == '*')) return true;
  }
  return false;
}

bool May(const Asker& asker, const PrivilegeKind& kind, const Target& target,
         const Privilege& privilege) {
  if (asker.superuser || (asker.role != kInvalidOid && asker.role == target.owner)) return true;
  if (target.acl.data() != nullptr) return AclGrants(target.acl, asker.name, privilege);
  return !privilege.grant_option &&
         kind.public_letters.find(privilege.letter) != std::string_view::npos;
}

// ---- the objects ----

Target RelationTarget(const SystemCall& call, Oid oid) {
  const catalog::RelationPtr relation = call.session.Snapshot()->FindRelation(oid);
  if (relation == nullptr) return {.exists = false};
  const facts::RelationFact* fact = facts::FindRelation(oid);
  return {true, relation->owner, fact == nullptr ? std::string_view() : fact->relacl};
}

[[noreturn]] void ThrowUnknown(SqlState state, std::string_view what, std::string_view name) {
  throw SqlError(state, fmt::format("{} \"{}\" does not exist", what, name));
}

Target SchemaTarget(const SystemCall& call, const Datum& object, bool by_name) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::Schema* schema = by_name ? snapshot->FindSchema(object.AsString())
                                          : snapshot->FindSchema(object.As<Oid>());
  if (schema == nullptr && by_name) {
    ThrowUnknown(SqlState::kInvalidSchemaName, "schema", object.AsString());
  }
  if (schema == nullptr) return {.exists = false};
  const facts::NamespaceFact* fact = facts::FindNamespace(schema->oid);
  return {true, schema->owner, fact == nullptr ? std::string_view() : fact->nspacl};
}

Target DatabaseTarget(const SystemCall& call, const Datum& object, bool by_name) {
  catalog::SharedCatalog& shared = call.session.instance().shared_catalog();
  const auto database = by_name ? shared.FindDatabase(object.AsString())
                                : shared.FindDatabase(object.As<Oid>());
  if (database == nullptr && by_name) {
    ThrowUnknown(SqlState::kUndefinedDatabase, "database", object.AsString());
  }
  if (database == nullptr) return {.exists = false};
  return {true, database->owner, {}};
}

Target FunctionTarget(const SystemCall& call, const Datum& object, bool by_name) {
  const Oid oid = by_name ? call.session.services().ResolveRegName(facts::kRegprocedureOid,
                                                                   object.AsString(), false)
                          : object.As<Oid>();
  const facts::ProcFact* proc = facts::FindProc(oid);
  if (proc == nullptr) return {.exists = false};
  return {true, catalog::kBootstrapSuperuser, proc->proacl};
}

Target TypeTarget(const SystemCall& call, const Datum& object, bool by_name) {
  const Oid oid = by_name ? call.session.services().ResolveRegName(facts::kRegtypeOid,
                                                                   object.AsString(), false)
                          : object.As<Oid>();
  const auto type = call.session.Snapshot()->FindType(oid);
  if (type == nullptr) return {.exists = false};
  return {true, type->owner, {}};
}

Target LanguageTarget(const Datum& object, bool by_name) {
  for (const facts::LanguageFact& fact : facts::AllLanguages()) {
    if (by_name ? fact.lanname == object.AsString() : fact.oid == object.As<Oid>()) {
      return {true, fact.lanowner, fact.lanacl};
    }
  }
  if (by_name) ThrowUnknown(SqlState::kUndefinedObject, "language", object.AsString());
  return {.exists = false};
}

Target TablespaceTarget(const Datum& object, bool by_name) {
  for (const facts::TablespaceFact& fact : facts::AllTablespaces()) {
    if (by_name ? fact.spcname == object.AsString() : fact.oid == object.As<Oid>()) {
      return {true, fact.spcowner, {}};
    }
  }
  if (by_name) ThrowUnknown(SqlState::kUndefinedObject, "tablespace", object.AsString());
  return {.exists = false};
}

Target RelationTargetOf(const SystemCall& call, const Datum& object, bool by_name,
                        bool only_sequences) {
  const Oid oid = by_name ? call.session.services().RequireRelation(object.AsString())
                          : object.As<Oid>();
  const catalog::RelationPtr relation = call.session.Snapshot()->FindRelation(oid);
  if (only_sequences && relation != nullptr &&
      relation->kind != catalog::RelationKind::kSequence) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a sequence", relation->name));
  }
  return RelationTarget(call, oid);
}

Target FindTarget(const SystemCall& call, const PrivilegeKind& kind, const Datum& object,
                  bool by_name) {
  switch (kind.letter) {
    case 'r':
    case 's': return RelationTargetOf(call, object, by_name, kind.letter == 's');
    case 'd': return DatabaseTarget(call, object, by_name);
    case 'f': return FunctionTarget(call, object, by_name);
    case 'l': return LanguageTarget(object, by_name);
    case 'n': return SchemaTarget(call, object, by_name);
    case 't': return TablespaceTarget(object, by_name);
    case 'T': return TypeTarget(call, object, by_name);
    case 'p': return {true, kInvalidOid, "{}"};
    default: break;
  }
  const std::string_view what = kind.letter == 'F' ? "foreign-data wrapper" : "server";
  if (by_name) ThrowUnknown(SqlState::kUndefinedObject, what, object.AsString());
  return {.exists = false};
}

Datum Answer(const Asker& asker, const PrivilegeKind& kind, const Target& target,
             const std::vector<Privilege>& privileges) {
  if (!target.exists) return Datum::Null();
  return Datum::Of(std::ranges::any_of(privileges, [&](const Privilege& privilege) {
    return May(asker, kind, target, privilege);
  }));
}

const PrivilegeKind& KindOf(std::string_view source) {
  source.remove_prefix(std::string_view("has_").size());
  source = source.substr(0, source.find("_privilege"));
  return *std::ranges::find(kKinds, source, &PrivilegeKind::name);
}

// has_<kind>_privilege([role,] object, privilege); roles and objects by name or oid, as the last words of
// the function's name say.
Datum HasPrivilege(const SystemCall& call) {
  const std::string_view source = call.function.prosrc;
  const PrivilegeKind& kind = KindOf(source);
  const bool with_role = call.arguments.size() == 3;
  const size_t object = with_role ? 1 : 0;
  const bool role_by_name = with_role && call.function.proargtypes[0] == facts::kNameOid;
  const bool by_name = call.function.proargtypes[object] == facts::kTextOid;
  const auto privileges = [&] { return ParsePrivileges(call.TextAt(object + 1), kind.owner_letters); };
  const auto asker = [&] {
    return with_role ? FindAsker(call, call.arguments[0], role_by_name) : CurrentAsker(call);
  };
  // Which of several mistakes is told depends on the kind: PostgreSQL looks in these orders.
  if (kind.letter == 'p') {
    const std::vector<Privilege> wanted = privileges();
    return Answer(asker(), kind, FindTarget(call, kind, call.arguments[object], by_name), wanted);
  }
  const Asker who = asker();
  if (kind.letter == 's' || !by_name) {
    const std::vector<Privilege> wanted = privileges();
    return Answer(who, kind, FindTarget(call, kind, call.arguments[object], by_name), wanted);
  }
  const Target target = FindTarget(call, kind, call.arguments[object], by_name);
  return Answer(who, kind, target, privileges());
}

// has_column_privilege([role,] table, column, privilege)
Datum HasColumnPrivilege(const SystemCall& call) {
  const bool with_role = call.arguments.size() == 4;
  const size_t at = with_role ? 1 : 0;
  const bool role_by_name = with_role && call.function.proargtypes[0] == facts::kNameOid;
  const bool table_by_name = call.function.proargtypes[at] == facts::kTextOid;
  const bool column_by_name = call.function.proargtypes[at + 1] == facts::kTextOid;
  const Asker asker =
      with_role ? FindAsker(call, call.arguments[0], role_by_name) : CurrentAsker(call);
  const Oid oid = table_by_name ? call.session.services().RequireRelation(call.TextAt(at))
                                : call.OidAt(at);
  Target target = RelationTarget(call, oid);
  const catalog::RelationPtr table = call.session.Snapshot()->FindRelation(oid);
  if (table != nullptr && column_by_name && table->FindColumn(call.TextAt(at + 1)) == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" of relation \"{}\" does not exist",
                               call.TextAt(at + 1), table->name));
  }
  if (table != nullptr && !column_by_name) {
    const auto attnum = call.arguments[at + 1].As<int16_t>();
    target.exists = attnum > 0 && static_cast<size_t>(attnum) <= table->columns.size() &&
                    !table->columns[attnum - 1].dropped;
  }
  return Answer(asker, kKinds[0], target, ParsePrivileges(call.TextAt(at + 2), "arwx"));
}

// ---- roles ----

bool IsMember(const Asker& member, Oid role) {
  if (member.superuser || member.role == role) return true;
  return std::ranges::any_of(facts::AllRoleMembers(), [&](const facts::RoleMemberFact& fact) {
    return fact.member == member.role &&
           (fact.roleid == role || IsMember({fact.roleid, "", false}, role));
  });
}

Datum HasRole(const SystemCall& call) {
  const bool with_role = call.arguments.size() == 3;
  const size_t at = with_role ? 1 : 0;
  const auto named = [&](size_t i) { return call.function.proargtypes[i] == facts::kNameOid; };
  const Asker member =
      with_role ? FindAsker(call, call.arguments[0], named(0)) : CurrentAsker(call);
  const Asker role = FindAsker(call, call.arguments[at], named(at));
  for (const Privilege& privilege : ParsePrivileges(call.TextAt(at + 1), "mU")) {
    // Nobody administrates a role but superusers and, of itself, the role.
    if (privilege.grant_option ? member.superuser : IsMember(member, role.role)) {
      return Datum::Of(true);
    }
  }
  return Datum::Of(false);
}

// ---- access lists as values ----

Datum DefaultAcl(const SystemCall& call) {
  const char letter = call.arguments[0].As<char>();
  const auto kind = std::ranges::find(kKinds, letter, &PrivilegeKind::letter);
  if (kind == std::end(kKinds)) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("unrecognized objtype abbreviation: {}", letter));
  }
  const std::string owner = call.session.services().FormatRegName(facts::kRegroleOid, call.OidAt(1));
  types::ArrayBuilder items(facts::kAclitemOid, types::PhysicalType::kString);
  if (!kind->public_letters.empty()) {
    items.AddString(fmt::format("={}/{}", kind->public_letters, owner));
  }
  if (!kind->owner_letters.empty()) {
    items.AddString(fmt::format("{}={}/{}", owner, kind->owner_letters, owner));
  }
  return Datum::Of(items.Finish(call.arena));
}

Datum RowSecurity(const SystemCall& call) {
  if (call.function.proargtypes[0] == facts::kTextOid) {
    call.session.services().RequireRelation(call.TextAt(0));
  }
  return Datum::Of(false);  // there are no policies
}

}  // namespace

std::span<const SystemFunctionEntry> PrivilegeFunctions() {
  static const std::vector<SystemFunctionEntry> kEntries = [] {
    std::vector<SystemFunctionEntry> entries{{"acldefault_sql", DefaultAcl},
                                             {"row_security_active", RowSecurity},
                                             {"row_security_active_name", RowSecurity}};
    for (const facts::ProcFact& proc : facts::AllProcs()) {
      if (proc.prosrc.starts_with("has_column_privilege")) {
        entries.push_back({proc.prosrc, HasColumnPrivilege});
      } else if (proc.prosrc.starts_with("has_") &&
                 proc.prosrc.find("_privilege") != std::string_view::npos) {
        entries.push_back({proc.prosrc, HasPrivilege});
      } else if (proc.prosrc.starts_with("pg_has_role_")) {
        entries.push_back({proc.prosrc, HasRole});
      }
    }
    return entries;
  }();
  return kEntries;
}

}  // namespace grizzly::session
