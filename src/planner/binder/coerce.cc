// Making an expression another type.
#include "planner/binder/coerce.h"

#include <fmt/format.h>

#include "base/memory/arena.h"
#include "catalog/record.h"
#include "catalog/reg_type_io.h"
#include "facts/types.h"
#include "planner/binder/domain_checks.h"
#include "planner/binder/row_shape.h"

namespace grizzly::planner {
namespace {

using expr::CallSyntax;
using expr::ExprKind;
using types::Datum;

// 'YYYY-MM-DD...' means the same under every DateStyle; letters may be names, zones or 'now'.
bool IsPlainIsoDate(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() < kShape.size()) return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return false;
  }
  return text.find_first_not_of("0123456789-:. ") == std::string_view::npos;
}

// Whether the text's value depends on nothing but the text, so that it may be computed now.
bool IsFixedText(TypeLookup& types, Oid type, std::string_view text) {
  const Oid element = types.Of(type).element;
  if (element != kInvalidOid) return IsFixedText(types, element, text);
  switch (type) {
    case facts::kDateOid:
    case facts::kTimestampOid: return IsPlainIsoDate(text);
    case facts::kTimeOid: return text.find_first_not_of("0123456789:.") == std::string_view::npos;
    case facts::kIntervalOid: return text.find('-') == std::string_view::npos;
    default: break;
  }
  const facts::TypeFact* fact = facts::FindType(type);
  if (fact == nullptr) return types.Of(type).typtype == 'e';
  const facts::ProcFact* input = facts::FindProc(fact->typinput);
  return input != nullptr && input->provolatile == 'i';
}

// Only these input functions look at the typmod in a way that their length functions do not.
bool TypmodGuidesInput(Oid type) { return type == facts::kIntervalOid; }

Datum ReadText(const types::TypeIo& io, const expr::ConstExpr& literal, int32_t typmod,
               const types::IoSettings& settings, Arena& arena) {
  try {
    return io.Input(literal.value.AsString(), typmod, settings, arena);
  } catch (SqlError& error) {
    error.AddLocation(literal.location);
    throw;
  }
}

ExprPtr ReadTextNow(const types::TypeIo& io, const expr::ConstExpr& literal, const SqlType& target,
                    int32_t typmod) {
  Arena arena;
  const Datum value = ReadText(io, literal, typmod, types::IoSettings(), arena);
  auto constant = std::make_unique<expr::ConstExpr>(target, value);
  constant->location = literal.location;
  return constant;
}

// The names that a snapshot knows; others are the session's to look up.
bool IsCatalogName(Oid type) {
  switch (type) {
    case facts::kRegclassOid:
    case facts::kRegtypeOid:
    case facts::kRegprocOid:
    case facts::kRegnamespaceOid:
    case facts::kRegcollationOid:
    case facts::kRegconfigOid:
    case facts::kRegdictionaryOid: return true;
    default: return false;
  }
}

// 'pg_class'::regclass: names are looked up now, under the path that the statement is bound with.
ExprPtr ReadRegName(BindState& state, const expr::ConstExpr& literal, const SqlType& target) {
  try {
    const std::string text(literal.value.AsString());
    const Oid object = target.oid == facts::kRegtypeOid
                           ? state.ResolveTypeText(text)
                           : catalog::ResolveRegName(state.catalog(), state.search_path(),
                                                     target.oid, text);
    auto constant = std::make_unique<expr::ConstExpr>(target, Datum::Of(object));
    constant->location = literal.location;
    state.UseConstant(target, constant->value);
    return constant;
  } catch (SqlError& error) {
    error.AddLocation(literal.location);
    throw;
  }
}

// The text of the literal goes through the type's input when the statement runs, since its value may
// change until then. What is wrong with it is said now.
ExprPtr ReadTextLater(BindState& state, ExprPtr literal, const types::TypeIo& io,
                      const SqlType& target) {
  if (state.input().io != nullptr && !state.in_definition()) {
    Arena arena;
    ReadText(io, static_cast<const expr::ConstExpr&>(*literal), target.typmod, *state.input().io, arena);
  }
  literal->type = state.types().Make(facts::kTextOid);
  auto cast = std::make_unique<expr::ListExpr>(ExprKind::kIoCast, target,
                                               static_cast<uint8_t>(CallSyntax::kImplicitCast));
  cast->location = literal->location;
  cast->from_io = state.types().FindIo(facts::kTextOid);
  cast->to_io = &io;
  cast->children.push_back(std::move(literal));
  return cast;
}

