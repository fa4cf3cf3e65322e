#include "commands/alter/column_changes.h"

#include <algorithm>

#include "catalog/record.h"
#include "commands/drop/drop_closure.h"
#include "commands/evaluation.h"
#include "commands/options/storage_parameters.h"
#include "commands/relation_lookup.h"
#include "commands/sequence/sequences.h"
#include "commands/table/create_table.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::Relation;
using catalog::RelationPtr;

constexpr int kStatisticsTargetMax = 10000;

void PutColumn(CommandInput& input, const Relation& table, Column column) {
  Relation changed = table;
  const AttributeNumber attnum = column.attnum;
  changed.columns[attnum - 1] = std::move(column);
  input.editor.PutRelation(std::move(changed));
}

// `column "a" of relation "t" is not ...`, thrown, or said when it may be so.
void SayAboutColumn(CommandInput& input, const Relation& table, const Column& column,
                    std::string_view what, bool skipping) {
  const std::string message =
      fmt::format("column \"{}\" of relation \"{}\" {}", column.name, table.name, what);
  if (!skipping) throw SqlError(SqlState::kObjectNotInPrerequisiteState, message);
  SendNotice(input, message + ", skipping");
}

[[noreturn]] void ThrowHasValues(const Relation& table, const Column& column,
                                 std::string_view what, std::string hint) {
  SqlError error(SqlState::kSyntaxError,
                 fmt::format("column \"{}\" of relation \"{}\" is {}", column.name, table.name, what));
  if (hint.empty()) throw error;
  throw std::move(error).Hint(std::move(hint));
}

void RefuseOtherSource(const Relation& table, const Column& column, bool drops) {
  if (column.identity != '\0') {
    ThrowHasValues(table, column, "an identity column",
                   drops ? "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead." : "");
  }
  if (column.generated != '\0') {
    ThrowHasValues(table, column, "a generated column",
                   drops ? "Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead." : "");
  }
}

// The DefElem of a SET GENERATED ... is ours; the others are the sequence's.
struct IdentityChange {
  std::optional<char> identity;
  std::vector<ast::Node*> sequence;
};

IdentityChange ReadIdentityChange(const ast::Node& list) {
  IdentityChange change;
  for (ast::Node* node : ListOf(list.list->items, list.list->n_items)) {
    const PgQuery__DefElem& element = *node->def_elem;
    if (TextOf(element.defname) != "generated") {
      change.sequence.push_back(node);
      continue;
    }
    if (change.identity.has_value()) {
      throw SqlError(SqlState::kSyntaxError, "conflicting or redundant options")
          .At(element.location);
    }
    change.identity = static_cast<char>(element.arg->integer->ival);
  }
  return change;
}

const Column& RequireExpressionPart(const Relation& index, AttributeNumber attnum) {
  const Column& column = index.columns[attnum - 1];
  const size_t i = static_cast<size_t>(attnum - 1);
  if (i >= index.index->parts.size()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot alter statistics on included column \"{}\" of index \"{}\"",
                               column.name, index.name));
  }
  if (index.index->parts[i].column == 0) return column;
  throw SqlError(
      SqlState::kFeatureNotSupported,
      fmt::format("cannot alter statistics on non-expression column \"{}\" of index \"{}\"",
                  column.name, index.name))
      .Hint("Alter statistics on table column instead.");
}

// The column SET STATISTICS names, by number for an index.
const Column& StatisticsColumn(const Relation& relation, const PgQuery__AlterTableCmd& command) {
  const bool is_index = relation.index.has_value();
  if (TextOf(command.name).empty()) {
    if (!is_index) {
      throw SqlError(SqlState::kFeatureNotSupported, "cannot refer to non-index column by number");
    }
    if (command.num < 1 || static_cast<size_t>(command.num) > relation.columns.size()) {
      throw SqlError(SqlState::kUndefinedColumn,
                     fmt::format("column number {} of relation \"{}\" does not exist", command.num,
                                 relation.name));
    }
    return RequireExpressionPart(relation, static_cast<AttributeNumber>(command.num));
  }
  const Column& column = RequireAlterableColumn(relation, TextOf(command.name));
  return is_index ? RequireExpressionPart(relation, column.attnum) : column;
}

int32_t ReadStatisticsTarget(CommandInput& input, const ast::Node& value) {
  const int32_t target = value.integer->ival;
  if (target < -1) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("statistics target {} is too low", target));
  }
  if (target <= kStatisticsTargetMax) return target;
  SendNotice(input, fmt::format("lowering statistics target to {}", kStatisticsTargetMax), "",
             Severity::kWarning, SqlState::kInvalidParameterValue);
  return kStatisticsTargetMax;
}

