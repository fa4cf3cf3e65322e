// XMLTABLE in FROM: the set of texts it finds, and a projection that makes them values: what is not there
// becomes the column's default, evaluated for that row alone.
#include <set>

#include <fmt/format.h>

#include "functions/xml/xml_expressions.h"
#include "functions/xml/xml_table_scan.h"
#include "planner/binder/bind_type_name.h"
#include "planner/binder/from_binder.h"
#include "planner/binder/query_record.h"

namespace grizzly::planner {
namespace {

using functions::XmlTableArgument;

constexpr std::string_view kConstruct = "XMLTABLE";
constexpr std::string_view kXmlTableName = "xmltable";

class XmlTableBinder {
 public:
  XmlTableBinder(BindState& state, QueryLevel& level)
      : state_(state), level_(level), binder_(state, level) {}

  struct Column {
    std::string name;
    SqlType type;
    ColumnId found = expr::kNoColumn;  // as the set gives it
    const PgQuery__RangeTableFuncCol* node = nullptr;
  };

  void BindSet(const PgQuery__RangeTableFunc& node) {
    set_ = std::make_unique<expr::SetFunctionExpr>(state_.types().Make(facts::kTextOid));
    set_->name = kXmlTableName;
    set_->function = &functions::XmlTableScan;
    set_->location = node.location;
    ExprPtr row_path = BindAs(*node.rowexpr, facts::kTextOid);
    arguments().push_back(BindAs(*node.docexpr, facts::kXmlOid));
    arguments().push_back(std::move(row_path));
    for (size_t i = 0; i < node.n_columns; ++i) AddColumn(*node.columns[i]->range_table_func_col);
    BindNamespaces(node);
    for (ExprPtr& argument : column_arguments_) arguments().push_back(std::move(argument));
    auto call = std::make_shared<functions::CallSite>();
    call->result_type = set_->type;
    call->location = node.location;
    for (const ExprPtr& argument : arguments()) call->argument_types.push_back(argument->type);
    set_->call = std::move(call);
  }

  LogicalPtr MakeScan(std::string_view alias) {
    auto scan = std::make_unique<LogicalFunctionScan>();
    scan->alias = alias;
    for (Column& column : columns_) {
      column.found = state_.AddColumn(
          {column.name, set_->column_types[static_cast<size_t>(&column - columns_.data())]},
          &level_);
      scan->outputs.push_back(column.found);
    }
    scan->functions.push_back({std::move(set_), static_cast<uint32_t>(columns_.size())});
    return scan;
  }

  // The value of a column: the text through the type's input, else the default.
  ExprPtr Value(const Column& column) {
    const PgQuery__RangeTableFuncCol& node = *column.node;
    ExprPtr found = state_.Mention(column.found, -1);
    if (node.for_ordinality) return found;
    ExprPtr value = CoerceToTarget(state_, found, column.type.oid, column.type.typmod,
                                   CoercionKind::kImplicit, expr::CallSyntax::kImplicitCast, -1);
    if (node.coldefexpr != nullptr) value = OrDefault(column, std::move(value));
    return node.is_not_null ? NotNull(column, std::move(value)) : std::move(value);
  }

  std::vector<Column>& columns() { return columns_; }

 private:
  std::vector<ExprPtr>& arguments() { return set_->arguments; }

  void Record(const ast::Node& node, const expr::Expr& expression) {
    if (state_.record != nullptr) state_.record->expressions[&node] = expression.Clone();
  }
  ExprPtr BindAs(const ast::Node& node, Oid type, int32_t typmod = types::kNoTypmod) {
    ExprPtr made = CoerceToSpecific(state_, binder_.Bind(node), type, kConstruct);
    if (typmod != types::kNoTypmod) {
      made = CoerceToTarget(state_, made, type, typmod, CoercionKind::kAssignment,
                            expr::CallSyntax::kImplicitCast, -1);
    }
    Record(node, *made);
    return made;
  }

  void BindNamespaces(const PgQuery__RangeTableFunc& node) {
    arguments().push_back(MakeInt4(static_cast<int32_t>(node.n_namespaces)));
    std::set<std::string_view> seen;
    bool has_default = false;
    for (size_t i = 0; i < node.n_namespaces; ++i) {
      const PgQuery__ResTarget& target = *node.namespaces[i]->res_target;
      const std::string_view name = target.name;
      arguments().push_back(BindAs(*target.val, facts::kTextOid));
      if (name.empty()) {
        if (std::exchange(has_default, true)) {
          throw SqlError(SqlState::kSyntaxError, "only one default namespace is allowed")
              .At(target.location);
        }
        arguments().push_back(MakeNull(state_, facts::kTextOid));
        continue;
      }
      if (!seen.insert(name).second) {
        throw SqlError(SqlState::kSyntaxError,
                       fmt::format("namespace name \"{}\" is not unique", name))
            .At(target.location);
      }
      arguments().push_back(MakeText(name));
    }
  }

