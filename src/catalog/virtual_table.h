// A relation of pg_catalog whose rows are made when asked: from facts, catalog snapshots, sessions,
// locks. The interface is here; the provider lives where its state does and server/session registers it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "catalog/catalog.h"
#include "types/batch.h"

namespace grizzly::catalog {

// What a provider may look at.
struct VirtualTableInput {
  SnapshotPtr catalog;
  SharedCatalog* shared = nullptr;
  Catalog* statistics = nullptr;
  void* session = nullptr;  // opaque to catalog/; providers in session/ know what it is
  types::IoSettings io;
  // Whether a built-in function works here (pg_proc, pg_operator ... list no other); null: all do.
  bool (*implements)(Oid function) = nullptr;
};

// Appends rows one by one; the receiver cuts them into batches. `values` has one datum per column of
// the relation, valid during the call.
using RowReceiver = std::function<void(std::span<const types::Datum> values)>;

// An equality the planner found on a column (0-based): a provider may use it to make fewer rows; the
// filter is applied afterwards in any case.
struct VirtualTableFilter {
  int column = -1;  // -1: none
  types::Datum value;
};

class VirtualTable {
 public:
  virtual ~VirtualTable() = default;
  virtual Oid relation() const = 0;
  virtual void Produce(const VirtualTableInput& input, const VirtualTableFilter& filter,
                       const RowReceiver& receive) const = 0;
};

// pg_catalog tables answered from facts and catalog snapshots; null: not one of them.
const VirtualTable* FindCatalogTable(Oid relation);

}  // namespace grizzly::catalog
