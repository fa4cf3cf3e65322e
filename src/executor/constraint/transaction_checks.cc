#include "executor/constraint/transaction_checks.h"

namespace grizzly::executor {
namespace {

bool IsInitiallyDeferred(const CheckRule& rule) {
  return rule.foreign_key ? rule.foreign_key->initially_deferred : rule.index->initially_deferred;
}

}  // namespace

bool TransactionChecks::IsDeferred(Oid constraint, bool deferrable,
                                   bool initially_deferred) const {
  if (!deferrable) return false;
  const auto own = modes_.each.find(constraint);
  if (own != modes_.each.end()) return own->second;
  return modes_.all.value_or(initially_deferred);
}

void TransactionChecks::SetAll(bool deferred) {
  modes_.each.clear();
  modes_.all = deferred;
}

void TransactionChecks::Set(Oid constraint, bool deferred) { modes_.each[constraint] = deferred; }

CheckQueue& TransactionChecks::owed() {
  if (owed_ == nullptr) owed_ = std::make_unique<CheckQueue>(memory_);
  return *owed_;
}

bool TransactionChecks::OwesFor(Oid table) const {
  if (owed_ == nullptr) return false;
  for (const Check& check : owed_->checks()) {
    if (owed_->RuleOf(check).TableOf(check.kind) == table) return true;
  }
  return false;
}

std::unique_ptr<CheckQueue> TransactionChecks::Take(bool only_immediate, bool keep) {
  if (owed_ == nullptr || owed_->empty()) return nullptr;
  if (!only_immediate && !keep) return std::move(owed_);
  auto taken = std::make_unique<CheckQueue>(memory_);
  auto rest = std::make_unique<CheckQueue>(memory_);
  for (const Check& check : owed_->checks()) {
    const CheckRule& rule = owed_->RuleOf(check);
    const bool stays =
        only_immediate && IsDeferred(rule.constraint(), true, IsInitiallyDeferred(rule));
    (stays ? *rest : *taken).Add(check.kind, rule, check.subject, check.other);
  }
  if (!keep) owed_ = std::move(rest);
  return taken;
}

void TransactionChecks::UndoTo(const Position& position) {
  modes_ = position.modes;
  if (owed_ != nullptr) owed_->CutTo(position.owed);
}

void TransactionChecks::Clear() {
  modes_ = {};
  owed_.reset();
}

}  // namespace grizzly::executor
