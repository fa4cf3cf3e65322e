// Predefined roles, their memberships and tablespaces, from facts/pg_authid.csv,
// pg_auth_members.csv and pg_tablespace.csv.
//
// Members carry PostgreSQL's column names. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

inline constexpr Oid kDefaultTablespaceOid = 1663;
inline constexpr Oid kGlobalTablespaceOid = 1664;

struct RoleFact {
  Oid oid;
  std::string_view rolname;
  bool rolsuper;
  bool rolinherit;
  bool rolcreaterole;
  bool rolcreatedb;
  bool rolcanlogin;
  bool rolreplication;
  bool rolbypassrls;
  int32_t rolconnlimit;
};

struct RoleMemberFact {
  Oid roleid;
  Oid member;
  Oid grantor;
  bool admin_option;
};

struct TablespaceFact {
  Oid oid;
  std::string_view spcname;
  Oid spcowner;
};

std::span<const RoleFact> AllRoles();  // by oid; 10 is the bootstrap superuser
std::span<const RoleMemberFact> AllRoleMembers();
std::span<const TablespaceFact> AllTablespaces();

}  // namespace grizzly::facts
