// Collations PostgreSQL 15 makes itself: default, C, POSIX, ucs_basic and ICU's, from
// facts/pg_collation.csv. Those of an operating system are not facts.
//
// Members carry PostgreSQL's column names; an Oid of 0 means none; a std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

inline constexpr Oid kDefaultCollationOid = 100;
inline constexpr Oid kCCollationOid = 950;
inline constexpr Oid kPosixCollationOid = 951;

struct CollationFact {
  Oid oid;
  std::string_view collname;
  Oid collnamespace;
  char collprovider;  // d the database's, c libc, i ICU
  bool collisdeterministic;
  int32_t collencoding;  // -1 any
  std::string_view collcollate;
  std::string_view collctype;
  std::string_view colliculocale;
};

const CollationFact* FindCollation(Oid oid);
const CollationFact* FindCollationByName(std::string_view collname);
// Sorted by collname.
std::span<const CollationFact> AllCollations();

}  // namespace grizzly::facts
