#include "planner/deparse/deparse_query.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "facts/types.h"
#include "planner/binder/row_shape.h"
#include "planner/deparse/item_names.h"

namespace grizzly::planner {
namespace {

namespace ast = parser::ast;

using catalog::QuoteIdentifier;

constexpr int kClauseIndent = 8;
constexpr int kJoinIndent = 4;
constexpr int kItemIndent = 4;
constexpr int kIndentMax = 40;

std::string_view TextOf(const char* text) { return text == nullptr ? "" : text; }

std::string_view NameIn(const ast::Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_STRING
             ? TextOf(node->string->sval)
             : std::string_view();
}

bool IsSetOperation(const PgQuery__SelectStmt& select) { return select.larg != nullptr; }

class QueryDeparser {
 public:
  QueryDeparser(const QueryRecord& record, const QueryDeparseInput& input)
      : record_(record), input_(input), item_names_(input) {}

  void WriteQuery(const PgQuery__SelectStmt& select, const std::vector<std::string>& columns,
                  bool names_visible, int indent) {
    const int outer = std::exchange(indent_, indent);
    const size_t depth = levels_.size();
    const ItemNames::Mark mark = item_names_.Enter();
    PrintedNames own_names;
    for (size_t i = 0; i < select.n_from_clause; ++i) {
      item_names_.Choose(*select.from_clause[i], &own_names);
    }
    if (select.with_clause != nullptr) {
      for (size_t i = 0; i < select.with_clause->n_ctes; ++i) {
        item_names_.AddCte(select.with_clause->ctes[i]->common_table_expr->ctename);
      }
      WriteWith(*select.with_clause);
    }
    if (IsSetOperation(select)) {
      WriteSetOperation(select, columns, names_visible);
    } else {
      WriteSelect(select, columns, names_visible, std::move(own_names));
    }
    WriteOrderBy(select);
    WriteLimit(select);
    WriteLocking(select);
    levels_.resize(depth);
    item_names_.Leave(mark);
    indent_ = outer;
  }

  std::string text;

 private:
  // ---- layout ----

  void TrimBlanks() {
    while (!text.empty() && text.back() == ' ') text.pop_back();
  }

  // A keyword on a new line; `before` and `after` move the indentation, `plus` only this line's.
  void Line(std::string_view keyword, int before, int after, int plus) {
    indent_ += before;
    TrimBlanks();
    const int amount = indent_ < kIndentMax
                           ? std::max(indent_, 0)
                           : (kIndentMax + (indent_ - kIndentMax) / (kClauseIndent / 2)) % kIndentMax;
    text += "\n" + std::string(static_cast<size_t>(amount + plus), ' ');
    text += keyword;
    indent_ = std::max(indent_ + after, 0);
  }
  void Clause(std::string_view keyword, int plus) {
    Line(keyword, -kClauseIndent, kClauseIndent, plus);
  }

  // One of several: on a new line, unless it is the first or brings its own.
  void WriteItem(std::string item, bool is_first) {
    if (item.starts_with('\n')) {
      TrimBlanks();
    } else if (!is_first) {
      Line("", -kClauseIndent, kClauseIndent, kItemIndent);
    }
    text += item;
  }

  template <typename Write>
  std::string Captured(const Write& write) {
    std::string outer = std::exchange(text, std::string());
    write();
    return std::exchange(text, std::move(outer));
  }

  // ---- names of FROM items ----

  // Of an item of the innermost level.
  std::string PrintedName(const std::string& name) const {
    const auto found = names_[levels_.size() - 1].find(name);
    return found == names_[levels_.size() - 1].end() ? name : found->second;
  }

  // ---- expressions ----

  std::string ColumnName(ColumnId id) {
    for (size_t i = levels_.size(); i-- > 0;) {
      const SelectRecord& level = *levels_[i];
      const auto found = level.names.find(id);
      if (found != level.names.end()) return Requalified(found->second, names_[i]);
      const auto call = level.calls.find(id);
      if (call != level.calls.end()) return Expression(*call->second);
    }
    return QuoteIdentifier(record_.columns[id].name);
  }

  bool IsCall(ColumnId id) const {
    return !levels_.back()->names.contains(id) && levels_.back()->calls.contains(id);
  }

  std::string Expression(const expr::Expr& expression) {
    return DeparseExpression(expression, InputHere());
  }

