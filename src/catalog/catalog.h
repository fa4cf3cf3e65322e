// The schema objects of one database: built-in facts underneath, stored rows on top.
//
// CatalogSnapshot is an immutable picture; looking things up in it takes no lock. Each tenant has a
// latest committed one (Catalog::Latest). A transaction that changes objects works through its own
// CatalogEditor: its changes are rows in the transaction's write set (undone with savepoints), and a
// private snapshot shows them to itself. At commit the changed objects are laid over the then latest
// snapshot and published. Locks on relations and names (txn/lock) keep two transactions from
// changing the same object.
//
// STORED   one record per object: key tenant | storage kCatalogStorage | class oid, object oid; value
//          the encoded object (catalog/record.h, versioned). Built-in objects are never stored.
// THREADS  Catalog and snapshots from any thread; an editor belongs to its transaction's.
// ERRORS   lookups return null; Require* throw 42P01, 42704, 3F000 ... as PostgreSQL words them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "catalog/relation.h"
#include "txn/transaction.h"
#include "types/type_directory.h"
#include "types/type_io.h"

namespace grizzly::catalog {

inline constexpr StorageId kCatalogStorage{1};
inline constexpr StorageId kFirstUserStorage{txn::kFirstNotedStorage};
// A database's tenant number is its oid; these have PostgreSQL's.
inline constexpr TenantId kTemplate1Tenant{1};

struct Schema {
  Oid oid = kInvalidOid;
  std::string name;
  Oid owner = kInvalidOid;
  std::string comment;
};

// A type users made, or a built-in one (from the facts).
struct Type {
  Oid oid = kInvalidOid;
  Oid schema = kInvalidOid;
  std::string name;
  Oid owner = kInvalidOid;
  char typtype = 'b';       // b base, c composite, d domain, e enum, p pseudo, r range, m multirange
  char category = 'U';
  bool preferred = false;
  int16_t length = -1;
  char delimiter = ',';
  Oid element = kInvalidOid;
  Oid array = kInvalidOid;
  Oid relation = kInvalidOid;   // composite
  Oid base = kInvalidOid;       // domain
  int32_t base_typmod = -1;
  Oid collation = kInvalidOid;
  bool not_null = false;        // domain
  Definition default_value;
  std::vector<Constraint> checks;
  struct EnumLabel {
    Oid oid = kInvalidOid;
    float sort_order = 0;
    std::string label;
    int64_t code = 0;       // the value in rows and keys: its order is the labels' and never changes
    bool is_new = false;    // added to a committed type by a transaction still running; never stored
  };
  std::vector<EnumLabel> labels;  // in sort order
  Oid range_subtype = kInvalidOid;
  Oid multirange = kInvalidOid;       // a range's multirange
  Oid range = kInvalidOid;            // a multirange's range
  Oid range_collation = kInvalidOid;
  Oid range_opclass = kInvalidOid;
  Oid range_canonical = kInvalidOid;  // a function's
  Oid range_diff = kInvalidOid;
  int32_t dimensions = 0;             // typndims of a domain
  bool is_defined = true;             // false: a shell, only announced
  std::string comment;
  types::PhysicalType physical = types::PhysicalType::kString;
};

struct Role {
  Oid oid = kInvalidOid;
  std::string name;
  bool superuser = false, inherit = true, create_role = false, create_database = false;
  bool can_login = false, replication = false, bypass_row_security = false;
  int32_t connection_limit = -1;
  std::string password_verifier;
  std::string valid_until;
  std::vector<std::pair<std::string, std::string>> settings;  // ALTER ROLE SET
  std::string comment;
};

struct Database {
  Oid oid = kInvalidOid;
  TenantId tenant;
  std::string name;
  Oid owner = kInvalidOid;
  bool is_template = false;
  bool allow_connections = true;
  int32_t connection_limit = -1;
  std::vector<std::pair<std::string, std::string>> settings;
  std::string comment;
};

// "Object `dependent` needs `referenced`": what RESTRICT and CASCADE go by (pg_depend).
struct Dependency {
  Oid dependent_class = kInvalidOid, dependent = kInvalidOid;
  int32_t dependent_sub = 0;
  Oid referenced_class = kInvalidOid, referenced = kInvalidOid;
  int32_t referenced_sub = 0;
  char type = 'n';  // 'n' normal, 'a' auto, 'i' internal
};


class CatalogSnapshot : public types::TypeDirectory {
 public:

  virtual TenantId tenant() const = 0;
  virtual uint64_t version() const = 0;  // grows with every published change of this tenant

  // Built-in catalog relations (pg_class, ...) included: those have kind 'r' or 'v' and are served
  // by a VirtualTable or a view definition.
  virtual RelationPtr FindRelation(Oid oid) const = 0;
  virtual RelationPtr FindRelation(Oid schema, std::string_view name) const = 0;
  virtual const Schema* FindSchema(Oid oid) const = 0;
  virtual const Schema* FindSchema(std::string_view name) const = 0;
  // User types are looked up here, built-in ones in the facts: one answer for both.
  virtual std::shared_ptr<const Type> FindType(Oid oid) const = 0;
  virtual std::shared_ptr<const Type> FindType(Oid schema, std::string_view name) const = 0;
  // What types::TypeDirectory hands out lives as long as the snapshot.

