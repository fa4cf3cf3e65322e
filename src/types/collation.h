// Text under a collation.
//
// The default collation (100), "C" (950), "POSIX" (951) and ucs_basic compare bytes; the built-in
// "…-x-icu" ones (and "unicode") are ICU's, and so may be those that users make. All are deterministic:
// texts are equal when their bytes are.
// THREADS  any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids/ids.h"

namespace grizzly::types {

constexpr bool IsByteCollation(Oid collation) {
  return collation == kInvalidOid || collation == 100 || collation == 950 || collation == 951;
}

// Whoever knows the collations users made: a type directory may be one, too.
class CollationSource {
 public:
  // ICU's locale, or nothing for one that compares bytes. Nullopt: there is none of the oid.
  virtual std::optional<std::string> CollationLocaleOf(Oid collation) const = 0;
  // Empty: there is none of the oid.
  virtual std::string CollationNameOf(Oid collation) const = 0;

 protected:
  ~CollationSource() = default;
};

// What an expression has whose parts have different implicit collations: whoever asks for it fails.
inline constexpr Oid kConflictingCollation = 0xFFFFFFFFU;

// Throws 42P22 "could not determine which collation to use for PURPOSE" for kConflictingCollation.
void CheckCollation(Oid collation, std::string_view purpose);
// ICU's locale of a collation; empty when it compares bytes. Throws as CheckCollation, and 42704.
std::string CollationLocale(Oid collation, std::string_view purpose);

// Its own name, for messages; empty for an unknown oid.
std::string NameOfCollation(Oid collation);

// <0, 0, >0. Throws 42704 for a collation that is none of PostgreSQL's own.
int CompareText(std::string_view a, std::string_view b, Oid collation);
// Appends bytes that compare (memcmp) as the texts do; equal only for equal texts.
void AppendSortKey(std::string& out, std::string_view text, Oid collation);

}  // namespace grizzly::types
