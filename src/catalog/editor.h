// CatalogEditor over a transaction: every change is a record in its write set and an entry of a log;
// the private snapshot is the latest committed one with the log laid over.
#pragma once

#include "catalog/tenant_catalog.h"

namespace grizzly::catalog {

class Editor final : public CatalogEditor, public SchemaObjectEditor {
 public:
  Editor(std::shared_ptr<TenantCatalog> catalog, txn::Transaction& transaction);

  SnapshotPtr Current() override { return CurrentSnapshot(); }
  bool has_changes() const override { return !log_->changes.empty(); }
  void PushSavepoint(size_t depth) override;
  void RollbackToSavepoint(size_t depth) override;
  void ReleaseSavepoint(size_t depth) override;
  Oid NewOid() override { return catalog_->NewOid(); }
  StorageId NewStorage() override { return catalog_->NewStorage(); }
  RelationPtr PutRelation(Relation relation) override;
  void DropRelation(Oid oid) override;
  void PutSchema(Schema schema) override;
  void DropSchema(Oid oid) override;
  void PutType(Type type) override;
  void DropType(Oid oid) override;
  void PutObject(SchemaObject object) override;
  void DropObject(Oid object_class, Oid oid) override;
  void PutComment(Oid object_class, Oid object, std::string comment) override;
  void AddDependency(const Dependency& dependency) override;
  void DropDependenciesOf(Oid dependent_class, Oid dependent) override;

 private:
  // Shared with the transaction's commit action, which may outlive the editor.
  struct Log {
    std::vector<CatalogChange> changes;
    bool published = false;
  };
  struct Savepoint {
    size_t depth;
    size_t change_count;
  };

  TenantSnapshotPtr CurrentSnapshot();
  void Append(CatalogChange change);
  void PublishAtCommit();
  std::string Key(Oid object_class, Oid object) const;

  const std::shared_ptr<TenantCatalog> catalog_;
  txn::Transaction& transaction_;
  const std::shared_ptr<Log> log_;
  std::vector<Savepoint> savepoints_;
  bool commit_action_registered_ = false;
  size_t savepoints_at_registration_ = 0;
  TenantSnapshotPtr base_;                   // what private_ was made from
  std::shared_ptr<TenantSnapshot> private_;  // null: no changes, or to be made anew
};

}  // namespace grizzly::catalog
