// How interval input gathers amounts, and the ISO 8601 forms: P1Y2M3DT4H5M6S, P0001-02-03T04:05:06.
#pragma once

#include <string_view>

#include "types/datetime_parse.h"
#include "types/interval.h"

namespace grizzly::types {

// Adds amounts unit by unit; each returns false on overflow.
class IntervalGatherer {
 public:
  bool AddMicroseconds(int64_t amount, double fraction, int64_t unit);
  bool AddDays(int64_t amount, double fraction, int32_t unit);
  bool AddMonths(int64_t amount, double fraction);
  bool AddYears(int64_t amount, double fraction, int32_t unit);
  bool AddFraction(double fraction, int64_t unit);
  bool Negate();
  // Throws 22008 when the years do not fit into months.
  IntervalValue Finish() const;

 private:
  bool AddFractionOfDays(double fraction, int32_t unit);

  IntervalValue value_;
  int32_t years_ = 0;
};

TimeInputError DecodeIsoInterval(std::string_view text, IntervalGatherer& out);

}  // namespace grizzly::types
