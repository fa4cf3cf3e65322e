// What the grammar's XML expressions compute: XMLELEMENT, XMLFOREST, XMLPARSE and their kin have no pg_proc
// row, so the binder calls them through these.
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

enum class XmlOperation : uint8_t {
  kConcat,     // xml ...
  kElement,    // name text, attribute count int4, (name text, value any) per attribute, content any ...
  kForest,     // (name text, value any) ...
  kParse,      // data text, is document bool
  kInstruction,  // target text [, content text]
  kRoot,       // xml, version text (NULL: none), standalone int4: 0 yes, 1 no, 2 no value, 3 as it is
  kSerialize,  // xml, is document bool; gives text
  kIsDocument  // xml
};

const Implementation& XmlImplementation(XmlOperation operation);

}  // namespace grizzly::functions
