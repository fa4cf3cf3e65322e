#include "facts/catalog_relations.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const uint16_t> kRelationsByName;
}  // namespace table

const RelationFact* FindRelation(Oid oid) {
  return table::Find(AllRelations(), oid, [](const RelationFact& row) { return row.oid; });
}

const RelationFact* FindRelationByName(Oid relnamespace, std::string_view relname) {
  const auto run = table::FindRun(table::kRelationsByName, relname,
                                  [](uint16_t p) { return AllRelations()[p].relname; });
  for (uint16_t position : run) {
    const RelationFact& row = AllRelations()[position];
    if (row.relnamespace == relnamespace) return &row;
  }
  return nullptr;
}

std::span<const ColumnFact> ColumnsOf(Oid relation) {
  return table::FindRun(AllColumns(), relation, [](const ColumnFact& row) { return row.attrelid; });
}

std::span<const IndexFact> IndexesOf(Oid relation) {
  return table::FindRun(AllIndexes(), relation, [](const IndexFact& row) { return row.indrelid; });
}

}  // namespace grizzly::facts
