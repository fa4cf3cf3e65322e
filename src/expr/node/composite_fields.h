// Composite values seen field by field.
#pragma once

#include "expr/node/node.h"

namespace grizzly::expr {

// record, or a row type among the built-in ones. A user's row type is known to the binder, which
// says so in the expression (kNullTest, choice 2 and 3).
bool IsCompositeType(const SqlType& type);
// IS NULL (want_null) or IS NOT NULL of a row: whether all fields are (are not) NULL.
bool AllFieldsAre(const Datum& row, bool want_null);

}  // namespace grizzly::expr
