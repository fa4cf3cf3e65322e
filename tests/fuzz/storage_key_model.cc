// Key bytes against SQL order: random rows of random layouts; memcmp must say what the values say, and
// what is decodable must come back.
#include <cmath>

#include "facts/collations.h"
#include "facts/type_oids.h"
#include "model.h"
#include "storage/key/key_layout.h"
#include "types/collation.h"
#include "types/compare.h"
#include "types/fixed16.h"
#include "types/numeric.h"
#include "types/text.h"

namespace grizzly::model {
namespace {

using storage::KeyLayout;
using storage::KeyPart;
using types::Datum;

constexpr Oid kTypes[] = {
    facts::kBoolOid,   facts::kCharOid,   facts::kInt2Oid,     facts::kInt4Oid, facts::kDateOid,
    facts::kInt8Oid,   facts::kOidOid,    facts::kTimestampOid, facts::kXid8Oid, facts::kFloat4Oid,
    facts::kFloat8Oid, facts::kUuidOid,   facts::kIntervalOid, facts::kTimetzOid, facts::kTextOid,
    facts::kByteaOid,  facts::kBpcharOid, facts::kNumericOid};

template <typename T>
T RandomInteger(Random& random) {
  switch (Below(random, 4)) {
    case 0: return static_cast<T>(Below(random, 5)) - T{2};
    case 1: return std::numeric_limits<T>::min() + static_cast<T>(Below(random, 2));
    case 2: return std::numeric_limits<T>::max() - static_cast<T>(Below(random, 2));
    default: return static_cast<T>(random());
  }
}

double RandomFloat(Random& random) {
  const double kSpecial[] = {0.0, -0.0, NAN, -NAN, INFINITY, -INFINITY, 5e-324, -5e-324};
  if (Below(random, 2) == 0) return kSpecial[Below(random, 8)];
  return std::ldexp(static_cast<double>(RandomInteger<int32_t>(random)),
                    static_cast<int>(Below(random, 80)) - 40);
}

std::string RandomBytes(Random& random, bool zeros, char last) {
  std::string bytes;
  for (uint64_t n = Below(random, 18); n > 0; --n) {
    const char kAlphabet[] = {zeros ? '\0' : '\1', '\1', 'b', ' ', 'a', last};
    bytes.push_back(kAlphabet[Below(random, 6)]);
  }
  return bytes;
}

types::StringRef RandomNumeric(Random& random, Arena& arena) {
  const char* kSpecial[] = {"NaN", "Infinity", "-Infinity", "0", "0.000", "1", "1.0", "100", "-1.00"};
  std::string text;
  if (Below(random, 3) == 0) {
    text = kSpecial[Below(random, 9)];
  } else {
    if (Below(random, 2) == 0) text = "-";
    const uint64_t whole = Below(random, Below(random, 4) == 0 ? 60 : 4);
    const uint64_t fraction = Below(random, Below(random, 4) == 0 ? 60 : 4);
    for (uint64_t i = 0; i < whole + 1; ++i) text.push_back("01290"[Below(random, 5)]);
    if (fraction > 0) text.push_back('.');
    for (uint64_t i = 0; i < fraction; ++i) text.push_back("01290"[Below(random, 5)]);
  }
  return types::ParseNumeric(text, types::kNoTypmod, arena);
}

Datum RandomValue(Random& random, Oid type, Arena& arena) {
  switch (type) {
    case facts::kBoolOid: return Datum::Of(static_cast<uint8_t>(Below(random, 2)));
    case facts::kCharOid: return Datum::Of(static_cast<uint8_t>(random()));
    case facts::kInt2Oid: return Datum::Of(RandomInteger<int16_t>(random));
    case facts::kInt4Oid:
    case facts::kDateOid: return Datum::Of(RandomInteger<int32_t>(random));
    case facts::kOidOid: return Datum::Of(static_cast<uint32_t>(RandomInteger<int32_t>(random)));
    case facts::kInt8Oid:
    case facts::kXid8Oid:
    case facts::kTimestampOid: return Datum::Of(RandomInteger<int64_t>(random));
    case facts::kFloat4Oid: return Datum::Of(static_cast<float>(RandomFloat(random)));
    case facts::kFloat8Oid: return Datum::Of(RandomFloat(random));
    case facts::kUuidOid: {
      types::UuidValue uuid;
      for (uint8_t& byte : uuid.bytes) byte = static_cast<uint8_t>(Below(random, 3) * 127);
      return Datum::Of(uuid);
    }
    case facts::kIntervalOid: {
      types::IntervalValue interval;
      interval.months = Below(random, 2) ? RandomInteger<int32_t>(random) : Below(random, 3);
      interval.days = Below(random, 2) ? RandomInteger<int32_t>(random) : Below(random, 3) * 30;
      interval.microseconds = Below(random, 3) ? 0 : RandomInteger<int64_t>(random);
      return Datum::Of(interval);
    }
    case facts::kTimetzOid: {
      types::TimeTzValue time;
      time.zone_seconds = static_cast<int32_t>(Below(random, 5)) * 3600 - 7200;
      time.microseconds = static_cast<int64_t>(Below(random, 24)) * 3'600'000'000;
      return Datum::Of(time);
    }
    case facts::kNumericOid: return Datum::Of(RandomNumeric(random, arena));
    case facts::kByteaOid: return Datum::OfString(RandomBytes(random, true, '\xFF'), arena);
    default: return Datum::OfString(RandomBytes(random, false, 'B'), arena);
  }
}

template <typename T>
int CompareAs(const Datum& a, const Datum& b) {
  return a.As<T>() < b.As<T>() ? -1 : (b.As<T>() < a.As<T>() ? 1 : 0);
}

template <typename T>
int CompareFloats(const Datum& a, const Datum& b) {
  const bool nan_a = std::isnan(a.As<T>()), nan_b = std::isnan(b.As<T>());
  return nan_a || nan_b ? int{nan_a} - int{nan_b} : CompareAs<T>(a, b);
}

int CompareSpans(const Datum& a, const Datum& b) {
  auto span = [](types::IntervalValue v) {
    return ((__int128{v.months} * 30 + v.days) * 86'400'000'000) + v.microseconds;
  };
  const __int128 left = span(a.As<types::IntervalValue>());
  const __int128 right = span(b.As<types::IntervalValue>());
  return left < right ? -1 : (left > right ? 1 : 0);
}

int CompareTimeTz(const Datum& a, const Datum& b) {
  const auto x = a.As<types::TimeTzValue>(), y = b.As<types::TimeTzValue>();
  const int64_t utc_x = x.microseconds + x.zone_seconds * int64_t{1'000'000};
  const int64_t utc_y = y.microseconds + y.zone_seconds * int64_t{1'000'000};
  if (utc_x != utc_y) return utc_x < utc_y ? -1 : 1;
  return x.zone_seconds < y.zone_seconds ? -1 : (x.zone_seconds > y.zone_seconds ? 1 : 0);
}

// The order SQL has.
int CompareValues(Oid type, const Datum& a, const Datum& b) {
  switch (type) {
    case facts::kBoolOid:
    case facts::kCharOid: return CompareAs<uint8_t>(a, b);
    case facts::kInt2Oid: return CompareAs<int16_t>(a, b);
    case facts::kInt4Oid:
    case facts::kDateOid: return CompareAs<int32_t>(a, b);
    case facts::kOidOid: return CompareAs<uint32_t>(a, b);
    case facts::kInt8Oid:
    case facts::kTimestampOid: return CompareAs<int64_t>(a, b);
    case facts::kXid8Oid: return CompareAs<uint64_t>(a, b);
    case facts::kFloat4Oid: return CompareFloats<float>(a, b);
    case facts::kFloat8Oid: return CompareFloats<double>(a, b);
    case facts::kUuidOid: return CompareAs<types::UuidValue>(a, b);
    case facts::kIntervalOid: return CompareSpans(a, b);
    case facts::kTimetzOid: return CompareTimeTz(a, b);
    case facts::kNumericOid:
      return types::NumericCompare(types::NumericRef::Of(a), types::NumericRef::Of(b));
    case facts::kBpcharOid:
      return types::TrimTrailingBlanks(a.AsString()).compare(types::TrimTrailingBlanks(b.AsString()));
    default: return a.AsString().compare(b.AsString());
  }
}

// The same, and what the executor sorts and compares by must agree.
int CompareWithTypes(const types::SqlType& type, const Datum& a, const Datum& b) {
  const int by_type = types::FindCompare(type)(a, b, type.collation);
  if (!types::IsByteCollation(type.collation)) return by_type;
  const int order = CompareValues(type.oid, a, b);
  Expect((order < 0) == (by_type < 0) && (order > 0) == (by_type > 0),
         "types/compare.h on type " + std::to_string(type.oid));
  return order;
}

int ComparePart(const KeyPart& part, const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) {
    const int order = int{a.is_null()} - int{b.is_null()};
    return part.nulls_first ? -order : order;
  }
  const int order = CompareWithTypes(part.type, a, b);
  return part.descending ? -order : order;
}

int Sign(int order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); }

}  // namespace

