#include "types/range.h"

#include <algorithm>

#include "base/error/sql_error.h"
#include "facts/ranges.h"
#include "facts/types.h"
#include "types/datetime.h"
#include "types/hash_bytes.h"
#include "types/timestamp.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr size_t kHeaderBytes = 8;

size_t BoundBytes(PhysicalType physical, const char* at) {
  if (physical != PhysicalType::kString) return PhysicalWidth(physical);
  uint32_t size;
  std::memcpy(&size, at, 4);
  return 4 + size;
}

Datum ReadBound(PhysicalType physical, const char* at) {
  if (physical == PhysicalType::kString) {
    return Datum::Of(StringRef(std::string_view(at + 4, BoundBytes(physical, at) - 4)));
  }
  Fixed16 value;
  std::memcpy(&value, at, PhysicalWidth(physical));
  return Datum::Of(value);
}

void AppendBound(std::string& bytes, PhysicalType physical, const Datum& value) {
  if (physical != PhysicalType::kString) {
    bytes.append(static_cast<const char*>(value.payload()), PhysicalWidth(physical));
    return;
  }
  const std::string_view text = value.AsString();
  const auto size = static_cast<uint32_t>(text.size());
  bytes.append(reinterpret_cast<const char*>(&size), 4);
  bytes += text;
}

std::string Header(const RangeKind& kind, uint8_t flags) {
  std::string bytes(kHeaderBytes, '\0');
  bytes[0] = static_cast<char>(flags);
  bytes[1] = static_cast<char>(kind.subtype.physical);
  std::memcpy(&bytes[4], &kind.subtype.oid, 4);
  return bytes;
}

// The next value of a discrete subtype. Infinite dates have none.
Datum NextValue(const RangeKind& kind, const Datum& value) {
  if (kind.subtype.oid == facts::kInt8Oid) {
    int64_t next;
    if (__builtin_add_overflow(value.As<int64_t>(), int64_t{1}, &next)) ThrowTypeOutOfRange("bigint");
    return Datum::Of(next);
  }
  int32_t next;
  if (kind.subtype.oid == facts::kDateOid) {
    if (!IsFiniteDate(value.As<int32_t>())) return value;
    next = value.As<int32_t>() + 1;
    if (!IsValidDate(next)) ThrowDateOutOfRange();
  } else if (__builtin_add_overflow(value.As<int32_t>(), 1, &next)) {
    ThrowTypeOutOfRange("integer");
  }
  return Datum::Of(next);
}

bool HasNext(const RangeKind& kind, const RangeBound& bound) {
  return !bound.is_infinite &&
         (kind.subtype.oid != facts::kDateOid || IsFiniteDate(bound.value.As<int32_t>()));
}

void Canonicalize(const RangeKind& kind, RangeBound& lower, RangeBound& upper) {
  if (HasNext(kind, lower) && !lower.is_inclusive) {
    lower.value = NextValue(kind, lower.value);
    lower.is_inclusive = true;
  }
  if (HasNext(kind, upper) && upper.is_inclusive) {
    upper.value = NextValue(kind, upper.value);
    upper.is_inclusive = false;
  }
}

// Throws for bounds the wrong way round; true when nothing lies between them.
bool IsEmptyBetween(const RangeKind& kind, const RangeBound& lower, const RangeBound& upper) {
  const int order = CompareRangeBoundValues(kind, lower, upper);
  if (order > 0) {
    throw SqlError(SqlState::kDataException,
                   "range lower bound must be less than or equal to range upper bound");
  }
  return order == 0 && !(lower.is_inclusive && upper.is_inclusive);
}

struct KindRow {
  Oid range_oid;
  Oid multirange_oid;
  RangeKind kind;
};

const std::vector<KindRow>& KindRows() {
  static const auto* const rows = [] {
    auto* made = new std::vector<KindRow>();
    for (const facts::RangeFact& fact : facts::AllRanges()) {
      RangeKind kind;
      kind.range = fact.rngtypid;
      kind.multirange = fact.rngmultitypid;
      kind.subtype_diff = fact.rngsubdiff;
      kind.subtype = BuiltinType(fact.rngsubtype);
      kind.collation = fact.rngcollation;
      kind.is_discrete = fact.rngcanonical != 0;
      kind.compare = FindCompare(kind.subtype);
      made->push_back({fact.rngtypid, fact.rngmultitypid, kind});
    }
    return made;
  }();
  return *rows;
}