  DeparseInput InputHere() {
    DeparseInput deparse;
    deparse.catalog = input_.catalog;
    deparse.search_path = input_.search_path;
    deparse.io = input_.io;
    deparse.pretty = input_.pretty;
    deparse.indent = true;
    deparse.indent_level = indent_;
    deparse.column_name = [this](ColumnId id) { return ColumnName(id); };
    deparse.subquery_text = [this](const expr::SubqueryExpr& subquery, int case_depth) {
      const int outer = std::exchange(indent_, indent_ + case_depth * kItemIndent);
      std::string text = SubqueryText(subquery);
      indent_ = outer;
      return text;
    };
    deparse.row_subquery_text = [this](const expr::Expr& comparison) {
      const auto found = record_.row_subqueries.find(comparison.location);
      return found == record_.row_subqueries.end() ? std::string()
                                                   : RowSubqueryText(found->second, "(");
    };
    deparse.has_case_test = [this](int location) { return record_.cases.contains(location); };
    deparse.call_at = [this](int location) {
      const auto found = record_.calls.find(location);
      return found == record_.calls.end() ? nullptr : found->second;
    };
    deparse.is_call = [this](ColumnId id) { return IsCall(id); };
    return deparse;
  }

  const expr::Expr& Recorded(const ast::Node* node) const {
    const auto found = record_.expressions.find(node);
    GRIZZLY_CHECK(found != record_.expressions.end());
    return *found->second;
  }

  // (a, b) = (SELECT ...), with what stands in front of the last bracket.
  std::string RowSubqueryText(const RowSubquery& row, std::string_view open) {
    return "(" + OperandsText(row.left) + " " + row.operator_name + " " + std::string(open) +
           BodyText(*row.link) + "))";
  }

  std::string BodyText(const PgQuery__SubLink& link) {
    return Captured([&] {
      WriteQuery(*link.subselect->select_stmt, {}, /*names_visible=*/false, indent_);
    });
  }

  std::string OperandsText(const std::vector<ExprPtr>& operands) {
    std::string list;
    for (const ExprPtr& operand : operands) {
      const std::string written = DeparseOperand(*operand, InputHere());
      if (!list.empty()) list += written.starts_with('\n') ? "," : ", ";
      list += written;
    }
    return operands.size() > 1 ? "(" + list + ")" : list;
  }

  std::string SubqueryText(const expr::SubqueryExpr& subquery) {
    const bool all = subquery.subquery_kind == expr::SubqueryKind::kAll;
    const auto row = record_.row_subqueries.find(subquery.location);
    if (row != record_.row_subqueries.end() && !subquery.left.empty()) {
      return RowSubqueryText(row->second, all ? "ALL (" : "ANY (");
    }
    const auto found = record_.subqueries.find(subquery.location);
    if (found == record_.subqueries.end()) return "(SubPlan)";
    const std::string left = OperandsText(subquery.left);
    const std::string body = BodyText(*found->second);
    switch (subquery.subquery_kind) {
      case expr::SubqueryKind::kExists: return "(EXISTS (" + body + "))";
      case expr::SubqueryKind::kArray: return "ARRAY(" + body + ")";
      case expr::SubqueryKind::kScalar: return "(" + body + ")";
      default: break;
    }
    const std::string op = OperatorText(subquery.comparisons.front().operator_oid);
    if (!all && op == "=") return "(" + left + " IN (" + body + "))";
    return "(" + left + " " + op + (all ? " ALL (" : " ANY (") + body + "))";
  }

  // ---- WITH ----

  void WriteWith(const PgQuery__WithClause& with) {
    indent_ += kClauseIndent;
    text += ' ';
    for (size_t i = 0; i < with.n_ctes; ++i) {
      const PgQuery__CommonTableExpr& cte = *with.ctes[i]->common_table_expr;
      text += i > 0 ? ", " : with.recursive ? "WITH RECURSIVE " : "WITH ";
      text += QuoteIdentifier(cte.ctename);
      if (cte.n_aliascolnames > 0) WriteNames(cte.aliascolnames, cte.n_aliascolnames);
      text += " AS ";
      if (cte.ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeAlways) {
        text += "MATERIALIZED ";
      } else if (cte.ctematerialized == PG_QUERY__CTEMATERIALIZE__CTEMaterializeNever) {
        text += "NOT MATERIALIZED ";
      }
      if (cte.ctequery->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
        ThrowNotSupported("printing a data-modifying WITH query");
      }
      text += '(';
      Line("", 0, 0, 0);
      WriteQuery(*cte.ctequery->select_stmt, {}, /*names_visible=*/true, indent_);
      Line("", 0, 0, 0);
      text += ')';
      if (cte.search_clause != nullptr) WriteSearch(*cte.search_clause);
      if (cte.cycle_clause != nullptr) WriteCycle(*cte.cycle_clause);
    }
    indent_ -= kClauseIndent;
    Line("", 0, 0, 0);
  }

  void WriteSearch(const PgQuery__CTESearchClause& search) {
    text += search.search_breadth_first ? " SEARCH BREADTH FIRST BY " : " SEARCH DEPTH FIRST BY ";
    WriteNameList(search.search_col_list, search.n_search_col_list);
    text += " SET " + QuoteIdentifier(search.search_seq_column);
  }

