// Functions that PostgreSQL has for the upkeep of indexes and statistics, and what became of transactions.
//
// Entries of BRIN and GIN indexes are written with their rows: nothing waits to be summarised or merged.
#include <algorithm>

#include "catalog/statistics.h"
#include "facts/catalog_relations.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"
#include "session/system_rows.h"

namespace grizzly::session {
namespace {

using types::Datum;

Datum Void() { return Datum::Of(types::StringRef()); }

// ---- indexes ----

// Throws unless it is an index of the method that the current role may look after.
void RequireOwnIndex(const SystemCall& call, std::string_view method, std::string_view method_name) {
  const catalog::RelationPtr index = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (index == nullptr) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("could not open relation with OID {}", call.OidAt(0)));
  }
  if (!index->index.has_value()) {
    throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is not an index", index->name));
  }
  if (index->index->access_method != method) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a {} index", index->name, method_name));
  }
  const catalog::Role& role = call.session.role();
  if (!role.superuser && index->owner != role.oid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("must be owner of index {}", index->name));
  }
}

void RequireBlock(const SystemCall& call) {
  const int64_t block = call.arguments[1].As<int64_t>();
  if (block >= 0 && block <= UINT32_MAX) return;
  throw SqlError(SqlState::kNumericValueOutOfRange,
                 fmt::format("block number out of range: {}", block));
}

Datum SummarizeNewValues(const SystemCall& call) {
  RequireOwnIndex(call, "brin", "BRIN");
  return Datum::Of(int32_t{0});
}

Datum SummarizeRange(const SystemCall& call) {
  RequireBlock(call);
  return SummarizeNewValues(call);
}

Datum DesummarizeRange(const SystemCall& call) {
  RequireBlock(call);
  RequireOwnIndex(call, "brin", "BRIN");
  return Void();
}

Datum CleanPendingList(const SystemCall& call) {
  RequireOwnIndex(call, "gin", "GIN");
  return Datum::Of(int64_t{0});
}

// Values are compressed by the store's blocks, none by itself.
Datum ColumnCompression(const SystemCall&) { return Datum::Null(); }

// ---- transactions ----

Datum StatusOfTransaction(const SystemCall& call) {
  const uint64_t id = call.arguments[0].As<uint64_t>();
  constexpr uint64_t kBootstrapId = 1;
  constexpr uint64_t kFrozenId = 2;
  if (id == kBootstrapId || id == kFrozenId) return call.Text("committed");
  if (id > call.session.instance().transactions().NextTimestamp().value) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("transaction ID {} is in the future", id));
  }
  switch (call.session.instance().running_ids().OutcomeOf(TransactionId{id})) {
    case TransactionOutcome::kRunning: return call.Text("in progress");
    case TransactionOutcome::kCommitted: return call.Text("committed");
    case TransactionOutcome::kAborted: return call.Text("aborted");
    case TransactionOutcome::kForgotten: break;
  }
  return Datum::Null();
}

[[noreturn]] void ThrowNoCommitTimestamps() {
  throw SqlError(SqlState::kObjectNotInPrerequisiteState, "could not get commit timestamp data")
      .Hint("Make sure the configuration parameter \"track_commit_timestamp\" is set.");
}
Datum CommitTimestampOf(const SystemCall&) { ThrowNoCommitTimestamps(); }

// ---- statistics ----

std::string DatabaseKey(Oid database) { return fmt::format("database/{}", database); }

void SetBack(const SystemCall& call, const std::string& key) {
  call.session.instance().statistics_resets().Set(key, NowUs());
}

// Tables and functions belong to a database, the catalogs of the server to number 0.
Datum ResetDatabase(const SystemCall& call) {
  SetBack(call, DatabaseKey(call.session.tenant().database->oid));
  call.statistics().ForgetChanges(kInvalidOid);
  return Void();
}

Datum ResetTable(const SystemCall& call) {
  const catalog::RelationPtr table = call.session.Snapshot()->FindRelation(call.OidAt(0));
  const facts::RelationFact* fact = table == nullptr ? nullptr : facts::FindRelation(table->oid);
  const bool is_shared = fact != nullptr && fact->relisshared;
  SetBack(call, DatabaseKey(is_shared ? kInvalidOid : call.session.tenant().database->oid));
  if (table != nullptr) call.statistics().ForgetChanges(table->oid);
  return Void();
}

