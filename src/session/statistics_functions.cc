// pg_stat_get_*: counters of the cumulative statistics. Changed rows are counted by commits, from the start of the
// server. What is not counted here reads as PostgreSQL shows it after a reset: 0, or NULL for times.
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
  return Datum::Of(static_cast<int64_t>(std::max(call.statistics().LiveRows(call.OidAt(0)), 0.0)));
}

catalog::RelationActivity ActivityOf(const SystemCall& call) {
  call.session.NoteStatisticsRead();
  return call.statistics().Activity(call.OidAt(0));
}

template <uint64_t catalog::RowChanges::*kCounter>
Datum ChangedRows(const SystemCall& call) {
  return Datum::Of(static_cast<int64_t>(ActivityOf(call).changes.*kCounter));
}

Datum ChangedSinceAnalyze(const SystemCall& call) {
  return Datum::Of(static_cast<int64_t>(ActivityOf(call).changed_since_analyze));
}

}  // namespace

catalog::StatisticsStore& SystemCall::statistics() const {
  return *catalog::StatisticsOf(session.tenant().catalog.get());
}

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
    entries.push_back({"pg_stat_get_tuples_inserted", ChangedRows<&catalog::RowChanges::inserted>});
    entries.push_back({"pg_stat_get_tuples_updated", ChangedRows<&catalog::RowChanges::updated>});
    entries.push_back({"pg_stat_get_tuples_deleted", ChangedRows<&catalog::RowChanges::deleted>});
    entries.push_back({"pg_stat_get_mod_since_analyze", ChangedSinceAnalyze});
    entries.push_back({"pg_stat_get_snapshot_timestamp", SnapshotTime});
    entries.push_back({"pg_stat_clear_snapshot", ForgetSnapshot});
    return entries;
  }();
  return kEntries;
}

}  // namespace grizzly::session