std::string TypeText(CommandInput& input, const Column& column) {
  return input.services->FormatType(column.type.oid, types::kNoTypmod);
}

}  // namespace

const Column& RequireAlterableColumn(const Relation& relation, std::string_view name) {
  if (IsSystemColumnName(name) && relation.HasRows()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot alter system column \"{}\"", name));
  }
  return RequireColumn(relation, name);
}

void SetNotNull(CommandInput& input, const RelationPtr& table,
                const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  if (column.not_null) return;
  CheckStoredRows(input, *table, {column.attnum}, "", nullptr);
  column.not_null = true;
  PutColumn(input, *table, std::move(column));
}

void DropNotNull(CommandInput& input, const RelationPtr& table,
                 const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  if (column.identity != '\0') ThrowHasValues(*table, column, "an identity column", "");
  const auto refuse_key = [&](bool is_member, std::string_view key) {
    if (!is_member) return;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   fmt::format("column \"{}\" is in {}", column.name, key));
  };
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  for (const Oid oid : table->indexes) {
    const RelationPtr index = snapshot->FindRelation(oid);
    const auto& parts = index->index->parts;
    const bool is_member = std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
      return part.column == column.attnum;
    });
    refuse_key(is_member && index->index->primary, "a primary key");
    refuse_key(is_member && index->index->replica_identity, "index used as replica identity");
  }
  if (table->IsPartition()) {
    const RelationPtr parent = snapshot->FindRelation(table->inherits.front());
    const Column* of_parent = parent == nullptr ? nullptr : parent->FindColumn(column.name);
    if (of_parent != nullptr && of_parent->not_null) {
      throw SqlError(SqlState::kInvalidTableDefinition,
                     fmt::format("column \"{}\" is marked NOT NULL in parent table", column.name));
    }
  }
  column.not_null = false;
  PutColumn(input, *table, std::move(column));
}

void SetColumnDefault(CommandInput& input, const RelationPtr& table,
                      const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  RefuseOtherSource(*table, column, command.def == nullptr);
  if (column.default_oid != kInvalidOid) {
    input.editor.DropDependenciesOf(catalog::kDefaultClass, column.default_oid);
  }
  column.default_value = {};
  column.default_oid = kInvalidOid;
  if (command.def != nullptr) {
    const expr::ExprPtr bound = BindNewDefault(input, column, *command.def);
    column.default_value = MakeDefaultDefinition(input, column, *command.def, *bound);
  }
  const AttributeNumber attnum = column.attnum;
  PutColumn(input, *table, std::move(column));
  AddDefaultDependencies(input, *Reread(input, table->oid), {attnum});
}

void DropExpression(CommandInput& input, const RelationPtr& table,
                    const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  if (column.generated == '\0') {
    return SayAboutColumn(input, *table, column, "is not a stored generated column",
                          command.missing_ok);
  }
  for (const Oid oid : table->inherits) {  // a tree drops it from above: parents have none by then
    const Column* of_parent = Reread(input, oid)->FindColumn(column.name);
    if (of_parent == nullptr || of_parent->generated == '\0') continue;
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "cannot drop generation expression from inherited column");
  }
  input.editor.DropDependenciesOf(catalog::kDefaultClass, column.default_oid);
  column.generated = '\0';
  column.default_value = {};
  column.default_oid = kInvalidOid;
  PutColumn(input, *table, std::move(column));
  // What generated columns and a partition key depend on are a table's edges of its own: those of the others come back.
  input.editor.DropDependenciesOf(catalog::kRelationClass, table->oid);
  const RelationPtr after = Reread(input, table->oid);
  std::vector<AttributeNumber> others;
  for (const Column& other : after->columns) {
    if (other.generated != '\0' && !other.dropped) others.push_back(other.attnum);
  }
  AddDefaultDependencies(input, *after, others);
  AddPartitionKeyDependencies(input, *after);
}

