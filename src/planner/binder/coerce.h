// Casts: which exist, and how an expression becomes another type. PostgreSQL 15 docs, 10.2 to 10.5.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "facts/procs.h"
#include "planner/binder/bind_state.h"

namespace grizzly::planner {

enum class CoercionKind : uint8_t { kImplicit, kAssignment, kExplicit };

struct CastPath {
  enum class Kind : uint8_t { kNone, kFunction, kRelabel, kIo, kArray };
  Kind kind = Kind::kNone;
  Oid function = kInvalidOid;
  explicit operator bool() const { return kind != Kind::kNone; }
};

CastPath FindCastPath(TypeLookup& types, Oid target, Oid source, CoercionKind context);
// The function that applies a typmod (varchar(n), numeric(p,s) ...); kNone when there is none.
CastPath FindTypmodPath(TypeLookup& types, Oid type);

// Whether values of `from` can stand where `to` (polymorphic types included) is wanted.
bool CanCoerce(TypeLookup& types, Oid from, Oid to, CoercionKind context);
bool CanCoerceAll(TypeLookup& types, std::span<const Oid> from, std::span<const Oid> to,
                  CoercionKind context);
bool IsBinaryCoercible(TypeLookup& types, Oid from, Oid to);

// The caller knows the coercion exists. `typmod` guides it but lengths are applied by the next one.
ExprPtr CoerceType(BindState& state, ExprPtr expression, Oid target, int32_t typmod,
                   CoercionKind context, expr::CallSyntax syntax, int location);
// Null when there is no such coercion. Applies the typmod. `expression` stays untouched then.
ExprPtr CoerceToTarget(BindState& state, ExprPtr& expression, Oid target, int32_t typmod,
                       CoercionKind context, expr::CallSyntax syntax, int location);
// "argument of WHERE must be type boolean, not type integer"
ExprPtr CoerceToBoolean(BindState& state, ExprPtr expression, std::string_view construct);
ExprPtr CoerceToSpecific(BindState& state, ExprPtr expression, Oid target,
                         std::string_view construct);
// To the type SelectCommonType gave. "CASE could not convert type x to y"
ExprPtr CoerceToCommon(BindState& state, ExprPtr expression, Oid target, std::string_view construct);
// Untyped literals and parameters at the end of a select list are text.
ExprPtr ResolveUnknown(BindState& state, ExprPtr expression);
// An assignment to a column, with PostgreSQL's 42804.
ExprPtr CoerceToColumn(BindState& state, ExprPtr expression, const SqlType& target,
                       std::string_view column_name, int location);

// UNION, CASE, VALUES, ARRAY ... (docs 10.5). `construct` names it in the error.
Oid SelectCommonType(BindState& state, std::span<const ExprPtr> expressions,
                     std::string_view construct);
Oid SelectCommonTypeOf(BindState& state, std::span<const Oid> types, std::span<const int> locations,
                       std::string_view construct);
int32_t SelectCommonTypmod(std::span<const ExprPtr> expressions, Oid common);

// ---- making expressions ----

ExprPtr MakeNull(BindState& state, Oid type, int location = -1);
ExprPtr MakeBool(bool value);
ExprPtr MakeInt4(int32_t value);
ExprPtr MakeInt8(int64_t value);
ExprPtr MakeText(std::string_view value, Oid type = facts::kTextOid);
ExprPtr MakeBoolOperation(expr::BoolOperation operation, std::vector<ExprPtr> operands,
                          int location = -1);
// A call of a built-in function with arguments already of its types. `result` is the actual type.
ExprPtr MakeCall(BindState& state, const facts::ProcFact& function, const SqlType& result,
                 std::vector<ExprPtr> arguments, expr::CallSyntax syntax, int location,
                 bool variadic_array = false, Oid operator_oid = kInvalidOid);
ExprPtr MakeCall(BindState& state, Oid function, std::vector<ExprPtr> arguments,
                 expr::CallSyntax syntax, int location);
std::shared_ptr<functions::CallSite> MakeCallSite(BindState& state, const facts::ProcFact& function,
                                                  const SqlType& result,
                                                  std::span<const ExprPtr> arguments, int location);
// Throws 0A000 naming function and argument types when we do not have it (unless tests allow it).
const functions::Implementation* RequireImplementation(BindState& state,
                                                       const facts::ProcFact& function,
                                                       int location);
// "f(integer, text)"
std::string Signature(BindState& state, std::string_view name, std::span<const Oid> types);
bool IsUnknown(const expr::Expr& expression);
bool IsUntypedLiteral(const expr::Expr& expression);  // unknown constant or parameter
std::string CollationName(Oid collation);
// types::kConflictingCollation when implicit collations differ: whoever asks for it when it runs fails.
Oid CombinedCollation(std::span<const ExprPtr> arguments);
// What is sorted or grouped by must have one. Throws 42P21.
void RequireCollationOf(const expr::Expr& expression);
void RequireCommonCollation(std::span<const ExprPtr> expressions);

}  // namespace grizzly::planner
