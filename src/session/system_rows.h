// The rows of set-returning system functions, those behind pg_settings, pg_locks, pg_stat_activity ...:
// one plain function per pg_proc.prosrc, values in text form.
#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "functions/session_services.h"
#include "session/system_functions.h"

namespace grizzly::session {

class DatabaseInstance;

using SystemRowSource = std::vector<functions::SystemRow> (*)(const SystemCall& call);

struct SystemRowEntry {
  std::string_view source;  // pg_proc.prosrc
  SystemRowSource rows;
};
std::span<const SystemRowEntry> ServerRows();      // server_rows.cc
std::span<const SystemRowEntry> TextSearchRows();  // text_search_queries.cc

// What pg_stat_slru has a row for (server_rows.cc).
std::span<const std::string_view> SlruNames();

// Null: none of ours.
SystemRowSource FindSystemRows(std::string_view source);

// pg_lock_status() (lock_rows.cc).
std::vector<functions::SystemRow> LockRows(const SystemCall& call);
// What sessions wait for, in the words of pg_stat_activity (lock_rows.cc).
struct WaitEvent {
  std::string_view type;
  std::string_view event;
};
using WaitEvents = std::map<SessionId, WaitEvent>;
WaitEvents CurrentWaits(DatabaseInstance& instance);

// pg_show_all_settings() (setting_rows.cc).
std::vector<functions::SystemRow> SettingRows(const SystemCall& call);

}  // namespace grizzly::session
