// When a reader-writer edge makes a dangerous structure, and who fails for it.
#include <algorithm>

#include <fmt/format.h>

#include "txn/serializable/serialization_guard.h"
#include "txn/serializable/serialization_failure.h"

namespace grizzly::txn {
namespace {

// Whether `first` -> pivot -> T2 can be an anomaly when T2 was prepared as number `order`: T2 must be the
// first of the three to commit, and one that only reads must have begun after that.
bool MayComeBefore(const SerializableTransaction& first, CommitOrder order) {
  if (first.doomed || first.commit_order < order) return false;
  return !first.read_only || first.snapshot_order >= order;
}

bool HasOneBefore(const SerializableTransaction& pivot, CommitOrder order) {
  return pivot.follows_old ||
         std::any_of(pivot.in.begin(), pivot.in.end(), [&](const SerializableTransaction* first) {
           return MayComeBefore(*first, order);
         });
}

}  // namespace

bool SerializationGuard::IsBeside(const SerializableTransaction& writer,
                                   const SerializableTransaction& reader) const {
  return writer.committed_sequence > reader.snapshot_sequence;
}

void SerializationGuard::OnWriterFound(SerializableTransaction& reader,
                                        SerializableTransaction& writer) {
  if (!IsBeside(writer, reader)) return;
  if (writer.is_restored && !reader.doomed) ThrowSerializationFailure(kOldPivot);
  // A committed one with nobody behind it that this snapshot sees: any order will do.
  if (reader.read_only && writer.is_committed() && writer.earliest_out > reader.snapshot_order) {
    return;
  }
  AddEdge(reader, writer, reader);
}

void SerializationGuard::AddEdge(SerializableTransaction& reader, SerializableTransaction& writer,
                                  const SerializableTransaction& self) {
  if (&reader == &writer || reader.doomed || writer.doomed) return;
  if (std::find(reader.out.begin(), reader.out.end(), &writer) != reader.out.end()) return;
  RefuseAnomaly(reader, writer, self);
  if (writer.doomed) return;
  if (writer.is_prepared() && writer.prepare_order < reader.commit_order) {
    reader.earliest_out = std::min(reader.earliest_out, writer.prepare_order);
  }
  if (reader.is_old) {
    writer.follows_old = true;
  } else if (!writer.is_old) {
    reader.out.push_back(&writer);
    writer.in.push_back(&reader);
  }
}

// The edge would make the writer or the reader a pivot whose T2 has committed: somebody fails.
void SerializationGuard::RefuseAnomaly(SerializableTransaction& reader,
                                        SerializableTransaction& writer,
                                        const SerializableTransaction& self) {
  const bool writer_is_pivot = writer.earliest_out != kNeverCommitted &&
                               MayComeBefore(reader, writer.earliest_out);
  const bool reader_is_pivot = writer.is_prepared() && !reader.read_only &&
                               HasOneBefore(reader, writer.prepare_order);
  if (!writer_is_pivot && !reader_is_pivot) return;
  if (&self == &writer) ThrowSerializationFailure(kPivotByWrite);
  if (writer.is_old) ThrowSerializationFailure(kOldPivot);
  if (writer.is_prepared()) {
    ThrowSerializationFailure(
        fmt::format("Canceled on conflict out to pivot {}, during read.", writer.number));
  }
  writer.doomed = true;
}

// This one may be the T2 of others: their pivots fail now, while they still can.
void SerializationGuard::Prepare(SerializableTransaction& transaction) {
  std::lock_guard lock(mutex_);
  CheckNotDoomed(transaction, kPivotAtCommit);
  for (SerializableTransaction* pivot : transaction.in) {
    if (pivot->is_committed() || pivot->doomed) continue;
    const bool is_dangerous =
        pivot->follows_old ||
        std::any_of(pivot->in.begin(), pivot->in.end(), [&](const SerializableTransaction* first) {
          return first == &transaction ||
                 (!first->is_committed() && !first->read_only && !first->doomed);
        });
    if (!is_dangerous) continue;
    if (pivot->is_prepared()) ThrowSerializationFailure(kPreparedPivot);
    pivot->doomed = true;
  }
  transaction.prepare_order = ++last_order_;
  for (SerializableTransaction* reader : transaction.in) {
    if (reader->is_committed()) continue;
    reader->earliest_out = std::min(reader->earliest_out, transaction.prepare_order);
  }
}

}  // namespace grizzly::txn
