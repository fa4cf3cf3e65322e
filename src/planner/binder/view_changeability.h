// Whether a view can be changed in its table's place: what WITH CHECK OPTION, information_schema and
// pg_relation_is_updatable ask.
#pragma once

#include <string>
#include <vector>

#include "planner/binder/binder.h"

namespace grizzly::planner {

struct ViewChangeability {
  std::string reason;         // why not, as a sentence; empty: it can be
  bool takes_updates = false; // and inserts
  bool takes_deletes = false;
  std::vector<bool> columns;  // which can be changed, by position
};

ViewChangeability ChangeabilityOf(const catalog::RelationPtr& view, const BinderInput& input);

}  // namespace grizzly::planner
