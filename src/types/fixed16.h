// The sixteen-byte values: interval, timetz, uuid.
#pragma once

#include <array>
#include <cstdint>

namespace grizzly::types {

// PostgreSQL's Interval: three parts that are not converted into each other.
struct IntervalValue {
  int64_t microseconds = 0;
  int32_t days = 0;
  int32_t months = 0;
  bool operator==(const IntervalValue&) const = default;  // by parts; SQL equality compares spans
};

struct TimeTzValue {
  int64_t microseconds = 0;  // since midnight, local
  int32_t zone_seconds = 0;  // west of Greenwich, as PostgreSQL stores it
  int32_t padding = 0;
  bool operator==(const TimeTzValue&) const = default;
};

struct UuidValue {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const UuidValue&) const = default;
};

struct Fixed16 {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const Fixed16&) const = default;
};
static_assert(sizeof(IntervalValue) == 16 && sizeof(TimeTzValue) == 16 && sizeof(UuidValue) == 16 &&
              sizeof(Fixed16) == 16);

}  // namespace grizzly::types
