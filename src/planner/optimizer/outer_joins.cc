#include "planner/optimizer/outer_joins.h"

#include <algorithm>

#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "planner/optimizer/conjuncts.h"

namespace grizzly::planner {

using expr::Expr;
using expr::ExprKind;

namespace {

using Columns = std::vector<ColumnId>;

const std::vector<ExprPtr>& ChildrenOf(const Expr& list) {
  return static_cast<const expr::ListExpr&>(list).children;
}

bool IsNullWithout(const Expr& value, const Columns& columns);

// A comparison with each element of an array: of ALL it has to be known that there is one.
bool IsStrictComparison(const expr::ComparisonExpr& comparison) {
  for (const auto& each : comparison.comparisons) {
    const facts::ProcFact* proc = facts::FindProc(each.call->function);
    if (proc == nullptr || !proc->proisstrict) return false;
  }
  if (!comparison.all) return true;
  return comparison.right->kind == ExprKind::kArray && !ChildrenOf(*comparison.right).empty();
}

bool IsEqualityOfRows(const Expr& condition) {
  constexpr uint8_t kEqual = 2;
  return condition.kind == ExprKind::kRowCompare &&
         static_cast<const expr::ComparisonExpr&>(condition).row_operation == kEqual;
}

// Whether the value is NULL (of NOT, AND and OR: at least not true) when the columns are.
bool IsNullWithout(const Expr& value, const Columns& columns) {
  const auto is_null = [&](const ExprPtr& part) { return IsNullWithout(*part, columns); };
  switch (value.kind) {
    case ExprKind::kColumn:
      return std::find(columns.begin(), columns.end(),
                       static_cast<const expr::ColumnExpr&>(value).id) != columns.end();
    case ExprKind::kRelabel:
    case ExprKind::kIoCast: return is_null(ChildrenOf(value)[0]);
    case ExprKind::kArrayCast: return is_null(static_cast<const expr::WrapExpr&>(value).child);
    case ExprKind::kFunction: {
      const auto& call = static_cast<const expr::FunctionExpr&>(value);
      return call.strict && std::any_of(call.arguments.begin(), call.arguments.end(), is_null);
    }
    case ExprKind::kBool: {
      // One that is false decides AND whatever the others are.
      const std::vector<ExprPtr>& parts = ChildrenOf(value);
      return std::all_of(parts.begin(), parts.end(), is_null);
    }
    case ExprKind::kScalarArray:
    case ExprKind::kInList: {
      const auto& comparison = static_cast<const expr::ComparisonExpr&>(value);
      return IsStrictComparison(comparison) &&
             (is_null(comparison.left) || is_null(comparison.right));
    }
    default: return false;
  }
}

bool IsBool(const Expr& condition, expr::BoolOperation operation) {
  return condition.kind == ExprKind::kBool &&
         static_cast<const expr::ListExpr&>(condition).choice == static_cast<uint8_t>(operation);
}

bool IsTestOfValue(const Expr& condition) {
  const auto& test = static_cast<const expr::ListExpr&>(condition);
  if (condition.kind == ExprKind::kNullTest) {
    return test.choice == static_cast<uint8_t>(expr::NullTestKind::kIsNotNull);
  }
  if (condition.kind != ExprKind::kBooleanTest) return false;
  const auto kind = static_cast<expr::BooleanTestKind>(test.choice);
  return kind == expr::BooleanTestKind::kIsTrue || kind == expr::BooleanTestKind::kIsFalse ||
         kind == expr::BooleanTestKind::kIsNotUnknown;
}

}  // namespace

Conditions ConditionsOf(const std::vector<ExprPtr>& conjuncts) {
  Conditions conditions;
  for (const ExprPtr& conjunct : conjuncts) conditions.push_back(conjunct.get());
  return conditions;
}

bool RejectsNulls(const Expr& condition, const Columns& columns) {
  const auto rejects = [&](const ExprPtr& part) { return RejectsNulls(*part, columns); };
  if (IsBool(condition, expr::BoolOperation::kAnd)) {
    const std::vector<ExprPtr>& parts = ChildrenOf(condition);
    return std::any_of(parts.begin(), parts.end(), rejects);
  }
  if (IsBool(condition, expr::BoolOperation::kOr)) {
    const std::vector<ExprPtr>& parts = ChildrenOf(condition);
    return std::all_of(parts.begin(), parts.end(), rejects);
  }
  if (condition.kind == ExprKind::kNullTest || condition.kind == ExprKind::kBooleanTest) {
    return IsTestOfValue(condition) && IsNullWithout(*ChildrenOf(condition)[0], columns);
  }
  if (IsEqualityOfRows(condition)) {
    const auto& comparison = static_cast<const expr::ComparisonExpr&>(condition);
    for (const ExprPtr* side : {&comparison.left, &comparison.right}) {
      if ((*side)->kind != ExprKind::kRow) continue;
      for (const ExprPtr& field : ChildrenOf(**side)) {
        if (IsNullWithout(*field, columns)) return true;
      }
    }
    return false;
  }
  return IsNullWithout(condition, columns);
}

JoinType ReducedType(const LogicalJoin& join, const Conditions& conditions) {
  const auto rejects = [&](size_t side) {
    return std::any_of(conditions.begin(), conditions.end(), [&](const Expr* condition) {
      return RejectsNulls(*condition, join.children[side]->outputs);
    });
  };
  switch (join.type) {
    case JoinType::kFull: {
      const bool left = rejects(0), right = rejects(1);
      if (left && right) return JoinType::kInner;
      return left ? JoinType::kLeft : right ? JoinType::kRight : JoinType::kFull;
    }
    case JoinType::kLeft: return rejects(1) ? JoinType::kInner : JoinType::kLeft;
    case JoinType::kRight: return rejects(0) ? JoinType::kInner : JoinType::kRight;
    default: return join.type;
  }
}

namespace {

const char* ClauseOf(txn::RowLockMode mode) {
  switch (mode) {
    case txn::RowLockMode::kKeyShare: return "FOR KEY SHARE";
    case txn::RowLockMode::kShare: return "FOR SHARE";
    case txn::RowLockMode::kNoKeyUpdate: return "FOR NO KEY UPDATE";
    case txn::RowLockMode::kUpdate: break;
  }
  return "FOR UPDATE";
}

class OuterJoinReducer {
 public:
  explicit OuterJoinReducer(bool keep_types) : keep_types_(keep_types) {}

