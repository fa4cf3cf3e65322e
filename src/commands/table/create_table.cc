#include "commands/table/create_table.h"

#include <algorithm>

#include "catalog/name_choice.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/constraint/exclusion.h"
#include "commands/constraint/foreign_key.h"
#include "commands/constraint/partition_keys.h"
#include "commands/evaluation.h"
#include "commands/index/define_index.h"
#include "commands/options/storage_parameters.h"
#include "commands/partition/partition_clauses.h"
#include "commands/partition/partition_indexes.h"
#include "commands/partition/partitions.h"
#include "commands/relation_lookup.h"
#include "commands/sequence/sequences.h"
#include "commands/type/type_parts.h"
#include "commands/table/like_clause.h"
#include "commands/table/typed_table.h"
#include "commands/table/inherit_columns.h"
#include "commands/table/access_method.h"
#include "storage/row/row_layout.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

// A column of PARTITION OF says more about one that the parent has.
void ReadPartitionColumn(CommandInput& input, const PgQuery__ColumnDef& definition,
                         const Relation& parent, TableElements* elements) {
  const catalog::Column* column = parent.FindColumn(TextOf(definition.colname));
  if (column == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" does not exist", TextOf(definition.colname)));
  }
  RefuseGenerated(definition, "partitions");
  ReadColumnOptions(input, definition, column->type, elements);
}

// `parent` of PARTITION OF, or null.
TableElements ReadElements(CommandInput& input, const PgQuery__CreateStmt& statement,
                           const Relation* parent) {
  TableElements elements;
  elements.table_name = TextOf(statement.relation->relname);
  if (statement.of_typename != nullptr) ReadTypedColumns(input, statement, &elements);
  for (const ast::Node* node : ListOf(statement.table_elts, statement.n_table_elts)) {
    switch (node->node_case) {
      case PG_QUERY__NODE__NODE_COLUMN_DEF:
        if (parent != nullptr) {
          ReadPartitionColumn(input, *node->column_def, *parent, &elements);
        } else if (statement.of_typename == nullptr) {
          ReadColumn(input, *node->column_def, &elements);
        }
        break;
      case PG_QUERY__NODE__NODE_CONSTRAINT:
        ReadTableConstraint(*node->constraint, &elements);
        break;
      case PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE:
        ReadLike(input, *node->table_like_clause, &elements);
        break;
      default: ThrowNotSupported("this table element");
    }
  }
  std::vector<std::string> seen;
  for (const ColumnElement& element : elements.columns) {
    const std::string& name = element.column.name;
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("column \"{}\" specified more than once", name));
    }
    seen.push_back(name);
  }
  if (elements.columns.size() > storage::kColumnsMax) {
    throw SqlError(SqlState::kTooManyColumns,
                   fmt::format("tables can have at most {} columns", storage::kColumnsMax));
  }
  return elements;
}

// One key said twice is one key: PRIMARY KEY UNIQUE.
std::vector<KeyElement> MergeKeys(std::vector<KeyElement> keys) {
  std::stable_sort(keys.begin(), keys.end(), [](const KeyElement& a, const KeyElement& b) {
    return a.primary && !b.primary;
  });
  std::vector<KeyElement> merged;
  for (KeyElement& key : keys) {
    const auto same = std::find_if(merged.begin(), merged.end(), [&](const KeyElement& other) {
      return other.columns == key.columns && other.include == key.include &&
             other.nulls_not_distinct == key.nulls_not_distinct && other.timing == key.timing &&
             (other.name.empty() || key.name.empty());
    });
    if (same == merged.end()) {
      merged.push_back(std::move(key));
    } else if (same->name.empty()) {
      same->name = key.name;
    }
  }
  return merged;
}

void SetPrimaryNotNull(const std::vector<KeyElement>& keys, std::vector<ColumnElement>* columns) {
  for (const KeyElement& key : keys) {
    if (!key.primary) continue;
    for (ColumnElement& element : *columns) {
      const std::string& name = element.column.name;
      if (std::find(key.columns.begin(), key.columns.end(), name) == key.columns.end()) continue;
      element.column.not_null = true;
    }
  }
}

}  // namespace

