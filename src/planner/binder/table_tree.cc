#include "planner/binder/table_tree.h"

#include "catalog/inheritance.h"

namespace grizzly::planner {

std::vector<catalog::RelationPtr> UseTree(BindState& state, const catalog::RelationPtr& relation,
                                          bool only, txn::RelationLockMode mode) {
  state.UseRelation(relation, mode);
  if (only || relation->oid < kFirstUserOid) return {relation};
  std::vector<catalog::RelationPtr> tree = catalog::TreeOf(state.catalog(), relation);
  for (const catalog::RelationPtr& member : tree) state.UseRelation(member, mode);
  std::erase_if(tree, [](const catalog::RelationPtr& member) { return !member->HasRows(); });
  return tree;
}

}  // namespace grizzly::planner
