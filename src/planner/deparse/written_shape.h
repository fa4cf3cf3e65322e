// What printing an expression asks of its shape: whether and how a cast, an operator or a keyword was written.
// THREADS  any.
#pragma once

#include <string>
#include <string_view>

#include "expr/expr.h"
#include "facts/procs.h"

namespace grizzly::planner {

bool IsCast(expr::CallSyntax syntax);
// The syntax an expression was written in, where it is a cast; kCall for anything else.
expr::CallSyntax CastSyntaxOf(const expr::Expr& node);
const expr::Expr& CastArgument(const expr::Expr& node);
bool IsCollate(const expr::Expr& node);
// Rows of a named type as records: PostgreSQL has no node for it.
bool IsToRecord(const expr::Expr& node);
// A literal with standard_conforming_strings: never E'...'.
std::string Quoted(std::string_view text);
// CURRENT_DATE and its like are casts of the transaction's time, bound with the keyword's syntax; null for any
// other call.
const char* TimeKeyword(const expr::FunctionExpr& call);
bool IsOperator(const expr::Expr& node);
// '+', '-', '*', '/' or '%' of a two-operand operator; '\0' for others.
char SimpleOperator(const expr::Expr& node);
// What is cast; the steps to a domain's base type are no casts of their own.
const expr::Expr& ValueBelow(const expr::Expr& cast);
// The place, among those that are passed, of the argument that is called so.
size_t PlaceOf(const facts::ProcFact& proc, std::string_view name);
// "any", that leaves a literal without a type.
bool IsOfAnyType(const facts::ProcFact& proc, size_t place);
// Of a CASE that compares with one value: that value.
const expr::Expr& TestedIn(const expr::CaseExpr& node);
// Outside quotes; npos: there is none.
size_t LastDot(std::string_view qualified);
// The offset of a RANGE bound is the test in_range(row, current row, distance, ...).
const expr::Expr& DistanceIn(const expr::Expr& offset);
std::string XmlNameAsIdentifier(const expr::Expr& name);
bool TruthOf(const expr::Expr& constant);
// f(...), ARRAY[...], CASE: what stands in them needs no brackets of its own.
bool HasOwnBrackets(const expr::Expr& parent);
// Whether one operator, or AND, OR and NOT, needs no brackets below another by precedence.
bool IsSimpleOperand(const expr::Expr& node, const expr::Expr& parent);
bool IsSimpleBool(const expr::ListExpr& node, const expr::Expr& parent);
// Casts by functions are calls, too; keywords and XML are none.
bool IsCall(const expr::Expr& node);

}  // namespace grizzly::planner
