// What joins cost, in rows of a row table that is read in order: for ordering them (order_joins.cc) and for
// choosing between a hash table and lookups (physical/convert_join.cc).
#pragma once

namespace grizzly::planner {

inline constexpr double kBuildCost = 2;              // a row put into a hash table
inline constexpr double kLookupCost = 12;            // a key looked up
// Of a columnar table: a row read in order, and one that is looked up (its block is decoded).
inline constexpr double kColumnarScanCost = 0.1;
inline constexpr double kColumnarLookupCost = 1500;

}  // namespace grizzly::planner
