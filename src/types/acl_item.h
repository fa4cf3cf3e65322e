// aclitem: who may do what with an object, and who granted it.
//
// FORMAT  a value is its text "grantee=privileges/grantor": names quoted where they must be, an empty grantee is
//         everybody; privileges are PostgreSQL's letters in its order, each with a * behind it where it may be
//         granted on.
// SOURCE  PostgreSQL 15 docs, table 5.1, and the running server for its errors
#pragma once

#include <string>
#include <string_view>

#include "types/reg_names.h"

namespace grizzly::types {

// PostgreSQL's order of all privileges.
inline constexpr std::string_view kAclLetters = "arwdDxtXUCTcsA";

// As aclitem input reads it: "group" or "user" may stand before the grantee, the grantor may be missing. Throws
// 22P02, and 42704 for a role that there is not. `names` finds the roles; null: they are not looked at.
std::string ParseAclItem(std::string_view text, RegNames* names);

}  // namespace grizzly::types
