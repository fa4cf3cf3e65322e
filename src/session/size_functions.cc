// How much room tables, indexes and databases take: what the store counts, approximately.
#include <charconv>
#include <cmath>

#include "catalog/relation_size.h"
#include "facts/roles.h"
#include "session/client_session.h"
#include "session/system_functions.h"
#include "storage/key/key_layout.h"
#include "storage/kv/store.h"

namespace grizzly::session {
namespace {

using types::Datum;

int64_t BytesUnder(const SystemCall& call, const std::string& prefix) {
  return static_cast<int64_t>(
      call.session.instance().store().ApproximateBytes(prefix, storage::PrefixSuccessor(prefix)));
}

// The rows of a table, or the entries of an index that has some of its own.
int64_t OwnBytes(const SystemCall& call, const catalog::Relation& relation) {
  if (!relation.index.has_value()) {
    if (relation.storage.value == 0) return 0;
    return static_cast<int64_t>(catalog::ApproximateRowBytes(call.session.instance().store(), relation));
  }
  const auto table = call.session.Snapshot()->FindRelation(relation.index->table);
  if (table == nullptr || relation.index->clustered_by) return 0;
  std::string prefix;
  storage::AppendKeyHead(&prefix, table->tenant, table->storage, relation.index->index_id);
  return BytesUnder(call, prefix);
}

int64_t IndexBytes(const SystemCall& call, const catalog::Relation& table) {
  int64_t bytes = 0;
  for (Oid index : table.indexes) {
    if (const auto relation = call.session.Snapshot()->FindRelation(index)) {
      bytes += OwnBytes(call, *relation);
    }
  }
  return bytes;
}

// pg_relation_size (of one fork, all in the main one), pg_table_size, pg_indexes_size,
// pg_total_relation_size.
Datum RelationSize(const SystemCall& call) {
  const auto relation = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (relation == nullptr) return Datum::Null();
  const std::string_view source = call.function.prosrc;
  if (source == "pg_relation_size") {
    const std::string_view fork = call.TextAt(1);
    if (fork == "fsm" || fork == "vm" || fork == "init") return Datum::Of(int64_t{0});
    if (fork != "main") {
      throw SqlError(SqlState::kInvalidParameterValue, "invalid fork name")
          .Hint("Valid fork names are \"main\", \"fsm\", \"vm\", and \"init\".");
    }
    return Datum::Of(OwnBytes(call, *relation));
  }
  if (source == "pg_indexes_size") return Datum::Of(IndexBytes(call, *relation));
  const int64_t own = OwnBytes(call, *relation);
  return Datum::Of(source == "pg_table_size" ? own : own + IndexBytes(call, *relation));
}

int64_t DatabaseBytes(const SystemCall& call, const catalog::Database& database) {
  std::string head;
  storage::AppendKeyHead(&head, database.tenant, StorageId{0}, IndexId{0});
  return BytesUnder(call, head.substr(0, sizeof(uint32_t)));
}

Datum DatabaseSize(const SystemCall& call) {
  catalog::SharedCatalog& shared = call.session.instance().shared_catalog();
  if (call.function.prosrc == "pg_database_size_oid") {
    const auto database = shared.FindDatabase(call.OidAt(0));
    return database == nullptr ? Datum::Null() : Datum::Of(DatabaseBytes(call, *database));
  }
  const auto database = shared.FindDatabase(call.TextAt(0));
  if (database == nullptr) {
    throw SqlError(SqlState::kUndefinedDatabase,
                   fmt::format("database \"{}\" does not exist", call.TextAt(0)));
  }
  return Datum::Of(DatabaseBytes(call, *database));
}

// All databases lie in pg_default.
Datum TablespaceSize(const SystemCall& call) {
  const bool by_oid = call.function.prosrc == "pg_tablespace_size_oid";
  for (const facts::TablespaceFact& fact : facts::AllTablespaces()) {
    if (by_oid ? fact.oid != call.OidAt(0) : fact.spcname != call.TextAt(0)) continue;
    int64_t bytes = 0;
    if (fact.oid == facts::kDefaultTablespaceOid) {
      for (const auto& database : call.session.instance().shared_catalog().Databases()) {
        bytes += DatabaseBytes(call, *database);
      }
    }
    return Datum::Of(bytes);
  }
  if (by_oid) return Datum::Null();
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("tablespace \"{}\" does not exist", call.TextAt(0)));
}

// ---- pg_size_bytes ----

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Datum SizeBytes(const SystemCall& call) {
  static constexpr std::string_view kUnits[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  const std::string_view text = Trim(call.TextAt(0));
  const std::string whole(call.TextAt(0));
  const auto invalid = [&] {
    return SqlError(SqlState::kInvalidParameterValue, fmt::format("invalid size: \"{}\"", whole));
  };
  long double number = 0;
  const char* start = text.data();
  if (!text.empty() && *start == '+') ++start;
  const auto [end, error] = std::from_chars(start, text.data() + text.size(), number,
                                            std::chars_format::general);
  if (error != std::errc() || !std::isfinite(number)) throw invalid();
  const std::string_view unit = Trim({end, static_cast<size_t>(text.data() + text.size() - end)});
  long double factor = 1;
  if (!unit.empty()) {
    bool known = unit == "B";
    for (size_t i = 0; i < std::size(kUnits) && !known; ++i) {
      known = unit.size() == kUnits[i].size() &&
              strncasecmp(unit.data(), kUnits[i].data(), unit.size()) == 0;
      if (known) factor = std::pow(1024.0L, static_cast<long double>(i));
    }
    if (!known) {
      throw invalid()
          .Detail(fmt::format("Invalid size unit: \"{}\".", unit))
          .Hint("Valid units are \"bytes\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".");
    }
  }
  const long double bytes = std::round(number * factor);
  if (bytes >= 9223372036854775808.0L || bytes < -9223372036854775808.0L) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "bigint out of range");
  }
  return Datum::Of(static_cast<int64_t>(bytes));
}

}  // namespace

std::span<const SystemFunctionEntry> SizeFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {
      {"pg_relation_size", RelationSize},
      {"pg_table_size", RelationSize},
      {"pg_indexes_size", RelationSize},
      {"pg_total_relation_size", RelationSize},
      {"pg_database_size_oid", DatabaseSize},
      {"pg_database_size_name", DatabaseSize},
      {"pg_tablespace_size_oid", TablespaceSize},
      {"pg_tablespace_size_name", TablespaceSize},
      {"pg_size_bytes", SizeBytes},
  };
  return kEntries;
}

}  // namespace grizzly::session
