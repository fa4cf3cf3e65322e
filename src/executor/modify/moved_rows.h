// Rows whose key an UPDATE changed: where they lie now, for statements that still see them, or waited
// for them, under the old one.
//
// A row is stored under its key, so a changed key is a deletion and an insertion; this is what keeps
// them one row for READ COMMITTED's second look (PostgreSQL follows the chain of versions). Only moves
// since the reader's version count, and the last kMovesKept of the process are kept: a statement that
// meets an older one takes the row for deleted.
//
// A row that went to another partition is not followed.
//
// ERRORS   40001 tuple to be locked was already moved to another partition due to concurrent update
// THREADS  any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "executor/columnar/row_access.h"
#include "txn/transaction.h"

namespace grizzly::executor {

inline constexpr size_t kMovesKept = 16'384;

// Remembers the move once the transaction commits.
void NoteMoveAtCommit(txn::Transaction& transaction, const txn::TransactionManager& store,
                      std::string from, std::string to);
// Where the row of `from`, last seen as of `seen`, went; none: it was not moved since.
std::optional<std::string> FindMove(const txn::TransactionManager& store, std::string_view from,
                                    uint64_t seen);

// The row at *key, locked, is gone, which `found` says: goes on to where it was moved since `seen`, if it
// was, and locks it there.
void FollowMoves(ExecContext& context, RowAccess& rows, txn::RowLockMode mode, uint64_t seen,
                 std::string* key, FoundRow* found);

}  // namespace grizzly::executor
