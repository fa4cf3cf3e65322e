// Making bound expressions.
#include <fmt/format.h>

#include "facts/collations.h"
#include "types/collation.h"
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

bool IsCollate(const expr::Expr& expression) {
  return expression.kind == expr::ExprKind::kRelabel &&
         static_cast<CallSyntax>(static_cast<const expr::ListExpr&>(expression).choice) ==
             CallSyntax::kSqlSyntax;
}

// A COLLATE rules whatever is made of its text, until another one does.
bool HasExplicitCollation(const expr::Expr& expression) {
  if (IsCollate(expression)) return true;
  if (expression.type.collation == kInvalidOid) return false;
  bool found = false;
  switch (expression.kind) {
    case expr::ExprKind::kFunction:
    case expr::ExprKind::kRelabel:
    case expr::ExprKind::kIoCast:
    case expr::ExprKind::kCase:
    case expr::ExprKind::kCoalesce:
    case expr::ExprKind::kGreatestLeast:
    case expr::ExprKind::kNullIf:
    case expr::ExprKind::kArray:
      expr::ForEachChild(expression, [&](const expr::Expr& child) {
        found = found || HasExplicitCollation(child);
      });
      return found;
    default: return false;
  }
}

[[noreturn]] void ThrowCollationMismatch(std::string_view kind, Oid first,
                                         Oid second, int location, bool hint) {
  SqlError error(SqlState::kCollationMismatch,
                 fmt::format("collation mismatch between {} collations \"{}\" and \"{}\"", kind,
                             CollationName(first),
                             CollationName(second)));
  if (hint) {
    std::move(error).Hint("You can choose the collation by applying the COLLATE clause to one or both "
                          "expressions.");
  }
  throw std::move(error).At(location);
}

// The collation that parts have together, and where two of them first disagree.
struct CollationState {
  enum class Strength : uint8_t { kNone, kImplicit, kConflict, kExplicit };
  Oid collation = kInvalidOid;
  Strength strength = Strength::kNone;
  Oid other = kInvalidOid;  // kConflict: the second one
  int location = -1;        // of where `other` comes from

  // An argument's collation joins those before it (PostgreSQL's rules).
  void Merge(const CollationState& part) {
    if (part.strength == Strength::kNone) return;
    if (part.strength > strength) {
      *this = part;
      return;
    }
    if (part.strength < strength) return;
    if (strength == Strength::kImplicit) {
      if (part.collation == collation || part.collation == facts::kDefaultCollationOid) return;
      if (collation == facts::kDefaultCollationOid) {
        *this = part;
        return;
      }
      strength = Strength::kConflict;
      other = part.collation;
      location = part.location;
    } else if (strength == Strength::kExplicit && part.collation != collation) {
      ThrowCollationMismatch("explicit", collation, part.collation, part.location, false);
    }
  }
};

CollationState CollationOf(const expr::Expr& expression) {
  CollationState found;
  const Oid collation = expression.type.collation;
  if (collation == kInvalidOid) return found;
  found.collation = collation;
  found.location = expression.location;
  found.strength = HasExplicitCollation(expression) ? CollationState::Strength::kExplicit
                                                    : CollationState::Strength::kImplicit;
  if (collation != types::kConflictingCollation) return found;
  // It says which two: those of its parts that clash.
  CollationState parts;
  expr::ForEachChild(expression, [&](const expr::Expr& child) {
    parts.Merge(CollationOf(child));
  });
  if (parts.strength == CollationState::Strength::kConflict) return parts;
  found.strength = CollationState::Strength::kConflict;
  return found;
}

CollationState CollationOfAll(std::span<const ExprPtr> arguments) {
  CollationState together;
  for (const ExprPtr& argument : arguments) together.Merge(CollationOf(*argument));
  return together;
}

}  // namespace

std::string CollationName(Oid collation) {
  return types::NameOfCollation(collation);
}

Oid CombinedCollation(std::span<const ExprPtr> arguments) {
  const CollationState together = CollationOfAll(arguments);
  return together.strength == CollationState::Strength::kConflict ? types::kConflictingCollation
                                                                  : together.collation;
}

void RequireCommonCollation(std::span<const ExprPtr> expressions) {
  const CollationState together = CollationOfAll(expressions);
  if (together.strength != CollationState::Strength::kConflict) return;
  ThrowCollationMismatch("implicit", together.collation, together.other, together.location,
                         true);
}

void RequireCollationOf(const expr::Expr& expression) {
  if (expression.type.collation != types::kConflictingCollation) return;
  const CollationState conflict = CollationOf(expression);
  if (conflict.other == kInvalidOid) {
    types::CheckCollation(types::kConflictingCollation, "string comparison");
  }
  ThrowCollationMismatch("implicit", conflict.collation, conflict.other, conflict.location,
                         true);
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
  const bool inlined = IsInlined(function);
  const bool runs = state.record == nullptr;  // else it is only printed
  if (inlined && runs) return InlineFunction(state, function, result, arguments, location);
  auto call = MakeCallSite(state, function, result, arguments, location);
  call->variadic_array = variadic_array;
  SqlType type = result;
  if (type.collation != kInvalidOid && call->collation != kInvalidOid) {
    type.collation = call->collation;
  }
  auto made = std::make_unique<expr::FunctionExpr>(type);
  if (!inlined) made->implementation = RequireImplementation(state, function, location);
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