Datum ResetShared(const SystemCall& call) {
  const std::string target(call.TextAt(0));
  for (std::string_view known : {"archiver", "bgwriter", "recovery_prefetch", "wal"}) {
    if (target != known) continue;
    SetBack(call, target);
    return Void();
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unrecognized reset target: \"{}\"", target))
      .Hint("Target must be \"archiver\", \"bgwriter\", \"recovery_prefetch\", or \"wal\".");
}

// NULL: all of them. A name that is none of the others is "other", as in PostgreSQL.
Datum ResetSlru(const SystemCall& call) {
  const auto names = SlruNames();
  const std::string_view wanted = call.arguments[0].is_null() ? "" : call.TextAt(0);
  const bool is_known = std::find(names.begin(), names.end(), wanted) != names.end();
  for (std::string_view name : names) {
    const bool is_meant = call.arguments[0].is_null() || name == wanted || (!is_known && name == "other");
    if (is_meant) SetBack(call, fmt::format("slru/{}", name));
  }
  return Void();
}

Datum ResetReplicationSlot(const SystemCall& call) {
  if (call.arguments[0].is_null()) return Void();
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("replication slot \"{}\" does not exist", call.TextAt(0)));
}

// There is no subscription, and functions are not counted.
Datum ResetNothing(const SystemCall&) { return Void(); }

Datum DatabaseResetTime(const SystemCall& call) {
  const auto time = call.session.instance().statistics_resets().Find(DatabaseKey(call.OidAt(0)));
  return time.has_value() ? Datum::Of(*time) : Datum::Null();
}

Datum WriterResetTime(const SystemCall& call) {
  const DatabaseInstance& instance = call.session.instance();
  return Datum::Of(call.session.instance().statistics_resets().Find("bgwriter").value_or(
      instance.start_time_us()));
}

// (kind, database, object): whether there are statistics of it.
Datum HaveStatistics(const SystemCall& call) {
  const std::string_view kind = call.TextAt(0);
  for (std::string_view fixed : {"archiver", "bgwriter", "checkpointer", "slru", "wal"}) {
    if (kind == fixed) return Datum::Of(true);
  }
  const Oid database = call.OidAt(1);
  const Oid object = call.OidAt(2);
  if (kind == "database") {
    const bool exists = database == kInvalidOid ||
                        call.session.instance().shared_catalog().FindDatabase(database) != nullptr;
    return Datum::Of(exists && object == kInvalidOid);
  }
  if (kind == "relation") {
    return Datum::Of(database == call.session.tenant().database->oid &&
                     call.session.Snapshot()->FindRelation(object) != nullptr);
  }
  for (std::string_view without : {"function", "replslot", "subscription"}) {
    if (kind == without) return Datum::Of(false);
  }
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("invalid statistics kind: \"{}\"", kind));
}

}  // namespace

std::span<const SystemFunctionEntry> UpkeepFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {
      {"brin_summarize_new_values", SummarizeNewValues},
      {"brin_summarize_range", SummarizeRange},
      {"brin_desummarize_range", DesummarizeRange},
      {"gin_clean_pending_list", CleanPendingList},
      {"pg_column_compression", ColumnCompression},
      {"pg_xact_status", StatusOfTransaction},
      {"pg_xact_commit_timestamp", CommitTimestampOf},
      {"pg_stat_force_next_flush", ResetNothing},
      {"pg_stat_reset", ResetDatabase},
      {"pg_stat_reset_shared", ResetShared},
      {"pg_stat_reset_slru", ResetSlru},
      {"pg_stat_reset_single_table_counters", ResetTable},
      {"pg_stat_reset_single_function_counters", ResetNothing},
      {"pg_stat_reset_replication_slot", ResetReplicationSlot},
      {"pg_stat_reset_subscription_stats", ResetNothing},
      {"pg_stat_get_db_stat_reset_time", DatabaseResetTime},
      {"pg_stat_get_bgwriter_stat_reset_time", WriterResetTime},
      {"pg_stat_have_stats", HaveStatistics},
  };
  return kEntries;
}

}  // namespace grizzly::session
