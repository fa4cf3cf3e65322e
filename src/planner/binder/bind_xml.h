// The grammar's XML expressions.
#pragma once

#include "planner/binder/expression_binder.h"

namespace grizzly::planner {

ExprPtr BindXml(ExpressionBinder& binder, const PgQuery__XmlExpr& node);
ExprPtr BindXmlSerialize(ExpressionBinder& binder, const PgQuery__XmlSerialize& node);

}  // namespace grizzly::planner
