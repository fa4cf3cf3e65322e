#include "facts/settings.h"

#include <algorithm>

namespace grizzly::facts {

namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool LessIgnoringCase(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(Lower(x)) < static_cast<unsigned char>(Lower(y));
  });
}

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  return !LessIgnoringCase(a, b) && !LessIgnoringCase(b, a);
}

}  // namespace

const SettingFact* FindSetting(std::string_view name) {
  const auto rows = AllSettings();
  auto at = std::lower_bound(
      rows.begin(), rows.end(), name,
      [](const SettingFact& row, std::string_view key) { return LessIgnoringCase(row.name, key); });
  if (at != rows.end() && SameIgnoringCase(at->name, name)) return &*at;
  if (SameIgnoringCase(name, "sort_mem")) return FindSetting("work_mem");
  if (SameIgnoringCase(name, "vacuum_mem")) return FindSetting("maintenance_work_mem");
  return nullptr;
}

bool HasFlag(const SettingFact& setting, std::string_view flag) {
  return std::find(setting.flags.begin(), setting.flags.end(), flag) != setting.flags.end();
}

}  // namespace grizzly::facts
