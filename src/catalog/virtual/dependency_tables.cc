// pg_depend, pg_description, pg_init_privs.
#include "catalog/builtin.h"
#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "catalog/virtual/row_writer.h"
#include "facts/catalog_relations.h"
#include "facts/descriptions.h"
#include "facts/namespaces.h"
#include "facts/procs.h"
#include "facts/type_oids.h"

namespace grizzly::catalog {
namespace {

void WriteDependency(RowWriter& rows, const Dependency& edge) {
  rows.Number(edge.dependent_class);
  rows.Number(edge.dependent);
  rows.Int4(edge.dependent_sub);
  rows.Number(edge.referenced_class);
  rows.Number(edge.referenced);
  rows.Int4(edge.referenced_sub);
  rows.Char(edge.type);
  rows.Emit();
}

// Edges to schemas are implied by the objects that name one.
void WriteSchemaEdges(RowWriter& rows) {
  const CatalogSnapshot& catalog = rows.catalog();
  const auto write = [&](Oid object_class, Oid object, Oid schema) {
    WriteDependency(rows, {object_class, object, 0, kSchemaClass, schema, 0, 'n'});
  };
  catalog.ForEachRelation([&](const RelationPtr& relation) {
    if (relation->oid < kFirstUserOid || relation->index.has_value() ||
        relation->kind == RelationKind::kCompositeType) {
      return;
    }
    write(kRelationClass, relation->oid, relation->schema);
  });
  catalog.ForEachType([&](const Type& type) {
    const RelationPtr row_of = catalog.FindRelation(type.relation);
    const bool is_part = (type.element != kInvalidOid && type.category == 'A') ||
                         (row_of != nullptr && row_of->kind != RelationKind::kCompositeType);
    if (type.oid >= kFirstUserOid && !is_part) write(kTypeClass, type.oid, type.schema);
  });
}

void ProduceDepend(RowWriter& rows) {
  rows.catalog().ForEachDependency([&](const Dependency& edge) { WriteDependency(rows, edge); });
  WriteSchemaEdges(rows);
}

// ---- pg_description ----

void WriteComment(RowWriter& rows, Oid object_class, Oid object, int32_t sub,
                  std::string_view comment) {
  if (comment.empty()) return;
  rows.Number(object);
  rows.Number(object_class);
  rows.Int4(sub);
  rows.Text(comment);
  rows.Emit();
}

void WriteConstraintComments(RowWriter& rows, const std::vector<Constraint>& constraints) {
  for (const Constraint& c : constraints) {
    WriteComment(rows, kConstraintClass, c.oid, 0, c.comment);
  }
}

void ProduceDescription(RowWriter& rows) {
  const CatalogSnapshot& catalog = rows.catalog();
  const auto object = rows.OidFilter(0);
  for (const facts::DescriptionFact& fact : facts::AllDescriptions()) {
    if (object.has_value() && fact.objoid != *object) continue;
    if (fact.classoid == kSchemaClass || fact.classoid == kDatabaseClass) continue;
    if (fact.objsubid == 0 && !ObjectsOf(catalog).CommentOn(fact.classoid, fact.objoid).empty()) continue;
    WriteComment(rows, fact.classoid, fact.objoid, fact.objsubid, fact.description);
  }
  ObjectsOf(catalog).ForEachObjectOfAnyClass([&](const SchemaObject& made) {
    if (made.object_class == kDescriptionClass) {
      WriteComment(rows, made.types[0], made.types[1], 0, made.comment);
    } else {
      WriteComment(rows, made.object_class, made.oid, 0, made.comment);
    }
  });
  catalog.ForEachSchema([&](const Schema& schema) {
    WriteComment(rows, kSchemaClass, schema.oid, 0, schema.comment);
  });
  catalog.ForEachRelation([&](const RelationPtr& relation) {
    if (relation->oid < kFirstUserOid) return;
    WriteComment(rows, kRelationClass, relation->oid, 0, relation->comment);
    for (const Column& column : relation->columns) {
      WriteComment(rows, kRelationClass, relation->oid, column.attnum, column.comment);
    }
    WriteConstraintComments(rows, relation->constraints);
  });
  catalog.ForEachType([&](const Type& type) {
    if (type.oid < kFirstUserOid) return;
    WriteComment(rows, kTypeClass, type.oid, 0, type.comment);
    WriteConstraintComments(rows, type.checks);
  });
}

// ---- pg_init_privs: pg_dump tells by it which privileges are the system's own ----

void WriteInitialPrivileges(RowWriter& rows, Oid object, Oid object_class,
                            std::string_view privileges) {
  if (privileges.empty()) return;
  rows.Number(object);
  rows.Number(object_class);
  rows.Int4(0);
  rows.Char('i');
  rows.Literal(privileges);
  rows.Emit();
}

void ProduceInitialPrivileges(RowWriter& rows) {
  // Without a text form of aclitem no privileges are shown anywhere.
  if (rows.catalog().FindTypeIo(facts::kAclitemArrayOid) == nullptr) return;
  for (const facts::RelationFact& fact : facts::AllRelations()) {
    if (fact.relnamespace != kPgCatalogSchema) continue;
    WriteInitialPrivileges(rows, fact.oid, kRelationClass, fact.relacl);
  }
  for (const facts::NamespaceFact& fact : facts::AllNamespaces()) {
    if (fact.oid != kPgCatalogSchema && fact.oid != kPublicSchema) continue;
    WriteInitialPrivileges(rows, fact.oid, kSchemaClass, fact.nspacl);
  }
  for (const facts::ProcFact& fact : facts::AllProcs()) {
    if (rows.Implements(fact.oid)) {
      WriteInitialPrivileges(rows, fact.oid, kProcClass, fact.proacl);
    }
  }
}

}  // namespace

std::span<const CatalogTableSource> DependencyTables() {
  static constexpr CatalogTableSource kTables[] = {
      {kDependencyClass, ProduceDepend},
      {2609, ProduceDescription},
      {3394, ProduceInitialPrivileges},
  };
  return kTables;
}

}  // namespace grizzly::catalog
