#include "planner/binder/domain_checks.h"

#include "planner/binder/table_expression.h"

namespace grizzly::planner {

ExprPtr WrapInDomain(BindState& state, ExprPtr expression, Oid domain, int location) {
  auto wrap = std::make_unique<expr::WrapExpr>(expr::ExprKind::kDomainCast,
                                               state.types().Make(domain));
  wrap->location = location;
  wrap->domain_name = state.types().Name(domain);
  wrap->child = std::move(expression);
  // The built-in domains (of information_schema) are filled by views that keep to them.
  for (Oid at = domain; at >= kFirstUserOid && state.types().IsDomain(at);
       at = state.types().Of(at).base) {
    const auto type = state.catalog().FindType(at);
    if (type == nullptr) break;
    if (type->not_null) wrap->checks.push_back({"", nullptr});
    for (const catalog::Constraint& check : type->checks) {
      const BindState::ValueScope value(state, state.types().Make(state.types().BaseOf(at)));
      wrap->checks.push_back(
          {check.name, BindOverTable(state, check.check, nullptr, {}, Place::kDomainCheck)});
    }
  }
  return wrap;
}

}  // namespace grizzly::planner
