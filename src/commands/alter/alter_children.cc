#include "commands/alter/alter_children.h"

#include <algorithm>
#include <map>

#include "catalog/inheritance.h"
#include "catalog/record.h"
#include "commands/alter/add_column.h"
#include "commands/drop/drop_closure.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "commands/table/create_table.h"
#include "commands/table/inherit_columns.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::Constraint;
using catalog::Relation;
using catalog::RelationPtr;

[[noreturn]] void ThrowDefinition(std::string message) {
  throw SqlError(SqlState::kInvalidTableDefinition, std::move(message));
}

// A child that has the column already counts one more parent.
void MergeIntoColumn(CommandInput& input, const Relation& child, const Column& there,
                     const Column& added) {
  if (there.type.oid != added.type.oid || there.type.typmod != added.type.typmod) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("child table \"{}\" has different type for column \"{}\"",
                               child.name, added.name));
  }
  if (there.type.collation != added.type.collation) {
    throw SqlError(SqlState::kCollationMismatch,
                   fmt::format("child table \"{}\" has different collation for column \"{}\"",
                               child.name, added.name));
  }
  Relation changed = child;
  ++changed.columns[there.attnum - 1].inherited_count;
  input.editor.PutRelation(std::move(changed));
  SendNotice(input, fmt::format("merging definition of column \"{}\" for child \"{}\"", added.name,
                                child.name));
}

Constraint* FindByName(Relation& table, std::string_view name) {
  for (Constraint& constraint : table.constraints) {
    if (constraint.name == name) return &constraint;
  }
  return nullptr;
}

// A child that has a check of that name counts one more parent, if it says the same.
void MergeIntoCheck(CommandInput& input, Relation child, Constraint* there,
                    const Constraint& added) {
  if (there->kind != catalog::ConstraintKind::kCheck ||
      !SameCheck(input, child, there->check, added.check)) {
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("constraint \"{}\" for relation \"{}\" already exists", added.name,
                               child.name));
  }
  if (there->no_inherit) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("constraint \"{}\" conflicts with non-inherited constraint on "
                               "relation \"{}\"",
                               added.name, child.name));
  }
  if (added.validated && !there->validated) {
    throw SqlError(SqlState::kInvalidObjectDefinition,
                   fmt::format("constraint \"{}\" conflicts with NOT VALID constraint on relation \"{}\"",
                               added.name, child.name));
  }
  SendNotice(input,
             fmt::format("merging constraint \"{}\" with inherited definition", added.name));
  ++there->inherited_count;
  input.editor.PutRelation(std::move(child));
}

// What one parent less means for a column or constraint of a child.
template <typename Inherited>
bool ComesFromOneParentAlone(const Inherited& inherited) {
  return inherited.inherited_count == 1 && !inherited.is_local;
}

class TreeDrop {
 public:
  TreeDrop(CommandInput& input, Reach reach) : input_(input), reach_(reach) {}

  void Column(const Relation& table, const std::string& name, bool is_child) {
    const catalog::Column& column = RequireColumn(table, name);
    if (column.inherited_count > 0 && !is_child) {
      ThrowDefinition(fmt::format("cannot drop inherited column \"{}\"", name));
    }
    RefuseKeyColumn(input_, table, name, "drop");
    for (const RelationPtr& child : LockChildren(input_, table.oid)) {
      RefusePartitionsLeftOut(table, "cannot drop column from only the partitioned table when "
                                     "partitions exist");
      const catalog::Column* there = child->FindColumn(name);
      if (there == nullptr || there->inherited_count == 0) continue;
      if (reach_ == Reach::kTree && ComesFromOneParentAlone(*there)) {
        Column(*child, name, /*is_child=*/true);
        continue;
      }
      Relation changed = *child;
      Leave(&changed.columns[there->attnum - 1]);
      input_.editor.PutRelation(std::move(changed));
    }
    targets_.push_back({catalog::kRelationClass, table.oid, column.attnum});
  }

