// Conditions go as far down as they can.
//
// Push(node, conjuncts) returns the node with the conjuncts applied in or below it. A conjunct that may
// not move (volatile) stays where it stood. Outer joins whose NULL rows a conjunct rejects become
// inner ones.
#include "planner/optimizer/column_set.h"
#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/outer_joins.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {
namespace {

using Conjuncts = std::vector<ExprPtr>;

LogicalPtr FilterAbove(LogicalPtr node, Conjuncts conjuncts) {
  if (conjuncts.empty()) return node;
  auto filter = std::make_unique<LogicalFilter>();
  filter->outputs = node->outputs;
  filter->conjuncts = std::move(conjuncts);
  filter->children.push_back(std::move(node));
  return filter;
}

bool Mentions(const expr::Expr& expression, const std::vector<ColumnId>& outputs) {
  return ColumnSet(outputs).ContainsAny(expr::FreeColumns(expression));
}

// Moves those of `conjuncts` for which `take` holds.
template <typename Predicate>
Conjuncts Take(Conjuncts& conjuncts, Predicate take) {
  Conjuncts taken, kept;
  for (ExprPtr& conjunct : conjuncts) {
    (take(*conjunct) ? taken : kept).push_back(std::move(conjunct));
  }
  conjuncts = std::move(kept);
  return taken;
}

void Append(Conjuncts& target, Conjuncts source) {
  for (ExprPtr& conjunct : source) target.push_back(std::move(conjunct));
}

Conjuncts SplitAndFactor(Conjuncts conditions) {
  Conjuncts split, factored;
  for (ExprPtr& condition : conditions) SplitConjuncts(std::move(condition), &split);
  for (ExprPtr& condition : split) FactorDisjunction(std::move(condition), &factored);
  return factored;
}

// A disjunction over both sides keeps each side from handing up what no branch could want.
void AddImplied(const Conjuncts& conditions, const std::vector<ColumnId>& columns,
                Conjuncts* implied) {
  for (const ExprPtr& condition : conditions) {
    if (ExprPtr weaker = ImpliedCondition(*condition, columns)) {
      implied->push_back(std::move(weaker));
    }
  }
}

class FilterPusher {
 public:
  explicit FilterPusher(const RuleSet& disabled) : disabled_(disabled) {}

  LogicalPtr PushFilter(LogicalPtr node, Conjuncts conjuncts) {
    auto& filter = static_cast<LogicalFilter&>(*node);
    Conjuncts own = SplitAndFactor(std::move(filter.conjuncts));
    Conjuncts staying = Take(own, [](const expr::Expr& e) { return expr::IsVolatile(e); });
    Append(own, std::move(conjuncts));
    return FilterAbove(Push(std::move(filter.children[0]), std::move(own)), std::move(staying));
  }

  static bool MayPassThrough(const expr::Expr& computed) {
    return !expr::IsVolatile(computed) && !ContainsSubquery(computed) &&
           computed.kind != expr::ExprKind::kSetFunction;
  }

  LogicalPtr PushProject(LogicalPtr node, Conjuncts conjuncts) {
    auto& project = static_cast<LogicalProject&>(*node);
    std::vector<ColumnId> from;
    std::vector<const expr::Expr*> to;
    ColumnSet opaque;
    for (size_t i = 0; i < project.expressions.size(); ++i) {
      if (MayPassThrough(*project.expressions[i])) {
        from.push_back(project.outputs[i]);
        to.push_back(project.expressions[i].get());
      } else {
        opaque.Add(project.outputs[i]);
      }
    }
    Conjuncts below = Take(conjuncts, [&](const expr::Expr& e) {
      return !opaque.ContainsAny(expr::FreeColumns(e));
    });
    for (ExprPtr& conjunct : below) Substitute(conjunct, from, to);
    project.children[0] = Push(std::move(project.children[0]), std::move(below));
    return FilterAbove(std::move(node), std::move(conjuncts));
  }

  LogicalPtr PushJoin(LogicalPtr node, Conjuncts conjuncts) {
    auto& join = static_cast<LogicalJoin&>(*node);
    Conjuncts own = SplitAndFactor(std::move(join.conditions));
    if (!disabled_.Has(Rule::kOuterToInnerJoins)) {
      join.type = ReducedType(join, ConditionsOf(conjuncts));
    }
    const std::vector<ColumnId>& left_columns = join.children[0]->outputs;
    const std::vector<ColumnId>& right_columns = join.children[1]->outputs;
    const auto left_only = [&](const expr::Expr& e) {
      return !expr::IsVolatile(e) && !Mentions(e, right_columns);
    };
    const auto right_only = [&](const expr::Expr& e) {
      return !expr::IsVolatile(e) && !Mentions(e, left_columns);
    };
    Conjuncts to_left, to_right;
    if (join.type == JoinType::kInner) {
      Append(own, std::move(conjuncts));
      conjuncts.clear();
    }
    const bool keeps_left = join.type == JoinType::kInner || join.type == JoinType::kLeft ||
                            join.type == JoinType::kSemi || join.type == JoinType::kAnti;
    const bool keeps_right = join.type == JoinType::kInner || join.type == JoinType::kRight;
    if (keeps_left) Append(to_left, Take(conjuncts, left_only));
    if (keeps_right) Append(to_right, Take(conjuncts, right_only));
    if (join.type == JoinType::kInner || join.type == JoinType::kSemi ||
        join.type == JoinType::kRight) {
      Append(to_left, Take(own, left_only));
    }
    if (join.type != JoinType::kFull && join.type != JoinType::kRight && !join.null_aware) {
      Append(to_right, Take(own, right_only));
    }
    if (join.type == JoinType::kInner && !disabled_.Has(Rule::kImpliedFilters)) {
      AddImplied(own, left_columns, &to_left);
      AddImplied(own, right_columns, &to_right);
    }
    join.conditions = std::move(own);
    join.children[0] = Push(std::move(join.children[0]), std::move(to_left));
    join.children[1] = Push(std::move(join.children[1]), std::move(to_right));
    return FilterAbove(std::move(node), std::move(conjuncts));
  }

