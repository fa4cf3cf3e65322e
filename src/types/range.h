// Ranges and multiranges over any ordered type.
//
// FORMAT  range       flags:u8 physical:u8 0:u16 subtype_oid:u32 lower? upper?
//                     a bound that is there: its value (fixed width), or size:u32 and bytes
//         multirange  count:u32 end:u32*count ranges; ranges sorted, apart, none empty
//         The flags are those of PostgreSQL's wire format.
// OWNS    RangeRef and MultirangeRef are views.
// Discrete ranges (int4range, int8range, daterange) are kept in the form [a,b).
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "types/compare.h"
#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

inline constexpr uint8_t kRangeEmpty = 0x01;
inline constexpr uint8_t kRangeLowerInclusive = 0x02;
inline constexpr uint8_t kRangeUpperInclusive = 0x04;
inline constexpr uint8_t kRangeLowerInfinite = 0x08;
inline constexpr uint8_t kRangeUpperInfinite = 0x10;

// What a range type is made of. Built-in ones come from FindRangeKind, user ones from the catalog.
struct RangeKind {
  Oid range = kInvalidOid;
  Oid multirange = kInvalidOid;
  SqlType subtype;
  Oid collation = kInvalidOid;
  Oid subtype_diff = kInvalidOid;  // the function, or none
  bool is_discrete = false;  // int4, int8 or date, to be kept as [a,b)
  CompareFunction compare = nullptr;
};

struct RangeBound {
  Datum value;  // points into the range; unused when infinite
  bool is_infinite = false;
  bool is_inclusive = false;
  bool is_lower = false;
};

class RangeRef {
 public:
  explicit RangeRef(std::string_view bytes) : bytes_(bytes) {}
  static RangeRef Of(const Datum& datum) { return RangeRef(datum.AsString()); }
  static RangeRef Of(Datum&&) = delete;

  uint8_t flags() const { return static_cast<uint8_t>(bytes_[0]); }
  bool is_empty() const { return (flags() & kRangeEmpty) != 0; }
  PhysicalType physical() const { return static_cast<PhysicalType>(bytes_[1]); }
  Oid subtype_oid() const {
    Oid oid;
    std::memcpy(&oid, bytes_.data() + 4, 4);
    return oid;
  }
  // Not of an empty range.
  RangeBound lower() const;
  RangeBound upper() const;
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

class MultirangeRef {
 public:
  explicit MultirangeRef(std::string_view bytes) : bytes_(bytes) {}
  static MultirangeRef Of(const Datum& datum) { return MultirangeRef(datum.AsString()); }
  static MultirangeRef Of(Datum&&) = delete;

  uint32_t size() const { return Word(0); }
  RangeRef range(uint32_t i) const;

 private:
  uint32_t Word(uint32_t i) const {
    uint32_t word;
    std::memcpy(&word, bytes_.data() + 4 * i, 4);
    return word;
  }

  std::string_view bytes_;
};

// Of a built-in range or multirange type; null otherwise.
const RangeKind* FindRangeKind(Oid range_or_multirange_oid);

// Throws 22000 when the bounds are the wrong way round, 22003/22008 when a discrete bound overflows.
std::string MakeRange(const RangeKind& kind, RangeBound lower, RangeBound upper);
std::string MakeEmptyRange(const RangeKind& kind);
// Sorts, drops empty ranges, joins what overlaps or touches.
std::string MakeMultirange(const RangeKind& kind, const std::vector<std::string>& ranges);

// Where bounds stand on the line: <0, 0, >0.
int CompareRangeBounds(const RangeKind& kind, const RangeBound& a, const RangeBound& b);
// By value only, whether inclusive or not.
int CompareRangeBoundValues(const RangeKind& kind, const RangeBound& a, const RangeBound& b);
// An upper bound and a lower bound with nothing between and nothing shared.
bool AreRangeBoundsAdjacent(const RangeKind& kind, const RangeBound& upper, const RangeBound& lower);
int CompareRanges(const RangeKind& kind, RangeRef a, RangeRef b);  // empty first

// For FindCompare and FindHash: the kind follows from the value's own subtype.
int CompareRangeDatums(const Datum& a, const Datum& b, Oid collation);
int CompareMultirangeDatums(const Datum& a, const Datum& b, Oid collation);
uint64_t HashRangeDatum(const Datum& value, Oid collation);
uint64_t HashMultirangeDatum(const Datum& value, Oid collation);

}  // namespace grizzly::types
