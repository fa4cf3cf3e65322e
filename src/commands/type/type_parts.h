// What all statements about types share: finding and locking them, the array type over a new one, who
// uses one in stored columns.
//
// LOCKS    "t:<oid>" exclusive for who changes or drops a type, shared for who makes something of it.
// ERRORS   42704, 42710, 42809, 42501, 0A000
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/ast_read.h"
#include "commands/command.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {

using TypePtr = std::shared_ptr<const catalog::Type>;

// Schema and name of a type to be made. Throws 42710; an array type of that name made by us gets out of
// the way.
CreationTarget LockNewTypeName(CommandInput& input, const std::vector<std::string>& names);
void RefuseTakenTypeName(CommandInput& input, Oid schema, const std::string& name);

void LockType(CommandInput& input, Oid type, bool exclusive);
// By a list of names, locked exclusively. Null when there is none and missing_ok; says why in `missing`.
TypePtr FindTypeToChange(CommandInput& input, const std::vector<std::string>& names);
// Throws 42704 type "x" does not exist, 3F000.
TypePtr RequireTypeToChange(CommandInput& input, const std::vector<std::string>& names);
// 42501 must be owner of type x.
void RequireTypeOwner(CommandInput& input, const catalog::Type& type);
std::string TypeText(CommandInput& input, Oid type);

// The built-in type whose operator classes a type uses: a domain's base, anyenum, record ...
Oid OpclassInputType(const catalog::CatalogSnapshot& snapshot, Oid type);

// The owner of a type and of the array type over it; nothing for kInvalidOid.
void SetTypeOwner(CommandInput& input, Oid type, Oid owner);
// Puts the array type over `element` (which gets its oid) and then the element itself.
void PutTypeWithArray(CommandInput& input, catalog::Type element);
// A name for the array type over types of that name.
std::string ChooseArrayTypeName(CommandInput& input, Oid schema, const std::string& element_name);

// Throws 0A000 cannot alter type "x" because column "t.c" uses it, when rows are stored with values of the
// type, however deep. `shown`: x.
void RefuseStoredUses(CommandInput& input, Oid type, const std::string& shown);

}  // namespace grizzly::commands
