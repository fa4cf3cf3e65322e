#include "catalog/inheritance.h"

#include <algorithm>
#include <set>

#include "catalog/partition_map.h"
#include "catalog/record.h"

namespace grizzly::catalog {
namespace {

bool Inherits(const Relation& child, Oid parent) {
  return std::find(child.inherits.begin(), child.inherits.end(), parent) != child.inherits.end();
}

}  // namespace

bool HasChildren(const CatalogSnapshot& catalog, Oid relation) {
  for (const Dependency& edge : catalog.DependentsOn(kRelationClass, relation)) {
    if (edge.dependent_class != kRelationClass || edge.referenced_sub != 0) continue;
    const RelationPtr child = catalog.FindRelation(edge.dependent);
    if (child != nullptr && Inherits(*child, relation)) return true;
  }
  return false;
}

std::vector<RelationPtr> ChildrenOf(const CatalogSnapshot& catalog, Oid relation) {
  std::vector<RelationPtr> children;
  for (const Dependency& edge : catalog.DependentsOn(kRelationClass, relation)) {
    if (edge.dependent_class != kRelationClass || edge.referenced_sub != 0) continue;
    RelationPtr child = catalog.FindRelation(edge.dependent);
    if (child != nullptr && Inherits(*child, relation)) children.push_back(std::move(child));
  }
  std::sort(children.begin(), children.end(),
            [](const RelationPtr& a, const RelationPtr& b) { return a->oid < b->oid; });
  const auto same = [](const RelationPtr& a, const RelationPtr& b) { return a->oid == b->oid; };
  children.erase(std::unique(children.begin(), children.end(), same), children.end());
  return children;
}

std::vector<RelationPtr> TreeOf(const CatalogSnapshot& catalog, const RelationPtr& root) {
  std::vector<RelationPtr> tree{root};
  std::set<Oid> seen{root->oid};
  for (size_t next = 0; next < tree.size(); ++next) {
    for (RelationPtr& child : ChildrenOf(catalog, tree[next]->oid)) {
      if (seen.insert(child->oid).second) tree.push_back(std::move(child));
    }
  }
  return tree;
}

std::vector<RelationPtr> PartitionLeaves(const CatalogSnapshot& catalog, const RelationPtr& root) {
  if (!root->IsPartitioned()) return {root};
  std::vector<RelationPtr> leaves;
  const PartitionMap map(catalog, *root);
  for (size_t i = 0; i < map.size(); ++i) {
    for (RelationPtr& leaf : PartitionLeaves(catalog, map.partition(i))) {
      leaves.push_back(std::move(leaf));
    }
  }
  return leaves;
}

std::vector<RelationPtr> PartitionAncestors(const CatalogSnapshot& catalog,
                                            const Relation& relation) {
  std::vector<RelationPtr> ancestors;
  const Relation* at = &relation;
  while ((at->IsPartition() || at->index.has_value()) && !at->inherits.empty()) {
    RelationPtr parent = catalog.FindRelation(at->inherits.front());
    if (parent == nullptr) break;
    ancestors.push_back(std::move(parent));
    at = ancestors.back().get();
  }
  return ancestors;
}

RelationPtr PartOfIndex(const CatalogSnapshot& catalog, const Relation& partition, Oid index) {
  for (const Oid oid : partition.indexes) {
    RelationPtr own = catalog.FindRelation(oid);
    if (own == nullptr) continue;
    if (oid == index) return own;
    for (const RelationPtr& whole : PartitionAncestors(catalog, *own)) {
      if (whole->oid == index) return own;
    }
  }
  return nullptr;
}

std::vector<Oid> PartsOfConstraint(const CatalogSnapshot& catalog, Oid constraint) {
  std::vector<Oid> parts;
  for (const Dependency& edge : catalog.DependentsOn(kConstraintClass, constraint)) {
    if (edge.dependent_class == kConstraintClass && edge.type == 'i') parts.push_back(edge.dependent);
  }
  return parts;
}

std::vector<int32_t> MapColumnsByName(const Relation& to, const Relation& from) {
  std::vector<int32_t> map(to.columns.size(), -1);
  for (size_t i = 0; i < to.columns.size(); ++i) {
    if (to.columns[i].dropped) continue;
    // Mostly at the same place.
    if (i < from.columns.size() && !from.columns[i].dropped &&
        from.columns[i].name == to.columns[i].name) {
      map[i] = static_cast<int32_t>(i);
      continue;
    }
    const Column* column = from.FindColumn(to.columns[i].name);
    if (column != nullptr) map[i] = column->attnum - 1;
  }
  return map;
}

}  // namespace grizzly::catalog