  virtual void ForEachRelation(const std::function<void(const RelationPtr&)>& visit) const = 0;
  virtual void ForEachSchema(const std::function<void(const Schema&)>& visit) const = 0;
  virtual void ForEachType(const std::function<void(const Type&)>& visit) const = 0;
  virtual void ForEachDependency(const std::function<void(const Dependency&)>& visit) const = 0;
  // The edges from, and to, one object: stored ones, and those its record implies (index on table,
  // foreign key on foreign table, column on its type ...).
  virtual std::vector<Dependency> DependenciesOf(Oid object_class, Oid object) const = 0;
  virtual std::vector<Dependency> DependentsOn(Oid object_class, Oid object) const = 0;
  // Whether a constraint of a table or domain in this schema has the name.
  virtual bool HasConstraintName(Oid schema, std::string_view name) const = 0;
};
using SnapshotPtr = std::shared_ptr<const CatalogSnapshot>;

// The changes of one transaction. Each call writes the record through the transaction and updates the
// private snapshot.
class CatalogEditor {
 public:
  virtual ~CatalogEditor() = default;

  // Latest committed plus own changes.
  virtual SnapshotPtr Current() = 0;
  virtual bool has_changes() const = 0;
  // Undo bookkeeping, in step with the transaction's savepoints.
  virtual void PushSavepoint(size_t depth) = 0;
  virtual void RollbackToSavepoint(size_t depth) = 0;
  virtual void ReleaseSavepoint(size_t depth) = 0;

  virtual Oid NewOid() = 0;
  virtual StorageId NewStorage() = 0;
  // Inserts or replaces by oid. Derives layouts; sets version, layout_column_counts and the columns'
  // default_oid. The caller has checked names and holds the locks.
  virtual RelationPtr PutRelation(Relation relation) = 0;
  // With the stored dependencies of its own, its columns' defaults and its constraints.
  virtual void DropRelation(Oid oid) = 0;
  virtual void PutSchema(Schema schema) = 0;
  virtual void DropSchema(Oid oid) = 0;
  virtual void PutType(Type type) = 0;
  virtual void DropType(Oid oid) = 0;
  virtual void AddDependency(const Dependency& dependency) = 0;
  virtual void DropDependenciesOf(Oid dependent_class, Oid dependent) = 0;
};

// One tenant's catalog.
class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual SnapshotPtr Latest() = 0;
  virtual std::unique_ptr<CatalogEditor> NewEditor(txn::Transaction& transaction) = 0;
  // Reads the store again: a transaction without an editor (COMMIT PREPARED) has changed objects.
  virtual void Reload() = 0;
  // A number of rows and bytes as last counted; not transactional.
  virtual RelationStatistics Statistics(Oid relation) = 0;
  virtual void SetStatistics(Oid relation, const RelationStatistics& statistics) = 0;
};

// What all databases share: databases and roles, in the server's namespace.
class SharedCatalog {
 public:
  virtual ~SharedCatalog() = default;
  virtual std::shared_ptr<const Database> FindDatabase(std::string_view name) = 0;
  virtual std::shared_ptr<const Database> FindDatabase(Oid oid) = 0;
  virtual std::shared_ptr<const Role> FindRole(std::string_view name) = 0;
  virtual std::shared_ptr<const Role> FindRole(Oid oid) = 0;
  // With the uncommitted changes of this transaction.
  virtual std::shared_ptr<const Role> FindRole(std::string_view name,
                                               txn::Transaction& transaction) = 0;
  virtual std::vector<std::shared_ptr<const Database>> Databases() = 0;
  virtual std::vector<std::shared_ptr<const Role>> Roles() = 0;
  // CREATE/ALTER DATABASE, ROLE: transactional for roles; databases commit at once, durably.
  // Gives oid and tenant. Copies what is in `source` (a template without connections; usually
  // empty). Throws 42P04.
  virtual Database CreateDatabase(Database database, TenantId source) = 0;
  Database CreateDatabase(Database database) {
    return CreateDatabase(std::move(database), kTemplate1Tenant);
  }
  virtual void AlterDatabase(const Database& database) = 0;
  virtual void DropDatabase(Oid oid) = 0;                   // and removes its keys behind
  // By oid; throws 42710 when another role has the name.
  virtual void PutRole(txn::Transaction& transaction, Role role) = 0;
  virtual void DropRole(txn::Transaction& transaction, Oid oid) = 0;
  // Reads the roles again, as Catalog::Reload.
  virtual void ReloadRoles() = 0;
  virtual Oid NewSharedOid() = 0;
  // Loaded at first use, kept while somebody holds it or memory allows.
  virtual std::shared_ptr<Catalog> OpenCatalog(TenantId tenant) = 0;
};

// Opens or initialises (role postgres; databases postgres, template0, template1) the shared catalog.
std::unique_ptr<SharedCatalog> OpenSharedCatalog(txn::TransactionManager& transactions);

}  // namespace grizzly::catalog
