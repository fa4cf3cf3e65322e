#include "types/postgres_hash.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "facts/types.h"
#include "types/fixed16.h"
#include "types/interval.h"
#include "types/numeric.h"

namespace grizzly::types {
namespace {

// lookup3's state of three words.
struct Words {
  uint32_t a, b, c;

  Words(size_t byte_count, uint64_t seed) {
    a = b = c = 0x9E3779B9 + static_cast<uint32_t>(byte_count) + 3923095;
    if (seed == 0) return;
    a += static_cast<uint32_t>(seed >> 32);
    b += static_cast<uint32_t>(seed);
    Mix();
  }
  void Mix() {
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
  }
  uint64_t Final() {
    c ^= b, c -= std::rotl(b, 14);
    a ^= c, a -= std::rotl(c, 11);
    b ^= a, b -= std::rotl(a, 25);
    c ^= b, c -= std::rotl(b, 16);
    a ^= c, a -= std::rotl(c, 4);
    b ^= a, b -= std::rotl(a, 14);
    c ^= b, c -= std::rotl(b, 24);
    return static_cast<uint64_t>(b) << 32 | c;
  }
};

uint32_t WordAt(const char* bytes, size_t count) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

uint64_t HashLong(int64_t value, uint64_t seed) {
  // Values that fit four bytes hash as the narrower types do.
  const auto low = static_cast<uint32_t>(value);
  const auto high = static_cast<uint32_t>(static_cast<uint64_t>(value) >> 32);
  return PostgresHashWord(low ^ (value >= 0 ? high : ~high), seed);
}

uint64_t HashDouble(double value, uint64_t seed) {
  if (value == 0) return seed;  // -0, too
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  char bytes[8];
  std::memcpy(bytes, &value, 8);
  return PostgresHashBytes({bytes, 8}, seed);
}

template <typename T>
uint64_t HashInteger(const Datum& value, uint64_t seed) {
  return PostgresHashWord(static_cast<uint32_t>(static_cast<int32_t>(value.As<T>())), seed);
}
uint64_t HashInt8(const Datum& value, uint64_t seed) { return HashLong(value.As<int64_t>(), seed); }
uint64_t HashFloat4(const Datum& value, uint64_t seed) {
  return HashDouble(value.As<float>(), seed);
}
uint64_t HashFloat8(const Datum& value, uint64_t seed) {
  return HashDouble(value.As<double>(), seed);
}
uint64_t HashText(const Datum& value, uint64_t seed) {
  return PostgresHashBytes(value.AsString(), seed);
}
uint64_t HashTrimmed(const Datum& value, uint64_t seed) {
  std::string_view text = value.AsString();
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return PostgresHashBytes(text, seed);
}
uint64_t HashUuid(const Datum& value, uint64_t seed) {
  return PostgresHashBytes({static_cast<const char*>(value.payload()), 16}, seed);
}
uint64_t HashTimeTz(const Datum& value, uint64_t seed) {
  const auto time = value.As<TimeTzValue>();
  return HashLong(time.microseconds, seed) ^
         PostgresHashWord(static_cast<uint32_t>(time.zone_seconds), seed);
}
uint64_t HashInterval(const Datum& value, uint64_t seed) {
  const auto interval = value.As<IntervalValue>();
  constexpr Int128 kDayMicroseconds = 86'400'000'000;
  const Int128 days = static_cast<Int128>(interval.months) * 30 + interval.days;
  return HashLong(static_cast<int64_t>(days * kDayMicroseconds + interval.microseconds), seed);
}

// The base-10000 digits without zeros at either end, as int16s, and the weight of the first.
uint64_t HashNumeric(const Datum& value, uint64_t seed) {
  const NumericRef numeric = NumericRef::Of(value);
  if (numeric.is_special()) return seed;
  std::string sent;  // int16s, big-endian: count, weight, sign, scale, digits
  SendNumeric(sent, numeric);
  const auto at = [&](size_t i) {
    return static_cast<int16_t>(static_cast<uint8_t>(sent[2 * i]) << 8 |
                                static_cast<uint8_t>(sent[2 * i + 1]));
  };
  size_t first = 4, last = 4 + static_cast<size_t>(at(0));
  int64_t weight = at(1);
  while (first < last && at(first) == 0) ++first, --weight;
  while (last > first && at(last - 1) == 0) --last;
  if (first == last) return seed - 1;
  std::string digits;
  for (size_t i = first; i < last; ++i) {
    const int16_t digit = at(i);
    digits.append(reinterpret_cast<const char*>(&digit), 2);
  }
  return PostgresHashBytes(digits, seed) ^ static_cast<uint64_t>(weight);
}

struct TypeHash {
  Oid type;
  PostgresHashFunction hash;
};
constexpr TypeHash kHashes[] = {
    {facts::kBoolOid, &HashInteger<int8_t>},     {facts::kCharOid, &HashInteger<int8_t>},
    {facts::kInt2Oid, &HashInteger<int16_t>},    {facts::kInt4Oid, &HashInteger<int32_t>},
    {facts::kInt8Oid, &HashInt8},                {facts::kOidOid, &HashInteger<int32_t>},
    {facts::kRegclassOid, &HashInteger<int32_t>}, {facts::kFloat4Oid, &HashFloat4},
    {facts::kFloat8Oid, &HashFloat8},            {facts::kNumericOid, &HashNumeric},
    {facts::kTextOid, &HashText},                {facts::kVarcharOid, &HashText},
    {facts::kNameOid, &HashText},                {facts::kByteaOid, &HashText},
    {facts::kBpcharOid, &HashTrimmed},           {facts::kDateOid, &HashInteger<int32_t>},
    {facts::kTimeOid, &HashInt8},                {facts::kTimetzOid, &HashTimeTz},
    {facts::kTimestampOid, &HashInt8},           {facts::kTimestamptzOid, &HashInt8},
    {facts::kIntervalOid, &HashInterval},        {facts::kUuidOid, &HashUuid},
};

}  // namespace

uint64_t PostgresHashBytes(std::string_view bytes, uint64_t seed) {
  Words words(bytes.size(), seed);
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 12; at += 12, left -= 12) {
    words.a += WordAt(at, 4);
    words.b += WordAt(at + 4, 4);
    words.c += WordAt(at + 8, 4);
    words.Mix();
  }
  // The lowest byte of c is the length's.
  if (left > 8) words.c += WordAt(at + 8, left - 8) << 8;
  if (left > 4) words.b += WordAt(at + 4, left < 8 ? left - 4 : 4);
  if (left > 0) words.a += WordAt(at, left < 4 ? left : 4);
  return words.Final();
}

uint64_t PostgresHashWord(uint32_t word, uint64_t seed) {
  Words words(sizeof(word), seed);
  words.a += word;
  return words.Final();
}

PostgresHashFunction FindPostgresHash(Oid type) {
  for (const TypeHash& entry : kHashes) {
    if (entry.type == type) return entry.hash;
  }
  return nullptr;
}

uint64_t PostgresHashEnum(const Datum& label, uint64_t seed) {
  return HashInteger<int32_t>(label, seed);
}

PostgresHashFunction FindPostgresHash(const SqlType& type) {
  if (const PostgresHashFunction hash = FindPostgresHash(type.oid)) return hash;
  // An enum, or a domain over int4: four bytes either way.
  const bool is_word = type.oid >= kFirstUserOid && type.physical == PhysicalType::kInt32;
  return is_word ? &PostgresHashEnum : nullptr;
}

}  // namespace grizzly::types
