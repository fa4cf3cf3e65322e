#include "commands/table/truncate.h"

#include <algorithm>

#include "commands/relation_lookup.h"
#include "commands/sequence/sequences.h"

namespace grizzly::commands {

std::string Truncate(const PgQuery__TruncateStmt& statement, CommandInput& input) {
  std::vector<Oid> tables;
  for (const ast::Node* node : ListOf(statement.relations, statement.n_relations)) {
    const catalog::RelationPtr table =
        LockRelation(input, *node->range_var, txn::RelationLockMode::kAccessExclusive);
    RequireTable(*table);
    RequireOwner(input, *table);
    if (std::find(tables.begin(), tables.end(), table->oid) == tables.end()) {
      tables.push_back(table->oid);
    }
  }
  for (const Oid oid : tables) {
    const catalog::RelationPtr table = Reread(input, oid);
    catalog::Relation empty = *table;
    empty.storage = NewStorage(input);
    DropStorageAtCommit(input, *table);
    input.editor.PutRelation(std::move(empty));
    if (input.uncontended_relations != nullptr) input.uncontended_relations->push_back(oid);
    input.transaction.OnCommit([&catalog = input.catalog, oid](CommitTimestamp) {
      catalog.SetStatistics(oid, {0, 0});
    });
    if (!statement.restart_seqs) continue;
    for (const catalog::Column& column : table->columns) {
      if (column.owned_sequence == kInvalidOid) continue;
      LockRelationByOid(input, column.owned_sequence, txn::RelationLockMode::kAccessExclusive);
      const catalog::RelationPtr sequence = Reread(input, column.owned_sequence);
      RestartSequence(input, *sequence, sequence->sequence->start);
    }
  }
  return "TRUNCATE TABLE";
}

}  // namespace grizzly::commands
