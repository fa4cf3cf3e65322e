#include "session/running_ids.h"

#include <algorithm>

namespace grizzly::session {

TransactionId RunningIds::IdOf(txn::Transaction& transaction, SessionId session) {
  std::lock_guard lock(mutex_);
  const TransactionId id = transaction.id();
  if (ids_.try_emplace(id.value, session).second) ++count_;
  return id;
}

void RunningIds::Add(TransactionId id) {
  std::lock_guard lock(mutex_);
  if (ids_.insert_or_assign(id.value, SessionId{0}).second) ++count_;
}

void RunningIds::End(TransactionId id, bool committed) {
  std::lock_guard lock(mutex_);
  if (ids_.erase(id.value) == 0) return;
  committed_[id.value] = committed;
  if (committed_.size() > kOutcomesMax) committed_.erase(committed_.begin());
  --count_;
  last_ended_ = std::max(last_ended_.load(), id.value);
}

TransactionOutcome RunningIds::OutcomeOf(TransactionId id) const {
  std::lock_guard lock(mutex_);
  if (ids_.count(id.value) > 0) return TransactionOutcome::kRunning;
  const auto ended = committed_.find(id.value);
  if (ended == committed_.end()) return TransactionOutcome::kForgotten;
  return ended->second ? TransactionOutcome::kCommitted : TransactionOutcome::kAborted;
}

void RunningIds::Look(VisibleIds* ids) const {
  ids->next = last_ended_.load() + 1;
  ids->running.clear();
  if (count_.load() == 0) return;  // read after last_ended_: who is below it and running is counted
  std::lock_guard lock(mutex_);
  for (auto at = ids_.begin(); at != ids_.lower_bound(ids->next); ++at) ids->running.push_back(at->first);
}

std::vector<std::pair<uint64_t, SessionId>> RunningIds::List() const {
  std::lock_guard lock(mutex_);
  return {ids_.begin(), ids_.end()};
}

}  // namespace grizzly::session