  void Reduce(LogicalNode& node, const Conditions& above) {
    ReduceInSubqueries(node);
    switch (node.kind) {
      case LogicalKind::kFilter: {
        Conditions conditions = ConditionsOf(static_cast<LogicalFilter&>(node).conjuncts);
        conditions.insert(conditions.end(), above.begin(), above.end());
        return Reduce(*node.children[0], conditions);
      }
      case LogicalKind::kProject: return ReduceBelow(static_cast<LogicalProject&>(node), above);
      case LogicalKind::kSort: return Reduce(*node.children[0], above);
      case LogicalKind::kLockRows: return ReduceLocked(static_cast<LogicalLockRows&>(node), above);
      case LogicalKind::kJoin: return ReduceJoin(static_cast<LogicalJoin&>(node), above);
      default:
        for (LogicalPtr& child : node.children) Reduce(*child, {});
    }
  }

 private:
  void ReduceInSubqueries(LogicalNode& node) {
    const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
      if (expression->kind == ExprKind::kSubquery) {
        auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
        Reduce(*static_cast<LogicalSubquery&>(*subquery.body).plan, {});
      }
      expression->VisitChildren(descend);
    };
    node.VisitExpressions(descend);
  }

  // The conditions over what the outputs are of.
  void ReduceBelow(LogicalProject& project, const Conditions& above) {
    std::vector<const Expr*> values;
    for (const ExprPtr& value : project.expressions) values.push_back(value.get());
    std::vector<ExprPtr> below;
    for (const Expr* condition : above) {
      ExprPtr copy = condition->Clone();
      Substitute(copy, project.outputs, values);
      below.push_back(std::move(copy));
    }
    Reduce(*project.children[0], ConditionsOf(below));
  }

  void ReduceLocked(LogicalLockRows& lock, const Conditions& above) {
    clauses_above_.push_back(&lock);
    Reduce(*lock.children[0], above);
    clauses_above_.pop_back();
  }

  void ReduceJoin(LogicalJoin& join, const Conditions& above) {
    const JoinType type = ReducedType(join, above);
    if (!keep_types_) join.type = type;
    const bool left_nullable = type == JoinType::kRight || type == JoinType::kFull;
    const bool right_nullable = type == JoinType::kLeft || type == JoinType::kFull;
    if (left_nullable) RefuseLocked(*join.children[0]);
    if (right_nullable) RefuseLocked(*join.children[1]);
    Conditions own = join.null_aware ? Conditions() : ConditionsOf(join.conditions);
    Conditions both = own;
    both.insert(both.end(), above.begin(), above.end());
    switch (type) {
      case JoinType::kInner:
        Reduce(*join.children[0], both);
        return Reduce(*join.children[1], both);
      case JoinType::kSemi:
        Reduce(*join.children[0], both);
        return Reduce(*join.children[1], own);
      case JoinType::kLeft:
      case JoinType::kAnti:
        Reduce(*join.children[0], above);
        return Reduce(*join.children[1], own);
      case JoinType::kRight:
        Reduce(*join.children[0], own);
        return Reduce(*join.children[1], above);
      case JoinType::kFull:
        Reduce(*join.children[0], {});
        return Reduce(*join.children[1], {});
    }
  }

  [[noreturn]] static void Refuse(txn::RowLockMode mode) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("{} cannot be applied to the nullable side of an outer join",
                               ClauseOf(mode)));
  }

  // What a subquery locks because a clause above asks for it.
  static const LogicalLockRows* FindInherited(const LogicalNode& node) {
    if (node.kind == LogicalKind::kLockRows) {
      const auto& lock = static_cast<const LogicalLockRows&>(node);
      if (!lock.inherited) return nullptr;
      if (!lock.marks.empty()) return &lock;
    }
    for (const LogicalPtr& child : node.children) {
      if (const LogicalLockRows* found = FindInherited(*child)) return found;
    }
    return nullptr;
  }

  void RefuseLocked(const LogicalNode& nullable) const {
    for (const LogicalLockRows* clause : clauses_above_) {
      for (const LogicalLockRows::Mark& mark : clause->marks) {
        const bool is_of_it = std::find(nullable.outputs.begin(), nullable.outputs.end(),
                                        mark.row_key) != nullable.outputs.end();
        if (is_of_it) Refuse(mark.mode);
      }
    }
    if (clauses_above_.empty()) return;
    if (const LogicalLockRows* below = FindInherited(nullable)) Refuse(below->marks[0].mode);
  }

  const bool keep_types_;
  std::vector<const LogicalLockRows*> clauses_above_;
};

}  // namespace

void ReduceOuterJoins(LogicalNode& root, bool keep_types) {
  OuterJoinReducer(keep_types).Reduce(root, {});
}

}  // namespace grizzly::planner
