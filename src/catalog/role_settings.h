// What ALTER ROLE ... IN DATABASE SET keeps: among a role's settings, under "<database's oid>/<name>". The bootstrap
// superuser, who always is, has those of all roles and databases (ALTER ROLE ALL SET) under "0/<name>".
//
// THREADS  pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalog.h"

namespace grizzly::catalog {

using StoredSettings = std::vector<std::pair<std::string, std::string>>;

// Those of all databases.
StoredSettings PlainSettings(const Role& role);
// Those of one database, by their own names.
StoredSettings SettingsIn(const Role& role, Oid database);
// The databases it has any of, ascending.
std::vector<Oid> DatabasesWithSettings(const Role& role);
void SetPlainSettings(const StoredSettings& settings, Role* role);
void SetSettingsIn(Oid database, const StoredSettings& settings, Role* role);

}  // namespace grizzly::catalog
