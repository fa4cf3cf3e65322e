#include "commands/maintenance/lock_table.h"

#include <set>

#include "catalog/inheritance.h"
#include "catalog/record.h"
#include "commands/ast_read.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

bool IsLockable(const catalog::Relation& relation) {
  return relation.kind == catalog::RelationKind::kTable || relation.IsPartitioned() ||
         relation.kind == catalog::RelationKind::kView;
}

void RequireLockable(const CommandInput& input, const catalog::Relation& relation) {
  if (!IsLockable(relation)) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot lock relation \"{}\"", relation.name))
        .Detail(relation.index.has_value() ? "This operation is not supported for indexes."
                                           : "This operation is not supported for sequences.");
  }
  if (input.is_superuser || relation.owner == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("permission denied for {} {}",
                             relation.kind == catalog::RelationKind::kView ? "view" : "table",
                             relation.name));
}

// Locks relations and what belongs to them: the children of tables, what views are made of.
class Locking {
 public:
  Locking(CommandInput& input, txn::RelationLockMode mode, bool nowait)
      : input_(input), mode_(mode), nowait_(nowait) {}

  void LockNamed(const PgQuery__RangeVar& name, const catalog::Relation& relation) {
    if (nowait_) {
      LockOne(relation);
    } else {
      LockRelation(input_, name, mode_);
    }
    done_.insert(relation.oid);
    LockBelow(relation, name.inh);
  }

 private:
  void LockOne(const catalog::Relation& relation) {
    const txn::LockOutcome outcome = input_.transaction.LockRelation(
        input_.tenant, relation.oid, mode_,
        nowait_ ? txn::LockWait::kNoWait : txn::LockWait::kBlock);
    if (outcome != txn::LockOutcome::kNotAvailable) return;
    throw SqlError(SqlState::kLockNotAvailable,
                   fmt::format("could not obtain lock on relation \"{}\"", relation.name));
  }

  void LockBelow(const catalog::Relation& relation, bool with_children) {
    if (relation.view.has_value()) return LockSources(relation);
    if (!with_children) return;
    for (const catalog::RelationPtr& member :
         catalog::TreeOf(*input_.editor.Current(), Reread(input_, relation.oid))) {
      if (done_.insert(member->oid).second) LockOne(*member);
    }
  }

  void LockSources(const catalog::Relation& view) {
    const catalog::SnapshotPtr snapshot = input_.editor.Current();
    for (const catalog::Dependency& edge :
         snapshot->DependenciesOf(catalog::kRelationClass, view.oid)) {
      if (edge.referenced_class != catalog::kRelationClass) continue;
      const catalog::RelationPtr source = snapshot->FindRelation(edge.referenced);
      if (source == nullptr || source->oid < kFirstUserOid || !IsLockable(*source)) continue;
      if (!done_.insert(source->oid).second) continue;
      LockOne(*source);
      LockBelow(*source, /*with_children=*/true);
    }
  }

  CommandInput& input_;
  const txn::RelationLockMode mode_;
  const bool nowait_;
  std::set<Oid> done_;
};

}  // namespace

std::string LockTable(const PgQuery__LockStmt& statement, CommandInput& input) {
  if (!input.in_transaction_block) {
    throw SqlError(SqlState::kNoActiveSqlTransaction,
                   "LOCK TABLE can only be used in transaction blocks");
  }
  Locking locking(input, static_cast<txn::RelationLockMode>(statement.mode), statement.nowait);
  for (const ast::Node* node : ListOf(statement.relations, statement.n_relations)) {
    const PgQuery__RangeVar& name = *node->range_var;
    const catalog::RelationPtr found =
        catalog::RequireRelation(*input.editor.Current(), input.search_path,
                                 TextOf(name.schemaname), TextOf(name.relname));
    RequireLockable(input, *found);
    locking.LockNamed(name, *found);
  }
  return "LOCK TABLE";
}

}  // namespace grizzly::commands
