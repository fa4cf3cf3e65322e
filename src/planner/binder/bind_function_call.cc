// Function calls: arguments, overloads, defaults, variadics; plain and set-returning functions.
#include <fmt/format.h>

#include "planner/binder/function_call.h"
#include "planner/binder/inline_function.h"
#include "planner/binder/query_record.h"
#include "types/record_shape.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::ExprKind;

namespace {

constexpr size_t kFunctionArgumentsMax = 100;

bool AllowsSetFunctions(Place place) {
  switch (place) {
    case Place::kSelectTarget:
    case Place::kInsertTarget:
    case Place::kGroupBy:
    case Place::kOrderBy:
    case Place::kDistinctOn:
    case Place::kFromFunction:
      return true;
    default:
      return false;
  }
}

}  // namespace

ExprPtr ExpressionBinder::BindFunctionCall(const PgQuery__FuncCall& node) {
  Call call;
  call.node = &node;
  call.name = NamesOf(node.funcname, node.n_funcname);
  call.location = node.location;
  BindArguments(node, call);
  const bool plain = node.agg_filter == nullptr && node.over == nullptr && !node.agg_star &&
                     !node.agg_distinct && node.n_agg_order == 0;
  const FunctionChoice chosen =
      ChooseFunction(state_, call.name, call.signature, plain && call.signature.names.empty());
  if (chosen.cast_to != kInvalidOid) {
    return CoerceType(state_, std::move(call.arguments[0]), chosen.cast_to, types::kNoTypmod,
                      CoercionKind::kExplicit, CallSyntax::kCall, call.location);
  }
  if (chosen.choice != Choice::kOne) {
    // f(x) may be x.f.
    if (plain && call.name.size() == 1 && call.arguments.size() == 1 &&
        state_.types().IsComposite(call.arguments[0]->type.oid)) {
      const auto relation = state_.catalog().FindRelation(
          state_.types().Of(call.arguments[0]->type.oid).relation);
      if (relation != nullptr && relation->FindColumn(call.name[0]) != nullptr) {
        return SelectField(std::move(call.arguments[0]), call.name[0], call.location);
      }
    }
    ThrowNoFunction(call, chosen.choice);
  }
  call.candidate = chosen.candidate;
  call.function = call.candidate.function;
  Resolve(call);
  if (state_.record != nullptr && !state_.in_definition()) state_.record->calls[call.location] = &node;
  switch (call.function->prokind) {
    case 'a':
      return node.over != nullptr ? FinishWindow(call) : FinishAggregate(call);
    case 'w':
      return FinishWindow(call);
    case 'p':
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("{} is a procedure",
                                 Signature(state_, call.Written(), call.signature.types)))
          .Hint("To call a procedure, use CALL.")
          .At(call.location);
    default:
      RefuseAggregateSyntax(call);
      return call.function->proretset ? FinishSet(call) : FinishScalar(call);
  }
}

void ExpressionBinder::BindArguments(const PgQuery__FuncCall& node, Call& call) {
  if (node.n_args > kFunctionArgumentsMax) {
    throw SqlError(SqlState::kTooManyArguments,
                   fmt::format("cannot pass more than {} arguments to a function",
                               kFunctionArgumentsMax))
        .At(node.location);
  }
  for (size_t i = 0; i < node.n_args; ++i) {
    const ast::Node& argument = *node.args[i];
    if (argument.node_case == PG_QUERY__NODE__NODE_NAMED_ARG_EXPR) {
      const std::string_view name = argument.named_arg_expr->name;
      for (const std::string_view other : call.signature.names) {
        if (other != name) continue;
        throw SqlError(SqlState::kSyntaxError,
                       fmt::format("argument name \"{}\" used more than once", name))
            .At(argument.named_arg_expr->location);
      }
      call.signature.names.push_back(name);
    } else if (!call.signature.names.empty()) {
      throw SqlError(SqlState::kSyntaxError, "positional argument cannot follow named argument")
          .At(LocationOf(&argument));
    }
    call.arguments.push_back(Bind(argument));
  }
  // WITHIN GROUP (ORDER BY ...): the sorted values are arguments, too.
  if (node.agg_within_group) {
    for (size_t i = 0; i < node.n_agg_order; ++i) {
      call.arguments.push_back(Bind(*node.agg_order[i]->sort_by->node));
    }
  }
  call.signature.variadic = node.func_variadic;
  for (const ExprPtr& argument : call.arguments) {
    call.signature.types.push_back(argument->type.oid);
  }
}