Oid MakeRowTypes(CommandInput& input, Oid schema, const std::string& name, Oid relation) {
  catalog::Type row;
  row.oid = input.editor.NewOid();
  row.schema = schema;
  row.name = name;
  row.owner = input.current_role;
  row.typtype = 'c';
  row.category = 'C';
  row.relation = relation;
  const Oid row_oid = row.oid;
  PutTypeWithArray(input, std::move(row));
  return row_oid;
}

void RefuseTakenTypeName(CommandInput& input, const CreationTarget& target) {
  try {
    RefuseTakenTypeName(input, target.schema, target.name);
  } catch (SqlError& error) {
    std::move(error).Hint(
        "A relation has an associated type of the same name, so you must use a name that doesn't "
        "conflict with any existing type.");
    throw;
  }
}

char ReadOnCommit(PgQuery__OnCommitAction action, const CreationTarget& target) {
  if (action == PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_NOOP ||
      action == PG_QUERY__ON_COMMIT_ACTION__ON_COMMIT_ACTION_UNDEFINED) {
    return '\0';
  }
  if (target.persistence != 't') {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "ON COMMIT can only be used on temporary tables");
  }
  switch (action) {
    case PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_DELETE_ROWS: return 'd';
    case PG_QUERY__ON_COMMIT_ACTION__ONCOMMIT_DROP: return 'D';
    default: return 'p';
  }
}

catalog::RelationPtr MakeTable(CommandInput& input, NewTable made) {
  const Oid schema = made.target.schema;
  const std::string& name = made.target.name;
  Relation table;
  table.oid = input.editor.NewOid();
  table.schema = schema;
  table.name = name;
  table.persistence = made.target.persistence;
  table.on_commit = made.on_commit;
  table.kind = made.kind;
  table.view = std::move(made.view);
  table.populated = made.populated;
  table.of_type = made.of_type;
  table.owner = input.current_role;
  table.tenant = input.tenant;
  table.storage = NewStorage(input);
  table.columns = std::move(made.columns);
  table.options = std::move(made.options);
  table.access_method = ChooseAccessMethod(input, made.access_method);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    table.columns[i].attnum = static_cast<AttributeNumber>(i + 1);
  }
  table.row_type = MakeRowTypes(input, schema, name, table.oid);
  const Oid oid = table.oid;
  LockRelationByOid(input, oid, txn::RelationLockMode::kAccessExclusive);
  if (input.uncontended_relations != nullptr) input.uncontended_relations->push_back(oid);
  if (made.on_commit == 'd' || made.on_commit == 'D') input.on_commit_tables->push_back(oid);
  return input.editor.PutRelation(std::move(table));
}

Relation MakeColumnSequence(CommandInput& input, const CreationTarget& of,
                            ColumnElement* element) {
  SequenceChange& change = *element->sequence;
  const Oid schema = of.schema;
  std::string name;
  if (change.name.has_value()) {
    name = change.name->name;
  } else {
    catalog::NameChooser chooser(*input.editor.Current(), schema);
    name = chooser.Sequence(of.name, element->column.name);
  }
  LockChosenName(input, schema, name);
  const RelationPtr sequence =
      MakeSequence(input, {schema, name, of.persistence}, change.definition);
  element->column.owned_sequence = sequence->oid;
  if (element->is_serial) {
    const catalog::Schema* in = input.editor.Current()->FindSchema(schema);
    element->column.default_value = {
        fmt::format("nextval({}::regclass)",
                    catalog::QuoteLiteral(catalog::QuoteQualified(in->name, name))),
        input.search_path.schemas()};
  }
  return *sequence;
}

