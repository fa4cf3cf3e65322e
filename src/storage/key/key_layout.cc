#include "storage/key/key_layout.h"

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "facts/type_oids.h"
#include "storage/key/compound_key.h"
#include "storage/key/numeric_key.h"
#include "storage/key/ordered_key.h"
#include "types/collation.h"
#include "types/fixed16.h"
#include "types/text.h"
#include "types/tid.h"

namespace grizzly::storage {
namespace {

using types::Datum;
using types::PhysicalType;
using Encoding = KeyLayout::Encoding;

constexpr int64_t kDayMicroseconds = 86'400'000'000;

Encoding StringEncoding(const types::SqlType& type) {
  switch (type.oid) {
    case facts::kNumericOid: return Encoding::kNumeric;
    case facts::kByteaOid:
    case facts::kMacaddrOid:
    case facts::kMacaddr8Oid:
    case facts::kTidOid: return Encoding::kBytes;
    case facts::kNameOid:
    case facts::kTextOid:
    case facts::kVarcharOid:
    case facts::kBpcharOid:
      if (!types::IsByteCollation(type.collation)) return Encoding::kSortKey;
      return type.oid == facts::kBpcharOid ? Encoding::kTrimmedBytes : Encoding::kBytes;
    default:
      if (HasCompoundKey(type.oid)) return Encoding::kSortKey;
      ThrowNotSupported(fmt::format("an index on a column of the type of oid {}", type.oid));
  }
}

Encoding EncodingOf(const types::SqlType& type) {
  switch (type.physical) {
    case PhysicalType::kInt8: return Encoding::kUnsigned1;
    case PhysicalType::kInt16: return Encoding::kSigned2;
    case PhysicalType::kInt32:
      return type.oid == facts::kInt4Oid || type.oid == facts::kDateOid ? Encoding::kSigned4
                                                                        : Encoding::kUnsigned4;
    case PhysicalType::kInt64:
      return type.oid == facts::kXid8Oid || type.oid == facts::kPgLsnOid ? Encoding::kUnsigned8
                                                                         : Encoding::kSigned8;
    case PhysicalType::kFloat32: return Encoding::kFloat4;
    case PhysicalType::kFloat64: return Encoding::kFloat8;
    case PhysicalType::kFixed16:
      if (type.oid == facts::kUuidOid) return Encoding::kUuid;
      if (type.oid == facts::kTimetzOid) return Encoding::kTimeTz;
      GRIZZLY_CHECK(type.oid == facts::kIntervalOid);
      return Encoding::kInterval;
    case PhysicalType::kString: return StringEncoding(type);
  }
  GRIZZLY_UNREACHABLE("physical type");
}

// Of the value bytes; 0: it says itself where it ends.
size_t FixedBytes(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUnsigned1: return 1;
    case Encoding::kSigned2: return 2;
    case Encoding::kSigned4:
    case Encoding::kUnsigned4:
    case Encoding::kFloat4: return 4;
    case Encoding::kSigned8:
    case Encoding::kUnsigned8:
    case Encoding::kFloat8: return 8;
    case Encoding::kTimeTz: return 12;
    case Encoding::kUuid:
    case Encoding::kInterval: return 16;
    case Encoding::kBytes:
    case Encoding::kTrimmedBytes:
    case Encoding::kSortKey:
    case Encoding::kNumeric: return 0;
  }
  return 0;
}

void AppendInterval(std::string* key, const types::IntervalValue& value) {
  const __int128 days = static_cast<__int128>(value.months) * 30 + value.days;
  const __int128 span = days * kDayMicroseconds + value.microseconds;
  AppendBigEndian(key, FlipSign(static_cast<int64_t>(span >> 64)));
  AppendBigEndian(key, static_cast<uint64_t>(span));
}

void AppendTimeTz(std::string* key, const types::TimeTzValue& value) {
  AppendBigEndian(key, FlipSign(value.microseconds + value.zone_seconds * int64_t{1'000'000}));
  AppendBigEndian(key, FlipSign(value.zone_seconds));
}

bool IsText(Oid type) {
  return type == facts::kTextOid || type == facts::kVarcharOid || type == facts::kBpcharOid ||
         type == facts::kNameOid;
}

void AppendSorted(std::string* key, const types::SqlType& type, const Datum& value) {
  if (!IsText(type.oid)) {
    std::string compound;
    AppendCompoundKey(type, value, &compound);
    return AppendEscaped(key, compound);
  }
  std::string_view text = value.AsString();
  if (type.oid == facts::kBpcharOid) text = types::TrimTrailingBlanks(text);
  std::string sort_key;
  types::AppendSortKey(sort_key, text, type.collation);
  AppendEscaped(key, sort_key);
}

void AppendValue(std::string* key, Encoding encoding, const types::SqlType& type,
                 const Datum& value) {
  switch (encoding) {
    case Encoding::kUnsigned1: return AppendBigEndian(key, value.As<uint8_t>());
    case Encoding::kSigned2: return AppendBigEndian(key, FlipSign(value.As<int16_t>()));
    case Encoding::kSigned4: return AppendBigEndian(key, FlipSign(value.As<int32_t>()));
    case Encoding::kUnsigned4: return AppendBigEndian(key, value.As<uint32_t>());
    case Encoding::kSigned8: return AppendBigEndian(key, FlipSign(value.As<int64_t>()));
    case Encoding::kUnsigned8: return AppendBigEndian(key, value.As<uint64_t>());
    case Encoding::kFloat4: return AppendBigEndian(key, OrderedFloatBits(value.As<float>()));
    case Encoding::kFloat8: return AppendBigEndian(key, OrderedFloatBits(value.As<double>()));
    case Encoding::kUuid:
      key->append(static_cast<const char*>(value.payload()), sizeof(types::UuidValue));
      return;
    case Encoding::kTimeTz: return AppendTimeTz(key, value.As<types::TimeTzValue>());
    case Encoding::kInterval: return AppendInterval(key, value.As<types::IntervalValue>());
    case Encoding::kBytes: {
      const std::string_view bytes = value.AsString();
      return AppendEscaped(key, type.oid == facts::kTidOid ? bytes.substr(0, types::kTidBytes) : bytes);
    }
    case Encoding::kTrimmedBytes:
      return AppendEscaped(key, types::TrimTrailingBlanks(value.AsString()));
    case Encoding::kSortKey: return AppendSorted(key, type, value);
    case Encoding::kNumeric: return AppendNumericKey(key, value.AsString());
  }
}

template <typename T>
Datum SignedDatum(const char* bytes) {
  return Datum::Of(UnflipSign<T>(ReadBigEndian<std::make_unsigned_t<T>>(bytes)));
}

// `bytes` are those of the value, not complemented.
Datum DecodeValue(Encoding encoding, const char* bytes) {
  switch (encoding) {
    case Encoding::kUnsigned1: return Datum::Of(ReadBigEndian<uint8_t>(bytes));
    case Encoding::kSigned2: return SignedDatum<int16_t>(bytes);
    case Encoding::kSigned4: return SignedDatum<int32_t>(bytes);
    case Encoding::kUnsigned4: return Datum::Of(ReadBigEndian<uint32_t>(bytes));
    case Encoding::kSigned8: return SignedDatum<int64_t>(bytes);
    case Encoding::kUnsigned8: return Datum::Of(ReadBigEndian<uint64_t>(bytes));
    case Encoding::kUuid: {
      types::UuidValue value;
      std::memcpy(value.bytes.data(), bytes, sizeof(value));
      return Datum::Of(value);
    }
    case Encoding::kTimeTz: {
      types::TimeTzValue value;
      value.zone_seconds = UnflipSign<int32_t>(ReadBigEndian<uint32_t>(bytes + 8));
      value.microseconds = UnflipSign<int64_t>(ReadBigEndian<uint64_t>(bytes)) -
                           value.zone_seconds * int64_t{1'000'000};
      return Datum::Of(value);
    }
    default: GRIZZLY_UNREACHABLE("this key field cannot be read back");
  }
}

[[noreturn]] void ThrowTooLong(size_t bytes) {
  throw SqlError(SqlState::kProgramLimitExceeded,
                 fmt::format("index row size {} exceeds maximum {}", bytes, kKeyBytesMax))
      .Hint("Consider a function index of an MD5 hash of the value, or use full text indexing.");
}

[[noreturn]] void ThrowShort() {
  throw SqlError(SqlState::kDataCorrupted, "stored key is too short for its layout");
}

}  // namespace

