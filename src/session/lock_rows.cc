// pg_locks, and what pg_stat_activity says of waits.
#include <unordered_map>

#include "facts/types.h"
#include "session/client_session.h"
#include "session/system_rows.h"
#include "txn/lock/lock_manager.h"
#include "txn/serializable/serialization_guard.h"

namespace grizzly::session {
namespace {

using functions::SystemRow;

std::string TimeText(const SystemCall& call, int64_t unix_time_us) {
  constexpr int64_t kUnixToPostgresEpochUs = int64_t{946'684'800} * 1'000'000;
  std::string text;
  types::BuiltinTypeIo(facts::kTimestamptzOid)
      ->Output(types::Datum::Of(unix_time_us - kUnixToPostgresEpochUs),
               call.session.settings().effective().io, text);
  return text;
}

constexpr std::string_view kRelationModes[] = {
    "",          "AccessShareLock",       "RowShareLock",  "RowExclusiveLock",
    "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock",
    "AccessExclusiveLock"};

std::string_view ModeName(const txn::HeldLock& lock) {
  if (lock.tag.kind == txn::LockKind::kRelation) return kRelationModes[lock.mode];
  if (lock.tag.kind == txn::LockKind::kRow) {
    constexpr std::string_view kRowModes[] = {"AccessShareLock", "RowShareLock", "ExclusiveLock",
                                              "AccessExclusiveLock"};
    return kRowModes[lock.mode];
  }
  return lock.mode == 0 ? "ShareLock" : "ExclusiveLock";
}

// Rows of a table are locked by the hash of their key: what the hash says stands where PostgreSQL has
// page and tuple, as classid and objid.
SystemRow HeldLockRow(const SystemCall& call, const txn::HeldLock& lock) {
  const std::string database = std::to_string(lock.tag.tenant.value);
  SystemRow row(16);
  const auto split = [&](std::string_view type, int subid) {
    row[0] = std::string(type);
    row[1] = database;
    row[7] = std::to_string(lock.tag.a >> 32);
    row[8] = std::to_string(lock.tag.a & 0xFFFFFFFF);
    row[9] = std::to_string(subid);
  };
  switch (lock.awaited.value != 0 ? txn::LockKind::kSnapshot : lock.tag.kind) {
    case txn::LockKind::kSnapshot:
      row[0] = "virtualxid";
      row[5] = std::to_string(lock.awaited.value) + "/0";
      break;
    case txn::LockKind::kRelation:
      row[0] = "relation";
      row[1] = database;
      row[2] = std::to_string(lock.tag.a);
      break;
    case txn::LockKind::kTransaction:
      row[0] = "transactionid";
      row[6] = std::to_string(lock.tag.a & 0xFFFFFFFF);
      break;
    case txn::LockKind::kAdvisory: split("advisory", static_cast<int>(lock.tag.b)); break;
    case txn::LockKind::kRow: split("tuple", 0); break;
    case txn::LockKind::kName: split("object", 0); break;
  }
  if (lock.prepared.value != 0) {  // as PostgreSQL has it after a restart: no process
    row[10] = fmt::format("-1/{}", static_cast<uint32_t>(lock.prepared.value));
  } else {
    row[10] = std::to_string(lock.session.value) + "/0";
    row[11] = std::to_string(lock.session.value);
  }
  row[12] = lock.awaited.value != 0 ? "ShareLock" : std::string(ModeName(lock));
  row[13] = lock.granted ? "t" : "f";
  row[14] = "f";
  if (lock.wait_start_us != 0) row[15] = TimeText(call, lock.wait_start_us);
  return row;
}

// ---- what serializable transactions have read ----

// The relations behind key ranges: a table for its rows, the index for its entries.
class StoredRelations {
 public:
  explicit StoredRelations(const catalog::CatalogSnapshot& snapshot) {
    snapshot.ForEachRelation([&](const catalog::RelationPtr& relation) {
      if (!relation->index.has_value()) {
        oids_[Place(relation->storage, IndexId{0})] = relation->oid;
        return;
      }
      const catalog::RelationPtr table = snapshot.FindRelation(relation->index->table);
      if (table == nullptr) return;
      if (relation->index->clustered_by) {
        keys_[table->storage.value] = relation->oid;
      } else {
        oids_[Place(table->storage, relation->index->index_id)] = relation->oid;
      }
    });
  }

  Oid Find(StorageId storage, IndexId index) const {
    const auto found = oids_.find(Place(storage, index));
    if (found != oids_.end()) return found->second;
    return index.value == 0 ? kInvalidOid : Find(storage, IndexId{0});
  }
  // The index in whose order the rows lie; 0: none.
  Oid FindKey(StorageId storage) const {
    const auto found = keys_.find(storage.value);
    return found == keys_.end() ? kInvalidOid : found->second;
  }

 private:
  static uint64_t Place(StorageId storage, IndexId index) {
    return uint64_t{storage.value} << 32 | index.value;
  }

