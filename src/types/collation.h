// Text under a collation.
//
// The default collation (100), "C" (950), "POSIX" (951) and ucs_basic compare bytes; the built-in
// "…-x-icu" ones (and "unicode") are ICU's, and so may be those that users make. Under a deterministic collation, as
// all built-in ones are, texts are equal when their bytes are; under others when the collation calls them so.
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

struct CollationRule {
  std::string locale;  // ICU's; empty: compares bytes
  bool deterministic = true;
};

// Whoever knows the collations users made: a type directory may be one, too.
class CollationSource {
 public:
  // Nullopt: there is none of the oid.
  virtual std::optional<CollationRule> CollationRuleOf(Oid collation) const = 0;
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

// False: texts of different bytes may be equal. Throws as CollationLocale.
bool IsDeterministic(Oid collation);
// What ICU says its collations are; empty for one that compares bytes.
std::string CollationVersion(Oid collation);
// Throws 0A000 "nondeterministic collations are not supported for PURPOSE".
void RequireDeterministic(Oid collation, std::string_view purpose);

// Its own name, for messages; empty for an unknown oid.
std::string NameOfCollation(Oid collation);

// <0, 0, >0. Throws 42704 for a collation that is none of PostgreSQL's own.
int CompareText(std::string_view a, std::string_view b, Oid collation);
// Whether the texts are equal: for hash tables and unique keys.
bool TextsEqual(std::string_view a, std::string_view b, Oid collation);
// Appends bytes that compare (memcmp) as the texts do; equal for equal texts and for no others.
void AppendSortKey(std::string& out, std::string_view text, Oid collation);

}  // namespace grizzly::types
