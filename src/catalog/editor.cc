#include "catalog/editor.h"

#include "base/error/check.h"
#include "catalog/record.h"

namespace grizzly::catalog {

Editor::Editor(std::shared_ptr<TenantCatalog> catalog, txn::Transaction& transaction)
    : catalog_(std::move(catalog)), transaction_(transaction), log_(std::make_shared<Log>()) {}

std::string Editor::Key(Oid object_class, Oid object) const {
  return ObjectKey(catalog_->tenant(), object_class, object);
}

TenantSnapshotPtr Editor::CurrentSnapshot() {
  TenantSnapshotPtr latest = catalog_->LatestSnapshot();
  if (log_->changes.empty() || log_->published) return latest;
  if (private_ == nullptr || base_ != latest) {
    private_ = std::make_shared<TenantSnapshot>(*latest);
    for (const CatalogChange& change : log_->changes) private_->Apply(change);
    private_->SealVersion();
    base_ = std::move(latest);
  }
  return private_;
}

void Editor::Append(CatalogChange change) {
  GRIZZLY_CHECK(!log_->published);
  PublishAtCommit();
  const TenantSnapshotPtr before = CurrentSnapshot();
  if (log_->changes.empty()) base_ = before;
  // A statement may hold the snapshot from before, so each change makes a new one.
  private_ = std::make_shared<TenantSnapshot>(*before);
  log_->changes.push_back(std::move(change));
  private_->Apply(log_->changes.back());
  private_->SealVersion();
}

void Editor::PublishAtCommit() {
  if (commit_action_registered_) return;
  commit_action_registered_ = true;
  savepoints_at_registration_ = savepoints_.size();
  transaction_.OnCommit([log = log_, catalog = catalog_](CommitTimestamp) {
    if (log->published) return;
    log->published = true;
    catalog->Publish(log->changes);
  });
}

// ---- savepoints ----

void Editor::PushSavepoint(size_t depth) {
  savepoints_.push_back({depth, log_->changes.size()});
}

void Editor::RollbackToSavepoint(size_t depth) {
  while (!savepoints_.empty() && savepoints_.back().depth > depth) savepoints_.pop_back();
  // A savepoint older than this editor undoes all of its changes.
  const bool known = !savepoints_.empty() && savepoints_.back().depth == depth;
  const size_t kept = known ? savepoints_.back().change_count : 0;
  if (kept < log_->changes.size()) {
    log_->changes.resize(kept);
    private_ = nullptr;
  }
  // The transaction may have forgotten actions registered since; publishing twice does nothing.
  if (savepoints_at_registration_ >= savepoints_.size()) commit_action_registered_ = false;
  if (!log_->changes.empty()) PublishAtCommit();
}

void Editor::ReleaseSavepoint(size_t depth) {
  while (!savepoints_.empty() && savepoints_.back().depth >= depth) savepoints_.pop_back();
  savepoints_at_registration_ = std::min(savepoints_at_registration_, savepoints_.size());
}

// ---- changes ----

RelationPtr Editor::PutRelation(Relation relation) {
  const RelationPtr before = CurrentSnapshot()->FindRelation(relation.oid);
  if (relation.HasRows()) {
    const auto count = static_cast<uint32_t>(relation.columns.size());
    const bool same_rows = before != nullptr && before->storage == relation.storage;
    relation.layout_column_counts =
        same_rows ? before->layout_column_counts : std::vector<uint32_t>();
    if (relation.layout_column_counts.empty() || relation.layout_column_counts.back() != count) {
      relation.layout_column_counts.push_back(count);
    }
  }
  for (Column& column : relation.columns) {
    if (column.default_value.empty()) {
      column.default_oid = kInvalidOid;
    } else if (column.default_oid == kInvalidOid) {
      column.default_oid = NewOid();
    }
  }
  const Oid oid = relation.oid;
  transaction_.Put(Key(kRelationClass, oid), EncodeRecord(relation));
  Append({.id = {kRelationClass, oid},
          .relation = std::make_shared<const Relation>(std::move(relation))});
  return CurrentSnapshot()->FindRelation(oid);
}

void Editor::DropRelation(Oid oid) {
  const RelationPtr relation = CurrentSnapshot()->FindRelation(oid);
  GRIZZLY_CHECK(relation != nullptr);
  DropDependenciesOf(kRelationClass, oid);
  for (const Column& column : relation->columns) {
    if (column.default_oid != kInvalidOid) DropDependenciesOf(kDefaultClass, column.default_oid);
  }
  for (const Constraint& constraint : relation->constraints) {
    DropDependenciesOf(kConstraintClass, constraint.oid);
  }
  transaction_.Delete(Key(kRelationClass, oid));
  transaction_.Delete(Key(kStatisticsClass, oid));
  transaction_.Delete(Key(kValueStatisticsClass, oid));
  Append({.id = {kRelationClass, oid}});
}

void Editor::PutSchema(Schema schema) {
  const Oid oid = schema.oid;
  transaction_.Put(Key(kSchemaClass, oid), EncodeRecord(schema));
  Append({.id = {kSchemaClass, oid}, .schema = std::make_shared<const Schema>(std::move(schema))});
}

void Editor::DropSchema(Oid oid) {
  DropDependenciesOf(kSchemaClass, oid);
  if (oid < kFirstUserOid) {
    transaction_.Put(Key(kSchemaClass, oid), EncodeTombstone());
  } else {
    transaction_.Delete(Key(kSchemaClass, oid));
  }
  Append({.id = {kSchemaClass, oid}});
}

void Editor::PutType(Type type) {
  const Oid oid = type.oid;
  transaction_.Put(Key(kTypeClass, oid), EncodeRecord(type));
  Append({.id = {kTypeClass, oid}, .type = std::make_shared<const Type>(std::move(type))});
}

void Editor::DropType(Oid oid) {
  DropDependenciesOf(kTypeClass, oid);
  transaction_.Delete(Key(kTypeClass, oid));
  Append({.id = {kTypeClass, oid}});
}

void Editor::PutObject(SchemaObject object) {
  const ObjectId id{object.object_class, object.oid};
  transaction_.Put(Key(id.object_class, id.object), EncodeRecord(object));
  Append({.id = id, .object = std::make_shared<const SchemaObject>(std::move(object))});
}

void Editor::DropObject(Oid object_class, Oid oid) {
  DropDependenciesOf(object_class, oid);
  transaction_.Delete(Key(object_class, oid));
  Append({.id = {object_class, oid}});
}

void Editor::PutComment(Oid object_class, Oid object, std::string comment) {
  SchemaObject record;
  record.object_class = kDescriptionClass;
  record.types = {object_class, object};
  CurrentSnapshot()->ForEachObject(kDescriptionClass, [&](const SchemaObject& known) {
    if (known.types == record.types) record.oid = known.oid;
  });
  if (comment.empty()) {
    if (record.oid != kInvalidOid) DropObject(kDescriptionClass, record.oid);
    return;
  }
  if (record.oid == kInvalidOid) record.oid = NewOid();
  record.comment = std::move(comment);
  PutObject(std::move(record));
}

void Editor::AddDependency(const Dependency& dependency) {
  const std::string key = DependencyKey(catalog_->tenant(), dependency);
  const ObjectId dependent{dependency.dependent_class, dependency.dependent};
  for (const Dependency& known : CurrentSnapshot()->StoredDependenciesOf(dependent)) {
    if (DependencyKey(catalog_->tenant(), known) == key) return;
  }
  transaction_.Put(key, EncodeRecord(dependency));
  Append({.id = {kDependencyClass, dependency.dependent}, .dependency = dependency});
}

void Editor::DropDependenciesOf(Oid dependent_class, Oid dependent) {
  const auto stored = CurrentSnapshot()->StoredDependenciesOf({dependent_class, dependent});
  for (const Dependency& dependency : stored) {
    transaction_.Delete(DependencyKey(catalog_->tenant(), dependency));
    Append({.id = {kDependencyClass, dependent},
            .dependency = dependency,
            .dependency_removed = true});
  }
}

}  // namespace grizzly::catalog
