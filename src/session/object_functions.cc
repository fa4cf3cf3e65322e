// Functions that describe catalog objects: sequences, index properties, functions' signatures.
#include <algorithm>

#include "catalog/builtin.h"
#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "commands/object/extended_statistics.h"
#include "facts/access_methods.h"
#include "catalog/schema_object.h"
#include "facts/aggregates.h"
#include "facts/collations.h"
#include "facts/types.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"
#include "types/array.h"
#include "types/collation.h"

namespace grizzly::session {

using types::Datum;

catalog::RelationPtr RequireRelation(const SystemCall& call, Oid oid) {
  catalog::RelationPtr relation = call.session.Snapshot()->FindRelation(oid);
  if (relation == nullptr) {
    throw SqlError(SqlState::kUndefinedTable,
                   fmt::format("relation with OID {} does not exist", oid));
  }
  return relation;
}

namespace {

std::string QualifiedName(const catalog::CatalogSnapshot& snapshot,
                          const catalog::Relation& relation) {
  const catalog::Schema* schema = snapshot.FindSchema(relation.schema);
  return catalog::QuoteQualified(schema == nullptr ? "" : schema->name, relation.name);
}

// ---- sequences ----

// The sequence of a serial or identity column, or one made OWNED BY it; null: none.
catalog::RelationPtr OwnedSequence(const catalog::CatalogSnapshot& snapshot,
                                   const catalog::Relation& table, AttributeNumber attnum) {
  for (const catalog::Dependency& edge :
       snapshot.DependentsOn(catalog::kRelationClass, table.oid)) {
    if (edge.referenced_sub != attnum || edge.dependent_class != catalog::kRelationClass) continue;
    catalog::RelationPtr sequence = snapshot.FindRelation(edge.dependent);
    if (sequence != nullptr && sequence->sequence.has_value()) return sequence;
  }
  return nullptr;
}

Datum SerialSequence(const SystemCall& call) {
  const Oid oid =
      call.session.services().ResolveRegName(facts::kRegclassOid, call.TextAt(0), false);
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::RelationPtr table = RequireRelation(call, oid);
  const catalog::Column* column = table->FindColumn(call.TextAt(1));
  if (column == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" of relation \"{}\" does not exist", call.TextAt(1),
                               table->name));
  }
  const catalog::RelationPtr owned = OwnedSequence(*snapshot, *table, column->attnum);
  return owned == nullptr ? Datum::Null() : call.Text(QualifiedName(*snapshot, *owned));
}

Datum SequenceLastValue(const SystemCall& call) {
  const catalog::RelationPtr sequence = RequireRelation(call, call.OidAt(0));
  if (sequence->kind != catalog::RelationKind::kSequence) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a sequence", sequence->name));
  }
  const catalog::SequenceState state = call.session.instance().sequences().Read(*sequence);
  return state.is_called ? Datum::Of(state.last_value) : Datum::Null();
}

// ---- indexes and statistics objects ----

// How a method calls the phases of building an index, for pg_stat_progress_create_index.
Datum PhaseName(const SystemCall& call) {
  static constexpr std::string_view kBtreePhases[] = {"initializing", "scanning table", "sorting live tuples",
                                                      "sorting dead tuples", "loading tuples in tree"};
  const auto phase = call.arguments[1].As<int64_t>();
  const bool is_known = call.OidAt(0) == facts::kBtreeMethodOid && phase >= 1 &&
                        phase <= static_cast<int64_t>(std::size(kBtreePhases));
  return is_known ? Datum::OfString(kBtreePhases[phase - 1], call.arena) : Datum::Null();
}

Datum ExpressionsOfStatistics(const SystemCall& call) {
  const std::vector<std::string> texts =
      commands::StatisticsExpressions(call.session.MakeDefinitionInput(), call.OidAt(0));
  if (texts.empty()) return Datum::Null();
  types::ArrayBuilder items(facts::kTextOid, types::PhysicalType::kString);
  for (const std::string& text : texts) items.AddString(text);
  return Datum::Of(items.Finish(call.arena));
}

// ---- relations ----

bool IsTable(const catalog::Relation& relation) {
  return relation.kind == catalog::RelationKind::kTable ||
         relation.kind == catalog::RelationKind::kPartitionedTable;
}

Datum IsPublishable(const SystemCall& call) {
  const auto relation = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (relation == nullptr) return Datum::Null();
  return Datum::Of(relation->oid >= kFirstUserOid && IsTable(*relation) &&
                   relation->persistence == 'p');
}

Datum MyTemporarySchema(const SystemCall& call) {
  return Datum::Of<Oid>(call.session.TemporarySchema(*call.session.Snapshot()));
}

