// Making bound expressions.
#include <fmt/format.h>

#include "facts/collations.h"
#include "planner/binder/coerce.h"
#include "planner/binder/inline_function.h"

namespace grizzly::planner {

using expr::CallSyntax;
using types::Datum;

ExprPtr MakeNull(BindState& state, Oid type, int location) {
  auto constant = std::make_unique<expr::ConstExpr>(state.types().Make(type), Datum::Null());
  constant->location = location;
  return constant;
}

ExprPtr MakeBool(bool value) {
  return std::make_unique<expr::ConstExpr>(types::BuiltinType(facts::kBoolOid), Datum::Of(value));
}

ExprPtr MakeInt4(int32_t value) {
  return std::make_unique<expr::ConstExpr>(types::BuiltinType(facts::kInt4Oid), Datum::Of(value));
}

ExprPtr MakeInt8(int64_t value) {
  return std::make_unique<expr::ConstExpr>(types::BuiltinType(facts::kInt8Oid), Datum::Of(value));
}

ExprPtr MakeText(std::string_view value, Oid type) {
  // The constant copies the text.
  return std::make_unique<expr::ConstExpr>(types::BuiltinType(type),
                                           Datum::Of(types::StringRef(value)));
}

ExprPtr MakeBoolOperation(expr::BoolOperation operation, std::vector<ExprPtr> operands,
                          int location) {
  if (operands.size() == 1 && operation != expr::BoolOperation::kNot) {
    return std::move(operands[0]);
  }
  auto made = std::make_unique<expr::ListExpr>(expr::ExprKind::kBool,
                                               types::BuiltinType(facts::kBoolOid),
                                               static_cast<uint8_t>(operation));
  made->children = std::move(operands);
  made->location = location;
  return made;
}

bool IsUnknown(const expr::Expr& expression) { return expression.type.oid == facts::kUnknownOid; }

bool IsUntypedLiteral(const expr::Expr& expression) {
  return IsUnknown(expression) &&
         (expression.kind == expr::ExprKind::kConst || expression.kind == expr::ExprKind::kParam);
}

namespace {

// COLLATE changes the collation, if anything.
bool IsCollate(const expr::Expr& expression) {
  if (expression.kind != expr::ExprKind::kRelabel) return false;
  const auto& children = static_cast<const expr::ListExpr&>(expression).children;
  return children.size() == 1 && children[0]->type.oid == expression.type.oid &&
         children[0]->type.typmod == expression.type.typmod;
}

[[noreturn]] void ThrowCollationMismatch(Oid first, const expr::Expr& second) {
  throw SqlError(SqlState::kCollationMismatch,
                 fmt::format("collation mismatch between explicit collations \"{}\" and \"{}\"",
                             facts::FindCollation(first)->collname,
                             facts::FindCollation(second.type.collation)->collname))
      .At(second.location);
}

}  // namespace

Oid CombinedCollation(std::span<const ExprPtr> arguments) {
  Oid combined = kInvalidOid;
  bool is_explicit = false;
  Oid demanded = kInvalidOid;
  for (const ExprPtr& argument : arguments) {
    const Oid collation = argument->type.collation;
    if (IsCollate(*argument)) {
      if (demanded != kInvalidOid && demanded != collation) ThrowCollationMismatch(demanded, *argument);
      demanded = collation;
    }
    if (collation == kInvalidOid || collation == combined) continue;
    const bool now_explicit = argument->kind == expr::ExprKind::kRelabel;
    if (combined == kInvalidOid || combined == facts::kDefaultCollationOid ||
        (now_explicit && !is_explicit)) {
      combined = collation;
      is_explicit = now_explicit;
    } else if (collation != facts::kDefaultCollationOid && is_explicit == now_explicit &&
               !is_explicit) {
      combined = kInvalidOid;
    }
  }
  return combined;
}

std::string Signature(BindState& state, std::string_view name, std::span<const Oid> types) {
  std::string list;
  for (const Oid type : types) {
    if (!list.empty()) list += ", ";
    list += state.types().Name(type);
  }
  return fmt::format("{}({})", name, list);
}

const functions::Implementation* RequireImplementation(BindState& state,
                                                       const facts::ProcFact& function,
                                                       int location) {
  const functions::Implementation* found = functions::BuiltinRegistry().Find(function.oid);
  if (found == nullptr && !state.input().allow_unimplemented) {
    ThrowNotSupported("function " + Signature(state, function.proname, function.proargtypes),
                      location);
  }
  return found;
}

namespace {

bool HasPseudoType(BindState& state, const facts::ProcFact& function) {
  if (state.types().Of(function.prorettype).typtype == 'p') return true;
  for (const Oid type : function.proargtypes) {
    if (state.types().Of(type).typtype == 'p') return true;
  }
  return false;
}

}  // namespace

std::shared_ptr<functions::CallSite> MakeCallSite(BindState& state, const facts::ProcFact& function,
                                                  const SqlType& result,
                                                  std::span<const ExprPtr> arguments,
                                                  int location) {
  auto call = std::make_shared<functions::CallSite>();
  call->function = function.oid;
  call->result_type = result;
  call->collation = CombinedCollation(arguments);
  call->location = location;
  for (const ExprPtr& argument : arguments) call->argument_types.push_back(argument->type);
  if (HasPseudoType(state, function)) {
    call->result_io = state.types().FindIo(result.oid);
    for (const ExprPtr& argument : arguments) {
      call->argument_io.push_back(state.types().FindIo(argument->type.oid));
    }
  }
  return call;
}

ExprPtr MakeCall(BindState& state, const facts::ProcFact& function, const SqlType& result,
                 std::vector<ExprPtr> arguments, CallSyntax syntax, int location,
                 bool variadic_array, Oid operator_oid) {
  if (IsInlined(function)) return InlineFunction(state, function, result, arguments, location);
  auto call = MakeCallSite(state, function, result, arguments, location);
  call->variadic_array = variadic_array;
  SqlType type = result;
  if (type.collation != kInvalidOid && call->collation != kInvalidOid) {
    type.collation = call->collation;
  }
  auto made = std::make_unique<expr::FunctionExpr>(type);
  made->implementation = RequireImplementation(state, function, location);
  made->call = std::move(call);
  made->strict = function.proisstrict;
  made->volatility = function.provolatile;
  made->operator_oid = operator_oid;
  made->syntax = syntax;
  made->arguments = std::move(arguments);
  made->location = location;
  return made;
}

ExprPtr MakeCall(BindState& state, Oid function, std::vector<ExprPtr> arguments, CallSyntax syntax,
                 int location) {
  const facts::ProcFact* fact = facts::FindProc(function);
  return MakeCall(state, *fact, state.types().Make(fact->prorettype), std::move(arguments), syntax,
                  location);
}

}  // namespace grizzly::planner
