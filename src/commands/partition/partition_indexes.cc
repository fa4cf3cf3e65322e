#include "commands/partition/partition_indexes.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "catalog/name_choice.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

using catalog::Constraint;
using catalog::IndexDefinition;
using catalog::Relation;
using catalog::RelationPtr;

const Constraint* ConstraintOf(const Relation& table, Oid index) {
  for (const Constraint& constraint : table.constraints) {
    const bool backed = constraint.kind != catalog::ConstraintKind::kForeignKey &&
                        constraint.kind != catalog::ConstraintKind::kCheck;
    if (backed && constraint.index == index) return &constraint;
  }
  return nullptr;
}

// The partition's column of the parent's; 0 stays 0.
AttributeNumber MapColumn(const std::vector<int32_t>& map, AttributeNumber column) {
  return column == 0 ? AttributeNumber{0} : static_cast<AttributeNumber>(map[column - 1] + 1);
}

bool SamePart(const IndexDefinition::Part& a, const IndexDefinition::Part& b,
              const std::vector<int32_t>& map) {
  return MapColumn(map, a.column) == b.column && a.expression.sql == b.expression.sql &&
         a.opclass == b.opclass && a.collation == b.collation;
}

// Whether the partition's index can serve as its part of the parent's: it says the same of rows, in whatever
// order, and a constraint's is one of a constraint.
bool Matches(const Relation& parent_table, const Relation& parent, const Relation& partition,
             const Relation& index) {
  const IndexDefinition& a = *parent.index;
  const IndexDefinition& b = *index.index;
  if (a.unique != b.unique || a.access_method != b.access_method ||
      a.nulls_not_distinct != b.nulls_not_distinct || a.parts.size() != b.parts.size() ||
      a.predicate.sql != b.predicate.sql || a.include.size() != b.include.size()) {
    return false;
  }
  const std::vector<int32_t> map = catalog::MapColumnsByName(parent_table, partition);
  for (size_t i = 0; i < a.parts.size(); ++i) {
    if (!SamePart(a.parts[i], b.parts[i], map)) return false;
  }
  for (size_t i = 0; i < a.include.size(); ++i) {
    if (MapColumn(map, a.include[i]) != b.include[i]) return false;
  }
  return ConstraintOf(parent_table, parent.oid) == nullptr ||
         ConstraintOf(partition, index.oid) != nullptr;
}

IndexRequest RequestLike(CommandInput& input, const Relation& parent_table, const Relation& parent,
                         const Relation& partition) {
  const IndexDefinition& definition = *parent.index;
  const std::vector<int32_t> map = catalog::MapColumnsByName(parent_table, partition);
  IndexRequest request;
  request.unique = definition.unique;
  request.primary = definition.primary;
  request.nulls_not_distinct = definition.nulls_not_distinct;
  request.access_method = definition.access_method;
  request.parts = definition.parts;
  request.predicate = definition.predicate;
  request.options = parent.options;
  std::vector<std::string> names;
  for (size_t i = 0; i < request.parts.size(); ++i) {
    request.parts[i].column = MapColumn(map, request.parts[i].column);
    request.part_names.push_back(parent.columns[i].name);
    names.push_back(parent.columns[i].name);
  }
  for (const AttributeNumber column : definition.include) {
    request.include.push_back(MapColumn(map, column));
    names.push_back(parent_table.columns[column - 1].name);
  }
  if (const Constraint* constraint = ConstraintOf(parent_table, parent.oid)) {
    request.is_constraint = true;
    request.timing.deferrable = constraint->deferrable;
    request.timing.initially_deferred = constraint->initially_deferred;
    request.exclusion_operators = constraint->exclusion_operators;
  }
  catalog::NameChooser chooser(*input.editor.Current(), partition.schema);
  request.name = request.primary         ? chooser.PrimaryKey(partition.name)
                 : request.is_constraint ? chooser.UniqueKey(partition.name, names)
                                         : chooser.Index(partition.name, names);
  SetMentioned(input, partition, &request);
  return request;
}

// Finds or makes the partition's part of the parent's index.
void AddPart(CommandInput& input, const Relation& parent, Oid partition) {
  const RelationPtr parent_table = Reread(input, parent.index->table);
  const RelationPtr table = Reread(input, partition);
  for (const Oid oid : table->indexes) {
    const RelationPtr index = Reread(input, oid);
    if (!index->inherits.empty() || !index->index->valid) continue;
    if (!Matches(*parent_table, parent, *table, *index)) continue;
    return AttachIndex(input, *index, parent);
  }
  RefuseSecondPrimaryKey(*table, parent.index->primary);
  const RelationPtr after =
      DefineIndex(input, table, RequestLike(input, *parent_table, parent, *table),
                  /*is_new_table=*/false);
  AttachIndex(input, *Reread(input, after->indexes.back()), parent);
}

}  // namespace

void CheckUniqueKey(const Relation& table, const IndexRequest& request) {
  if (!request.unique && request.exclusion_operators.empty()) return;
  const std::string_view kind = request.primary                        ? "PRIMARY KEY"
                                : !request.exclusion_operators.empty() ? "EXCLUDE"
                                                                       : "UNIQUE";
  if (!request.exclusion_operators.empty()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "exclusion constraints are not supported on partitioned tables");
  }
  for (const catalog::PartitionKey::Part& part : table.partition_key->parts) {
    if (part.column == 0) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("unsupported {} constraint with partition key definition", kind))
          .Detail(fmt::format("{} constraints cannot be used when partition keys include "
                              "expressions.",
                              kind));
    }
    const bool found =
        std::any_of(request.parts.begin(), request.parts.end(),
                    [&](const IndexDefinition::Part& own) { return own.column == part.column; });
    if (found) continue;
    throw SqlError(SqlState::kFeatureNotSupported,
                   "unique constraint on partitioned table must include all partitioning columns")
        .Detail(fmt::format("{} constraint on table \"{}\" lacks column \"{}\" which is part of the "
                            "partition key.",
                            kind, table.name, table.columns[part.column - 1].name));
  }
}

