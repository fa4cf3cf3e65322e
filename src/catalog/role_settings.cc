#include "catalog/role_settings.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace grizzly::catalog {
namespace {

// Names of settings have no slash.
bool IsOfDatabase(std::string_view name) { return name.find('/') != std::string_view::npos; }

std::string PrefixOf(Oid database) { return fmt::format("{}/", database); }

}  // namespace

StoredSettings PlainSettings(const Role& role) {
  StoredSettings settings;
  for (const auto& setting : role.settings) {
    if (!IsOfDatabase(setting.first)) settings.push_back(setting);
  }
  return settings;
}

StoredSettings SettingsIn(const Role& role, Oid database) {
  const std::string prefix = PrefixOf(database);
  StoredSettings settings;
  for (const auto& [name, value] : role.settings) {
    if (name.starts_with(prefix)) settings.emplace_back(name.substr(prefix.size()), value);
  }
  return settings;
}

std::vector<Oid> DatabasesWithSettings(const Role& role) {
  std::vector<Oid> databases;
  for (const auto& [name, value] : role.settings) {
    if (!IsOfDatabase(name)) continue;
    Oid database = kInvalidOid;
    std::from_chars(name.data(), name.data() + name.size(), database);
    databases.push_back(database);
  }
  std::sort(databases.begin(), databases.end());
  databases.erase(std::unique(databases.begin(), databases.end()), databases.end());
  return databases;
}

void SetPlainSettings(const StoredSettings& settings, Role* role) {
  std::erase_if(role->settings, [](const auto& setting) { return !IsOfDatabase(setting.first); });
  role->settings.insert(role->settings.begin(), settings.begin(), settings.end());
}

void SetSettingsIn(Oid database, const StoredSettings& settings, Role* role) {
  const std::string prefix = PrefixOf(database);
  std::erase_if(role->settings, [&](const auto& setting) { return setting.first.starts_with(prefix); });
  for (const auto& [name, value] : settings) role->settings.emplace_back(prefix + name, value);
}

}  // namespace grizzly::catalog
