#include "session/system_rows.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "catalog/builtin.h"
#include "catalog/inheritance.h"
#include "facts/catalog_relations.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/services.h"
#include "types/array.h"

namespace grizzly::session {
namespace {

using functions::SystemRow;
using Rows = std::vector<SystemRow>;
using Value = std::optional<std::string>;

constexpr int64_t kUnixToPostgresEpochUs = int64_t{946'684'800} * 1'000'000;

std::string Truth(bool value) { return value ? "t" : "f"; }

std::string TimeText(const SystemCall& call, int64_t time_us) {
  std::string text;
  types::BuiltinTypeIo(facts::kTimestamptzOid)
      ->Output(types::Datum::Of(time_us), call.session.settings().effective().io, text);
  return text;
}
Value TimeOrNull(const SystemCall& call, int64_t time_us) {
  if (time_us == 0) return std::nullopt;
  return TimeText(call, time_us);
}

template <typename Integer>
Value NumberOrNull(Integer number) {
  if (number == 0) return std::nullopt;
  return std::to_string(number);
}

// The xid type has the lower half of a transaction's number.
uint32_t XidOf(TransactionId id) { return static_cast<uint32_t>(id.value); }

Value TextOrNull(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

// ---- pg_stat_activity ----

// ssl, sslversion, sslcipher, sslbits and three about the certificate of a client, which nobody asks for.
void AddTls(const std::optional<TlsParameters>& tls, SystemRow* row) {
  row->push_back(tls.has_value() ? "t" : "f");
  row->push_back(tls.has_value() ? Value(tls->version) : std::nullopt);
  row->push_back(tls.has_value() ? Value(tls->cipher) : std::nullopt);
  row->push_back(tls.has_value() ? Value(std::to_string(tls->bits)) : std::nullopt);
  row->insert(row->end(), 3, std::nullopt);
}

// In the order of pg_stat_get_activity's OUT columns.
SystemRow ActivityRow(const SystemCall& call, SessionId id,
                      const ClientSession::Activity& activity, const WaitEvents& waits) {
  const bool local = activity.client_port == 0;
  SystemRow row;
  row.push_back(NumberOrNull(activity.database));
  row.push_back(std::to_string(id.value));
  row.push_back(NumberOrNull(activity.role));
  row.push_back(activity.application);
  row.push_back(std::string(activity.state));
  row.push_back(activity.query);
  const bool is_active = std::string_view(activity.state) == "active";
  const auto wait = waits.find(id);
  if (is_active && wait != waits.end()) {
    row.push_back(std::string(wait->second.type));
    row.push_back(std::string(wait->second.event));
  } else {
    row.push_back(is_active ? std::nullopt : Value("Client"));
    row.push_back(is_active ? std::nullopt : Value("ClientRead"));
  }
  row.push_back(TimeOrNull(call, activity.transaction_start_us));
  row.push_back(TimeOrNull(call, activity.query_start_us));
  row.push_back(TimeOrNull(call, activity.backend_start_us));
  row.push_back(TimeOrNull(call, activity.state_change_us));
  row.push_back(local ? std::nullopt : TextOrNull(activity.client_address));
  row.push_back(std::nullopt);  // client_hostname: log_hostname is off
  row.push_back(std::to_string(local ? -1 : activity.client_port));
  row.push_back(std::nullopt);  // backend_xid
  row.push_back(std::nullopt);  // backend_xmin
  row.push_back(activity.is_upkeep ? "autovacuum worker" : "client backend");
  AddTls(activity.tls, &row);
  row.push_back("f");  // gss_auth, gss_princ, gss_enc
  row.push_back(std::nullopt);
  row.push_back("f");
  row.push_back(std::nullopt);  // leader_pid
  row.push_back(std::nullopt);  // query_id
  return row;
}

Rows ActivityRows(const SystemCall& call) {
  const int32_t wanted = call.arguments[0].is_null() ? 0 : call.arguments[0].As<int32_t>();
  std::vector<std::pair<SessionId, ClientSession::Activity>> sessions;
  call.session.instance().ForEachSession([&](ClientSession& session) {
    if (wanted == 0 || session.id().value == wanted) {
      sessions.emplace_back(session.id(), session.CurrentActivity());
    }
  });
  const WaitEvents waits = CurrentWaits(call.session.instance());
  Rows rows;
  for (const auto& [id, activity] : sessions) rows.push_back(ActivityRow(call, id, activity, waits));
  return rows;
}

Rows BackendRows(const SystemCall& call) {
  Rows rows;
  call.session.instance().ForEachSession(
      [&](ClientSession& session) { rows.push_back({std::to_string(session.id().value)}); });
  return rows;
}

// ---- prepared transactions ----

Rows PreparedTransactionRows(const SystemCall& call) {
  Rows rows;
  for (const auto& prepared : call.session.instance().prepared_transactions().List()) {
    rows.push_back({std::to_string(XidOf(prepared.id)), prepared.name,
                    TimeText(call, prepared.prepared_us), std::to_string(prepared.owner),
                    std::to_string(prepared.database)});
  }
  return rows;
}

// ---- prepared statements and cursors of this session ----

Value TypeArray(const SystemCall& call, const std::vector<Oid>& oids) {
  std::string text = "{";
  for (Oid oid : oids) {
    if (text.size() > 1) text += ',';
    text += '"' + call.session.services().FormatRegName(facts::kRegtypeOid, oid) + '"';
  }
  return text + "}";
}

Rows PreparedRows(const SystemCall& call) {
  Rows rows;
  for (const auto& [name, statement] : call.session.prepared()) {
    if (name.empty()) continue;
    rows.push_back({name,
                    statement->text == nullptr ? std::string(statement->statement_text)
                                               : std::string(statement->text->sql()),
                    TimeText(call, statement->prepare_time_us),
                    TypeArray(call, statement->parameter_types), Truth(statement->from_sql), "0",
                    "0"});
  }
  return rows;
}

Rows CursorRows(const SystemCall& call) {
  Rows rows;
  for (const auto& [name, portal] : call.session.portals()) {
    if (name.empty()) continue;
    std::string text;
    if (portal->statement != nullptr) {
      const PreparedStatement& statement = *portal->statement;
      text = statement.text != nullptr ? std::string(statement.text->sql())
                                       : std::string(statement.statement_text);
    }
    const bool is_binary =
        std::any_of(portal->columns.begin(), portal->columns.end(),
                    [](const ResultColumn& column) { return column.format == ValueFormat::kBinary; });
    rows.push_back({name, std::move(text), Truth(portal->hold), Truth(portal->is_cursor && is_binary),
                    Truth(portal->scroll), TimeText(call, portal->creation_time_us)});
  }
  return rows;
}

// ---- access lists ----

Oid RoleOid(const SystemCall& call, std::string_view name) {
  if (name.empty()) return kInvalidOid;
  const auto role = call.session.instance().shared_catalog().FindRole(name);
  return role == nullptr ? kInvalidOid : role->oid;
}

std::string_view PrivilegeName(char letter) {
  switch (letter) {
    case 'a': return "INSERT";
    case 'r': return "SELECT";
    case 'w': return "UPDATE";
    case 'd': return "DELETE";
    case 'D': return "TRUNCATE";
    case 'x': return "REFERENCES";
    case 't': return "TRIGGER";
    case 'X': return "EXECUTE";
    case 'U': return "USAGE";
    case 'C': return "CREATE";
    case 'T': return "TEMPORARY";
    case 'c': return "CONNECT";
    case 's': return "SET";
    case 'A': return "ALTER SYSTEM";
    default: return "";
  }
}

// Each item "grantee=letters/grantor", a letter with * behind it may be granted on.
Rows AclRows(const SystemCall& call) {
  Rows rows;
  const auto items = types::ArrayRef::Of(call.arguments[0]);
  for (uint32_t i = 0; i < items.size(); ++i) {
    const std::string_view item = items.String(i);
    const size_t equals = item.find('=');
    const size_t slash = item.find('/', equals);
    const std::string grantee = std::to_string(RoleOid(call, item.substr(0, equals)));
    const std::string grantor = std::to_string(RoleOid(call, item.substr(slash + 1)));
    const std::string_view letters = item.substr(equals + 1, slash - equals - 1);
    for (size_t at = 0; at < letters.size(); ++at) {
      if (letters[at] == '*') continue;
      const bool grantable = at + 1 < letters.size() && letters[at + 1] == '*';
      rows.push_back({grantor, grantee, std::string(PrivilegeName(letters[at])), Truth(grantable)});
    }
  }
  return rows;
}

// ---- sequences, keys ----

Rows SequenceParameterRows(const SystemCall& call) {
  const catalog::RelationPtr relation = RequireRelation(call, call.OidAt(0));
  if (!relation->sequence.has_value()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a sequence", relation->name));
  }
  const catalog::SequenceDefinition& sequence = *relation->sequence;
  return {{std::to_string(sequence.start), std::to_string(sequence.minimum),
           std::to_string(sequence.maximum), std::to_string(sequence.increment),
           Truth(sequence.cycle), std::to_string(sequence.cache), std::to_string(sequence.type)}};
}

std::string TextArray(std::span<const std::string_view> items) {
  std::string text = "{";
  for (std::string_view item : items) {
    if (text.size() > 1) text += ',';
    text += item;
  }
  return text + "}";
}

Rows ForeignKeyRows(const SystemCall&) {
  Rows rows;
  for (const facts::ForeignKeyFact& fact : facts::AllForeignKeys()) {
    rows.push_back({std::to_string(fact.fktable), TextArray(fact.fkcols),
                    std::to_string(fact.pktable), TextArray(fact.pkcols), Truth(fact.is_array),
                    Truth(fact.is_opt)});
  }
  return rows;
}

// ---- what there is nothing of, and what is not counted ----

Rows NoRows(const SystemCall&) { return {}; }

// Of a slot or a subscription that is none: nothing has been counted.
Rows ReplicationSlotRow(const SystemCall& call) {
  return {{std::string(call.TextAt(0)), "0", "0", "0", "0", "0", "0", "0", "0", std::nullopt}};
}
Rows SubscriptionRow(const SystemCall& call) {
  return {{std::to_string(call.OidAt(0)), "0", "0", std::nullopt}};
}

Rows PublishedTables(const SystemCall& call) {
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("publication \"{}\" does not exist", call.TextAt(0)));
}

// Nothing is counted, but the commands have names.
Rows ProgressRows(const SystemCall& call) {
  static constexpr std::string_view kCommands[] = {"VACUUM", "ANALYZE", "CLUSTER", "CREATE INDEX", "BASEBACKUP", "COPY"};
  const std::string_view name = call.TextAt(0);
  const bool known = std::any_of(std::begin(kCommands), std::end(kCommands), [&](std::string_view command) {
    return std::equal(command.begin(), command.end(), name.begin(), name.end(), [](char a, char b) {
      return a == (b >= 'a' && b <= 'z' ? static_cast<char>(b - 32) : b);
    });
  });
  if (!known) {
    throw SqlError(SqlState::kInvalidParameterValue, fmt::format("invalid command name: \"{}\"", name));
  }
  return {};
}

// No receiver: a row of NULLs, which pg_stat_wal_receiver leaves out.
Rows ReceiverRow(const SystemCall&) { return {SystemRow(15)}; }

bool IsPartitionOrPartitioned(const catalog::Relation& relation) {
  return relation.IsPartitioned() || relation.IsPartition() ||
         relation.kind == catalog::RelationKind::kPartitionedIndex ||
         (relation.index.has_value() && !relation.inherits.empty());
}

// The tree under a table or index, itself first: breadth first, as PostgreSQL walks pg_inherits.
Rows PartitionTreeRows(const SystemCall& call) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::RelationPtr root = snapshot->FindRelation(call.OidAt(0));
  if (root == nullptr || !IsPartitionOrPartitioned(*root)) return {};
  Rows rows;
  std::map<Oid, int> levels{{root->oid, 0}};
  for (const catalog::RelationPtr& member : catalog::TreeOf(*snapshot, root)) {
    const Oid parent = member->inherits.empty() ? kInvalidOid : member->inherits.front();
    const auto above = levels.find(parent);
    const int level = member->oid == root->oid || above == levels.end() ? 0 : above->second + 1;
    levels[member->oid] = level;
    const bool is_leaf = !member->IsPartitioned() &&
                         member->kind != catalog::RelationKind::kPartitionedIndex;
    SystemRow row{std::to_string(member->oid), std::nullopt, is_leaf ? "t" : "f",
                  std::to_string(level)};
    if (parent != kInvalidOid) row[1] = std::to_string(parent);
    rows.push_back(std::move(row));
  }
  return rows;
}

Rows PartitionAncestorRows(const SystemCall& call) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::RelationPtr relation = snapshot->FindRelation(call.OidAt(0));
  if (relation == nullptr || !IsPartitionOrPartitioned(*relation)) return {};
  Rows rows{{std::to_string(relation->oid)}};
  for (const catalog::RelationPtr& ancestor : catalog::PartitionAncestors(*snapshot, *relation)) {
    rows.push_back({std::to_string(ancestor->oid)});
  }
  return rows;
}

