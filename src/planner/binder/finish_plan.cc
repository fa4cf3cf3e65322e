// The last pass over a bound plan: outputs of nodes that only pass columns on, scans without columns
// nobody mentions, parameters whose type became known late.
#include "planner/binder/query_binder.h"

namespace grizzly::planner {

namespace {

class Finisher {
 public:
  explicit Finisher(BindState& state) : state_(state) { state.CompactLifted(&renumbered_); }

  void Finish(LogicalNode& node) {
    CheckStackDepth();
    for (LogicalPtr& child : node.children) Finish(*child);
    node.VisitExpressions([this](ExprPtr& expression) { Finish(expression); });
    switch (node.kind) {
      case LogicalKind::kScan:
        Prune(static_cast<LogicalScan&>(node));
        break;
      case LogicalKind::kFilter:
      case LogicalKind::kSort:
      case LogicalKind::kLimit:
      case LogicalKind::kDistinct:
      case LogicalKind::kLockRows:
        node.outputs = node.children[0]->outputs;
        break;
      case LogicalKind::kProject:
        PassOn(static_cast<LogicalProject&>(node));
        break;
      case LogicalKind::kWith:
        node.outputs = node.children.back()->outputs;
        break;
      case LogicalKind::kJoin:
        node.outputs = node.children[0]->outputs;
        Append(node.outputs, node.children[1]->outputs);
        break;
      case LogicalKind::kWindow: {
        std::vector<ColumnId> calls = std::move(node.outputs);
        node.outputs = node.children[0]->outputs;
        Append(node.outputs, calls);
        break;
      }
      default:
        break;
    }
  }

 private:
  static void Append(std::vector<ColumnId>& to, const std::vector<ColumnId>& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  void PassOn(LogicalProject& project) {
    if (!state_.IsPassing(project)) return;
    const std::vector<ColumnId>& passed = project.children[0]->outputs;
    std::vector<ExprPtr> mentions;
    for (const ColumnId id : passed) mentions.push_back(state_.Mention(id, -1));
    project.expressions.insert(project.expressions.begin(), std::move_iterator(mentions.begin()),
                               std::move_iterator(mentions.end()));
    project.outputs.insert(project.outputs.begin(), passed.begin(), passed.end());
  }

  void Prune(LogicalScan& scan) {
    size_t kept = 0;
    for (size_t i = 0; i < scan.outputs.size(); ++i) {
      if (!state_.IsMentioned(scan.outputs[i])) continue;
      scan.outputs[kept] = scan.outputs[i];
      scan.attnums[kept] = scan.attnums[i];
      ++kept;
    }
    scan.outputs.resize(kept);
    scan.attnums.resize(kept);
  }

  void Finish(ExprPtr& expression) {
    CheckStackDepth();
    if (expression->kind == expr::ExprKind::kParam) {
      FinishParameter(static_cast<expr::ParamExpr&>(*expression));
    }
    if (expression->kind == expr::ExprKind::kSubquery) {
      auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
      if (auto* body = dynamic_cast<LogicalSubquery*>(subquery.body.get())) Finish(*body->plan);
    }
    expression->VisitChildren([this](ExprPtr& child) { Finish(child); });
  }

  void FinishParameter(expr::ParamExpr& parameter) {
    const auto index = static_cast<size_t>(parameter.index);
    if (index < renumbered_.size()) {
      parameter.index = renumbered_[index];
    } else if (IsUnknown(parameter) && index < state_.parameters.size()) {
      parameter.type = state_.parameters[index];
    }
  }

  BindState& state_;
  std::vector<int> renumbered_;  // lifted parameters
};

}  // namespace

void FinishPlan(BindState& state, LogicalNode& root) { Finisher(state).Finish(root); }

}  // namespace grizzly::planner