ExprPtr CoerceUnknownConstant(BindState& state, ExprPtr literal, Oid target, int32_t typmod,
                              CoercionKind context, CallSyntax syntax) {
  int32_t base_typmod = typmod;
  const Oid base = state.types().BaseOf(target, &base_typmod);
  const int32_t input_typmod = TypmodGuidesInput(base) ? base_typmod : types::kNoTypmod;
  const int location = literal->location;
  const SqlType type = state.types().Make(base, input_typmod);
  auto& constant = static_cast<expr::ConstExpr&>(*literal);
  ExprPtr result;
  if (constant.value.is_null()) {
    result = std::make_unique<expr::ConstExpr>(type, Datum::Null());
    result->location = location;
    state.UseConstant(type, Datum::Null());
  } else if (IsCatalogName(base)) {
    result = ReadRegName(state, constant, type);
  } else {
    const types::TypeIo* io = state.types().RequireIo(base, location);
    state.UseConstant(type, constant.value);
    result = IsFixedText(state.types(), base, constant.value.AsString())
                 ? ReadTextNow(*io, constant, type, input_typmod)
                 : ReadTextLater(state, std::move(literal), *io, type);
  }
  if (base == target) return result;
  return CoerceType(state, std::move(result), target, typmod, context, syntax, location);
}

ExprPtr Relabel(ExprPtr expression, const SqlType& type, CallSyntax syntax, int location) {
  auto relabel = std::make_unique<expr::ListExpr>(ExprKind::kRelabel, type,
                                                  static_cast<uint8_t>(syntax));
  // Text keeps its collation through a relabelling.
  const Oid collation = expression->type.collation;
  if (collation != kInvalidOid && type.collation != kInvalidOid) relabel->type.collation = collation;
  relabel->location = location;
  relabel->children.push_back(std::move(expression));
  return relabel;
}

ExprPtr IoCast(BindState& state, ExprPtr expression, const SqlType& type, CallSyntax syntax,
               int location) {
  auto cast = std::make_unique<expr::ListExpr>(ExprKind::kIoCast, type, static_cast<uint8_t>(syntax));
  cast->from_io = state.types().RequireIo(expression->type.oid, location);
  cast->to_io = state.types().RequireIo(type.oid, location);
  cast->location = location;
  cast->children.push_back(std::move(expression));
  return cast;
}

// A cast function takes the value, the typmod and whether the cast was written out.
ExprPtr CallCastFunction(BindState& state, Oid function, ExprPtr expression, const SqlType& type,
                         int32_t typmod, CallSyntax syntax, int location) {
  const facts::ProcFact* fact = facts::FindProc(function);
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(expression));
  if (fact->pronargs >= 2) arguments.push_back(MakeInt4(typmod));
  if (fact->pronargs >= 3) {
    arguments.push_back(MakeBool(syntax == CallSyntax::kExplicitCast));
  }
  return MakeCall(state, *fact, type, std::move(arguments), syntax, location);
}

// Casts each element: the element's cast is bound over input 0.
ExprPtr ArrayCast(BindState& state, ExprPtr expression, Oid target, int32_t typmod,
                  CoercionKind context, CallSyntax syntax, int location) {
  TypeLookup& types = state.types();
  const Oid source_element = types.Of(types.BaseOf(expression->type.oid)).element;
  const Oid target_element = types.Of(target).element;
  ExprPtr element = std::make_unique<expr::InputExpr>(types.Make(source_element), 0);
  ExprPtr cast = CoerceToTarget(state, element, target_element, typmod, context, syntax, location);
  auto wrap = std::make_unique<expr::WrapExpr>(ExprKind::kArrayCast, types.Make(target, typmod));
  wrap->child = std::move(expression);
  wrap->element = std::move(cast);
  wrap->location = location;
  return wrap;
}

ExprPtr FollowPath(BindState& state, const CastPath& path, ExprPtr expression, Oid target,
                   int32_t typmod, CoercionKind context, CallSyntax syntax, int location) {
  const SqlType type = state.types().Make(target);
  switch (path.kind) {
    case CastPath::Kind::kFunction:
      return CallCastFunction(state, path.function, std::move(expression), type, typmod, syntax,
                              location);
    case CastPath::Kind::kRelabel:
      if (expression->type.oid == target) return expression;
      return Relabel(std::move(expression), type, syntax, location);
    case CastPath::Kind::kIo:
      return IoCast(state, std::move(expression), type, syntax, location);
    case CastPath::Kind::kArray:
      return ArrayCast(state, std::move(expression), target, typmod, context, syntax, location);
    case CastPath::Kind::kNone:
      break;
  }
  return nullptr;
}