// Enough of a kind to compare and hash with.
RangeKind KindOfValue(RangeRef range, Oid collation) {
  RangeKind kind;
  const Oid oid = range.subtype_oid();
  kind.subtype = oid < kFirstUserOid ? BuiltinType(oid)
                                     : SqlType{oid, kNoTypmod, kInvalidOid, range.physical()};
  kind.collation = collation;
  kind.compare = FindCompare(kind.subtype);
  return kind;
}

}  // namespace

RangeBound RangeRef::lower() const {
  RangeBound bound;
  bound.is_lower = true;
  bound.is_infinite = (flags() & kRangeLowerInfinite) != 0;
  bound.is_inclusive = (flags() & kRangeLowerInclusive) != 0;
  if (!bound.is_infinite) bound.value = ReadBound(physical(), bytes_.data() + kHeaderBytes);
  return bound;
}

RangeBound RangeRef::upper() const {
  RangeBound bound;
  bound.is_infinite = (flags() & kRangeUpperInfinite) != 0;
  bound.is_inclusive = (flags() & kRangeUpperInclusive) != 0;
  if (bound.is_infinite) return bound;
  const char* at = bytes_.data() + kHeaderBytes;
  if ((flags() & kRangeLowerInfinite) == 0) at += BoundBytes(physical(), at);
  bound.value = ReadBound(physical(), at);
  return bound;
}

RangeRef MultirangeRef::range(uint32_t i) const {
  const size_t start = 4 + size_t{4} * size();
  const uint32_t begin = i == 0 ? 0 : Word(i);
  return RangeRef(bytes_.substr(start + begin, Word(i + 1) - begin));
}

const RangeKind* FindRangeKind(Oid oid) {
  for (const KindRow& row : KindRows()) {
    if (row.range_oid == oid || row.multirange_oid == oid) return &row.kind;
  }
  return nullptr;
}

std::string MakeEmptyRange(const RangeKind& kind) { return Header(kind, kRangeEmpty); }

std::string MakeRange(const RangeKind& kind, RangeBound lower, RangeBound upper) {
  lower.is_lower = true;
  upper.is_lower = false;
  if (lower.is_infinite) lower.is_inclusive = false;
  if (upper.is_infinite) upper.is_inclusive = false;
  if (IsEmptyBetween(kind, lower, upper)) return MakeEmptyRange(kind);
  if (kind.is_discrete) {
    Canonicalize(kind, lower, upper);
    if (IsEmptyBetween(kind, lower, upper)) return MakeEmptyRange(kind);
  }
  uint8_t flags = 0;
  if (lower.is_infinite) flags |= kRangeLowerInfinite;
  if (lower.is_inclusive) flags |= kRangeLowerInclusive;
  if (upper.is_infinite) flags |= kRangeUpperInfinite;
  if (upper.is_inclusive) flags |= kRangeUpperInclusive;
  std::string bytes = Header(kind, flags);
  if (!lower.is_infinite) AppendBound(bytes, kind.subtype.physical, lower.value);
  if (!upper.is_infinite) AppendBound(bytes, kind.subtype.physical, upper.value);
  return bytes;
}

std::string MakeMultirange(const RangeKind& kind, const std::vector<std::string>& ranges) {
  std::vector<std::string_view> sorted;
  for (const std::string& range : ranges) {
    if (!RangeRef(range).is_empty()) sorted.push_back(range);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [&](std::string_view a, std::string_view b) {
    return CompareRanges(kind, RangeRef(a), RangeRef(b)) < 0;
  });
  std::vector<std::string> joined;
  for (const std::string_view next : sorted) {
    if (joined.empty()) {
      joined.emplace_back(next);
      continue;
    }
    const RangeRef last(joined.back());
    const RangeRef range(next);
    const bool overlap = CompareRangeBounds(kind, range.lower(), last.upper()) <= 0;
    if (!overlap && !AreRangeBoundsAdjacent(kind, last.upper(), range.lower())) {
      joined.emplace_back(next);
    } else if (CompareRangeBounds(kind, range.upper(), last.upper()) > 0) {
      joined.back() = MakeRange(kind, last.lower(), range.upper());
    }
  }
  std::string bytes;
  const auto append = [&bytes](size_t word) {
    const auto narrow = static_cast<uint32_t>(word);
    bytes.append(reinterpret_cast<const char*>(&narrow), 4);
  };
  append(joined.size());
  size_t end = 0;
  for (const std::string& range : joined) append(end += range.size());
  for (const std::string& range : joined) bytes += range;
  return bytes;
}