void AppendKeyHead(std::string* key, TenantId tenant, StorageId storage, IndexId index) {
  AppendBigEndian(key, tenant.value);
  AppendBigEndian(key, storage.value);
  AppendBigEndian(key, index.value);
}

std::string PrefixSuccessor(std::string_view prefix) {
  std::string next(prefix);
  while (!next.empty() && static_cast<uint8_t>(next.back()) == 0xFF) next.pop_back();
  if (!next.empty()) next.back() = static_cast<char>(next.back() + 1);
  return next;
}

KeyLayout::KeyLayout(std::vector<KeyPart> parts, std::vector<uint32_t> columns)
    : parts_(std::move(parts)), columns_(std::move(columns)) {
  GRIZZLY_CHECK(columns_.empty() || columns_.size() == parts_.size());
  for (const KeyPart& part : parts_) encodings_.push_back(EncodingOf(part.type));
}

void KeyLayout::AppendPart(size_t part, const Datum& value, std::string* key) const {
  if (value.is_null()) {
    key->push_back(parts_[part].nulls_first ? kNullFirstMark : kNullLastMark);
    return;
  }
  key->push_back(kValueMark);
  const size_t body = key->size();
  AppendValue(key, encodings_[part], parts_[part].type, value);
  if (parts_[part].descending) Complement(key, body);
  if (key->size() > kKeyBytesMax) [[unlikely]] ThrowTooLong(key->size());
}

