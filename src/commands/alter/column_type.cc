#include "commands/alter/column_type.h"

#include <algorithm>
#include <set>

#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/alter/column_changes.h"
#include "commands/constraint/foreign_key.h"
#include "commands/definitions.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/relation_lookup.h"
#include "commands/sequence/sequences.h"
#include "commands/table/table_elements.h"
#include "commands/table/table_rewrite.h"
#include "commands/table/typed_table.h"
#include "commands/type/composites.h"
#include "facts/access_methods.h"
#include "facts/types.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::Relation;
using catalog::RelationPtr;
using planner::ExpressionPlace;

struct TypeChange {
  const PgQuery__AlterTableCmd* command = nullptr;
  Column column;         // as it will be
  expr::ExprPtr value;   // over the old row
};

// Coerces for assignment; what cannot be says `message`, without a place.
expr::ExprPtr CoerceOrSay(CommandInput& input, expr::ExprPtr value, const Column& column,
                          const std::string& message, const std::string& hint) {
  try {
    return planner::CoerceForAssignment(std::move(value), column.type, column.name,
                                        MakeBinderInput(input));
  } catch (const SqlError& error) {
    if (error.state() != SqlState::kDatatypeMismatch) throw;
    SqlError said(SqlState::kDatatypeMismatch, message);
    if (hint.empty()) throw said;
    throw std::move(said).Hint(hint);
  }
}

expr::ExprPtr ValueOf(CommandInput& input, const Relation& table, const Column& before,
                      const Column& after, const ast::Node* transform) {
  const std::string type_name = input.services->FormatType(after.type.oid, after.type.typmod);
  if (after.generated != '\0') {
    return CoerceOrSay(
        input,
        BindStored(input, before.default_value, &table, ExpressionPlace::kGenerated), after,
        fmt::format("generation expression for column \"{}\" cannot be cast automatically to type {}",
                    after.name, type_name),
        "");
  }
  if (transform != nullptr) {
    const std::vector<expr::ColumnId> ids = AttributeIds(table);
    return CoerceOrSay(
        input,
        planner::BindTableExpression(*transform, &table, ids, ExpressionPlace::kAlterUsing,
                                     MakeBinderInput(input)),
        after,
        fmt::format("result of USING clause for column \"{}\" cannot be cast automatically to type {}",
                    after.name, type_name),
        "You might need to add an explicit cast.");
  }
  return CoerceOrSay(
      input, std::make_unique<expr::ColumnExpr>(before.type, AttributeIds(table)[before.attnum - 1]),
      after,
      fmt::format("column \"{}\" cannot be cast automatically to type {}", after.name, type_name),
      fmt::format("You might need to specify \"USING {}::{}\".",
                  catalog::QuoteIdentifier(after.name), type_name));
}

TypeChange ReadChange(CommandInput& input, const Relation& table,
                      const PgQuery__AlterTableCmd& command) {
  const PgQuery__ColumnDef& definition = *command.def->column_def;
  const Column& before = RequireAlterableColumn(table, TextOf(command.name));
  TypeChange change;
  change.command = &command;
  change.column = before;
  if (before.generated != '\0' && definition.raw_default != nullptr) {
    throw SqlError(SqlState::kInvalidColumnDefinition,
                   "cannot specify USING when altering type of generated column")
        .Detail(fmt::format("Column \"{}\" is a generated column.", before.name));
  }
  ReadColumnType(input, definition, &change.column);
  RefuseSelfMember(input, table, change.column.type.oid);
  change.column.compression = '\0';
  if (before.identity != '\0') RequireSequenceType(change.column.type.oid, /*is_identity=*/true);
  change.value = OverRow(ValueOf(input, table, before, change.column, definition.raw_default));
  return change;
}

void CheckDefault(CommandInput& input, const Column& after) {
  if (after.default_value.empty() || after.generated != '\0') return;
  CoerceOrSay(input, BindStored(input, after.default_value, nullptr, ExpressionPlace::kDefault),
              after,
              fmt::format("default for column \"{}\" cannot be cast automatically to type {}",
                          after.name, input.services->FormatType(after.type.oid, after.type.typmod)),
              "");
}

