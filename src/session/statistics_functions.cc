// pg_stat_get_*: counters of the cumulative statistics. What is not counted here reads as PostgreSQL
// shows it after a reset: 0, or NULL for times.
#include "facts/types.h"
#include "session/client_session.h"
#include "session/system_functions.h"

namespace grizzly::session {
namespace {

using types::Datum;

Datum NotCounted(const SystemCall& call) {
  call.session.NoteStatisticsRead();
  switch (call.function.prorettype) {
    case facts::kInt8Oid: return Datum::Of(int64_t{0});
    case facts::kInt4Oid: return Datum::Of(int32_t{0});
    case facts::kFloat8Oid: return Datum::Of(0.0);
    default: return Datum::Null();
  }
}

// Functions are counted only with track_functions.
Datum NotTracked(const SystemCall& call) {
  call.session.NoteStatisticsRead();
  return Datum::Null();
}

Datum SnapshotTime(const SystemCall& call) {
  const int64_t time = call.session.statistics_read_us();
  return time == 0 ? Datum::Null() : Datum::Of(time);
}

Datum ForgetSnapshot(const SystemCall& call) {
  call.session.ForgetStatisticsRead();
  return Datum::Of(types::StringRef());
}

Datum DatabaseBackends(const SystemCall& call) {
  const int sessions = call.session.instance().SessionsOn(call.OidAt(0), SessionId{0});
  return Datum::Of(static_cast<int32_t>(sessions));
}

Datum LiveRows(const SystemCall& call) {
  call.session.NoteStatisticsRead();
  const catalog::RelationStatistics statistics =
      call.session.tenant().catalog->Statistics(call.OidAt(0));
  return Datum::Of(statistics.row_count < 0 ? int64_t{0}
                                            : static_cast<int64_t>(statistics.row_count));
}

}  // namespace

void ClientSession::NoteStatisticsRead() {
  if (statistics_read_us_ != 0 || settings_.Raw("stats_fetch_consistency") != "snapshot") return;
  statistics_read_us_ = NowUs();
}

std::span<const SystemFunctionEntry> StatisticsFunctions() {
  static const std::vector<SystemFunctionEntry> kEntries = [] {
    std::vector<SystemFunctionEntry> entries;
    for (const facts::ProcFact& proc : facts::AllProcs()) {
      if (!proc.prosrc.starts_with("pg_stat_get_") || proc.proretset ||
          proc.prorettype == facts::kRecordOid) {
        continue;
      }
      const bool per_function = proc.prosrc.starts_with("pg_stat_get_function_") ||
                                proc.prosrc.starts_with("pg_stat_get_xact_function_");
      entries.push_back({proc.prosrc, per_function ? NotTracked : NotCounted});
    }
    entries.push_back({"pg_stat_get_db_numbackends", DatabaseBackends});
    entries.push_back({"pg_stat_get_live_tuples", LiveRows});
    entries.push_back({"pg_stat_get_snapshot_timestamp", SnapshotTime});
    entries.push_back({"pg_stat_clear_snapshot", ForgetSnapshot});
    return entries;
  }();
  return kEntries;
}

}  // namespace grizzly::session