Datum IsOtherTemporarySchema(const SystemCall& call) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::Schema* schema = snapshot->FindSchema(call.OidAt(0));
  return Datum::Of(schema != nullptr && schema->name.starts_with(catalog::kTemporarySchemaPrefix) &&
                   schema->oid != call.session.TemporarySchema(*snapshot));
}

constexpr int32_t kInsertUpdateDelete = (1 << 3) | (1 << 2) | (1 << 4);

constexpr int32_t kDelete = 1 << 4;

Datum IsUpdatable(const SystemCall& call) {
  const auto relation = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (relation == nullptr) return Datum::Of(0);
  if (IsTable(*relation)) return Datum::Of(kInsertUpdateDelete);
  // Views of the system cannot be changed here.
  if (relation->kind != catalog::RelationKind::kView || relation->oid < kFirstUserOid) {
    return Datum::Of(0);
  }
  const planner::ViewChangeability view = call.session.ChangeabilityOfView(relation);
  return Datum::Of(view.takes_updates ? kInsertUpdateDelete : view.takes_deletes ? kDelete : 0);
}

Datum IsColumnUpdatable(const SystemCall& call) {
  const auto relation = call.session.Snapshot()->FindRelation(call.OidAt(0));
  const int16_t attnum = call.arguments[1].As<int16_t>();
  if (relation == nullptr || attnum <= 0) return Datum::Of(false);
  if (IsTable(*relation)) return Datum::Of(true);
  if (relation->kind != catalog::RelationKind::kView || relation->oid < kFirstUserOid) {
    return Datum::Of(false);
  }
  const planner::ViewChangeability view = call.session.ChangeabilityOfView(relation);
  return Datum::Of(static_cast<size_t>(attnum) <= view.columns.size() && view.columns[attnum - 1]);
}

Datum FileNode(const SystemCall& call) {
  const auto relation = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (relation == nullptr || relation->kind == catalog::RelationKind::kView) return Datum::Null();
  const bool stored = relation->storage.value != 0;
  return Datum::Of<Oid>(stored ? relation->storage.value : relation->oid);
}

// Whether a class whose objects the snapshot can be asked for has this one; of others: true.
bool MayBeDescribed(const catalog::CatalogSnapshot& snapshot, Oid object_class, Oid object, int32_t sub) {
  switch (object_class) {
    case kInvalidOid: return object != kInvalidOid;
    case catalog::kRelationClass: {
      const catalog::RelationPtr relation = snapshot.FindRelation(object);
      return relation != nullptr && (sub <= 0 || static_cast<size_t>(sub) <= relation->columns.size());
    }
    case catalog::kTypeClass: return snapshot.FindType(object) != nullptr;
    case catalog::kSchemaClass: return snapshot.FindSchema(object) != nullptr;
    default: return true;
  }
}

Datum Describe(const SystemCall& call) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  if (!MayBeDescribed(*snapshot, call.OidAt(0), call.OidAt(1), call.arguments[2].As<int32_t>())) {
    return Datum::Null();
  }
  return call.Text(catalog::DescribeObject(
      *snapshot, call.session.CurrentSearchPath(*snapshot),
      {call.OidAt(0), call.OidAt(1), call.arguments[2].As<int32_t>()}));
}

Datum NoLocation(const SystemCall& call) { return call.Text(""); }
// The topmost table or index of a partition; of anything else NULL.
Datum PartitionRoot(const SystemCall& call) {
  const catalog::SnapshotPtr snapshot = call.session.Snapshot();
  const catalog::RelationPtr relation = snapshot->FindRelation(call.OidAt(0));
  if (relation == nullptr) return Datum::Null();
  const auto ancestors = catalog::PartitionAncestors(*snapshot, *relation);
  if (!ancestors.empty()) return Datum::Of(ancestors.back()->oid);
  const bool is_root = relation->IsPartitioned() ||
                       relation->kind == catalog::RelationKind::kPartitionedIndex;
  return is_root ? Datum::Of(relation->oid) : Datum::Null();
}

void CheckModulus(int32_t modulus, int32_t remainder) {
  const auto refuse = [](const char* message) {
    throw SqlError(SqlState::kInvalidParameterValue, message);
  };
  if (modulus <= 0) refuse("modulus for hash partition must be an integer value greater than zero");
  if (remainder < 0) {
    refuse("remainder for hash partition must be an integer value greater than or equal to zero");
  }
  if (remainder >= modulus) refuse("remainder for hash partition must be less than modulus");
}

