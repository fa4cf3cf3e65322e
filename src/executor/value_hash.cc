#include "executor/value_hash.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "types/string_words.h"
#include "types/type_name.h"

namespace grizzly::executor {

using types::PhysicalType;
using types::SqlType;
using types::StringRef;
using types::Vector;

namespace {

constexpr uint64_t kNullHash = 0x9E3779B97F4A7C15;

uint64_t Mix(uint64_t value) {
  value ^= value >> 32;
  value *= 0xD6E8FEB86659FD93;
  value ^= value >> 32;
  value *= 0xD6E8FEB86659FD93;
  return value ^ (value >> 32);
}

uint64_t HashBytes(const char* data, uint32_t size) {
  uint64_t hash = size * kNullHash;
  while (size >= 8) {
    uint64_t word;
    std::memcpy(&word, data, 8);
    hash = Mix(hash ^ word) * 0x9FB21C651E98DF25;
    data += 8;
    size -= 8;
  }
  uint64_t rest = 0;
  std::memcpy(&rest, data, size);
  return Mix(hash ^ rest);
}

uint64_t HashWords(types::StringWords words) { return Mix(words.head ^ Mix(words.tail)); }

// Short strings are two words, whatever their length.
uint64_t HashString(const StringRef& text) {
  if (text.is_inline()) return HashWords(types::WordsOf(text));
  return HashBytes(text.data(), text.size());
}

// What WithoutBlanks leaves: as a string of its own would hash.
uint64_t HashBlankPadded(const StringRef& text) {
  if (text.is_inline() && !text.empty() && text.data()[text.size() - 1] != ' ') {
    return HashWords(types::WordsOf(text));
  }
  const std::string_view shown = KeyColumns::WithoutBlanks(text);
  if (shown.size() > StringRef::kInlineBytes) {
    return HashBytes(shown.data(), static_cast<uint32_t>(shown.size()));
  }
  return HashWords(types::WordsOf(StringRef(shown)));
}

uint64_t Combine(uint64_t hash, uint64_t next) { return Mix(hash * 31 + next); }

// Equality of the type is equality of its bytes.
bool IsBytewise(const SqlType& type) {
  switch (type.physical) {
    case PhysicalType::kInt8:
    case PhysicalType::kInt16:
    case PhysicalType::kInt32:
    case PhysicalType::kInt64: return true;
    case PhysicalType::kFixed16: return type.oid == facts::kUuidOid;
    default: return false;
  }
}

bool HasByteCollation(const SqlType& type) {
  return type.collation == 0 || type.collation == 100 || type.collation == 950 ||
         type.collation == 951;
}

bool IsBytewiseString(const SqlType& type) {
  return (type.oid == facts::kTextOid || type.oid == facts::kVarcharOid ||
          type.oid == facts::kNameOid || type.oid == facts::kByteaOid) &&
         HasByteCollation(type);
}

bool IsBlankPaddedString(const SqlType& type) {
  return type.oid == facts::kBpcharOid && HasByteCollation(type);
}

template <typename T, typename HashValue>
void HashLoop(const Vector& column, uint32_t row_count, uint64_t* hashes, bool first,
              HashValue hash_value) {
  const auto reader = column.Reader<T>();
  if (first && reader.is_flat() && reader.validity == nullptr) {
    for (uint32_t row = 0; row < row_count; ++row) hashes[row] = hash_value(reader.data[row]);
    return;
  }
  for (uint32_t row = 0; row < row_count; ++row) {
    const uint64_t hash = reader.IsNull(row) ? kNullHash : hash_value(reader[row]);
    hashes[row] = first ? hash : Combine(hashes[row], hash);
  }
}

// The same where a hash costs more than looking it up: in a view of few values each is hashed once.
template <typename HashAt>
void HashByCode(const Vector& column, uint32_t row_count, uint64_t* hashes, bool first, HashAt hash_at) {
  constexpr uint32_t kRowsPerValue = 4;
  const uint32_t* const codes = column.Reader<char>().selection;
  uint32_t highest = UINT32_MAX - 1;
  if (codes != nullptr) highest = row_count == 0 ? 0 : *std::max_element(codes, codes + row_count);
  if (highest + 1 > std::min(row_count, types::kBatchRowsMax) / kRowsPerValue) {
    for (uint32_t row = 0; row < row_count; ++row) {
      const uint64_t hash = hash_at(row);
      hashes[row] = first ? hash : Combine(hashes[row], hash);
    }
    return;
  }
  std::array<uint64_t, types::kBatchRowsMax / kRowsPerValue> by_code;
  std::array<bool, types::kBatchRowsMax / kRowsPerValue> is_known{};
  for (uint32_t row = 0; row < row_count; ++row) {
    const uint32_t code = codes[row];
    if (!is_known[code]) by_code[code] = hash_at(row);
    is_known[code] = true;
    hashes[row] = first ? by_code[code] : Combine(hashes[row], by_code[code]);
  }
}

}  // namespace

KeyColumns::KeyColumns(std::vector<SqlType> key_types) : types_(std::move(key_types)) {
  for (const SqlType& type : types_) {
    const Method method = IsBytewise(type)         ? Method::kBytes
                          : IsBytewiseString(type) ? Method::kString
                          : IsBlankPaddedString(type) ? Method::kBlankPadded
                                                      : Method::kFunction;
    methods_.push_back(method);
    hashes_.push_back(method == Method::kFunction ? types::FindHash(type) : nullptr);
    compares_.push_back(method == Method::kFunction ? types::FindCompare(type) : nullptr);
    if (method == Method::kFunction && (hashes_.back() == nullptr || compares_.back() == nullptr)) {
      throw SqlError(SqlState::kUndefinedFunction,
                     "could not identify an equality operator for type " +
                         types::TypeName(type.oid, types::kNoTypmod));
    }
  }
}

void KeyColumns::Hash(std::span<const Vector* const> columns, uint32_t row_count,
                      uint64_t* hashes) const {
  if (columns.empty()) std::fill_n(hashes, row_count, kNullHash);
  for (size_t i = 0; i < columns.size(); ++i) {
    const Vector& column = *columns[i];
    const bool first = i == 0;
    const auto strings = column.Reader<StringRef>();
    if (methods_[i] == Method::kString) {
      HashByCode(column, row_count, hashes, first, [&](uint32_t row) {
        return strings.IsNull(row) ? kNullHash : HashString(strings[row]);
      });
      continue;
    }
    if (methods_[i] == Method::kBlankPadded) {
      HashByCode(column, row_count, hashes, first, [&](uint32_t row) {
        return strings.IsNull(row) ? kNullHash : HashBlankPadded(strings[row]);
      });
      continue;
    }
    if (methods_[i] == Method::kFunction) {
      HashByCode(column, row_count, hashes, first, [&](uint32_t row) {
        const types::Datum value = column.GetDatum(row);
        return value.is_null() ? kNullHash : hashes_[i](value, types_[i].collation);
      });
      continue;
    }
    switch (types_[i].physical) {
      case PhysicalType::kInt8:
        HashLoop<uint8_t>(column, row_count, hashes, first, [](uint8_t v) { return Mix(v + 1); });
        break;
      case PhysicalType::kInt16:
        HashLoop<int16_t>(column, row_count, hashes, first,
                          [](int16_t v) { return Mix(static_cast<uint64_t>(v) + 1); });
        break;
      case PhysicalType::kInt32:
        HashLoop<int32_t>(column, row_count, hashes, first,
                          [](int32_t v) { return Mix(static_cast<uint64_t>(v) + 1); });
        break;
      case PhysicalType::kInt64:
        HashLoop<int64_t>(column, row_count, hashes, first,
                          [](int64_t v) { return Mix(static_cast<uint64_t>(v) + 1); });
        break;
      default:
        HashLoop<types::Fixed16>(column, row_count, hashes, first, [](const types::Fixed16& v) {
          return Mix(v.low ^ Mix(v.high));
        });
    }
  }
}

bool KeyColumns::Equal(size_t key, const Vector& a, uint32_t row_a, const Vector& b,
                       uint32_t row_b) const {
  const bool null_a = a.IsNull(row_a), null_b = b.IsNull(row_b);
  if (null_a || null_b) return null_a && null_b;
  if (methods_[key] == Method::kString) {
    return a.Reader<StringRef>()[row_a] == b.Reader<StringRef>()[row_b];
  }
  if (methods_[key] == Method::kBlankPadded) {
    return WithoutBlanks(a.Reader<StringRef>()[row_a]) ==
           WithoutBlanks(b.Reader<StringRef>()[row_b]);
  }
  if (methods_[key] == Method::kFunction) {
    return compares_[key](a.GetDatum(row_a), b.GetDatum(row_b), types_[key].collation) == 0;
  }
  switch (types_[key].physical) {
    case PhysicalType::kInt8: return a.Reader<uint8_t>()[row_a] == b.Reader<uint8_t>()[row_b];
    case PhysicalType::kInt16: return a.Reader<int16_t>()[row_a] == b.Reader<int16_t>()[row_b];
    case PhysicalType::kInt32: return a.Reader<int32_t>()[row_a] == b.Reader<int32_t>()[row_b];
    case PhysicalType::kInt64: return a.Reader<int64_t>()[row_a] == b.Reader<int64_t>()[row_b];
    default: return a.Reader<types::Fixed16>()[row_a] == b.Reader<types::Fixed16>()[row_b];
  }
}

}  // namespace grizzly::executor
