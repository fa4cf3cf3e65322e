// What the store keeps of a prepared transaction: a header, and its writes under keys of their own.
//
// FORMAT   header, version 1, little-endian:
//          version u8, flags u8 (1 changes the catalog, 2 changes the server's namespace), prepared_us i64,
//          owner u32, database u32, tenant u32, name, written_bytes u64,
//          ranges dropped at commit: count u32, (from, to)*; at rollback: likewise,
//          locks: count u32, (kind u8, tenant u32, a u64, b u64, mode u8)*; folded locks: count u64, u64*
//          A string is its length u32 and its bytes. Locks name rows by storage::HashKey: when that
//          changes, so does the version.
// ERRORS   XX001 when a header cannot be read
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kv/store.h"
#include "txn/lock/lock_manager.h"
#include "txn/prepared_transactions.h"
#include "txn/store_change.h"

namespace grizzly::txn {

// Of tenant 0; no relation has it.
inline constexpr StorageId kPreparedStorage{UINT32_MAX - 1};

struct PreparedHeader {
  PreparedTransaction description;
  uint64_t written_bytes = 0;
  std::vector<KeyRange> commit_drops;
  std::vector<KeyRange> rollback_drops;
  LockImage locks;
};

std::string EncodeHeader(const PreparedHeader& header);
PreparedHeader DecodeHeader(TransactionId id, std::string_view bytes);

// All headers, and one of them.
KeyRange HeaderRange();
std::string HeaderKey(TransactionId id);
TransactionId IdOfHeaderKey(std::string_view key);
// The writes of one.
KeyRange WriteRangeOf(TransactionId id);

// The header, then the writes, as what is put into the store.
std::unique_ptr<WriteCursor> RecordToStore(const PreparedHeader& header,
                                           std::unique_ptr<WriteCursor> writes);
// The writes of a record, as they were.
std::unique_ptr<WriteCursor> WritesOfRecord(storage::Store& store, TransactionId id);

}  // namespace grizzly::txn
