// pg_stat_get_*: counters of the cumulative statistics. What is not counted here reads as PostgreSQL
// shows it after a reset: 0, or NULL for times.
#include "facts/types.h"
#include "session/client_session.h"
#include "session/system_functions.h"

namespace grizzly::session {
namespace {

using types::Datum;

Datum NotCounted(const SystemCall& call) {
  switch (call.function.prorettype) {
    case facts::kInt8Oid: return Datum::Of(int64_t{0});
    case facts::kInt4Oid: return Datum::Of(int32_t{0});
    case facts::kFloat8Oid: return Datum::Of(0.0);
    default: return Datum::Null();
  }
}

// Functions are counted only with track_functions.
Datum NotTracked(const SystemCall&) { return Datum::Null(); }

Datum DatabaseBackends(const SystemCall& call) {
  const int sessions = call.session.instance().SessionsOn(call.OidAt(0), SessionId{0});
  return Datum::Of(static_cast<int32_t>(sessions));
}

Datum LiveRows(const SystemCall& call) {
  const catalog::RelationStatistics statistics =
      call.session.tenant().catalog->Statistics(call.OidAt(0));
  return Datum::Of(statistics.row_count < 0 ? int64_t{0}
                                            : static_cast<int64_t>(statistics.row_count));
}

}  // namespace

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
    return entries;
  }();
  return kEntries;
}

}  // namespace grizzly::session