  void Constraint(const Relation& table, const std::string& name, bool is_child) {
    Relation copy = table;
    const catalog::Constraint* constraint = FindByName(copy, name);
    if (constraint->inherited_count > 0 && !is_child) {
      ThrowDefinition(fmt::format("cannot drop inherited constraint \"{}\" of relation \"{}\"", name,
                                  table.name));
    }
    targets_.push_back({catalog::kConstraintClass, constraint->oid, 0});
    if (constraint->kind != catalog::ConstraintKind::kCheck || constraint->no_inherit) return;
    for (const RelationPtr& child : LockChildren(input_, table.oid)) {
      RefusePartitionsLeftOut(table, "cannot remove constraint from only the partitioned table when "
                                     "partitions exist");
      Relation changed = *child;
      catalog::Constraint* there = FindByName(changed, name);
      if (there == nullptr || there->inherited_count == 0) continue;
      if (reach_ == Reach::kTree && ComesFromOneParentAlone(*there)) {
        Constraint(*child, name, /*is_child=*/true);
        continue;
      }
      Leave(there);
      input_.editor.PutRelation(std::move(changed));
    }
  }

  void Finish(bool cascade) {
    // The named one first: errors and notices speak of it.
    std::reverse(targets_.begin(), targets_.end());
    DropObjects(input_, targets_, cascade);
  }

 private:
  void RefusePartitionsLeftOut(const Relation& table, const char* message) const {
    if (!table.IsPartitioned() || reach_ == Reach::kTree) return;
    throw SqlError(SqlState::kInvalidTableDefinition, message)
        .Hint("Do not specify the ONLY keyword.");
  }

  template <typename Inherited>
  void Leave(Inherited* inherited) const {
    --inherited->inherited_count;
    if (reach_ == Reach::kOnly) inherited->is_local = true;
  }

  CommandInput& input_;
  const Reach reach_;
  std::vector<catalog::ObjectAddress> targets_;
};

}  // namespace

void RefuseKeyColumn(CommandInput& input, const Relation& table, std::string_view name,
                     std::string_view verb) {
  const Column* column = table.FindColumn(name);
  if (!table.IsPartitioned() || column == nullptr) return;
  for (const catalog::PartitionKey::Part& part : table.partition_key->parts) {
    if (part.column == column->attnum) {
      ThrowDefinition(fmt::format("cannot {} column \"{}\" because it is part of the partition key "
                                  "of relation \"{}\"",
                                  verb, name, table.name));
    }
    if (part.column != 0) continue;
    const expr::ExprPtr bound = BindStored(input, part.expression, &table,
                                           planner::ExpressionPlace::kPartitionKey);
    const std::vector<AttributeNumber> mentioned = MentionedColumns(*bound);
    if (std::find(mentioned.begin(), mentioned.end(), column->attnum) == mentioned.end()) continue;
    ThrowDefinition(fmt::format("cannot {} column \"{}\" because it is part of the partition key of "
                                "relation \"{}\"",
                                verb, name, table.name));
  }
}

std::vector<RelationPtr> LockChildren(CommandInput& input, Oid table) {
  std::vector<RelationPtr> children;
  for (const RelationPtr& child : catalog::ChildrenOf(*input.editor.Current(), table)) {
    LockRelationByOid(input, child->oid, txn::RelationLockMode::kAccessExclusive);
    children.push_back(Reread(input, child->oid));
  }
  return children;
}

std::vector<Oid> LockDescendants(CommandInput& input, const Relation& table, Reach reach) {
  std::vector<Oid> descendants;
  if (reach == Reach::kOnly) return descendants;
  for (const RelationPtr& member :
       catalog::TreeOf(*input.editor.Current(), Reread(input, table.oid))) {
    if (member->oid == table.oid) continue;
    LockRelationByOid(input, member->oid, txn::RelationLockMode::kAccessExclusive);
    descendants.push_back(member->oid);
  }
  return descendants;
}