  LogicalPtr PushAggregate(LogicalPtr node, Conjuncts conjuncts) {
    auto& aggregate = static_cast<LogicalAggregate&>(*node);
    Conjuncts below;
    if (aggregate.grouping_sets.empty() && !aggregate.groups.empty() &&
        !disabled_.Has(Rule::kFiltersIntoAggregates)) {
      std::vector<ColumnId> from(aggregate.outputs.begin(),
                                 aggregate.outputs.begin() + aggregate.groups.size());
      std::vector<const expr::Expr*> to;
      for (const ExprPtr& group : aggregate.groups) to.push_back(group.get());
      const std::vector<ColumnId> others(aggregate.outputs.begin() + aggregate.groups.size(),
                                         aggregate.outputs.end());
      below = Take(conjuncts, [&](const expr::Expr& e) {
        return !Mentions(e, others) && Mentions(e, from) && !ContainsSubquery(e);
      });
      for (ExprPtr& conjunct : below) Substitute(conjunct, from, to);
    }
    aggregate.children[0] = Push(std::move(aggregate.children[0]), std::move(below));
    return FilterAbove(std::move(node), std::move(conjuncts));
  }

  LogicalPtr PushSetOperation(LogicalPtr node, Conjuncts conjuncts) {
    const bool pushes = !disabled_.Has(Rule::kFiltersIntoSetOperations);
    Conjuncts below =
        Take(conjuncts, [&](const expr::Expr& e) { return pushes && !ContainsSubquery(e); });
    for (LogicalPtr& child : node->children) {
      Conjuncts mine;
      for (const ExprPtr& conjunct : below) {
        ExprPtr copy = conjunct->Clone();
        RenameColumns(copy, node->outputs, child->outputs);
        mine.push_back(std::move(copy));
      }
      child = Push(std::move(child), std::move(mine));
    }
    return FilterAbove(std::move(node), std::move(conjuncts));
  }

  LogicalPtr PushScan(LogicalPtr node, Conjuncts conjuncts) {
    auto& scan = static_cast<LogicalScan&>(*node);
    Append(scan.filters, Take(conjuncts, [](const expr::Expr& e) { return !ContainsSubquery(e); }));
    return FilterAbove(std::move(node), std::move(conjuncts));
  }

  LogicalPtr PushThrough(LogicalPtr node, Conjuncts conjuncts) {
    node->children[0] = Push(std::move(node->children[0]), std::move(conjuncts));
    return node;
  }

  LogicalPtr PushInsideOnly(LogicalPtr node, Conjuncts conjuncts) {
    for (LogicalPtr& child : node->children) child = Push(std::move(child), {});
    return FilterAbove(std::move(node), std::move(conjuncts));
  }

  void PushInSubqueries(LogicalNode& node) {
    const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
      if (expression->kind == expr::ExprKind::kSubquery) {
        auto& body = static_cast<LogicalSubquery&>(
            *static_cast<expr::SubqueryExpr&>(*expression).body);
        body.plan = Push(std::move(body.plan), {});
      }
      expression->VisitChildren(descend);
    };
    node.VisitExpressions(descend);
  }

  LogicalPtr Push(LogicalPtr node, Conjuncts conjuncts) {
    PushInSubqueries(*node);
    switch (node->kind) {
      case LogicalKind::kFilter: return PushFilter(std::move(node), std::move(conjuncts));
      case LogicalKind::kProject: return PushProject(std::move(node), std::move(conjuncts));
      case LogicalKind::kJoin: return PushJoin(std::move(node), std::move(conjuncts));
      case LogicalKind::kAggregate: return PushAggregate(std::move(node), std::move(conjuncts));
      case LogicalKind::kSetOperation:
        return PushSetOperation(std::move(node), std::move(conjuncts));
      case LogicalKind::kScan: return PushScan(std::move(node), std::move(conjuncts));
      case LogicalKind::kSort: return PushThrough(std::move(node), std::move(conjuncts));
      case LogicalKind::kLockRows:
        if (static_cast<LogicalLockRows&>(*node).inherited) {
          return PushThrough(std::move(node), std::move(conjuncts));
        }
        return PushInsideOnly(std::move(node), std::move(conjuncts));
      case LogicalKind::kDistinct:
        if (static_cast<LogicalDistinct&>(*node).on.empty()) {
          return PushThrough(std::move(node), std::move(conjuncts));
        }
        return PushInsideOnly(std::move(node), std::move(conjuncts));
      default: return PushInsideOnly(std::move(node), std::move(conjuncts));
    }
  }

 private:
  const RuleSet& disabled_;
};

}  // namespace

void PushDownFilters(LogicalPtr& root, const RuleSet& disabled) {
  root = FilterPusher(disabled).Push(std::move(root), {});
}

}  // namespace grizzly::planner