const uint64_t kSeedCount = 1500;

void RunModel(Random& random) {
  Arena arena;
  std::vector<KeyPart> parts(1 + Below(random, 3));
  for (KeyPart& part : parts) {
    part.type = types::BuiltinType(kTypes[Below(random, std::size(kTypes))]);
    if (part.type.oid == facts::kTextOid && Below(random, 3) == 0) {
      part.type.collation = facts::FindCollationByName("en-x-icu")->oid;
    }
    part.descending = Below(random, 2) == 0;
    part.nulls_first = Below(random, 2) == 0;
  }
  const KeyLayout layout(parts, {});
  std::vector<std::vector<Datum>> rows(30);
  std::vector<std::string> keys(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    for (const KeyPart& part : parts) {
      const bool null = Below(random, 8) == 0;
      rows[r].push_back(null ? Datum::Null() : RandomValue(random, part.type.oid, arena));
    }
    layout.Append(rows[r], &keys[r]);
  }
  for (size_t a = 0; a < rows.size(); ++a) {
    Expect(layout.FieldBytes(keys[a] + "tail", parts.size()) == keys[a].size(), "field bytes");
    size_t decodable = 0;
    while (decodable < parts.size() && layout.IsDecodable(decodable)) ++decodable;
    std::vector<Datum> decoded(decodable);
    layout.Decode(keys[a], decoded, arena);
    for (size_t p = 0; p < decodable; ++p) {
      Expect(ComparePart(parts[p], decoded[p], rows[a][p]) == 0, "decoded value");
    }
    for (size_t b = 0; b < rows.size(); ++b) {
      int order = 0;
      for (size_t p = 0; p < parts.size() && order == 0; ++p) {
        order = ComparePart(parts[p], rows[a][p], rows[b][p]);
      }
      Expect(Sign(keys[a].compare(keys[b])) == Sign(order),
             "order of a key with a first part of type " + std::to_string(parts[0].type.oid));
    }
  }
}

}  // namespace grizzly::model
