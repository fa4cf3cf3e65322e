#include "commands/constraint/partition_keys.h"

#include <algorithm>

#include "base/error/check.h"
#include "catalog/inheritance.h"
#include "catalog/name_choice.h"
#include "catalog/partition_map.h"
#include "catalog/record.h"
#include "commands/constraint/foreign_key.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "executor/constraint/foreign_key_check.h"
#include "planner/physical/constraint_rules.h"

namespace grizzly::commands {
namespace {

using catalog::Constraint;
using catalog::Relation;
using catalog::RelationPtr;

const Constraint& ConstraintOf(const Relation& table, Oid constraint) {
  const auto found = std::find_if(table.constraints.begin(), table.constraints.end(),
                                  [&](const Constraint& each) { return each.oid == constraint; });
  GRIZZLY_CHECK(found != table.constraints.end());
  return *found;
}

bool IsForeignKey(const Constraint& constraint) {
  return constraint.kind == catalog::ConstraintKind::kForeignKey;
}

std::vector<AttributeNumber> MapColumns(const Relation& from, const Relation& to,
                                        const std::vector<AttributeNumber>& columns) {
  const std::vector<int32_t> map = catalog::MapColumnsByName(from, to);
  std::vector<AttributeNumber> mapped;
  for (const AttributeNumber column : columns) {
    mapped.push_back(static_cast<AttributeNumber>(map[column - 1] + 1));
  }
  return mapped;
}

std::string ChooseName(CommandInput& input, const Relation& table, const Constraint& constraint) {
  std::vector<std::string> names;
  for (const AttributeNumber column : constraint.columns) {
    names.push_back(table.columns[column - 1].name);
  }
  return catalog::NameChooser(*input.editor.Current(), table.schema).ForeignKey(table.name, names);
}

// In the order of their bounds.
std::vector<RelationPtr> PartitionsOf(CommandInput& input, const Relation& table) {
  std::vector<RelationPtr> partitions;
  if (!table.IsPartitioned()) return partitions;
  const catalog::PartitionMap map(*input.editor.Current(), table);
  for (size_t i = 0; i < map.size(); ++i) partitions.push_back(map.partition(i));
  return partitions;
}

Constraint PartOf(CommandInput& input, const Constraint& whole) {
  Constraint part = whole;
  part.oid = input.editor.NewOid();
  part.parent = whole.oid;
  part.is_local = false;
  part.inherited_count = 1;
  part.no_inherit = false;
  part.comment.clear();
  return part;
}

void PutConstraint(CommandInput& input, Oid table, Constraint constraint) {
  Relation changed = *Reread(input, table);
  changed.constraints.push_back(std::move(constraint));
  input.editor.PutRelation(std::move(changed));
}

// The part of the table's constraint `whole` that is about one partition it refers to; and so on below it.
void AddReferencedPart(CommandInput& input, Oid table, Oid whole, const RelationPtr& partition) {
  const RelationPtr owner = Reread(input, table);
  const Constraint& of_whole = ConstraintOf(*owner, whole);
  const RelationPtr referenced = Reread(input, of_whole.foreign_relation);
  Constraint part = PartOf(input, of_whole);
  part.name = ChooseName(input, *owner, of_whole);
  part.foreign_relation = partition->oid;
  part.foreign_columns = MapColumns(*referenced, *partition, of_whole.foreign_columns);
  part.index = catalog::PartOfIndex(*input.editor.Current(), *partition, of_whole.index)->oid;
  const Oid oid = part.oid;
  PutConstraint(input, table, std::move(part));
  for (const RelationPtr& below : PartitionsOf(input, *partition)) {
    AddReferencedPart(input, table, oid, below);
  }
}

void AddReferencedParts(CommandInput& input, Oid table, Oid constraint) {
  const RelationPtr owner = Reread(input, table);
  const RelationPtr referenced =
      Reread(input, ConstraintOf(*owner, constraint).foreign_relation);
  for (const RelationPtr& partition : PartitionsOf(input, *referenced)) {
    AddReferencedPart(input, table, constraint, partition);
  }
}

// Whether the partition's own constraint says what the table's says.
bool IsEqual(const Constraint& own, const Constraint& whole,
             const std::vector<AttributeNumber>& columns) {
  return IsForeignKey(own) && own.parent == kInvalidOid && own.validated &&
         own.foreign_relation == whole.foreign_relation && own.columns == columns &&
         own.foreign_columns == whole.foreign_columns && own.deferrable == whole.deferrable &&
         own.initially_deferred == whole.initially_deferred && own.on_update == whole.on_update &&
         own.on_delete == whole.on_delete && own.match_type == whole.match_type;
}

// Removes a constraint's parts in its own table.
void DropReferencedParts(CommandInput& input, Oid table, Oid constraint) {
  Relation changed = *Reread(input, table);
  std::vector<Oid> wholes{constraint};
  for (size_t i = 0; i < wholes.size(); ++i) {
    for (const Constraint& part : changed.constraints) {
      if (part.parent == wholes[i]) wholes.push_back(part.oid);
    }
  }
  std::erase_if(changed.constraints, [&](const Constraint& part) {
    return part.oid != constraint &&
           std::find(wholes.begin(), wholes.end(), part.oid) != wholes.end();
  });
  input.editor.PutRelation(std::move(changed));
}

// Makes one of the partition's constraints a part of the table's. False: it has no equal one.
bool Adopt(CommandInput& input, Oid partition, const Constraint& whole,
           const std::vector<AttributeNumber>& columns) {
  Relation changed = *Reread(input, partition);
  for (Constraint& own : changed.constraints) {
    if (!IsEqual(own, whole, columns)) continue;
    own.parent = whole.oid;
    own.is_local = false;
    own.inherited_count += 1;
    const Oid oid = own.oid;
    input.editor.PutRelation(std::move(changed));
    DropReferencedParts(input, partition, oid);
    return true;
  }
  return false;
}

void AddReferencingPart(CommandInput& input, Oid table, Oid constraint, Oid partition,
                        bool is_new_table) {
  LockRelationByOid(input, partition, txn::RelationLockMode::kShareRowExclusive);
  const RelationPtr owner = Reread(input, table);
  const Constraint& whole = ConstraintOf(*owner, constraint);
  const RelationPtr own = Reread(input, partition);
  const std::vector<AttributeNumber> columns = MapColumns(*owner, *own, whole.columns);
  if (Adopt(input, partition, whole, columns)) return;
  Constraint part = PartOf(input, whole);
  part.columns = columns;
  part.delete_set_columns = MapColumns(*owner, *own, whole.delete_set_columns);
  const bool is_taken = std::any_of(own->constraints.begin(), own->constraints.end(),
                                    [&](const Constraint& other) { return other.name == whole.name; });
  if (is_taken) part.name = ChooseName(input, *own, part);
  PutConstraint(input, partition, part);
  for (const RelationPtr& below : PartitionsOf(input, *own)) {
    AddReferencingPart(input, partition, part.oid, below->oid, is_new_table);
  }
  if (!own->IsPartitioned() && !is_new_table) {
    CheckForeignKeyRows(input, Reread(input, partition), part);
  }
}

// The constraints that refer to the table and are wholes there, of partitioned tables not their partitions'.
struct Reference {
  Oid table;
  Oid constraint;
};
std::vector<Reference> ReferencesTo(CommandInput& input, const Relation& table) {
  std::vector<Reference> references;
  for (const auto& rule : planner::ForeignKeysTo(*input.editor.Current(), table)) {
    references.push_back({rule->referencing->oid, rule->constraint});
  }
  return references;
}

}  // namespace

RelationPtr AddForeignKeyParts(CommandInput& input, Oid table, Oid constraint, bool is_new_table) {
  AddReferencedParts(input, table, constraint);
  for (const RelationPtr& partition : PartitionsOf(input, *Reread(input, table))) {
    AddReferencingPart(input, table, constraint, partition->oid, is_new_table);
  }
  return Reread(input, table);
}

RelationPtr AddParentForeignKeys(CommandInput& input, const Relation& parent, Oid partition,
                                 bool is_new_table) {
  const RelationPtr table = Reread(input, partition);
  for (const Reference& reference : ReferencesTo(input, parent)) {
    LockRelationByOid(input, reference.table, txn::RelationLockMode::kShareRowExclusive);
    AddReferencedPart(input, reference.table, reference.constraint, table);
  }
  const RelationPtr whole = Reread(input, parent.oid);
  for (const Constraint& constraint : whole->constraints) {
    if (!IsForeignKey(constraint) || planner::IsReferencedPart(*whole, constraint)) continue;
    AddReferencingPart(input, parent.oid, constraint.oid, partition, is_new_table);
  }
  return Reread(input, partition);
}

void RequireUnreferenced(CommandInput& input, const Relation& partition) {
  for (const auto& rule : planner::ForeignKeysTo(*input.editor.Current(), partition)) {
    if (!rule->is_part) continue;
    LockRelationByOid(input, rule->referencing->oid, txn::RelationLockMode::kShare);
    for (const RelationPtr& table : rule->referencing_tree) {
      LockRelationByOid(input, table->oid, txn::RelationLockMode::kShare);
    }
    CommandExecution execution(input);
    executor::ForeignKeyCheck(rule, execution.context()).CheckNoneRefers();
  }
}

void DetachForeignKeys(CommandInput& input, Oid partition) {
  for (const auto& rule : planner::ForeignKeysTo(*input.editor.Current(), *Reread(input, partition))) {
    if (!rule->is_part) continue;
    DropReferencedParts(input, rule->referencing->oid, rule->constraint);
    Relation changed = *Reread(input, rule->referencing->oid);
    std::erase_if(changed.constraints,
                  [&](const Constraint& part) { return part.oid == rule->constraint; });
    input.editor.PutRelation(std::move(changed));
  }
  const RelationPtr table = Reread(input, partition);
  Relation changed = *table;
  std::vector<Oid> own;
  for (Constraint& constraint : changed.constraints) {
    if (!IsForeignKey(constraint) || constraint.parent == kInvalidOid) continue;
    if (planner::IsReferencedPart(*table, constraint)) continue;
    constraint.parent = kInvalidOid;
    constraint.is_local = true;
    constraint.inherited_count -= 1;
    own.push_back(constraint.oid);
  }
  input.editor.PutRelation(std::move(changed));
  for (const Oid constraint : own) AddReferencedParts(input, partition, constraint);
}

}  // namespace grizzly::commands
