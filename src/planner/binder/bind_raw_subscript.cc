#include "planner/binder/bind_raw_subscript.h"

#include "facts/types.h"
#include "functions/geometry/raw_subscript.h"

namespace grizzly::planner {
namespace {

constexpr Oid kRawSubscriptHandler = 6180;

ExprPtr BindIndex(ExpressionBinder& binder, const ast::Node& node) {
  BindState& state = binder.state();
  ExprPtr index = binder.Bind(node);
  const int location = index->location;
  ExprPtr coerced =
      CoerceToTarget(state, index, facts::kInt4Oid, types::kNoTypmod, CoercionKind::kAssignment,
                     expr::CallSyntax::kImplicitCast, -1);
  if (coerced != nullptr) return coerced;
  throw SqlError(SqlState::kDatatypeMismatch, "array subscript must have type integer")
      .At(location);
}

}  // namespace

bool HasRawSubscripts(Oid type) {
  const facts::TypeFact* fact = facts::FindType(type);
  return fact != nullptr && fact->typsubscript == kRawSubscriptHandler;
}

ExprPtr BindRawSubscript(ExpressionBinder& binder, ExprPtr container,
                         std::span<ast::Node* const> indexes, int location) {
  BindState& state = binder.state();
  const facts::TypeFact* fact = facts::FindType(state.types().BaseOf(container->type.oid));
  auto call = std::make_shared<functions::CallSite>();
  call->result_type = state.types().Make(fact->typelem);
  call->location = location;
  auto made = std::make_unique<expr::FunctionExpr>(call->result_type);
  made->location = location;
  made->implementation = &functions::RawSubscript();
  made->arguments.push_back(std::move(container));
  for (const ast::Node* node : indexes) {
    const PgQuery__AIndices& index = *node->a_indices;
    if (index.is_slice) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "slices of fixed-length arrays not implemented");
    }
    made->arguments.push_back(BindIndex(binder, *index.uidx));
  }
  for (const ExprPtr& argument : made->arguments) call->argument_types.push_back(argument->type);
  made->call = std::move(call);
  return made;
}

}  // namespace grizzly::planner