  void WriteCycle(const PgQuery__CTECycleClause& cycle) {
    text += " CYCLE ";
    WriteNameList(cycle.cycle_col_list, cycle.n_cycle_col_list);
    text += " SET " + QuoteIdentifier(cycle.cycle_mark_column);
    const std::string mark = MarkText(*cycle.cycle_mark_value);
    const std::string otherwise = MarkText(*cycle.cycle_mark_default);
    if (mark != "true" || otherwise != "false") text += " TO " + mark + " DEFAULT " + otherwise;
    text += " USING " + QuoteIdentifier(cycle.cycle_path_column);
  }

  // A constant as it is written; true and false come as casts to bool.
  std::string MarkText(const ast::Node& node) const {
    const ast::Node& inner =
        node.node_case == PG_QUERY__NODE__NODE_TYPE_CAST &&
                NameIn(node.type_cast->type_name->names[node.type_cast->type_name->n_names - 1]) ==
                    "bool"
            ? *node.type_cast->arg
            : node;
    if (inner.node_case == PG_QUERY__NODE__NODE_A_CONST) {
      const PgQuery__AConst& value = *inner.a_const;
      if (value.val_case == PG_QUERY__A__CONST__VAL_BOOLVAL) {
        return value.boolval->boolval ? "true" : "false";
      }
      if (value.val_case == PG_QUERY__A__CONST__VAL_IVAL) return std::to_string(value.ival->ival);
      if (value.val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        DeparseInput deparse;
        deparse.catalog = input_.catalog;
        deparse.search_path = input_.search_path;
        return DeparseValue(types::Datum::Of(types::StringRef(TextOf(value.sval->sval))),
                            types::BuiltinType(facts::kTextOid), deparse);
      }
    }
    ThrowNotSupported("printing this mark of a CYCLE clause");
  }

  void WriteNames(ast::Node* const* names, size_t count) {
    text += '(';
    WriteNameList(names, count);
    text += ')';
  }

  void WriteNameList(ast::Node* const* names, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text += ", ";
      text += QuoteIdentifier(NameIn(names[i]));
    }
  }

  // ---- set operations ----

  static bool NeedsParentheses(const PgQuery__SelectStmt& branch) {
    return branch.with_clause != nullptr || branch.n_sort_clause > 0 ||
           branch.n_locking_clause > 0 || branch.limit_count != nullptr ||
           branch.limit_offset != nullptr;
  }

  void WriteBranch(const PgQuery__SelectStmt& branch, const std::vector<std::string>& columns,
                   bool names_visible) {
    const bool own_query = NeedsParentheses(branch);
    if (IsSetOperation(branch) && !own_query) {
      return WriteSetOperation(branch, columns, names_visible);
    }
    if (own_query) text += '(';
    WriteQuery(branch, columns, names_visible, indent_);
    if (own_query) text += ')';
  }

  void WriteSetOperation(const PgQuery__SelectStmt& node, const std::vector<std::string>& columns,
                         bool names_visible) {
    const PgQuery__SelectStmt& left = *node.larg;
    const bool left_nested = IsSetOperation(left) && !NeedsParentheses(left) &&
                             (left.op != node.op || left.all != node.all);
    if (left_nested) {
      text += '(';
      Line("", kClauseIndent, 0, 0);
    }
    WriteBranch(left, columns, names_visible);
    Line(left_nested ? ") " : "", left_nested ? -kClauseIndent : 0, 0, 0);
    switch (node.op) {
      case PG_QUERY__SET_OPERATION__SETOP_INTERSECT: text += "INTERSECT "; break;
      case PG_QUERY__SET_OPERATION__SETOP_EXCEPT: text += "EXCEPT "; break;
      default: text += "UNION ";
    }
    if (node.all) text += "ALL ";
    const bool right_nested = IsSetOperation(*node.rarg) && !NeedsParentheses(*node.rarg);
    const int deeper = right_nested ? kClauseIndent : 0;
    if (right_nested) text += '(';
    Line("", deeper, 0, 0);
    WriteBranch(*node.rarg, columns, /*names_visible=*/false);
    indent_ -= deeper;
    if (right_nested) Line(")", 0, 0, 0);
  }

  // ---- SELECT ----

  void WriteSelect(const PgQuery__SelectStmt& select, const std::vector<std::string>& columns,
                   bool names_visible, PrintedNames own_names) {
    indent_ += kClauseIndent;
    text += ' ';
    if (select.n_values_lists > 0) return WriteValues(select);
    const auto found = record_.selects.find(&select);
    GRIZZLY_CHECK(found != record_.selects.end());
    const SelectRecord& level = found->second;
    levels_.push_back(&level);
    names_.resize(levels_.size());
    names_.back() = std::move(own_names);
    text += "SELECT";
    WriteDistinct(select, level);
    WriteTargets(level, columns, names_visible);
    WriteFrom(select);
    if (select.where_clause != nullptr) {
      Clause(" WHERE ", 1);
      text += Expression(Recorded(select.where_clause));
    }
    WriteGroupBy(select);
    if (select.having_clause != nullptr) {
      Clause(" HAVING ", 0);
      text += Expression(Recorded(select.having_clause));
    }
    WriteWindows(select, level);
  }

