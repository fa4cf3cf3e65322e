// EXISTS, IN and NOT IN conditions become semi and anti joins; correlated scalar aggregates become left
// joins with a grouped subquery.
//
// What stays a subquery runs once per outer row (or once, when uncorrelated).
// SOURCE  Galindo-Legaria, Joshi: Orthogonal Optimization of Subqueries and Aggregation (SIGMOD 2001)
#include <algorithm>

#include "planner/optimizer/column_set.h"
#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {
namespace {

using expr::ExprKind;
using expr::SubqueryExpr;
using expr::SubqueryKind;

LogicalPtr& PlanOf(SubqueryExpr& subquery) {
  return static_cast<LogicalSubquery&>(*subquery.body).plan;
}

// Whether it matters that a row of a subquery comes more than once.
enum class Duplicates : uint8_t { kMatter, kDoNotMatter };

class Unnester {
 public:
  explicit Unnester(StatementColumns& columns) : columns_(columns) {}

  void Visit(LogicalPtr& node) {
    if (node->kind == LogicalKind::kFilter) HoistFromExists(static_cast<LogicalFilter&>(*node));
    for (LogicalPtr& child : node->children) Visit(child);
    node->VisitExpressions([&](ExprPtr& expression) { VisitSubqueries(expression); });
    if (node->kind == LogicalKind::kFilter) UnnestFilter(node);
  }

