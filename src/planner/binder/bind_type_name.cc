#include "planner/binder/bind_type_name.h"

#include <charconv>

#include <fmt/format.h>

#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "catalog/schema_object.h"

namespace grizzly::planner {
namespace {

std::shared_ptr<const catalog::Type> FindNamedType(BindState& state,
                                                   const std::vector<std::string_view>& names) {
  if (names.size() == 1) return state.search_path().FindType(state.catalog(), names[0]);
  const catalog::Schema* schema = catalog::FindSchema(state.catalog(), state.search_path(), names[names.size() - 2]);
  return schema == nullptr ? nullptr : state.catalog().FindType(schema->oid, names.back());
}

std::vector<int64_t> Modifiers(const PgQuery__TypeName& name) {
  std::vector<int64_t> modifiers;
  for (size_t i = 0; i < name.n_typmods; ++i) {
    const ast::Node& node = *name.typmods[i];
    const bool is_integer = node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
                            node.a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL;
    int64_t value = 0;
    if (is_integer) {
      value = node.a_const->ival->ival;
    } else if (node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
               node.a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
      const std::string_view text = node.a_const->sval->sval;
      std::from_chars(text.data(), text.data() + text.size(), value);
    } else {
      throw SqlError(SqlState::kSyntaxError,
                     "type modifiers must be simple constants or identifiers")
          .At(name.location);
    }
    modifiers.push_back(value);
  }
  return modifiers;
}

}  // namespace

SqlType BindTypeName(BindState& state, const PgQuery__TypeName& name) {
  const auto names = NamesOf(name.names, name.n_names);
  const auto type = FindNamedType(state, names);
  if (type == nullptr) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("type \"{}\" does not exist", Dotted(names)))
        .At(name.location);
  }
  int32_t typmod = name.typemod;
  if (name.n_typmods > 0) typmod = EncodeTypmod(type->oid, Modifiers(name), name.location);
  if (name.n_array_bounds == 0) {
    state.UseObject(catalog::kTypeClass, type->oid);
    return state.types().Make(type->oid, typmod);
  }
  const Oid array = state.types().ArrayOf(type->oid);
  if (array == kInvalidOid) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("could not find array type for data type {}",
                               state.types().Name(type->oid)))
        .At(name.location);
  }
  state.UseObject(catalog::kTypeClass, array);
  return state.types().Make(array, typmod);
}

Oid ResolveCollation(BindState& state, const std::vector<std::string_view>& name, int location) {
  const Oid collation = catalog::RequireCollation(state.catalog(), state.search_path(), name, location);
  state.UseObject(catalog::kCollationClass, collation);
  return collation;
}

}  // namespace grizzly::planner
