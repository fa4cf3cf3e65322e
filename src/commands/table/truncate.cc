#include "commands/table/truncate.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "commands/alter/alter_children.h"
#include "commands/relation_lookup.h"
#include "commands/sequence/owned_sequences.h"
#include "commands/sequence/sequences.h"
#include "planner/physical/constraint_rules.h"

namespace grizzly::commands {
namespace {

void Include(CommandInput& input, const catalog::Relation& table, std::vector<Oid>* tables) {
  if (std::find(tables->begin(), tables->end(), table.oid) != tables->end()) return;
  SendNotice(input, fmt::format("truncate cascades to table \"{}\"", table.name));
  LockRelationByOid(input, table.oid, txn::RelationLockMode::kAccessExclusive);
  RequireOwner(input, table);
  tables->push_back(table.oid);
}

// Tables that refer to those truncated go along, or forbid it.
void FollowReferences(CommandInput& input, bool cascade, std::vector<Oid>* tables) {
  for (size_t i = 0; i < tables->size(); ++i) {  // it grows
    const catalog::RelationPtr table = Reread(input, (*tables)[i]);
    for (const auto& rule : planner::ForeignKeysTo(*input.editor.Current(), *table)) {
      const catalog::Relation& referencing = *rule->referencing;
      if (std::find(tables->begin(), tables->end(), referencing.oid) != tables->end()) continue;
      if (!cascade) {
        throw SqlError(SqlState::kFeatureNotSupported,
                       "cannot truncate a table referenced in a foreign key constraint")
            .Detail(fmt::format("Table \"{}\" references \"{}\".", referencing.name, table->name))
            .Hint(fmt::format("Truncate table \"{}\" at the same time, or use TRUNCATE ... CASCADE.",
                              referencing.name));
      }
      Include(input, referencing, tables);
      for (const auto& partition : rule->referencing_tree) Include(input, *partition, tables);
    }
  }
}

// The named tables and, without ONLY, their descendants; locked.
std::vector<Oid> LockTruncated(const PgQuery__TruncateStmt& statement, CommandInput& input) {
  std::vector<Oid> tables;
  const auto add = [&](Oid oid) {
    if (std::find(tables.begin(), tables.end(), oid) == tables.end()) tables.push_back(oid);
  };
  for (const ast::Node* node : ListOf(statement.relations, statement.n_relations)) {
    const PgQuery__RangeVar& name = *node->range_var;
    const catalog::RelationPtr table =
        LockRelation(input, name, txn::RelationLockMode::kAccessExclusive);
    RequireTable(*table);
    RequireOwner(input, *table);
    if (table->IsPartitioned() && !name.inh) {
      throw SqlError(SqlState::kWrongObjectType, "cannot truncate only a partitioned table")
          .Hint("Do not specify the ONLY keyword, or use TRUNCATE ONLY on the partitions directly.");
    }
    add(table->oid);
    for (const Oid member :
         LockDescendants(input, *table, name.inh ? Reach::kTree : Reach::kOnly)) {
      add(member);
    }
  }
  return tables;
}

}  // namespace

std::string Truncate(const PgQuery__TruncateStmt& statement, CommandInput& input) {
  std::vector<Oid> tables = LockTruncated(statement, input);
  FollowReferences(input, statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE, &tables);
  for (const Oid oid : tables) {
    RequireNothingOwed(input, *Reread(input, oid), "TRUNCATE");
    const catalog::RelationPtr table = Reread(input, oid);
    if (!table->HasRows()) continue;
    catalog::Relation empty = *table;
    empty.storage = NewStorage(input);
    input.editor.PutRelation(std::move(empty));
    DropStorageAtCommit(input, *table);
    if (input.uncontended_relations != nullptr) input.uncontended_relations->push_back(oid);
    input.transaction.OnCommit([&catalog = input.catalog, oid](CommitTimestamp) {
      catalog.SetStatistics(oid, {});
    });
    if (!statement.restart_seqs) continue;
    for (const Oid owned : OwnedSequences(input, *table)) {
      LockRelationByOid(input, owned, txn::RelationLockMode::kAccessExclusive);
      const catalog::RelationPtr sequence = Reread(input, owned);
      RestartSequence(input, *sequence, sequence->sequence->start);
    }
  }
  return "TRUNCATE TABLE";
}

}  // namespace grizzly::commands
