#include "commands/constraint/foreign_key.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "catalog/name_choice.h"
#include "commands/constraint/partition_keys.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "executor/constraint/foreign_key_check.h"
#include "planner/physical/constraint_rules.h"

namespace grizzly::commands {
namespace {

using catalog::Constraint;
using catalog::Relation;
using catalog::RelationPtr;

constexpr size_t kKeysMax = 32;  // PostgreSQL's INDEX_MAX_KEYS

std::vector<AttributeNumber> FindColumns(const Relation& table,
                                         const std::vector<std::string>& names) {
  std::vector<AttributeNumber> attnums;
  for (const std::string& name : names) {
    const catalog::Column* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column \"{}\" referenced in foreign key constraint does not exist",
                                 name));
    }
    if (attnums.size() >= kKeysMax) {
      throw SqlError(SqlState::kTooManyColumns,
                     fmt::format("cannot have more than {} keys in a foreign key", kKeysMax));
    }
    attnums.push_back(column->attnum);
  }
  return attnums;
}

// A partitioned table has it with all its partitions, whose rows are checked.
void CheckPartitioned(const Relation& table, const Relation& referenced,
                      const ForeignKeyElement& element, Reach reach) {
  if (!table.IsPartitioned()) return;
  if (reach == Reach::kOnly) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot use ONLY for foreign key on partitioned table \"{}\" "
                               "referencing relation \"{}\"",
                               table.name, referenced.name));
  }
  if (element.not_valid) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot add NOT VALID foreign key on partitioned table \"{}\" "
                               "referencing relation \"{}\"",
                               table.name, referenced.name))
        .Detail("This feature is not yet supported on partitioned tables.");
  }
}

void CheckReferencedTable(CommandInput& input, const Relation& table, const Relation& referenced) {
  if (referenced.kind != catalog::RelationKind::kTable && !referenced.IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("referenced relation \"{}\" is not a table", referenced.name));
  }
  if (referenced.oid < kFirstUserOid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied: \"{}\" is a system catalog", referenced.name));
  }
  const char own = table.persistence, other = referenced.persistence;
  const auto refuse = [](std::string_view message) {
    throw SqlError(SqlState::kInvalidTableDefinition, std::string(message));
  };
  if (own == 'p' && other != 'p') {
    refuse("constraints on permanent tables may reference only permanent tables");
  }
  if (own == 'u' && other == 't') {
    refuse("constraints on unlogged tables may reference only permanent or unlogged tables");
  }
  if (own == 't' && other != 't') {
    refuse("constraints on temporary tables may reference only temporary tables");
  }
  if (!input.is_superuser && referenced.owner != input.current_role) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied for table {}", referenced.name));
  }
}

// The primary key, when no columns are named.
Oid FindPrimaryKey(const Relation& referenced,
                   std::vector<AttributeNumber>* columns) {
  for (const Constraint& constraint : referenced.constraints) {
    if (constraint.kind != catalog::ConstraintKind::kPrimaryKey) continue;
    if (constraint.deferrable) {
      throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                     fmt::format("cannot use a deferrable primary key for referenced table \"{}\"",
                                 referenced.name));
    }
    *columns = constraint.columns;
    return constraint.index;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("there is no primary key for referenced table \"{}\"",
                             referenced.name));
}

// A unique index over exactly these columns, in any order.
Oid FindUniqueKey(const catalog::CatalogSnapshot& catalog, const Relation& referenced,
                  const std::vector<AttributeNumber>& columns) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (std::count(columns.begin(), columns.end(), columns[i]) == 1) continue;
    throw SqlError(SqlState::kInvalidForeignKey,
                   "foreign key referenced-columns list must not contain duplicates");
  }
  bool found_deferrable = false;
  for (const Oid oid : referenced.indexes) {
    const RelationPtr index = catalog.FindRelation(oid);
    const catalog::IndexDefinition& definition = *index->index;
    if (!definition.unique || !definition.valid || !definition.predicate.empty()) continue;
    if (definition.parts.size() != columns.size()) continue;
    const bool same = std::all_of(
        definition.parts.begin(), definition.parts.end(), [&](const auto& part) {
          return std::find(columns.begin(), columns.end(), part.column) != columns.end();
        });
    if (!same) continue;
    if (definition.immediate) return oid;
    found_deferrable = true;
  }
  if (found_deferrable) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   fmt::format("cannot use a deferrable unique constraint for referenced table "
                               "\"{}\"",
                               referenced.name));
  }
  throw SqlError(SqlState::kInvalidForeignKey,
                 fmt::format("there is no unique constraint matching given keys for referenced "
                             "table \"{}\"",
                             referenced.name));
}

void CheckGenerated(const Relation& table, const Constraint& constraint) {
  const auto refuse = [](std::string_view action) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("invalid {} action for foreign key constraint containing generated "
                               "column",
                               action));
  };
  for (const AttributeNumber attnum : constraint.columns) {
    if (table.columns[attnum - 1].generated == '\0') continue;
    const char update = constraint.on_update, remove = constraint.on_delete;
    if (update == 'n' || update == 'd' || update == 'c') refuse("ON UPDATE");
    if (remove == 'n' || remove == 'd') refuse("ON DELETE");
  }
}

