// A small schema in memory for binder tests: built-in catalog underneath, a few tables on top.
#pragma once

#include <memory>

#include "catalog/search_path.h"
#include "catalog/tenant_snapshot.h"
#include "facts/type_oids.h"

namespace grizzly::planner {

class SampleSchema {
 public:
  SampleSchema();

  const catalog::SnapshotPtr& snapshot() const { return snapshot_; }
  const catalog::SearchPath& search_path() const { return search_path_; }

 private:
  catalog::SnapshotPtr snapshot_;
  catalog::SearchPath search_path_;
};

}  // namespace grizzly::planner
