// WITH RECURSIVE before it is bound: who refers to whom, and whether each recursion is one.
#pragma once

#include <vector>

#include "planner/binder/bind_state.h"

namespace grizzly::planner {

struct CteOrder {
  std::vector<size_t> order;       // positions in the WITH list, each behind what it refers to
  std::vector<bool> is_recursive;  // by position in the WITH list
};

// In the order written, none recursive, unless the list is RECURSIVE. Throws 0A000 for mutual
// recursion, 42P19 for a recursion of a form that is not allowed.
CteOrder OrderCtes(const PgQuery__WithClause& with);

}  // namespace grizzly::planner
