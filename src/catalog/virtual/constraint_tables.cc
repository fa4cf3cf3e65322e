// pg_constraint and pg_index.
#include "catalog/record.h"
#include "catalog/virtual/row_writer.h"
#include "facts/access_methods.h"

namespace grizzly::catalog {
namespace {

// The operator of the key's class; behind an implicit cast where it has none for the other type.
Oid EqualityOf(Oid key, Oid other) {
  const facts::OpclassFact* opclass = facts::DefaultOpclass(facts::kBtreeMethodOid, key);
  if (opclass == nullptr) return kInvalidOid;
  const Oid own = facts::FamilyOperator(opclass->opcfamily, opclass->opcintype, other,
                                        facts::kBtreeEqual);
  if (own != kInvalidOid) return own;
  return facts::FamilyOperator(opclass->opcfamily, opclass->opcintype, opclass->opcintype,
                               facts::kBtreeEqual);
}

// conpfeqop, conppeqop, conffeqop.
void WriteForeignKeyOperators(RowWriter& rows, const Relation& table, const Constraint& c) {
  const RelationPtr target = rows.catalog().FindRelation(c.foreign_relation);
  if (c.kind != ConstraintKind::kForeignKey || target == nullptr) {
    for (int i = 0; i < 3; ++i) rows.Null();
    return;
  }
  std::vector<Oid> key_foreign, key_key, foreign_foreign;
  for (size_t i = 0; i < c.columns.size() && i < c.foreign_columns.size(); ++i) {
    const Oid foreign = table.columns.at(c.columns[i] - 1).type.oid;
    const Oid key = target->columns.at(c.foreign_columns[i] - 1).type.oid;
    key_foreign.push_back(EqualityOf(key, foreign));
    key_key.push_back(EqualityOf(key, key));
    foreign_foreign.push_back(EqualityOf(foreign, foreign));
  }
  rows.Oids(key_foreign);
  rows.Oids(key_key);
  rows.Oids(foreign_foreign);
}

void WriteColumns(RowWriter& rows, const std::vector<AttributeNumber>& columns) {
  columns.empty() ? rows.Null() : rows.Int2s(columns);
}

void WriteConstraint(RowWriter& rows, const Relation* table, const Type* domain,
                     const Constraint& c) {
  const bool is_foreign_key = c.kind == ConstraintKind::kForeignKey;
  rows.Number(c.oid);
  rows.Text(c.name);
  rows.Number(table != nullptr ? table->schema : domain->schema);
  rows.Char(static_cast<char>(c.kind));
  rows.Bool(c.deferrable);
  rows.Bool(c.initially_deferred);
  rows.Bool(c.validated);
  rows.Number(table != nullptr ? table->oid : kInvalidOid);
  rows.Number(domain != nullptr ? domain->oid : kInvalidOid);
  rows.Number(c.index);
  rows.Number(c.parent);
  rows.Number(c.foreign_relation);
  rows.Char(is_foreign_key ? c.on_update : ' ');
  rows.Char(is_foreign_key ? c.on_delete : ' ');
  rows.Char(is_foreign_key ? c.match_type : ' ');
  rows.Bool(c.is_local);
  rows.Int4(c.inherited_count);
  rows.Bool(c.kind == ConstraintKind::kCheck || is_foreign_key ? c.no_inherit
                                                               : c.parent == kInvalidOid);
  WriteColumns(rows, c.columns);
  WriteColumns(rows, c.foreign_columns);
  if (table != nullptr) {
    WriteForeignKeyOperators(rows, *table, c);
  } else {
    for (int i = 0; i < 3; ++i) rows.Null();
  }
  WriteColumns(rows, c.delete_set_columns);
  c.exclusion_operators.empty() ? rows.Null() : rows.Oids(c.exclusion_operators);
  rows.TextOrNull(c.check.sql);
  rows.Emit();
}

void WriteConstraintsOf(RowWriter& rows, const Relation& table) {
  for (const Constraint& constraint : table.constraints) {
    WriteConstraint(rows, &table, nullptr, constraint);
  }
}

void WriteConstraintsOf(RowWriter& rows, const Type& domain) {
  for (const Constraint& constraint : domain.checks) {
    WriteConstraint(rows, nullptr, &domain, constraint);
  }
}

void ProduceConstraint(RowWriter& rows) {
  constexpr int kConrelid = 7;
  constexpr int kContypid = 8;
  constexpr int kConfrelid = 11;
  const CatalogSnapshot& catalog = rows.catalog();
  if (const auto table = rows.OidFilter(kConrelid); table.has_value() && *table != kInvalidOid) {
    if (const RelationPtr found = catalog.FindRelation(*table)) WriteConstraintsOf(rows, *found);
    return;
  }
  if (const auto domain = rows.OidFilter(kContypid); domain.has_value() && *domain != kInvalidOid) {
    if (const auto found = catalog.FindType(*domain)) WriteConstraintsOf(rows, *found);
    return;
  }
  if (const auto target = rows.OidFilter(kConfrelid); target.has_value() && *target != kInvalidOid) {
    std::vector<Oid> tables;  // each once: a key of two columns has two edges
    for (const Dependency& edge : catalog.DependentsOn(kRelationClass, *target)) {
      if (edge.dependent_class != kConstraintClass) continue;
      for (const Dependency& own : catalog.DependenciesOf(kConstraintClass, edge.dependent)) {
        if (own.type == 'a') tables.push_back(own.referenced);
      }
    }
    std::sort(tables.begin(), tables.end());
    tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
    for (const Oid table : tables) {
      if (const RelationPtr found = catalog.FindRelation(table)) WriteConstraintsOf(rows, *found);
    }
    return;
  }
  catalog.ForEachRelation([&](const RelationPtr& table) { WriteConstraintsOf(rows, *table); });
  catalog.ForEachType([&](const Type& type) { WriteConstraintsOf(rows, type); });
}

// ---- pg_index ----

Oid OpclassOf(const IndexDefinition& index, const IndexDefinition::Part& part) {
  if (part.opclass != kInvalidOid) return part.opclass;
  const auto* method = facts::FindAccessMethodByName(index.access_method);
  const auto* opclass =
      method == nullptr ? nullptr : facts::DefaultOpclass(method->oid, part.type.oid);
  return opclass == nullptr ? kInvalidOid : opclass->oid;
}

void WriteIndex(RowWriter& rows, const Relation& relation) {
  if (!relation.index.has_value()) return;
  const IndexDefinition& index = *relation.index;
  std::vector<int16_t> columns, options;
  std::vector<Oid> collations, opclasses;
  std::string expressions;
  for (const IndexDefinition::Part& part : index.parts) {
    columns.push_back(part.column);
    options.push_back(static_cast<int16_t>((part.descending ? 1 : 0) | (part.nulls_first ? 2 : 0)));
    collations.push_back(part.collation);
    opclasses.push_back(OpclassOf(index, part));
    if (part.column != 0) continue;
    if (!expressions.empty()) expressions += ", ";
    expressions += part.expression.sql;
  }
  columns.insert(columns.end(), index.include.begin(), index.include.end());
  rows.Number(relation.oid);
  rows.Number(index.table);
  rows.Int2(static_cast<int16_t>(columns.size()));
  rows.Int2(static_cast<int16_t>(index.parts.size()));
  rows.Bool(index.unique);
  rows.Bool(index.nulls_not_distinct);
  rows.Bool(index.primary);
  rows.Bool(index.exclusion);
  rows.Bool(index.immediate);
  rows.Bool(index.clustered_on);
  rows.Bool(index.valid);
  rows.Bool(false);
  rows.Bool(index.ready);
  rows.Bool(true);
  rows.Bool(index.replica_identity);
  rows.Int2Vector(columns);
  rows.OidVector(collations);
  rows.OidVector(opclasses);
  rows.Int2Vector(options);
  rows.TextOrNull(expressions);
  rows.TextOrNull(index.predicate.sql);
  rows.Emit();
}

void ProduceIndex(RowWriter& rows) {
  const CatalogSnapshot& catalog = rows.catalog();
  if (const auto index = rows.OidFilter(0); index.has_value()) {
    if (const RelationPtr found = catalog.FindRelation(*index)) WriteIndex(rows, *found);
    return;
  }
  if (const auto table = rows.OidFilter(1); table.has_value()) {
    const RelationPtr found = catalog.FindRelation(*table);
    if (found == nullptr) return;
    for (const Oid index : found->indexes) {
      if (const RelationPtr relation = catalog.FindRelation(index)) WriteIndex(rows, *relation);
    }
    return;
  }
  catalog.ForEachRelation([&](const RelationPtr& relation) { WriteIndex(rows, *relation); });
}

}  // namespace

std::span<const CatalogTableSource> ConstraintTables() {
  static constexpr CatalogTableSource kTables[] = {
      {kConstraintClass, ProduceConstraint},
      {2610, ProduceIndex},
  };
  return kTables;
}

}  // namespace grizzly::catalog
