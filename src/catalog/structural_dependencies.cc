#include "catalog/record.h"
#include "catalog/tenant_snapshot.h"
#include "types/collation.h"

namespace grizzly::catalog {
namespace {

struct SubObject {
  Oid object_class;
  Oid object;
  int32_t sub = 0;
};

class Edges {
 public:
  void Add(const SubObject& from, const SubObject& to, char type) {
    edges_.push_back({from.object_class, from.object, from.sub, to.object_class, to.object, to.sub,
                      type});
  }
  std::vector<Dependency> Take() { return std::move(edges_); }

 private:
  std::vector<Dependency> edges_;
};

bool IsUserObject(Oid oid) { return oid >= kFirstUserOid; }
bool IsUserCollation(Oid oid) {
  return oid >= kFirstUserOid && oid != types::kConflictingCollation;
}

void AddConstraint(const Relation& table, const Constraint& constraint, Edges* edges) {
  const SubObject self{kConstraintClass, constraint.oid};
  for (const AttributeNumber column : constraint.columns) {
    edges->Add(self, {kRelationClass, table.oid, column}, 'a');
  }
  if (constraint.columns.empty()) edges->Add(self, {kRelationClass, table.oid}, 'a');
  // A partition's, or one to a partition, goes with the whole.
  if (constraint.parent != kInvalidOid) {
    edges->Add(self, {kConstraintClass, constraint.parent}, 'i');
  }
  if (constraint.kind == ConstraintKind::kForeignKey) {
    for (const AttributeNumber column : constraint.foreign_columns) {
      edges->Add(self, {kRelationClass, constraint.foreign_relation, column}, 'n');
    }
    if (constraint.index != kInvalidOid) {
      edges->Add(self, {kRelationClass, constraint.index}, 'n');
    }
  } else if (constraint.index != kInvalidOid) {
    edges->Add({kRelationClass, constraint.index}, self, 'i');
  }
}

void AddColumn(const Relation& relation, const Column& column, Edges* edges) {
  if (column.dropped) return;
  const SubObject self{kRelationClass, relation.oid, column.attnum};
  if (IsUserObject(column.type.oid)) edges->Add(self, {kTypeClass, column.type.oid}, 'n');
  if (IsUserCollation(column.type.collation)) {
    edges->Add(self, {kCollationClass, column.type.collation}, 'n');
  }
  if (column.default_oid != kInvalidOid) {
    edges->Add({kDefaultClass, column.default_oid}, self, 'a');
  }
}

}  // namespace

std::vector<Dependency> StructuralDependencies(const Relation& relation) {
  Edges edges;
  const SubObject self{kRelationClass, relation.oid};
  // An index needs its table's columns, and those their types.
  if (!relation.index.has_value()) {
    for (const Column& column : relation.columns) AddColumn(relation, column, &edges);
  }
  for (const Constraint& constraint : relation.constraints) {
    AddConstraint(relation, constraint, &edges);
  }
  if (relation.of_type != kInvalidOid) edges.Add(self, {kTypeClass, relation.of_type}, 'n');
  // A partition goes with its table without a word, the part of an index only with the whole.
  const char to_parent = relation.index.has_value() ? 'i' : relation.IsPartition() ? 'a' : 'n';
  for (const Oid parent : relation.inherits) edges.Add(self, {kRelationClass, parent}, to_parent);
  if (relation.IsPartitioned()) {
    for (const PartitionKey::Part& part : relation.partition_key->parts) {
      if (part.column != 0) edges.Add(self, {kRelationClass, relation.oid, part.column}, 'i');
    }
  }
  if (relation.index.has_value()) {
    for (const IndexDefinition::Part& part : relation.index->parts) {
      edges.Add(self, {kRelationClass, relation.index->table, part.column}, 'a');
    }
    for (const AttributeNumber column : relation.index->include) {
      edges.Add(self, {kRelationClass, relation.index->table, column}, 'a');
    }
  }
  if (relation.sequence.has_value() && relation.sequence->owner_table != kInvalidOid) {
    edges.Add(self, {kRelationClass, relation.sequence->owner_table,
                     relation.sequence->owner_column},
              relation.sequence->dependency);
  }
  if (relation.row_type != kInvalidOid) {
    const SubObject row_type{kTypeClass, relation.row_type};
    if (relation.kind == RelationKind::kCompositeType) {
      edges.Add(self, row_type, 'i');
    } else {
      edges.Add(row_type, self, 'i');
    }
  }
  return edges.Take();
}

std::vector<Dependency> StructuralDependencies(const Type& type) {
  Edges edges;
  const SubObject self{kTypeClass, type.oid};
  if (IsUserObject(type.base)) edges.Add(self, {kTypeClass, type.base}, 'n');
  if (IsUserObject(type.element)) edges.Add(self, {kTypeClass, type.element}, 'i');
  if (IsUserObject(type.range_subtype)) edges.Add(self, {kTypeClass, type.range_subtype}, 'n');
  if (type.typtype == 'd' && IsUserCollation(type.collation)) {
    edges.Add(self, {kCollationClass, type.collation}, 'n');
  }
  if (type.range != kInvalidOid) edges.Add(self, {kTypeClass, type.range}, 'i');
  for (const Constraint& check : type.checks) {
    edges.Add({kConstraintClass, check.oid}, self, 'a');
  }
  return edges.Take();
}

std::vector<Dependency> StructuralDependencies(const SchemaObject& object) {
  Edges edges;
  for (const SchemaObject::Reference& reference : object.references) {
    if (!IsUserObject(reference.object)) continue;
    edges.Add({object.object_class, object.oid},
              {reference.object_class, reference.object, reference.sub}, reference.type);
  }
  return edges.Take();
}

}  // namespace grizzly::catalog
