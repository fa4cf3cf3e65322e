#include "planner/binder/set_functions.h"

#include <algorithm>
#include <set>

namespace grizzly::planner {

using expr::ExprKind;

const expr::Expr* FindSetFunction(const expr::Expr& expression) {
  if (expression.kind == ExprKind::kSetFunction) return &expression;
  const expr::Expr* found = nullptr;
  expr::ForEachChild(expression, [&](const expr::Expr& child) {
    if (found == nullptr) found = FindSetFunction(child);
  });
  return found;
}

void RefuseSetFunctions(const expr::Expr& expression, std::string_view message) {
  const expr::Expr* const call = FindSetFunction(expression);
  if (call == nullptr) return;
  throw SqlError(SqlState::kFeatureNotSupported, std::string(message))
      .Hint("You might be able to move the set-returning function into a LATERAL FROM item.")
      .At(call->location);
}

namespace {

bool HasSetFunction(const expr::Expr& expression) { return FindSetFunction(expression) != nullptr; }

// Takes the innermost set-returning calls out of an expression, leaving columns.
class SetFunctionExtractor {
 public:
  SetFunctionExtractor(BindState& state, QueryLevel* owner, LogicalProject& project)
      : state_(state), owner_(owner), project_(project) {}

  void Extract(ExprPtr& expression) {
    if (!HasSetFunction(*expression)) return;
    if (expression->kind == ExprKind::kSetFunction && !HasInner(*expression)) {
      const auto& call = static_cast<const expr::SetFunctionExpr&>(*expression);
      const ColumnId id = state_.AddColumn({call.name, call.type}, owner_);
      ExprPtr mention = state_.Mention(id, call.location);
      project_.outputs.push_back(id);
      project_.expressions.push_back(std::move(expression));
      expression = std::move(mention);
      return;
    }
    expression->VisitChildren([this](ExprPtr& child) { Extract(child); });
  }

 private:
  static bool HasInner(const expr::Expr& call) {
    bool found = false;
    expr::ForEachChild(call,
                       [&](const expr::Expr& child) { found = found || HasSetFunction(child); });
    return found;
  }

  BindState& state_;
  QueryLevel* owner_;
  LogicalProject& project_;
};

LogicalPtr AddProjectSet(BindState& state, QueryLevel* owner, LogicalPtr child,
                         std::vector<Target>& targets) {
  auto project = std::make_unique<LogicalProject>(LogicalKind::kProjectSet);
  SetFunctionExtractor extractor(state, owner, *project);
  for (Target& target : targets) {
    if (target.expression != nullptr) extractor.Extract(target.expression);
  }
  const std::set<ColumnId> made(project->outputs.begin(), project->outputs.end());
  std::set<ColumnId> passed;
  for (const Target& target : targets) {
    if (target.expression == nullptr) continue;
    for (const ColumnId id : expr::FreeColumns(*target.expression)) {
      if (made.contains(id) || state.OwnerOf(id) != owner || !passed.insert(id).second) continue;
      project->outputs.push_back(id);
      project->expressions.push_back(state.Mention(id, -1));
    }
  }
  project->children.push_back(std::move(child));
  return project;
}

}  // namespace

LogicalPtr ExpandSetFunctions(BindState& state, QueryLevel* owner, LogicalPtr child,
                              std::vector<Target>& targets) {
  while (std::any_of(targets.begin(), targets.end(), [](const Target& target) {
    return target.expression != nullptr && HasSetFunction(*target.expression);
  })) {
    child = AddProjectSet(state, owner, std::move(child), targets);
  }
  return child;
}

}  // namespace grizzly::planner