  void WriteWindows(const PgQuery__SelectStmt& select, const SelectRecord& level) {
    for (size_t i = 0; i < level.windows.size(); ++i) {
      if (i == 0) {
        Clause(" WINDOW ", 1);
      } else {
        text += ", ";
      }
      const PgQuery__WindowDef& written = *select.window_clause[i]->window_def;
      text += QuoteIdentifier(written.name) + " AS " +
              DeparseWindow(static_cast<const expr::WindowExpr&>(*level.windows[i]), written, InputHere());
    }
  }

  void WriteValues(const PgQuery__SelectStmt& select) {
    text += "VALUES ";
    for (size_t i = 0; i < select.n_values_lists; ++i) {
      text += i > 0 ? ", (" : "(";
      const PgQuery__List& row = *select.values_lists[i]->list;
      for (size_t j = 0; j < row.n_items; ++j) {
        if (j > 0) text += ',';
        text += TargetText(Recorded(row.items[j]));
      }
      text += ')';
    }
  }

  void WriteDistinct(const PgQuery__SelectStmt& select, const SelectRecord& level) {
    if (select.n_distinct_clause == 0) return;
    text += " DISTINCT";
    if (level.distinct_on.empty()) return;
    text += " ON (";
    for (size_t i = 0; i < level.distinct_on.size(); ++i) {
      if (i > 0) text += ", ";
      text += SortedText(*level.outputs[level.distinct_on[i]].expression);
    }
    text += ')';
  }

  // An untyped literal of a UNION is text.
  std::string TargetText(const expr::Expr& expression) {
    if (WholeRowIn(expression) != nullptr) {  // or it would be read as its columns
      return Expression(expression) + "::" +
             catalog::FormatType(*input_.catalog, *input_.search_path, expression.type.oid);
    }
    if (expression.kind != expr::ExprKind::kConst || expression.type.oid != facts::kUnknownOid) {
      return Expression(expression);
    }
    DeparseInput deparse;
    deparse.catalog = input_.catalog;
    deparse.search_path = input_.search_path;
    return DeparseValue(static_cast<const expr::ConstExpr&>(expression).value,
                        types::BuiltinType(facts::kTextOid), deparse);
  }

  // The name a column gets without AS, when its expression is one column.
  std::string OwnName(const expr::Expr& expression) {
    if (expression.kind != expr::ExprKind::kColumn) return "";
    const ColumnId id = static_cast<const expr::ColumnExpr&>(expression).id;
    if (IsCall(id)) return "";
    return record_.columns[id].name;
  }

  void WriteTargets(const SelectRecord& level, const std::vector<std::string>& columns,
                    bool names_visible) {
    size_t number = 0;
    for (const SelectRecord::Output& output : level.outputs) {
      if (output.junk) continue;
      std::string item = TargetText(*output.expression);
      const std::string& name = number < columns.size() ? columns[number] : output.name;
      const std::string own = OwnName(*output.expression);
      const bool is_column = !own.empty();
      const bool says_itself = is_column ? LastName(item) == QuoteIdentifier(name)
                                         : !names_visible && name == "?column?";
      if (!says_itself) item += " AS " + QuoteIdentifier(name);
      text += number == 0 ? " " : ", ";
      WriteItem(std::move(item), number == 0);
      ++number;
    }
  }

  // "a" of t.a.
  static std::string LastName(const std::string& qualified) {
    bool quoted = false;
    size_t begin = 0;
    for (size_t i = 0; i < qualified.size(); ++i) {
      if (qualified[i] == '"') quoted = !quoted;
      if (qualified[i] == '.' && !quoted) begin = i + 1;
    }
    return qualified.substr(begin);
  }

  // ---- FROM ----

  void WriteFrom(const PgQuery__SelectStmt& select) {
    for (size_t i = 0; i < select.n_from_clause; ++i) {
      const ast::Node& node = *select.from_clause[i];
      if (i == 0) {
        Clause(" FROM ", 2);
        WriteFromItem(node);
        continue;
      }
      text += ", ";
      WriteItem(Captured([&] { WriteFromItem(node); }), /*is_first=*/false);
    }
  }

  void WriteFromItem(const ast::Node& node) {
    switch (node.node_case) {
      case PG_QUERY__NODE__NODE_RANGE_VAR: return WriteTable(*node.range_var);
      case PG_QUERY__NODE__NODE_RANGE_SUBSELECT: return WriteSubselect(*node.range_subselect);
      case PG_QUERY__NODE__NODE_RANGE_FUNCTION: return WriteFunctions(*node.range_function);
      case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC: return WriteXmlTable(*node.range_table_func);
      case PG_QUERY__NODE__NODE_JOIN_EXPR: return WriteJoin(*node.join_expr);
      case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE: return WriteSample(*node.range_table_sample);
      default: ThrowNotSupported("printing this FROM item");
    }
  }

