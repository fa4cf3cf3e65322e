// Functions about backends: who they are, signals to them, who waits for whom, transactions.
#include "base/log/log.h"
#include "facts/settings.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"
#include "txn/serializable/serialization_guard.h"
#include "types/array.h"
#include "types/xid_snapshot.h"

namespace grizzly::session {
namespace {

using types::Datum;

Datum Signal(const SystemCall& call) {
  const SessionId target{call.arguments[0].As<int32_t>()};
  const CancelReason reason = call.function.prosrc == "pg_cancel_backend"
                                  ? CancelReason::kUserRequest
                                  : CancelReason::kAdminShutdown;
  const bool found = call.session.instance().SignalSession(target, reason);
  if (!found) {
    call.session.Warn(fmt::format("PID {} is not a PostgreSQL backend process", target.value));
  }
  return Datum::Of(found);
}

Datum CurrentQuery(const SystemCall& call) {
  return call.Text(call.session.CurrentActivity().query);
}

Datum StartTime(const SystemCall& call) {
  return Datum::Of(call.session.instance().start_time_us());
}

Datum InRecovery(const SystemCall&) { return Datum::Of(false); }

// There is no standby that replays what another server wrote.
Datum NeverReplayed(const SystemCall&) { return Datum::Null(); }

Datum NotInRecovery(const SystemCall&) {
  throw SqlError(SqlState::kObjectNotInPrerequisiteState, "recovery is not in progress")
      .Hint("Recovery control functions can only be executed during recovery.");
}

Datum ClientPort(const SystemCall& call) {
  const ClientSession::Activity activity = call.session.CurrentActivity();
  return activity.client_port == 0 ? Datum::Null()
                                   : Datum::Of(static_cast<int32_t>(activity.client_port));
}

Datum ServerPort(const SystemCall& call) {
  if (call.session.CurrentActivity().client_port == 0) return Datum::Null();
  return Datum::Of(static_cast<int32_t>(std::stoi(call.session.settings().Raw("port"))));
}

std::vector<SessionId> BlockersOf(const SystemCall& call) {
  return call.session.instance().locks().BlockingSessions(
      SessionId{call.arguments[0].As<int32_t>()});
}

Datum ArrayOfSessions(const SystemCall& call, const std::vector<SessionId>& sessions) {
  types::ArrayBuilder pids(facts::kInt4Oid, types::PhysicalType::kInt32);
  for (const SessionId id : sessions) pids.AddValue(id.value);
  return Datum::Of(pids.Finish(call.arena));
}

Datum Blockers(const SystemCall& call) { return ArrayOfSessions(call, BlockersOf(call)); }

// Writers that a DEFERRABLE transaction waits for.
std::vector<SessionId> SafetyBlockersOf(const SystemCall& call) {
  return call.session.instance().transactions().serializable().SafetyBlockers(
      SessionId{call.arguments[0].As<int32_t>()});
}

Datum SnapshotBlockers(const SystemCall& call) {
  return ArrayOfSessions(call, SafetyBlockersOf(call));
}

// (pid, pids that matter): whether one of them holds the first up.
Datum IsTestBlocked(const SystemCall& call) {
  const auto interesting = types::ArrayRef::Of(call.arguments[1]);
  // PostgreSQL's own test program does not care which of them makes a snapshot wait.
  if (!SafetyBlockersOf(call).empty()) return Datum::Of(true);
  for (SessionId blocker : BlockersOf(call)) {
    for (uint32_t i = 0; i < interesting.size(); ++i) {
      if (interesting.Value<int32_t>(i) == blocker.value) return Datum::Of(true);
    }
  }
  return Datum::Of(false);
}

Datum AssignedTransaction(const SystemCall& call) {
  const TransactionId number = call.session.AssignedNumber();
  return number.value == 0 ? Datum::Null() : Datum::Of(number.value);
}

Datum CurrentSnapshot(const SystemCall& call) {
  const VisibleIds& ids = call.session.VisibleNumbers();
  types::XidSnapshot snapshot{ids.next, ids.next, ids.running};
  if (!snapshot.running.empty()) snapshot.xmin = snapshot.running.front();
  const uint64_t own = call.session.AssignedNumber().value;
  if (own != 0) {  // it is not among those it does not see
    snapshot.xmin = std::min(snapshot.xmin, own);
    std::erase(snapshot.running, own);
  }
  return call.Text(types::XidSnapshotBytes(snapshot));
}

Datum ClientEncoding(const SystemCall& call) {
  return call.Text(call.session.settings().Raw("client_encoding"));
}
Datum ServerEncoding(const SystemCall& call) {
  return call.Text(call.session.settings().Raw("server_encoding"));
}

Datum SettingFlags(const SystemCall& call) {
  const facts::SettingFact* fact = facts::FindSetting(call.TextAt(0));
  if (fact == nullptr) return Datum::Null();
  types::ArrayBuilder flags(facts::kTextOid, types::PhysicalType::kString);
  for (std::string_view flag : fact->flags) flags.AddString(flag);
  return Datum::Of(flags.Finish(call.arena));
}

Datum LogMemory(const SystemCall& call) {
  const int32_t pid = call.arguments[0].As<int32_t>();
  int64_t bytes = -1;
  call.session.instance().ForEachSession([&](ClientSession& session) {
    if (session.id().value == pid) bytes = session.memory().used_bytes();
  });
  if (bytes < 0) {
    call.session.Warn(fmt::format("PID {} is not a PostgreSQL server process", pid));
    return Datum::Of(false);
  }
  log::Write(Severity::kLog, fmt::format("memory of the session of PID {}: {} bytes used", pid, bytes));
  return Datum::Of(true);
}

Datum QueueUsage(const SystemCall&) { return Datum::Of(0.0); }

}  // namespace

std::span<const SystemFunctionEntry> BackendFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {
      {"current_query", CurrentQuery},
      {"pg_cancel_backend", Signal},
      {"pg_terminate_backend", Signal},
      {"pg_postmaster_start_time", StartTime},
      {"pg_conf_load_time", StartTime},
      {"pg_is_in_recovery", InRecovery},
      {"pg_last_wal_receive_lsn", NeverReplayed},
      {"pg_last_wal_replay_lsn", NeverReplayed},
      {"pg_last_xact_replay_timestamp", NeverReplayed},
      {"pg_is_wal_replay_paused", NotInRecovery},
      {"pg_get_wal_replay_pause_state", NotInRecovery},
      {"pg_wal_replay_pause", NotInRecovery},
      {"pg_wal_replay_resume", NotInRecovery},
      {"inet_client_port", ClientPort},
      {"inet_server_port", ServerPort},
      {"pg_blocking_pids", Blockers},
      {"pg_safe_snapshot_blocking_pids", SnapshotBlockers},
      {"pg_isolation_test_session_is_blocked", IsTestBlocked},
      {"pg_current_xact_id_if_assigned", AssignedTransaction},
      {"pg_current_snapshot", CurrentSnapshot},
      {"pg_client_encoding", ClientEncoding},
      {"getdatabaseencoding", ServerEncoding},
      {"pg_settings_get_flags", SettingFlags},
      {"pg_log_backend_memory_contexts", LogMemory},
      {"pg_notification_queue_usage", QueueUsage},
  };
  return kEntries;
}

}  // namespace grizzly::session
