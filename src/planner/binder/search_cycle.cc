#include "planner/binder/search_cycle.h"

#include <fmt/format.h>

#include <algorithm>

namespace grizzly::planner {

namespace {

constexpr Oid kArrayCatFunction = 383;

[[noreturn]] void ThrowSyntax(std::string message, int location) {
  throw SqlError(SqlState::kSyntaxError, std::move(message)).At(location);
}

bool IsSelect(const PgQuery__SelectStmt& select) {
  return select.op == PG_QUERY__SET_OPERATION__SETOP_NONE;
}

// The recursive reference, where only joins and filters are above it.
LogicalCteScan* FindWorkTable(LogicalNode& node, uint32_t cte) {
  switch (node.kind) {
    case LogicalKind::kWorkTable: {
      auto& scan = static_cast<LogicalCteScan&>(node);
      return scan.cte_id == cte ? &scan : nullptr;
    }
    case LogicalKind::kFilter:
    case LogicalKind::kJoin:
      for (LogicalPtr& child : node.children) {
        if (LogicalCteScan* found = FindWorkTable(*child, cte)) return found;
      }
      return nullptr;
    default: return nullptr;
  }
}

}  // namespace

SearchCycle::SearchCycle(BindState& state, QueryLevel& level, const PgQuery__CommonTableExpr& node)
    : state_(state),
      level_(level),
      node_(node),
      search_(node.search_clause),
      cycle_(node.cycle_clause) {}

bool SearchCycle::IsBreadthFirst() const {
  return search_ != nullptr && search_->search_breadth_first;
}

void SearchCycle::Check(bool is_recursive, const std::vector<std::string>& column_names) {
  if (empty()) return;
  if (!is_recursive) ThrowSyntax("WITH query is not recursive", node_.location);
  CheckForm();
  if (search_ != nullptr) {
    search_columns_ = PositionsOf(search_->search_col_list, search_->n_search_col_list,
                                  column_names, "search", search_->location);
  }
  if (cycle_ != nullptr) {
    cycle_columns_ = PositionsOf(cycle_->cycle_col_list, cycle_->n_cycle_col_list, column_names,
                                 "cycle", cycle_->location);
    BindMark();
  }
  CheckNames(column_names);
}

void SearchCycle::CheckForm() const {
  const PgQuery__SelectStmt& select = *node_.ctequery->select_stmt;
  const auto refuse = [](SqlState state, std::string_view side) {
    throw SqlError(state, fmt::format("with a SEARCH or CYCLE clause, the {} side of the UNION must "
                                      "be a SELECT",
                                      side));
  };
  if (!IsSelect(*select.larg)) refuse(SqlState::kFeatureNotSupported, "left");
  if (!IsSelect(*select.rarg)) refuse(SqlState::kSyntaxError, "right");
}

std::vector<size_t> SearchCycle::PositionsOf(ast::Node* const* names, size_t count,
                                             const std::vector<std::string>& column_names,
                                             std::string_view what, int location) const {
  std::vector<size_t> positions;
  for (size_t i = 0; i < count; ++i) {
    const std::string_view name = StringOf(names[i]);
    const auto found = std::find(column_names.begin(), column_names.end(), name);
    if (found == column_names.end()) {
      ThrowSyntax(fmt::format("{} column \"{}\" not in WITH query column list", what, name),
                  location);
    }
    const auto position = static_cast<size_t>(found - column_names.begin());
    if (std::find(positions.begin(), positions.end(), position) != positions.end()) {
      throw SqlError(SqlState::kDuplicateColumn,
                     fmt::format("{} column \"{}\" specified more than once", what, name))
          .At(location);
    }
    positions.push_back(position);
  }
  return positions;
}

void SearchCycle::CheckNames(const std::vector<std::string>& column_names) {
  const auto check_new = [&](std::string_view what, std::string_view name, int location) {
    if (std::find(column_names.begin(), column_names.end(), name) == column_names.end()) return;
    ThrowSyntax(fmt::format("{} column name \"{}\" already used in WITH query column list", what,
                            name),
                location);
  };
  const auto check_apart = [&](std::string_view a, std::string_view b, std::string_view message,
                               int location) {
    if (a == b) ThrowSyntax(std::string(message), location);
  };
  if (search_ != nullptr) {
    check_new("search sequence", search_->search_seq_column, search_->location);
  }
  if (cycle_ == nullptr) return;
  check_new("cycle mark", cycle_->cycle_mark_column, cycle_->location);
  check_new("cycle path", cycle_->cycle_path_column, cycle_->location);
  check_apart(cycle_->cycle_mark_column, cycle_->cycle_path_column,
              "cycle mark column name and cycle path column name are the same", cycle_->location);
  if (search_ == nullptr) return;
  check_apart(search_->search_seq_column, cycle_->cycle_mark_column,
              "search sequence column name and cycle mark column name are the same",
              search_->location);
  check_apart(search_->search_seq_column, cycle_->cycle_path_column,
              "search sequence column name and cycle path column name are the same",
              search_->location);
}

void SearchCycle::BindMark() {
  ExpressionBinder binder(state_, level_);
  std::vector<ExprPtr> both;
  both.push_back(binder.Bind(*cycle_->cycle_mark_value));
  both.push_back(binder.Bind(*cycle_->cycle_mark_default));
  const Oid common = SelectCommonType(state_, both, "CYCLE");
  for (ExprPtr& each : both) each = CoerceToCommon(state_, std::move(each), common, "CYCLE");
  RequireEqualityOperator(state_, common, -1);
  mark_value_ = std::move(both[0]);
  mark_default_ = std::move(both[1]);
}

void SearchCycle::AddColumns(Cte& cte) {
  const SqlType rows = state_.types().Make(facts::kRecordArrayOid);
  if (search_ != nullptr) {
    columns_.push_back({search_->search_seq_column, IsBreadthFirst()
                                                        ? state_.types().Make(facts::kRecordOid)
                                                        : rows});
  }
  if (cycle_ != nullptr) {
    columns_.push_back({cycle_->cycle_mark_column, mark_value_->type});
    columns_.push_back({cycle_->cycle_path_column, rows});
  }
  for (const Column& column : columns_) {
    cte.column_names.push_back(column.name);
    cte.column_types.push_back(column.type);
  }
}

ExprPtr SearchCycle::RowOf(const std::vector<size_t>& positions, const BoundQuery& query,
                           ExprPtr first) {
  auto row = std::make_unique<expr::ListExpr>(expr::ExprKind::kRow,
                                              state_.types().Make(facts::kRecordOid));
  if (first != nullptr) row->children.push_back(std::move(first));
  for (const size_t position : positions) {
    row->children.push_back(state_.Mention(query.outputs[position].id, -1));
  }
  return row;
}

ExprPtr SearchCycle::ArrayOf(ExprPtr row) {
  auto array = std::make_unique<expr::ListExpr>(expr::ExprKind::kArray,
                                                state_.types().Make(facts::kRecordArrayOid));
  array->children.push_back(std::move(row));
  return array;
}

ExprPtr SearchCycle::Appended(ExprPtr path, ExprPtr row) {
  const facts::ProcFact* function = facts::FindProc(kArrayCatFunction);
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(path));
  arguments.push_back(ArrayOf(std::move(row)));
  return MakeCall(state_, *function, state_.types().Make(facts::kRecordArrayOid),
                  std::move(arguments), expr::CallSyntax::kCall, -1);
}