void KeyLayout::Append(std::span<const Datum> values, std::string* key) const {
  for (size_t i = 0; i < values.size(); ++i) AppendPart(i, values[i], key);
}

void KeyLayout::AppendFromRow(const types::Batch& batch, uint32_t row, std::string* key) const {
  GRIZZLY_CHECK(columns_.size() == parts_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    AppendPart(i, batch.column(columns_[i]).GetDatum(row), key);
  }
}

bool KeyLayout::IsDecodable(size_t part) const {
  switch (encodings_[part]) {
    case Encoding::kFloat4:
    case Encoding::kFloat8:        // -0 was written as 0
    case Encoding::kInterval:      // its span only
    case Encoding::kTrimmedBytes:  // without its blanks
    case Encoding::kSortKey:
    case Encoding::kNumeric:       // without its scale
      return false;
    default: return true;
  }
}

size_t KeyLayout::ValueBytes(size_t part, std::string_view value) const {
  const uint8_t complement = parts_[part].descending ? 0xFF : 0;
  const size_t fixed = FixedBytes(encodings_[part]);
  if (fixed > value.size()) ThrowShort();
  if (fixed > 0) return fixed;
  return encodings_[part] == Encoding::kNumeric ? NumericKeyBytes(value, complement)
                                                : EscapedBytes(value, complement);
}

void KeyLayout::Decode(std::string_view fields, std::span<Datum> out, Arena& arena) const {
  for (size_t part = 0; part < out.size(); ++part) {
    if (fields.empty()) ThrowShort();
    const char mark = fields[0];
    fields.remove_prefix(1);
    out[part] = Datum::Null();
    if (mark != kValueMark) continue;
    const size_t bytes = ValueBytes(part, fields);
    const uint8_t complement = parts_[part].descending ? 0xFF : 0;
    if (encodings_[part] == Encoding::kBytes) {
      out[part] = Datum::OfString(Unescape(fields.substr(0, bytes), complement), arena);
    } else {
      char value[16];
      GRIZZLY_CHECK(IsDecodable(part) && bytes <= sizeof(value));
      for (size_t i = 0; i < bytes; ++i) value[i] = static_cast<char>(fields[i] ^ complement);
      out[part] = DecodeValue(encodings_[part], value);
    }
    fields.remove_prefix(bytes);
  }
}

size_t KeyLayout::FieldBytes(std::string_view fields, size_t part_count) const {
  size_t bytes = 0;
  for (size_t part = 0; part < part_count; ++part) {
    if (bytes >= fields.size()) ThrowShort();
    const char mark = fields[bytes++];
    if (mark == kValueMark) bytes += ValueBytes(part, fields.substr(bytes));
  }
  return bytes;
}

}  // namespace grizzly::storage