void AddIndexToPartitions(CommandInput& input, const RelationPtr& index) {
  for (const RelationPtr& partition :
       catalog::ChildrenOf(*input.editor.Current(), index->index->table)) {
    LockRelationByOid(input, partition->oid, txn::RelationLockMode::kShare);
    AddPart(input, *index, partition->oid);
  }
}

RelationPtr AddParentIndexes(CommandInput& input, const Relation& parent, Oid partition) {
  for (const Oid index : parent.indexes) AddPart(input, *Reread(input, index), partition);
  return Reread(input, partition);
}

namespace {

// An index that was made without its parts is valid once every partition has one that is; so may be the one
// it is itself a part of.
void ValidateIfComplete(CommandInput& input, Oid oid) {
  const RelationPtr index = Reread(input, oid);
  if (index->index->valid) return;
  for (const RelationPtr& partition : catalog::ChildrenOf(*input.editor.Current(), index->index->table)) {
    const bool has_part = std::any_of(partition->indexes.begin(), partition->indexes.end(), [&](Oid part) {
      const RelationPtr of_partition = Reread(input, part);
      return of_partition->index->valid && !of_partition->inherits.empty() &&
             of_partition->inherits.front() == oid;
    });
    if (!has_part) return;
  }
  Relation valid = *index;
  valid.index->valid = true;
  input.editor.PutRelation(std::move(valid));
  if (!index->inherits.empty()) ValidateIfComplete(input, index->inherits.front());
}

}  // namespace

void AttachIndex(CommandInput& input, const Relation& index, const Relation& parent) {
  Relation attached = index;
  attached.inherits = {parent.oid};
  input.editor.PutRelation(std::move(attached));
  const RelationPtr parent_table = Reread(input, parent.index->table);
  const Constraint* of_parent = ConstraintOf(*parent_table, parent.oid);
  if (of_parent == nullptr) return;
  Relation table = *Reread(input, index.index->table);
  for (Constraint& constraint : table.constraints) {
    const bool is_key = constraint.kind != catalog::ConstraintKind::kForeignKey;
    if (!is_key || constraint.index != index.oid) continue;
    constraint.parent = of_parent->oid;
    constraint.is_local = false;
    constraint.inherited_count = 1;
  }
  input.editor.PutRelation(std::move(table));
}

void DetachIndexes(CommandInput& input, Oid partition) {
  Relation table = *Reread(input, partition);
  for (const Oid oid : table.indexes) {
    Relation index = *Reread(input, oid);
    if (index.inherits.empty()) continue;
    index.inherits.clear();
    input.editor.PutRelation(std::move(index));
  }
  for (Constraint& constraint : table.constraints) {
    const bool is_key = constraint.kind != catalog::ConstraintKind::kForeignKey;
    if (!is_key || constraint.parent == kInvalidOid) continue;
    constraint.parent = kInvalidOid;
    constraint.is_local = true;
    constraint.inherited_count = 0;
  }
  input.editor.PutRelation(std::move(table));
}

void AlterIndexAttach(CommandInput& input, const RelationPtr& parent,
                      const PgQuery__RangeVar& name) {
  const RelationPtr index =
      LockRelation(input, name, txn::RelationLockMode::kAccessExclusive);
  if (!index->index.has_value()) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("\"{}\" is not an index", index->name));
  }
  const auto refuse = [&](std::string detail,
                          SqlState state = SqlState::kObjectNotInPrerequisiteState) {
    throw SqlError(state, fmt::format("cannot attach index \"{}\" as a partition of index \"{}\"",
                                      index->name, parent->name))
        .Detail(std::move(detail));
  };
  if (!index->inherits.empty()) {
    if (index->inherits.front() == parent->oid) return ValidateIfComplete(input, parent->oid);
    refuse(fmt::format("Index \"{}\" is already attached to another index.", index->name));
  }
  const RelationPtr table = Reread(input, index->index->table);
  const RelationPtr parent_table = Reread(input, parent->index->table);
  if (table->inherits.empty() || table->inherits.front() != parent_table->oid) {
    refuse(fmt::format("Index \"{}\" is not an index on any partition of table \"{}\".",
                       index->name, parent_table->name));
  }
  if (!Matches(*parent_table, *parent, *table, *index)) {
    const bool constraint = ConstraintOf(*parent_table, parent->oid) != nullptr &&
                            ConstraintOf(*table, index->oid) == nullptr;
    refuse(constraint ? fmt::format("The index \"{}\" belongs to a constraint in table \"{}\" but no "
                                    "constraint exists for index \"{}\".",
                                    parent->name, parent_table->name, index->name)
                      : "The index definitions do not match.",
           SqlState::kInvalidObjectDefinition);
  }
  for (const Oid oid : table->indexes) {
    const RelationPtr other = Reread(input, oid);
    if (other->inherits.empty() || other->inherits.front() != parent->oid) continue;
    refuse(fmt::format("Another index is already attached for partition \"{}\".", table->name));
  }
  AttachIndex(input, *index, *parent);
  ValidateIfComplete(input, parent->oid);
}

}  // namespace grizzly::commands
