// pg_class, pg_attribute, pg_attrdef, pg_inherits, pg_partitioned_table, pg_sequence, pg_rewrite,
// pg_namespace.
#include "catalog/access_method.h"
#include "catalog/builtin.h"
#include "catalog/inheritance.h"
#include "catalog/name_choice.h"
#include "catalog/partition_text.h"
#include "catalog/record.h"
#include "catalog/virtual/row_writer.h"
#include "catalog/virtual/type_shape.h"
#include "facts/access_methods.h"
#include "facts/catalog_relations.h"
#include "facts/namespaces.h"
#include "facts/type_oids.h"

namespace grizzly::catalog {
namespace {

constexpr double kPageBytes = 8192;
constexpr Oid kFrozenTransaction = 2;

// Visits the relations a filter leaves: by oid in `oid_column`, by name in `name_column`.
void VisitRelations(const RowWriter& rows, int oid_column, int name_column,
                    const std::function<void(const Relation&)>& visit) {
  const CatalogSnapshot& catalog = rows.catalog();
  if (const auto oid = rows.OidFilter(oid_column); oid.has_value()) {
    if (const RelationPtr relation = catalog.FindRelation(*oid)) visit(*relation);
    return;
  }
  if (const auto name = rows.NameFilter(name_column); name.has_value()) {
    catalog.ForEachSchema([&](const Schema& schema) {
      if (const RelationPtr relation = catalog.FindRelation(schema.oid, *name)) visit(*relation);
    });
    return;
  }
  catalog.ForEachRelation([&](const RelationPtr& relation) { visit(*relation); });
}

Oid AccessMethodOf(const Relation& relation) {
  if (relation.index.has_value()) {
    const auto* fact = facts::FindAccessMethodByName(relation.index->access_method);
    return fact == nullptr ? kInvalidOid : fact->oid;
  }
  if (!relation.HasRows()) return kInvalidOid;
  const auto* fact = FindAccessMethod(relation.access_method);
  return fact == nullptr ? facts::kHeapMethodOid : fact->oid;
}

bool HasForeignKeys(const CatalogSnapshot& catalog, const Relation& relation) {
  for (const Constraint& constraint : relation.constraints) {
    if (constraint.kind == ConstraintKind::kForeignKey) return true;
  }
  for (const Dependency& edge : catalog.DependentsOn(kRelationClass, relation.oid)) {
    if (edge.dependent_class == kConstraintClass && edge.type == 'n') return true;
  }
  return false;
}

// Of tables by their bound, of indexes by their parent.
bool IsPartition(const Relation& relation) {
  return relation.IsPartition() || (relation.index.has_value() && !relation.inherits.empty());
}

std::string BoundText(const CatalogSnapshot& catalog, const Relation& relation) {
  if (!relation.IsPartition() || relation.inherits.empty()) return {};
  const RelationPtr parent = catalog.FindRelation(relation.inherits.front());
  if (parent == nullptr || !parent->IsPartitioned()) return {};
  return PartitionBoundText(*parent->partition_key, *relation.partition_bound);
}

size_t AttributeCount(const Relation& relation) {
  if (!relation.columns.empty()) return relation.columns.size();
  if (relation.index.has_value()) {
    return relation.index->parts.size() + relation.index->include.size();
  }
  return relation.kind == RelationKind::kSequence ? 3 : 0;
}

void WriteStatistics(RowWriter& rows, const Relation& relation) {
  RelationStatistics statistics;
  if (rows.input().statistics != nullptr && relation.HasRows()) {
    statistics = rows.input().statistics->Statistics(relation.oid);
  }
  const bool is_sequence = relation.kind == RelationKind::kSequence;
  const bool is_index = relation.index.has_value();
  rows.Int4(is_sequence || is_index ? 1 : static_cast<int32_t>(statistics.byte_count / kPageBytes));
  rows.Float4(is_sequence ? 1 : is_index ? 0 : static_cast<float>(statistics.row_count));
  rows.Int4(0);
}

std::vector<std::string> OptionTexts(const Relation& relation) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : relation.options) {
    // Those of the table PostgreSQL keeps long values in are not the table's own.
    if (!name.starts_with("toast.")) texts.push_back(name + "=" + value);
  }
  return texts;
}

