// Explicit casts and ARRAY[...].
#include <fmt/format.h>

#include "planner/binder/bind_type_name.h"
#include "planner/binder/expression_binder.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::ExprKind;

ExprPtr ExpressionBinder::BindCast(const PgQuery__TypeCast& node) {
  const SqlType target = BindTypeName(state_, *node.type_name);
  const Oid element = state_.types().Of(state_.types().BaseOf(target.oid)).element;
  ExprPtr argument;
  if (node.arg->node_case == PG_QUERY__NODE__NODE_A_ARRAY_EXPR && element != kInvalidOid) {
    // ARRAY[...]::int[] casts each element, also of an empty one.
    const Oid array = state_.types().BaseOf(target.oid);
    argument = BindArray(*node.arg->a_array_expr, array, element, target.typmod);
  } else {
    argument = Bind(*node.arg);
  }
  const Oid source = argument->type.oid;
  const int location = node.location >= 0 ? node.location : LocationOf(node.arg);
  if (source == kInvalidOid) return argument;
  ExprPtr cast = CoerceToTarget(state_, argument, target.oid, target.typmod,
                                CoercionKind::kExplicit, CallSyntax::kExplicitCast, location);
  if (cast == nullptr) {
    throw SqlError(SqlState::kCannotCoerce,
                   fmt::format("cannot cast type {} to {}", state_.types().Name(source),
                               state_.types().Name(target.oid)))
        .At(location);
  }
  return cast;
}

ExprPtr ExpressionBinder::BindArray(const PgQuery__AArrayExpr& node, Oid array_type,
                                    Oid element_type, int32_t typmod) {
  // int2vector and oidvector are elements as numbers are.
  const auto is_array = [&](Oid type) {
    return type != facts::kInt2vectorOid && type != facts::kOidvectorOid && state_.types().IsArray(type);
  };
  std::vector<ExprPtr> elements;
  bool nested = false;
  for (size_t i = 0; i < node.n_elements; ++i) {
    const ast::Node& element = *node.elements[i];
    if (element.node_case == PG_QUERY__NODE__NODE_A_ARRAY_EXPR) {
      elements.push_back(BindArray(*element.a_array_expr, array_type, element_type, typmod));
      nested = true;
    } else {
      elements.push_back(Bind(element));
      nested = nested || is_array(elements.back()->type.oid);
    }
  }
  Oid common = nested ? array_type : element_type;
  if (array_type == kInvalidOid) {
    if (elements.empty()) {
      throw SqlError(SqlState::kIndeterminateDatatype, "cannot determine type of empty array")
          .Hint("Explicitly cast to the desired type, for example ARRAY[]::integer[].")
          .At(node.location);
    }
    common = SelectCommonType(state_, elements, "ARRAY");
    nested = is_array(common);
    array_type = nested ? common : state_.types().ArrayOf(common);
    if (array_type == kInvalidOid) {
      throw SqlError(SqlState::kUndefinedObject,
                     fmt::format("could not find array type for data type {}",
                                 state_.types().Name(common)))
          .At(node.location);
    }
    for (ExprPtr& element : elements) {
      element = CoerceToCommon(state_, std::move(element), common, "ARRAY");
    }
  } else {
    for (ExprPtr& element : elements) {
      const Oid source = element->type.oid;
      const int location = element->location;
      ExprPtr cast = CoerceToTarget(state_, element, common, typmod, CoercionKind::kExplicit,
                                    CallSyntax::kExplicitCast, location);
      if (cast == nullptr) {
        throw SqlError(SqlState::kCannotCoerce,
                       fmt::format("cannot cast type {} to {}", state_.types().Name(source),
                                   state_.types().Name(common)))
            .At(location);
      }
      element = std::move(cast);
    }
  }
  auto array = std::make_unique<expr::ListExpr>(ExprKind::kArray, state_.types().Make(array_type),
                                                nested ? 1 : 0);
  array->type.typmod = typmod;
  array->location = node.location;
  const Oid collation = CombinedCollation(elements);
  if (array->type.collation != kInvalidOid && collation != kInvalidOid) {
    array->type.collation = collation;
  }
  array->children = std::move(elements);
  return array;
}

}  // namespace grizzly::planner
