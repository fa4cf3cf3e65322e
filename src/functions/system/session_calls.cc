// System functions that the session answers: who else is there, what objects are like, who may do what.
#include "base/error/check.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "functions/system/session_calls.h"

namespace grizzly::functions {
namespace {

using Values = std::span<const Datum>;

constexpr std::string_view kCalls[] = {
    // backends
    "pg_cancel_backend", "pg_terminate_backend", "pg_postmaster_start_time", "pg_conf_load_time",
    "pg_is_in_recovery", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn",
    "pg_last_xact_replay_timestamp", "pg_is_wal_replay_paused", "pg_get_wal_replay_pause_state",
    "pg_wal_replay_pause", "pg_wal_replay_resume", "inet_client_port", "inet_server_port", "pg_blocking_pids",
    "pg_safe_snapshot_blocking_pids", "pg_isolation_test_session_is_blocked",
    "pg_current_xact_id_if_assigned", "pg_current_snapshot", "pg_client_encoding", "getdatabaseencoding",
    "pg_settings_get_flags", "pg_stat_clear_snapshot", "pg_notification_queue_usage",
    "current_query",
    // objects
    "pg_get_serial_sequence", "pg_sequence_last_value", "pg_indexam_has_property",
    "pg_index_has_property", "pg_indexam_progress_phasename", "pg_get_statisticsobjdef_expressions", "pg_index_column_has_property", "pg_relation_is_publishable",
    "pg_relation_is_updatable", "pg_column_is_updatable", "pg_relation_filenode",
    "pg_my_temp_schema", "pg_is_other_temp_schema",
    "pg_describe_object", "pg_tablespace_location", "pg_partition_root",
    "pg_collation_actual_version", "pg_database_collation_actual_version", "currtid_byrelname",
    // sizes
    "pg_relation_size", "pg_table_size", "pg_indexes_size", "pg_total_relation_size",
    "pg_database_size_oid", "pg_database_size_name", "pg_tablespace_size_oid",
    "pg_tablespace_size_name", "pg_size_bytes",
    "tsquery_rewrite_query",
    // upkeep
    "brin_summarize_new_values", "brin_summarize_range", "brin_desummarize_range",
    "gin_clean_pending_list", "pg_column_compression", "pg_xact_status", "pg_xact_commit_timestamp",
    "pg_stat_force_next_flush", "pg_stat_reset", "pg_stat_reset_shared", "pg_stat_reset_slru",
    "pg_stat_reset_single_table_counters", "pg_stat_reset_single_function_counters",
    "pg_stat_reset_replication_slot", "pg_stat_reset_subscription_stats", "pg_stat_have_stats",
    "pg_log_backend_memory_contexts",
    // XML
    "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "table_to_xml",
    "table_to_xmlschema", "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema",
    "schema_to_xml_and_xmlschema", "database_to_xml", "database_to_xmlschema",
    "database_to_xml_and_xmlschema", "cursor_to_xml", "cursor_to_xmlschema",
    // privileges
    "acldefault_sql", "row_security_active", "row_security_active_name",
};

constexpr std::string_view kSets[] = {
    "pg_stat_get_activity", "pg_stat_get_backend_idset", "pg_lock_status", "pg_prepared_statement",
    "pg_cursor", "show_all_settings", "aclexplode", "pg_sequence_parameters",
    "pg_get_catalog_foreign_keys", "pg_stat_get_archiver", "pg_stat_get_wal",
    "pg_stat_get_wal_receiver", "pg_prepared_xact", "pg_listening_channels",
    "pg_available_extensions", "pg_available_extension_versions", "pg_stat_get_slru",
    "pg_stat_get_wal_senders", "pg_stat_get_progress_info", "pg_stat_get_subscription",
    "pg_stat_get_recovery_prefetch", "pg_get_replication_slots",
    "pg_show_replication_origin_status", "pg_partition_tree", "pg_partition_ancestors",
    "pg_get_publication_tables", "pg_ls_dir_1arg", "pg_ls_dir", "pg_ls_waldir", "pg_ls_logdir",
    "pg_ls_tmpdir_noargs", "pg_ls_tmpdir_1arg", "pg_ls_archive_statusdir", "pg_ls_logicalsnapdir",
    "pg_ls_logicalmapdir", "pg_ls_replslotdir", "pg_tablespace_databases",
    "pg_get_backend_memory_contexts", "pg_config", "ts_stat1", "ts_stat2",
    "pg_ident_file_mappings", "pg_get_shmem_allocations",
    "pg_stats_ext_mcvlist_items", "pg_stat_get_replication_slot", "pg_stat_get_subscription_stats",
};

Datum Call(FunctionContext& context, const CallSite& call, Values values) {
  GRIZZLY_CHECK(context.session != nullptr);
  return context.session->CallSessionFunction(call.function, values, *context.result_heap);
}

// Rows the session gave as texts, read by the types of the columns.
class TextRowsScan final : public SetScan {
 public:
  explicit TextRowsScan(std::vector<SystemRow> rows) : rows_(std::move(rows)) {}

