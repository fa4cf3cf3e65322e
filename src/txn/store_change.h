// What a commit, a prepare or the end of a prepared transaction does to the store, in one atomic step: as one
// batch in the log, or, when it is too big for one, as sorted files that are ingested.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "storage/kv/store.h"
#include "txn/write_cursor.h"

namespace grizzly::txn {

struct KeyRange {
  std::string from;
  std::string to;
};

struct StoreChange {
  WriteCursor& writes;                     // forward; used up
  std::vector<KeyRange> drops;             // empty afterwards, whatever `writes` has in them
  std::optional<CommitTimestamp> stamp;    // for the first bytes of each value
};

// Adds the change to a batch.
void GatherChange(StoreChange& change, storage::StoreBatch& batch);

// On disk when it returns; a throw leaves the store as it was. The token is asked until the files are whole.
void ApplyInFiles(storage::Store& store, StoreChange change, const CancelToken& cancel);

// Frees the space of ranges that are deleted already.
void Reclaim(storage::Store& store, const std::vector<KeyRange>& ranges) noexcept;
// Removes what was put into the store past the write set. If the store has failed it stays, and nobody finds it.
void DropWritten(storage::Store& store, const std::vector<KeyRange>& ranges) noexcept;

}  // namespace grizzly::txn