constexpr SystemRowEntry kSources[] = {
    {"pg_stat_get_activity", ActivityRows},
    {"pg_stat_get_backend_idset", BackendRows},
    {"pg_lock_status", LockRows},
    {"pg_prepared_statement", PreparedRows},
    {"pg_cursor", CursorRows},
    {"show_all_settings", SettingRows},
    {"aclexplode", AclRows},
    {"pg_sequence_parameters", SequenceParameterRows},
    {"pg_get_catalog_foreign_keys", ForeignKeyRows},
    {"pg_stat_get_wal_receiver", ReceiverRow},
    {"pg_prepared_xact", PreparedTransactionRows},
    {"pg_listening_channels", NoRows},
    {"pg_available_extensions", NoRows},
    {"pg_available_extension_versions", NoRows},
    {"pg_stat_get_wal_senders", NoRows},
    {"pg_stat_get_progress_info", ProgressRows},
    {"pg_stat_get_subscription", NoRows},
    {"pg_stat_get_recovery_prefetch", NoRows},
    {"pg_get_replication_slots", NoRows},
    {"pg_show_replication_origin_status", NoRows},
    {"pg_partition_tree", PartitionTreeRows},
    {"pg_partition_ancestors", PartitionAncestorRows},
    {"pg_get_publication_tables", PublishedTables},
    {"pg_ident_file_mappings", NoRows},
    {"pg_get_shmem_allocations", NoRows},
    {"pg_stats_ext_mcvlist_items", NoRows},
    {"pg_stat_get_replication_slot", ReplicationSlotRow},
    {"pg_stat_get_subscription_stats", SubscriptionRow},
};

}  // namespace

SystemRowSource FindSystemRows(std::string_view source) {
  for (const std::span<const SystemRowEntry> entries : 
       {std::span<const SystemRowEntry>(kSources), ServerRows(), TextSearchRows()}) {
    for (const SystemRowEntry& entry : entries) {
      if (entry.source == source) return entry.rows;
    }
  }
  return nullptr;
}

}  // namespace grizzly::session