  void WriteAlias(const PgQuery__Alias& alias) {
    text += ' ' + QuoteIdentifier(PrintedName(alias.aliasname));
    if (alias.n_colnames > 0) WriteAllColumns(alias.aliasname);
  }

  // Aliases of columns: all of them, as far as they are known.
  void WriteAllColumns(const std::string& alias) {
    const auto& known = levels_.back()->item_columns;
    const auto found = known.find(alias);
    if (found == known.end() || found->second.empty()) return;
    text += '(';
    for (size_t i = 0; i < found->second.size(); ++i) {
      if (i > 0) text += ", ";
      text += QuoteIdentifier(found->second[i]);
    }
    text += ')';
  }

  void WriteTable(const PgQuery__RangeVar& name) {
    if (!name.inh) text += "ONLY ";
    const std::string written(TextOf(name.relname));
    const catalog::RelationPtr relation = item_names_.RelationOf(name);
    text += relation == nullptr ? QuoteIdentifier(written) : item_names_.RelationText(*relation);
    if (name.alias != nullptr) return WriteAlias(*name.alias);
    const std::string printed = PrintedName(written);
    if (printed != (relation == nullptr ? written : relation->name)) text += ' ' + QuoteIdentifier(printed);
  }

  void WriteSample(const PgQuery__RangeTableSample& sample) {
    WriteFromItem(*sample.relation);
    text += fmt::format(" TABLESAMPLE {} ({})",
                        QuoteIdentifier(TextOf(sample.method[sample.n_method - 1]->string->sval)),
                        Expression(Recorded(sample.args[0])));
    if (sample.repeatable != nullptr) {
      text += fmt::format(" REPEATABLE ({})", Expression(Recorded(sample.repeatable)));
    }
  }

  void WriteSubselect(const PgQuery__RangeSubselect& item) {
    if (item.lateral) text += "LATERAL ";
    text += '(';
    WriteQuery(*item.subquery->select_stmt, {}, /*names_visible=*/true, indent_);
    text += ')';
    if (item.alias != nullptr) WriteAlias(*item.alias);
  }

  // unnest(a, b) is one function for each argument.
  std::vector<const ast::Node*> FunctionsOf(const PgQuery__RangeFunction& item) const {
    std::vector<const ast::Node*> functions;
    for (size_t i = 0; i < item.n_functions; ++i) {
      const ast::Node* const call = item.functions[i]->list->items[0];
      if (record_.expressions.contains(call)) {
        functions.push_back(call);
        continue;
      }
      const PgQuery__FuncCall& unnest = *call->func_call;
      functions.insert(functions.end(), unnest.args, unnest.args + unnest.n_args);
    }
    return functions;
  }

  // Whether it mentions another item of the same FROM.
  bool IsLateral(const std::vector<const ast::Node*>& nodes) const {
    const std::map<ColumnId, std::string>& names = levels_.back()->names;
    for (const ast::Node* node : nodes) {
      for (const ColumnId id : expr::FreeColumns(Recorded(node))) {
        if (names.contains(id)) return true;
      }
    }
    return false;
  }

  // The argument of unnest(array); else null.
  static const expr::Expr* UnnestedArray(const expr::Expr& call) {
    constexpr Oid kUnnestArray = 2331;
    if (call.kind != expr::ExprKind::kSetFunction) return nullptr;
    const auto& set = static_cast<const expr::SetFunctionExpr&>(call);
    return set.call->function == kUnnestArray ? set.arguments[0].get() : nullptr;
  }

  void WriteFunctions(const PgQuery__RangeFunction& item) {
    const std::vector<const ast::Node*> functions = FunctionsOf(item);
    if (item.lateral || IsLateral(functions)) text += "LATERAL ";
    const bool all_unnest = std::all_of(functions.begin(), functions.end(), [&](const ast::Node* node) {
      return UnnestedArray(Recorded(node)) != nullptr;
    });
    const bool several = functions.size() > 1;
    if (several) text += all_unnest ? "UNNEST(" : "ROWS FROM(";
    for (size_t i = 0; i < functions.size(); ++i) {
      if (i > 0) text += ", ";
      const expr::Expr& call = Recorded(functions[i]);
      text += Expression(several && all_unnest ? *UnnestedArray(call) : call);
      if (several && i < item.n_functions) WriteOwnDefinitions(*item.functions[i]->list);
    }
    if (several) text += ')';
    if (item.ordinality) text += " WITH ORDINALITY";
    const std::string alias = NameOfFunctions(item);
    text += ' ' + QuoteIdentifier(PrintedName(alias));
    const PgQuery__List& only = *item.functions[0]->list;
    if (item.n_coldeflist > 0) {
      WriteDefinitions(item.coldeflist, item.n_coldeflist);
    } else if (!several && HasDefinitions(only)) {
      WriteDefinitions(only.items[1]->list->items, only.items[1]->list->n_items);
    } else {
      WriteAllColumns(alias);
    }
  }

