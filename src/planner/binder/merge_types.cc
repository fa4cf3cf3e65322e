// One type for several expressions: PostgreSQL 15 docs, 10.5 "UNION, CASE, and Related Constructs".
#include <fmt/format.h>

#include "planner/binder/coerce.h"

namespace grizzly::planner {

Oid SelectCommonTypeOf(BindState& state, std::span<const Oid> types, std::span<const int> locations,
                       std::string_view construct) {
  TypeLookup& lookup = state.types();
  // All the same, and known: no more questions (this keeps a domain).
  bool all_same = types[0] != facts::kUnknownOid;
  for (const Oid type : types) all_same = all_same && type == types[0];
  if (all_same) return types[0];

  Oid chosen = lookup.BaseOf(types[0]);
  for (size_t i = 1; i < types.size(); ++i) {
    const Oid type = lookup.BaseOf(types[i]);
    if (type == facts::kUnknownOid || type == chosen) continue;
    if (chosen == facts::kUnknownOid) {
      chosen = type;
      continue;
    }
    if (lookup.Of(chosen).category != lookup.Of(type).category) {
      if (construct.empty()) return kInvalidOid;
      throw SqlError(SqlState::kDatatypeMismatch,
                     fmt::format("{} types {} and {} cannot be matched", construct,
                                 lookup.Name(chosen), lookup.Name(type)))
          .At(locations.empty() ? -1 : locations[i]);
    }
    if (!lookup.Of(chosen).preferred && CanCoerce(lookup, chosen, type, CoercionKind::kImplicit) &&
        !CanCoerce(lookup, type, chosen, CoercionKind::kImplicit)) {
      chosen = type;
    }
  }
  return chosen == facts::kUnknownOid ? facts::kTextOid : chosen;
}

Oid SelectCommonType(BindState& state, std::span<const ExprPtr> expressions,
                     std::string_view construct) {
  std::vector<Oid> types;
  std::vector<int> locations;
  for (const ExprPtr& expression : expressions) {
    types.push_back(expression->type.oid);
    locations.push_back(expression->location);
  }
  return SelectCommonTypeOf(state, types, locations, construct);
}

int32_t SelectCommonTypmod(std::span<const ExprPtr> expressions, Oid common) {
  int32_t typmod = types::kNoTypmod;
  bool first = true;
  for (const ExprPtr& expression : expressions) {
    if (expression->type.oid != common) return types::kNoTypmod;
    if (first) typmod = expression->type.typmod;
    if (typmod != expression->type.typmod) return types::kNoTypmod;
    first = false;
  }
  return typmod;
}

}  // namespace grizzly::planner