ExprPtr SearchCycle::IsIn(ExprPtr row, ExprPtr path) {
  ExpressionBinder binder(state_, level_);
  auto test = std::make_unique<expr::ComparisonExpr>(expr::ExprKind::kScalarArray,
                                                     state_.types().Make(facts::kBoolOid));
  const std::string_view equals = "=";
  ExprPtr left = row->Clone(), right = std::move(row);
  test->comparisons.push_back(binder.MakeComparison(std::span(&equals, 1), left, right, -1));
  test->left = std::move(left);
  test->right = std::move(path);
  return test;
}

// The query's own outputs, and these behind them.
void SearchCycle::Project(BoundQuery& query, std::vector<ExprPtr> extra) {
  auto project = std::make_unique<LogicalProject>();
  for (const OutputColumn& output : query.outputs) {
    project->outputs.push_back(output.id);
    project->expressions.push_back(state_.Mention(output.id, -1));
  }
  for (ExprPtr& expression : extra) {
    const ColumnId id = state_.AddColumn({"", expression->type}, &level_);
    project->outputs.push_back(id);
    project->expressions.push_back(std::move(expression));
    query.outputs.push_back({"", id});
  }
  project->children.push_back(std::move(query.plan));
  query.plan = std::move(project);
  query.projection = nullptr;
  query.values = nullptr;
}