void SetColumnExpressions(CommandInput& input, std::vector<ColumnElement>& elements,
                          Relation* table) {
  for (ColumnElement& element : elements) {
    catalog::Column& column = table->columns[element.column.attnum - 1];
    if (element.default_expression != nullptr) {
      const expr::ExprPtr bound = BindNewDefault(input, column, *element.default_expression);
      column.default_value =
          MakeDefaultDefinition(input, column, *element.default_expression, *bound);
    } else if (element.generated_expression != nullptr) {
      BindNewGenerated(input, *table, column, *element.generated_expression);
      column.default_value = MakeDefinition(input, *element.generated_expression);
    }
  }
}

void AddDefaultDependencies(CommandInput& input, const Relation& table,
                            const std::vector<AttributeNumber>& columns) {
  for (const AttributeNumber attnum : columns) {
    const catalog::Column& column = table.columns[attnum - 1];
    if (column.default_value.empty()) continue;
    const bool generated = column.generated != '\0';
    planner::UsedObjects used;
    const expr::ExprPtr bound =
        BindStored(input, column.default_value, generated ? &table : nullptr,
                   generated ? planner::ExpressionPlace::kGenerated
                             : planner::ExpressionPlace::kDefault,
                   &used);
    if (!generated) {
      AddDependencies(input, used, {catalog::kDefaultClass, column.default_oid});
      continue;
    }
    for (const AttributeNumber mentioned : MentionedColumns(*bound)) {
      used.insert({catalog::kRelationClass, table.oid, mentioned});
    }
    AddDependencies(input, used, {catalog::kRelationClass, table.oid, attnum});
  }
}

namespace {

// A partitioned table has nothing of its own that a check could be about.
void RefuseNoInherit(const Relation& table, std::span<const catalog::Constraint> constraints) {
  for (const catalog::Constraint& constraint : constraints) {
    if (constraint.kind != catalog::ConstraintKind::kCheck || !constraint.no_inherit) continue;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("cannot add NO INHERIT constraint to partitioned table \"{}\"", table.name));
  }
}

catalog::PartitionKey ReadKeyOfPartitions(CommandInput& input, const PgQuery__PartitionSpec& by,
                                          const Relation& draft) {
  RefuseNoInherit(draft, draft.constraints);
  return ReadPartitionKey(input, by, draft);
}

}  // namespace

catalog::Constraint MakeCheck(CommandInput& input, const Relation& table, const CheckElement& check,
                              bool is_new_table) {
  const std::vector<expr::ColumnId> ids = AttributeIds(table);
  const expr::ExprPtr bound =
      check.expression == nullptr
          ? BindStored(input, check.definition, &table, planner::ExpressionPlace::kCheck)
          : planner::BindTableExpression(*check.expression, &table, ids,
                                         planner::ExpressionPlace::kCheck, MakeBinderInput(input));
  catalog::Constraint constraint;
  constraint.oid = input.editor.NewOid();
  constraint.kind = catalog::ConstraintKind::kCheck;
  constraint.columns = MentionedColumns(*bound);
  constraint.check = check.expression == nullptr ? check.definition
                                                 : MakeDefinition(input, *check.expression);
  constraint.no_inherit = check.no_inherit;
  if (table.IsPartitioned()) RefuseNoInherit(table, {&constraint, 1});
  constraint.validated = is_new_table || !check.not_valid;
  constraint.comment = check.comment;
  constraint.name = check.name;
  const auto taken = [&](const std::string& name) {
    return std::any_of(table.constraints.begin(), table.constraints.end(),
                       [&](const catalog::Constraint& other) { return other.name == name; });
  };
  if (!constraint.name.empty()) {
    if (taken(constraint.name)) {
      throw SqlError(SqlState::kDuplicateObject,
                     is_new_table
                         ? fmt::format("check constraint \"{}\" already exists", constraint.name)
                         : fmt::format("constraint \"{}\" for relation \"{}\" already exists",
                                       constraint.name, table.name));
    }
    return constraint;
  }
  catalog::NameChooser chooser(*input.editor.Current(), table.schema);
  for (const catalog::Constraint& other : table.constraints) chooser.Take(other.name);
  constraint.name = chooser.Check(table.name, constraint.columns.size() == 1
                                                  ? table.columns[constraint.columns[0] - 1].name
                                                  : std::string());
  return constraint;
}