void WriteClass(RowWriter& rows, const Relation& relation) {
  const facts::RelationFact* fact = facts::FindRelation(relation.oid);
  const bool has_rows = relation.HasRows();
  int16_t checks = 0;
  for (const Constraint& constraint : relation.constraints) {
    checks += constraint.kind == ConstraintKind::kCheck;
  }
  rows.Number(relation.oid);
  rows.Text(relation.name);
  rows.Number(relation.schema);
  rows.Number(relation.row_type);
  rows.Number(relation.of_type);
  rows.Number(relation.owner);
  rows.Number(AccessMethodOf(relation));
  rows.Number(fact == nullptr ? relation.storage.value : kInvalidOid);
  rows.Number(fact == nullptr ? kInvalidOid : fact->reltablespace);
  WriteStatistics(rows, relation);
  rows.Number(kInvalidOid);
  rows.Bool(!relation.indexes.empty());
  rows.Bool(fact != nullptr && fact->relisshared);
  rows.Char(relation.persistence);
  rows.Char(static_cast<char>(relation.kind));
  rows.Int2(static_cast<int16_t>(AttributeCount(relation)));
  rows.Int2(checks);
  rows.Bool(relation.kind == RelationKind::kView ||
            relation.kind == RelationKind::kMaterializedView);
  rows.Bool(has_rows && fact == nullptr && HasForeignKeys(rows.catalog(), relation));
  rows.Bool((has_rows || relation.IsPartitioned() ||
             relation.kind == RelationKind::kPartitionedIndex) &&
            fact == nullptr && HasChildren(rows.catalog(), relation.oid));
  rows.Bool(false);
  rows.Bool(false);
  rows.Bool(relation.populated);
  rows.Char(fact != nullptr ? fact->relreplident : has_rows || relation.IsPartitioned() ? relation.replica_identity : 'n');
  rows.Bool(IsPartition(relation));
  rows.Number(kInvalidOid);
  rows.Number(has_rows ? kFrozenTransaction : kInvalidOid);
  rows.Number(has_rows ? 1 : 0);
  rows.Literal(fact == nullptr ? std::string_view() : fact->relacl);
  rows.Texts(OptionTexts(relation));
  rows.TextOrNull(BoundText(rows.catalog(), relation));
  rows.Emit();
}

void ProduceClass(RowWriter& rows) {
  VisitRelations(rows, 0, 1, [&](const Relation& relation) { WriteClass(rows, relation); });
}

// ---- pg_attribute ----

void WriteAttribute(RowWriter& rows, const Relation& relation, const Column& column) {
  TypeShape shape;
  if (!column.dropped) shape = ShapeOf(rows.catalog(), column.type.oid);
  const bool is_system = column.attnum < 0;
  rows.Number(relation.oid);
  rows.Text(column.name);
  rows.Number(column.dropped ? kInvalidOid : column.type.oid);
  rows.Int4(is_system ? 0 : column.statistics_target);
  rows.Int2(shape.length);
  rows.Int2(column.attnum);
  rows.Int4(column.dimensions);
  rows.Int4(-1);
  rows.Int4(column.type.typmod);
  rows.Bool(shape.by_value);
  rows.Char(shape.align);
  const bool has_own_storage =
      !is_system && relation.oid >= kFirstUserOid && relation.HasRows() && !column.dropped;
  rows.Char(has_own_storage ? column.storage : shape.storage);
  rows.Char(column.compression);
  rows.Bool(column.not_null);
  rows.Bool(!column.default_value.empty());
  rows.Bool(column.has_missing);
  rows.Char(column.identity);
  rows.Char(column.generated);
  rows.Bool(column.dropped);
  rows.Bool(column.is_local);
  rows.Int4(column.inherited_count);
  rows.Number(column.type.collation);
  rows.Null();  // attacl
  std::vector<std::string> options;
  for (const auto& [name, value] : column.options) options.push_back(name + "=" + value);
  rows.Texts(options);
  for (int i = 0; i < 2; ++i) rows.Null();  // attfdwoptions, attmissingval
  rows.Emit();
}