void AddIdentity(CommandInput& input, const RelationPtr& table,
                 const PgQuery__AlterTableCmd& command) {
  const PgQuery__Constraint& constraint = *command.def->constraint;
  ColumnElement element;
  element.column = RequireAlterableColumn(*table, TextOf(command.name));
  Column& column = element.column;
  element.sequence =
      ReadSequenceOptions(input, ListOf(constraint.options, constraint.n_options), nullptr,
                          column.type.oid, /*is_identity=*/true);
  if (!column.not_null) {
    SayAboutColumn(input, *table, column, "must be declared NOT NULL before identity can be added",
                   false);
  }
  if (column.identity != '\0') {
    SayAboutColumn(input, *table, column, "is already an identity column", false);
  }
  if (!column.default_value.empty()) {
    SayAboutColumn(input, *table, column, "already has a default value", false);
  }
  column.identity = TextOf(constraint.generated_when) == "a" ? 'a' : 'd';
  element.sequence->definition.dependency = 'i';
  Relation sequence =
      MakeColumnSequence(input, {table->schema, table->name, table->persistence}, &element);
  sequence.sequence->owner_table = table->oid;
  sequence.sequence->owner_column = column.attnum;
  PutColumn(input, *table, std::move(column));
  input.editor.PutRelation(std::move(sequence));
}

void SetIdentity(CommandInput& input, const RelationPtr& table,
                 const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  const IdentityChange change = ReadIdentityChange(*command.def);
  if (column.identity == '\0') {
    SayAboutColumn(input, *table, column, "is not an identity column", false);
  }
  if (!change.sequence.empty()) {
    LockRelationByOid(input, column.owned_sequence, txn::RelationLockMode::kShareRowExclusive);
    ChangeSequence(input, Reread(input, column.owned_sequence), change.sequence,
                   /*is_identity=*/true);
  }
  if (!change.identity.has_value()) return;
  column.identity = *change.identity;
  PutColumn(input, *table, std::move(column));
}

void DropIdentity(CommandInput& input, const RelationPtr& table,
                  const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  if (column.identity == '\0') {
    return SayAboutColumn(input, *table, column, "is not an identity column", command.missing_ok);
  }
  const Oid owned = column.owned_sequence;
  column.identity = '\0';
  column.owned_sequence = kInvalidOid;
  PutColumn(input, *table, std::move(column));
  Relation sequence = *Reread(input, owned);
  sequence.sequence->owner_table = kInvalidOid;
  sequence.sequence->owner_column = 0;
  input.editor.PutRelation(std::move(sequence));
  DropObjects(input, {{catalog::kRelationClass, owned, 0}}, /*cascade=*/false);
}

void SetStatistics(CommandInput& input, const RelationPtr& relation,
                   const PgQuery__AlterTableCmd& command) {
  Column column = StatisticsColumn(*relation, command);
  column.statistics_target = ReadStatisticsTarget(input, *command.def);
  Relation changed = *relation;
  if (changed.index.has_value()) {
    changed.index->parts[column.attnum - 1].statistics_target = column.statistics_target;
  }
  changed.columns[column.attnum - 1] = std::move(column);
  input.editor.PutRelation(std::move(changed));
}

void SetStorage(CommandInput& input, const RelationPtr& table,
                const PgQuery__AlterTableCmd& command) {
  struct Named {
    std::string_view name;
    char storage;
  };
  static constexpr Named kStorages[] = {
      {"plain", 'p'}, {"external", 'e'}, {"extended", 'x'}, {"main", 'm'}};
  const std::string_view word = StringOf(command.def);
  const auto* found = std::find_if(std::begin(kStorages), std::end(kStorages), [&](const Named& n) {
    return n.name.size() == word.size() && strncasecmp(n.name.data(), word.data(), word.size()) == 0;
  });
  if (found == std::end(kStorages)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid storage type \"{}\"", word));
  }
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  if (found->storage != 'p' && StorageOfType(input, column.type.oid) == 'p') {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("column data type {} can only have storage PLAIN",
                               TypeText(input, column)));
  }
  column.storage = found->storage;
  PutColumn(input, *table, std::move(column));
}

void SetCompression(CommandInput& input, const RelationPtr& table,
                    const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  column.compression = ReadCompression(input, column, StringOf(command.def));
  PutColumn(input, *table, std::move(column));
}

void SetColumnOptions(CommandInput& input, const RelationPtr& table,
                      const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  column.options =
      SetStorageParameters(ParameterOwner::kColumn, column.options,
                           ListOf(command.def->list->items, command.def->list->n_items));
  PutColumn(input, *table, std::move(column));
}

void ResetColumnOptions(CommandInput& input, const RelationPtr& table,
                        const PgQuery__AlterTableCmd& command) {
  Column column = RequireAlterableColumn(*table, TextOf(command.name));
  column.options = ResetStorageParameters(
      column.options, ListOf(command.def->list->items, command.def->list->n_items));
  PutColumn(input, *table, std::move(column));
}

}  // namespace grizzly::commands
