#include "txn/serializable/serialization_guard.h"

#include <algorithm>

#include "base/error/check.h"
#include "storage/key/ordered_key.h"
#include "txn/serializable/key_head.h"
#include "txn/serializable/serialization_failure.h"

namespace grizzly::txn {

SerializationGuard::SerializationGuard(storage::Store& store, SnapshotSource take_snapshot,
                                         const SerializableLimits& limits)
    : store_(store),
      take_snapshot_(std::move(take_snapshot)),
      limits_(limits),
      reads_(limits.reads_per_index_max, limits.reads_max),
      writes_(limits.writes_per_index_max) {
  old_.is_old = true;
}

SerializationGuard::~SerializationGuard() = default;

SerializationGuard::Start SerializationGuard::Begin(SessionId session, bool read_only) {
  auto record = std::make_unique<SerializableTransaction>();
  SerializableTransaction& transaction = *record;
  transaction.session = session;
  transaction.read_only = read_only;
  std::lock_guard lock(mutex_);
  Start start{take_snapshot_(), nullptr};
  transaction.number = ++last_number_;
  transaction.snapshot_sequence = start.snapshot->sequence();
  transaction.snapshot_order = last_order_;
  if (read_only) {
    WatchWriters(transaction);
    if (transaction.undecided.empty()) return start;
  }
  transaction.place = active_.insert(active_.end(), std::move(record));
  start.transaction = &transaction;
  return start;
}

void SerializationGuard::CheckNotDoomed(const SerializableTransaction& transaction,
                                         const char* during) const {
  if (transaction.doomed) [[unlikely]] ThrowSerializationFailure(during);
}

void SerializationGuard::NoteRead(SerializableTransaction& reader, std::string_view key) {
  if (reader.safety.load(std::memory_order_acquire) == SnapshotSafety::kSafe) return;
  std::lock_guard lock(mutex_);
  CheckNotDoomed(reader, kPivotWhileReading);
  reads_.AddKey(reader, key);
  writes_.ForEachWriterOf(key, [&](SerializableTransaction& w) { OnWriterFound(reader, w); });
}

void SerializationGuard::NoteRangeRead(SerializableTransaction& reader, std::string_view from,
                                        std::string_view to) {
  if (reader.safety.load(std::memory_order_acquire) == SnapshotSafety::kSafe) return;
  std::lock_guard lock(mutex_);
  CheckNotDoomed(reader, kPivotWhileReading);
  reads_.AddRange(reader, from, to);
  writes_.ForEachWriterIn(from, to, [&](SerializableTransaction& w) { OnWriterFound(reader, w); });
}

void SerializationGuard::NoteWrite(SerializableTransaction& writer, std::string_view key) {
  std::lock_guard lock(mutex_);
  CheckNotDoomed(writer, kPivotWhileWriting);
  writer.wrote = true;
  writes_.AddKey(writer, key);
  reads_.ForEachReader(key, [&](SerializableTransaction& reader) {
    if (reader.commit_order > writer.snapshot_order) AddEdge(reader, writer, writer);
  });
}

void SerializationGuard::NoteDrop(SerializableTransaction& writer, std::string_view head) {
  std::lock_guard lock(mutex_);
  CheckNotDoomed(writer, kPivotWhileWriting);
  writer.wrote = true;
  writes_.AddWhole(writer, head);
  const auto visit = [&](SerializableTransaction& reader) {
    if (reader.commit_order <= writer.snapshot_order || &reader == &writer) return;
    if (ReadRegistry::HasReadIn(reader, head)) AddEdge(reader, writer, writer);
  };
  for (const auto& reader : active_) visit(*reader);
  for (const auto& reader : committed_) visit(*reader);
  visit(old_);
}

size_t SerializationGuard::WritePosition(const SerializableTransaction& writer) const {
  std::lock_guard lock(mutex_);
  return writer.written_keys.size();
}

void SerializationGuard::UndoWritesTo(SerializableTransaction& writer, size_t position) {
  std::lock_guard lock(mutex_);
  writes_.UndoTo(writer, position);
}

// ---- the end ----

void SerializationGuard::Committed(SerializableTransaction& transaction) {
  std::lock_guard lock(mutex_);
  GRIZZLY_CHECK(transaction.is_prepared());
  transaction.commit_order = ++last_order_;
  transaction.committed_sequence = store_.LatestSequence();
  if (!transaction.wrote) transaction.read_only = true;
  StopWatching(transaction);
  DecideWatchers(transaction);
  if (transaction.safety == SnapshotSafety::kSafe) {
    active_.erase(transaction.place);
  } else {
    committed_.splice(committed_.end(), active_, transaction.place);
  }
  ForgetCommitted();
  while (committed_.size() > limits_.committed_max) SummarizeOldest();
}

void SerializationGuard::RolledBack(SerializableTransaction& transaction) {
  std::lock_guard lock(mutex_);
  transaction.wrote = false;
  StopWatching(transaction);
  DecideWatchers(transaction);
  DropEdges(transaction);
  reads_.Remove(transaction);
  writes_.Remove(transaction);
  active_.erase(transaction.place);
  ForgetCommitted();
}

void SerializationGuard::DropEdges(SerializableTransaction& transaction) {
  for (SerializableTransaction* reader : transaction.in) std::erase(reader->out, &transaction);
  for (SerializableTransaction* writer : transaction.out) std::erase(writer->in, &transaction);
  transaction.in.clear();
  transaction.out.clear();
}

// Those that committed before everyone who runs began matter no more; their reads not even to those
// who will not write.
void SerializationGuard::ForgetCommitted() {
  CommitOrder oldest = kNeverCommitted;
  bool any_writer = false;
  for (const auto& running : active_) {
    if (running->safety == SnapshotSafety::kSafe) continue;
    oldest = std::min(oldest, running->snapshot_order);
    any_writer |= !running->read_only;
  }
  while (!committed_.empty() && committed_.front()->commit_order <= oldest) {
    SerializableTransaction& gone = *committed_.front();
    DropEdges(gone);
    reads_.Remove(gone);
    writes_.Remove(gone);
    committed_.pop_front();
  }
  if (!any_writer) {
    for (const auto& committed : committed_) reads_.Remove(*committed);
    reads_.Remove(old_);
  }
  if (old_.is_committed() && old_.commit_order <= oldest) {
    reads_.Remove(old_);
    writes_.Remove(old_);
    old_.prepare_order = old_.commit_order = old_.earliest_out = kNeverCommitted;
    old_.committed_sequence = 0;
  }
}

void SerializationGuard::SummarizeOldest() {
  SerializableTransaction& oldest = *committed_.front();
  reads_.Move(oldest, old_);
  writes_.Move(oldest, old_);
  for (SerializableTransaction* writer : oldest.out) writer->follows_old = true;
  DropEdges(oldest);
  if (!old_.is_committed()) old_.committed_sequence = 0;
  old_.prepare_order = std::min(old_.prepare_order, oldest.prepare_order);
  old_.earliest_out = std::min(old_.earliest_out, oldest.earliest_out);
  old_.commit_order = oldest.commit_order;  // they come in order
  old_.committed_sequence = std::max(old_.committed_sequence, oldest.committed_sequence);
  committed_.pop_front();
}

// ---- over a restart ----

SerializableImage SerializationGuard::LeaveSession(SerializableTransaction& transaction) {
  std::lock_guard lock(mutex_);
  transaction.session = SessionId();
  SerializableImage image;
  image.read_only = transaction.read_only;
  image.reads = reads_.ImageOf(transaction);
  for (const WriterMap::iterator& at : transaction.written_keys) {
    image.written_keys.push_back(at->first);
  }
  image.written_heads = transaction.written_prefixes;
  return image;
}

SerializableTransaction& SerializationGuard::Restore(const SerializableImage& image) {
  std::lock_guard lock(mutex_);
  // Two of them may have been beside each other, and an edge between them is not known either.
  for (const auto& other : active_) other->follows_old = true;
  auto record = std::make_unique<SerializableTransaction>();
  SerializableTransaction& transaction = *record;
  transaction.number = ++last_number_;
  transaction.is_restored = true;
  transaction.read_only = image.read_only;
  transaction.follows_old = !active_.empty();
  transaction.snapshot_sequence = store_.LatestSequence();
  transaction.snapshot_order = last_order_;
  transaction.prepare_order = transaction.earliest_out = ++last_order_;
  transaction.place = active_.insert(active_.end(), std::move(record));
  reads_.Restore(transaction, image.reads);
  for (const std::string& key : image.written_keys) writes_.AddKey(transaction, key);
  for (const std::string& head : image.written_heads) writes_.AddWhole(transaction, head);
  transaction.wrote = !image.written_keys.empty() || !image.written_heads.empty();
  return transaction;
}

// ---- relations that move, and looking ----

void SerializationGuard::MoveReads(std::string_view old_head, std::string_view new_head) {
  std::lock_guard lock(mutex_);
  const auto move = [&](SerializableTransaction& reader) {
    if (ReadRegistry::HasReadIn(reader, old_head)) reads_.AddWhole(reader, new_head);
  };
  for (const auto& reader : active_) move(*reader);
  for (const auto& reader : committed_) move(*reader);
  move(old_);
}

std::vector<NotedRead> SerializationGuard::ListReads() const {
  std::vector<NotedRead> list;
  std::lock_guard lock(mutex_);
  const auto add = [&](const SerializableTransaction& reader) {
    for (const auto& [head, reads] : reader.reads) {
      NotedRead read;
      read.session = reader.session;
      read.tenant = TenantId(storage::ReadBigEndian<uint32_t>(head.data()));
      read.storage = StorageId(storage::ReadBigEndian<uint32_t>(head.data() + sizeof(uint32_t)));
      if (head.size() >= kKeyHeadBytes) {
        read.index = IndexId(storage::ReadBigEndian<uint32_t>(head.data() + kStorageHeadBytes));
      }
      read.extent = NotedRead::Extent::kIndex;
      if (reads.whole) {
        list.push_back(read);
        continue;
      }
      read.extent = NotedRead::Extent::kPart;
      for (uint32_t i = 0; i < reads.range_count; ++i) list.push_back(read);
      for (const IndexReads::Prefix& prefix : reads.prefixes) {
        read.extent = prefix.is_row ? NotedRead::Extent::kRow : NotedRead::Extent::kPart;
        read.hash = prefix.hash;
        list.push_back(read);
      }
    }
  };
  for (const auto& reader : active_) add(*reader);
  for (const auto& reader : committed_) add(*reader);
  add(old_);
  return list;
}

size_t SerializationGuard::remembered_count() const {
  std::lock_guard lock(mutex_);
  return committed_.size();
}

}  // namespace grizzly::txn
