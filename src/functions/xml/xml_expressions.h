// What the grammar's XML expressions compute: XMLELEMENT, XMLFOREST, XMLPARSE and their kin have no pg_proc
// row, so the binder calls them through these.
#pragma once

#include <optional>

#include "functions/registry.h"

namespace grizzly::functions {

enum class XmlOperation : uint8_t {
  kConcat,     // xml ...
  kElement,    // name text, attribute count int4, (name text, value any) per attribute, content any ...
  kForest,     // (name text, value any) ...
  kParse,      // data text, is document bool, preserve whitespace bool (either way nothing is lost)
  kInstruction,  // target text [, content text]
  kRoot,       // xml, version text (NULL: none), standalone int4: 0 yes, 1 no, 2 no value, 3 as it is
  kSerialize,  // xml, is document bool, type oid, typmod int4 (as written, for printing); gives text
  kIsDocument,  // xml
  kNotNull     // value any, column name text: an XMLTABLE column's NOT NULL
};

const Implementation& XmlImplementation(XmlOperation operation);
// Which operation an implementation is of; nullopt: none of them.
std::optional<XmlOperation> XmlOperationOf(const Implementation* implementation);

}  // namespace grizzly::functions
