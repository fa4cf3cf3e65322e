// Which values make a key, and in what order: the primary key of a table, or an index.
//
// FORMAT   key := tenant:u32 storage:u32 index:u32 (big-endian, together the head) field*
//          fields as in storage/key/ordered_key.h
// THREADS  immutable; share freely.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "types/batch.h"

namespace grizzly::storage {

inline constexpr size_t kKeyHeadBytes = 12;
inline constexpr uint32_t kKeyBytesMax = 16'384;

void AppendKeyHead(std::string* key, TenantId tenant, StorageId storage, IndexId index);
// The smallest string greater than every string that starts with `prefix`; empty: no such string.
std::string PrefixSuccessor(std::string_view prefix);

struct KeyPart {
  types::SqlType type;      // with the collation to order by
  bool descending = false;
  bool nulls_first = false;
};

class KeyLayout {
 public:
  // How a part's values are written; chosen by its type. storage/key/ordered_key.h says what each is.
  enum class Encoding : uint8_t {
    kUnsigned1, kSigned2, kSigned4, kUnsigned4, kSigned8, kUnsigned8, kFloat4, kFloat8,
    kUuid, kTimeTz, kInterval, kBytes, kTrimmedBytes, kSortKey, kNumeric,
  };

  // Throws 0A000 for a type that has no order-preserving bytes.
  // `columns`: where each part's value is in the table's row (0-based), for EncodeFromRow; may be
  // empty when parts are expressions.
  KeyLayout(std::vector<KeyPart> parts, std::vector<uint32_t> columns);

  size_t part_count() const { return parts_.size(); }
  const KeyPart& part(size_t i) const { return parts_[i]; }
  std::span<const uint32_t> columns() const { return columns_; }

  // Appends the fields of the first values.size() parts. Throws 54000 beyond kKeyBytesMax.
  void Append(std::span<const types::Datum> values, std::string* key) const;
  void AppendPart(size_t part, const types::Datum& value, std::string* key) const;
  // From the row's columns in a batch (first columns = the table's).
  void AppendFromRow(const types::Batch& batch, uint32_t row, std::string* key) const;

  // Whether each part can be read back from its key bytes (numbers, dates, uuid, "C" text ...).
  bool IsDecodable(size_t part) const;
  // Reads parts [0, out.size()) of the fields behind the head; strings go to the arena.
  void Decode(std::string_view fields, std::span<types::Datum> out, Arena& arena) const;
  // Bytes that the first `part_count` fields take.
  size_t FieldBytes(std::string_view fields, size_t part_count) const;

 private:
  // Of the value (behind its mark) of a part at the start of `value`.
  size_t ValueBytes(size_t part, std::string_view value) const;

  std::vector<KeyPart> parts_;
  std::vector<uint32_t> columns_;
  std::vector<Encoding> encodings_;  // one per part
};

}  // namespace grizzly::storage
