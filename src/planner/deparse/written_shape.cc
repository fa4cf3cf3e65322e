#include "planner/deparse/written_shape.h"

#include <cstring>

#include "catalog/schema_object.h"
#include "facts/operators.h"
#include "facts/types.h"
#include "functions/xml/xml_expressions.h"
#include "planner/deparse/deparse_expression.h"
#include "types/xml/xml_text.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::Expr;
using expr::ExprKind;

namespace {

template <typename T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}

}  // namespace

bool IsCast(CallSyntax syntax) {
  return syntax == CallSyntax::kExplicitCast || syntax == CallSyntax::kImplicitCast;
}

CallSyntax CastSyntaxOf(const Expr& node) {
  switch (node.kind) {
    case ExprKind::kFunction: {
      const CallSyntax syntax = As<expr::FunctionExpr>(node).syntax;
      return IsCast(syntax) ? syntax : CallSyntax::kCall;
    }
    case ExprKind::kRelabel:
    case ExprKind::kIoCast:
      return static_cast<CallSyntax>(As<expr::ListExpr>(node).choice) == CallSyntax::kImplicitCast
                 ? CallSyntax::kImplicitCast
                 : CallSyntax::kExplicitCast;
    case ExprKind::kArrayCast: return CallSyntax::kExplicitCast;
    case ExprKind::kDomainCast: return static_cast<CallSyntax>(As<expr::WrapExpr>(node).field);
    default: return CallSyntax::kCall;
  }
}

const Expr& CastArgument(const Expr& node) {
  switch (node.kind) {
    case ExprKind::kFunction: return *As<expr::FunctionExpr>(node).arguments[0];
    case ExprKind::kArrayCast:
    case ExprKind::kDomainCast: return *As<expr::WrapExpr>(node).child;
    default: return *As<expr::ListExpr>(node).children[0];
  }
}

bool IsCollate(const Expr& node) {
  return node.kind == ExprKind::kRelabel &&
         static_cast<CallSyntax>(As<expr::ListExpr>(node).choice) == CallSyntax::kSqlSyntax;
}

bool IsToRecord(const Expr& node) {
  const bool is_cast = node.kind == ExprKind::kRelabel || node.kind == ExprKind::kArrayCast;
  return is_cast &&
         (node.type.oid == facts::kRecordOid || node.type.oid == facts::kRecordArrayOid);
}

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted.push_back('\'');
    quoted.push_back(c);
  }
  return quoted + "'";
}

const char* TimeKeyword(const expr::FunctionExpr& call) {
  constexpr Oid kNow = 1299;
  const expr::FunctionExpr* inner = &call;
  while (inner->syntax == CallSyntax::kSqlSyntax && !inner->arguments.empty()) {
    if (inner->arguments[0]->kind != ExprKind::kFunction) return nullptr;
    inner = &As<expr::FunctionExpr>(*inner->arguments[0]);
  }
  if (inner->syntax != CallSyntax::kSqlSyntax || inner->call->function != kNow) return nullptr;
  switch (call.type.oid) {
    case facts::kDateOid: return "CURRENT_DATE";
    case facts::kTimetzOid: return "CURRENT_TIME";
    case facts::kTimeOid: return "LOCALTIME";
    case facts::kTimestampOid: return "LOCALTIMESTAMP";
    case facts::kTimestamptzOid: return "CURRENT_TIMESTAMP";
    default: return nullptr;
  }
}

bool IsOperator(const Expr& node) {
  return node.kind == ExprKind::kFunction &&
         As<expr::FunctionExpr>(node).operator_oid != kInvalidOid;
}

char SimpleOperator(const Expr& node) {
  if (!IsOperator(node) || As<expr::FunctionExpr>(node).arguments.size() != 2) return '\0';
  const std::string name = OperatorText(As<expr::FunctionExpr>(node).operator_oid);
  return name.size() == 1 && std::strchr("+-*/%", name[0]) != nullptr ? name[0] : '\0';
}

const Expr& ValueBelow(const Expr& cast) {
  const Expr* value = &CastArgument(cast);
  if (cast.kind != ExprKind::kDomainCast) return *value;
  while (CastSyntaxOf(*value) != CallSyntax::kCall && value->location == cast.location) {
    value = &CastArgument(*value);
  }
  return *value;
}