// What was made for the old type and cannot follow.
void RefuseUsers(CommandInput& input, const Relation& table, const Column& column) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const catalog::Dependency& edge :
       snapshot->DependentsOn(catalog::kRelationClass, table.oid)) {
    if (edge.referenced_sub != column.attnum || edge.dependent_class != catalog::kRelationClass) {
      continue;
    }
    if (edge.dependent == table.oid && edge.dependent_sub != 0) {
      if (table.columns[edge.dependent_sub - 1].dropped) continue;
      throw SqlError(SqlState::kFeatureNotSupported,
                     "cannot alter type of a column used by a generated column")
          .Detail(fmt::format("Column \"{}\" is used by generated column \"{}\".", column.name,
                              table.columns[edge.dependent_sub - 1].name));
    }
    const RelationPtr view = snapshot->FindRelation(edge.dependent);
    if (view == nullptr || !view->view.has_value()) continue;
    throw SqlError(SqlState::kFeatureNotSupported,
                   "cannot alter type of a column used by a view or rule")
        .Detail(fmt::format(
            "rule _RETURN on {} depends on column \"{}\"",
            catalog::DescribeObject(*snapshot, input.search_path,
                                    {catalog::kRelationClass, view->oid, 0}),
            column.name));
  }
}

// The part of an index over the new type: the operator class its own, when it was the old type's own.
void RetypePart(CommandInput& input, const Relation& before, const Relation& after,
                std::string_view access_method, catalog::IndexDefinition::Part* part) {
  types::SqlType type;
  Oid own_collation = part->type.collation;
  if (part->column != 0) {
    type = after.columns[part->column - 1].type;
    own_collation = before.columns[part->column - 1].type.collation;
  } else {
    type = BindStored(input, part->expression, &after, ExpressionPlace::kIndexPart)->type;
  }
  if (part->collation == own_collation || type.collation == kInvalidOid) {
    part->collation = type.collation;
  }
  const bool same_type = part->type.oid == type.oid;
  part->type = type;
  if (!same_type) SetDefaultOpclass(input, part, access_method);
}

bool Mentions(CommandInput& input, const catalog::Definition& definition, const Relation& table,
              ExpressionPlace place, const std::set<AttributeNumber>& columns) {
  const std::vector<AttributeNumber> mentioned =
      MentionedColumns(*BindStored(input, definition, &table, place));
  return std::any_of(mentioned.begin(), mentioned.end(),
                     [&](AttributeNumber attnum) { return columns.contains(attnum); });
}

// The text with the types that its constants had, so that the new ones change nothing in them.
void WriteOutTypes(CommandInput& input, const Relation& before, catalog::Definition* definition) {
  const catalog::SearchPath path =
      catalog::SearchPath::OfSchemas(definition->search_path, kInvalidOid);
  DefinitionInput reader;
  reader.catalog = input.editor.Current();
  reader.shared = &input.shared;
  reader.search_path = &path;
  reader.current_role = input.current_role;
  definition->sql = ExpressionText(reader, definition->sql, before.oid, /*pretty=*/false);
}

// Throws what binding throws when an operator is none for the new type.
void RetypeChecks(CommandInput& input, const Relation& before,
                  const std::set<AttributeNumber>& columns, Relation* after) {
  for (catalog::Constraint& constraint : after->constraints) {
    if (constraint.kind != catalog::ConstraintKind::kCheck) continue;
    if (!Mentions(input, constraint.check, before, ExpressionPlace::kCheck, columns)) continue;
    WriteOutTypes(input, before, &constraint.check);
    BindStored(input, constraint.check, after, ExpressionPlace::kCheck);
  }
}

// References from and to columns of new types.
void CheckReferencesAgain(CommandInput& input, const Relation& table,
                          const std::set<AttributeNumber>& columns) {
  const auto has_any = [&](const std::vector<AttributeNumber>& attnums) {
    return std::any_of(attnums.begin(), attnums.end(),
                       [&](AttributeNumber attnum) { return columns.contains(attnum); });
  };
  input.editor.Current()->ForEachRelation([&](const RelationPtr& other) {
    for (const catalog::Constraint& constraint : other->constraints) {
      if (constraint.kind != catalog::ConstraintKind::kForeignKey) continue;
      const bool from_here = other->oid == table.oid && has_any(constraint.columns);
      const bool to_here =
          constraint.foreign_relation == table.oid && has_any(constraint.foreign_columns);
      if (from_here || to_here) CheckForeignKeyAgain(input, other, constraint);
    }
  });
}

