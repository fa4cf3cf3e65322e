// Functions in FROM: ROWS FROM, WITH ORDINALITY, column definition lists.
#include <fmt/format.h>

#include "facts/procs.h"
#include "planner/binder/bind_type_name.h"
#include "planner/binder/from_binder.h"
#include "planner/binder/function_call.h"
#include "planner/binder/query_record.h"
#include "planner/binder/set_functions.h"
#include "types/array.h"

namespace grizzly::planner {

namespace {

FunctionColumns DefinedColumns(BindState& state, ast::Node* const* nodes, size_t count) {
  FunctionColumns columns;
  columns.is_scalar = false;
  for (size_t i = 0; i < count; ++i) {
    const PgQuery__ColumnDef& definition = *nodes[i]->column_def;
    columns.names.emplace_back(definition.colname);
    columns.types.push_back(BindTypeName(state, *definition.type_name));
  }
  return columns;
}

bool IsManyUnnest(const PgQuery__RangeFunction& node, const PgQuery__List& pair) {
  if (pair.items[0]->node_case != PG_QUERY__NODE__NODE_FUNC_CALL || node.n_coldeflist > 0) {
    return false;
  }
  const PgQuery__FuncCall& call = *pair.items[0]->func_call;
  return call.n_funcname == 1 && StringOf(call.funcname[0]) == "unnest" && call.n_args > 1 &&
         call.n_agg_order == 0 && call.agg_filter == nullptr && call.over == nullptr &&
         !call.agg_distinct && !call.agg_star && !call.func_variadic;
}

bool WantsColumnNames(const functions::CallSite& call) {
  const std::string_view source = facts::FindProc(call.function)->prosrc;
  return source == "json_to_record" || source == "jsonb_to_record" ||
         source == "json_to_recordset" || source == "jsonb_to_recordset";
}

// json_to_record() and its kin are told the names of their columns in a last argument. The plain ones run
// as sets of one row.
ExprPtr WithColumnNames(ExprPtr call, const std::vector<std::string>& names) {
  std::unique_ptr<expr::SetFunctionExpr> set;
  if (call->kind == expr::ExprKind::kFunction) {
    auto& function = static_cast<expr::FunctionExpr&>(*call);
    if (!WantsColumnNames(*function.call)) return call;
    set = std::make_unique<expr::SetFunctionExpr>(call->type);
    set->location = call->location;
    set->call = function.call;
    set->function = function.implementation->set;
    set->name = std::string(facts::FindProc(function.call->function)->proname);
    set->arguments = std::move(function.arguments);
  } else if (call->kind == expr::ExprKind::kSetFunction) {
    if (!WantsColumnNames(*static_cast<expr::SetFunctionExpr&>(*call).call)) return call;
    set.reset(static_cast<expr::SetFunctionExpr*>(call.release()));
  } else {
    return call;
  }
  types::ArrayBuilder array(facts::kTextOid, types::PhysicalType::kString);
  for (const std::string& name : names) array.AddString(name);
  Arena arena;
  set->arguments.push_back(std::make_unique<expr::ConstExpr>(
      types::BuiltinType(facts::kTextArrayOid), types::Datum::Of(array.Finish(arena))));
  return set;
}

FunctionColumns ColumnsOfCall(BindState& state, const expr::Expr& call, const std::string& name) {
  std::shared_ptr<const functions::CallSite> site;
  if (call.kind == expr::ExprKind::kSetFunction) {
    site = static_cast<const expr::SetFunctionExpr&>(call).call;
  } else if (call.kind == expr::ExprKind::kFunction) {
    site = static_cast<const expr::FunctionExpr&>(call).call;
  }
  const facts::ProcFact* function = site == nullptr ? nullptr : facts::FindProc(site->function);
  if (function == nullptr) {
    FunctionColumns columns;
    columns.names.push_back(name);
    columns.types.push_back(call.type);
    return columns;
  }
  std::vector<Oid> actual;
  for (const SqlType& type : site->argument_types) actual.push_back(type.oid);
  FunctionColumns columns = ColumnsOfFunction(state, *function, site->result_type, actual);
  // One OUT argument names the column, whatever the function is called.
  if (columns.is_scalar && columns.names[0] == function->proname) columns.names[0] = name;
  return columns;
}

}  // namespace

FromBinder::Item FromBinder::BindFunctions(const PgQuery__RangeFunction& node) {
  auto scan = std::make_unique<LogicalFunctionScan>();
  scan->ordinality = node.ordinality;
  RangeItem item;
  const ast::Node* first = node.functions[0]->list->items[0];
  const std::string function_name = ColumnNameOf(*first);
  item.alias = node.alias == nullptr ? function_name : node.alias->aliasname;
  scan->alias = item.alias;
  const bool before = level_.lateral_active;
  level_.lateral_active = true;
  {
    AtPlace at(level_, Place::kFromFunction);
    for (size_t i = 0; i < node.n_functions; ++i) {
      const PgQuery__List& pair = *node.functions[i]->list;
      if (IsManyUnnest(node, pair)) {
        AddUnnests(node, *pair.items[0]->func_call, *scan, item);
      } else {
        AddFunction(node, pair, *scan, item);
      }
    }
  }
  level_.lateral_active = before;
  if (node.ordinality) {
    item.is_scalar_function = false;
    const ColumnId id =
        state_.AddColumn({"ordinality", state_.types().Make(facts::kInt8Oid)}, &level_);
    scan->outputs.push_back(id);
    item.columns.push_back({"ordinality", id, nullptr});
  }
  RangeItem* added = level_.AddItem(std::move(item));
  RenameColumns(*added, node.alias, "table");
  return MakeItem(std::move(scan), added);
}

// unnest(a, b) side by side, as ROWS FROM (unnest(a), unnest(b)).
void FromBinder::AddUnnests(const PgQuery__RangeFunction& node, const PgQuery__FuncCall& call,
                            LogicalFunctionScan& scan, RangeItem& item) {
  for (size_t i = 0; i < call.n_args; ++i) {
    PgQuery__FuncCall one = call;
    one.n_args = 1;
    one.args = &call.args[i];
    PgQuery__Node wrapped = PG_QUERY__NODE__INIT;
    wrapped.node_case = PG_QUERY__NODE__NODE_FUNC_CALL;
    wrapped.func_call = &one;
    PgQuery__Node* items[] = {&wrapped};
    PgQuery__List list = PG_QUERY__LIST__INIT;
    list.n_items = 1;
    list.items = items;
    AddFunction(node, list, scan, item);
    if (state_.record == nullptr) continue;
    auto recorded = state_.record->expressions.extract(&wrapped);
    recorded.key() = call.args[i];
    state_.record->expressions.insert(std::move(recorded));
  }
  item.is_scalar_function = false;
}

void FromBinder::RecordDefinitions(ast::Node* const* definitions,
                                   const std::vector<SqlType>& types) {
  for (size_t i = 0; state_.record != nullptr && i < types.size(); ++i) {
    state_.record->types[definitions[i]->column_def] = types[i];
  }
}

void FromBinder::AddFunction(const PgQuery__RangeFunction& node, const PgQuery__List& pair,
                             LogicalFunctionScan& scan, RangeItem& item) {
  ExpressionBinder binder(state_, level_);
  const ast::Node& call_node = *pair.items[0];
  const int location = LocationOf(&call_node);
  ExprPtr call = ResolveUnknown(state_, binder.Bind(call_node));
  if (state_.record != nullptr) state_.record->expressions[&call_node] = call->Clone();
  expr::ForEachChild(*call, [](const expr::Expr& argument) {
    const expr::Expr* const inner = FindSetFunction(argument);
    if (inner == nullptr) return;
    throw SqlError(SqlState::kFeatureNotSupported,
                   "set-returning functions must appear at top level of FROM")
        .At(inner->location);
  });
  const std::string name = ColumnNameOf(call_node);
  FunctionColumns columns = ColumnsOfCall(state_, *call, name);
  const bool is_record = call->type.oid == facts::kRecordOid && columns.is_scalar;
  const PgQuery__List* definitions =
      pair.n_items > 1 && pair.items[1]->node_case == PG_QUERY__NODE__NODE_LIST
          ? pair.items[1]->list
          : nullptr;
  const size_t definition_count = definitions != nullptr ? definitions->n_items : node.n_coldeflist;
  if (definition_count > 0) {
    if (!is_record) {
      throw SqlError(SqlState::kSyntaxError,
                     columns.is_scalar
                         ? "a column definition list is only allowed for functions returning "
                           "\"record\""
                         : "a column definition list is redundant for a function with OUT "
                           "parameters")
          .At(location);
    }
    columns = DefinedColumns(state_, definitions != nullptr ? definitions->items : node.coldeflist,
                             definition_count);
    RecordDefinitions(definitions != nullptr ? definitions->items : node.coldeflist, columns.types);
    call = WithColumnNames(std::move(call), columns.names);
    if (call->kind == expr::ExprKind::kSetFunction) {
      static_cast<expr::SetFunctionExpr&>(*call).column_types = columns.types;
    }
  } else if (is_record) {
    throw SqlError(SqlState::kSyntaxError,
                   "a column definition list is required for functions returning \"record\"")
        .At(location);
  }
  // A lone scalar function's column takes the alias.
  const bool alone = node.n_functions == 1 && columns.is_scalar &&
                     !IsManyUnnest(node, *node.functions[0]->list);
  item.is_scalar_function = alone;
  for (size_t i = 0; i < columns.types.size(); ++i) {
    const std::string& column_name =
        columns.is_scalar && columns.names[i] == name && alone && node.alias != nullptr
            ? item.alias
            : columns.names[i];
    const ColumnId id = state_.AddColumn({column_name, columns.types[i]}, &level_);
    scan.outputs.push_back(id);
    item.columns.push_back({column_name, id, nullptr});
  }
  scan.functions.push_back({std::move(call), static_cast<uint32_t>(columns.types.size())});
}

}  // namespace grizzly::planner
