// Snapshots of READ ONLY transactions that no writer beside them can make wrong.
#include <algorithm>
#include <utility>

#include "base/blocking/blocking_section.h"
#include "txn/serializable/serialization_guard.h"

namespace grizzly::txn {

void SerializationGuard::WatchWriters(SerializableTransaction& reader) {
  for (const auto& other : active_) {
    if (other->read_only || other->doomed) continue;
    reader.undecided.push_back(other.get());
    other->watchers.push_back(&reader);
  }
}

void SerializationGuard::StopWatching(SerializableTransaction& reader) {
  for (SerializableTransaction* writer : reader.undecided) std::erase(writer->watchers, &reader);
  reader.undecided.clear();
}

// The writer has ended. It makes a snapshot unsafe by having written, with one behind it that had
// committed before the snapshot was taken.
void SerializationGuard::DecideWatchers(SerializableTransaction& writer) {
  for (SerializableTransaction* reader : std::exchange(writer.watchers, {})) {
    std::erase(reader->undecided, &writer);
    if (writer.wrote && writer.earliest_out <= reader->snapshot_order) {
      reader->safety = SnapshotSafety::kUnsafe;
      StopWatching(*reader);
    } else if (reader->undecided.empty()) {
      BecomeSafe(*reader);
    }
  }
  safety_decided_.notify_all();
}

void SerializationGuard::BecomeSafe(SerializableTransaction& reader) {
  DropEdges(reader);
  reads_.Remove(reader);
  reader.doomed = false;
  reader.safety.store(SnapshotSafety::kSafe, std::memory_order_release);
}

SerializationGuard::Start SerializationGuard::BeginDeferred(SessionId session,
                                                              CancelToken& cancel) {
  for (;;) {
    Start start = Begin(session, /*read_only=*/true);
    if (start.transaction == nullptr) return start;
    SnapshotSafety safety;
    try {
      safety = AwaitSafety(*start.transaction, cancel);
    } catch (...) {
      RolledBack(*start.transaction);
      throw;
    }
    if (safety == SnapshotSafety::kSafe) {
      RolledBack(*start.transaction);
      start.transaction = nullptr;
      return start;
    }
    RolledBack(*start.transaction);
  }
}

SnapshotSafety SerializationGuard::AwaitSafety(SerializableTransaction& reader,
                                                CancelToken& cancel) {
  BlockingSection blocking;
  CancelToken::WakeScope wake(cancel, [this] {
    std::lock_guard lock(mutex_);
    safety_decided_.notify_all();
  });
  std::unique_lock lock(mutex_);
  reader.waits_for_safety = true;
  safety_decided_.wait(lock, [&] {
    return reader.safety != SnapshotSafety::kUnknown || cancel.is_canceled();
  });
  reader.waits_for_safety = false;
  const SnapshotSafety safety = reader.safety;
  lock.unlock();
  if (safety == SnapshotSafety::kUnknown) cancel.Check();
  return safety;
}

std::vector<SessionId> SerializationGuard::WaitingForSafety() const {
  std::vector<SessionId> waiting;
  std::lock_guard lock(mutex_);
  for (const auto& reader : active_) {
    if (reader->waits_for_safety) waiting.push_back(reader->session);
  }
  return waiting;
}

std::vector<SessionId> SerializationGuard::SafetyBlockers(SessionId session) const {
  std::vector<SessionId> blockers;
  std::lock_guard lock(mutex_);
  for (const auto& reader : active_) {
    if (reader->session != session || !reader->waits_for_safety) continue;
    for (const SerializableTransaction* writer : reader->undecided) {
      blockers.push_back(writer->session);
    }
  }
  return blockers;
}

}  // namespace grizzly::txn
