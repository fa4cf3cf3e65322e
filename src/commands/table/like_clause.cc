#include "commands/table/like_clause.h"

#include <algorithm>

#include "catalog/name_choice.h"
#include "commands/alter/stored_text.h"
#include "commands/index/define_index.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationPtr;

// The grammar's bits.
enum : uint32_t {
  kComments = 1 << 0, kCompression = 1 << 1, kConstraints = 1 << 2, kDefaults = 1 << 3,
  kGenerated = 1 << 4, kIdentity = 1 << 5, kIndexes = 1 << 6, kStorage = 1 << 8,
};

RelationPtr LockSource(CommandInput& input, const PgQuery__RangeVar& name) {
  const RelationPtr source = LockRelation(
      input, {std::string(TextOf(name.schemaname)), std::string(TextOf(name.relname))},
      txn::RelationLockMode::kAccessShare, /*missing_ok=*/false, name.location);
  switch (source->kind) {
    case RelationKind::kTable:
    case RelationKind::kView:
    case RelationKind::kMaterializedView:
    case RelationKind::kCompositeType:
    case RelationKind::kForeignTable:
    case RelationKind::kPartitionedTable: return source;
    default: break;
  }
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("relation \"{}\" is invalid in LIKE clause", source->name))
      .Detail(NotSupportedDetail(source->kind))
      .At(name.location);
}

// Expressions of the source that name their columns by its name.
catalog::Definition Adopt(const catalog::Definition& definition, const Relation& source,
                          const std::string& table_name) {
  if (definition.empty()) return definition;
  return {RenameTableInExpression(definition.sql, source.name, table_name), definition.search_path};
}

ColumnElement ColumnLike(CommandInput& input, const Relation& source,
                         const catalog::Column& column, uint32_t options,
                         const TableElements& elements) {
  ColumnElement element;
  catalog::Column& made = element.column;
  made.name = column.name;
  made.type = column.type;
  made.not_null = column.not_null;
  made.dimensions = column.dimensions;
  made.storage = (options & kStorage) != 0 ? column.storage : StorageOfType(input, column.type.oid);
  if ((options & kCompression) != 0) made.compression = column.compression;
  if ((options & kComments) != 0) made.comment = column.comment;
  const bool is_generated = column.generated != '\0';
  if (is_generated ? (options & kGenerated) != 0 : (options & kDefaults) != 0) {
    made.generated = column.generated;
    made.default_value =
        is_generated ? Adopt(column.default_value, source, elements.table_name) : column.default_value;
  }
  if (column.identity != '\0' && (options & kIdentity) != 0) {
    made.identity = column.identity;
    element.sequence.emplace();
    element.sequence->definition = *Reread(input, column.owned_sequence)->sequence;
    element.sequence->definition.owner_table = kInvalidOid;
    element.sequence->definition.dependency = 'i';
  }
  element.is_explicitly_not_null = made.not_null;
  return element;
}

// The constraint an index belongs to; null: none.
const catalog::Constraint* ConstraintOfIndex(const Relation& table, Oid index) {
  for (const catalog::Constraint& constraint : table.constraints) {
    if (constraint.index == index && constraint.kind != catalog::ConstraintKind::kForeignKey) {
      return &constraint;
    }
  }
  return nullptr;
}

AttributeNumber ColumnInNew(const Relation& table, const Relation& source, AttributeNumber attnum) {
  return table.FindColumn(source.columns[attnum - 1].name)->attnum;
}

std::string ChooseName(CommandInput& input, const Relation& table, const IndexRequest& request) {
  catalog::NameChooser chooser(*input.editor.Current(), table.schema);
  if (request.primary) return chooser.PrimaryKey(table.name);
  if (!request.exclusion_operators.empty()) {
    std::string joined;
    for (const std::string& name : request.part_names) joined += (joined.empty() ? "" : "_") + name;
    return chooser.Relation(table.name, joined, "excl", /*backs_constraint=*/true);
  }
  return request.is_constraint ? chooser.UniqueKey(table.name, request.part_names)
                               : chooser.Index(table.name, request.part_names);
}

