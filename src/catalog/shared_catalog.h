// Databases and roles in memory, over the records of the server's own namespace.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "catalog/tenant_catalog.h"

namespace grizzly::catalog {

// Catalogs of databases nobody is connected to that stay loaded.
inline constexpr size_t kIdleCatalogsKept = 32;

class StoredSharedCatalog final : public SharedCatalog {
 public:
  explicit StoredSharedCatalog(storage::Store& store);

  using SharedCatalog::CreateDatabase;
  std::shared_ptr<const Database> FindDatabase(std::string_view name) override;
  std::shared_ptr<const Database> FindDatabase(Oid oid) override;
  std::shared_ptr<const Role> FindRole(std::string_view name) override;
  std::shared_ptr<const Role> FindRole(Oid oid) override;
  std::shared_ptr<const Role> FindRole(std::string_view name,
                                       txn::Transaction& transaction) override;
  std::vector<std::shared_ptr<const Database>> Databases() override;
  std::vector<std::shared_ptr<const Role>> Roles() override;
  Database CreateDatabase(Database database, TenantId source) override;
  void AlterDatabase(const Database& database) override;
  void DropDatabase(Oid oid) override;
  void PutRole(txn::Transaction& transaction, Role role) override;
  void DropRole(txn::Transaction& transaction, Oid oid) override;
  void ReloadRoles() override;
  Oid NewSharedOid() override;
  std::shared_ptr<Catalog> OpenCatalog(TenantId tenant) override;

 private:
  // What a transaction has touched, until it ends or all of it is undone.
  struct RoleChanges {
    std::set<Oid> oids;
    size_t change_count = 0;
  };
  using TouchedRoles = std::shared_ptr<RoleChanges>;
  using RolePtr = std::shared_ptr<const Role>;
  using DatabasePtr = std::shared_ptr<const Database>;

  void Load();
  void Initialise();
  void FinishDrops();
  void RemoveTenant(TenantId tenant);
  void Touch(txn::Transaction& transaction, Oid role);
  void SetRole(Oid oid, RolePtr role);
  void PublishRoles(const std::set<Oid>& touched);
  void LockRoleName(txn::Transaction& transaction, std::string_view name);

  storage::Store& store_;
  PersistentCounter oids_;
  std::mutex mutex_;            // over all below; never held across a synced write of others
  std::mutex database_mutex_;   // one CREATE, ALTER or DROP DATABASE at a time; taken before mutex_
  std::map<Oid, DatabasePtr> databases_;
  std::unordered_map<std::string, DatabasePtr> databases_by_name_;
  std::map<Oid, RolePtr> roles_;
  std::unordered_map<std::string, RolePtr> roles_by_name_;
  std::unordered_map<txn::Transaction*, TouchedRoles> touched_;
  std::vector<TenantId> drops_to_finish_;

  // One tenant's catalog, loaded by whoever comes first while the others wait.
  struct OpenSlot {
    std::mutex loading;
    std::weak_ptr<TenantCatalog> catalog;
  };
  std::mutex catalogs_mutex_;  // over the two below; not held while loading
  std::unordered_map<TenantId, std::shared_ptr<OpenSlot>> catalogs_;
  std::deque<std::shared_ptr<TenantCatalog>> recently_used_;
};

}  // namespace grizzly::catalog