int CompareRangeBoundValues(const RangeKind& kind, const RangeBound& a, const RangeBound& b) {
  if (a.is_infinite && b.is_infinite) {
    if (a.is_lower == b.is_lower) return 0;
    return a.is_lower ? -1 : 1;
  }
  if (a.is_infinite) return a.is_lower ? -1 : 1;
  if (b.is_infinite) return b.is_lower ? 1 : -1;
  return kind.compare(a.value, b.value, kind.collation);
}

int CompareRangeBounds(const RangeKind& kind, const RangeBound& a, const RangeBound& b) {
  const int order = CompareRangeBoundValues(kind, a, b);
  if (order != 0 || a.is_infinite || b.is_infinite) return order;
  // An exclusive lower bound is just above its value, an exclusive upper one just below.
  const auto shift = [](const RangeBound& bound) {
    return bound.is_inclusive ? 0 : (bound.is_lower ? 1 : -1);
  };
  return shift(a) - shift(b);
}

bool AreRangeBoundsAdjacent(const RangeKind& kind, const RangeBound& upper,
                            const RangeBound& lower) {
  if (upper.is_infinite || lower.is_infinite) return false;
  const int order = CompareRangeBoundValues(kind, upper, lower);
  if (order == 0) return upper.is_inclusive != lower.is_inclusive;
  if (order > 0 || !kind.is_discrete) return false;
  // Nothing between: the range from just above `upper` to just below `lower` is empty.
  RangeBound from = upper;
  from.is_inclusive = !upper.is_inclusive;
  RangeBound to = lower;
  to.is_inclusive = !lower.is_inclusive;
  return RangeRef(MakeRange(kind, from, to)).is_empty();
}

int CompareRanges(const RangeKind& kind, RangeRef a, RangeRef b) {
  if (a.is_empty() || b.is_empty()) {
    return static_cast<int>(b.is_empty()) - static_cast<int>(a.is_empty());
  }
  const int order = CompareRangeBounds(kind, a.lower(), b.lower());
  return order != 0 ? order : CompareRangeBounds(kind, a.upper(), b.upper());
}

int CompareRangeDatums(const Datum& a, const Datum& b, Oid collation) {
  const RangeRef left = RangeRef::Of(a);
  return CompareRanges(KindOfValue(left, collation), left, RangeRef::Of(b));
}

int CompareMultirangeDatums(const Datum& a, const Datum& b, Oid collation) {
  const MultirangeRef left = MultirangeRef::Of(a);
  const MultirangeRef right = MultirangeRef::Of(b);
  const uint32_t shared = std::min(left.size(), right.size());
  if (shared > 0) {
    const RangeKind kind = KindOfValue(left.range(0), collation);
    for (uint32_t i = 0; i < shared; ++i) {
      const int order = CompareRanges(kind, left.range(i), right.range(i));
      if (order != 0) return order;
    }
  }
  return left.size() < right.size() ? -1 : (left.size() > right.size() ? 1 : 0);
}

namespace {

uint64_t HashRange(RangeRef range, Oid collation) {
  uint64_t hash = HashWord(range.flags());
  if (range.is_empty()) return hash;
  const HashFunction function = FindHash(KindOfValue(range, collation).subtype);
  if (function == nullptr) {
    throw SqlError(SqlState::kUndefinedFunction, "could not identify a hash function for type");
  }
  for (const RangeBound& bound : {range.lower(), range.upper()}) {
    hash = CombineHash(hash, bound.is_infinite ? 0 : function(bound.value, collation));
  }
  return hash;
}

}  // namespace

uint64_t HashRangeDatum(const Datum& value, Oid collation) {
  return HashRange(RangeRef::Of(value), collation);
}

uint64_t HashMultirangeDatum(const Datum& value, Oid collation) {
  const MultirangeRef multirange = MultirangeRef::Of(value);
  uint64_t hash = HashWord(multirange.size());
  for (uint32_t i = 0; i < multirange.size(); ++i) {
    hash = CombineHash(hash, HashRange(multirange.range(i), collation));
  }
  return hash;
}

}  // namespace grizzly::types