Column MadeColumn(std::string name, const types::SqlType& type, AttributeNumber attnum,
                  bool not_null) {
  Column column;
  column.name = std::move(name);
  column.type = type;
  column.attnum = attnum;
  column.not_null = not_null;
  return column;
}

// The column of an index as pg_attribute shows it: the table's type, unless its operator class stores
// another (name_ops stores cstring).
Column IndexColumn(const Column* of_table, const IndexDefinition::Part& part) {
  Column column;
  if (of_table != nullptr) {
    column.name = of_table->name;
    column.type = of_table->type;
    column.dimensions = of_table->dimensions;
  } else {
    column.type = part.type;
    column.statistics_target = part.statistics_target;
  }
  column.options = part.options;
  if (part.collation != kInvalidOid) column.type.collation = part.collation;
  const facts::OpclassFact* opclass = facts::FindOpclass(part.opclass);
  if (opclass != nullptr && opclass->opckeytype != kInvalidOid &&
      opclass->opckeytype != facts::kAnyelementOid) {
    column.type.oid = opclass->opckeytype;
    column.type.typmod = types::kNoTypmod;
  }
  return column;
}

void WriteIndexAttributes(RowWriter& rows, const Relation& index) {
  const RelationPtr table = rows.catalog().FindRelation(index.index->table);
  if (table == nullptr) return;
  const auto column_at = [&](AttributeNumber attnum) -> const Column* {
    return attnum > 0 && static_cast<size_t>(attnum) <= table->columns.size()
               ? &table->columns[attnum - 1]
               : nullptr;
  };
  std::vector<Column> columns;
  for (const IndexDefinition::Part& part : index.index->parts) {
    columns.push_back(IndexColumn(column_at(part.column), part));
  }
  for (const AttributeNumber attnum : index.index->include) {
    columns.push_back(IndexColumn(column_at(attnum), {}));
  }
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  names = ChooseIndexColumnNames(names);
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = names[i];
    columns[i].attnum = static_cast<AttributeNumber>(i + 1);
    WriteAttribute(rows, index, columns[i]);
  }
}

void WriteSystemAttributes(RowWriter& rows, const Relation& relation) {
  struct SystemColumn {
    const char* name;
    Oid type;
    AttributeNumber attnum;
  };
  static constexpr SystemColumn kSystemColumns[] = {
      {"tableoid", facts::kOidOid, -6}, {"cmax", facts::kCidOid, -5}, {"xmax", facts::kXidOid, -4},
      {"cmin", facts::kCidOid, -3},     {"xmin", facts::kXidOid, -2}, {"ctid", facts::kTidOid, -1},
  };
  for (const SystemColumn& system : kSystemColumns) {
    WriteAttribute(rows, relation,
                   MadeColumn(system.name, types::BuiltinType(system.type), system.attnum, true));
  }
}

void WriteSequenceAttributes(RowWriter& rows, const Relation& sequence) {
  const types::SqlType int8 = types::BuiltinType(facts::kInt8Oid);
  WriteAttribute(rows, sequence, MadeColumn("last_value", int8, 1, true));
  WriteAttribute(rows, sequence, MadeColumn("log_cnt", int8, 2, true));
  WriteAttribute(rows, sequence,
                 MadeColumn("is_called", types::BuiltinType(facts::kBoolOid), 3, true));
}

void WriteAttributes(RowWriter& rows, const Relation& relation) {
  if (relation.HasRows() || relation.kind == RelationKind::kSequence) {
    WriteSystemAttributes(rows, relation);
  }
  for (const Column& column : relation.columns) WriteAttribute(rows, relation, column);
  if (!relation.columns.empty()) return;
  if (relation.index.has_value()) WriteIndexAttributes(rows, relation);
  if (relation.kind == RelationKind::kSequence) WriteSequenceAttributes(rows, relation);
}

void ProduceAttribute(RowWriter& rows) {
  VisitRelations(rows, 0, -1, [&](const Relation& relation) { WriteAttributes(rows, relation); });
}

// ---- the smaller ones ----