void AddCheckDependencies(CommandInput& input, const Relation& table,
                          const catalog::Constraint& check) {
  planner::UsedObjects used;
  BindStored(input, check.check, &table, planner::ExpressionPlace::kCheck, &used);
  AddDependencies(input, used, {catalog::kConstraintClass, check.oid});
}

void AddPartitionKeyDependencies(CommandInput& input, const Relation& table) {
  if (!table.IsPartitioned()) return;
  planner::UsedObjects used;
  for (const catalog::PartitionKey::Part& part : table.partition_key->parts) {
    UseCollation(part.collation, &used);
    if (part.column == 0) {
      BindStored(input, part.expression, &table, planner::ExpressionPlace::kPartitionKey, &used);
    }
  }
  AddDependencies(input, used, {catalog::kRelationClass, table.oid});
}

namespace {

// Sequences of serial and identity columns, in the order of their columns, become the table's.
void PutColumnSequences(CommandInput& input, const Relation& table, const TableElements& elements,
                        std::vector<Relation> sequences) {
  for (size_t i = 0, next = 0; i < elements.columns.size(); ++i) {
    if (!elements.columns[i].sequence.has_value()) continue;
    Relation& sequence = sequences[next++];
    sequence.sequence->owner_table = table.oid;
    sequence.sequence->owner_column = elements.columns[i].column.attnum;
    input.editor.PutRelation(std::move(sequence));
  }
}

// A new partition's indexes and foreign keys.
RelationPtr AddWhatParentHas(CommandInput& input, const Relation& parent, Oid partition) {
  AddParentIndexes(input, parent, partition);
  return AddParentForeignKeys(input, parent, partition, /*is_new_table=*/true);
}

// Keys, exclusion constraints and foreign keys of a new table.
RelationPtr AddIndexedConstraints(CommandInput& input, RelationPtr table,
                                  const std::vector<KeyElement>& keys,
                                  const TableElements& elements) {
  for (const KeyElement& key : keys) {
    RefuseSecondPrimaryKey(*table, key.primary);
    table = DefineIndex(input, table, RequestOfKey(input, *table, key), /*is_new_table=*/true);
  }
  for (const ExclusionElement& exclusion : elements.exclusions) {
    table = AddExclusion(input, table, exclusion, /*is_new_table=*/true);
  }
  table = AddLikeIndexes(input, table, elements);
  for (const ForeignKeyElement& foreign_key : elements.foreign_keys) {
    table = AddForeignKey(input, table, foreign_key, Reach::kTree, /*is_new_table=*/true);
  }
  return table;
}

}  // namespace

namespace {

std::vector<RelationPtr> LockInherited(CommandInput& input, const PgQuery__CreateStmt& statement,
                                       const CreationTarget& target) {
  return LockParents(input, ListOf(statement.inh_relations, statement.n_inh_relations),
                     target.persistence);
}

std::vector<RelationPtr> LockPartitionedParent(CommandInput& input,
                                               const PgQuery__CreateStmt& statement,
                                               const CreationTarget& target) {
  return {LockPartitioned(input, *statement.inh_relations[0]->range_var, target.persistence)};
}

// What the draft has besides its columns.
RelationPtr PutDrafted(CommandInput& input, const RelationPtr& table, const Relation& draft) {
  if (draft.constraints.empty() && draft.inherits.empty() && !draft.IsPartitioned()) return table;
  Relation complete = *table;
  complete.constraints = draft.constraints;
  // Younger than the table and its defaults.
  for (catalog::Constraint& check : complete.constraints) check.oid = input.editor.NewOid();
  complete.inherits = draft.inherits;
  complete.partition_bound = draft.partition_bound;
  if (draft.IsPartitioned()) {
    complete.kind = catalog::RelationKind::kPartitionedTable;
    complete.storage = StorageId{};
    complete.access_method.clear();
    complete.partition_key = draft.partition_key;
  }
  return input.editor.PutRelation(std::move(complete));
}

// Of a new table.
void AddExpressionDependencies(CommandInput& input, const Relation& table,
                               const std::vector<AttributeNumber>& attnums) {
  AddDefaultDependencies(input, table, attnums);
  AddPartitionKeyDependencies(input, table);
  for (const catalog::Constraint& check : table.constraints) AddCheckDependencies(input, table, check);
}

}  // namespace

