// CASE, COALESCE, GREATEST and LEAST.
#include "planner/binder/query_record.h"
#include "planner/binder/set_functions.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

ExprPtr MakeEquality(ExpressionBinder& binder, const ExprPtr& tested, ExprPtr value, int location) {
  return binder.MakeOperator("=", tested->Clone(), std::move(value), location);
}

}  // namespace

ExprPtr ExpressionBinder::BindCase(const PgQuery__CaseExpr& node) {
  ExprPtr tested;
  if (node.arg != nullptr) tested = ResolveUnknown(state_, Bind(*node.arg));
  auto made = std::make_unique<expr::CaseExpr>(state_.types().Make(facts::kUnknownOid));
  made->location = node.location;
  if (tested != nullptr && state_.record != nullptr && !state_.in_definition()) {
    state_.record->cases.insert(node.location);
  }
  // The ELSE result counts first in the choice of a type.
  std::vector<ExprPtr> results(1);
  for (size_t i = 0; i < node.n_args; ++i) {
    const PgQuery__CaseWhen& when = *node.args[i]->case_when;
    ExprPtr condition = Bind(*when.expr);
    if (tested != nullptr) {
      condition = MakeEquality(*this, tested, std::move(condition), when.location);
    }
    made->branches.push_back(
        {CoerceToBoolean(state_, std::move(condition), "CASE/WHEN"), nullptr});
    results.push_back(Bind(*when.result));
  }
  results[0] = node.defresult == nullptr ? MakeNull(state_, facts::kUnknownOid)
                                         : Bind(*node.defresult);
  const Oid common = SelectCommonType(state_, results, "CASE");
  for (ExprPtr& result : results) {
    result = CoerceToCommon(state_, std::move(result), common, "CASE/WHEN");
  }
  made->type = state_.types().Make(common, SelectCommonTypmod(results, common));
  if (made->type.collation != kInvalidOid) made->type.collation = CombinedCollation(results);
  made->otherwise = std::move(results[0]);
  for (size_t i = 0; i < made->branches.size(); ++i) {
    made->branches[i].result = std::move(results[i + 1]);
  }
  RefuseSetFunctions(*made, "set-returning functions are not allowed in CASE");
  return made;
}

namespace {

ExprPtr BindAlternatives(ExpressionBinder& binder, ast::Node* const* nodes, size_t count,
                         std::string_view construct, ExprKind kind, uint8_t choice, int location) {
  BindState& state = binder.state();
  std::vector<ExprPtr> alternatives;
  for (size_t i = 0; i < count; ++i) alternatives.push_back(binder.Bind(*nodes[i]));
  const Oid common = SelectCommonType(state, alternatives, construct);
  for (ExprPtr& alternative : alternatives) {
    alternative = CoerceToCommon(state, std::move(alternative), common, construct);
  }
  SqlType type = state.types().Make(common, SelectCommonTypmod(alternatives, common));
  if (type.collation != kInvalidOid) type.collation = CombinedCollation(alternatives);
  auto made = std::make_unique<expr::ListExpr>(kind, type, choice);
  made->location = location;
  made->children = std::move(alternatives);
  return made;
}

}  // namespace

ExprPtr ExpressionBinder::BindCoalesce(const PgQuery__CoalesceExpr& node) {
  ExprPtr made = BindAlternatives(*this, node.args, node.n_args, "COALESCE", ExprKind::kCoalesce, 0,
                                  node.location);
  RefuseSetFunctions(*made, "set-returning functions are not allowed in COALESCE");
  return made;
}

ExprPtr ExpressionBinder::BindGreatestLeast(const PgQuery__MinMaxExpr& node) {
  const bool least = node.op == PG_QUERY__MIN_MAX_OP__IS_LEAST;
  ExprPtr made = BindAlternatives(*this, node.args, node.n_args, least ? "LEAST" : "GREATEST",
                                  ExprKind::kGreatestLeast, least ? 1 : 0, node.location);
  if (OrderingOperator(state_.types(), made->type.oid, false) == kInvalidOid) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "could not identify a comparison function for type " +
                       state_.types().Name(made->type.oid))
        .At(node.location);
  }
  return made;
}

}  // namespace grizzly::planner
