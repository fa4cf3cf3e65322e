#include "planner/binder/locking.h"

namespace grizzly::planner {

namespace {

// The item of a FROM list (joins included) that is this subquery; null: none.
const PgQuery__RangeSubselect* FindSubselect(const ast::Node* node,
                                             const PgQuery__SelectStmt& select) {
  if (node == nullptr) return nullptr;
  if (node->node_case == PG_QUERY__NODE__NODE_RANGE_SUBSELECT) {
    const PgQuery__RangeSubselect& item = *node->range_subselect;
    return item.subquery->select_stmt == &select ? &item : nullptr;
  }
  if (node->node_case != PG_QUERY__NODE__NODE_JOIN_EXPR) return nullptr;
  const PgQuery__RangeSubselect* found = FindSubselect(node->join_expr->larg, select);
  return found != nullptr ? found : FindSubselect(node->join_expr->rarg, select);
}

}  // namespace

std::string_view LockingName(const PgQuery__LockingClause& clause) {
  switch (clause.strength) {
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE: return "FOR KEY SHARE";
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE: return "FOR SHARE";
    case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE: return "FOR NO KEY UPDATE";
    default: return "FOR UPDATE";
  }
}

namespace {

// Adds the clauses of `select` that are of the item, or of all.
void AddReaching(const PgQuery__SelectStmt& select, std::string_view alias,
                 std::vector<const PgQuery__LockingClause*>* found) {
  for (size_t i = 0; i < select.n_locking_clause; ++i) {
    const PgQuery__LockingClause& clause = *select.locking_clause[i]->locking_clause;
    bool reaches = clause.n_locked_rels == 0;
    for (size_t j = 0; j < clause.n_locked_rels; ++j) {
      reaches |= !alias.empty() && alias == clause.locked_rels[j]->range_var->relname;
    }
    if (reaches) found->push_back(&clause);
  }
}

}  // namespace

std::vector<const PgQuery__LockingClause*> InheritedLocking(
    const BindState& state, const PgQuery__SelectStmt& select, const QueryLevel& level) {
  std::vector<const PgQuery__LockingClause*> found;
  const QueryLevel* const outer = level.outer;
  if (outer == nullptr) {
    const auto view = state.view_locking.find(&select);
    return view == state.view_locking.end() ? found : view->second;
  }
  if (outer->place != Place::kFromSubselect || outer->select == nullptr) return found;
  const PgQuery__RangeSubselect* item = nullptr;
  for (size_t i = 0; i < outer->select->n_from_clause && item == nullptr; ++i) {
    item = FindSubselect(outer->select->from_clause[i], select);
  }
  if (item == nullptr) return found;
  found = InheritedLocking(state, *outer->select, *outer);
  AddReaching(*outer->select, item->alias == nullptr ? "" : item->alias->aliasname, &found);
  return found;
}

std::vector<const PgQuery__LockingClause*> LockingOfView(const BindState& state,
                                                         const QueryLevel& level,
                                                         std::string_view alias) {
  std::vector<const PgQuery__LockingClause*> found;
  if (level.select == nullptr) return found;
  found = InheritedLocking(state, *level.select, level);
  AddReaching(*level.select, alias, &found);
  return found;
}

}  // namespace grizzly::planner
