#include "commands/maintenance/lock_table.h"

#include "catalog/inheritance.h"
#include "commands/ast_read.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {
namespace {

void LockWithoutWaiting(CommandInput& input, const catalog::Relation& relation,
                        txn::RelationLockMode mode) {
  if (input.transaction.LockRelation(input.tenant, relation.oid, mode, txn::LockWait::kNoWait) ==
      txn::LockOutcome::kNotAvailable) {
    throw SqlError(SqlState::kLockNotAvailable,
                   fmt::format("could not obtain lock on relation \"{}\"", relation.name));
  }
}

}  // namespace

std::string LockTable(const PgQuery__LockStmt& statement, CommandInput& input) {
  if (!input.in_transaction_block) {
    throw SqlError(SqlState::kNoActiveSqlTransaction,
                   "LOCK TABLE can only be used in transaction blocks");
  }
  const auto mode = static_cast<txn::RelationLockMode>(statement.mode);
  for (const ast::Node* node : ListOf(statement.relations, statement.n_relations)) {
    const PgQuery__RangeVar& name = *node->range_var;
    const catalog::RelationPtr found =
        catalog::RequireRelation(*input.editor.Current(), input.search_path,
                                 TextOf(name.schemaname), TextOf(name.relname));
    const bool lockable = found->kind == catalog::RelationKind::kTable ||
                          catalog::IsPartitioned(*found) ||
                          found->kind == catalog::RelationKind::kView;
    if (!lockable) {
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot lock relation \"{}\"", found->name))
          .Detail(found->index.has_value() ? "This operation is not supported for indexes."
                                           : "This operation is not supported for sequences.");
    }
    if (!input.is_superuser && found->owner != input.current_role) {
      throw SqlError(SqlState::kInsufficientPrivilege,
                     fmt::format("permission denied for table {}", found->name));
    }
    if (!statement.nowait) {
      LockRelation(input, name, mode);
    } else {
      LockWithoutWaiting(input, *found, mode);
    }
    if (!name.inh || found->view.has_value()) continue;
    for (const catalog::RelationPtr& member :
         catalog::TreeOf(*input.editor.Current(), Reread(input, found->oid))) {
      if (member->oid == found->oid) continue;
      if (statement.nowait) {
        LockWithoutWaiting(input, *member, mode);
      } else {
        LockRelationByOid(input, member->oid, mode);
      }
    }
  }
  return "LOCK TABLE";
}

}  // namespace grizzly::commands
