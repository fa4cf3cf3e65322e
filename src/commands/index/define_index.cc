#include "commands/index/define_index.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "catalog/inheritance.h"
#include "catalog/name_choice.h"
#include "catalog/record.h"
#include "commands/evaluation.h"
#include "commands/partition/partition_indexes.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"
#include "commands/type/type_parts.h"
#include "facts/access_methods.h"
#include "types/collation.h"
#include "types/type_name.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

const catalog::Column& RequireKeyColumn(const Relation& table, const std::string& name,
                                        int location) {
  const catalog::Column* column = table.FindColumn(name);
  if (column != nullptr) return *column;
  throw SqlError(SqlState::kUndefinedColumn,
                 fmt::format("column \"{}\" named in key does not exist", name))
      .At(location);
}

void RefuseTakenNames(CommandInput& input, const Relation& table, const IndexRequest& request) {
  LockChosenName(input, table.schema, request.name);
  if (input.editor.Current()->FindRelation(table.schema, request.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" already exists", request.name));
  }
  if (!request.is_constraint) return;
  for (const catalog::Constraint& constraint : table.constraints) {
    if (constraint.name != request.name) continue;
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("constraint \"{}\" for relation \"{}\" already exists",
                               request.name, table.name));
  }
}

// Rows of a key that is checked later cannot lie under it: two may have it for a while.
bool ClustersRows(const IndexRequest& request) {
  return request.primary && !request.timing.deferrable;
}

Relation MakeIndexRelation(CommandInput& input, const Relation& table,
                           const IndexRequest& request) {
  Relation index;
  index.oid = input.editor.NewOid();
  index.schema = table.schema;
  index.name = request.name;
  index.kind = table.IsPartitioned() ? catalog::RelationKind::kPartitionedIndex
                                     : catalog::RelationKind::kIndex;
  index.persistence = table.persistence;
  index.owner = table.owner;
  index.tenant = table.tenant;
  // Never used twice, so that a dropped index's range can be removed behind.
  index.storage = input.editor.NewStorage();
  index.options = request.options;
  catalog::IndexDefinition& definition = index.index.emplace();
  definition.table = table.oid;
  definition.clustered_by = ClustersRows(request) && !catalog::IsColumnar(table);
  definition.index_id = IndexId{definition.clustered_by ? 0 : index.storage.value};
  definition.access_method = request.access_method;
  definition.exclusion = !request.exclusion_operators.empty();
  definition.immediate = !request.timing.deferrable;
  definition.unique = request.unique;
  definition.primary = request.primary;
  definition.nulls_not_distinct = request.nulls_not_distinct;
  definition.parts = request.parts;
  definition.include = request.include;
  definition.predicate = request.predicate;
  const auto add_column = [&](const std::string& name, const types::SqlType& type) {
    catalog::Column column;
    column.name = name;
    column.type = type;
    column.attnum = static_cast<AttributeNumber>(index.columns.size() + 1);
    index.columns.push_back(std::move(column));
  };
  for (size_t i = 0; i < request.parts.size(); ++i) {
    add_column(request.part_names[i], request.parts[i].type);
  }
  for (const AttributeNumber attnum : request.include) {
    const catalog::Column& column = table.columns[attnum - 1];
    add_column(column.name, column.type);
  }
  return index;
}

void AddConstraintOf(CommandInput& input, const IndexRequest& request, Oid index,
                     Relation* table) {
  catalog::Constraint constraint;
  constraint.oid = input.editor.NewOid();
  constraint.name = request.name;
  constraint.kind = !request.exclusion_operators.empty() ? catalog::ConstraintKind::kExclusion
                    : request.primary                     ? catalog::ConstraintKind::kPrimaryKey
                                                          : catalog::ConstraintKind::kUnique;
  constraint.index = index;
  constraint.deferrable = request.timing.deferrable;
  constraint.initially_deferred = request.timing.initially_deferred;
  constraint.exclusion_operators = request.exclusion_operators;
  for (const catalog::IndexDefinition::Part& part : request.parts) {
    constraint.columns.push_back(part.column);
    if (request.primary) table->columns[part.column - 1].not_null = true;
  }
  table->constraints.push_back(std::move(constraint));
}

