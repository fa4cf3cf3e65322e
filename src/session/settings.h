// A session's settings (GUCs): SET, SHOW, RESET, SET LOCAL, with PostgreSQL's names, units and checks.
//
// LAYERS   built-in default < configuration file and command line < ALTER DATABASE < ALTER ROLE < startup
//          packet: together the reset value. Above them the session's SET, above that SET LOCAL.
//          SET inside a transaction that rolls back (or to a savepoint before it) is undone.
// ERRORS   42704 unrecognized configuration parameter, 22023 invalid value, 55P02 cannot be changed now.
// THREADS  one at a time, the session's.
// SOURCE   PostgreSQL 15 docs, chapter 20; facts/settings.csv
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error/sql_error.h"
#include "base/memory/memory_tracker.h"
#include "planner/optimizer/rules.h"
#include "txn/transaction.h"
#include "types/io_settings.h"

namespace grizzly::session {

using SettingList = std::vector<std::pair<std::string, std::string>>;

enum class SettingSource : uint8_t { kServer, kStartup, kSession };

// What statements read all the time, kept in step with the texts.
struct EffectiveSettings {
  types::IoSettings io;
  int64_t statement_timeout_ms = 0;
  int64_t idle_in_transaction_timeout_ms = 0;
  int64_t idle_session_timeout_ms = 0;
  int64_t client_check_interval_ms = 0;
  txn::LockSettings locks;
  txn::TransactionOptions transaction_defaults;
  Severity client_min_messages = Severity::kNotice;
  int64_t work_memory_bytes = 4 << 20;
  bool work_memory_is_default = true;   // nobody has set work_mem
  double hash_memory_multiplier = 2;
  int64_t statement_memory_max = kNoMemoryLimit;  // bytes; grizzly.statement_memory_max
  int64_t temporary_bytes_max = -1;     // temp_file_limit; -1: none
  int parallel_workers_max = 2;         // max_parallel_workers_per_gather
  uint32_t batch_rows_max = 0;          // grizzly.batch_rows_max; 0: as operators like
  bool parallel_always = false;         // min_parallel_table_scan_size is 0
  planner::RuleSet disabled_rules;      // grizzly.disabled_rules
  std::vector<std::string> search_path_names;
  uint64_t version = 0;  // grows when anything plans depend on changed
};

class Settings {
 public:
  // `reset_values`: of the layers below the session. Invalid ones throw.
  explicit Settings(const SettingList& reset_values);

  // Throws as SET does. `local`: until the end of the transaction.
  void Set(std::string_view name, std::string_view value, bool local, SettingSource source);
  void Reset(std::string_view name);
  void ResetAll();
  // As SHOW prints it; throws 42704 unless `missing_ok` (then nullopt).
  std::optional<std::string> Show(std::string_view name, bool missing_ok) const;
  // As pg_settings.setting has it (numbers in the setting's unit).
  std::string Raw(std::string_view name) const;
  std::string ResetValue(std::string_view name) const;
  static std::string BootValue(std::string_view name);
  // As pg_settings.source has it: "default", "configuration file", "client", "session".
  std::string_view SourceOf(std::string_view name) const;

  const EffectiveSettings& effective() const { return effective_; }
  EffectiveSettings& effective() { return effective_; }

  // Names of reported settings whose value changed since the last call.
  std::vector<std::string> TakeChangedReports();
  static const std::vector<std::string_view>& ReportedNames();

  // ---- in step with the transaction ----
  void BeginTransaction();
  size_t Position() const { return undo_.size(); }
  void UndoTo(size_t position);
  void Commit();
  void Rollback();

 private:
  struct Value {
    std::optional<std::string> session;
    std::optional<std::string> local;
  };
  struct Undo {
    std::string name;
    Value before;
  };
  std::string Current(const std::string& name) const;
  void Changed(const std::string& name);
  void Apply(const std::string& name, const std::string& value);

  std::map<std::string, std::string, std::less<>> reset_;  // what differs from the built-in default
  std::set<std::string, std::less<>> from_client_;         // of those, what the startup packet said
  std::map<std::string, Value, std::less<>> values_;
  std::vector<Undo> undo_;
  std::vector<std::string> changed_reports_;
  EffectiveSettings effective_;
};

// Checks a value and brings it into canonical form: "on", plain numbers in the setting's unit,
// enum values in lower case. Throws 42704, 22023.
std::string CanonicalSetting(std::string_view name, std::string_view value);

}  // namespace grizzly::session