  void AddColumn(const PgQuery__RangeTableFuncCol& node) {
    Column column;
    column.name = node.colname;
    column.node = &node;
    column.type = TypeOfColumn(node);
    if (state_.record != nullptr) state_.record->types[&node] = column.type;
    XmlTableArgument kind = XmlTableArgument::kOrdinality;
    ExprPtr path = MakeNull(state_, facts::kTextOid);
    if (!node.for_ordinality) {
      kind = KindOf(column.type.oid);
      path = node.colexpr == nullptr ? MakeText(column.name)
                                     : BindAs(*node.colexpr, facts::kTextOid);
    }
    column_arguments_.push_back(std::move(path));
    column_arguments_.push_back(MakeInt4(static_cast<int32_t>(kind)));
    column_arguments_.push_back(MakeText(column.name));
    for (const Column& other : columns_) {
      if (other.name != column.name) continue;
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("column name \"{}\" is not unique", column.name))
          .At(node.location);
    }
    // Untyped text: any type can be read from it.
    set_->column_types.push_back(
        state_.types().Make(node.for_ordinality ? facts::kInt4Oid : facts::kUnknownOid));
    columns_.push_back(std::move(column));
  }

  SqlType TypeOfColumn(const PgQuery__RangeTableFuncCol& node) {
    if (node.for_ordinality) {
      if (std::exchange(has_ordinality_, true)) {
        throw SqlError(SqlState::kSyntaxError, "only one FOR ORDINALITY column is allowed")
            .At(node.location);
      }
      return state_.types().Make(facts::kInt4Oid);
    }
    if (node.type_name->setof) {
      throw SqlError(SqlState::kInvalidTableDefinition,
                     fmt::format("column \"{}\" cannot be declared SETOF", node.colname))
          .At(node.location);
    }
    return BindTypeName(state_, *node.type_name);
  }

  XmlTableArgument KindOf(Oid type) {
    if (type == facts::kXmlOid) return XmlTableArgument::kXml;
    return state_.types().Of(type).category == 'N' ? XmlTableArgument::kNumber
                                                   : XmlTableArgument::kText;
  }

  ExprPtr OrDefault(const Column& column, ExprPtr value) {
    auto test = std::make_unique<expr::ListExpr>(
        expr::ExprKind::kNullTest, state_.types().Make(facts::kBoolOid),
        static_cast<uint8_t>(expr::NullTestKind::kIsNull));
    test->children.push_back(state_.Mention(column.found, -1));
    auto choice = std::make_unique<expr::CaseExpr>(value->type);
    ExprPtr otherwise = BindAs(*column.node->coldefexpr, column.type.oid, column.type.typmod);
    choice->branches.push_back({std::move(test), std::move(otherwise)});
    choice->otherwise = std::move(value);
    return choice;
  }

  ExprPtr NotNull(const Column& column, ExprPtr value) {
    auto call = std::make_shared<functions::CallSite>();
    call->result_type = value->type;
    call->argument_types = {value->type, state_.types().Make(facts::kTextOid)};
    auto check = std::make_unique<expr::FunctionExpr>(value->type);
    check->call = std::move(call);
    check->implementation = &functions::XmlImplementation(functions::XmlOperation::kNotNull);
    check->strict = false;
    check->volatility = 's';
    check->arguments.push_back(std::move(value));
    check->arguments.push_back(MakeText(column.name));
    return check;
  }

  BindState& state_;
  QueryLevel& level_;
  ExpressionBinder binder_;
  std::unique_ptr<expr::SetFunctionExpr> set_;
  std::vector<ExprPtr> column_arguments_;
  std::vector<Column> columns_;
  bool has_ordinality_ = false;
};

}  // namespace

FromBinder::Item FromBinder::BindXmlTable(const PgQuery__RangeTableFunc& node) {
  const bool before = level_.lateral_active;
  level_.lateral_active = true;
  RangeItem item;
  item.alias = node.alias == nullptr ? std::string(kXmlTableName) : node.alias->aliasname;
  auto project = std::make_unique<LogicalProject>();
  {
    AtPlace at(level_, Place::kFromFunction);
    XmlTableBinder binder(state_, level_);
    binder.BindSet(node);
    project->children.push_back(binder.MakeScan(item.alias));
    for (const XmlTableBinder::Column& column : binder.columns()) {
      project->expressions.push_back(binder.Value(column));
      const ColumnId id = state_.AddColumn({column.name, column.type}, &level_);
      project->outputs.push_back(id);
      item.columns.push_back({column.name, id, nullptr});
    }
  }
  level_.lateral_active = before;
  RangeItem* added = level_.AddItem(std::move(item));
  if (node.alias != nullptr && node.alias->n_colnames > added->columns.size()) {
    throw SqlError(SqlState::kInvalidColumnReference,
                   fmt::format("XMLTABLE function has {} columns available but {} columns specified",
                               added->columns.size(), node.alias->n_colnames));
  }
  RenameColumns(*added, node.alias, "XMLTABLE function");
  return MakeItem(std::move(project), added);
}

}  // namespace grizzly::planner
