// Which casts exist.
#include "facts/casts.h"
#include "planner/binder/coerce.h"

namespace grizzly::planner {
namespace {

constexpr Oid kRecordArrayOid = 2287;

bool Allows(char castcontext, CoercionKind context) {
  switch (castcontext) {
    case 'i': return true;
    case 'a': return context != CoercionKind::kImplicit;
    default: return context == CoercionKind::kExplicit;
  }
}

// Conversions that are rules rather than rows of pg_cast: element by element, and through text.
CastPath FindRulePath(TypeLookup& types, Oid target, Oid source, CoercionKind context) {
  const bool is_vector = target == facts::kOidvectorOid || target == facts::kInt2vectorOid;
  const TypeShape target_shape = types.Of(target);
  const TypeShape source_shape = types.Of(source);
  if (!is_vector && target_shape.element != kInvalidOid && source_shape.element != kInvalidOid) {
    const CastPath element =
        FindCastPath(types, target_shape.element, source_shape.element, context);
    if (element) return {CastPath::Kind::kArray, kInvalidOid};
  }
  if (context != CoercionKind::kImplicit && target_shape.category == 'S') {
    return {CastPath::Kind::kIo, kInvalidOid};
  }
  if (context == CoercionKind::kExplicit && source_shape.category == 'S') {
    return {CastPath::Kind::kIo, kInvalidOid};
  }
  return {};
}

}  // namespace

CastPath FindCastPath(TypeLookup& types, Oid target, Oid source, CoercionKind context) {
  source = types.BaseOf(source);
  target = types.BaseOf(target);
  if (source == target) return {CastPath::Kind::kRelabel, kInvalidOid};
  if (const facts::CastFact* cast = facts::FindCast(source, target)) {
    if (!Allows(cast->castcontext, context)) return {};
    switch (cast->castmethod) {
      case 'f': return {CastPath::Kind::kFunction, cast->castfunc};
      case 'b': return {CastPath::Kind::kRelabel, kInvalidOid};
      default: return {CastPath::Kind::kIo, kInvalidOid};
    }
  }
  return FindRulePath(types, target, source, context);
}

CastPath FindTypmodPath(TypeLookup& types, Oid type) {
  const Oid element = types.Of(type).element;
  const Oid scalar = element == kInvalidOid ? type : element;
  const facts::CastFact* cast = facts::FindCast(scalar, scalar);
  if (cast == nullptr || cast->castfunc == kInvalidOid) return {};
  return {element == kInvalidOid ? CastPath::Kind::kFunction : CastPath::Kind::kArray,
          cast->castfunc};
}

bool IsBinaryCoercible(TypeLookup& types, Oid from, Oid to) {
  if (from == to || to == facts::kAnyOid || to == facts::kAnyelementOid) return true;
  from = types.BaseOf(from);
  if (from == to) return true;
  const TypeShape shape = types.Of(from);
  if ((to == facts::kAnyarrayOid || to == facts::kAnycompatiblearrayOid) &&
      shape.element != kInvalidOid) {
    return true;
  }
  if (to == facts::kAnyenumOid && shape.typtype == 'e') return true;
  if (to == facts::kAnyrangeOid && shape.typtype == 'r') return true;
  if (to == facts::kAnymultirangeOid && shape.typtype == 'm') return true;
  if (to == facts::kRecordOid && shape.typtype == 'c') return true;
  const facts::CastFact* cast = facts::FindCast(from, to);
  return cast != nullptr && cast->castmethod == 'b' && cast->castcontext == 'i';
}

bool CanCoerce(TypeLookup& types, Oid from, Oid to, CoercionKind context) {
  if (from == to || to == facts::kAnyOid || IsPolymorphic(to)) return true;
  if (from == facts::kUnknownOid) return true;
  if (FindCastPath(types, to, from, context)) return true;
  if (from == facts::kRecordOid && types.IsComposite(types.BaseOf(to))) return true;
  if (to == facts::kRecordOid && types.IsComposite(types.BaseOf(from))) return true;
  // A record array takes arrays of composites.
  const Oid element = types.Of(from).element;
  return to == kRecordArrayOid && element != kInvalidOid && types.IsComposite(element);
}

bool CanCoerceAll(TypeLookup& types, std::span<const Oid> from, std::span<const Oid> to,
                  CoercionKind context) {
  for (size_t i = 0; i < to.size(); ++i) {
    if (!CanCoerce(types, from[i], to[i], context)) return false;
  }
  return true;
}

}  // namespace grizzly::planner
