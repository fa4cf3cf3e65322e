// The rows of set-returning system functions, those behind pg_settings, pg_locks, pg_stat_activity ...:
// one plain function per pg_proc.prosrc, values in text form.
#pragma once

#include <vector>

#include "functions/session_services.h"
#include "session/system_functions.h"

namespace grizzly::session {

using SystemRowSource = std::vector<functions::SystemRow> (*)(const SystemCall& call);

// Null: none of ours.
SystemRowSource FindSystemRows(std::string_view source);

// pg_show_all_settings() (setting_rows.cc).
std::vector<functions::SystemRow> SettingRows(const SystemCall& call);

}  // namespace grizzly::session