void ExpressionBinder::ThrowNoFunction(const Call& call, Choice choice) {
  std::string list;
  const size_t positional = call.signature.types.size() - call.signature.names.size();
  for (size_t i = 0; i < call.signature.types.size(); ++i) {
    if (i > 0) list += ", ";
    if (i >= positional) list += fmt::format("{} => ", call.signature.names[i - positional]);
    list += state_.types().Name(call.signature.types[i]);
  }
  const std::string shown = fmt::format("{}({})", call.Written(), list);
  if (choice == Choice::kAmbiguous) {
    throw SqlError(SqlState::kAmbiguousFunction, fmt::format("function {} is not unique", shown))
        .Hint("Could not choose a best candidate function. You might need to add explicit type "
              "casts.")
        .At(call.location);
  }
  throw SqlError(SqlState::kUndefinedFunction, fmt::format("function {} does not exist", shown))
      .Hint(call.node->n_agg_order > 0 && !call.node->agg_within_group
                ? "No aggregate function matches the given name and argument types. Perhaps you "
                  "misplaced ORDER BY; ORDER BY must appear after all regular arguments of the "
                  "aggregate."
                : "No function matches the given name and argument types. You might need to add "
                  "explicit type casts.")
      .At(call.location);
}

// Polymorphic types, coercions, the variadic array, defaults: arguments as the function has them.
void ExpressionBinder::Resolve(Call& call) {
  call.declared = call.candidate.types;
  const Oid result = ResolvePolymorphic(state_, call.signature.types, call.declared,
                                        call.function->prorettype);
  call.result = state_.types().Make(result);
  CoerceArguments(call);
  if (call.candidate.default_count > 0 || !call.signature.names.empty()) AddDefaults(call);
}

void ExpressionBinder::CoerceArguments(Call& call) {
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const int location = call.arguments[i]->location;
    call.arguments[i] =
        CoerceType(state_, std::move(call.arguments[i]), call.declared[i], types::kNoTypmod,
                   CoercionKind::kImplicit, CallSyntax::kImplicitCast, location);
    // What WITHIN GROUP compares gets its type there.
    if (call.declared[i] == facts::kAnyOid && !call.node->agg_within_group) {
      call.arguments[i] = ResolveUnknown(state_, std::move(call.arguments[i]));
    }
  }
  call.variadic_array = call.node->func_variadic;
  const uint32_t spread = call.candidate.variadic_count;
  if (spread == 0 || call.function->provariadic == facts::kAnyOid) return;
  const size_t first = call.arguments.size() - spread;
  const Oid element = call.declared.back();
  auto array = std::make_unique<expr::ListExpr>(
      ExprKind::kArray, state_.types().Make(state_.types().ArrayOf(element)));
  array->location = call.arguments[first]->location;
  for (size_t i = first; i < call.arguments.size(); ++i) {
    array->children.push_back(std::move(call.arguments[i]));
  }
  call.arguments.resize(first);
  call.arguments.push_back(std::move(array));
}

// Puts named arguments in their places and binds the defaults of missing ones.
void ExpressionBinder::AddDefaults(Call& call) {
  const facts::ProcFact& function = *call.function;
  const auto inputs = static_cast<size_t>(function.pronargs);
  std::vector<ExprPtr> placed(inputs);
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const size_t at = call.candidate.argument_of.empty()
                          ? i
                          : static_cast<size_t>(call.candidate.argument_of[i]);
    placed[at] = std::move(call.arguments[i]);
  }
  const size_t first_default = inputs - static_cast<size_t>(function.pronargdefaults);
  const BindState::DefinitionScope definition(state_, {facts::kPgCatalogNamespaceOid});
  const ast::Node& defaults =
      state_.ParseQuery(fmt::format("SELECT {}", function.proargdefaults));
  for (size_t i = first_default; i < inputs; ++i) {
    if (placed[i] != nullptr) continue;
    const ast::Node& value =
        *defaults.select_stmt->target_list[i - first_default]->res_target->val;
    ExprPtr bound = Bind(value);
    placed[i] = CoerceType(state_, std::move(bound), function.proargtypes[i], types::kNoTypmod,
                           CoercionKind::kImplicit, CallSyntax::kImplicitCast, -1);
    placed[i]->location = -1;
  }
  call.arguments = std::move(placed);
}

