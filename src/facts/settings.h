// PostgreSQL 15's settings, from facts/settings.csv: what pg_settings shows, and the four SHOW
// alone knows (is_superuser, role, seed, session_authorization).
//
// Values are texts as pg_settings has them: numbers in the setting's unit. A std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <span>
#include <string_view>

namespace grizzly::facts {

struct SettingFact {
  std::string_view name;
  std::string_view unit;  // "", B, kB, 8kB, MB, ms, s, min
  std::string_view category;
  std::string_view short_desc;
  std::string_view extra_desc;
  std::string_view context;  // internal postmaster sighup backend superuser-backend superuser user
  std::string_view vartype;  // bool integer real string enum
  std::string_view min_val;
  std::string_view max_val;
  std::span<const std::string_view> enumvals;
  std::string_view boot_val;
  std::span<const std::string_view> flags;  // as pg_settings_get_flags() names them
};

// By name without regard to case, and by the old names sort_mem and vacuum_mem; null if unknown.
const SettingFact* FindSetting(std::string_view name);
// flag: EXPLAIN, NO_SHOW_ALL, NO_RESET_ALL, NOT_IN_SAMPLE or RUNTIME_COMPUTED.
bool HasFlag(const SettingFact& setting, std::string_view flag);
// In pg_settings' order: by name, without regard to case.
std::span<const SettingFact> AllSettings();

}  // namespace grizzly::facts