// What its expressions, predicate and collations need.
void AddUsed(CommandInput& input, const Relation& table, const Relation& index) {
  planner::UsedObjects used;
  for (const catalog::IndexDefinition::Part& part : index.index->parts) {
    UseCollation(part.collation, &used);
    if (!part.expression.empty()) {
      BindStored(input, part.expression, &table, planner::ExpressionPlace::kIndexPart, &used);
    }
  }
  if (!index.index->predicate.empty()) {
    BindStored(input, index.index->predicate, &table, planner::ExpressionPlace::kIndexPredicate, &used);
  }
  AddDependencies(input, used, {catalog::kRelationClass, index.oid});
}

void AddMentioned(CommandInput& input, const Relation& table, const Relation& index,
                  const std::vector<AttributeNumber>& mentioned) {
  AddUsed(input, table, index);
  for (const AttributeNumber attnum : mentioned) {
    catalog::Dependency edge;
    edge.dependent_class = catalog::kRelationClass;
    edge.dependent = index.oid;
    edge.referenced_class = catalog::kRelationClass;
    edge.referenced = table.oid;
    edge.referenced_sub = attnum;
    edge.type = 'a';
    input.editor.AddDependency(edge);
  }
}

}  // namespace

void SetDefaultOpclass(CommandInput& input, catalog::IndexDefinition::Part* part,
                       std::string_view access_method) {
  const facts::AccessMethodFact* method = facts::FindAccessMethodByName(access_method);
  const facts::OpclassFact* opclass = facts::DefaultOpclass(
      method->oid, OpclassInputType(*input.editor.Current(), part->type.oid));
  if (opclass == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("data type {} has no default operator class for access method "
                               "\"{}\"",
                               input.services->FormatType(part->type.oid, types::kNoTypmod),
                               access_method))
        .Hint("You must specify an operator class for the index or define a default operator "
              "class for the data type.");
  }
  part->opclass = opclass->oid;
}

catalog::IndexDefinition::Part PartOfColumn(const catalog::Column& column) {
  catalog::IndexDefinition::Part part;
  part.column = column.attnum;
  part.type = column.type;
  part.collation = column.type.collation;
  return part;
}

IndexRequest RequestOfKey(CommandInput& input, const Relation& table, const KeyElement& key) {
  IndexRequest request;
  request.name = key.name;
  request.unique = true;
  request.primary = key.primary;
  request.is_constraint = true;
  request.nulls_not_distinct = key.nulls_not_distinct;
  request.timing = key.timing;
  request.options = key.options;
  std::vector<std::string> all_names;
  for (const std::string& name : key.columns) {
    if (std::find(all_names.begin(), all_names.end(), name) != all_names.end()) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" appears twice in {} constraint", name,
                                 key.primary ? "primary key" : "unique"))
          .At(key.location);
    }
    request.parts.push_back(PartOfColumn(RequireKeyColumn(table, name, key.location)));
    SetDefaultOpclass(input, &request.parts.back());
    all_names.push_back(name);
  }
  request.part_names = all_names;
  for (const std::string& name : key.include) {
    request.include.push_back(RequireKeyColumn(table, name, key.location).attnum);
    all_names.push_back(name);
  }
  if (request.name.empty()) {
    catalog::NameChooser chooser(*input.editor.Current(), table.schema);
    request.name = key.primary ? chooser.PrimaryKey(table.name)
                               : chooser.UniqueKey(table.name, all_names);
  }
  return request;
}

void SetMentioned(CommandInput& input, const Relation& table, IndexRequest* request) {
  const auto add = [&](const catalog::Definition& definition, planner::ExpressionPlace place) {
    if (definition.empty()) return;
    const expr::ExprPtr bound = BindStored(input, definition, &table, place);
    for (const AttributeNumber attnum : MentionedColumns(*bound)) {
      request->mentioned.push_back(attnum);
    }
  };
  for (const auto& part : request->parts) {
    add(part.expression, planner::ExpressionPlace::kIndexPart);
  }
  add(request->predicate, planner::ExpressionPlace::kIndexPredicate);
}

void RefuseSecondPrimaryKey(const Relation& table, bool adds_primary) {
  if (!adds_primary) return;
  for (const catalog::Constraint& constraint : table.constraints) {
    if (constraint.kind != catalog::ConstraintKind::kPrimaryKey) continue;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("multiple primary keys for table \"{}\" are not allowed", table.name));
  }
}