 private:
  // EXISTS (... WHERE p AND q), where q has a subquery and mentions nothing of this query itself, is
  // q AND EXISTS (... WHERE p): q may become a join further up.
  static void HoistFromExists(LogicalFilter& filter) {
    std::vector<ExprPtr> parts;
    for (ExprPtr& conjunct : filter.conjuncts) SplitConjuncts(std::move(conjunct), &parts);
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i]->kind != ExprKind::kSubquery) continue;
      auto& subquery = static_cast<SubqueryExpr&>(*parts[i]);
      if (subquery.subquery_kind == SubqueryKind::kExists) TakeForeign(PlanOf(subquery), &parts);
    }
    filter.conjuncts = std::move(parts);
  }

  static void TakeForeign(LogicalPtr& plan, std::vector<ExprPtr>* taken) {
    if (plan->kind == LogicalKind::kProject) return TakeForeign(plan->children[0], taken);
    if (plan->kind != LogicalKind::kFilter) return;
    auto& filter = static_cast<LogicalFilter&>(*plan);
    const ColumnSet inner(filter.children[0]->outputs);
    std::vector<ExprPtr> parts, kept;
    for (ExprPtr& conjunct : filter.conjuncts) SplitConjuncts(std::move(conjunct), &parts);
    for (ExprPtr& part : parts) {
      const std::vector<ColumnId> mentioned = expr::FreeColumns(*part);
      const bool is_foreign = ContainsSubquery(*part) && !mentioned.empty() &&
                              !inner.ContainsAny(mentioned) && !expr::IsVolatile(*part);
      (is_foreign ? *taken : kept).push_back(std::move(part));
    }
    filter.conjuncts = std::move(kept);
    if (filter.conjuncts.empty()) plan = LogicalPtr(std::move(filter.children[0]));
  }

  void VisitSubqueries(ExprPtr& expression) {
    if (expression->kind == ExprKind::kSubquery) {
      Visit(PlanOf(static_cast<SubqueryExpr&>(*expression)));
    }
    expression->VisitChildren([&](ExprPtr& child) { VisitSubqueries(child); });
  }

  void UnnestFilter(LogicalPtr& node) {
    auto& filter = static_cast<LogicalFilter&>(*node);
    std::vector<ExprPtr> parts, kept;
    for (ExprPtr& conjunct : filter.conjuncts) SplitConjuncts(std::move(conjunct), &parts);
    LogicalPtr source = std::move(filter.children[0]);
    for (ExprPtr& part : parts) {
      if (TryJoin(source, part)) continue;
      UnnestScalars(source, part);
      kept.push_back(std::move(part));
    }
    if (kept.empty()) {
      node = std::move(source);
      return;
    }
    filter.conjuncts = std::move(kept);
    filter.children[0] = std::move(source);
  }

  // True when `condition` became a join around `source`.
  bool TryJoin(LogicalPtr& source, ExprPtr& condition) {
    bool negated = false;
    ExprPtr* found = &condition;
    while ((*found)->kind == ExprKind::kBool &&
           static_cast<expr::ListExpr&>(**found).choice ==
               static_cast<uint8_t>(expr::BoolOperation::kNot)) {
      negated = !negated;
      found = &static_cast<expr::ListExpr&>(**found).children[0];
    }
    if ((*found)->kind != ExprKind::kSubquery) return false;
    auto& subquery = static_cast<SubqueryExpr&>(**found);
    if (subquery.subquery_kind == SubqueryKind::kExists) {
      return JoinExists(source, subquery, negated);
    }
    if (subquery.subquery_kind == SubqueryKind::kAny) return JoinAny(source, subquery, negated);
    return false;
  }

  bool JoinExists(LogicalPtr& source, SubqueryExpr& subquery, bool negated) {
    auto join = std::make_unique<LogicalJoin>();
    join->type = negated ? JoinType::kAnti : JoinType::kSemi;
    LogicalPtr plan = std::move(PlanOf(subquery));
    PullUp(plan, ColumnSet(source->outputs), Duplicates::kDoNotMatter, &join->conditions);
    Finish(source, std::move(join), std::move(plan));
    return true;
  }

  bool JoinAny(LogicalPtr& source, SubqueryExpr& subquery, bool negated) {
    for (const auto& left : subquery.left) {
      if (ContainsSubquery(*left)) return false;
    }
    LogicalPtr& plan = PlanOf(subquery);
    const bool correlated =
        ColumnSet(source->outputs).ContainsAny(planner::FreeColumns(*plan));
    if (negated && (correlated || subquery.left.size() != 1)) return false;
    auto join = std::make_unique<LogicalJoin>();
    join->type = negated ? JoinType::kAnti : JoinType::kSemi;
    join->null_aware = negated;
    for (size_t i = 0; i < subquery.left.size(); ++i) {
      join->conditions.push_back(Comparison(subquery, i));
    }
    LogicalPtr taken = std::move(plan);
    if (!negated) {
      PullUp(taken, ColumnSet(source->outputs), Duplicates::kDoNotMatter, &join->conditions);
    }
    Finish(source, std::move(join), std::move(taken));
    return true;
  }

  ExprPtr Comparison(SubqueryExpr& subquery, size_t i) {
    const expr::ComparisonExpr::Comparison& comparison = subquery.comparisons[i];
    auto call = std::make_unique<expr::FunctionExpr>(comparison.call->result_type);
    call->call = comparison.call;
    call->implementation = comparison.implementation;
    call->operator_oid = comparison.operator_oid;
    call->syntax = expr::CallSyntax::kOperator;
    call->location = subquery.location;
    call->arguments.push_back(std::move(subquery.left[i]));
    call->arguments.push_back(std::make_unique<expr::ColumnExpr>(
        comparison.call->argument_types[1], subquery.body_columns[i]));
    return call;
  }

  static void Finish(LogicalPtr& source, std::unique_ptr<LogicalJoin> join, LogicalPtr plan) {
    join->lateral = ColumnSet(source->outputs).ContainsAny(planner::FreeColumns(*plan));
    join->outputs = source->outputs;
    join->children.push_back(std::move(source));
    join->children.push_back(std::move(plan));
    source = std::move(join);
  }

  // Moves conditions that mention `outer` columns from the top of `plan` (below projections) to
  // *conditions, and makes the inner columns they need part of its outputs.
  static void PullUp(LogicalPtr& plan, const ColumnSet& outer, Duplicates duplicates,
                     std::vector<ExprPtr>* conditions) {
    switch (plan->kind) {
      case LogicalKind::kFilter: {
        auto& filter = static_cast<LogicalFilter&>(*plan);
        PullUp(filter.children[0], outer, duplicates, conditions);
        TakeCorrelated(filter.conjuncts, outer, conditions);
        filter.outputs = filter.children[0]->outputs;
        if (filter.conjuncts.empty()) plan = LogicalPtr(std::move(filter.children[0]));
        break;
      }
      case LogicalKind::kProject: {
        auto& project = static_cast<LogicalProject&>(*plan);
        const size_t before = conditions->size();
        PullUp(project.children[0], outer, duplicates, conditions);
        for (size_t i = before; i < conditions->size(); ++i) Expose(project, *(*conditions)[i]);
        break;
      }
      case LogicalKind::kJoin:
        PullUpJoin(static_cast<LogicalJoin&>(*plan), outer, duplicates, conditions);
        break;
      default: break;
    }
  }

  static void PullUpJoin(LogicalJoin& join, const ColumnSet& outer, Duplicates duplicates,
                         std::vector<ExprPtr>* conditions) {
    const bool is_correlated =
        std::any_of(join.conditions.begin(), join.conditions.end(), [&](const ExprPtr& condition) {
          return outer.ContainsAny(expr::FreeColumns(*condition));
        });
    // A semi join below one is an inner join: whether there is one pair or more is the same.
    if (join.type == JoinType::kSemi && is_correlated && !join.lateral &&
        duplicates == Duplicates::kDoNotMatter) {
      join.type = JoinType::kInner;
    }
    if (join.type == JoinType::kRight || join.type == JoinType::kFull) return;
    PullUp(join.children[0], outer, duplicates, conditions);
    if (join.type == JoinType::kInner) {
      PullUp(join.children[1], outer, duplicates, conditions);
      TakeCorrelated(join.conditions, outer, conditions);
    }
    join.outputs = join.children[0]->outputs;
    if (join.type == JoinType::kSemi || join.type == JoinType::kAnti) return;
    join.outputs.insert(join.outputs.end(), join.children[1]->outputs.begin(),
                        join.children[1]->outputs.end());
  }

  static void TakeCorrelated(std::vector<ExprPtr>& from, const ColumnSet& outer,
                             std::vector<ExprPtr>* conditions) {
    std::vector<ExprPtr> parts, kept;
    for (ExprPtr& conjunct : from) SplitConjuncts(std::move(conjunct), &parts);
    for (ExprPtr& part : parts) {
      const bool moves = outer.ContainsAny(expr::FreeColumns(*part)) && !ContainsSubquery(*part) &&
                         !expr::IsVolatile(*part);
      (moves ? *conditions : kept).push_back(std::move(part));
    }
    from = std::move(kept);
  }

  static void Expose(LogicalProject& project, const expr::Expr& condition) {
    const ColumnSet below(project.children[0]->outputs);
    const ColumnSet exposed(project.outputs);
    std::function<void(const expr::Expr&)> expose = [&](const expr::Expr& part) {
      if (part.kind == ExprKind::kColumn) {
        const ColumnId id = static_cast<const expr::ColumnExpr&>(part).id;
        const bool there = std::find(project.outputs.begin(), project.outputs.end(), id) !=
                           project.outputs.end();
        if (below.Contains(id) && !there) {
          project.outputs.push_back(id);
          project.expressions.push_back(part.Clone());
        }
      }
      expr::ForEachChild(part, expose);
    };
    expose(condition);
  }

  // ---- correlated scalar aggregates ----

  void UnnestScalars(LogicalPtr& source, ExprPtr& expression) {
    if (expression->kind == ExprKind::kSubquery) {
      TryScalar(source, expression);
      return;
    }
    // A branch of CASE, AND, OR may not be reached: what is in it stays where it is.
    if (expression->kind != ExprKind::kFunction && expression->kind != ExprKind::kRelabel) return;
    expression->VisitChildren([&](ExprPtr& child) { UnnestScalars(source, child); });
  }

  static bool IsStrictOverColumns(const expr::Expr& expression) {
    if (expression.kind == ExprKind::kColumn) return true;
    if (expression.kind == ExprKind::kFunction) {
      const auto& call = static_cast<const expr::FunctionExpr&>(expression);
      if (!call.strict) return false;
      return std::any_of(call.arguments.begin(), call.arguments.end(),
                         [](const ExprPtr& e) { return IsStrictOverColumns(*e); });
    }
    if (expression.kind == ExprKind::kRelabel) {
      return IsStrictOverColumns(*static_cast<const expr::ListExpr&>(expression).children[0]);
    }
    return false;
  }

  void TryScalar(LogicalPtr& source, ExprPtr& expression) {
    auto& subquery = static_cast<SubqueryExpr&>(*expression);
    if (subquery.subquery_kind != SubqueryKind::kScalar) return;
    LogicalPtr& plan = PlanOf(subquery);
    const ColumnSet outer(source->outputs);
    if (!outer.ContainsAny(planner::FreeColumns(*plan))) return;
    if (plan->kind != LogicalKind::kProject) return;
    auto& project = static_cast<LogicalProject&>(*plan);
    if (project.children[0]->kind != LogicalKind::kAggregate) return;
    auto& aggregate = static_cast<LogicalAggregate&>(*project.children[0]);
    if (!aggregate.groups.empty() || !aggregate.grouping_sets.empty()) return;
    for (const ExprPtr& call : aggregate.aggregates) {
      if (static_cast<const expr::AggregateExpr&>(*call).name == "count") return;
    }
    if (!IsStrictOverColumns(*project.expressions[0])) return;
    // Try on a copy: all correlation must be equalities with inner columns.
    LogicalPtr input = aggregate.children[0]->Clone();
    std::vector<ExprPtr> conditions;
    PullUp(input, outer, Duplicates::kMatter, &conditions);
    if (outer.ContainsAny(planner::FreeColumns(*input))) return;
    std::vector<ColumnId> inner_columns;
    for (const ExprPtr& condition : conditions) {
      const ColumnId inner = InnerColumnOfEquality(*condition, ColumnSet(input->outputs), outer);
      if (inner == expr::kNoColumn) return;
      inner_columns.push_back(inner);
    }
    GroupBy(aggregate, std::move(input), inner_columns);
    for (const ExprPtr& condition : conditions) Expose(project, *condition);
    const ColumnId result = subquery.body_columns.empty() ? project.outputs[0]
                                                          : subquery.body_columns[0];
    const SqlType type = subquery.type;
    auto join = std::make_unique<LogicalJoin>();
    join->type = JoinType::kLeft;
    join->conditions = std::move(conditions);
    LogicalPtr taken = std::move(plan);
    join->outputs = source->outputs;
    join->outputs.insert(join->outputs.end(), taken->outputs.begin(), taken->outputs.end());
    join->children.push_back(std::move(source));
    join->children.push_back(std::move(taken));
    source = std::move(join);
    expression = std::make_unique<expr::ColumnExpr>(type, result);
  }

  static ColumnId InnerColumnOfEquality(const expr::Expr& condition, const ColumnSet& inner,
                                        const ColumnSet& outer) {
    const auto comparison = AsComparison(condition);
    if (!comparison || comparison->op != ComparisonOperator::kEqual) return expr::kNoColumn;
    for (const bool swapped : {false, true}) {
      const expr::Expr& a = swapped ? *comparison->right : *comparison->left;
      const expr::Expr& b = swapped ? *comparison->left : *comparison->right;
      const expr::ColumnExpr* column = AsColumn(a);
      if (column != nullptr && inner.Contains(column->id) &&
          outer.ContainsAll(expr::FreeColumns(b))) {
        return column->id;
      }
    }
    return expr::kNoColumn;
  }

  void GroupBy(LogicalAggregate& aggregate, LogicalPtr input, const std::vector<ColumnId>& ids) {
    std::vector<ColumnId> group_outputs;
    for (ColumnId id : ids) {
      if (std::find(group_outputs.begin(), group_outputs.end(), id) != group_outputs.end()) {
        continue;
      }
      aggregate.groups.push_back(std::make_unique<expr::ColumnExpr>(columns_[id].type, id));
      group_outputs.push_back(id);
    }
    aggregate.outputs.insert(aggregate.outputs.begin(), group_outputs.begin(),
                             group_outputs.end());
    aggregate.children[0] = std::move(input);
  }

  StatementColumns& columns_;
};

}  // namespace

void UnnestSubqueries(LogicalPtr& root, StatementColumns& columns) { Unnester(columns).Visit(root); }

}  // namespace grizzly::planner