void ProduceAttributeDefault(RowWriter& rows) {
  VisitRelations(rows, 1, -1, [&](const Relation& relation) {
    for (const Column& column : relation.columns) {
      if (column.default_value.empty() || column.dropped) continue;
      rows.Number(column.default_oid);
      rows.Number(relation.oid);
      rows.Int2(column.attnum);
      rows.Text(column.default_value.sql);
      rows.Emit();
    }
  });
}

void ProduceInherits(RowWriter& rows) {
  VisitRelations(rows, 0, -1, [&](const Relation& relation) {
    int32_t number = 0;
    for (const Oid parent : relation.inherits) {
      rows.Number(relation.oid);
      rows.Number(parent);
      rows.Int4(++number);
      rows.Bool(relation.IsPartition() && relation.partition_bound->detach_pending);
      rows.Emit();
    }
  });
}

void ProducePartitionedTable(RowWriter& rows) {
  VisitRelations(rows, 0, -1, [&](const Relation& relation) {
    if (!relation.IsPartitioned()) return;
    const PartitionKey& key = *relation.partition_key;
    std::vector<int16_t> attnums;
    std::vector<Oid> classes, collations;
    std::string expressions;
    for (const PartitionKey::Part& part : key.parts) {
      attnums.push_back(part.column);
      classes.push_back(part.opclass);
      collations.push_back(part.collation);
      if (part.column != 0) continue;
      expressions += (expressions.empty() ? "" : ", ") + part.expression.sql;
    }
    Oid default_partition = kInvalidOid;
    for (const RelationPtr& child : ChildrenOf(rows.catalog(), relation.oid)) {
      if (child->IsPartition() && child->partition_bound->is_default) {
        default_partition = child->oid;
      }
    }
    rows.Number(relation.oid);
    rows.Char(key.strategy);
    rows.Int2(static_cast<int16_t>(key.parts.size()));
    rows.Number(default_partition);
    rows.Int2Vector(attnums);
    rows.OidVector(classes);
    rows.OidVector(collations);
    rows.TextOrNull(expressions);
    rows.Emit();
  });
}

void ProduceSequence(RowWriter& rows) {
  VisitRelations(rows, 0, -1, [&](const Relation& relation) {
    if (!relation.sequence.has_value()) return;
    const SequenceDefinition& sequence = *relation.sequence;
    rows.Number(relation.oid);
    rows.Number(sequence.type);
    rows.Int8(sequence.start);
    rows.Int8(sequence.increment);
    rows.Int8(sequence.maximum);
    rows.Int8(sequence.minimum);
    rows.Int8(sequence.cache);
    rows.Bool(sequence.cycle);
    rows.Emit();
  });
}

// A view has one rule, numbered as the view itself.
void ProduceRewrite(RowWriter& rows) {
  VisitRelations(rows, 2, -1, [&](const Relation& relation) {
    if (!relation.view.has_value()) return;
    rows.Number(relation.oid);
    rows.Text("_RETURN");
    rows.Number(relation.oid);
    rows.Char('1');
    rows.Char('O');
    rows.Bool(true);
    rows.Text("<>");
    rows.Text(relation.view->query.sql);
    rows.Emit();
  });
}

void ProduceNamespace(RowWriter& rows) {
  rows.catalog().ForEachSchema([&](const Schema& schema) {
    const facts::NamespaceFact* fact = facts::FindNamespace(schema.oid);
    rows.Number(schema.oid);
    rows.Text(schema.name);
    rows.Number(schema.owner);
    rows.Literal(fact == nullptr ? std::string_view() : fact->nspacl);
    rows.Emit();
  });
}

}  // namespace

std::span<const CatalogTableSource> RelationTables() {
  static constexpr CatalogTableSource kTables[] = {
      {kRelationClass, ProduceClass},   {1249, ProduceAttribute}, {kDefaultClass, ProduceAttributeDefault},
      {2611, ProduceInherits},          {2224, ProduceSequence},  {kRewriteClass, ProduceRewrite},
      {kSchemaClass, ProduceNamespace}, {3350, ProducePartitionedTable},
  };
  return kTables;
}

}  // namespace grizzly::catalog