  bool Next(FunctionContext& context, types::Batch& out) override {
    uint32_t count = 0;
    for (; count < types::kBatchRowsMax && at_ < rows_.size(); ++count, ++at_) {
      for (size_t i = 0; i < out.column_count(); ++i) {
        Vector& column = out.column(i);
        if (count == 0) column.Reserve(types::kBatchRowsMax);
        column.SetDatum(count, Read(context, column, rows_[at_].at(i)));
      }
    }
    out.set_row_count(count);
    return count > 0;
  }

 private:
  static Datum Read(FunctionContext& context, Vector& column,
                    const std::optional<std::string>& text) {
    if (!text.has_value()) return Datum::Null();
    const types::TypeIo* io = context.session->FindTypeIo(column.type().oid);
    GRIZZLY_CHECK(io != nullptr);
    return io->Input(*text, types::kNoTypmod, *context.io, column.heap());
  }

  const std::vector<SystemRow> rows_;
  size_t at_ = 0;
};

std::unique_ptr<SetScan> Rows(FunctionContext& context, const CallSite& call, Values values) {
  GRIZZLY_CHECK(context.session != nullptr);
  const bool strict = facts::FindProc(call.function)->proisstrict;
  for (const Datum& value : values) {
    if (strict && value.is_null()) return nullptr;
  }
  return std::make_unique<TextRowsScan>(context.session->SystemRows(call.function, values));
}

void AddCall(Registry& registry, const facts::ProcFact& proc) {
  const bool per_row = proc.provolatile == 'v';
  using kernel::Calling;
  if (proc.proisstrict) {
    registry.AddScalar(proc.prosrc, per_row ? &Datums<&Call, Calling::kPerRow>
                                            : &Datums<&Call, Calling::kStrict>);
  } else {
    registry.AddScalar(proc.prosrc, per_row ? &Datums<&Call, Calling::kPerRowNullable>
                                            : &Datums<&Call, Calling::kNullable>);
  }
}

bool IsPrivilegeQuestion(std::string_view source) {
  return (source.starts_with("has_") && source.find("_privilege") != std::string_view::npos) ||
         source.starts_with("pg_has_role_");
}

bool IsCounter(const facts::ProcFact& proc) {
  return proc.prosrc.starts_with("pg_stat_get_") && !proc.proretset &&
         proc.prorettype != facts::kRecordOid;
}

}  // namespace

std::span<const std::string_view> SessionCallSources() { return kCalls; }
std::span<const std::string_view> SessionSetSources() { return kSets; }

void RegisterSessionCalls(Registry& registry) {
  for (std::string_view source : kCalls) {
    for (const facts::ProcFact* proc : facts::FindProcsBySource(source)) AddCall(registry, *proc);
  }
  for (std::string_view source : kSets) registry.AddSet(source, &Rows);
  for (const facts::ProcFact& proc : facts::AllProcs()) {
    if (IsPrivilegeQuestion(proc.prosrc) || IsCounter(proc)) AddCall(registry, proc);
  }
}

}  // namespace grizzly::functions
