#include "catalog/tenant_catalog.h"

#include <algorithm>

#include "catalog/editor.h"
#include "catalog/record.h"

namespace grizzly::catalog {
namespace {

// Counters of a tenant, as object numbers of kCounterClass.
constexpr Oid kOidCounter = 1;
constexpr Oid kStorageCounter = 2;
// Past the last OID the counter goes on with the first user OID.
constexpr uint64_t kUserOidCount = (uint64_t{1} << 32) - kFirstUserOid;

// A table that is so many times larger than when plans were made for it gets new ones; below the minimum
// any plan will do.
constexpr double kReplanGrowth = 4;
constexpr double kReplanRowsMin = 1000;

bool IsInUse(const TenantSnapshot& snapshot, Oid oid) {
  if (snapshot.FindRelation(oid) != nullptr || snapshot.FindType(oid) != nullptr ||
      snapshot.FindSchema(oid) != nullptr) {
    return true;
  }
  // Constraints, defaults and enum labels: only met once the counter has come round.
  bool used = false;
  snapshot.ForEachRelation([&](const RelationPtr& relation) {
    for (const Constraint& c : relation->constraints) used |= c.oid == oid;
    for (const Column& c : relation->columns) used |= c.default_oid == oid;
  });
  snapshot.ForEachType([&](const Type& type) {
    for (const Constraint& c : type.checks) used |= c.oid == oid;
    for (const Type::EnumLabel& label : type.labels) used |= label.oid == oid;
  });
  return used;
}

template <typename Object>
std::shared_ptr<const Object> DecodeShared(std::string_view value) {
  auto object = std::make_shared<Object>();
  DecodeRecord(value, object.get());
  return object;
}

// Labels that were new to their own transaction are everybody's now.
CatalogChange Committed(CatalogChange change) {
  if (change.type == nullptr) return change;
  const auto& labels = change.type->labels;
  if (std::none_of(labels.begin(), labels.end(), [](const auto& l) { return l.is_new; })) {
    return change;
  }
  auto type = std::make_shared<Type>(*change.type);
  for (Type::EnumLabel& label : type->labels) label.is_new = false;
  change.type = std::move(type);
  return change;
}

}  // namespace

TenantCatalog::TenantCatalog(storage::Store& store, TenantId tenant)
    : store_(store),
      tenant_(tenant),
      oids_(store, ObjectKey(tenant, kCounterClass, kOidCounter), kFirstUserOid),
      storages_(store, ObjectKey(tenant, kCounterClass, kStorageCounter),
                kFirstUserStorage.value) {
  Load();
}

void TenantCatalog::Load() {
  auto snapshot = std::make_shared<TenantSnapshot>(tenant_);
  std::vector<std::shared_ptr<Relation>> relations;
  const std::string from = StoragePrefix(tenant_, kCatalogStorage);
  const auto rows = store_.NewIterator(nullptr, from, PrefixEnd(from));
  for (rows->Seek(from); rows->Valid(); rows->Next()) {
    const std::string_view value = rows->value();
    const ObjectId id{KeyClass(rows->key()), KeyObject(rows->key())};
    CatalogChange change{.id = id};
    switch (id.object_class) {
      case kRelationClass:
        relations.push_back(std::make_shared<Relation>());
        DecodeRecord(value, relations.back().get());
        continue;
      case kSchemaClass:
        if (!IsTombstone(value)) change.schema = DecodeShared<Schema>(value);
        break;
      case kTypeClass: change.type = DecodeShared<Type>(value); break;
      case kDependencyClass: DecodeRecord(value, &change.dependency.emplace()); break;
      case kStatisticsClass: DecodeRecord(value, &statistics_[id.object]); continue;
      case kValueStatisticsClass: {
        auto values = std::make_shared<TableStatistics>();
        DecodeRecord(value, values.get());
        value_statistics_[id.object] = std::move(values);
        continue;
      }
      default:
        if (!IsSchemaObjectClass(id.object_class)) continue;
        change.object = DecodeShared<SchemaObject>(value);
    }
    snapshot->Apply(change);
  }
  snapshot->ApplyLoaded(std::move(relations));
  snapshot->SealVersion();
  const std::lock_guard lock(mutex_);
  latest_ = std::move(snapshot);
}

// What others have committed and not yet published is read, too; publishing it once more does nothing.
void TenantCatalog::Reload() {
  const std::scoped_lock lock(publishing_, statistics_mutex_);
  Load();
}

std::unique_ptr<CatalogEditor> TenantCatalog::NewEditor(txn::Transaction& transaction) {
  return std::make_unique<Editor>(shared_from_this(), transaction);
}

TenantSnapshotPtr TenantCatalog::LatestSnapshot() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

void TenantCatalog::Publish(std::span<const CatalogChange> changes) {
  if (changes.empty()) return;
  ForgetStatistics(changes);
  PublishNext(changes);
}

void TenantCatalog::PublishNext(std::span<const CatalogChange> changes) {
  const std::lock_guard publishing(publishing_);
  auto next = std::make_shared<TenantSnapshot>(*LatestSnapshot());
  for (const CatalogChange& change : changes) next->Apply(Committed(change));
  next->SealVersion();
  const std::lock_guard lock(mutex_);
  latest_ = std::move(next);
}

void TenantCatalog::ForgetStatistics(std::span<const CatalogChange> changes) {
  const std::lock_guard lock(statistics_mutex_);
  for (const CatalogChange& change : changes) {
    const bool dropped =
        change.id.object_class == kRelationClass && change.relation == nullptr;
    if (!dropped) continue;
    statistics_.erase(change.id.object);
    value_statistics_.erase(change.id.object);
    activity_.erase(change.id.object);
  }
}

Oid TenantCatalog::NewOid() {
  while (true) {
    const uint64_t number = oids_.Next();
    if (number <= UINT32_MAX) return static_cast<Oid>(number);
    const Oid oid = kFirstUserOid + static_cast<Oid>((number - kFirstUserOid) % kUserOidCount);
    if (!IsInUse(*LatestSnapshot(), oid)) return oid;
  }
}

StorageId TenantCatalog::NewStorage() {
  return StorageId(static_cast<uint32_t>(storages_.Next()));
}

RelationStatistics TenantCatalog::Statistics(Oid relation) {
  const std::lock_guard lock(statistics_mutex_);
  const auto found = statistics_.find(relation);
  return found == statistics_.end() ? RelationStatistics() : found->second;
}

void TenantCatalog::SetStatistics(Oid relation, const RelationStatistics& statistics) {
  {
    const std::lock_guard lock(statistics_mutex_);
    statistics_[relation] = statistics;
    activity_[relation].rows_since_count = 0;
  }
  const auto batch = store_.NewBatch();
  batch->Put(ObjectKey(tenant_, kStatisticsClass, relation), EncodeRecord(statistics));
  store_.Write(*batch, storage::SyncMode::kNone);
}

TableStatisticsPtr TenantCatalog::ValueStatistics(Oid relation) {
  const std::lock_guard lock(statistics_mutex_);
  const auto found = value_statistics_.find(relation);
  return found == value_statistics_.end() ? nullptr : found->second;
}

void TenantCatalog::SetValueStatistics(Oid relation, TableStatisticsPtr statistics) {
  const auto batch = store_.NewBatch();
  batch->Put(ObjectKey(tenant_, kValueStatisticsClass, relation), EncodeRecord(*statistics));
  {
    const std::lock_guard lock(statistics_mutex_);
    value_statistics_[relation] = std::move(statistics);
    Counters& counters = activity_[relation];
    counters.seen.changed_since_analyze = 0;
    counters.planned_rows = LiveRowsLocked(relation);
  }
  store_.Write(*batch, storage::SyncMode::kNone);
  OutdatePlans();
}

double TenantCatalog::LiveRowsLocked(Oid relation) const {
  const auto counted = statistics_.find(relation);
  const auto active = activity_.find(relation);
  const double rows = counted == statistics_.end() ? -1 : counted->second.row_count;
  const double since =
      active == activity_.end() ? 0 : static_cast<double>(active->second.rows_since_count);
  return rows < 0 && since <= 0 ? -1 : std::max(std::max(rows, 0.0) + since, 0.0);
}

double TenantCatalog::LiveRows(Oid relation) {
  const std::lock_guard lock(statistics_mutex_);
  return LiveRowsLocked(relation);
}

void TenantCatalog::CountChanges(Oid relation, const RowChanges& changes) {
  {
    const std::lock_guard lock(statistics_mutex_);
    Counters& counters = activity_[relation];
    counters.seen.changes.Add(changes);
    counters.seen.changed_since_analyze += changes.total();
    counters.rows_since_count +=
        static_cast<int64_t>(changes.inserted) - static_cast<int64_t>(changes.deleted);
    const double rows = LiveRowsLocked(relation);
    if (rows <= kReplanGrowth * std::max(counters.planned_rows, kReplanRowsMin)) return;
    counters.planned_rows = rows;
  }
  OutdatePlans();
}

RelationActivity TenantCatalog::Activity(Oid relation) {
  const std::lock_guard lock(statistics_mutex_);
  const auto found = activity_.find(relation);
  return found == activity_.end() ? RelationActivity() : found->second.seen;
}

void TenantCatalog::ForgetChanges(Oid relation) {
  const std::lock_guard lock(statistics_mutex_);
  for (auto& [oid, counters] : activity_) {
    if (relation == kInvalidOid || oid == relation) counters.seen.changes = {};
  }
}

std::vector<std::pair<Oid, uint64_t>> TenantCatalog::ChangedRelations() {
  const std::lock_guard lock(statistics_mutex_);
  std::vector<std::pair<Oid, uint64_t>> changed;
  for (const auto& [relation, counters] : activity_) {
    const uint64_t rows = counters.seen.changed_since_analyze;
    if (rows > 0) changed.emplace_back(relation, rows);
  }
  return changed;
}

void TenantCatalog::OutdatePlans() { PublishNext({}); }

StatisticsStore* StatisticsOf(Catalog* catalog) { return dynamic_cast<TenantCatalog*>(catalog); }

}  // namespace grizzly::catalog
