// Kinds of relations as statements name them.
#pragma once

#include "catalog/relation.h"

namespace grizzly::commands {

// A partitioned table is a table, a partitioned index an index.
inline catalog::RelationKind NamedKind(catalog::RelationKind kind) {
  switch (kind) {
    case catalog::RelationKind::kPartitionedTable: return catalog::RelationKind::kTable;
    case catalog::RelationKind::kPartitionedIndex: return catalog::RelationKind::kIndex;
    default: return kind;
  }
}

}  // namespace grizzly::commands