// (table, modulus, remainder, whether the values came as an array, types of the values)
Datum CheckHashPartition(const SystemCall& call) {
  constexpr size_t kFirstType = 4;
  const catalog::RelationPtr table = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (table == nullptr) {
    throw SqlError(SqlState::kInternalError, fmt::format("could not open relation with OID {}", call.OidAt(0)));
  }
  const auto refuse = [](std::string message) {
    throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
  };
  if (!table->IsPartitioned() || table->partition_key->strategy != 'h') {
    refuse(fmt::format("\"{}\" is not a hash partitioned table", table->name));
  }
  CheckModulus(call.arguments[1].As<int32_t>(), call.arguments[2].As<int32_t>());
  const auto& parts = table->partition_key->parts;
  const size_t given = call.arguments.size() - kFirstType;
  const bool is_array = call.arguments[3].AsBool();
  if (!is_array && given != parts.size()) {
    refuse(fmt::format("number of partitioning columns ({}) does not match number of partition keys "
                       "provided ({})",
                       parts.size(), given));
  }
  const char* const quote = is_array ? "\"" : "";
  for (size_t i = 0; i < std::min(given, parts.size()); ++i) {
    const Oid type = call.OidAt(kFirstType + i);
    if (type == parts[i].type.oid) continue;
    Services& services = call.session.services();
    refuse(fmt::format("column {} of the partition key has type {}{}{}, but supplied value is of type {}{}{}",
                       i + 1, quote, services.FormatType(parts[i].type.oid, types::kNoTypmod), quote,
                       quote, services.FormatType(type, types::kNoTypmod), quote));
  }
  if (given != parts.size()) {
    refuse(fmt::format("number of partitioning columns ({}) does not match number of partition keys "
                       "provided ({})",
                       parts.size(), given));
  }
  return Datum::Of(true);
}

// ICU says which version its collations have; those that compare bytes have none.
Datum CollationVersion(const SystemCall& call) {
  const Oid oid = call.OidAt(0);
  if (oid == facts::kDefaultCollationOid) return Datum::Null();
  const catalog::SchemaObjectPtr object =
      catalog::ObjectsOf(*call.session.Snapshot()).FindObject(catalog::kCollationClass, oid);
  if (object == nullptr && facts::FindCollation(oid) == nullptr) {
    throw SqlError(SqlState::kUndefinedObject, fmt::format("collation with OID {} does not exist", oid));
  }
  const std::string version = types::CollationVersion(oid);
  return version.empty() ? Datum::Null() : call.Text(version);
}

// All databases compare bytes.
Datum DatabaseCollationVersion(const SystemCall& call) {
  if (call.session.instance().shared_catalog().FindDatabase(call.OidAt(0)) != nullptr) return Datum::Null();
  throw SqlError(SqlState::kUndefinedObject, fmt::format("database with OID {} does not exist", call.OidAt(0)));
}

}  // namespace

std::span<const SystemFunctionEntry> ObjectFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {
      {"pg_get_serial_sequence", SerialSequence},
      {"pg_sequence_last_value", SequenceLastValue},
      {"pg_indexam_progress_phasename", PhaseName},
      {"pg_get_statisticsobjdef_expressions", ExpressionsOfStatistics},
      {"pg_relation_is_publishable", IsPublishable},
      {"pg_my_temp_schema", MyTemporarySchema},
      {"pg_is_other_temp_schema", IsOtherTemporarySchema},
      {"pg_relation_is_updatable", IsUpdatable},
      {"pg_column_is_updatable", IsColumnUpdatable},
      {"pg_relation_filenode", FileNode},
      {"pg_describe_object", Describe},
      {"pg_tablespace_location", NoLocation},
      {"pg_partition_root", PartitionRoot},
      {"satisfies_hash_partition", CheckHashPartition},
      {"pg_collation_actual_version", CollationVersion},
      {"pg_database_collation_actual_version", DatabaseCollationVersion},
  };
  return kEntries;
}

SystemFunction FindSystemFunction(std::string_view source) {
  static const auto kFunctions = [] {
    std::unordered_map<std::string_view, SystemFunction> functions;
    for (const auto entries : {BackendFunctions(), ObjectFunctions(), SizeFunctions(),
                               StatisticsFunctions(), PrivilegeFunctions(),
                               XmlExportFunctions(), UpkeepFunctions(),
                               IndexPropertyFunctions(), TextSearchFunctions(), TidFunctions()}) {
      for (const SystemFunctionEntry& entry : entries) functions[entry.source] = entry.function;
    }
    return functions;
  }();
  const auto found = kFunctions.find(source);
  return found == kFunctions.end() ? nullptr : found->second;
}

}  // namespace grizzly::session
