#include "catalog/sequence.h"

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "catalog/record.h"
#include "txn/transaction.h"

namespace grizzly::catalog {
namespace {

constexpr uint8_t kSequenceFormatVersion = 1;
constexpr size_t kStateBytes = txn::kRowTimestampBytes + 2 + sizeof(int64_t);

std::string StateKey(const Relation& sequence) {
  return StoragePrefix(sequence.tenant, sequence.storage) + std::string(4, '\0');
}

[[noreturn]] void ThrowLimitReached(const Relation& sequence, bool ascending) {
  const SequenceDefinition& definition = *sequence.sequence;
  throw SqlError(SqlState::kSequenceGeneratorLimitExceeded,
                 fmt::format("nextval: reached {} value of sequence \"{}\" ({})",
                             ascending ? "maximum" : "minimum", sequence.name,
                             ascending ? definition.maximum : definition.minimum));
}

// The value behind `value`, or nothing when that would pass the limit.
std::optional<int64_t> Successor(const SequenceDefinition& definition, int64_t value) {
  int64_t next;
  const bool overflow = __builtin_add_overflow(value, definition.increment, &next);
  if (definition.increment > 0) {
    if (overflow || next > definition.maximum || value > definition.maximum) return std::nullopt;
  } else {
    if (overflow || next < definition.minimum || value < definition.minimum) return std::nullopt;
  }
  return next;
}

}  // namespace

struct Sequences::Entry {
  std::string key;
  std::mutex mutex;
  bool loaded = false;
  int64_t last_value = 0;   // given out last (or to be given out first)
  bool is_called = false;
  int64_t log_count = 0;    // values that may go out before the record must move
};

Sequences::Sequences(storage::Store& store) : store_(store) {}

Sequences::~Sequences() {
  try {
    Flush();
  } catch (const SqlError&) {
    // The store takes no more writes: the values logged ahead are skipped instead.
  }
}

std::shared_ptr<Sequences::Entry> Sequences::Open(const Relation& sequence) {
  GRIZZLY_CHECK(sequence.sequence.has_value());
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = entries_[EntryNumber(sequence.tenant, sequence.storage)];
    if (slot == nullptr) slot = std::make_shared<Entry>();
    entry = slot;
  }
  const std::lock_guard lock(entry->mutex);
  if (entry->loaded) return entry;
  entry->key = StateKey(sequence);
  storage::PinnedValue stored;
  if (store_.Get(nullptr, entry->key, &stored)) {
    const std::string_view bytes = stored.view();
    if (bytes.size() != kStateBytes || bytes[txn::kRowTimestampBytes] != kSequenceFormatVersion) {
      throw SqlError(SqlState::kDataCorrupted,
                     fmt::format("the state of sequence \"{}\" is damaged", sequence.name));
    }
    entry->is_called = bytes[txn::kRowTimestampBytes + 1] != 0;
    std::memcpy(&entry->last_value, bytes.data() + txn::kRowTimestampBytes + 2, sizeof(int64_t));
  } else {
    entry->last_value = sequence.sequence->start;
  }
  entry->loaded = true;
  return entry;
}

void Sequences::Write(const Entry& entry, int64_t last_value, bool is_called) {
  std::string value(kStateBytes, '\0');
  value[txn::kRowTimestampBytes] = static_cast<char>(kSequenceFormatVersion);
  value[txn::kRowTimestampBytes + 1] = is_called ? 1 : 0;
  std::memcpy(value.data() + txn::kRowTimestampBytes + 2, &last_value, sizeof(last_value));
  const auto batch = store_.NewBatch();
  batch->Put(entry.key, value);
  store_.Write(*batch, storage::SyncMode::kNone);
}

SequenceValues Sequences::Next(const Relation& sequence) {
  const SequenceDefinition& definition = *sequence.sequence;
  const bool ascending = definition.increment > 0;
  const std::shared_ptr<Entry> entry = Open(sequence);
  const std::lock_guard lock(entry->mutex);
  SequenceValues values;
  int64_t last = entry->last_value;
  if (!entry->is_called) {
    values.first = last;
  } else if (const auto next = Successor(definition, last); next.has_value()) {
    values.first = *next;
  } else if (definition.cycle) {
    values.first = ascending ? definition.minimum : definition.maximum;
  } else {
    ThrowLimitReached(sequence, ascending);
  }
  last = values.first;
  int64_t taken = 1;
  for (; taken < definition.cache; ++taken) {
    const auto next = Successor(definition, last);
    if (!next.has_value()) break;
    last = *next;
  }
  values.last = last;
  if (entry->log_count < taken) {
    // As far ahead as the limits go; behind a cycle the record simply starts over.
    int64_t logged = last;
    int64_t ahead = 0;
    for (; ahead < kValuesLogged; ++ahead) {
      const auto next = Successor(definition, logged);
      if (!next.has_value()) break;
      logged = *next;
    }
    Write(*entry, logged, /*is_called=*/true);
    entry->log_count = ahead;
    values.logged = true;
  } else {
    entry->log_count -= taken;
  }
  entry->last_value = last;
  entry->is_called = true;
  return values;
}

void Sequences::Set(const Relation& sequence, int64_t value, bool is_called) {
  const SequenceDefinition& definition = *sequence.sequence;
  if (value < definition.minimum || value > definition.maximum) {
    throw SqlError(SqlState::kNumericValueOutOfRange,
                   fmt::format("setval: value {} is out of bounds for sequence \"{}\" ({}..{})",
                               value, sequence.name, definition.minimum, definition.maximum));
  }
  const std::shared_ptr<Entry> entry = Open(sequence);
  const std::lock_guard lock(entry->mutex);
  Write(*entry, value, is_called);
  entry->last_value = value;
  entry->is_called = is_called;
  entry->log_count = 0;
}

SequenceState Sequences::Read(const Relation& sequence) {
  const std::shared_ptr<Entry> entry = Open(sequence);
  const std::lock_guard lock(entry->mutex);
  return {entry->last_value, entry->log_count, entry->is_called};
}

void Sequences::Copy(const Relation& from, const Relation& to) {
  const SequenceState state = Read(from);
  const std::shared_ptr<Entry> entry = Open(to);
  const std::lock_guard lock(entry->mutex);
  Write(*entry, state.last_value, state.is_called);
  entry->last_value = state.last_value;
  entry->is_called = state.is_called;
  entry->log_count = 0;
}

uint64_t Sequences::EntryNumber(TenantId tenant, StorageId storage) {
  return static_cast<uint64_t>(tenant.value) << 32 | storage.value;
}

void Sequences::Forget(TenantId tenant, StorageId storage) {
  const std::lock_guard lock(mutex_);
  entries_.erase(EntryNumber(tenant, storage));
}

void Sequences::ForgetTenant(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.first >> 32 == tenant.value; });
}

void Sequences::Flush() {
  std::unordered_map<uint64_t, std::shared_ptr<Entry>> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = entries_;
  }
  for (const auto& [id, entry] : entries) {
    const std::lock_guard lock(entry->mutex);
    if (entry->loaded && entry->log_count > 0) {
      Write(*entry, entry->last_value, entry->is_called);
      entry->log_count = 0;
    }
  }
}

}  // namespace grizzly::catalog
