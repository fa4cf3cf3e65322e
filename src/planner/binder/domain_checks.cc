#include "planner/binder/domain_checks.h"

#include <algorithm>

#include "planner/binder/table_expression.h"

namespace grizzly::planner {

namespace {

void AddChecks(BindState& state, const catalog::Type& domain,
               std::vector<expr::WrapExpr::Check>& checks) {
  std::vector<const catalog::Constraint*> sorted;
  for (const catalog::Constraint& check : domain.checks) sorted.push_back(&check);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return a->name < b->name;
  });
  const BindState::ValueScope value(state, state.types().Make(domain.base));
  for (const catalog::Constraint* check : sorted) {
    checks.push_back(
        {check->name, BindOverTable(state, check->check, nullptr, {}, Place::kDomainCheck)});
  }
}

}  // namespace

ExprPtr WrapInDomain(BindState& state, ExprPtr expression, Oid domain, expr::CallSyntax syntax,
                     int location) {
  auto wrap = std::make_unique<expr::WrapExpr>(expr::ExprKind::kDomainCast,
                                               state.types().Make(domain));
  wrap->location = location;
  wrap->field = static_cast<uint32_t>(syntax);
  wrap->domain_name = state.types().Name(domain);
  wrap->child = std::move(expression);
  // The built-in domains (of information_schema) are filled by views that keep to them.
  // NOT NULL of any level first, then the checks of the lowest domain first, each level's by name.
  bool not_null = false;
  std::vector<std::shared_ptr<const catalog::Type>> levels;
  for (Oid at = domain; at >= kFirstUserOid && state.types().IsDomain(at);
       at = state.types().Of(at).base) {
    levels.push_back(state.catalog().FindType(at));
    not_null |= levels.back()->not_null;
  }
  if (not_null) wrap->checks.push_back({"", nullptr});
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    AddChecks(state, **level, wrap->checks);
  }
  return wrap;
}

}  // namespace grizzly::planner
