#include "executor/row_tid.h"

#include <algorithm>
#include <array>

#include "catalog/access_method.h"
#include "facts/type_oids.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "types/hash_bytes.h"
#include "types/tid.h"

namespace grizzly::executor {
namespace {

using types::Tid;

constexpr uint64_t kCountedRowsMax = kRowsPerBlock << 32;
constexpr uint16_t kHashedOffset = 0x8000;

// From 1 on.
Tid TidOfNumber(uint64_t number) {
  return {static_cast<uint32_t>((number - 1) / kRowsPerBlock),
          static_cast<uint16_t>((number - 1) % kRowsPerBlock + 1)};
}

std::optional<uint64_t> NumberOfTid(Tid tid) {
  if (tid.offset == 0 || tid.offset > kRowsPerBlock) return std::nullopt;
  return tid.block * kRowsPerBlock + tid.offset;
}

bool IsIntegerKey(const catalog::Relation& table) {
  if (table.row_key == nullptr || table.row_key->part_count() != 1) return false;
  const Oid type = table.row_key->part(0).type.oid;
  return type == facts::kInt2Oid || type == facts::kInt4Oid || type == facts::kInt8Oid;
}

int64_t IntegerOf(const types::Datum& value, Oid type) {
  switch (type) {
    case facts::kInt2Oid: return value.As<int16_t>();
    case facts::kInt4Oid: return value.As<int32_t>();
    default: return value.As<int64_t>();
  }
}

std::optional<std::string> IntegerKey(const storage::KeyLayout& layout, uint64_t number) {
  std::string key;
  switch (layout.part(0).type.oid) {
    case facts::kInt2Oid:
      if (number > INT16_MAX) return std::nullopt;
      layout.AppendPart(0, types::Datum::Of(static_cast<int16_t>(number)), &key);
      break;
    case facts::kInt4Oid:
      if (number > INT32_MAX) return std::nullopt;
      layout.AppendPart(0, types::Datum::Of(static_cast<int32_t>(number)), &key);
      break;
    default: layout.AppendPart(0, types::Datum::Of(static_cast<int64_t>(number)), &key);
  }
  return key;
}

// 0: the key is no number that can be counted.
uint64_t NumberOfKey(const catalog::Relation& table, std::string_view suffix) {
  if (table.row_key == nullptr) {
    const auto id = storage::ReadBigEndian<uint64_t>(suffix.data());
    return id <= kCountedRowsMax ? id : 0;
  }
  if (!IsIntegerKey(table)) return 0;
  Arena arena;
  std::array<types::Datum, 1> value;
  table.row_key->Decode(suffix, value, arena);
  const int64_t number = IntegerOf(value[0], table.row_key->part(0).type.oid);
  return number > 0 && static_cast<uint64_t>(number) <= kCountedRowsMax
             ? static_cast<uint64_t>(number)
             : 0;
}

}  // namespace

void AppendRowTid(const catalog::Relation& table, std::string_view suffix, std::string* tid) {
  if (const uint64_t number = NumberOfKey(table, suffix); number > 0) {
    return types::AppendTid(TidOfNumber(number), tid);
  }
  const uint64_t hash = types::HashBytes(suffix);
  types::AppendTid({static_cast<uint32_t>(hash >> 32),
                    static_cast<uint16_t>(kHashedOffset | (hash & 0x7FFF))},
                   tid);
  tid->append(suffix);
}

bool OrdersByTid(const catalog::Relation& table) {
  return table.row_key == nullptr && !catalog::IsColumnar(table);
}

std::optional<std::string> SuffixOfTid(const catalog::Relation& table, std::string_view tid) {
  if (tid.size() > types::kTidBytes) return std::string(types::KeyOfTid(tid));
  const std::optional<uint64_t> number = NumberOfTid(types::ReadTid(tid));
  if (!number.has_value()) return std::nullopt;
  if (IsIntegerKey(table)) return IntegerKey(*table.row_key, *number);
  if (!OrdersByTid(table)) return std::nullopt;
  std::string key;
  storage::AppendBigEndian(&key, *number);
  return key;
}

std::string FirstUncountedSuffix() {
  std::string key;
  storage::AppendBigEndian(&key, kCountedRowsMax + 1);
  return key;
}

std::string FirstSuffixFrom(std::string_view bytes) {
  const Tid tid = types::ReadTid(bytes);
  const uint64_t number =
      tid.block * kRowsPerBlock + std::clamp<uint64_t>(tid.offset, 1, kRowsPerBlock + 1);
  std::string key;
  storage::AppendBigEndian(&key, number);
  return key;
}

}  // namespace grizzly::executor