std::string CreateTable(const PgQuery__CreateStmt& statement, CommandInput& input) {
  const CreationTarget target = LockNewName(input, *statement.relation);
  const bool exists =
      input.editor.Current()->FindRelation(target.schema, target.name) != nullptr;
  if (exists && statement.if_not_exists) {
    SendNotice(input, fmt::format("relation \"{}\" already exists, skipping", target.name), "",
               Severity::kNotice, SqlState::kDuplicateTable);
    return "CREATE TABLE";
  }
  std::vector<RelationPtr> parents;
  if (statement.partbound != nullptr) parents = LockPartitionedParent(input, statement, target);
  TableElements elements =
      ReadElements(input, statement, parents.empty() ? nullptr : parents.front().get());
  if (exists) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" already exists", target.name));
  }
  RefuseTakenTypeName(input, target);
  const auto options = ReadStorageParameters(
      ParameterOwner::kTable, ListOf(statement.options, statement.n_options));
  if (statement.partbound == nullptr) parents = LockInherited(input, statement, target);
  if (!parents.empty()) MergeColumns(input, parents, &elements);
  const std::vector<KeyElement> keys = MergeKeys(std::move(elements.keys));
  SetPrimaryNotNull(keys, &elements.columns);
  std::vector<catalog::Column> columns;
  std::vector<AttributeNumber> attnums;
  std::vector<Relation> sequences;
  for (ColumnElement& element : elements.columns) {
    element.column.attnum = static_cast<AttributeNumber>(columns.size() + 1);
    attnums.push_back(element.column.attnum);
    if (element.sequence.has_value()) {
      sequences.push_back(MakeColumnSequence(input, target, &element));
    }
    columns.push_back(element.column);
  }
  // Expressions are checked against the columns before anything depends on the table.
  Relation draft;
  draft.name = target.name;
  draft.schema = target.schema;
  draft.columns = columns;
  SetColumnExpressions(input, elements.columns, &draft);
  draft.constraints = InheritedChecks(input, parents, draft);
  // Those of LIKE come last, as if added later.
  std::stable_partition(elements.checks.begin(), elements.checks.end(),
                        [](const CheckElement& check) { return check.expression != nullptr; });
  for (const CheckElement& check : elements.checks) {
    if (MergeOwnCheck(input, check, &draft)) continue;
    draft.constraints.push_back(
        MakeCheck(input, draft, check, /*is_new_table=*/check.expression != nullptr));
  }
  if (statement.partbound != nullptr) {
    draft.partition_bound =
        CheckedBound(input, *parents.front(), target.name, *statement.partbound);
  }
  const PgQuery__PartitionSpec* by = statement.partspec;
  if (by != nullptr) draft.partition_key = ReadKeyOfPartitions(input, *by, draft);
  for (const RelationPtr& parent : parents) draft.inherits.push_back(parent->oid);
  NewTable made{target, draft.columns, options, ReadOnCommit(statement.oncommit, target),
                TextOf(statement.access_method)};
  made.of_type = elements.of_type;
  RelationPtr table = PutDrafted(input, MakeTable(input, std::move(made)), draft);
  PutColumnSequences(input, *table, elements, std::move(sequences));
  AddExpressionDependencies(input, *table, attnums);
  if (table->IsPartition()) table = AddWhatParentHas(input, *parents.front(), table->oid);
  table = AddIndexedConstraints(input, std::move(table), keys, elements);
  return "CREATE TABLE";
}

}  // namespace grizzly::commands
