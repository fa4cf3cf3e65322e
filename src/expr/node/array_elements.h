// The elements an ANY/ALL comparison runs over: of an array value, or of ARRAY[...] taken apart.
#pragma once

#include <vector>

#include "expr/node/node.h"

namespace grizzly::expr {

// The type of the elements of an array type, from the comparison's right argument.
SqlType ComparedElementType(const ComparisonExpr& expr);
// Appends the elements of an array value (not NULL) in storage order; long strings point into it.
void AppendArrayElements(const Datum& array, const SqlType& element, std::vector<Datum>& elements);
// Whether `right` is a constant array, or ARRAY[...] of constants; appends its elements. False with
// nothing appended otherwise; a NULL array is one (is_null set).
bool ConstantElements(const ComparisonExpr& expr, std::vector<Datum>& elements, bool* is_null);

}  // namespace grizzly::expr