  static bool HasDefinitions(const PgQuery__List& function) {
    return function.n_items > 1 && function.items[1]->node_case == PG_QUERY__NODE__NODE_LIST &&
           function.items[1]->list->n_items > 0;
  }

  // Of one of ROWS FROM.
  void WriteOwnDefinitions(const PgQuery__List& function) {
    if (!HasDefinitions(function)) return;
    text += " AS ";
    WriteDefinitions(function.items[1]->list->items, function.items[1]->list->n_items);
  }

  void WriteDefinitions(ast::Node* const* definitions, size_t count) {
    text += '(';
    for (size_t i = 0; i < count; ++i) {
      const PgQuery__ColumnDef& column = *definitions[i]->column_def;
      const SqlType& type = record_.types.at(&column);
      if (i > 0) text += ", ";
      text += QuoteIdentifier(column.colname) + ' ' +
              catalog::FormatType(*input_.catalog, *input_.search_path, type.oid, type.typmod);
    }
    text += ')';
  }

  void WriteXmlTable(const PgQuery__RangeTableFunc& item) {
    if (item.lateral || IsLateral({item.rowexpr, item.docexpr})) text += "LATERAL ";
    text += "XMLTABLE(";
    if (item.n_namespaces > 0) {
      text += "XMLNAMESPACES (";
      for (size_t i = 0; i < item.n_namespaces; ++i) {
        const PgQuery__ResTarget& target = *item.namespaces[i]->res_target;
        if (i > 0) text += ", ";
        if (*target.name == '\0') text += "DEFAULT ";
        text += Expression(Recorded(target.val));
        if (*target.name != '\0') text += " AS " + QuoteIdentifier(target.name);
      }
      text += "), ";
    }
    text += "(" + Expression(Recorded(item.rowexpr)) + ") PASSING (" +
            Expression(Recorded(item.docexpr)) + ") COLUMNS ";
    for (size_t i = 0; i < item.n_columns; ++i) {
      if (i > 0) text += ", ";
      WriteXmlTableColumn(*item.columns[i]->range_table_func_col);
    }
    text += ')';
    if (item.alias != nullptr) text += ' ' + QuoteIdentifier(PrintedName(item.alias->aliasname));
  }

  void WriteXmlTableColumn(const PgQuery__RangeTableFuncCol& column) {
    text += QuoteIdentifier(column.colname);
    if (column.for_ordinality) {
      text += " FOR ORDINALITY";
      return;
    }
    const SqlType& type = record_.types.at(&column);
    text += ' ' + catalog::FormatType(*input_.catalog, *input_.search_path, type.oid, type.typmod);
    if (column.coldefexpr != nullptr) {
      text += " DEFAULT (" + Expression(Recorded(column.coldefexpr)) + ")";
    }
    if (column.colexpr != nullptr) text += " PATH (" + Expression(Recorded(column.colexpr)) + ")";
    if (column.is_not_null) text += " NOT NULL";
  }

  void WriteJoin(const PgQuery__JoinExpr& join) {
    const bool parentheses = !input_.pretty || join.alias != nullptr;
    const auto merged = record_.merged_columns.find(&join);
    const bool has_using = merged != record_.merged_columns.end() && !merged->second.empty();
    if (parentheses) text += '(';
    WriteFromItem(*join.larg);
    const bool has_condition = join.quals != nullptr || has_using;
    Clause(JoinWord(join.jointype, has_condition), kJoinIndent);
    const bool right_parentheses = input_.pretty &&
                                   join.rarg->node_case == PG_QUERY__NODE__NODE_JOIN_EXPR &&
                                   join.rarg->join_expr->alias == nullptr;
    if (right_parentheses) text += '(';
    WriteFromItem(*join.rarg);
    if (right_parentheses) text += ')';
    WriteJoinCondition(join, has_using ? &merged->second : nullptr);
    if (parentheses) text += ')';
    if (join.alias != nullptr) WriteAlias(*join.alias);
  }

  static std::string_view JoinWord(PgQuery__JoinType type, bool has_condition) {
    switch (type) {
      case PG_QUERY__JOIN_TYPE__JOIN_LEFT: return " LEFT JOIN ";
      case PG_QUERY__JOIN_TYPE__JOIN_RIGHT: return " RIGHT JOIN ";
      case PG_QUERY__JOIN_TYPE__JOIN_FULL: return " FULL JOIN ";
      default: return has_condition ? " JOIN " : " CROSS JOIN ";
    }
  }

  void WriteJoinCondition(const PgQuery__JoinExpr& join, const std::vector<std::string>* merged) {
    if (merged != nullptr) {
      text += " USING (";
      for (size_t i = 0; i < merged->size(); ++i) {
        if (i > 0) text += ", ";
        text += QuoteIdentifier((*merged)[i]);
      }
      text += ')';
      if (join.join_using_alias != nullptr) {
        text += " AS " + QuoteIdentifier(join.join_using_alias->aliasname);
      }
    } else if (join.quals != nullptr) {
      text += input_.pretty ? " ON " : " ON (";
      text += Expression(Recorded(join.quals));
      if (!input_.pretty) text += ')';
    } else if (join.jointype != PG_QUERY__JOIN_TYPE__JOIN_INNER) {
      text += " ON TRUE";
    }
  }