IndexRequest RequestLike(CommandInput& input, const Relation& table, const Relation& source,
                         const Relation& index) {
  const catalog::IndexDefinition& definition = *index.index;
  const catalog::Constraint* constraint = ConstraintOfIndex(source, index.oid);
  IndexRequest request;
  request.access_method = definition.access_method;
  request.unique = definition.unique;
  request.primary = definition.primary;
  request.is_constraint = constraint != nullptr;
  if (constraint != nullptr) {
    request.timing = {constraint->deferrable, constraint->initially_deferred};
    request.exclusion_operators = constraint->exclusion_operators;
  }
  request.nulls_not_distinct = definition.nulls_not_distinct;
  request.access_method = definition.access_method;
  request.options = index.options;
  request.parts = definition.parts;
  std::vector<std::string> names;
  for (const catalog::Column& column : index.columns) names.push_back(column.name);
  request.part_names = names;
  for (catalog::IndexDefinition::Part& part : request.parts) {
    if (part.column != 0) part.column = ColumnInNew(table, source, part.column);
    part.expression = Adopt(part.expression, source, table.name);
  }
  for (const AttributeNumber attnum : definition.include) {
    request.include.push_back(ColumnInNew(table, source, attnum));
  }
  request.predicate = Adopt(definition.predicate, source, table.name);
  SetMentioned(input, table, &request);
  request.name = ChooseName(input, table, request);
  return request;
}

void CopyIndexComments(CommandInput& input, const RelationPtr& table, const Relation& source,
                       const Relation& index, const std::string& made_name) {
  if (!index.comment.empty()) {
    Relation made = *input.editor.Current()->FindRelation(table->schema, made_name);
    made.comment = index.comment;
    input.editor.PutRelation(std::move(made));
  }
  const catalog::Constraint* constraint = ConstraintOfIndex(source, index.oid);
  if (constraint == nullptr || constraint->comment.empty()) return;
  Relation changed = *Reread(input, table->oid);
  for (catalog::Constraint& made : changed.constraints) {
    if (made.name == made_name) made.comment = constraint->comment;
  }
  input.editor.PutRelation(std::move(changed));
}

}  // namespace

void ReadLike(CommandInput& input, const PgQuery__TableLikeClause& clause,
              TableElements* elements) {
  const RelationPtr source = LockSource(input, *clause.relation);
  const uint32_t options = clause.options;
  for (const catalog::Column& column : source->columns) {
    if (column.dropped) continue;
    elements->columns.push_back(ColumnLike(input, *source, column, options, *elements));
  }
  if ((options & kConstraints) != 0) {
    for (const catalog::Constraint& constraint : source->constraints) {
      if (constraint.kind != catalog::ConstraintKind::kCheck) continue;
      CheckElement check;
      check.name = constraint.name;
      check.definition = Adopt(constraint.check, *source, elements->table_name);
      check.no_inherit = constraint.no_inherit;
      if ((options & kComments) != 0) check.comment = constraint.comment;
      elements->checks.push_back(std::move(check));
    }
  }
  if ((options & kIndexes) == 0) return;
  std::vector<Oid> indexes = source->indexes;
  std::sort(indexes.begin(), indexes.end());
  for (const Oid index : indexes) {
    elements->like_indexes.push_back({index, (options & kComments) != 0});
  }
}

RelationPtr AddLikeIndexes(CommandInput& input, RelationPtr table, const TableElements& elements) {
  for (const LikeIndex& like : elements.like_indexes) {
    const RelationPtr index = Reread(input, like.index);
    const RelationPtr source = Reread(input, index->index->table);
    IndexRequest request = RequestLike(input, *table, *source, *index);
    const std::string name = request.name;
    RefuseSecondPrimaryKey(*table, request.primary);
    table = DefineIndex(input, table, std::move(request), /*is_new_table=*/true);
    if (like.with_comments) CopyIndexComments(input, table, *source, *index, name);
    table = Reread(input, table->oid);
  }
  return table;
}

}  // namespace grizzly::commands