  std::unordered_map<uint64_t, Oid> oids_;
  std::unordered_map<uint32_t, Oid> keys_;
};

// A part of an index is called a page, a row by its key a tuple; their numbers come from the key's hash.
SystemRow ReadRow(const txn::NotedRead& read, std::string_view type, Oid relation) {
  const std::string session = std::to_string(read.session.value);
  SystemRow row(16);
  row[0] = std::string(type);
  row[1] = std::to_string(read.tenant.value);
  if (relation != kInvalidOid) row[2] = std::to_string(relation);
  if (type != "relation") row[3] = std::to_string((read.hash >> 32) & 0x7FFFFFFF);
  if (type == "tuple") row[4] = std::to_string(read.hash & 0x7FFF);
  row[10] = session + "/0";
  if (read.session.value != 0) row[11] = session;  // else of one that has committed
  row[12] = "SIReadLock";
  row[13] = "t";
  row[14] = "f";
  return row;
}

void AddReads(const SystemCall& call, std::vector<SystemRow>* rows) {
  const auto reads = call.session.instance().transactions().serializable().ListReads();
  if (reads.empty()) return;
  const StoredRelations relations(*call.session.Snapshot());
  const uint32_t database = call.session.tenant().database->tenant.value;
  using Extent = txn::NotedRead::Extent;
  for (const txn::NotedRead& read : reads) {
    const bool is_here = read.tenant.value == database;
    const Oid relation = is_here ? relations.Find(read.storage, read.index) : kInvalidOid;
    const Oid key =
        is_here && read.index.value == 0 ? relations.FindKey(read.storage) : kInvalidOid;
    if (read.extent == Extent::kIndex) rows->push_back(ReadRow(read, "relation", relation));
    if (read.extent == Extent::kPart) {
      rows->push_back(ReadRow(read, "page", key == kInvalidOid ? relation : key));
    }
    if (read.extent == Extent::kRow) {
      if (key != kInvalidOid) rows->push_back(ReadRow(read, "page", key));
      rows->push_back(ReadRow(read, "tuple", relation));
    }
  }
}

std::string_view WaitEventName(txn::LockKind kind) {
  switch (kind) {
    case txn::LockKind::kRelation: return "relation";
    case txn::LockKind::kAdvisory: return "advisory";
    case txn::LockKind::kRow:
    case txn::LockKind::kTransaction: return "transactionid";
    case txn::LockKind::kName: return "object";
    case txn::LockKind::kSnapshot: return "virtualxid";
  }
  return "object";
}

// A transaction holds the lock that others wait for to see it end.
void AddTransactions(const SystemCall& call, std::vector<SystemRow>* rows) {
  call.session.instance().ForEachSession([&](ClientSession& session) {
    const std::string state = session.CurrentActivity().state;
    if (state != "active" && state != "idle in transaction") return;
    const std::string id = std::to_string(session.id().value);
    SystemRow row(16);
    row[0] = "virtualxid";
    row[5] = row[10] = id + "/0";
    row[11] = id;
    row[12] = "ExclusiveLock";
    row[13] = row[14] = "t";
    rows->push_back(std::move(row));
  });
}

// A transaction with a number holds it.
void AddTransactionNumbers(const SystemCall& call, std::vector<SystemRow>* rows) {
  call.session.AssignedNumber();  // one that has written has a number
  for (const auto& [number, session] : call.session.instance().running_ids().List()) {
    const auto xid = static_cast<uint32_t>(number);
    SystemRow row(16);
    row[0] = "transactionid";
    row[6] = std::to_string(xid);
    if (session.value == 0) {
      row[10] = fmt::format("-1/{}", xid);
    } else {
      row[10] = std::to_string(session.value) + "/0";
      row[11] = std::to_string(session.value);
    }
    row[12] = "ExclusiveLock";
    row[13] = "t";
    row[14] = "f";
    rows->push_back(std::move(row));
  }
}

}  // namespace

std::vector<SystemRow> LockRows(const SystemCall& call) {
  std::vector<SystemRow> rows;
  for (const txn::HeldLock& lock : call.session.instance().locks().ListAll()) {
    rows.push_back(HeldLockRow(call, lock));
  }
  AddTransactions(call, &rows);
  AddTransactionNumbers(call, &rows);
  AddReads(call, &rows);
  return rows;
}

// Who waits for a row waits, in PostgreSQL's words, for the end of a transaction.
WaitEvents CurrentWaits(DatabaseInstance& instance) {
  WaitEvents waits;
  for (const txn::HeldLock& lock : instance.locks().ListAll()) {
    const bool awaits = lock.awaited.value != 0;
    if (!lock.granted) {
      waits[lock.session] = {
          "Lock", WaitEventName(awaits ? txn::LockKind::kSnapshot : lock.tag.kind)};
    }
  }
  for (const SessionId session : instance.transactions().serializable().WaitingForSafety()) {
    waits[session] = {"IPC", "SafeSnapshot"};
  }
  return waits;
}

}  // namespace grizzly::session