// ROW(...) to a named composite type: field by field.
ExprPtr CoerceRow(BindState& state, ExprPtr expression, Oid target, CoercionKind context,
                  CallSyntax syntax, int location) {
  const SqlType type = state.types().Make(target);
  state.UseObject(catalog::kTypeClass, target);
  const auto relation = state.catalog().FindRelation(state.types().Of(target).relation);
  expr::ListExpr* const row = RowIn(*expression);
  if (row == nullptr || relation == nullptr) {
    throw SqlError(SqlState::kCannotCoerce,
                   fmt::format("cannot cast type {} to {}",
                               state.types().Name(expression->type.oid), state.types().Name(target)))
        .At(location);
  }
  const RowForm form = syntax == CallSyntax::kExplicitCast ? RowForm::kCast : RowForm::kFields;
  auto made = std::make_unique<expr::ListExpr>(ExprKind::kRow, type, static_cast<uint8_t>(form));
  made->location = location;
  size_t next = 0;
  for (const catalog::Column& column : relation->columns) {
    if (column.dropped) {
      made->children.push_back(MakeNull(state, facts::kInt4Oid));
      continue;
    }
    const bool is_missing = next >= row->children.size();
    // A stored ROW(...) may be older than the type's last fields.
    if (is_missing && state.in_definition()) {
      made->children.push_back(MakeNull(state, column.type.oid));
      continue;
    }
    ExprPtr field = is_missing ? nullptr : std::move(row->children[next]);
    ++next;
    const Oid from = field == nullptr ? kInvalidOid : field->type.oid;
    ExprPtr coerced = field == nullptr ? nullptr
                                       : CoerceToTarget(state, field, column.type.oid,
                                                        column.type.typmod, context, syntax, location);
    if (coerced == nullptr) {
      throw SqlError(SqlState::kCannotCoerce,
                     fmt::format("cannot cast type record to {}", state.types().Name(target)))
          .Detail(from == kInvalidOid
                      ? "Input has too few columns."
                      : fmt::format("Cannot cast type {} to {} in column {}.",
                                    state.types().Name(from), state.types().Name(column.type.oid),
                                    next))
          .At(location);
    }
    made->children.push_back(std::move(coerced));
  }
  if (next < row->children.size()) {
    throw SqlError(SqlState::kCannotCoerce,
                   fmt::format("cannot cast type record to {}", state.types().Name(target)))
        .Detail("Input has too many columns.")
        .At(location);
  }
  return made;
}

ExprPtr ApplyTypmod(BindState& state, ExprPtr expression, Oid target, int32_t typmod,
                    CoercionKind context, CallSyntax syntax, int location) {
  if (expression->type.typmod == typmod) return expression;
  const bool is_dropped = typmod == types::kNoTypmod;
  if (is_dropped && syntax != CallSyntax::kExplicitCast) return expression;
  const CastPath path = FindTypmodPath(state.types(), target);
  const SqlType type = state.types().Make(target, typmod);
  if (is_dropped) {  // numeric(10,2) as numeric is any numeric
    const bool has_typmod = path.kind != CastPath::Kind::kNone && expression->type.oid == target;
    return has_typmod ? Relabel(std::move(expression), type, syntax, location)
                      : std::move(expression);
  }
  if (path.kind == CastPath::Kind::kFunction) {
    return CallCastFunction(state, path.function, std::move(expression), type, typmod, syntax,
                            location);
  }
  if (path.kind == CastPath::Kind::kArray) {
    return ArrayCast(state, std::move(expression), target, typmod, context, syntax, location);
  }
  return expression;
}

ExprPtr CoerceToDomain(BindState& state, ExprPtr expression, Oid domain, CoercionKind context,
                       CallSyntax syntax, int location) {
  int32_t base_typmod = types::kNoTypmod;
  const Oid base = state.types().BaseOf(domain, &base_typmod);
  if (expression->type.oid == domain) return expression;
  if (state.types().BaseOf(expression->type.oid) != base || expression->type.oid != base) {
    expression = CoerceType(state, std::move(expression), base, base_typmod, context, syntax, location);
  }
  expression = ApplyTypmod(state, std::move(expression), base, base_typmod, context, syntax, location);
  state.UseObject(catalog::kTypeClass, domain);
  return WrapInDomain(state, std::move(expression), domain, syntax, location);
}

}  // namespace

