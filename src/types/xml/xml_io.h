// xml to and from the outside.
#pragma once

#include "types/type_io.h"

namespace grizzly::types {

// Of xml; null for other types.
const TypeIo* XmlIo(Oid oid);
// As xml_out writes it: without a declaration that says nothing.
std::string XmlText(std::string_view value);

}  // namespace grizzly::types
