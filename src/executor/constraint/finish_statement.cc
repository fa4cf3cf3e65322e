#include "executor/constraint/finish_statement.h"

#include <algorithm>
#include <unordered_map>

#include "executor/constraint/foreign_key_check.h"
#include "executor/constraint/index_check.h"
#include "executor/constraint/transaction_checks.h"

namespace grizzly::executor {
namespace {

class Round {
 public:
  // `refresh`: the rules are older than the statement.
  Round(ExecContext& context, const CheckQueue& queue, bool refresh)
      : context_(context), queue_(queue), refresh_(refresh) {}

  void Run() {
    // What the rows were changed by is now in view of the checks.
    context_.transaction.NextCommand();
    std::vector<bool> resolved(queue_.size(), false);
    for (size_t i = 0; i < queue_.size(); ++i) {
      const Check& check = queue_.checks()[i];
      context_.CheckCanceled();
      if (resolved[i]) continue;
      if (check.kind == CheckKind::kReferenced) {
        ResolveAllOf(check.rule, i, &resolved);
      } else {
        RunOne(check);
      }
    }
  }

 private:
  void RunOne(const Check& check) {
    const CheckRule& rule = queue_.RuleOf(check);
    if (rule.foreign_key != nullptr) {
      ForeignKeyCheck* foreign_key = ForeignKeyOf(check);
      if (foreign_key == nullptr) return;
      if (check.kind == CheckKind::kReference) return foreign_key->CheckReference(check.subject);
      return foreign_key->CheckReferrer(check.subject);
    }
    IndexCheck* index = IndexOf(check.rule);
    if (index == nullptr) return;
    if (check.kind == CheckKind::kIndexKey) return index->CheckKey(check.subject);
    index->CheckRow(check.subject);
  }

  // All of a foreign key's together: one pass over the referencing table may answer them.
  void ResolveAllOf(uint32_t rule, size_t first, std::vector<bool>* resolved) {
    std::vector<Check> checks;
    for (size_t i = first; i < queue_.size(); ++i) {
      const Check& check = queue_.checks()[i];
      if (check.kind != CheckKind::kReferenced || check.rule != rule) continue;
      (*resolved)[i] = true;
      LockOtherTable(*RuleNumber(rule).foreign_key, check);
      checks.push_back(check);
    }
    if (ForeignKeyCheck* foreign_key = ForeignKeyOf(checks.front())) {
      foreign_key->ResolveGone(checks);
    }
  }

  // With its other table locked. Null: the constraint was dropped meanwhile.
  ForeignKeyCheck* ForeignKeyOf(const Check& check) {
    auto [place, is_new] = foreign_keys_.try_emplace(check.rule);
    plan::ForeignKeyRulePtr rule = RuleNumber(check.rule).foreign_key;
    LockOtherTable(*rule, check);
    if (is_new) {
      RuleSource& source = context_.transaction_checks->source();
      if (refresh_ || !source.IsCurrent(*rule)) rule = source.Current(*rule);
      if (rule == nullptr) return nullptr;
      LockTree(*rule, check);
      place->second = std::make_unique<ForeignKeyCheck>(rule, context_);
    }
    return place->second.get();
  }

  // As the statement that PostgreSQL runs for it does: its definition stays, and its rows where they are.
  void LockOtherTable(const plan::ForeignKeyRule& rule, const Check& check) {
    const bool is_gone = check.kind == CheckKind::kReferenced;
    LockTable(is_gone ? *rule.referencing : *rule.referenced, ModeOf(rule, check));
  }

  // What is below it, as it is under that lock.
  void LockTree(const plan::ForeignKeyRule& rule, const Check& check) {
    const bool is_gone = check.kind == CheckKind::kReferenced;
    for (const catalog::RelationPtr& table : is_gone ? rule.referencing_tree : rule.referenced_tree) {
      LockTable(*table, ModeOf(rule, check));
    }
  }

  static txn::RelationLockMode ModeOf(const plan::ForeignKeyRule& rule, const Check& check) {
    const char action = check.other.empty() ? rule.on_delete : rule.on_update;
    const bool acts = check.kind == CheckKind::kReferenced && action != 'a' && action != 'r';
    return acts ? txn::RelationLockMode::kRowExclusive : txn::RelationLockMode::kRowShare;
  }

  void LockTable(const catalog::Relation& table, txn::RelationLockMode mode) {
    const auto [held, is_new] = locked_.try_emplace(table.oid, mode);
    if (!is_new && held->second >= mode) return;
    context_.transaction.LockRelation(table.tenant, table.oid, mode);
    held->second = mode;
  }

  IndexCheck* IndexOf(uint32_t number) {
    auto [place, is_new] = indexes_.try_emplace(number);
    if (is_new) {
      plan::IndexRulePtr rule = RuleNumber(number).index;
      if (refresh_) rule = context_.transaction_checks->source().Current(*rule);
      if (rule != nullptr) place->second = std::make_unique<IndexCheck>(rule, context_);
    }
    return place->second.get();
  }

  const CheckRule& RuleNumber(uint32_t number) {
    return queue_.RuleOf({CheckKind::kReference, number, {}, {}});
  }

  ExecContext& context_;
  const CheckQueue& queue_;
  const bool refresh_;
  std::unordered_map<uint32_t, std::unique_ptr<ForeignKeyCheck>> foreign_keys_;
  std::unordered_map<uint32_t, std::unique_ptr<IndexCheck>> indexes_;
  std::unordered_map<Oid, txn::RelationLockMode> locked_;  // tables that foreign keys lead to
};

}  // namespace

void FinishStatement(ExecContext& context) {
  while (context.checks != nullptr) {
    const std::unique_ptr<CheckQueue> queue = std::move(context.checks);
    if (!queue->empty()) Round(context, *queue, /*refresh=*/false).Run();
  }
}

void RunOwedChecks(ExecContext& context, const CheckQueue& owed) {
  Round(context, owed, /*refresh=*/true).Run();
  FinishStatement(context);
}

}  // namespace grizzly::executor