void CheckTypes(CommandInput& input, const Relation& table, const Relation& referenced,
                const Constraint& constraint) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const RelationPtr index = snapshot->FindRelation(constraint.index);
  for (size_t i = 0; i < constraint.columns.size(); ++i) {
    const catalog::Column& from = table.columns[constraint.columns[i] - 1];
    const catalog::Column& to = referenced.columns[constraint.foreign_columns[i] - 1];
    Oid opclass = kInvalidOid;
    for (const catalog::IndexDefinition::Part& part : index->index->parts) {
      if (part.column == to.attnum) opclass = part.opclass;
    }
    if (planner::ReferenceOperator(*snapshot, from.type, to.type, opclass) != kInvalidOid) continue;
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("foreign key constraint \"{}\" cannot be implemented",
                               constraint.name))
        .Detail(fmt::format("Key columns \"{}\" and \"{}\" are of incompatible types: {} and {}.",
                            from.name, to.name,
                            input.services->FormatType(from.type.oid, types::kNoTypmod),
                            input.services->FormatType(to.type.oid, types::kNoTypmod)));
  }
}

void SetName(CommandInput& input, const Relation& table, const ForeignKeyElement& element,
             Constraint* constraint) {
  if (element.name.empty()) {
    catalog::NameChooser chooser(*input.editor.Current(), table.schema);
    constraint->name = chooser.ForeignKey(table.name, element.columns);
    return;
  }
  constraint->name = element.name;
  for (const Constraint& other : table.constraints) {
    if (other.name != element.name) continue;
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("constraint \"{}\" for relation \"{}\" already exists", element.name,
                               table.name));
  }
}

void SetDeleteColumns(const Relation& table, const ForeignKeyElement& element,
                      Constraint* constraint) {
  constraint->delete_set_columns = FindColumns(table, element.delete_set_columns);
  const std::vector<AttributeNumber>& columns = constraint->columns;
  for (size_t i = 0; i < constraint->delete_set_columns.size(); ++i) {
    if (std::find(columns.begin(), columns.end(), constraint->delete_set_columns[i]) !=
        columns.end()) {
      continue;
    }
    throw SqlError(SqlState::kInvalidColumnReference,
                   fmt::format("column \"{}\" referenced in ON DELETE SET action must be part of "
                               "foreign key",
                               element.delete_set_columns[i]));
  }
}

}  // namespace

void CheckForeignKeyRows(CommandInput& input, const RelationPtr& table,
                         const Constraint& constraint) {
  CommandExecution execution(input);
  plan::ForeignKeyRulePtr rule =
      planner::MakeForeignKeyRule(*input.editor.Current(), table, constraint);
  executor::ForeignKeyCheck(std::move(rule), execution.context()).CheckAllRows();
}

RelationPtr AddForeignKey(CommandInput& input, const RelationPtr& table,
                          const ForeignKeyElement& element, Reach reach, bool is_new_table) {
  const RelationPtr referenced =
      LockRelation(input, *element.referenced, txn::RelationLockMode::kShareRowExclusive);
  if (!is_new_table) CheckPartitioned(*table, *referenced, element, reach);
  CheckReferencedTable(input, *table, *referenced);
  Constraint constraint;
  constraint.kind = catalog::ConstraintKind::kForeignKey;
  constraint.foreign_relation = referenced->oid;
  constraint.match_type = element.match_type;
  constraint.on_update = element.on_update;
  constraint.on_delete = element.on_delete;
  constraint.deferrable = element.timing.deferrable;
  constraint.initially_deferred = element.timing.initially_deferred;
  constraint.validated = is_new_table || !element.not_valid;
  constraint.no_inherit = !table->IsPartitioned();
  constraint.columns = FindColumns(*table, element.columns);
  SetDeleteColumns(*table, element, &constraint);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  if (element.referenced_columns.empty()) {
    constraint.index = FindPrimaryKey(*referenced, &constraint.foreign_columns);
  } else {
    constraint.foreign_columns = FindColumns(*referenced, element.referenced_columns);
    constraint.index = FindUniqueKey(*snapshot, *referenced, constraint.foreign_columns);
  }
  CheckGenerated(*table, constraint);
  if (constraint.columns.size() != constraint.foreign_columns.size()) {
    throw SqlError(SqlState::kInvalidForeignKey,
                   "number of referencing and referenced columns for foreign key disagree");
  }
  SetName(input, *table, element, &constraint);
  CheckTypes(input, *table, *referenced, constraint);
  constraint.oid = input.editor.NewOid();
  Relation changed = *table;
  changed.constraints.push_back(constraint);
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  const bool checks_rows = constraint.validated && !is_new_table && !table->IsPartitioned();
  if (checks_rows) CheckForeignKeyRows(input, after, constraint);
  return AddForeignKeyParts(input, table->oid, constraint.oid, is_new_table);
}

void CheckForeignKeyAgain(CommandInput& input, const RelationPtr& table,
                          const Constraint& constraint) {
  CheckTypes(input, *table, *Reread(input, constraint.foreign_relation), constraint);
  if (constraint.validated && !table->IsPartitioned()) {
    CheckForeignKeyRows(input, table, constraint);
  }
}

}  // namespace grizzly::commands
