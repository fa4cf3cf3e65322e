// What the store keeps of a prepared transaction: a header, and its writes under keys of their own.
//
// FORMAT   header, version 2, little-endian:
//          version u8, flags u8 (1 changes the catalog, 2 changes the server's namespace, 4 serializable and noted,
//          8 that one read only), prepared_us i64,
//          owner u32, database u32, tenant u32, name, written_bytes u64,
//          ranges dropped at commit: count u32, (from, to)*; at rollback: likewise,
//          locks: count u32, (kind u8, tenant u32, a u64, b u64, mode u8)*; folded locks: count u64, u64*,
//          with flag 4: reads: count u32, (head, whole u8, prefixes: count u32, (hash u64, bytes u32, is_row u8)*,
//          ranges: count u32, (from, to)*)*; written keys: count u32, key*; written heads: likewise
//          Version 1 ends before flag 4's part, and has no such flag.
//          A string is its length u32 and its bytes. Locks name rows by storage::HashKey: when that
//          changes, so does the version.
// ERRORS   XX001 when a header cannot be read
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kv/store.h"
#include "txn/lock/lock_manager.h"
#include "txn/prepared_transactions.h"
#include "txn/serializable/serializable_image.h"
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
  std::optional<SerializableImage> noted;  // of a serializable one
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
