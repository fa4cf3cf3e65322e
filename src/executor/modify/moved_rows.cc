#include "executor/modify/moved_rows.h"

#include <deque>
#include <mutex>
#include <unordered_map>

#include "storage/key/key_layout.h"

namespace grizzly::executor {
namespace {

struct Move {
  std::string to;
  uint64_t timestamp;
};

class Moves {
 public:
  void Add(std::string from, std::string to, uint64_t timestamp) {
    std::lock_guard lock(mutex_);
    by_age_.emplace_back(from, timestamp);
    by_key_[std::move(from)] = {std::move(to), timestamp};
    if (by_age_.size() <= kMovesKept) return;
    const auto oldest = by_key_.find(by_age_.front().first);
    const bool is_same = oldest != by_key_.end() &&
                         oldest->second.timestamp == by_age_.front().second;
    if (is_same) by_key_.erase(oldest);
    by_age_.pop_front();
  }

  std::optional<std::string> Find(const std::string& from, uint64_t seen) {
    std::lock_guard lock(mutex_);
    const auto found = by_key_.find(from);
    // An own version (0) is nobody else's to move.
    if (found == by_key_.end() || seen == 0 || found->second.timestamp <= seen) return std::nullopt;
    return found->second.to;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Move> by_key_;              // guarded by mutex_
  std::deque<std::pair<std::string, uint64_t>> by_age_;       // guarded by mutex_
};

Moves& AllMoves() {
  static Moves moves;
  return moves;
}

// Several stores in one process may have the same keys.
std::string KeyIn(const txn::TransactionManager& store, std::string_view key) {
  const auto* address = &store;
  std::string name(reinterpret_cast<const char*>(&address), sizeof(address));
  name.append(key);
  return name;
}

}  // namespace

void NoteMoveAtCommit(txn::Transaction& transaction, const txn::TransactionManager& store,
                      std::string from, std::string to) {
  transaction.OnCommit([name = KeyIn(store, from), to = std::move(to)](CommitTimestamp timestamp) {
    AllMoves().Add(name, to, timestamp.value);
  });
}

std::optional<std::string> FindMove(const txn::TransactionManager& store, std::string_view from,
                                    uint64_t seen) {
  return AllMoves().Find(KeyIn(store, from), seen);
}

void FollowMoves(ExecContext& context, RowAccess& rows, txn::RowLockMode mode, uint64_t seen,
                 std::string* key, FoundRow* found) {
  while (!found->found()) {
    const auto moved = FindMove(*context.transactions, *key, seen);
    if (!moved.has_value()) return;
    if (moved->compare(0, storage::kKeyHeadBytes, *key, 0, storage::kKeyHeadBytes) != 0) {
      throw SqlError(SqlState::kTRSerializationFailure,
                     context.transaction.RefusesStaleRows()
                         ? "could not serialize access due to concurrent update"
                         : "tuple to be locked was already moved to another partition due to "
                           "concurrent update");
    }
    *key = *moved;
    context.transaction.LockRow(*key, mode);
    rows.GetLatest(*key, found);
  }
}

}  // namespace grizzly::executor
