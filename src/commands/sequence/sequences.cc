#include "commands/sequence/sequences.h"

#include "catalog/record.h"
#include "commands/relation_lookup.h"
#include "facts/types.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

void SetOwner(CommandInput& input, const std::vector<std::string>& owner, Relation* sequence) {
  catalog::SequenceDefinition& definition = *sequence->sequence;
  if (definition.owner_table != kInvalidOid && definition.dependency == 'i') {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "cannot change ownership of identity sequence")
        .Detail(fmt::format("Sequence \"{}\" is linked to table \"{}\".", sequence->name,
                            Reread(input, definition.owner_table)->name));
  }
  if (owner.size() == 1) {
    if (owner[0] != "none") {
      throw SqlError(SqlState::kSyntaxError, "invalid OWNED BY option")
          .Hint("Specify OWNED BY table.column or OWNED BY NONE.");
    }
    definition.owner_table = kInvalidOid;
    definition.owner_column = 0;
    return;
  }
  std::vector<std::string> table_name(owner.begin(), owner.end() - 1);
  const RelationPtr table = LockRelation(input, QualifiedNameOf(std::move(table_name)),
                                         txn::RelationLockMode::kAccessShare);
  if (!table->HasRows() && !table->IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("sequence cannot be owned by relation \"{}\"", table->name))
        .Detail(NotSupportedDetail(table->kind));
  }
  RequireTable(*table);
  if (table->owner != sequence->owner) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   "sequence must have same owner as table it is linked to");
  }
  if (table->schema != sequence->schema) {
    throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                   "sequence must be in same schema as table it is linked to");
  }
  definition.owner_table = table->oid;
  definition.owner_column = RequireColumn(*table, owner.back()).attnum;
  definition.dependency = 'a';
}

std::vector<catalog::Column> SequenceColumns() {
  const auto column = [](const char* name, Oid type, AttributeNumber attnum) {
    catalog::Column made;
    made.name = name;
    made.type = types::BuiltinType(type);
    made.attnum = attnum;
    made.not_null = true;
    return made;
  };
  return {column("last_value", facts::kInt8Oid, 1), column("log_cnt", facts::kInt8Oid, 2),
          column("is_called", facts::kBoolOid, 3)};
}

}  // namespace

RelationPtr MakeSequence(CommandInput& input, const CreationTarget& target,
                         const catalog::SequenceDefinition& definition) {
  if (input.editor.Current()->FindRelation(target.schema, target.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" already exists", target.name));
  }
  Relation sequence;
  sequence.oid = input.editor.NewOid();
  sequence.schema = target.schema;
  sequence.name = target.name;
  sequence.persistence = target.persistence;
  sequence.kind = catalog::RelationKind::kSequence;
  sequence.owner = input.current_role;
  sequence.tenant = input.tenant;
  sequence.storage = NewStorage(input);
  sequence.columns = SequenceColumns();
  sequence.sequence = definition;
  LockRelationByOid(input, sequence.oid, txn::RelationLockMode::kAccessExclusive);
  return input.editor.PutRelation(std::move(sequence));
}

void RestartSequence(CommandInput& input, const Relation& sequence, int64_t value) {
  Relation changed = sequence;
  changed.storage = NewStorage(input);
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  input.sequences.Set(*after, value, /*is_called=*/false);
  DropStorageAtCommit(input, sequence);
}

std::string CreateSequence(const PgQuery__CreateSeqStmt& statement, CommandInput& input) {
  const CreationTarget target = LockNewName(input, *statement.sequence, NewRelation::kWithoutRowType);
  if (statement.if_not_exists &&
      input.editor.Current()->FindRelation(target.schema, target.name) != nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" already exists, skipping", target.name), "",
               Severity::kNotice, SqlState::kDuplicateTable);
    return "CREATE SEQUENCE";
  }
  const SequenceChange change = ReadSequenceOptions(
      input, ListOf(statement.options, statement.n_options), nullptr, kInvalidOid, false);
  const RelationPtr sequence = MakeSequence(input, target, change.definition);
  if (change.owner.has_value()) {
    Relation owned = *sequence;
    SetOwner(input, *change.owner, &owned);
    input.editor.PutRelation(std::move(owned));
  }
  return "CREATE SEQUENCE";
}

void ChangeSequence(CommandInput& input, const RelationPtr& sequence,
                    std::span<ast::Node* const> options, bool is_identity) {
  const SequenceChange change =
      ReadSequenceOptions(input, options, &*sequence->sequence, kInvalidOid, is_identity);
  const catalog::SequenceState state = input.sequences.Read(*sequence);
  if (!change.restart.has_value()) {
    if (state.last_value < change.definition.minimum) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("RESTART value ({}) cannot be less than MINVALUE ({})",
                                 state.last_value, change.definition.minimum));
    }
    if (state.last_value > change.definition.maximum) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("RESTART value ({}) cannot be greater than MAXVALUE ({})",
                                 state.last_value, change.definition.maximum));
    }
  }
  Relation changed = *sequence;
  changed.sequence = change.definition;
  if (change.owner.has_value()) SetOwner(input, *change.owner, &changed);
  changed.storage = NewStorage(input);
  const RelationPtr after = input.editor.PutRelation(std::move(changed));
  if (change.restart.has_value()) {
    input.sequences.Set(*after, *change.restart, /*is_called=*/false);
  } else {
    input.sequences.Copy(*sequence, *after);
  }
  DropStorageAtCommit(input, *sequence);
}

std::string AlterSequence(const PgQuery__AlterSeqStmt& statement, CommandInput& input) {
  const RelationPtr sequence =
      LockRelation(input, *statement.sequence, txn::RelationLockMode::kShareRowExclusive,
                   statement.missing_ok);
  if (sequence == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.sequence->relname)));
    return "ALTER SEQUENCE";
  }
  if (sequence->kind != catalog::RelationKind::kSequence) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a sequence", sequence->name));
  }
  RequireOwner(input, *sequence);
  ChangeSequence(input, sequence, ListOf(statement.options, statement.n_options),
                 /*is_identity=*/false);
  return "ALTER SEQUENCE";
}

}  // namespace grizzly::commands
