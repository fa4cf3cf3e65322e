#include "commands/table/typed_table.h"

#include <algorithm>

#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "planner/binder/binder.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::Relation;
using catalog::RelationPtr;

RelationPtr ShapeOf(CommandInput& input, const catalog::Type& type) {
  return input.editor.Current()->FindRelation(type.relation);
}

std::vector<const Column*> LiveColumns(const Relation& relation) {
  std::vector<const Column*> live;
  for (const Column& column : relation.columns) {
    if (!column.dropped) live.push_back(&column);
  }
  return live;
}

// The element that says something about a column; null: none. Throws when two do.
const PgQuery__ColumnDef* ElementFor(const PgQuery__CreateStmt& statement, std::string_view name) {
  const PgQuery__ColumnDef* found = nullptr;
  for (const ast::Node* node : ListOf(statement.table_elts, statement.n_table_elts)) {
    if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF ||
        TextOf(node->column_def->colname) != name) {
      continue;
    }
    if (found != nullptr) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", name));
    }
    found = node->column_def;
    RefuseGenerated(*found, "typed tables");
  }
  return found;
}

[[noreturn]] void ThrowUnlike(std::string message) {
  throw SqlError(SqlState::kDatatypeMismatch, std::move(message));
}

// The table's columns must be the type's, in order.
void RequireSameShape(const Relation& table, const Relation& type) {
  const auto of_table = LiveColumns(table);
  const auto of_type = LiveColumns(type);
  for (size_t i = 0; i < of_type.size(); ++i) {
    if (i >= of_table.size()) {
      ThrowUnlike(fmt::format("table is missing column \"{}\"", of_type[i]->name));
    }
    if (of_table[i]->name != of_type[i]->name) {
      ThrowUnlike(fmt::format("table has column \"{}\" where type requires \"{}\"",
                              of_table[i]->name, of_type[i]->name));
    }
    if (of_table[i]->type.oid != of_type[i]->type.oid ||
        of_table[i]->type.typmod != of_type[i]->type.typmod ||
        of_table[i]->type.collation != of_type[i]->type.collation) {
      ThrowUnlike(fmt::format("table \"{}\" has different type for column \"{}\"", table.name,
                              of_type[i]->name));
    }
  }
  if (of_table.size() > of_type.size()) {
    ThrowUnlike(fmt::format("table has extra column \"{}\"", of_table[of_type.size()]->name));
  }
}

}  // namespace

std::shared_ptr<const catalog::Type> RequireTableType(CommandInput& input,
                                                      const PgQuery__TypeName& name) {
  PgQuery__TypeName unplaced = name;  // its errors name no place
  unplaced.location = -1;
  const types::SqlType resolved = planner::ResolveTypeName(unplaced, MakeBinderInput(input));
  auto type = input.editor.Current()->FindType(resolved.oid);
  const RelationPtr shape =
      type == nullptr || type->typtype != 'c' ? nullptr : ShapeOf(input, *type);
  if (shape == nullptr || shape->kind != catalog::RelationKind::kCompositeType) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("type {} is not a composite type",
                               input.services->FormatType(resolved.oid, types::kNoTypmod)));
  }
  LockRelationByOid(input, shape->oid, txn::RelationLockMode::kAccessShare);
  return type;
}

void ReadTypedColumns(CommandInput& input, const PgQuery__CreateStmt& statement,
                      TableElements* elements) {
  const auto type = RequireTableType(input, *statement.of_typename);
  const RelationPtr shape = ShapeOf(input, *type);
  elements->of_type = type->oid;
  for (const ast::Node* node : ListOf(statement.table_elts, statement.n_table_elts)) {
    if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF) continue;
    const std::string_view name = TextOf(node->column_def->colname);
    if (shape->FindColumn(name) != nullptr) continue;
    throw SqlError(SqlState::kUndefinedColumn, fmt::format("column \"{}\" does not exist", name));
  }
  for (const Column* column : LiveColumns(*shape)) {
    ColumnElement element;
    element.column.name = column->name;
    element.column.type = column->type;
    element.column.dimensions = column->dimensions;
    element.column.storage = StorageOfType(input, column->type.oid);
    elements->columns.push_back(std::move(element));
    if (const PgQuery__ColumnDef* options = ElementFor(statement, column->name)) {
      elements->columns.back().location = options->location;
      ReadColumnConstraints(input, *options, elements);
    }
  }
}

void SetTableType(CommandInput& input, const RelationPtr& table,
                  const PgQuery__AlterTableCmd& command) {
  const auto type = RequireTableType(input, *command.def->type_name);
  RequireSameShape(*table, *ShapeOf(input, *type));
  if (!table->inherits.empty()) {
    throw SqlError(SqlState::kWrongObjectType, "typed tables cannot inherit");
  }
  Relation changed = *table;
  changed.of_type = type->oid;
  input.editor.PutRelation(std::move(changed));
}

void DropTableType(CommandInput& input, const RelationPtr& table, const PgQuery__AlterTableCmd&) {
  if (table->of_type == kInvalidOid) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a typed table", table->name));
  }
  Relation changed = *table;
  changed.of_type = kInvalidOid;
  input.editor.PutRelation(std::move(changed));
}

std::vector<RelationPtr> LockTypedTables(CommandInput& input, const Relation& type, bool cascade) {
  std::vector<Oid> found;
  input.editor.Current()->ForEachRelation([&](const RelationPtr& relation) {
    if (relation->of_type == type.row_type) found.push_back(relation->oid);
  });
  if (!found.empty() && !cascade) {
    throw SqlError(SqlState::kDependentObjectsStillExist,
                   fmt::format("cannot alter type \"{}\" because it is the type of a typed table",
                               type.name))
        .Hint("Use ALTER ... CASCADE to alter the typed tables too.");
  }
  std::sort(found.begin(), found.end());
  std::vector<RelationPtr> tables;
  for (const Oid oid : found) {
    LockRelationByOid(input, oid, txn::RelationLockMode::kAccessExclusive);
    if (input.editor.Current()->FindRelation(oid) != nullptr) tables.push_back(Reread(input, oid));
  }
  return tables;
}

void RefuseTyped(const Relation& table, std::string_view what) {
  if (table.of_type == kInvalidOid) return;
  throw SqlError(SqlState::kWrongObjectType, fmt::format("cannot {} typed table", what));
}

}  // namespace grizzly::commands