void ExpressionBinder::RefuseAggregateSyntax(const Call& call) {
  const PgQuery__FuncCall& node = *call.node;
  const std::string name = call.Written();
  const auto refuse = [&](std::string message) {
    throw SqlError(SqlState::kWrongObjectType, std::move(message)).At(call.location);
  };
  if (node.agg_star) {
    refuse(fmt::format("{}(*) specified, but {} is not an aggregate function", name, name));
  }
  if (node.agg_distinct) {
    refuse(fmt::format("DISTINCT specified, but {} is not an aggregate function", name));
  }
  if (node.agg_within_group) {
    refuse(fmt::format("WITHIN GROUP specified, but {} is not an aggregate function", name));
  }
  if (node.n_agg_order > 0) {
    refuse(fmt::format("ORDER BY specified, but {} is not an aggregate function", name));
  }
  if (node.agg_filter != nullptr) {
    refuse(fmt::format("FILTER specified, but {} is not an aggregate function", name));
  }
  if (node.over != nullptr) {
    refuse(fmt::format(
        "OVER specified, but {} is not a window function nor an aggregate function", name));
  }
}

namespace {

// The types of the columns. A record of OUT arguments has their names and types, which its type tells.
std::vector<SqlType> ShapeResult(BindState& state, const facts::ProcFact& function,
                                 std::span<const Oid> actual, SqlType* result) {
  FunctionColumns columns = ColumnsOfFunction(state, function, *result, actual);
  if (result->oid == facts::kRecordOid && !columns.is_scalar) {
    types::RecordShape shape;
    for (size_t i = 0; i < columns.types.size(); ++i) {
      shape.push_back({columns.names[i], columns.types[i]});
    }
    result->typmod = types::RegisterRecordShape(shape);
  }
  return std::move(columns.types);
}

}  // namespace

ExprPtr ExpressionBinder::FinishScalar(Call& call) {
  if (call.result.oid == facts::kRecordOid) {
    ShapeResult(state_, *call.function, call.signature.types, &call.result);
  }
  return MakeCall(state_, *call.function, call.result, std::move(call.arguments),
                  call.node->funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX
                      ? CallSyntax::kSqlSyntax
                      : CallSyntax::kCall,
                  call.location, call.variadic_array);
}

ExprPtr ExpressionBinder::FinishSet(Call& call) {
  if (!AllowsSetFunctions(level_.place)) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("set-returning functions are not allowed in {}",
                               PlaceName(level_.place)))
        .At(call.location);
  }
  if (IsInlined(*call.function)) {
    ThrowNotSupported("function " + Signature(state_, call.function->proname, call.declared),
                      call.location);
  }
  std::vector<SqlType> column_types =
      ShapeResult(state_, *call.function, call.signature.types, &call.result);
  auto made = std::make_unique<expr::SetFunctionExpr>(call.result);
  const functions::Implementation* found =
      RequireImplementation(state_, *call.function, call.location);
  if (found != nullptr) made->function = found->set;
  auto site = MakeCallSite(state_, *call.function, call.result, call.arguments, call.location);
  site->variadic_array = call.variadic_array;
  made->call = std::move(site);
  made->name = call.function->proname;
  made->column_types = std::move(column_types);
  made->arguments = std::move(call.arguments);
  made->location = call.location;
  if (level_.place != Place::kFromFunction) level_.has_set_functions = true;
  return made;
}

FunctionColumns ColumnsOfFunction(BindState& state, const facts::ProcFact& function,
                                  const SqlType& result, std::span<const Oid> actual) {
  FunctionColumns columns;
  for (size_t i = 0; i < function.proargmodes.size(); ++i) {
    const char mode = function.proargmodes[i];
    if (mode != 'o' && mode != 'b' && mode != 't') continue;
    std::vector<Oid> declared(function.proargtypes.begin(), function.proargtypes.end());
    declared.resize(std::min(declared.size(), actual.size()));
    const Oid type = ResolvePolymorphic(state, actual.first(declared.size()), declared,
                                        function.proallargtypes[i]);
    columns.names.emplace_back(i < function.proargnames.size() ? function.proargnames[i] : "");
    if (columns.names.back().empty()) {
      columns.names.back() = fmt::format("column{}", columns.names.size());
    }
    columns.types.push_back(state.types().Make(type));
  }
  if (columns.types.size() > 1 || (columns.types.size() == 1 && result.oid == facts::kRecordOid)) {
    columns.is_scalar = false;
    return columns;
  }
  if (columns.types.size() == 1) return columns;
  const auto relation = state.types().IsComposite(result.oid)
                            ? state.catalog().FindRelation(state.types().Of(result.oid).relation)
                            : nullptr;
  if (relation != nullptr) {
    columns.is_scalar = false;
    for (const catalog::Column& column : relation->columns) {
      if (column.dropped) continue;
      columns.names.push_back(column.name);
      columns.types.push_back(column.type);
    }
    return columns;
  }
  columns.names.emplace_back(function.proname);
  columns.types.push_back(result);
  return columns;
}

}  // namespace grizzly::planner