void RetypeIndex(CommandInput& input, const Relation& before, const Relation& after, Oid oid) {
  Relation index = *Reread(input, oid);
  catalog::IndexDefinition& definition = *index.index;
  for (catalog::IndexDefinition::Part& part : definition.parts) {
    if (!part.expression.empty()) WriteOutTypes(input, before, &part.expression);
  }
  if (!definition.predicate.empty()) WriteOutTypes(input, before, &definition.predicate);
  for (size_t i = 0; i < definition.parts.size(); ++i) {
    RetypePart(input, before, after, definition.access_method, &definition.parts[i]);
    index.columns[i].type = definition.parts[i].type;
  }
  for (size_t i = 0; i < definition.include.size(); ++i) {
    index.columns[definition.parts.size() + i].type = after.columns[definition.include[i] - 1].type;
  }
  if (!definition.predicate.empty()) {
    BindStored(input, definition.predicate, &after, ExpressionPlace::kIndexPredicate);
  }
  input.editor.PutRelation(std::move(index));
}

// An identity's sequence gives values of its column's type.
void RetypeSequence(CommandInput& input, const TypeChange& change) {
  if (change.column.identity == '\0') return;
  ast::Node type = PG_QUERY__NODE__INIT;
  type.node_case = PG_QUERY__NODE__NODE_TYPE_NAME;
  type.type_name = change.command->def->column_def->type_name;
  PgQuery__DefElem as = PG_QUERY__DEF_ELEM__INIT;
  std::string name = "as";
  as.defname = name.data();
  as.arg = &type;
  ast::Node node = PG_QUERY__NODE__INIT;
  node.node_case = PG_QUERY__NODE__NODE_DEF_ELEM;
  node.def_elem = &as;
  ast::Node* const options[] = {&node};
  ChangeSequence(input, Reread(input, change.column.owned_sequence), options,
                 /*is_identity=*/false);
}

}  // namespace

void RefuseUsedRowType(CommandInput& input, const Relation& table) {
  if (table.row_type == kInvalidOid) return;
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const auto row = snapshot->FindType(table.row_type);
  snapshot->ForEachRelation([&](const RelationPtr& other) {
    if (!other->HasRows()) return;
    for (const Column& column : other->columns) {
      if (column.dropped || (column.type.oid != table.row_type &&
                             (row == nullptr || column.type.oid != row->array))) {
        continue;
      }
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("cannot alter table \"{}\" because column \"{}.{}\" uses its row type",
                                 table.name, other->name, column.name));
    }
  });
}

void AlterColumnTypes(CommandInput& input, const RelationPtr& table,
                      std::span<const PgQuery__AlterTableCmd* const> commands) {
  RefuseTyped(*table, "alter column type of");
  std::vector<TypeChange> changes;
  std::set<AttributeNumber> seen;
  for (const PgQuery__AlterTableCmd* command : commands) {
    changes.push_back(ReadChange(input, *table, *command));
    if (seen.insert(changes.back().column.attnum).second) continue;
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot alter type of column \"{}\" twice",
                               changes.back().column.name));
  }
  Relation changed = *table;
  std::vector<ComputedColumn> computed;
  for (TypeChange& change : changes) {
    CheckDefault(input, change.column);
    RefuseUsers(input, *table, change.column);
    RetypeSequence(input, change);
    changed.columns[change.column.attnum - 1] = change.column;
    computed.push_back({change.column.attnum, std::move(change.value)});
  }
  RefuseUsedRowType(input, *table);
  for (Column& column : changed.columns) {
    column.has_missing = false;
    column.missing_value.clear();
    column.missing_is_null = true;
  }
  changed.storage = NewStorage(input);
  RetypeChecks(input, *table, seen, &changed);
  for (const Oid index : table->indexes) RetypeIndex(input, *table, changed, index);
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  RewriteTable(input, *table, after, std::move(computed));
  DropStorageAtCommit(input, *table);
  CheckReferencesAgain(input, *after, seen);
}

}  // namespace grizzly::commands
