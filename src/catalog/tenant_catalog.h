// One tenant's catalog in memory: loaded by one scan, then kept by the commits.
#pragma once

#include <mutex>
#include <unordered_map>

#include "catalog/catalog.h"
#include "catalog/persistent_counter.h"
#include "catalog/statistics.h"
#include "catalog/tenant_snapshot.h"

namespace grizzly::catalog {

using TenantSnapshotPtr = std::shared_ptr<const TenantSnapshot>;

class TenantCatalog final : public Catalog,
                            public StatisticsStore,
                            public std::enable_shared_from_this<TenantCatalog> {
 public:
  // Loads. `store` must outlive it.
  TenantCatalog(storage::Store& store, TenantId tenant);

  SnapshotPtr Latest() override { return LatestSnapshot(); }
  void Reload() override;
  std::unique_ptr<CatalogEditor> NewEditor(txn::Transaction& transaction) override;
  RelationStatistics Statistics(Oid relation) override;
  void SetStatistics(Oid relation, const RelationStatistics& statistics) override;
  TableStatisticsPtr ValueStatistics(Oid relation) override;
  void SetValueStatistics(Oid relation, TableStatisticsPtr statistics) override;
  double LiveRows(Oid relation) override;
  void CountChanges(Oid relation, const RowChanges& changes) override;
  RelationActivity Activity(Oid relation) override;
  void ForgetChanges(Oid relation) override;
  std::vector<std::pair<Oid, uint64_t>> ChangedRelations() override;

  TenantId tenant() const { return tenant_; }
  TenantSnapshotPtr LatestSnapshot() const;
  // Lays committed changes over the latest snapshot.
  void Publish(std::span<const CatalogChange> changes);
  Oid NewOid();
  StorageId NewStorage();

 private:
  void Load();
  void ForgetStatistics(std::span<const CatalogChange> changes);  // of dropped relations
  double LiveRowsLocked(Oid relation) const;
  void PublishNext(std::span<const CatalogChange> changes);
  // A version of its own for what is as it was: plans that are kept are made again.
  void OutdatePlans();

  storage::Store& store_;
  const TenantId tenant_;
  PersistentCounter oids_;
  PersistentCounter storages_;
  // Held while the next snapshot is made, before mutex_: stored values of user types are read then, and who reads
  // them may ask for the latest.
  std::mutex publishing_;
  mutable std::mutex mutex_;      // over latest_
  TenantSnapshotPtr latest_;
  std::mutex statistics_mutex_;
  std::unordered_map<Oid, RelationStatistics> statistics_;
  std::unordered_map<Oid, TableStatisticsPtr> value_statistics_;
  struct Counters {
    RelationActivity seen;
    int64_t rows_since_count = 0;  // inserted less deleted
    double planned_rows = 0;       // when plans were last outdated for its growth
  };
  std::unordered_map<Oid, Counters> activity_;
};

}  // namespace grizzly::catalog
