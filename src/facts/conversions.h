// Built-in encoding conversions, from facts/pg_conversion.csv. Members carry pg_conversion's column
// names. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct ConversionFact {
  Oid oid;
  std::string_view conname;
  Oid connamespace;
  Oid conowner;
  int32_t conforencoding;
  int32_t contoencoding;
  Oid conproc;
  bool condefault;
};

std::span<const ConversionFact> AllConversions();  // by oid

}  // namespace grizzly::facts
