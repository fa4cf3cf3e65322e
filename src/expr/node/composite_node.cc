// ROW(...), (row).field, IS NULL of rows.
#include "base/error/sql_error.h"
#include "expr/node/composite_fields.h"
#include "expr/node/node.h"
#include "facts/types.h"

namespace grizzly::expr {

bool IsCompositeType(const SqlType& type) {
  if (type.oid == facts::kRecordOid) return true;
  const facts::TypeFact* fact = facts::FindType(type.oid);
  return fact != nullptr && fact->typtype == 'c';
}
bool AllFieldsAre(const Datum&, bool) { ThrowNotSupported("a NULL test of a row"); }

NodePtr MakeCompositeNode(const Expr& expr) {
  ThrowNotSupported("a row value", expr.location);
}

}  // namespace grizzly::expr
