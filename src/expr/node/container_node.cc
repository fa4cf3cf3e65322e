// ARRAY[...], ROW(...), fields and subscripts.
#include "base/error/sql_error.h"
#include "expr/node/array_elements.h"
#include "expr/node/composite_fields.h"
#include "expr/node/node.h"
#include "facts/types.h"

namespace grizzly::expr {

NodePtr MakeContainerNode(const Expr& expr) {
  ThrowNotSupported("an array or row constructor", expr.location);
}
NodePtr MakeArrayCastNode(const WrapExpr& expr) {
  ThrowNotSupported("an array cast", expr.location);
}
void AppendArrayElements(const Datum&, const SqlType&, std::vector<Datum>&) {
  ThrowNotSupported("comparison with an array");
}
bool IsCompositeType(const SqlType& type) {
  if (type.oid == facts::kRecordOid) return true;
  const facts::TypeFact* fact = facts::FindType(type.oid);
  return fact != nullptr && fact->typtype == 'c';
}
bool AllFieldsAre(const Datum&, bool) { ThrowNotSupported("a NULL test of a row"); }

}  // namespace grizzly::expr