namespace {

// It has no entries; its parts on the partitions do.
RelationPtr DefinePartitionedIndex(CommandInput& input, const RelationPtr& table,
                                   const IndexRequest& request) {
  CheckUniqueKey(*table, request);
  Relation changed = *table;
  Relation index = MakeIndexRelation(input, *table, request);
  index.index->clustered_by = false;
  const bool lacks_parts =
      request.only && !catalog::ChildrenOf(*input.editor.Current(), table->oid).empty();
  index.index->valid = !lacks_parts;
  const Oid oid = index.oid;
  if (request.is_constraint) AddConstraintOf(input, request, oid, &changed);
  changed.indexes.push_back(oid);
  input.editor.PutRelation(std::move(index));
  input.editor.PutRelation(std::move(changed));
  AddMentioned(input, *table, *Reread(input, oid), request.mentioned);
  if (!request.only) AddIndexToPartitions(input, Reread(input, oid));
  return Reread(input, table->oid);
}

}  // namespace

namespace {

// Operator classes that compare bytes do not call equal what such a collation does.
void CheckCollations(const IndexRequest& request) {
  for (const catalog::IndexDefinition::Part& part : request.parts) {
    const facts::OpclassFact* opclass = facts::FindOpclass(part.opclass);
    if (opclass == nullptr || !opclass->opcname.ends_with("_pattern_ops")) continue;
    types::RequireDeterministic(part.collation, fmt::format("operator class \"{}\"", opclass->opcname));
  }
}

void CheckRequest(CommandInput& input, const Relation& table, const IndexRequest& request) {
  RefuseTakenNames(input, table, request);
  CheckCollations(request);
  if (request.parts.size() + request.include.size() > 32) {
    throw SqlError(SqlState::kTooManyColumns, "cannot use more than 32 columns in an index");
  }
}

}  // namespace

RelationPtr DefineUnfilledIndex(CommandInput& input, const RelationPtr& table,
                                const IndexRequest& request) {
  CheckRequest(input, *table, request);
  Relation index = MakeIndexRelation(input, *table, request);
  index.index->valid = index.index->ready = false;
  index.index->filling = true;
  const RelationPtr made = input.editor.PutRelation(std::move(index));
  Relation changed = *table;
  changed.indexes.push_back(made->oid);
  input.editor.PutRelation(std::move(changed));
  AddMentioned(input, *table, *made, request.mentioned);
  return made;
}

RelationPtr DefineIndex(CommandInput& input, const RelationPtr& table, IndexRequest request,
                        bool is_new_table) {
  CheckRequest(input, *table, request);
  if (table->IsPartitioned()) return DefinePartitionedIndex(input, table, request);
  Relation changed = *table;
  Relation index_relation = MakeIndexRelation(input, *table, request);
  const Oid index_oid = index_relation.oid;
  if (request.is_constraint) AddConstraintOf(input, request, index_oid, &changed);
  changed.indexes.push_back(index_oid);
  const bool moves_rows = index_relation.index->clustered_by && !is_new_table;
  if (request.primary && !is_new_table && !moves_rows) {
    std::vector<AttributeNumber> columns;
    for (const auto& part : request.parts) columns.push_back(part.column);
    CheckStoredRows(input, *table, columns, "", nullptr);
  }
  if (moves_rows) changed.storage = NewStorage(input);
  if (!is_new_table && !moves_rows) {
    KeyRange range = RangeOfIndex(table->tenant, table->storage, index_relation.index->index_id);
    input.transaction.MarkYoungAtCommit(range.from);
    input.transaction.DropRangeAtRollback(std::move(range.from), std::move(range.to));
  }
  if (moves_rows) {
    input.transaction.MarkYoungAtCommit(RangeOfStorage(input.tenant, changed.storage).from);
  }
  // The index first: the table's row layout asks for its clustering index.
  input.editor.PutRelation(std::move(index_relation));
  input.editor.PutRelation(std::move(changed));
  const RelationPtr after = Reread(input, table->oid);
  const RelationPtr index = Reread(input, index_oid);
  AddMentioned(input, *table, *index, request.mentioned);
  if (moves_rows) {
    const uint64_t rows = RewriteTable(input, *table, after, {});
    DropStorageAtCommit(input, *table);
    catalog::RelationStatistics statistics = input.catalog.Statistics(table->oid);
    // An empty table that was never counted still counts as unknown.
    if (rows > 0 || statistics.row_count >= 0) {
      statistics.row_count = static_cast<double>(rows);
      input.catalog.SetStatistics(table->oid, statistics);
    }
  } else if (!is_new_table) {
    FillIndex(input, after, index);
  }
  return after;
}

}  // namespace grizzly::commands