void RequireNotNullInPartitions(CommandInput& input, const Relation& table, std::string_view name) {
  if (!table.IsPartitioned()) return;
  for (const RelationPtr& child : LockChildren(input, table.oid)) {
    const Column* column = child->FindColumn(name);
    if (column == nullptr || column->not_null) continue;
    throw SqlError(SqlState::kInvalidTableDefinition, "constraint must be added to child tables too")
        .Detail(fmt::format("Column \"{}\" of relation \"{}\" is not already NOT NULL.", name,
                            child->name))
        .Hint("Do not specify the ONLY keyword.");
  }
}

void AddColumnToChildren(CommandInput& input, const Relation& parent, AttributeNumber attnum,
                         Reach reach) {
  const Column& added = parent.columns[attnum - 1];
  const std::vector<RelationPtr> children = LockChildren(input, parent.oid);
  if (children.empty()) return;
  if (added.identity != '\0') {
    ThrowDefinition("cannot recursively add identity column to table that has child tables");
  }
  if (reach == Reach::kOnly) ThrowDefinition("column must be added to child tables too");
  for (const RelationPtr& each : children) {
    const RelationPtr child = Reread(input, each->oid);
    if (const Column* there = child->FindColumn(added.name)) {
      MergeIntoColumn(input, *child, *there, added);
      continue;
    }
    ColumnElement element = InheritedColumn(added);
    element.column.attnum = static_cast<AttributeNumber>(child->columns.size() + 1);
    const AttributeNumber place = element.column.attnum;
    const RelationPtr after = AppendColumn(input, child, std::move(element));
    AddColumnToChildren(input, *after, place, reach);
  }
}

void AddCheckToChildren(CommandInput& input, const Relation& parent, const Constraint& check,
                        Reach reach) {
  if (check.no_inherit) return;
  const std::vector<RelationPtr> children = LockChildren(input, parent.oid);
  if (children.empty()) return;
  if (reach == Reach::kOnly) ThrowDefinition("constraint must be added to child tables too");
  for (const RelationPtr& each : children) {
    Relation child = *Reread(input, each->oid);
    Constraint added = CheckForChild(check, parent, child);
    if (Constraint* there = FindByName(child, check.name)) {
      MergeIntoCheck(input, std::move(child), there, added);
      continue;
    }
    added.oid = input.editor.NewOid();
    if (added.validated) {
      const expr::ExprPtr condition = OverRow(
          BindStored(input, added.check, &child, planner::ExpressionPlace::kCheck));
      CheckStoredRows(input, child, {}, added.name, condition.get());
    }
    child.constraints.push_back(added);
    const RelationPtr after = input.editor.PutRelation(std::move(child));
    AddCheckDependencies(input, *after, added);
    AddCheckToChildren(input, *after, added, reach);
  }
}

void DropColumnOfTree(CommandInput& input, const Relation& table, const std::string& column,
                      bool cascade, Reach reach) {
  TreeDrop drop(input, reach);
  drop.Column(table, column, /*is_child=*/false);
  drop.Finish(cascade);
}

void DropConstraintOfTree(CommandInput& input, const Relation& table, const std::string& constraint,
                          bool cascade, Reach reach) {
  TreeDrop drop(input, reach);
  drop.Constraint(table, constraint, /*is_child=*/false);
  drop.Finish(cascade);
}

std::vector<Oid> TreeOfColumn(CommandInput& input, const Relation& table, std::string_view column,
                              Reach reach, std::string_view only_message,
                              std::string_view inherited_message) {
  if (reach == Reach::kOnly &&
      catalog::HasChildren(*input.editor.Current(), table.oid)) {
    ThrowDefinition(fmt::format(fmt::runtime(only_message), column));
  }
  std::vector<Oid> members{table.oid};
  for (const Oid member : LockDescendants(input, table, reach)) members.push_back(member);
  for (const Oid oid : members) {
    const RelationPtr member = Reread(input, oid);
    const auto parents = std::count_if(
        member->inherits.begin(), member->inherits.end(), [&](Oid parent) {
          return std::find(members.begin(), members.end(), parent) != members.end();
        });
    const Column* there = member->FindColumn(column);
    if (there != nullptr && there->inherited_count > parents) {
      ThrowDefinition(fmt::format(fmt::runtime(inherited_message), column));
    }
  }
  return members;
}

}  // namespace grizzly::commands