size_t PlaceOf(const facts::ProcFact& proc, std::string_view name) {
  size_t place = 0;
  for (size_t i = 0; i < proc.proargnames.size(); ++i) {
    if (proc.proargnames[i] == name) return place;
    const char mode = i < proc.proargmodes.size() ? proc.proargmodes[i] : 'i';
    if (mode == 'i' || mode == 'b' || mode == 'v') ++place;
  }
  return 0;
}

bool IsOfAnyType(const facts::ProcFact& proc, size_t place) {
  const size_t declared = proc.proargtypes.size();
  if (proc.provariadic == facts::kAnyOid && place + 1 >= declared) return true;
  return place < declared && proc.proargtypes[place] == facts::kAnyOid;
}

const Expr& TestedIn(const expr::CaseExpr& node) {
  const Expr* tested = As<expr::FunctionExpr>(*node.branches[0].condition).arguments[0].get();
  while (CastSyntaxOf(*tested) == CallSyntax::kImplicitCast) tested = &CastArgument(*tested);
  return *tested;
}

size_t LastDot(std::string_view qualified) {
  bool quoted = false;
  size_t last = std::string::npos;
  for (size_t i = 0; i < qualified.size(); ++i) {
    if (qualified[i] == '"') quoted = !quoted;
    if (qualified[i] == '.' && !quoted) last = i;
  }
  return last;
}

const Expr& DistanceIn(const Expr& offset) {
  constexpr size_t kDistance = 2, kArguments = 5;
  if (offset.kind != ExprKind::kFunction) return offset;
  const auto& test = As<expr::FunctionExpr>(offset);
  const facts::ProcFact* const proc = facts::FindProc(test.call->function);
  const bool is_test = proc != nullptr && proc->proname == "in_range" &&
                       test.arguments.size() == kArguments;
  return is_test ? *test.arguments[kDistance] : offset;
}

std::string XmlNameAsIdentifier(const Expr& name) {
  return catalog::QuoteIdentifier(
      types::IdentifierOfXmlName(As<expr::ConstExpr>(name).value.AsString()));
}

bool TruthOf(const Expr& constant) {
  return constant.kind == ExprKind::kConst && As<expr::ConstExpr>(constant).value.AsBool();
}

bool IsCall(const Expr& node) {
  if (node.kind == ExprKind::kAggregate || node.kind == ExprKind::kWindow) return true;
  if (node.kind != ExprKind::kFunction) return false;
  const auto& call = As<expr::FunctionExpr>(node);
  if (call.operator_oid != kInvalidOid || functions::XmlOperationOf(call.implementation)) return false;
  return call.syntax != CallSyntax::kSqlSyntax || (TimeKeyword(call) == nullptr && !call.arguments.empty());
}

bool HasOwnBrackets(const Expr& parent) {
  switch (parent.kind) {
    case ExprKind::kFunction:
      return !IsOperator(parent) && CastSyntaxOf(parent) == CallSyntax::kCall;
    case ExprKind::kArray:
    case ExprKind::kSubscript:
    case ExprKind::kRow:
    case ExprKind::kCoalesce:
    case ExprKind::kGreatestLeast:
    case ExprKind::kNullIf:
    case ExprKind::kAggregate:
    case ExprKind::kWindow:
    case ExprKind::kCase: return true;
    default: return false;
  }
}

bool IsSimpleOperand(const Expr& node, const Expr& parent) {
  const char op = SimpleOperator(node), parent_op = SimpleOperator(parent);
  if (op == '\0' || parent_op == '\0') return false;
  const bool high = std::strchr("*/%", op) != nullptr;
  const bool parent_high = std::strchr("*/%", parent_op) != nullptr;
  if (high != parent_high) return high;
  return &node == As<expr::FunctionExpr>(parent).arguments[0].get();
}

bool IsSimpleBool(const expr::ListExpr& node, const Expr& parent) {
  if (parent.kind != ExprKind::kBool) return HasOwnBrackets(parent);
  const auto operation = static_cast<expr::BoolOperation>(node.choice);
  const auto above = static_cast<expr::BoolOperation>(As<expr::ListExpr>(parent).choice);
  if (operation == expr::BoolOperation::kOr) return above == expr::BoolOperation::kOr;
  return above != expr::BoolOperation::kNot;
}

}  // namespace grizzly::planner
