#include "commands/sequence/owned_sequences.h"

#include <algorithm>

#include "catalog/record.h"

namespace grizzly::commands {

std::vector<Oid> OwnedSequences(CommandInput& input, const catalog::Relation& table) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  std::vector<Oid> owned;
  for (const catalog::Dependency& edge :
       snapshot->DependentsOn(catalog::kRelationClass, table.oid)) {
    if (edge.dependent_class != catalog::kRelationClass || edge.referenced_sub == 0) continue;
    const catalog::RelationPtr sequence = snapshot->FindRelation(edge.dependent);
    if (sequence == nullptr || !sequence->sequence.has_value()) continue;
    if (sequence->sequence->owner_table == table.oid) owned.push_back(sequence->oid);
  }
  std::sort(owned.begin(), owned.end());
  owned.erase(std::unique(owned.begin(), owned.end()), owned.end());
  return owned;
}

}  // namespace grizzly::commands