  // ---- GROUP BY, ORDER BY, LIMIT ----

  std::string SortedText(const expr::Expr& expression) {
    return DeparseSorted(expression, InputHere());
  }

  void WriteGroupBy(const PgQuery__SelectStmt& select) {
    if (select.n_group_clause == 0) return;
    Clause(" GROUP BY ", 1);
    if (select.group_distinct) text += "DISTINCT ";
    // A () beside other elements says nothing.
    std::vector<ast::Node*> groups(select.group_clause, select.group_clause + select.n_group_clause);
    if (groups.size() > 1) std::erase_if(groups, [](const ast::Node* node) { return IsEmptySet(*node); });
    if (groups.empty()) groups.push_back(select.group_clause[0]);
    WriteGroupClause(groups);
  }

  static bool IsEmptySet(const ast::Node& node) {
    return node.node_case == PG_QUERY__NODE__NODE_GROUPING_SET &&
           node.grouping_set->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY;
  }

  // What the elements stand in: (a, b) needs its parentheses in any set, (a) only in GROUPING SETS.
  enum class Within : uint8_t { kNothing, kRollupOrCube, kSets };

  // Whether it stands for one set, that needs no GROUPING SETS.
  static bool IsOneSet(const ast::Node& node) {
    if (node.node_case != PG_QUERY__NODE__NODE_GROUPING_SET) return true;
    const PgQuery__GroupingSet& set = *node.grouping_set;
    if (set.kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY) return true;
    return set.kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_SETS && set.n_content == 1 &&
           IsOneSet(*set.content[0]);
  }

  // What one set is grouped by, each once.
  void AddSorted(const ast::Node& node, std::vector<std::string>* items) {
    if (node.node_case == PG_QUERY__NODE__NODE_GROUPING_SET) {
      for (size_t i = 0; i < node.grouping_set->n_content; ++i) AddSorted(*node.grouping_set->content[i], items);
    } else if (IsGroupList(node)) {
      for (size_t i = 0; i < node.row_expr->n_args; ++i) AddSorted(*node.row_expr->args[i], items);
    } else {
      std::string item = SortedText(Recorded(&node));
      if (std::find(items->begin(), items->end(), item) == items->end()) items->push_back(std::move(item));
    }
  }

  static bool IsGroupList(const ast::Node& node) {
    return node.node_case == PG_QUERY__NODE__NODE_ROW_EXPR &&
           node.row_expr->row_format == PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST;
  }

  void WriteGroupClause(std::span<ast::Node* const> nodes) {
    std::vector<std::string> items;
    if (std::ranges::all_of(nodes, [](const ast::Node* node) { return IsOneSet(*node); })) {
      for (const ast::Node* node : nodes) AddSorted(*node, &items);
    }
    if (items.empty()) return WriteGroups(nodes.data(), nodes.size(), Within::kNothing);
    text += fmt::format("{}", fmt::join(items, ", "));
  }

  void WriteGroups(ast::Node* const* nodes, size_t count, Within within) {
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text += ", ";
      WriteGroup(*nodes[i], within);
    }
  }

  void WriteGroup(const ast::Node& node, Within within) {
    if (node.node_case == PG_QUERY__NODE__NODE_GROUPING_SET) return WriteGroupingSet(*node.grouping_set);
    std::vector<std::string> items;
    AddSorted(node, &items);
    const bool in_brackets = within == Within::kSets || (within == Within::kRollupOrCube && items.size() > 1);
    if (in_brackets) text += '(';
    text += fmt::format("{}", fmt::join(items, ", "));
    if (in_brackets) text += ')';
  }

  void WriteGroupingSet(const PgQuery__GroupingSet& set) {
    Within within = Within::kRollupOrCube;
    switch (set.kind) {
      case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY: text += "()"; return;
      case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP: text += "ROLLUP("; break;
      case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE: text += "CUBE("; break;
      default:
        text += "GROUPING SETS (";
        within = Within::kSets;
    }
    WriteGroups(set.content, set.n_content, within);
    text += ')';
  }

