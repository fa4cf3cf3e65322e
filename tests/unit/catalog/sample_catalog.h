// A snapshot with what CREATE TABLE p (id serial PRIMARY KEY, a int NOT NULL DEFAULT 5 CHECK (a > 0),
// b varchar(10) UNIQUE), CREATE TABLE c (x int REFERENCES p), CREATE VIEW v, CREATE TYPE e, CREATE
// DOMAIN d would leave.
#pragma once

#include <memory>

#include "catalog/builtin.h"
#include "catalog/record.h"
#include "catalog/tenant_snapshot.h"

namespace grizzly::catalog {

inline Column SampleColumn(AttributeNumber attnum, std::string name, Oid type,
                           int32_t typmod = -1) {
  Column column;
  column.attnum = attnum;
  column.name = std::move(name);
  column.type = types::BuiltinType(type, typmod);
  return column;
}

inline void Put(TenantSnapshot& snapshot, Relation relation) {
  const Oid oid = relation.oid;
  snapshot.Apply({.id = {kRelationClass, oid},
                  .relation = std::make_shared<const Relation>(std::move(relation))});
}

inline void Put(TenantSnapshot& snapshot, Type type) {
  const Oid oid = type.oid;
  snapshot.Apply(
      {.id = {kTypeClass, oid}, .type = std::make_shared<const Type>(std::move(type))});
}

inline void Put(TenantSnapshot& snapshot, const Dependency& dependency) {
  snapshot.Apply({.id = {kDependencyClass, dependency.dependent}, .dependency = dependency});
}

inline Relation SampleRelation(Oid oid, std::string name, RelationKind kind) {
  Relation relation;
  relation.oid = oid;
  relation.name = std::move(name);
  relation.kind = kind;
  relation.schema = kPublicSchema;
  relation.owner = kBootstrapSuperuser;
  relation.storage = StorageId(oid - 16500);
  return relation;
}

inline Relation SampleIndex(Oid oid, std::string name, Oid table, AttributeNumber column,
                            types::SqlType type, bool primary) {
  Relation index = SampleRelation(oid, std::move(name), RelationKind::kIndex);
  index.index.emplace();
  index.index->table = table;
  index.index->unique = true;
  index.index->primary = primary;
  index.index->clustered_by = primary;
  index.index->parts.push_back(
      {.column = column, .type = type, .collation = type.collation});
  return index;
}

inline Constraint SampleConstraint(Oid oid, std::string name, ConstraintKind kind,
                                   AttributeNumber column, Oid index = kInvalidOid) {
  Constraint constraint;
  constraint.oid = oid;
  constraint.name = std::move(name);
  constraint.kind = kind;
  constraint.columns = {column};
  constraint.index = index;
  return constraint;
}

inline std::shared_ptr<TenantSnapshot> SampleCatalog() {
  auto snapshot = std::make_shared<TenantSnapshot>(TenantId(5));
  Relation sequence = SampleRelation(16594, "p_id_seq", RelationKind::kSequence);
  sequence.sequence = SequenceDefinition{.type = 23, .maximum = INT32_MAX};
  sequence.sequence->owner_table = 16595;
  sequence.sequence->owner_column = 1;

  Relation p = SampleRelation(16595, "p", RelationKind::kTable);
  p.row_type = 16597;
  p.access_method = "heap";
  p.columns = {SampleColumn(1, "id", 23), SampleColumn(2, "a", 23), SampleColumn(3, "b", 1043, 14)};
  p.columns[0].not_null = true;
  p.columns[0].default_value.sql = "nextval('p_id_seq'::regclass)";
  p.columns[0].default_oid = 16598;
  p.columns[0].owned_sequence = 16594;
  p.columns[1].not_null = true;
  p.columns[1].default_value.sql = "5";
  p.columns[1].default_oid = 16599;
  p.columns[2].storage = 'x';
  p.constraints = {SampleConstraint(16600, "p_a_check", ConstraintKind::kCheck, 2),
                   SampleConstraint(16602, "p_pkey", ConstraintKind::kPrimaryKey, 1, 16601),
                   SampleConstraint(16604, "p_b_key", ConstraintKind::kUnique, 3, 16603)};
  p.constraints[0].check.sql = "a > 0";
  p.indexes = {16601, 16603};

  Relation c = SampleRelation(16606, "c", RelationKind::kTable);
  c.row_type = 16608;
  c.columns = {SampleColumn(1, "x", 23)};
  c.constraints = {SampleConstraint(16609, "c_x_fkey", ConstraintKind::kForeignKey, 1, 16601)};
  c.constraints[0].foreign_relation = 16595;
  c.constraints[0].foreign_columns = {1};
  c.constraints[0].on_delete = 'c';

  Relation v = SampleRelation(16614, "v", RelationKind::kView);
  v.columns = {SampleColumn(1, "a", 23)};
  v.view.emplace();
  v.view->query.sql = "SELECT a FROM p";

  Put(*snapshot, sequence);
  Put(*snapshot, p);
  Put(*snapshot, SampleIndex(16601, "p_pkey", 16595, 1, p.columns[0].type, true));
  Put(*snapshot, SampleIndex(16603, "p_b_key", 16595, 3, p.columns[2].type, false));
  Put(*snapshot, c);
  Put(*snapshot, v);
  Put(*snapshot, Dependency{kRelationClass, 16614, 0, kRelationClass, 16595, 2, 'n'});
  Put(*snapshot, Dependency{kDefaultClass, 16598, 0, kRelationClass, 16594, 0, 'n'});
  Type p_row{.oid = 16597, .schema = kPublicSchema, .name = "p", .owner = 10, .typtype = 'c',
             .category = 'C', .array = 16596, .relation = 16595};
  Put(*snapshot, p_row);
  Type e{.oid = 16620, .schema = kPublicSchema, .name = "e", .owner = 10, .typtype = 'e',
         .category = 'E', .length = 4, .array = 16619};
  e.labels = {{16621, 1, "x", 1}, {16622, 2, "y", 2}};
  e.physical = types::PhysicalType::kInt32;
  Put(*snapshot, e);
  Type d{.oid = 16626, .schema = kPublicSchema, .name = "d", .owner = 10, .typtype = 'd',
         .category = 'N', .length = 4, .base = 23};
  d.physical = types::PhysicalType::kInt32;
  d.checks = {SampleConstraint(16627, "d_check", ConstraintKind::kCheck, 0)};
  d.checks[0].columns.clear();
  Put(*snapshot, d);
  snapshot->SealVersion();
  return snapshot;
}

}  // namespace grizzly::catalog
