#include "planner/physical/key_equality.h"

#include <algorithm>

#include "base/error/check.h"
#include "facts/casts.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/registry.h"
#include "planner/optimizer/conjuncts.h"
#include "types/collation.h"
#include "types/compare.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// An equality of two types is hashed as the wider one. Some values may have no wider one (dates far away): that is
// risked only where a hash join is the only way.
struct Widening {
  Oid narrow, wide;
  bool may_fail;
};
constexpr Widening kWidenings[] = {
    {facts::kInt2Oid, facts::kInt4Oid, false},         {facts::kInt2Oid, facts::kInt8Oid, false},
    {facts::kInt4Oid, facts::kInt8Oid, false},         {facts::kFloat4Oid, facts::kFloat8Oid, false},
    {facts::kNameOid, facts::kTextOid, false},         {facts::kDateOid, facts::kTimestampOid, true},
    {facts::kDateOid, facts::kTimestamptzOid, true},   {facts::kTimestampOid, facts::kTimestamptzOid, true},
};

// 0: they have none.
Oid KeyType(Oid a, Oid b, JoinType type) {
  if (a == b) return a;
  for (const Widening& known : kWidenings) {
    const bool fits = (a == known.narrow && b == known.wide) || (b == known.narrow && a == known.wide);
    if (fits) return known.may_fail && type != JoinType::kFull ? kInvalidOid : known.wide;
  }
  return kInvalidOid;
}

ExprPtr Widened(ExprPtr key, Oid wide) {
  if (key->type.oid == wide) return key;
  const facts::CastFact* cast = facts::FindCast(key->type.oid, wide);
  GRIZZLY_CHECK(cast != nullptr && cast->castfunc != kInvalidOid);
  auto call = std::make_shared<functions::CallSite>();
  call->function = cast->castfunc;
  call->result_type = types::BuiltinType(wide);
  call->argument_types.push_back(key->type);
  auto made = std::make_unique<expr::FunctionExpr>(call->result_type);
  made->implementation = functions::BuiltinRegistry().Find(cast->castfunc);
  made->volatility = facts::FindProc(cast->castfunc)->provolatile;
  made->syntax = expr::CallSyntax::kImplicitCast;
  made->call = std::move(call);
  made->arguments.push_back(std::move(key));
  return made;
}

Oid CollationOfEquality(const expr::Expr& condition) {
  if (condition.kind == ExprKind::kFunction) {
    return static_cast<const expr::FunctionExpr&>(condition).call->collation;
  }
  return static_cast<const expr::ComparisonExpr&>(condition).comparisons.at(0).call->collation;
}

// What the equality calls equal, not what each side's own collation would: that matters where one of them calls
// different texts equal, which only collations that users made do.
void AdoptCollation(Oid collation, expr::Expr* key, const expr::Expr& other) {
  const bool matters = std::max({key->type.collation, other.type.collation, collation}) >= kFirstUserOid;
  if (matters && key->type.collation != kInvalidOid) key->type.collation = collation;
}

}  // namespace

bool TakeEquality(ExprPtr& condition, const ColumnSet& left, const ColumnSet& right, JoinType type,
                  EquiCondition* taken) {
  ExprPtr* a = nullptr;
  ExprPtr* b = nullptr;
  if (condition->kind == ExprKind::kFunction) {
    const auto comparison = AsComparison(*condition);
    if (!comparison || comparison->op != ComparisonOperator::kEqual) return false;
    auto& call = static_cast<expr::FunctionExpr&>(*condition);
    a = &call.arguments[0];
    b = &call.arguments[1];
  } else if (condition->kind == ExprKind::kDistinct) {
    auto& distinct = static_cast<expr::ComparisonExpr&>(*condition);
    if (!distinct.negated) return false;
    taken->null_equal = true;
    a = &distinct.left;
    b = &distinct.right;
  } else {
    return false;
  }
  const auto free_a = expr::FreeColumns(**a), free_b = expr::FreeColumns(**b);
  if (free_a.empty() || free_b.empty()) return false;
  const bool straight = left.ContainsAll(free_a) && right.ContainsAll(free_b);
  const bool crossed = right.ContainsAll(free_a) && left.ContainsAll(free_b);
  if (!straight && !crossed) return false;
  const Oid key_type = KeyType((*a)->type.oid, (*b)->type.oid, type);
  if (key_type == kInvalidOid || types::FindHash((*a)->type) == nullptr || ContainsSubquery(*condition)) {
    return false;
  }
  const Oid collation = CollationOfEquality(*condition);
  if (collation == types::kConflictingCollation) return false;  // the comparison says so when it runs
  taken->left = Widened(std::move(straight ? *a : *b), key_type);
  taken->right = Widened(std::move(straight ? *b : *a), key_type);
  AdoptCollation(collation, taken->left.get(), *taken->right);
  AdoptCollation(collation, taken->right.get(), *taken->left);
  return true;
}

}  // namespace grizzly::planner