  void WriteOrderBy(const PgQuery__SelectStmt& select) {
    if (select.n_sort_clause == 0) return;
    Clause(" ORDER BY ", 1);
    if (IsSetOperation(select) || select.n_values_lists > 0) return WriteOrderOfSet(select);
    const SelectRecord& level = *levels_.back();
    for (size_t i = 0; i < level.order.size(); ++i) {
      if (i > 0) text += ", ";
      const SelectRecord::Sort& sort = level.order[i];
      text += SortedText(*level.outputs[sort.output].expression);
      const std::string op = OperatorText(sort.operator_oid);
      const bool is_using = op != "<" && op != ">" && i < select.n_sort_clause &&
                            select.sort_clause[i]->sort_by->sortby_dir ==
                                PG_QUERY__SORT_BY_DIR__SORTBY_USING;
      if (is_using) {
        text += " USING " + op;
        text += sort.nulls_first ? " NULLS FIRST" : sort.descending ? " NULLS LAST" : "";
        continue;
      }
      WriteDirection(sort.descending, sort.nulls_first);
    }
  }

  void WriteDirection(bool descending, bool nulls_first) {
    if (descending) text += " DESC";
    if (nulls_first != descending) text += nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }

  // By the number of the column: there is no other name for it.
  void WriteOrderOfSet(const PgQuery__SelectStmt& select) {
    const std::vector<std::string> names = NamesOfSet(select);
    for (size_t i = 0; i < select.n_sort_clause; ++i) {
      const PgQuery__SortBy& sort = *select.sort_clause[i]->sort_by;
      if (i > 0) text += ", ";
      if (sort.node->node_case == PG_QUERY__NODE__NODE_A_CONST) {
        text += std::to_string(sort.node->a_const->ival->ival);
      } else {
        const PgQuery__ColumnRef& name = *sort.node->column_ref;
        const auto at = std::find(names.begin(), names.end(), NameIn(name.fields[name.n_fields - 1]));
        text += std::to_string(at - names.begin() + 1);
      }
      const bool descending = sort.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
      const bool first = sort.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
                         (sort.sortby_nulls != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST &&
                          descending);
      WriteDirection(descending, first);
    }
  }

  std::vector<std::string> NamesOfSet(const PgQuery__SelectStmt& select) const {
    const PgQuery__SelectStmt* first = &select;
    while (first->larg != nullptr) first = first->larg;
    std::vector<std::string> names;
    const auto found = record_.selects.find(first);
    if (found != record_.selects.end()) {
      for (const SelectRecord::Output& output : found->second.outputs) {
        if (!output.junk) names.push_back(output.name);
      }
    } else if (first->n_values_lists > 0) {
      for (size_t i = 0; i < first->values_lists[0]->list->n_items; ++i) {
        names.push_back(fmt::format("column{}", i + 1));
      }
    }
    return names;
  }

  void WriteLimit(const PgQuery__SelectStmt& select) {
    if (select.limit_offset != nullptr) {
      Clause(" OFFSET ", 0);
      text += Expression(Recorded(select.limit_offset));
    }
    if (select.limit_count == nullptr) return;
    const expr::Expr& count = Recorded(select.limit_count);
    if (select.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES) {
      Clause(" FETCH FIRST ", 0);
      text += "(" + Expression(count) + ") ROWS WITH TIES";
      return;
    }
    Clause(" LIMIT ", 0);
    const bool is_null = count.kind == expr::ExprKind::kConst &&
                         static_cast<const expr::ConstExpr&>(count).value.is_null();
    text += is_null ? "ALL" : Expression(count);
  }

  void WriteLocking(const PgQuery__SelectStmt& select) {
    for (size_t i = 0; i < select.n_locking_clause; ++i) {
      const PgQuery__LockingClause& clause = *select.locking_clause[i]->locking_clause;
      std::vector<std::string> names;
      for (size_t j = 0; j < clause.n_locked_rels; ++j) {
        names.emplace_back(clause.locked_rels[j]->range_var->relname);
      }
      if (names.empty()) {
        for (const auto& [alias, columns] : levels_.back()->item_columns) names.push_back(alias);
      }
      for (const std::string& name : names) WriteLock(clause, name);
    }
  }

  void WriteLock(const PgQuery__LockingClause& clause, const std::string& name) {
    switch (clause.strength) {
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE: Clause(" FOR KEY SHARE", 0); break;
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE: Clause(" FOR SHARE", 0); break;
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE: Clause(" FOR NO KEY UPDATE", 0); break;
      default: Clause(" FOR UPDATE", 0);
    }
    text += " OF " + QuoteIdentifier(PrintedName(name));
    if (clause.wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitError) text += " NOWAIT";
    if (clause.wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip) text += " SKIP LOCKED";
  }

  const QueryRecord& record_;
  const QueryDeparseInput& input_;
  int indent_ = 0;
  std::vector<const SelectRecord*> levels_;  // innermost last; a SELECT's stays for its ORDER BY
  std::vector<PrintedNames> names_;          // of each level
  ItemNames item_names_;
};

}  // namespace

std::string DeparseQuery(const ast::Node& query, const QueryRecord& record,
                         const QueryDeparseInput& input) {
  QueryDeparser deparser(record, input);
  deparser.WriteQuery(*query.select_stmt, input.column_names, /*names_visible=*/true, 0);
  return std::move(deparser.text);
}

}  // namespace grizzly::planner
