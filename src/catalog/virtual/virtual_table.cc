#include "catalog/virtual_table.h"

#include <unordered_map>

#include "catalog/virtual/row_writer.h"

namespace grizzly::catalog {
namespace {

class CatalogTable final : public VirtualTable {
 public:
  explicit CatalogTable(const CatalogTableSource& source) : source_(source) {}

  Oid relation() const override { return source_.relation; }
  void Produce(const VirtualTableInput& input, const VirtualTableFilter& filter,
               const RowReceiver& receive) const override {
    RowWriter rows(source_.relation, input, filter, receive);
    source_.produce(rows);
  }

 private:
  const CatalogTableSource source_;
};

// Catalogs of what cannot be made here: CREATE of each answers 0A000, so there is nothing to list.
void ProduceNothing(RowWriter&) {}

constexpr Oid kEmptyTables[] = {
    826,   // pg_default_acl
    1214,  // pg_shdepend
    1417,  // pg_foreign_server
    1418,  // pg_user_mapping
    2328,  // pg_foreign_data_wrapper
    2613,  // pg_largeobject
    2620,  // pg_trigger
    2995,  // pg_largeobject_metadata
    3079,  // pg_extension
    3118,  // pg_foreign_table
    3256,  // pg_policy
    3350,  // pg_partitioned_table
    3429,  // pg_statistic_ext_data
    3466,  // pg_event_trigger
    3576,  // pg_transform
    3592,  // pg_shseclabel
    3596,  // pg_seclabel
    6000,  // pg_replication_origin
    6100,  // pg_subscription
    6102,  // pg_subscription_rel
    6104,  // pg_publication
    6106,  // pg_publication_rel
    6237,  // pg_publication_namespace
    6243,  // pg_parameter_acl
};

using Tables = std::unordered_map<Oid, std::unique_ptr<const CatalogTable>>;

Tables MakeTables() {
  Tables tables;
  const auto add = [&](const CatalogTableSource& source) {
    tables.emplace(source.relation, std::make_unique<const CatalogTable>(source));
  };
  for (const auto sources :
       {RelationTables(), ConstraintTables(), TypeTables(), FunctionTables(), AccessMethodTables(),
        SharedTables(), DependencyTables(), TextSearchTables(), SqlFeatureTables(),
        StatisticTables()}) {
    for (const CatalogTableSource& source : sources) add(source);
  }
  for (const Oid relation : kEmptyTables) add({relation, ProduceNothing});
  return tables;
}

}  // namespace

const VirtualTable* FindCatalogTable(Oid relation) {
  static const Tables tables = MakeTables();
  const auto found = tables.find(relation);
  return found == tables.end() ? nullptr : found->second.get();
}

}  // namespace grizzly::catalog
