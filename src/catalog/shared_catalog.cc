#include "catalog/shared_catalog.h"

#include "base/error/sql_error.h"
#include "catalog/builtin.h"
#include "catalog/record.h"
#include "facts/roles.h"

namespace grizzly::catalog {
namespace {

constexpr Oid kSharedOidCounter = 1;
// Objects of this class are tenants whose keys are still to be removed.
constexpr Oid kDroppedTenantClass = 1;
constexpr Oid kTemplate1Oid = 1;
constexpr Oid kTemplate0Oid = 4;
constexpr Oid kPostgresOid = 5;

std::string DatabaseKey(Oid oid) { return ObjectKey(kServerTenant, kDatabaseClass, oid); }
std::string RoleKey(Oid oid) { return ObjectKey(kServerTenant, kRoleClass, oid); }

Database InitialDatabase(Oid oid, std::string name, std::string comment) {
  Database database;
  database.oid = oid;
  database.tenant = TenantId(oid);
  database.name = std::move(name);
  database.owner = kBootstrapSuperuser;
  database.comment = std::move(comment);
  return database;
}

std::vector<Database> InitialDatabases() {
  Database template1 =
      InitialDatabase(kTemplate1Oid, "template1", "default template for new databases");
  template1.is_template = true;
  Database template0 =
      InitialDatabase(kTemplate0Oid, "template0", "unmodifiable empty database");
  template0.is_template = true;
  template0.allow_connections = false;
  return {std::move(template1), std::move(template0),
          InitialDatabase(kPostgresOid, "postgres", "default administrative connection database")};
}

Role RoleOf(const facts::RoleFact& fact) {
  Role role;
  role.oid = fact.oid;
  role.name = fact.rolname;
  role.superuser = fact.rolsuper;
  role.inherit = fact.rolinherit;
  role.create_role = fact.rolcreaterole;
  role.create_database = fact.rolcreatedb;
  role.can_login = fact.rolcanlogin;
  role.replication = fact.rolreplication;
  role.bypass_row_security = fact.rolbypassrls;
  role.connection_limit = fact.rolconnlimit;
  return role;
}

template <typename Map>
auto Values(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  values.reserve(map.size());
  for (const auto& entry : map) values.push_back(entry.second);
  return values;
}

[[noreturn]] void ThrowNoDatabase(Oid oid) {
  throw SqlError(SqlState::kUndefinedDatabase, fmt::format("database with OID {} does not exist", oid));
}

}  // namespace

StoredSharedCatalog::StoredSharedCatalog(storage::Store& store)
    : store_(store),
      oids_(store, ObjectKey(kServerTenant, kCounterClass, kSharedOidCounter), kFirstUserOid) {
  Load();
  if (databases_.empty()) {
    Initialise();
    Load();
  }
  FinishDrops();
}

void StoredSharedCatalog::Load() {
  const std::string from = StoragePrefix(kServerTenant, kCatalogStorage);
  const auto rows = store_.NewIterator(nullptr, from, PrefixEnd(from));
  for (rows->Seek(from); rows->Valid(); rows->Next()) {
    const Oid object = KeyObject(rows->key());
    switch (KeyClass(rows->key())) {
      case kDatabaseClass: {
        auto database = std::make_shared<Database>();
        DecodeRecord(rows->value(), database.get());
        databases_[object] = database;
        databases_by_name_[database->name] = database;
        break;
      }
      case kRoleClass: {
        auto role = std::make_shared<Role>();
        DecodeRecord(rows->value(), role.get());
        SetRole(object, std::move(role));
        break;
      }
      case kDroppedTenantClass: drops_to_finish_.push_back(TenantId(object)); break;
      default: break;
    }
  }
}

void StoredSharedCatalog::Initialise() {
  const auto batch = store_.NewBatch();
  for (const Database& database : InitialDatabases()) {
    batch->Put(DatabaseKey(database.oid), EncodeRecord(database));
  }
  for (const facts::RoleFact& fact : facts::AllRoles()) {
    batch->Put(RoleKey(fact.oid), EncodeRecord(RoleOf(fact)));
  }
  store_.Write(*batch, storage::SyncMode::kSync);
}

// ---- databases ----

std::shared_ptr<const Database> StoredSharedCatalog::FindDatabase(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = databases_by_name_.find(std::string(name));
  return found == databases_by_name_.end() ? nullptr : found->second;
}

std::shared_ptr<const Database> StoredSharedCatalog::FindDatabase(Oid oid) {
  const std::lock_guard lock(mutex_);
  const auto found = databases_.find(oid);
  return found == databases_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const Database>> StoredSharedCatalog::Databases() {
  const std::lock_guard lock(mutex_);
  return Values(databases_);
}

Database StoredSharedCatalog::CreateDatabase(Database database, TenantId source) {
  const std::lock_guard one_at_a_time(database_mutex_);
  if (FindDatabase(database.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateDatabase,
                   fmt::format("database \"{}\" already exists", database.name));
  }
  do {
    database.oid = NewSharedOid();
  } while (FindDatabase(database.oid) != nullptr);
  database.tenant = TenantId(database.oid);
  const auto batch = store_.NewBatch();
  batch->Put(DatabaseKey(database.oid), EncodeRecord(database));
  const std::string from = TenantPrefix(source);
  const std::string target = TenantPrefix(database.tenant);
  const auto rows = store_.NewIterator(nullptr, from, PrefixEnd(from));
  for (rows->Seek(from); rows->Valid(); rows->Next()) {
    batch->Put(target + std::string(rows->key().substr(target.size())), rows->value());
  }
  store_.Write(*batch, storage::SyncMode::kSync);
  const auto shared = std::make_shared<const Database>(database);
  const std::lock_guard lock(mutex_);
  databases_[database.oid] = shared;
  databases_by_name_[database.name] = shared;
  return database;
}

void StoredSharedCatalog::AlterDatabase(const Database& database) {
  const std::lock_guard one_at_a_time(database_mutex_);
  const DatabasePtr old = FindDatabase(database.oid);
  if (old == nullptr) ThrowNoDatabase(database.oid);
  if (old->name != database.name && FindDatabase(database.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateDatabase,
                   fmt::format("database \"{}\" already exists", database.name));
  }
  const auto batch = store_.NewBatch();
  batch->Put(DatabaseKey(database.oid), EncodeRecord(database));
  store_.Write(*batch, storage::SyncMode::kSync);
  const auto shared = std::make_shared<const Database>(database);
  const std::lock_guard lock(mutex_);
  databases_by_name_.erase(old->name);
  databases_[database.oid] = shared;
  databases_by_name_[database.name] = shared;
}

void StoredSharedCatalog::DropDatabase(Oid oid) {
  TenantId tenant;
  {
    const std::lock_guard one_at_a_time(database_mutex_);
    const DatabasePtr old = FindDatabase(oid);
    if (old == nullptr) ThrowNoDatabase(oid);
    tenant = old->tenant;
    const auto batch = store_.NewBatch();
    batch->Delete(DatabaseKey(oid));
    batch->Put(ObjectKey(kServerTenant, kDroppedTenantClass, tenant.value), EncodeTombstone());
    store_.Write(*batch, storage::SyncMode::kSync);
    const std::lock_guard lock(mutex_);
    databases_by_name_.erase(old->name);
    databases_.erase(oid);
  }
  RemoveTenant(tenant);
}

void StoredSharedCatalog::RemoveTenant(TenantId tenant) {
  {
    const std::lock_guard lock(catalogs_mutex_);
    std::erase_if(recently_used_, [&](const auto& kept) { return kept->tenant() == tenant; });
    catalogs_.erase(tenant);
  }
  const std::string from = TenantPrefix(tenant);
  store_.DropRange(from, PrefixEnd(from));
  const auto batch = store_.NewBatch();
  batch->Delete(ObjectKey(kServerTenant, kDroppedTenantClass, tenant.value));
  store_.Write(*batch, storage::SyncMode::kNone);
}

void StoredSharedCatalog::FinishDrops() {
  for (const TenantId tenant : std::exchange(drops_to_finish_, {})) RemoveTenant(tenant);
}

// ---- roles ----

std::shared_ptr<const Role> StoredSharedCatalog::FindRole(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = roles_by_name_.find(std::string(name));
  return found == roles_by_name_.end() ? nullptr : found->second;
}

std::shared_ptr<const Role> StoredSharedCatalog::FindRole(Oid oid) {
  const std::lock_guard lock(mutex_);
  const auto found = roles_.find(oid);
  return found == roles_.end() ? nullptr : found->second;
}

std::shared_ptr<const Role> StoredSharedCatalog::FindRole(std::string_view name,
                                                          txn::Transaction& transaction) {
  TouchedRoles touched;
  {
    const std::lock_guard lock(mutex_);
    const auto found = touched_.find(&transaction);
    if (found != touched_.end()) touched = found->second;
  }
  if (touched == nullptr) return FindRole(name);
  for (const Oid oid : touched->oids) {
    txn::RowRead row;
    transaction.GetLatest(RoleKey(oid), &row);
    if (!row.found()) continue;
    auto role = std::make_shared<Role>();
    DecodeRecord(row.value(), role.get());
    if (role->name == name) return role;
  }
  RolePtr committed = FindRole(name);
  return committed != nullptr && touched->oids.contains(committed->oid) ? nullptr : committed;
}

std::vector<std::shared_ptr<const Role>> StoredSharedCatalog::Roles() {
  const std::lock_guard lock(mutex_);
  return Values(roles_);
}

void StoredSharedCatalog::LockRoleName(txn::Transaction& transaction, std::string_view name) {
  transaction.LockTag(txn::LockTag::Name(kServerTenant, fmt::format("role {}", name)),
                      /*exclusive=*/true);
}

void StoredSharedCatalog::PutRole(txn::Transaction& transaction, Role role) {
  LockRoleName(transaction, role.name);
  const RolePtr named = FindRole(role.name, transaction);
  if (named != nullptr && named->oid != role.oid) {
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("role \"{}\" already exists", role.name));
  }
  Touch(transaction, role.oid);
  transaction.Put(RoleKey(role.oid), EncodeRecord(role));
}

void StoredSharedCatalog::DropRole(txn::Transaction& transaction, Oid oid) {
  Touch(transaction, oid);
  transaction.Delete(RoleKey(oid));
}

// The actions are registered anew for each change, since a savepoint may undo them; publishing twice is
// harmless, for what is published is what the store has.
void StoredSharedCatalog::Touch(txn::Transaction& transaction, Oid role) {
  txn::Transaction* const key = &transaction;
  TouchedRoles touched;
  {
    const std::lock_guard lock(mutex_);
    TouchedRoles& entry = touched_[key];
    if (entry == nullptr) entry = std::make_shared<RoleChanges>();
    entry->oids.insert(role);
    ++entry->change_count;
    touched = entry;
  }
  transaction.OnCommit([this, key, touched](CommitTimestamp) {
    PublishRoles(touched->oids);
    const std::lock_guard lock(mutex_);
    touched_.erase(key);
  });
  transaction.OnRollback([this, key, touched] {
    const std::lock_guard lock(mutex_);
    if (--touched->change_count == 0) touched_.erase(key);
  });
}

// Under mutex_ (or before anybody else is there).
void StoredSharedCatalog::SetRole(Oid oid, RolePtr role) {
  if (const auto old = roles_.find(oid); old != roles_.end()) {
    const auto named = roles_by_name_.find(old->second->name);
    if (named != roles_by_name_.end() && named->second->oid == oid) roles_by_name_.erase(named);
    roles_.erase(old);
  }
  if (role == nullptr) return;
  roles_by_name_[role->name] = role;
  roles_[oid] = std::move(role);
}

void StoredSharedCatalog::PublishRoles(const std::set<Oid>& touched) {
  const std::lock_guard lock(mutex_);
  for (const Oid oid : touched) {
    storage::PinnedValue stored;
    std::shared_ptr<Role> role;
    if (store_.Get(nullptr, RoleKey(oid), &stored)) {
      role = std::make_shared<Role>();
      DecodeRecord(stored.view(), role.get());
    }
    SetRole(oid, std::move(role));
  }
}

void StoredSharedCatalog::ReloadRoles() {
  std::set<Oid> oids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [oid, role] : roles_) oids.insert(oid);
  }
  const std::string from = StoragePrefix(kServerTenant, kCatalogStorage);
  const auto rows = store_.NewIterator(nullptr, from, PrefixEnd(from));
  for (rows->Seek(from); rows->Valid(); rows->Next()) {
    if (KeyClass(rows->key()) == kRoleClass) oids.insert(KeyObject(rows->key()));
  }
  PublishRoles(oids);
}