ExprPtr CoerceType(BindState& state, ExprPtr expression, Oid target, int32_t typmod,
                   CoercionKind context, CallSyntax syntax, int location) {
  TypeLookup& types = state.types();
  const Oid source = expression->type.oid;
  if (target == source || target == facts::kAnyOid || target == facts::kAnyelementOid ||
      target == facts::kAnynonarrayOid || target == facts::kAnycompatibleOid ||
      target == facts::kAnycompatiblenonarrayOid || target == facts::kUnknownOid) {
    return expression;
  }
  if (IsPolymorphic(target)) {
    // anyarray, anyenum, anyrange ... take domains over such types as their base.
    const Oid base = types.BaseOf(source);
    if (base == source) return expression;
    return Relabel(std::move(expression), types.Make(base), CallSyntax::kImplicitCast, location);
  }
  if (source == facts::kUnknownOid && expression->kind == ExprKind::kConst) {
    return CoerceUnknownConstant(state, std::move(expression), target, typmod, context, syntax);
  }
  if (source == facts::kUnknownOid && expression->kind == ExprKind::kParam) {
    int32_t base_typmod = typmod;
    const Oid base = types.BaseOf(target, &base_typmod);
    // A name belongs to the plan, and INTERVAL '1' YEAR is read by its fields: a lifted constant becomes
    // a constant again.
    const bool reads_fields = base == facts::kIntervalOid && base_typmod != types::kNoTypmod;
    if (IsCatalogName(base) || reads_fields) {
      if (ExprPtr literal = state.TakeBackConstant(static_cast<expr::ParamExpr&>(*expression))) {
        return CoerceType(state, std::move(literal), target, typmod, context, syntax, location);
      }
    }
    state.TypeParameter(static_cast<expr::ParamExpr&>(*expression), types.Make(base));
    if (base == target) return expression;
    return CoerceToDomain(state, std::move(expression), target, context, syntax, location);
  }
  if (source == facts::kUnknownOid) {
    return IoCast(state, std::move(expression), types.Make(target), syntax, location);
  }
  if (types.IsDomain(target)) {
    return CoerceToDomain(state, std::move(expression), target, context, syntax, location);
  }
  if (const CastPath path = FindCastPath(types, target, source, context)) {
    const Oid base = types.BaseOf(source);
    if (base != source && path.kind != CastPath::Kind::kRelabel) {
      expression = Relabel(std::move(expression), types.Make(base), CallSyntax::kImplicitCast, location);
    }
    return FollowPath(state, path, std::move(expression), target, typmod, context, syntax, location);
  }
  if (source == facts::kRecordOid && types.IsComposite(target)) {
    return CoerceRow(state, std::move(expression), target, context, syntax, location);
  }
  return Relabel(std::move(expression), types.Make(target), syntax, location);
}

ExprPtr CoerceToTarget(BindState& state, ExprPtr& expression, Oid target, int32_t typmod,
                       CoercionKind context, CallSyntax syntax, int location) {
  const Oid source = expression->type.oid;
  if (!CanCoerce(state.types(), source, target, context)) return nullptr;
  ExprPtr coerced =
      CoerceType(state, std::move(expression), target, typmod, context, syntax, location);
  return ApplyTypmod(state, std::move(coerced), target, typmod, context, syntax, location);
}

ExprPtr CoerceToBoolean(BindState& state, ExprPtr expression, std::string_view construct) {
  return CoerceToSpecific(state, std::move(expression), facts::kBoolOid, construct);
}

ExprPtr CoerceToSpecific(BindState& state, ExprPtr expression, Oid target,
                         std::string_view construct) {
  const int location = expression->location;
  const Oid source = expression->type.oid;
  if (source == target) return expression;
  ExprPtr coerced = CoerceToTarget(state, expression, target, types::kNoTypmod,
                                   CoercionKind::kAssignment, CallSyntax::kImplicitCast, -1);
  if (coerced == nullptr) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("argument of {} must be type {}, not type {}", construct,
                               state.types().Name(target), state.types().Name(source)))
        .At(location);
  }
  return coerced;
}

ExprPtr CoerceToCommon(BindState& state, ExprPtr expression, Oid target,
                       std::string_view construct) {
  const Oid source = expression->type.oid;
  if (source == target) return expression;
  if (!CanCoerce(state.types(), source, target, CoercionKind::kImplicit)) {
    throw SqlError(SqlState::kCannotCoerce,
                   fmt::format("{} could not convert type {} to {}", construct,
                               state.types().Name(source), state.types().Name(target)))
        .At(expression->location);
  }
  return CoerceType(state, std::move(expression), target, types::kNoTypmod,
                    CoercionKind::kImplicit, CallSyntax::kImplicitCast, -1);
}

ExprPtr ResolveUnknown(BindState& state, ExprPtr expression) {
  if (!IsUnknown(*expression)) return expression;
  const int location = expression->location;
  return CoerceType(state, std::move(expression), facts::kTextOid, types::kNoTypmod,
                    CoercionKind::kImplicit, CallSyntax::kImplicitCast, location);
}

ExprPtr CoerceToColumn(BindState& state, ExprPtr expression, const SqlType& target,
                       std::string_view column_name, int location) {
  const Oid source = expression->type.oid;
  ExprPtr coerced =
      CoerceToTarget(state, expression, target.oid, target.typmod, CoercionKind::kAssignment,
                     CallSyntax::kImplicitCast, -1);
  if (coerced == nullptr) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("column \"{}\" is of type {} but expression is of type {}",
                               column_name, state.types().Name(target.oid),
                               state.types().Name(source)))
        .Hint("You will need to rewrite or cast the expression.")
        .At(location);
  }
  return coerced;
}

}  // namespace grizzly::planner
