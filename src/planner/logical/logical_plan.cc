#include "planner/logical/logical_plan.h"

#include "planner/logical/free_columns.h"

namespace grizzly::planner {
namespace {

using Visitor = std::function<void(ExprPtr&)>;

ExprPtr CloneOf(const ExprPtr& expression) {
  return expression == nullptr ? nullptr : expression->Clone();
}

std::vector<ExprPtr> CloneOf(const std::vector<ExprPtr>& expressions) {
  std::vector<ExprPtr> copies;
  copies.reserve(expressions.size());
  for (const ExprPtr& expression : expressions) copies.push_back(CloneOf(expression));
  return copies;
}

std::vector<OnConflict::Assignment> CloneOf(const std::vector<OnConflict::Assignment>& list) {
  std::vector<OnConflict::Assignment> copies;
  copies.reserve(list.size());
  for (const auto& assignment : list) {
    copies.push_back({assignment.attnum, CloneOf(assignment.value)});
  }
  return copies;
}

std::optional<OnConflict> CloneOf(const std::optional<OnConflict>& other) {
  if (!other) return std::nullopt;
  OnConflict copy;
  copy.do_nothing = other->do_nothing;
  copy.arbiters = other->arbiters;
  copy.existing = other->existing;
  copy.excluded = other->excluded;
  copy.assignments = CloneOf(other->assignments);
  copy.where = CloneOf(other->where);
  return copy;
}

void Visit(ExprPtr& expression, const Visitor& visit) {
  if (expression != nullptr) visit(expression);
}

void Visit(std::vector<ExprPtr>& expressions, const Visitor& visit) {
  for (ExprPtr& expression : expressions) Visit(expression, visit);
}

void Visit(std::vector<OnConflict::Assignment>& assignments, const Visitor& visit) {
  for (auto& assignment : assignments) Visit(assignment.value, visit);
}

}  // namespace

LogicalNode::LogicalNode(const LogicalNode& other)
    : kind(other.kind), outputs(other.outputs), estimated_rows(other.estimated_rows) {
  children.reserve(other.children.size());
  for (const LogicalPtr& child : other.children) children.push_back(child->Clone());
}

LogicalScan::LogicalScan(const LogicalScan& other)
    : LogicalNode(other), relation(other.relation), alias(other.alias), attnums(other.attnums),
      only(other.only), filters(CloneOf(other.filters)), scan_id(other.scan_id),
      is_target(other.is_target), current_of(other.current_of) {
  if (!other.sample) return;
  sample = Sample{other.sample->by_block, CloneOf(other.sample->percentage),
                  CloneOf(other.sample->repeatable)};
}
void LogicalScan::VisitExpressions(const Visitor& visit) {
  Visit(filters, visit);
  if (!sample) return;
  Visit(sample->percentage, visit);
  Visit(sample->repeatable, visit);
}

LogicalValues::LogicalValues(const LogicalValues& other) : LogicalNode(other) {
  rows.reserve(other.rows.size());
  for (const auto& row : other.rows) rows.push_back(CloneOf(row));
}
void LogicalValues::VisitExpressions(const Visitor& visit) {
  for (auto& row : rows) Visit(row, visit);
}

LogicalFunctionScan::LogicalFunctionScan(const LogicalFunctionScan& other)
    : LogicalNode(other), ordinality(other.ordinality), alias(other.alias) {
  for (const Function& function : other.functions) {
    functions.push_back({CloneOf(function.call), function.column_count});
  }
}
void LogicalFunctionScan::VisitExpressions(const Visitor& visit) {
  for (Function& function : functions) Visit(function.call, visit);
}

LogicalFilter::LogicalFilter(const LogicalFilter& other)
    : LogicalNode(other), conjuncts(CloneOf(other.conjuncts)) {}
void LogicalFilter::VisitExpressions(const Visitor& visit) { Visit(conjuncts, visit); }

LogicalProject::LogicalProject(const LogicalProject& other)
    : LogicalNode(other), expressions(CloneOf(other.expressions)) {}
void LogicalProject::VisitExpressions(const Visitor& visit) { Visit(expressions, visit); }

LogicalJoin::LogicalJoin(const LogicalJoin& other)
    : LogicalNode(other), type(other.type), conditions(CloneOf(other.conditions)),
      lateral(other.lateral), null_aware(other.null_aware) {}
void LogicalJoin::VisitExpressions(const Visitor& visit) { Visit(conditions, visit); }

LogicalAggregate::LogicalAggregate(const LogicalAggregate& other)
    : LogicalNode(other), groups(CloneOf(other.groups)), aggregates(CloneOf(other.aggregates)),
      grouping_sets(other.grouping_sets), grouping_calls(other.grouping_calls) {}
void LogicalAggregate::VisitExpressions(const Visitor& visit) {
  Visit(groups, visit);
  Visit(aggregates, visit);
}

LogicalWindow::LogicalWindow(const LogicalWindow& other)
    : LogicalNode(other), calls(CloneOf(other.calls)) {}
void LogicalWindow::VisitExpressions(const Visitor& visit) { Visit(calls, visit); }

LogicalSort::LogicalSort(const LogicalSort& other) : LogicalNode(other) {
  for (const expr::SortKey& key : other.keys) {
    keys.push_back({CloneOf(key.expression), key.descending, key.nulls_first, key.operator_oid});
  }
}
void LogicalSort::VisitExpressions(const Visitor& visit) {
  for (expr::SortKey& key : keys) Visit(key.expression, visit);
}

LogicalLimit::LogicalLimit(const LogicalLimit& other)
    : LogicalNode(other), count(CloneOf(other.count)), offset(CloneOf(other.offset)),
      with_ties(other.with_ties) {}
void LogicalLimit::VisitExpressions(const Visitor& visit) {
  Visit(count, visit);
  Visit(offset, visit);
}

LogicalDistinct::LogicalDistinct(const LogicalDistinct& other)
    : LogicalNode(other), on(CloneOf(other.on)) {}
void LogicalDistinct::VisitExpressions(const Visitor& visit) { Visit(on, visit); }

RowRules RowRules::Clone() const {
  RowRules copy;
  copy.relation = relation;
  copy.row_columns = row_columns;
  for (const auto& g : generated) copy.generated.push_back({g.attnum, CloneOf(g.value)});
  for (const auto& c : checks) copy.checks.push_back({c.name, CloneOf(c.condition)});
  for (const auto& i : indexes) {
    copy.indexes.push_back({i.index, CloneOf(i.key_parts), CloneOf(i.predicate)});
  }
  for (const auto& v : view_checks) {
    copy.view_checks.push_back({v.view_name, CloneOf(v.condition)});
  }
  copy.partition_check = CloneOf(partition_check);
  copy.table_oid = table_oid;
  return copy;
}

void RowRules::VisitExpressions(const Visitor& visit) {
  for (auto& g : generated) Visit(g.value, visit);
  for (auto& c : checks) Visit(c.condition, visit);
  for (auto& i : indexes) {
    Visit(i.key_parts, visit);
    Visit(i.predicate, visit);
  }
  for (auto& v : view_checks) Visit(v.condition, visit);
  Visit(partition_check, visit);
}

LogicalInsert::LogicalInsert(const LogicalInsert& other)
    : LogicalNode(other), rules(other.rules.Clone()), values(CloneOf(other.values)),
      routing(other.routing), on_conflict(CloneOf(other.on_conflict)), returning(CloneOf(other.returning)),
      system_columns(other.system_columns) {}
void LogicalInsert::VisitExpressions(const Visitor& visit) {
  rules.VisitExpressions(visit);
  Visit(values, visit);
  if (on_conflict) {
    Visit(on_conflict->assignments, visit);
    Visit(on_conflict->where, visit);
  }
  Visit(returning, visit);
}

LogicalModify::LogicalModify(const LogicalModify& other)
    : LogicalNode(other), rules(other.rules.Clone()), target_scan_id(other.target_scan_id),
      row_key(other.row_key), old_columns(other.old_columns), routing(other.routing),
      assignments(CloneOf(other.assignments)), returning(CloneOf(other.returning)) {}
void LogicalModify::VisitExpressions(const Visitor& visit) {
  rules.VisitExpressions(visit);
  Visit(assignments, visit);
  Visit(returning, visit);
}

LogicalMerge::LogicalMerge(const LogicalMerge& other)
    : LogicalNode(other), relation(other.relation), routing(other.routing), may_move(other.may_move),
      target_scan_id(other.target_scan_id), row_key(other.row_key) {
  for (const RowRules& rules : other.tables) tables.push_back(rules.Clone());
  for (const Action& action : other.actions) {
    actions.push_back({action.matched, action.kind, CloneOf(action.condition),
                       CloneOf(action.assignments), CloneOf(action.values)});
  }
}
void LogicalMerge::VisitExpressions(const Visitor& visit) {
  for (RowRules& rules : tables) rules.VisitExpressions(visit);
  for (Action& action : actions) {
    Visit(action.condition, visit);
    Visit(action.assignments, visit);
    Visit(action.values, visit);
  }
}

std::unique_ptr<expr::SubqueryBody> LogicalSubquery::Clone() const {
  auto copy = std::make_unique<LogicalSubquery>();
  copy->plan = plan->Clone();
  return copy;
}

std::vector<ColumnId> LogicalSubquery::OuterColumns() const { return planner::FreeColumns(*plan); }

LogicalScan::LogicalScan() : LogicalNode(LogicalKind::kScan) {}
LogicalScan::~LogicalScan() = default;
LogicalPtr LogicalScan::Clone() const { return std::make_unique<LogicalScan>(*this); }
LogicalValues::LogicalValues() : LogicalNode(LogicalKind::kValues) {}
LogicalValues::~LogicalValues() = default;
LogicalPtr LogicalValues::Clone() const { return std::make_unique<LogicalValues>(*this); }
LogicalFunctionScan::LogicalFunctionScan() : LogicalNode(LogicalKind::kFunctionScan) {}
LogicalFunctionScan::~LogicalFunctionScan() = default;
LogicalPtr LogicalFunctionScan::Clone() const { return std::make_unique<LogicalFunctionScan>(*this); }
LogicalOneRow::LogicalOneRow() : LogicalNode(LogicalKind::kOneRow) {}
LogicalOneRow::~LogicalOneRow() = default;
LogicalPtr LogicalOneRow::Clone() const { return std::make_unique<LogicalOneRow>(*this); }
LogicalFilter::LogicalFilter() : LogicalNode(LogicalKind::kFilter) {}
LogicalFilter::~LogicalFilter() = default;
LogicalPtr LogicalFilter::Clone() const { return std::make_unique<LogicalFilter>(*this); }
LogicalProject::LogicalProject(LogicalKind k) : LogicalNode(k) {}
LogicalProject::~LogicalProject() = default;
LogicalPtr LogicalProject::Clone() const { return std::make_unique<LogicalProject>(*this); }
LogicalJoin::LogicalJoin() : LogicalNode(LogicalKind::kJoin) {}
LogicalJoin::~LogicalJoin() = default;
LogicalPtr LogicalJoin::Clone() const { return std::make_unique<LogicalJoin>(*this); }
LogicalAggregate::LogicalAggregate() : LogicalNode(LogicalKind::kAggregate) {}
LogicalAggregate::~LogicalAggregate() = default;
LogicalPtr LogicalAggregate::Clone() const { return std::make_unique<LogicalAggregate>(*this); }
LogicalWindow::LogicalWindow() : LogicalNode(LogicalKind::kWindow) {}
LogicalWindow::~LogicalWindow() = default;
LogicalPtr LogicalWindow::Clone() const { return std::make_unique<LogicalWindow>(*this); }
LogicalSort::LogicalSort() : LogicalNode(LogicalKind::kSort) {}
LogicalSort::~LogicalSort() = default;
LogicalPtr LogicalSort::Clone() const { return std::make_unique<LogicalSort>(*this); }
LogicalLimit::LogicalLimit() : LogicalNode(LogicalKind::kLimit) {}
LogicalLimit::~LogicalLimit() = default;
LogicalPtr LogicalLimit::Clone() const { return std::make_unique<LogicalLimit>(*this); }
LogicalDistinct::LogicalDistinct() : LogicalNode(LogicalKind::kDistinct) {}
LogicalDistinct::~LogicalDistinct() = default;
LogicalPtr LogicalDistinct::Clone() const { return std::make_unique<LogicalDistinct>(*this); }
LogicalSetOperation::LogicalSetOperation() : LogicalNode(LogicalKind::kSetOperation) {}
LogicalSetOperation::~LogicalSetOperation() = default;
LogicalPtr LogicalSetOperation::Clone() const { return std::make_unique<LogicalSetOperation>(*this); }
LogicalWith::LogicalWith() : LogicalNode(LogicalKind::kWith) {}
LogicalWith::~LogicalWith() = default;
LogicalPtr LogicalWith::Clone() const { return std::make_unique<LogicalWith>(*this); }
LogicalCteScan::LogicalCteScan(LogicalKind k) : LogicalNode(k) {}
LogicalCteScan::~LogicalCteScan() = default;
LogicalPtr LogicalCteScan::Clone() const { return std::make_unique<LogicalCteScan>(*this); }
LogicalRecursiveUnion::LogicalRecursiveUnion() : LogicalNode(LogicalKind::kRecursiveUnion) {}
LogicalRecursiveUnion::~LogicalRecursiveUnion() = default;
LogicalPtr LogicalRecursiveUnion::Clone() const { return std::make_unique<LogicalRecursiveUnion>(*this); }
LogicalLockRows::LogicalLockRows() : LogicalNode(LogicalKind::kLockRows) {}
LogicalLockRows::~LogicalLockRows() = default;
LogicalPtr LogicalLockRows::Clone() const { return std::make_unique<LogicalLockRows>(*this); }
LogicalInsert::LogicalInsert() : LogicalNode(LogicalKind::kInsert) {}
LogicalInsert::~LogicalInsert() = default;
LogicalPtr LogicalInsert::Clone() const { return std::make_unique<LogicalInsert>(*this); }
LogicalPtr LogicalModify::Clone() const { return std::make_unique<LogicalModify>(*this); }
LogicalMerge::LogicalMerge() : LogicalNode(LogicalKind::kMerge) {}
LogicalMerge::~LogicalMerge() = default;
LogicalPtr LogicalMerge::Clone() const { return std::make_unique<LogicalMerge>(*this); }

}  // namespace grizzly::planner