// ---- both ----

Oid StoredSharedCatalog::NewSharedOid() {
  while (true) {
    const auto oid = static_cast<Oid>(oids_.Next());
    if (oid >= kFirstUserOid && FindRole(oid) == nullptr) return oid;
  }
}

std::shared_ptr<Catalog> StoredSharedCatalog::OpenCatalog(TenantId tenant) {
  std::shared_ptr<OpenSlot> slot;
  {
    const std::lock_guard lock(catalogs_mutex_);
    std::shared_ptr<OpenSlot>& entry = catalogs_[tenant];
    if (entry == nullptr) entry = std::make_shared<OpenSlot>();
    slot = entry;
  }
  std::shared_ptr<TenantCatalog> catalog;
  {
    const std::lock_guard lock(slot->loading);
    catalog = slot->catalog.lock();
    if (catalog == nullptr) {
      catalog = std::make_shared<TenantCatalog>(store_, tenant);
      slot->catalog = catalog;
    }
  }
  const std::lock_guard lock(catalogs_mutex_);
  std::erase(recently_used_, catalog);
  recently_used_.push_back(catalog);
  if (recently_used_.size() > kIdleCatalogsKept) recently_used_.pop_front();
  return catalog;
}

std::unique_ptr<SharedCatalog> OpenSharedCatalog(txn::TransactionManager& transactions) {
  return std::make_unique<StoredSharedCatalog>(transactions.store());
}

}  // namespace grizzly::catalog
