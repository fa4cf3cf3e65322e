// Built-in range types, from facts/pg_range.csv. Members carry pg_range's column names. Constant;
// any thread; nothing throws.
#pragma once

#include <span>

#include "facts/oid.h"

namespace grizzly::facts {

struct RangeFact {
  Oid rngtypid;
  Oid rngsubtype;
  Oid rngmultitypid;
  Oid rngcollation;
  Oid rngsubopc;
  Oid rngcanonical;
  Oid rngsubdiff;
};

std::span<const RangeFact> AllRanges();  // by rngtypid

}  // namespace grizzly::facts
