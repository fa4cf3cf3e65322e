#include "planner/binder/hypothetical_set.h"

#include <fmt/format.h>

#include "base/error/check.h"

namespace grizzly::planner {

using expr::ExprKind;

HypotheticalSet::HypotheticalSet(ExpressionBinder& binder, std::vector<ExprPtr> direct,
                                 std::vector<expr::SortKey> sorted, ExprPtr filter, int location)
    : binder_(binder),
      state_(binder.state()),
      direct_(std::move(direct)),
      sorted_(std::move(sorted)),
      filter_(std::move(filter)),
      location_(location) {
  GRIZZLY_CHECK(direct_.size() == sorted_.size());
}

ExprPtr HypotheticalSet::IsNull(const expr::Expr& value, bool is_null) {
  const auto kind = is_null ? expr::NullTestKind::kIsNull : expr::NullTestKind::kIsNotNull;
  auto test = std::make_unique<expr::ListExpr>(
      ExprKind::kNullTest, state_.types().Make(facts::kBoolOid), static_cast<uint8_t>(kind));
  test->children.push_back(value.Clone());
  return test;
}

// Whether the row's key stands before the hypothetical one's.
ExprPtr HypotheticalSet::Less(size_t key) {
  const expr::SortKey& sort = sorted_[key];
  std::vector<ExprPtr> either, nulls;
  nulls.push_back(IsNull(*sort.expression, sort.nulls_first));
  nulls.push_back(IsNull(*direct_[key], !sort.nulls_first));
  either.push_back(MakeBoolOperation(expr::BoolOperation::kAnd, std::move(nulls)));
  either.push_back(binder_.MakeOperator(sort.descending ? ">" : "<", sort.expression->Clone(),
                                        direct_[key]->Clone(), location_));
  return MakeBoolOperation(expr::BoolOperation::kOr, std::move(either));
}

ExprPtr HypotheticalSet::SameAs(size_t key) {
  auto same = std::make_unique<expr::ComparisonExpr>(ExprKind::kDistinct,
                                                     state_.types().Make(facts::kBoolOid));
  same->left = sorted_[key].expression->Clone();
  same->right = direct_[key]->Clone();
  const std::string_view equal[] = {"="};
  same->comparisons.push_back(
      binder_.MakeComparison(equal, same->left, same->right, location_));
  same->negated = true;
  return same;
}

ExprPtr HypotheticalSet::InFront(size_t key, bool or_equal) {
  std::vector<ExprPtr> either;
  either.push_back(Less(key));
  std::vector<ExprPtr> ties;
  ties.push_back(SameAs(key));
  if (key + 1 < sorted_.size()) {
    ties.push_back(InFront(key + 1, or_equal));
    either.push_back(MakeBoolOperation(expr::BoolOperation::kAnd, std::move(ties)));
  } else if (or_equal) {
    either.push_back(std::move(ties[0]));
  }
  if (either.size() == 1) return std::move(either[0]);
  return MakeBoolOperation(expr::BoolOperation::kOr, std::move(either));
}

std::unique_ptr<expr::AggregateExpr> HypotheticalSet::Count(ExprPtr condition, ExprPtr counted) {
  constexpr Oid kCountAny = 2147, kCountStar = 2803;
  const facts::ProcFact& function =
      *facts::FindProc(counted == nullptr ? kCountStar : kCountAny);
  auto count = std::make_unique<expr::AggregateExpr>(state_.types().Make(facts::kInt8Oid));
  count->location = location_;
  count->name = function.proname;
  count->star = counted == nullptr;
  count->distinct = counted != nullptr;
  count->function = RequireImplementation(state_, function, location_)->aggregate;
  if (counted != nullptr) count->arguments.push_back(std::move(counted));
  count->call = MakeCallSite(state_, function, count->type, count->arguments, location_);
  std::vector<ExprPtr> all;
  if (filter_ != nullptr) all.push_back(filter_->Clone());
  if (condition != nullptr) all.push_back(std::move(condition));
  if (all.size() == 1) count->filter = std::move(all[0]);
  if (all.size() > 1) {
    count->filter = MakeBoolOperation(expr::BoolOperation::kAnd, std::move(all));
  }
  return count;
}

std::unique_ptr<expr::AggregateExpr> HypotheticalSet::CountInFront(bool or_equal) {
  return Count(InFront(0, or_equal), nullptr);
}

std::unique_ptr<expr::AggregateExpr> HypotheticalSet::CountDistinctInFront() {
  auto row = std::make_unique<expr::ListExpr>(ExprKind::kRow,
                                              state_.types().Make(facts::kRecordOid));
  for (const expr::SortKey& key : sorted_) row->children.push_back(key.expression->Clone());
  return Count(InFront(0, false), std::move(row));
}

std::unique_ptr<expr::AggregateExpr> HypotheticalSet::CountAll() { return Count(nullptr, nullptr); }

// ---- the calls ----

namespace {

// The call itself, for those who print it.
std::unique_ptr<expr::AggregateExpr> AsWritten(std::shared_ptr<functions::CallSite> site,
                                               std::vector<ExprPtr> direct,
                                               std::vector<expr::SortKey> sorted, ExprPtr filter) {
  auto whole = std::make_unique<expr::AggregateExpr>(site->result_type);
  whole->name = facts::FindProc(site->function)->proname;
  whole->location = site->location;
  whole->direct_arguments = std::move(direct);
  whole->order_by = std::move(sorted);
  whole->filter = std::move(filter);
  whole->call = std::move(site);
  return whole;
}

}  // namespace

void ExpressionBinder::KeepDirectArguments(const std::vector<ExprPtr>& direct,
                                           const std::vector<expr::SortKey>& sorted) {
  expr::ListExpr all(ExprKind::kRow, state_.types().Make(facts::kRecordOid));
  for (const ExprPtr& argument : direct) all.children.push_back(argument->Clone());
  for (const expr::SortKey& key : sorted) all.children.push_back(key.expression->Clone());
  QueryLevel& level = LevelOfAggregate(all);
  for (const ExprPtr& argument : direct) level.direct_arguments.push_back(argument->Clone());
}

ExprPtr ExpressionBinder::FinishHypotheticalSet(Call& call) {
  const PgQuery__FuncCall& node = *call.node;
  const size_t sorted_count = node.n_agg_order;
  std::vector<ExprPtr> direct, sorted_values;
  const size_t direct_count = call.arguments.size() - std::min(sorted_count, call.arguments.size());
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    (i < direct_count ? direct : sorted_values).push_back(std::move(call.arguments[i]));
  }
  if (direct.size() != sorted_values.size()) {
    std::vector<Oid> types;
    for (const auto* list : {&direct, &sorted_values}) {
      for (const ExprPtr& each : *list) types.push_back(each->type.oid);
    }
    throw SqlError(SqlState::kUndefinedFunction,
                   fmt::format("function {} does not exist",
                               Signature(state_, call.Written(), types)))
        .Hint(fmt::format("To use the hypothetical-set aggregate {}, the number of hypothetical "
                          "direct arguments (here {}) must match the number of ordering columns "
                          "(here {}).",
                          call.Written(), direct.size(), sorted_values.size()))
        .At(call.location);
  }
  std::vector<expr::SortKey> sorted;
  for (size_t i = 0; i < sorted_values.size(); ++i) {
    const std::vector<Oid> both = {direct[i]->type.oid, sorted_values[i]->type.oid};
    const std::vector<int> places = {direct[i]->location, sorted_values[i]->location};
    Oid common = SelectCommonTypeOf(state_, both, places, "WITHIN GROUP");
    if (common == facts::kUnknownOid) common = facts::kTextOid;
    direct[i] = CoerceToCommon(state_, std::move(direct[i]), common, "WITHIN GROUP");
    sorted_values[i] = CoerceToCommon(state_, std::move(sorted_values[i]), common, "WITHIN GROUP");
    sorted.push_back(MakeSortKey(state_, std::move(sorted_values[i]), *node.agg_order[i]->sort_by));
  }
  ExprPtr filter;
  if (node.agg_filter != nullptr) {
    filter = MakeBoolOperation(expr::BoolOperation::kAnd,
                               BindCondition(node.agg_filter, Place::kFilter));
  }
  if (state_.record != nullptr) {
    auto site = MakeCallSite(state_, *call.function, call.result, direct, call.location);
    return AddAggregate(AsWritten(std::move(site), std::move(direct), std::move(sorted), std::move(filter)));
  }
  KeepDirectArguments(direct, sorted);
  HypotheticalSet set(*this, std::move(direct), std::move(sorted), std::move(filter),
                      call.location);
  const std::string_view name = call.function->proname;
  const auto plus_one = [&](ExprPtr count) {
    return MakeOperator("+", std::move(count), MakeInt8(1), call.location);
  };
  const auto as_double = [&](ExprPtr count) {
    return CoerceType(state_, std::move(count), facts::kFloat8Oid, types::kNoTypmod,
                      CoercionKind::kExplicit, expr::CallSyntax::kImplicitCast, call.location);
  };
  if (name == "rank") return plus_one(AddAggregate(set.CountInFront(false)));
  if (name == "dense_rank") return plus_one(AddAggregate(set.CountDistinctInFront()));
  if (name == "cume_dist") {
    return MakeOperator("/", as_double(plus_one(AddAggregate(set.CountInFront(true)))),
                        as_double(plus_one(AddAggregate(set.CountAll()))), call.location);
  }
  // percent_rank: 0 among no rows.
  std::vector<ExprPtr> rows;
  rows.push_back(AddAggregate(set.CountAll()));
  rows.push_back(MakeInt8(1));
  auto at_least_one = std::make_unique<expr::ListExpr>(ExprKind::kGreatestLeast,
                                                       state_.types().Make(facts::kInt8Oid), 0);
  at_least_one->children = std::move(rows);
  return MakeOperator("/", as_double(AddAggregate(set.CountInFront(false))),
                      as_double(std::move(at_least_one)), call.location);
}

}  // namespace grizzly::planner
