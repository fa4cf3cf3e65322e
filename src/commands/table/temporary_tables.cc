#include "commands/table/temporary_tables.h"

#include "catalog/record.h"
#include "commands/drop/drop_closure.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

// Nobody else sees a temporary table, and no cursor that outlives this commit reads it any more: its
// storage can stay.
void DeleteRows(CommandInput& input, const catalog::Relation& table) {
  KeyRange range = RangeOfStorage(table.tenant, table.storage);
  if (!input.transaction.ScanLatest(range.from, range.to)->Valid()) return;
  input.transaction.DropRangeAtCommit(std::move(range.from), std::move(range.to));
}

void DropQuietly(CommandInput& input, const std::vector<catalog::ObjectAddress>& targets) {
  if (targets.empty()) return;
  const auto notice = std::exchange(input.notice, nullptr);
  DropObjects(input, targets, /*cascade=*/true);
  input.notice = notice;
}

}  // namespace

std::vector<Oid> RunOnCommitActions(CommandInput& input, std::span<const Oid> tables) {
  std::vector<Oid> kept;
  std::vector<catalog::ObjectAddress> dropped;
  for (const Oid oid : tables) {
    const catalog::RelationPtr table = input.editor.Current()->FindRelation(oid);
    if (table == nullptr) continue;
    if (table->on_commit == 'D') {
      dropped.push_back({catalog::kRelationClass, oid, 0});
      continue;
    }
    DeleteRows(input, *table);
    kept.push_back(oid);
  }
  DropQuietly(input, dropped);
  return kept;
}

void DropTemporaryObjects(CommandInput& input, Oid schema) {
  std::vector<catalog::ObjectAddress> targets;
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  snapshot->ForEachType([&](const catalog::Type& type) {
    const auto relation = snapshot->FindRelation(type.relation);
    const bool is_part =
        type.category == 'A' || type.range != kInvalidOid ||
        (relation != nullptr && relation->kind != catalog::RelationKind::kCompositeType);
    if (type.schema == schema && !is_part) targets.push_back({catalog::kTypeClass, type.oid, 0});
  });
  snapshot->ForEachRelation([&](const catalog::RelationPtr& relation) {
    if (relation->schema != schema) return;
    if (relation->index.has_value() ||  // go with their tables, types
        relation->kind == catalog::RelationKind::kCompositeType) {
      return;
    }
    const bool is_part = relation->sequence.has_value() &&
                         relation->sequence->owner_table != kInvalidOid;
    if (!is_part) targets.push_back({catalog::kRelationClass, relation->oid, 0});
  });
  DropQuietly(input, targets);
}

}  // namespace grizzly::commands