void SearchCycle::PassOn(const std::vector<ColumnId>& ids, LogicalProject& project) {
  for (const ColumnId id : ids) {
    const auto& outputs = project.outputs;
    if (std::find(outputs.begin(), outputs.end(), id) != outputs.end()) continue;
    project.outputs.push_back(id);
    project.expressions.push_back(state_.Mention(id, -1));
  }
}

void SearchCycle::ExtendFirst(BoundQuery& first) {
  std::vector<ExprPtr> extra;
  if (search_ != nullptr) {
    extra.push_back(IsBreadthFirst() ? RowOf(search_columns_, first, MakeInt8(0))
                                     : ArrayOf(RowOf(search_columns_, first, nullptr)));
  }
  if (cycle_ != nullptr) {
    extra.push_back(mark_default_->Clone());
    extra.push_back(ArrayOf(RowOf(cycle_columns_, first, nullptr)));
  }
  if (IsBreadthFirst()) extra.push_back(MakeInt8(0));
  Project(first, std::move(extra));
}

void SearchCycle::ExtendRecursive(BoundQuery& recursive, LogicalProject* projection,
                                  const Cte& cte) {
  LogicalCteScan* const reference =
      projection == nullptr ? nullptr : FindWorkTable(*projection->children[0], cte.id);
  // Casts to the CTE's types may be on top.
  auto* const top = recursive.plan->kind == LogicalKind::kProject
                        ? static_cast<LogicalProject*>(recursive.plan.get())
                        : nullptr;
  const bool is_near = top != nullptr && (top == projection || top->children[0].get() == projection);
  if (reference == nullptr || !is_near) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("with a SEARCH or CYCLE clause, the recursive reference to WITH "
                               "query \"{}\" must be at the top level of its right-hand SELECT",
                               cte.name));
  }
  if (IsBreadthFirst()) {
    reference->outputs.push_back(
        state_.AddColumn({"depth", state_.types().Make(facts::kInt8Oid)}, &level_));
  }
  // The reference's columns, beside the term's own outputs.
  const size_t own = recursive.outputs.size();
  std::vector<ColumnId> before(reference->outputs.begin() + static_cast<ptrdiff_t>(own),
                               reference->outputs.end());
  PassOn(before, *projection);
  if (top != projection) PassOn(before, *top);
  size_t at = 0;
  const auto next = [&] { return state_.Mention(before[at++], -1); };
  ExpressionBinder binder(state_, level_);
  std::vector<ExprPtr> extra;
  ExprPtr depth;
  if (IsBreadthFirst()) {
    depth = binder.MakeOperator("+", state_.Mention(before.back(), -1), MakeInt8(1), -1);
    ++at;
    extra.push_back(RowOf(search_columns_, recursive, depth->Clone()));
  } else if (search_ != nullptr) {
    extra.push_back(Appended(next(), RowOf(search_columns_, recursive, nullptr)));
  }
  if (cycle_ != nullptr) {
    ExprPtr goes_on = binder.MakeOperator("<>", next(), mark_value_->Clone(), -1);
    ExprPtr path = next();
    auto mark = std::make_unique<expr::CaseExpr>(mark_value_->type);
    mark->branches.push_back(
        {IsIn(RowOf(cycle_columns_, recursive, nullptr), path->Clone()), mark_value_->Clone()});
    mark->otherwise = mark_default_->Clone();
    extra.push_back(std::move(mark));
    extra.push_back(Appended(std::move(path), RowOf(cycle_columns_, recursive, nullptr)));
    auto filter = std::make_unique<LogicalFilter>();
    filter->conjuncts.push_back(std::move(goes_on));
    filter->children.push_back(std::move(projection->children[0]));
    projection->children[0] = std::move(filter);
  }
  if (depth != nullptr) extra.push_back(std::move(depth));
  Project(recursive, std::move(extra));
}

}  // namespace grizzly::planner
