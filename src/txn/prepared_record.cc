#include "txn/prepared_record.h"

#include <cstring>

#include "base/error/sql_error.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"

namespace grizzly::txn {
namespace {

constexpr uint8_t kHeaderVersion = 2;
constexpr uint8_t kHeaderVersionMin = 1;
constexpr uint8_t kChangesCatalog = 1;
constexpr uint8_t kChangesServer = 2;
constexpr uint8_t kNoted = 4;
constexpr uint8_t kNotedReadOnly = 8;
constexpr char kPutMark = 'P';
constexpr char kDeleteMark = 'D';
constexpr IndexId kHeaders{0};
constexpr IndexId kWrites{1};

std::string HeadOf(IndexId index) {
  std::string head;
  storage::AppendKeyHead(&head, kServerTenant, kPreparedStorage, index);
  return head;
}

std::string KeyOf(IndexId index, TransactionId id) {
  std::string key = HeadOf(index);
  storage::AppendBigEndian(&key, id.value);
  return key;
}

// ---- header bytes ----

class HeaderWriter {
 public:
  template <typename Integer>
  void Number(Integer number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  void Text(std::string_view text) {
    Number(static_cast<uint32_t>(text.size()));
    bytes_.append(text);
  }
  void Ranges(const std::vector<KeyRange>& ranges) {
    Number(static_cast<uint32_t>(ranges.size()));
    for (const KeyRange& range : ranges) {
      Text(range.from);
      Text(range.to);
    }
  }
  void Texts(const std::vector<std::string>& texts) {
    Number(static_cast<uint32_t>(texts.size()));
    for (const std::string& text : texts) Text(text);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number Take() {
    Number number;
    std::memcpy(&number, Bytes(sizeof(number)).data(), sizeof(number));
    return number;
  }
  std::string_view Text() { return Bytes(Take<uint32_t>()); }
  std::vector<KeyRange> Ranges() {
    std::vector<KeyRange> ranges;
    for (uint32_t count = Take<uint32_t>(); count > 0; --count) {
      std::string from(Text());
      ranges.push_back({std::move(from), std::string(Text())});
    }
    return ranges;
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (uint32_t count = Take<uint32_t>(); count > 0; --count) texts.emplace_back(Text());
    return texts;
  }

 private:
  std::string_view Bytes(size_t count) {
    if (bytes_.size() < count) {
      throw SqlError(SqlState::kDataCorrupted, "the record of a prepared transaction is damaged");
    }
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string_view bytes_;
};

void WriteLocks(const LockImage& locks, HeaderWriter& out) {
  out.Number(static_cast<uint32_t>(locks.locks.size()));
  for (const LockImage::Lock& lock : locks.locks) {
    out.Number(static_cast<uint8_t>(lock.tag.kind));
    out.Number(lock.tag.tenant.value);
    out.Number(lock.tag.a);
    out.Number(lock.tag.b);
    out.Number(lock.mode);
  }
  out.Number(static_cast<uint64_t>(locks.folded.size()));
  for (const uint64_t lock : locks.folded) out.Number(lock);
}

LockImage ReadLocks(HeaderReader& in) {
  LockImage locks;
  for (uint32_t count = in.Take<uint32_t>(); count > 0; --count) {
    LockImage::Lock lock;
    lock.tag.kind = static_cast<LockKind>(in.Take<uint8_t>());
    lock.tag.tenant = TenantId(in.Take<uint32_t>());
    lock.tag.a = in.Take<uint64_t>();
    lock.tag.b = in.Take<uint64_t>();
    lock.mode = in.Take<uint8_t>();
    locks.locks.push_back(lock);
  }
  for (uint64_t count = in.Take<uint64_t>(); count > 0; --count) {
    locks.folded.push_back(in.Take<uint64_t>());
  }
  return locks;
}

// ---- what a serializable one has read and written ----

void WriteNoted(const SerializableImage& noted, HeaderWriter& out) {
  out.Number(static_cast<uint32_t>(noted.reads.size()));
  for (const SerializableImage::Reads& reads : noted.reads) {
    out.Text(reads.head);
    out.Number(static_cast<uint8_t>(reads.whole));
    out.Number(static_cast<uint32_t>(reads.prefixes.size()));
    for (const IndexReads::Prefix& prefix : reads.prefixes) {
      out.Number(prefix.hash);
      out.Number(prefix.bytes);
      out.Number(static_cast<uint8_t>(prefix.is_row));
    }
    out.Number(static_cast<uint32_t>(reads.ranges.size()));
    for (const auto& [from, to] : reads.ranges) {
      out.Text(from);
      out.Text(to);
    }
  }
  out.Texts(noted.written_keys);
  out.Texts(noted.written_heads);
}

SerializableImage::Reads ReadReads(HeaderReader& in) {
  SerializableImage::Reads reads;
  reads.head = in.Text();
  reads.whole = in.Take<uint8_t>() != 0;
  for (uint32_t count = in.Take<uint32_t>(); count > 0; --count) {
    IndexReads::Prefix prefix;
    prefix.hash = in.Take<uint64_t>();
    prefix.bytes = in.Take<uint32_t>();
    prefix.is_row = in.Take<uint8_t>() != 0;
    reads.prefixes.push_back(prefix);
  }
  for (const KeyRange& range : in.Ranges()) reads.ranges.emplace_back(range.from, range.to);
  return reads;
}

SerializableImage ReadNoted(HeaderReader& in) {
  SerializableImage noted;
  for (uint32_t count = in.Take<uint32_t>(); count > 0; --count) {
    noted.reads.push_back(ReadReads(in));
  }
  noted.written_keys = in.Texts();
  noted.written_heads = in.Texts();
  return noted;
}

uint8_t FlagsOf(const PreparedHeader& header) {
  uint8_t flags = 0;
  if (header.description.changes_catalog) flags |= kChangesCatalog;
  if (header.description.changes_server) flags |= kChangesServer;
  if (header.noted.has_value()) flags |= kNoted;
  if (header.noted.has_value() && header.noted->read_only) flags |= kNotedReadOnly;
  return flags;
}

// ---- cursors ----

class RecordToStoreCursor final : public WriteCursor {
 public:
  RecordToStoreCursor(const PreparedHeader& header, std::unique_ptr<WriteCursor> writes)
      : writes_(std::move(writes)),
        prefix_(KeyOf(kWrites, header.description.id)),
        key_(HeaderKey(header.description.id)),
        value_(EncodeHeader(header)) {}

  bool Valid() const override { return on_header_ || writes_->Valid(); }
  void Next() override {
    if (on_header_) {
      on_header_ = false;
    } else {
      writes_->Next();
    }
    if (!writes_->Valid()) return;
    key_ = prefix_;
    key_.append(writes_->key());
    value_.assign(1, writes_->is_deleted() ? kDeleteMark : kPutMark);
    value_.append(writes_->value());
  }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }
  bool is_deleted() const override { return false; }

 private:
  const std::unique_ptr<WriteCursor> writes_;
  const std::string prefix_;
  std::string key_;
  std::string value_;
  bool on_header_ = true;
};

class WritesOfRecordCursor final : public WriteCursor {
 public:
  WritesOfRecordCursor(storage::Store& store, const KeyRange& range)
      : prefix_bytes_(range.from.size()),
        rows_(store.NewIterator(nullptr, range.from, range.to, /*fill_cache=*/false)) {
    rows_->Seek(range.from);
  }

  bool Valid() const override { return rows_->Valid(); }
  void Next() override { rows_->Next(); }
  std::string_view key() const override { return rows_->key().substr(prefix_bytes_); }
  std::string_view value() const override { return rows_->value().substr(1); }
  bool is_deleted() const override { return rows_->value().front() == kDeleteMark; }

 private:
  const size_t prefix_bytes_;
  const std::unique_ptr<storage::StoreIterator> rows_;
};

}  // namespace

std::string EncodeHeader(const PreparedHeader& header) {
  const PreparedTransaction& prepared = header.description;
  HeaderWriter out;
  out.Number(kHeaderVersion);
  out.Number(FlagsOf(header));
  out.Number(prepared.prepared_us);
  out.Number(prepared.owner);
  out.Number(prepared.database);
  out.Number(prepared.tenant.value);
  out.Text(prepared.name);
  out.Number(header.written_bytes);
  out.Ranges(header.commit_drops);
  out.Ranges(header.rollback_drops);
  WriteLocks(header.locks, out);
  if (header.noted.has_value()) WriteNoted(*header.noted, out);
  return out.Take();
}

PreparedHeader DecodeHeader(TransactionId id, std::string_view bytes) {
  HeaderReader in(bytes);
  PreparedHeader header;
  PreparedTransaction& prepared = header.description;
  const uint8_t version = in.Take<uint8_t>();
  if (version < kHeaderVersionMin || version > kHeaderVersion) {
    throw SqlError(SqlState::kDataCorrupted, "a prepared transaction is of an unknown version");
  }
  const uint8_t flags = in.Take<uint8_t>();
  prepared.id = id;
  prepared.changes_catalog = (flags & kChangesCatalog) != 0;
  prepared.changes_server = (flags & kChangesServer) != 0;
  prepared.prepared_us = in.Take<int64_t>();
  prepared.owner = in.Take<Oid>();
  prepared.database = in.Take<Oid>();
  prepared.tenant = TenantId(in.Take<uint32_t>());
  prepared.name = in.Text();
  header.written_bytes = in.Take<uint64_t>();
  header.commit_drops = in.Ranges();
  header.rollback_drops = in.Ranges();
  header.locks = ReadLocks(in);
  if ((flags & kNoted) != 0) {
    header.noted = ReadNoted(in);
    header.noted->read_only = (flags & kNotedReadOnly) != 0;
  }
  return header;
}

KeyRange HeaderRange() {
  const std::string head = HeadOf(kHeaders);
  return {head, storage::PrefixSuccessor(head)};
}

std::string HeaderKey(TransactionId id) { return KeyOf(kHeaders, id); }

TransactionId IdOfHeaderKey(std::string_view key) {
  return TransactionId(
      storage::ReadBigEndian<uint64_t>(key.data() + key.size() - sizeof(uint64_t)));
}

KeyRange WriteRangeOf(TransactionId id) {
  const std::string prefix = KeyOf(kWrites, id);
  return {prefix, storage::PrefixSuccessor(prefix)};
}

std::unique_ptr<WriteCursor> RecordToStore(const PreparedHeader& header,
                                           std::unique_ptr<WriteCursor> writes) {
  return std::make_unique<RecordToStoreCursor>(header, std::move(writes));
}

std::unique_ptr<WriteCursor> WritesOfRecord(storage::Store& store, TransactionId id) {
  return std::make_unique<WritesOfRecordCursor>(store, WriteRangeOf(id));
}

}  // namespace grizzly::txn
