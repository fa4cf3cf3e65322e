// How an operator class takes values apart for an index of terms (gin, gist, spgist, brin).
//
// THREADS  any.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids/ids.h"

namespace grizzly::storage {

enum class TermScheme : uint8_t {
  kOrdered,     // the value itself, in order
  kElements,    // an array's elements
  kLexemes,     // a tsvector's
  kJsonbKeys,   // jsonb's keys and scalars, each for itself
  kJsonbPaths,  // jsonb's scalars with the keys above them
  kSpans,       // ranges, multiranges and networks: the dyadic interval that holds them
  kBoxes,       // points, boxes, polygons, circles: the dyadic rectangle that holds them
};

// gin, gist, spgist and brin.
bool IsTermMethod(std::string_view access_method);
// Nullopt for a class that is not here.
std::optional<TermScheme> SchemeOfOpclass(Oid opclass);

}  // namespace grizzly::storage
